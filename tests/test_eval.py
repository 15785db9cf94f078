"""The eval command: what is printed for which points, and that a minus is never an option's."""

import math
from itertools import pairwise
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from program import Done, call, is_trouble, run

FORMULAS = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "exp": mpmath.exp,
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * mpmath.ncdf(x),
}
POINTS = "-4,-1e-3,0.25,1.5,7"


def numbers(done: Done) -> list[list[float]]:
    """Return the cells of plain output as numbers; the program said yes, and nothing else."""
    assert (done.code, done.err) == (0, "")
    return [[float(cell) for cell in row] for row in done.rows]


def exactly(name: str, x: float, order: int = 0) -> float:
    """Return a derivative of a formula, in 60 digits and rounded once."""
    with mpmath.workdps(60):
        return float(
            mpmath.diff(FORMULAS[name], mpmath.mpf(x), order) if order else FORMULAS[name](mpmath.mpf(x))
        )


def test_one_value_is_one_line(tmp_path: Path) -> None:
    """`eval sigmoid 1.5 -q` prints the value and nothing else."""
    done = run("eval", "sigmoid", "1.5", "-q", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, b"0.8175744761936437\n", "")


def test_a_pipe_gets_x_and_the_value(tmp_path: Path) -> None:
    """Piped, x and the value stand on a line with a tab between."""
    done = run("eval", "sigmoid", "1.5", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, b"1.5\t0.8175744761936437\n", "")


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", FORMULAS)
def test_order_selects_the_derivative(name: str, order: int) -> None:
    """`--order N` evaluates the N-th derivative instead of the value."""
    for x, y in numbers(call("eval", name, POINTS, "--order", str(order))):
        assert math.isclose(y, exactly(name, x, order), rel_tol=1e-14, abs_tol=1e-18)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_derivative_is_a_third_column(name: str) -> None:
    """`--with-derivative` adds what `--order 1` prints, and with -q leaves both without x."""
    both = numbers(call("eval", name, POINTS, "--with-derivative"))
    value, slope = (numbers(call("eval", name, POINTS, "--order", n)) for n in "01")
    assert both == [[x, y, d] for (x, y), (_, d) in zip(value, slope, strict=True)]
    assert numbers(call("eval", name, POINTS, "--with-derivative", "-q")) == [row[1:] for row in both]


def test_points_keep_their_order() -> None:
    """Several arguments, lists and ranges are evaluated in the order they are given."""
    rows = numbers(call("eval", "identity", "3", "1,-2", "0:1:0.5", "inf"))
    assert rows == [[x, x] for x in (3, 1, -2, 0, 0.5, 1, math.inf)]


@pytest.mark.parametrize(
    ("name", "limits"), [("tanh", (-1, 1)), ("sigmoid", (0, 1)), ("silu", (0, math.inf))]
)
def test_the_ends_of_the_line_have_their_limits(name: str, limits: tuple[float, float]) -> None:
    """At -inf and inf a function is its limit, and at nan nan."""
    rows = numbers(call("eval", name, "-inf", "inf", "nan"))
    assert tuple(y for _, y in rows[:2]) == limits
    assert math.isnan(rows[2][1])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["leaky_relu", "-2", "-p", "alpha=0.5"], -1.0),
        (["leaky_relu", "-2", "--param", "alpha=-1e-3"], 0.002),
        (["leaky_relu", "-2", "--param=alpha=3"], -6.0),
        (["elu", "-inf", "-p", "alpha=2.5"], -2.5),
        (["sigmoid", "2", "-p", "a=-inf"], None),
        (["sigmoid", "2", "-p", "a=0"], 0.5),
    ],
)
def test_parameters_are_set(arguments: list[str], expected: float | None) -> None:
    """`-p key=value` sets a parameter, to a finite number."""
    done = call("eval", *arguments, "-q")
    if expected is None:
        is_trouble(done, "'-inf'")
    else:
        assert numbers(done) == [[expected]]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dtype_is_what_is_computed_in(dtype: str) -> None:
    """`--dtype` computes and prints in that type: the digits are the shortest of the type."""
    rows = call("eval", "tanh", "0.1", "0.7", "2.3", "--dtype", dtype).rows
    assert [row[0] for row in rows] == ["0.1", "0.7", "2.3"]
    for x, y in rows:
        right = np.dtype(dtype).type(exactly("tanh", float(np.dtype(dtype).type(x))))
        assert abs(np.dtype(dtype).type(y) - right) <= 2 * np.spacing(right)
        assert y == str(np.dtype(dtype).type(y))


def test_a_narrow_type_overflows_to_inf() -> None:
    """What lies beyond float16 is inf there, without a warning."""
    assert numbers(call("eval", "identity", "70000", "-7e4", "--dtype", "float16", "-q")) == [
        [math.inf],
        [-math.inf],
    ]


def test_a_kink_is_noted_once() -> None:
    """The derivative at a kink follows a convention, which stderr names; -q does without."""
    done = call("eval", "relu", "-1:1", "--with-derivative")
    assert [row[2] for row in done.rows] == ["0.0", "0.0", "1.0"]
    assert done.err.startswith("note: relu ")
    assert call("eval", "relu", "-1:1", "--with-derivative", "-q").err == ""
    assert call("eval", "relu", "1:3", "--with-derivative").err == ""


digits = st.from_regex(r"(0|[1-9][0-9]{0,5})(\.[0-9]{0,6})?|\.[0-9]{1,6}", fullmatch=True)
exponents = st.sampled_from(["", "e3", "e-3", "E+2", "e-320", "e0"])
literals = st.builds("-{}{}".format, digits, exponents) | st.sampled_from(
    ["-inf", "-nan", "-INFINITY", "-0", "-.5"]
)
finite = literals.filter(lambda text: math.isfinite(float(text)))
ranges = st.builds("{0}:{1}:{2}".format, finite, st.sampled_from("01"), st.sampled_from(["1e4", "7e8"]))
tokens = st.lists(literals | ranges, min_size=1, max_size=3).map(",".join)


@settings(max_examples=40)
@given(st.lists(tokens, min_size=1, max_size=3))
@example(["-4", "-1e-3", "-inf", "-5:5:1", "-1,2,3"])
@example(["-.5"])
@example(["-1e-400"])
def test_points_with_a_minus_need_no_dashes(points: list[str]) -> None:
    """Arguments that start with a minus are read as behind `--`, wherever they stand."""
    behind = call("eval", "tanh", "--", *points)
    assert call("eval", "tanh", *points) == behind
    assert call("eval", "tanh", *points, "--order", "0") == behind
    assert call("eval", "--format=plain", "tanh", *points) == behind
    assert behind.code in (0, 2)


@settings(max_examples=20)
@given(finite.filter(lambda text: abs(float(text)) < 1e6))
@example("-1e-3")
@example("-0")
def test_options_take_numbers_with_a_minus(text: str) -> None:
    """The value of an option may start with a minus, behind a blank as behind =."""
    lists = f"{text},{text}"
    for line, option, value in [
        (["gradcheck", "tanh"], "--at", lists),
        (["descend", "--steps", "1"], "--start", lists),
        (["descend", "--steps", "1"], "--lr", text),
        (["descend", "--steps", "1"], "--tol", text),
        (["eval", "elu", "-1"], "--param", f"alpha={text}"),
        (["gradcheck", "tanh"], "--rtol", text),
    ]:
        assert call(*line, option, value) == call(*line, f"{option}={value}")


@given(literals)
def test_a_single_point_is_that_number(text: str) -> None:
    """A negative literal is evaluated at the float that Python reads in it."""
    done = call("eval", "identity", text)
    assert str(float(done.rows[0][0])) == str(float(text))


@pytest.mark.parametrize("token", ["-jsn", "-5.txt", "-n3", "-e3", "-1e", "--1", "-5:5:1:1"])
def test_what_is_no_number_is_refused(token: str) -> None:
    """A token that only begins like a number is a typo, named as one."""
    is_trouble(call("eval", "tanh", "1", token), token[:2])


def test_a_vector_function_takes_one_vector() -> None:
    """For softmax the points are one vector: however they are written, its values sum to 1."""
    weights = [math.exp(x) for x in (-1, 2, 3)]
    rows = numbers(call("eval", "softmax", "-1,2,3"))
    assert [x for x, _ in rows] == [-1, 2, 3]
    assert [y for _, y in rows] == pytest.approx([w / sum(weights) for w in weights], rel=1e-15)
    assert numbers(call("eval", "softmax", "-1", "2:3")) == rows
    assert numbers(call("eval", "softmax", "-", stdin=b"-1\n2\n3\n")) == rows
    logs = numbers(call("eval", "log_softmax", "-1,2,3", "-q"))
    assert [math.exp(y) for (y,) in logs] == pytest.approx([y for _, y in rows], rel=1e-14)


def test_the_jacobian_is_a_matrix() -> None:
    """`--jacobian` prints d y_i / d x_j: s_i*(1 - s_i) on the diagonal and -s_i*s_j beside it."""
    s = [y for (y,) in numbers(call("eval", "softmax", "1,2,3", "-q"))]
    matrix = numbers(call("eval", "softmax", "1,2,3", "--jacobian", "-q"))
    expected = [[a * ((i == j) - b) for j, b in enumerate(s)] for i, a in enumerate(s)]
    assert np.allclose(matrix, expected, rtol=1e-14, atol=0)
    assert np.allclose(np.sum(matrix, axis=0), 0, atol=1e-16)
    header = call("eval", "softmax", "1,2,3", "--jacobian", "-f", "csv").text.splitlines()[0]
    assert header == "output,d/dx0,d/dx1,d/dx2"


def test_order_and_jacobian_do_not_contradict() -> None:
    """A matrix of second derivatives does not exist: `--order 2 --jacobian` is refused, not ignored."""
    is_trouble(call("eval", "softmax", "1,2", "--order", "2", "--jacobian"))


def test_an_alias_is_the_same_function() -> None:
    """`swish` is `silu`, and `exp` is `exponential`."""
    assert call("eval", "swish", POINTS) == call("eval", "silu", POINTS)
    assert call("eval", "exp", POINTS) == call("eval", "exponential", POINTS)


def test_ten_thousand_arguments_work() -> None:
    """As many points as a command line holds are evaluated."""
    rows = numbers(call("eval", "tanh", *(str(x / 1000 - 5) for x in range(10_000))))
    assert len(rows) == 10_000
    assert all(a[1] <= b[1] for a, b in pairwise(rows))
