"""The eval command: what is printed for which points, and that a minus is never an option's."""

import csv
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
        is_trouble(done, "finite, not -inf")
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


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("elu", "0", "--order", "1"), ""),
        (("elu", "0", "--order", "1", "-p", "alpha=2"), "derivative"),
        (("elu", "0", "--order", "2"), "second derivative"),
        (("leaky_relu", "0", "--order", "2", "-p", "alpha=1"), ""),
        (("relu", "0", "--order", "2"), "derivative"),  # its slope jumps, though 0 is on both sides of 0 next
        (("step", "0", "--order", "1"), "derivative"),  # 0 on both sides, but a jump between
        (("abs(t)", "0", "--order", "1"), "derivative"),
        (("where(t > 1, t**2, 2*t - 1)", "1", "--order", "2"), "second derivative"),
    ],
)
def test_only_a_derivative_that_is_missing_is_noted(arguments: tuple[str, ...], missing: str) -> None:
    """Where both one-sided limits agree there is a derivative, and nothing to say."""
    said = call("eval", *arguments).err
    assert f" has no {missing} at " in said if missing else said == ""


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
        (["gradcheck", "tanh", "--at", "0"], "--rtol", text),
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
    """`hardswish` is `hard_silu`, and `exp` is `exponential`."""
    assert call("eval", "hardswish", POINTS) == call("eval", "hard_silu", POINTS)
    assert call("eval", "exp", POINTS) == call("eval", "exponential", POINTS)


def test_ten_thousand_arguments_work() -> None:
    """As many points as a command line holds are evaluated."""
    rows = numbers(call("eval", "tanh", *(str(x / 1000 - 5) for x in range(10_000))))
    assert len(rows) == 10_000
    assert all(a[1] <= b[1] for a, b in pairwise(rows))


def table(*arguments: str) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows that a command prints as csv; it says nothing."""
    done = call(*arguments, "-f", "csv")
    assert (done.code, done.err) == (0, "")
    header, *rows = csv.reader(done.text.splitlines())
    return header, rows


def test_several_variables_are_given_by_name() -> None:
    """A row a point: the inputs in the formula's order, however they are given; one number goes with all."""
    header, rows = table("eval", "x**2 + y", "y=3", "x=1,2")
    assert header == ["x", "y", "value"]
    assert rows == [["1.0", "3.0", "4.0"], ["2.0", "3.0", "7.0"]]
    assert numbers(call("eval", "x*a", "1,2", "-p", "a=3")) == [[1, 3], [2, 6]]
    assert numbers(call("eval", "x*a", "x=1:2", "a=3")) == [[1, 3, 3], [2, 3, 6]]


def test_the_gradient_and_the_hessian_are_columns() -> None:
    """Of x^2*y the derivatives are 2xy and x^2, then 2y, 2x and 0; --wrt picks, in the inputs' order."""
    line = ["eval", "x**2*y", "x=1,2", "y=3"]
    header, rows = table(*line, "--with-derivative")
    assert header == ["x", "y", "value", "d/dx", "d/dy"]
    assert [[float(cell) for cell in row[2:]] for row in rows] == [[3, 6, 1], [12, 12, 4]]
    assert numbers(call(*line, "--order", "1", "-q")) == [[6, 1], [12, 4]]
    header, rows = table(*line, "--order", "2")
    assert header == ["x", "y", "d2/dxdx", "d2/dxdy", "d2/dydy"]
    assert [[float(cell) for cell in row[2:]] for row in rows] == [[6, 2, 0], [6, 4, 0]]
    assert table(*line, "--order", "2", "--wrt", "y")[0] == ["x", "y", "d2/dydy"]
    assert table(*line, "--order", "1", "--wrt", "y,x")[0] == ["x", "y", "d/dx", "d/dy"]


def test_a_catalogue_objective_has_a_gradient_too() -> None:
    """At (1, 2) rosenbrock's gradient is (-400, 200), its Hessian (402, -400, 200) after x0^2 and x1."""
    line = ["eval", "rosenbrock", "x0=1", "x1=2", "-q", "--order"]
    assert numbers(call(*line, "1")) == [[-400, 200]]
    assert numbers(call(*line, "2")) == [[402, -400, 200]]


def test_a_derivative_by_a_parameter() -> None:
    """--wrt alpha is d/dalpha of elu's formula, at the value of -p or the default."""
    header, rows = table("eval", "elu", "-1,2", "--wrt", "alpha", "--order", "1", "-p", "alpha=2")
    assert header == ["x", "alpha", "d/dalpha"]
    assert [[float(cell) for cell in row] for row in rows] == [[-1, 2, math.exp(-1) - 1], [2, 2, 0]]
    slope = 3 * math.exp(-3) / (1 + math.exp(-3)) ** 2
    assert numbers(call("eval", "sigmoid", "3", "--wrt", "a", "--order", "1", "-q"))[0] == [
        pytest.approx(slope, rel=1e-15)
    ]


@pytest.mark.parametrize(("order", "value"), [(3, 6.0), (4, 0.0), (9, 0.0)])
def test_formulas_have_derivatives_of_any_order(order: int, value: float) -> None:
    """Of one variable any order up to 9 is there."""
    assert numbers(call("eval", "x**3", "2", "--order", str(order))) == [[2, value]]


def test_the_backward_pass_keeps_shape_and_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--upstream broadcasts; a .npy holds the gradient, in shape and type; the input is as it was."""
    monkeypatch.chdir(tmp_path)
    x = np.array([[1, -0.5], [-2, 3]], np.float32)
    np.save("x.npy", x)
    np.save("g.npy", np.array([10.0, 20.0]))
    before = Path("x.npy").read_bytes()
    assert call("eval", "relu", "--input", "x.npy", "--upstream", "g.npy", "-o", "dx.npy").code == 0
    gradient = np.load("dx.npy")
    assert (gradient.dtype, gradient.tolist()) == (x.dtype, [[10, 0], [0, 20]])
    assert Path("x.npy").read_bytes() == before


def test_the_backward_pass_of_several_inputs() -> None:
    """Each input has its gradient; --wrt picks one, -q leaves the gradients alone."""
    line = ["eval", "x*y", "x=2,3", "y=5", "--upstream", "1,-10"]
    assert table(*line)[0] == ["x", "y", "value", "upstream", "gradient_x", "gradient_y"]
    assert numbers(call(*line, "-q")) == [[5, 2], [-50, -30]]
    assert numbers(call(*line, "-q", "--wrt", "y")) == [[2], [-30]]


def test_the_backward_pass_of_vectors() -> None:
    """Of softmax it is the product with the Jacobian, of dot each vector times the upstream number."""
    matrix = np.array(numbers(call("eval", "softmax", "1,2,3", "--jacobian", "-q")))
    product = numbers(call("eval", "softmax", "1,2,3", "--upstream", "1,0,-2", "-q"))
    assert np.allclose(np.ravel(product), np.array([1, 0, -2]) @ matrix, rtol=1e-13)
    line = ["eval", "dot(x, w)", "x=1,2", "w=3,4"]
    assert numbers(call(*line)) == [[11]]
    assert numbers(call(*line, "--upstream", "2", "-q")) == [[6, 2], [8, 4]]


def test_branches_are_shown() -> None:
    """--verbose adds each condition of the formula as a column of its own."""
    header, rows = table("eval", "where(x > 1, 1, where(x < -1, -1, x))", "-2,0,2", "--verbose")
    assert header == ["x", "value", "x < -1", "x > 1"]
    assert [row[2:] for row in rows] == [["True", "False"], ["False", "False"], ["False", "True"]]


def test_outside_the_domain_is_noted_once() -> None:
    """Values that are nan where no input is are counted in one note, and -q does without."""
    done = call("eval", "log(x)", "-1,nan,1,-2")
    assert (done.code, [row[1] for row in done.rows]) == (0, ["nan", "nan", "0.0", "nan"])
    assert done.err == "note: log(x) is nan at 2 of 4 points: outside its domain, first at x = -1.0\n"
    assert call("eval", "log(x)", "-1", "-q").err == ""
    assert call("eval", "log(x)", "1,nan").err == ""
    assert call("eval", "x/y", "x=0,1", "y=0").err.endswith(
        " 1 of 2 points: outside its domain, first at x = 0.0, y = 0.0\n"
    )
    assert "1 of 1 vectors" in call("eval", "sum(log(x))", "-1,1").err


def test_vector_formulas_print_vectors_or_one_number_each(tmp_path: Path) -> None:
    """X - mean(x) is a vector, sum(x**2) a number for each vector of a batch; both have a Jacobian."""
    assert numbers(call("eval", "x - mean(x)", "1,2,6")) == [[1, -2], [2, -1], [6, 3]]
    assert numbers(call("eval", "sum(x**2)", "1,2,3")) == [[14]]
    (tmp_path / "x.csv").write_text("1,2\n3,4\n")
    assert numbers(call("eval", "sum(x**2)", "--input", str(tmp_path / "x.csv"))) == [[0, 5], [1, 25]]
    assert numbers(call("eval", "sum(x**2)", "1,2,3", "--jacobian", "-q")) == [[2, 4, 6]]
    assert np.allclose(
        numbers(call("eval", "x - mean(x)", "1,2,6", "--jacobian", "-q")), np.eye(3) - 1 / 3, rtol=1e-15
    )


def test_types_of_several_inputs() -> None:
    """--dtype is that of every input, and of the results."""
    assert call("eval", "x*y", "x=0.1", "y=0.2", "--dtype", "float32", "-q").text == "0.020000001\n"


def test_a_variable_named_like_a_result_is_not_lost() -> None:
    """Where an input has the name of a result, both columns are there."""
    assert table("eval", "value**2", "3") == (["value", "value_"], [["3.0", "9.0"]])
