"""The gradient checker, itself checked: right derivatives pass, wrong ones never do, and kinks are named."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program import call

from actcli.activations import ACTIVATIONS
from actcli.activations._spec import Kink
from actcli.catalogue import of_activation
from actcli.checking import Settings, Verdict, check
from actcli.differences import DIFFERENCES
from actcli.errors import InputError
from actcli.floats import DTYPES
from actcli.function import Function
from actcli.partials import stating
from actcli.target import resolve

SEVERAL_KINDS = ("relu", "step", "gelu", "silu", "elu", "snake", "golu", "softmax", "sparsemax")
ELEMENTWISE = [name for name, activation in ACTIVATIONS.items() if activation.elementwise]


def _bound(activation, parameters) -> Function:
    return of_activation(activation, parameters, ACTIVATIONS)


def with_slope(name: str, derivative) -> Function:
    """The named function, with another derivative."""
    return _bound(replace(ACTIVATIONS[name], derivative=derivative), {})


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_catalogue_passes(name: str) -> None:
    """Every stated derivative agrees with the measured one."""
    assert check(resolve(name), Settings(samples=200 if ACTIVATIONS[name].elementwise else 30)).ok


@pytest.mark.parametrize("method", DIFFERENCES)
@pytest.mark.parametrize("name", SEVERAL_KINDS)
def test_every_method_passes(name: str, method: str) -> None:
    """Every method measures the same; only a formula without complex numbers is refused."""
    formula = ACTIVATIONS[name].formula
    if method == "complex_step" and ("erf" in formula or not formula):
        with pytest.raises(InputError, match="complex"):
            check(resolve(name), Settings(method=DIFFERENCES[method]))
        return
    assert check(resolve(name), Settings(method=DIFFERENCES[method])).ok


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_type_and_order_passes(name: str) -> None:
    """Narrow types are no reason to fail: the bounds follow the arithmetic.

    float16 has its hard points in test_verdicts; the narrow types take turns at the second order.
    """
    narrow = [dtype for dtype in DTYPES if dtype != "float64"]
    turn = narrow[ELEMENTWISE.index(name) % len(narrow)]
    for dtype, order in (("float32", 1), ("bfloat16", 1), ("float64", 2), (turn, 2)):
        samples = 40 if dtype == "float64" else 20
        assert check(resolve(name), Settings(dtype=dtype, order=order, samples=samples)).ok, (dtype, order)


@pytest.mark.parametrize("name", ["tanh", "hard_mish", "sin", "gelu"])
@pytest.mark.parametrize(("dtype", "factor"), [("float16", 1.05), ("float16", 0.95), ("bfloat16", 1.3)])
def test_narrow_types_are_no_excuse(name: str, dtype: str, factor: float) -> None:
    """In float16 a derivative 5 % off still fails, in bfloat16 one 30 % off."""
    right = resolve(name)
    wrong = replace(right, orders=(right.orders[0], lambda x: factor * right.orders[1](x)))
    assert not check(wrong, Settings(dtype=dtype)).ok


@pytest.mark.parametrize(
    ("name", "x"), [("sin", 6.2890625), ("hard_mish", -1.9990234375), ("cos", 4.6953125), ("identity", 1e3)]
)
def test_equal_values_may_be_of_equal_arguments(name: str, x: float) -> None:
    """Where float16 rounds x + h and x - h to one number, the values do not say that the slope is 0."""
    (finding,) = check(resolve(name), Settings(at=np.array([x]), dtype="float16")).findings
    assert finding.verdict is Verdict.OK
    assert finding.numerical == pytest.approx(finding.stated, abs=0.2)


WRONG = {
    "0.05 % off": ("tanh", lambda x: 1.0005 / np.cosh(x) ** 2),
    "a millionth off": ("tanh", lambda x: (1 + 1e-6) / np.cosh(x) ** 2),
    "wrong sign": ("tanh", lambda x: -1 / np.cosh(x) ** 2),
    "half": ("softplus", lambda x, beta, threshold: 0.5 / (1 + np.exp(-beta * x))),
    "the square dropped": ("tanh", lambda x: 1 / np.cosh(x)),
    "the value instead": ("sigmoid", lambda x, a: 1 / (1 + np.exp(-a * x))),
    "wrong only when saturated": ("tanh", lambda x: np.where(np.abs(x) > 7, 0.0, 1 / np.cosh(x) ** 2)),
    "wrong only on one branch": ("elu", lambda x, alpha: np.where(x > 0, 1.0, alpha)),
    "wrong only at a kink": ("relu", lambda x: np.where(x == 0, 2.0, x > 0)),
    "below both slopes at a kink": ("relu", lambda x: np.where(x == 0, -0.001, x > 0)),
    "nan": ("tanh", lambda x: np.full(x.shape, np.nan)),
    "inf": ("tanh", lambda x: np.full(x.shape, np.inf)),
    "-inf on one side": ("tanh", lambda x: np.where(x > 3, -np.inf, 1 / np.cosh(x) ** 2)),
    "inf at a kink": ("relu", lambda x: np.where(x == 0, np.inf, x > 0)),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_derivatives_are_caught(case: str) -> None:
    """A derivative wrong on purpose fails."""
    name, derivative = WRONG[case]
    found = check(with_slope(name, derivative))
    assert not found.ok
    assert Verdict.WRONG in {finding.verdict for finding in found.findings}


@given(
    st.floats(1e-7, 1e3), st.sampled_from([-1.0, 1.0]), st.sampled_from(["tanh", "gelu", "silu", "softplus"])
)
@settings(max_examples=40, deadline=None)
def test_any_factor_is_caught(size: float, sign: float, name: str) -> None:
    """A derivative off by any factor of 1 +- 1e-7 or more fails, whatever the function."""
    right = resolve(name)
    slope = right.orders[1]
    wrong = replace(right, orders=(right.orders[0], lambda x: (1 + sign * size) * slope(x)))
    assert not check(wrong, Settings(samples=20)).ok


def test_a_kink_is_named_with_both_slopes() -> None:
    """At 0, relu has slopes 0 and 1, and the stated 0 passes as a kink."""
    (kink,) = check(resolve("relu"), Settings(at=np.array([0.0]))).findings
    assert (kink.verdict, kink.left, kink.right, kink.stated) == (Verdict.KINK, 0.0, 1.0, 0.0)
    assert kink.numerical == 0.5


def test_kinks_depend_on_parameters() -> None:
    """With alpha = 1 elu is smooth; with alpha = 2 its slopes at 0 are 2 and 1."""
    assert all(f.left is None for f in check(resolve("elu")).findings)
    kink = check(resolve("elu", {"alpha": 2.0})).findings[-1]
    assert (kink.left, kink.right) == pytest.approx((2.0, 1.0), rel=1e-9)


def test_a_jump_has_the_slopes_of_its_branches() -> None:
    """At 0, step leaps between two flat branches: the stated 0 passes, and so does the slope leading up."""
    (jump,) = check(resolve("step"), Settings(at=np.array([0.0]))).findings
    assert (jump.verdict, jump.left, jump.right, jump.fails) == (Verdict.JUMP, 0.0, 0.0, False)
    for slope, fails in ((np.inf, False), (-np.inf, True), (1.0, True), (np.nan, True)):
        wrong = with_slope("step", lambda x, slope=slope: np.full_like(x, slope))
        (jump,) = check(wrong, Settings(at=np.array([0.0]))).findings
        assert (jump.verdict, jump.fails) == (Verdict.JUMP, fails)


def test_a_jump_is_called_one() -> None:
    """A corner is shown with its slopes, a jump with those of the branches beside it."""
    notes = [call("gradcheck", name).rows[0][-1] for name in ("relu", "step", "softplus@torch")]
    assert notes == ["kink at 0: slopes 0, 1", "jump at 0: slopes 0, 0", "jump at 20: slopes 1, 1"]


@pytest.mark.parametrize("x", [1e-3, 1e-7, -1e-7, 1e-12, 5e-324])
def test_points_beside_a_kink_are_seen_from_their_side(x: float) -> None:
    """However near to the kink, the slope of relu is 0 or 1, and no kink is made an excuse."""
    (finding,) = check(resolve("relu"), Settings(at=np.array([x]))).findings
    assert finding.verdict is Verdict.OK
    assert finding.numerical == pytest.approx(float(x > 0))


def test_a_step_across_a_kink_is_called_that() -> None:
    """With a step of one's own that reaches over the kink, the quotient is shown and the kink named."""
    found = check(resolve("relu"), Settings(at=np.array([1e-5]), method=DIFFERENCES["central"], step=1e-4))
    (finding,) = found.findings
    assert (finding.verdict, finding.left, finding.right) == (Verdict.KINK, 0.0, 1.0)
    assert finding.numerical == pytest.approx(0.55)


def test_given_tolerances_are_the_whole_law() -> None:
    """With --rtol or --atol the difference is compared with atol + rtol*|numerical| alone."""
    function = with_slope("tanh", lambda x: 1.0005 / np.cosh(x) ** 2)
    assert check(function, Settings(rtol=1e-3)).ok
    assert not check(function, Settings(rtol=1e-4)).ok
    assert check(function, Settings(atol=1e-3)).ok
    assert not check(resolve("tanh"), Settings(rtol=0.0)).ok


def test_overflow_is_told_from_wrong() -> None:
    """Where the values overflow there is nothing to compare with, and the verdict says so."""
    (finding,) = check(resolve("exponential"), Settings(at=np.array([800.0]))).findings
    assert finding.verdict is Verdict.OVERFLOW


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_vector_functions_check_jacobian_and_product(name: str) -> None:
    """A wrong Jacobian and a wrong product with an upstream gradient each fail, and the entry is named."""
    activation = ACTIVATIONS[name]
    wrong_jacobian = replace(activation, derivative=lambda x, **p: 1.001 * activation.derivative(x, **p))
    wrong_product = replace(activation, product=lambda x, g, **p: 1.001 * activation.product(x, g, **p))
    for wrong, entry in ((wrong_jacobian, "dy"), (wrong_product, "product")):
        found = check(_bound(wrong, {}), Settings(samples=30))
        assert found.findings[0].entry.startswith(entry)
        assert not found.ok


def test_a_transposed_jacobian_is_caught() -> None:
    """log_softmax's Jacobian is not symmetric: its transpose is wrong."""
    activation = ACTIVATIONS["log_softmax"]
    transposed = replace(activation, derivative=lambda x: np.swapaxes(activation.derivative(x), -1, -2))
    assert not check(_bound(transposed, {}), Settings(samples=30)).ok


def test_the_same_seed_gives_the_same_check() -> None:
    """A check can be repeated: same seed, same findings; another seed, other points."""
    one, again, other = (check(resolve("gelu"), Settings(seed=seed)) for seed in (1, 1, 2))
    assert one.findings == again.findings
    assert one.findings != other.findings


@pytest.mark.parametrize(
    "bad",
    [
        {"at": np.array([np.inf])},
        {"at": np.array([])},
        {"at": np.zeros((2, 2, 2))},
        {"dtype": "float8"},
        {"order": 0},
        {"samples": 0},
        {"samples": 2.5},
        {"step": 0.0},
        {"step": np.inf},
        {"rtol": np.nan},
        {"atol": -1.0},
        {"method": "central"},
        {"order": 2, "method": DIFFERENCES["complex_step"]},
    ],
)
def test_bad_settings_are_input_errors(bad: dict) -> None:
    """What cannot be checked is refused before anything is computed."""
    with pytest.raises(InputError):
        Settings(**bad)


def test_vectors_have_no_second_order() -> None:
    """Only the Jacobian of a vector function is checked."""
    with pytest.raises(InputError, match="Jacobian"):
        check(resolve("softmax"), Settings(order=2))


@pytest.mark.parametrize(("name", "x"), [("silu", -1.817), ("gelu", 1.665)])
def test_a_chance_agreement_is_no_proof(name: str, x: float) -> None:
    """Where two estimates agree by chance, far off, finer steps contradict them: right derivatives pass."""
    assert check(resolve(name), Settings(at=np.array([x]), order=2)).ok


@pytest.mark.parametrize("a", [1e-5, 0.01, 100.0, 1000.0])
def test_steep_and_flat_functions_pass_and_fail_rightly(a: float) -> None:
    """A sigmoid of any slope is right, and one a thousandth off is wrong."""
    true = ACTIVATIONS["sigmoid"]
    wrong = replace(true, derivative=lambda x, a: 1.001 * true.derivative(x, a=a))
    assert check(_bound(true, {"a": a})).ok
    assert not check(_bound(wrong, {"a": a})).ok


@pytest.mark.parametrize(("stated", "ok"), [(0.5, True), (1.0, True), (0.4999, False), (1.0001, False)])
def test_a_kink_allows_no_more_than_its_slopes(stated: float, ok: bool) -> None:
    """With alpha = 1/2, elu's slopes at 0 are 1/2 and 1, and the bounds there are as sharp as elsewhere."""
    true = ACTIVATIONS["elu"].derivative
    wrong = replace(
        ACTIVATIONS["elu"], derivative=lambda x, alpha: np.where(x == 0, stated, true(x, alpha=alpha))
    )
    assert check(_bound(wrong, {"alpha": 0.5})).ok == ok


def test_a_steep_kink_is_no_jump() -> None:
    """A slope of 1e5 is a slope; a jump of any type is one."""
    kink = check(resolve("leaky_relu", {"alpha": 1e5}), Settings(at=np.array([0.0]))).findings[0]
    assert (kink.left, kink.right) == (pytest.approx(1e5), pytest.approx(1.0))
    for dtype in ("float16", "float32"):
        jump = check(resolve("step"), Settings(at=np.array([0.0]), dtype=dtype)).findings[0]
        assert jump.verdict is Verdict.JUMP


def test_kinks_close_together_do_not_hide_each_other() -> None:
    """A clipped line with corners 0.02 apart passes, and both its corners are named once."""
    narrow = replace(
        ACTIVATIONS["relu"],
        name="narrow",
        formula="clip(x, -0.01, 0.01)",
        value=lambda x: np.clip(x, -0.01, 0.01),
        derivative=lambda x: (np.abs(x) < 0.01).astype(float),
        kinks=(Kink(at="-0.01", side="left"), Kink(at="0.01", side="right")),
    )
    found = check(_bound(narrow, {}), Settings(samples=2000))
    assert found.ok
    assert [finding.x for finding in found.kinks] == [-0.01, 0.01]


def test_points_outside_the_domain_are_left_out() -> None:
    """Where the value is nan there is nothing to compare: such points are counted, and nothing is wrong."""
    found = check(resolve("log(x)"))
    assert found.ok
    assert (found.comparisons, found.counts[Verdict.OUTSIDE]) == (63, 37)
    (finding,) = check(resolve("log(x)"), Settings(at=[-1.0])).findings
    assert finding.verdict is Verdict.OUTSIDE
    wrong = with_slope("tanh", lambda x: np.where(x > 3, np.nan, 1 / np.cosh(x) ** 2))
    assert not check(wrong).ok


def test_every_failure_is_reported() -> None:
    """Wrong everywhere and wrong at the kink are two findings."""
    true = ACTIVATIONS["relu"].derivative
    wrong = with_slope("relu", lambda x: np.where(x == 0, 2.0, 1.1 * true(x)))
    assert len(check(wrong).wrong) == 2


def test_what_could_not_be_compared_is_counted() -> None:
    """Points where the values overflow are left out, and never counted as checked."""
    found = check(resolve("exponential"), Settings(at=[1.0, 800.0, 900.0]))
    assert (found.comparisons, found.left_out) == (1, 2)


@pytest.mark.parametrize("method", ["central", "backward", "five_point"])
def test_a_bound_looks_no_farther_than_the_step(method: str) -> None:
    """A kink beyond the user's step is no excuse: relu with the slope 1.4 at 1.5 fails with a step of 0.7."""
    wrong = with_slope("relu", lambda x: np.where(x > 0, 1.4, 0.0))
    assert not check(wrong, Settings(at=[1.5], method=DIFFERENCES[method], step=0.7)).ok


def test_a_kink_is_where_it_is() -> None:
    """However many points a wide step drags across it, the one kink of relu is at 0, and named once."""
    found = check(resolve("relu"), Settings(step=5.0))
    assert [finding.corner for finding in found.kinks] == [0.0]


FORMULAS = [
    "x**2*y",
    "rosenbrock",
    "max(x, y)*y",
    "where(x > y, x, x*y)",
    "x*abs(y)",
    "x**y",
    "himmelblau",
    "log(x)/y",
]


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("target", FORMULAS)
def test_every_partial_derivative_passes(target: str, order: int) -> None:
    """Of several inputs each derivative is checked, the others held: smooth or not, the right ones pass."""
    function = resolve(target)
    found = check(function, Settings(order=order, samples=30))
    assert found.ok
    assert found.comparisons + found.left_out == 30 * len(function.inputs) ** order
    assert set(found.worst.places) == set(function.inputs)


@pytest.mark.parametrize("wrt", ["x", "y"])
def test_each_wrong_partial_derivative_is_caught(wrt: str) -> None:
    """A gradient that is wrong by one input fails there alone, and the place has all coordinates."""
    right = resolve("x*sin(y)")
    wrong = replace(right, backward=lambda x, g: tuple(1.001 * part for part in right.backward(x, g)))
    found = check(wrong, Settings(wrt=wrt))
    assert not found.ok
    assert (found.worst.entry, set(found.worst.places)) == (f"d/d{wrt}", {"x", "y"})
    assert found.worst.x == found.worst.places[wrt]


def test_a_kink_along_one_input_is_named() -> None:
    """At x = 0, y = 3 max(x, 0)*y has slopes 0 and 3 by x, and is smooth by y."""
    by_x, by_y = (
        check(resolve("max(x, 0)*y"), Settings(at=[[0.0], [3.0]], wrt=name)).findings for name in "xy"
    )
    assert [(f.verdict, f.left, f.right) for f in by_x] == [(Verdict.KINK, 0.0, 3.0)]
    assert [f.verdict for f in by_y] == [Verdict.OK]


@pytest.mark.parametrize("target", ["sum(x**2)", "x - mean(x)", "dot(x, w)", "max(x)", "sum(exp(x)*w)"])
def test_vector_formulas_pass(target: str) -> None:
    """Jacobians and products of vector formulas agree with the measured ones."""
    assert check(resolve(target)).ok


STATED = [
    ("tanh", "1/cosh(x)", False), ("tanh", "1/cosh(x)**2", True), ("sin(t)", "cos(t)", True),
    ("2*t", "2", True), ("2*t", "2.0001", False), ("abs(x)", "where(x < 0, -1, 1)", True),
    ("abs(x)", "where(x < 0, -1, 1.01)", False), ("softplus", "sigmoid", True), ("log(x)", "1/x", True),
    ("x**2", "2*x*log(x)/log(x)", False), ("relu", "step", True),
]  # fmt: skip


@pytest.mark.parametrize(("target", "derivative", "ok"), STATED)
def test_a_stated_derivative_is_judged(target: str, derivative: str, ok: bool) -> None:
    """A derivative worked out by hand passes if it is right, kinks and domains heeded, and else fails."""
    assert check(stating(resolve(target), resolve(derivative))).ok is ok


@pytest.mark.parametrize(("derivative", "ok"), [("x*cos(y)", True), ("x*sin(y)", False), ("cos(y)", False)])
def test_a_stated_partial_derivative_is_judged(derivative: str, ok: bool) -> None:
    """Of several inputs the stated derivative is by the one that is named."""
    function = stating(resolve("x*sin(y)"), resolve(derivative), name="y")
    assert check(function, Settings(wrt="y")).ok is ok


def test_a_stated_second_derivative_is_judged() -> None:
    """Of order 2 it is compared with the slope of the function's first derivative."""
    for text, ok in (("-2*sinh(x)/cosh(x)**3", True), ("-sinh(x)/cosh(x)**3", False)):
        assert check(stating(resolve("tanh"), resolve(text), order=2), Settings(order=2)).ok is ok


@pytest.mark.parametrize(
    ("target", "derivative", "name"),
    [
        ("tanh", "1 + y", None),
        ("x*y", "x", None),
        ("x*y", "x", "z"),
        ("softmax", "1 + x", None),
        ("x", "sum(x)", None),
    ],
)
def test_what_cannot_be_stated_is_refused(target: str, derivative: str, name: str | None) -> None:
    """A variable that the function lacks, no variable to go by, or vectors are input errors."""
    with pytest.raises(InputError):
        stating(resolve(f"({target})"), resolve(f"({derivative})"), name=name)


def test_points_fit_the_function() -> None:
    """A row of points for each input, and a derivative to compare, or the check is refused."""
    with pytest.raises(InputError, match="2 inputs"):
        check(resolve("x*y"), Settings(at=[1.0]))
    with pytest.raises(InputError, match="'z'"):
        check(resolve("x*y"), Settings(wrt="z"))
    with pytest.raises(InputError, match="states no derivative"):
        check(replace(resolve("tanh"), orders=resolve("tanh").orders[:1]))


def test_the_command_checks_each_variable() -> None:
    """A row a variable, with its place; `--wrt` picks one, `--at` names the coordinates."""
    done = call("gradcheck", "x*sin(y)", "--at", "x=1,2", "--at", "y=3", "-f", "csv")
    _, *rows = csv.reader(done.text.splitlines())
    assert done.code == 0
    assert [row[-1].split(",")[0].rpartition(" = ")[0] for row in rows] == ["d/dx at x", "d/dy at x"]
    assert "2 checked in 4 comparisons: all right" in done.err
    assert len(call("gradcheck", "x*sin(y)", "--wrt", "y").rows) == 1
    assert call("gradcheck", "elu", "--wrt", "alpha", "-q").text == "elu by alpha\tok\n"


def test_the_command_checks_a_stated_derivative() -> None:
    """`--derivative` may name variables, parameters and a bare variable; a failure names every coordinate."""
    assert call("gradcheck", "x*y", "--wrt", "y", "--derivative", "x").code == 0
    assert call("gradcheck", "elu", "-p", "alpha=2", "--derivative", "where(x>0, 1, alpha*exp(x))").code == 0
    done = call("gradcheck", "x*y", "--wrt", "y", "--derivative", "y", "--at", "x=1", "--at", "y=2.5")
    assert done.code == 1
    assert done.err.startswith("FAIL x*y at x = 1, y = 2.5 (d/dy): stated 2.5, numerical 1 ")


def test_the_command_says_what_was_left_out() -> None:
    """Points outside the domain are counted; if there are no others, nothing could be compared."""
    assert "63 comparisons (37 left out: outside the domain): all right" in call("gradcheck", "log(x)").err
    done = call("gradcheck", "log(x)", "--at", "-1")
    assert (done.code, done.rows[0][-2:]) == (0, ["outside domain", ""])
    assert (
        "1 checked in 0 comparisons (1 left out: outside the domain): nothing could be compared\n" in done.err
    )


def test_many_kinks_are_not_all_written_out() -> None:
    """Of the hundreds of jumps of floor(x) a few stand for all."""
    assert call("gradcheck", "floor(x)").rows[0][-1].endswith("; and 15 more")


@pytest.mark.parametrize(
    ("target", "derivative"),
    [
        ("softplus", "1 - 1/(1 + exp(x))"),
        ("gelu", "0.5*(1 + erf(x/sqrt(2))) + x*exp(-x**2/2)/sqrt(2*pi)"),
        ("tanh", "1 - tanh(x)**2"),
        ("sigmoid", "sigmoid(x)*(1 - sigmoid(x))"),
    ],
)
def test_a_derivative_worked_out_by_hand_may_cancel(target: str, derivative: str) -> None:
    """A textbook's derivative passes, whatever it loses as typed; off by 0.01 % it does not."""
    for text, code in ((derivative, 0), (f"1.0001*({derivative})", 1)):
        assert call("gradcheck", target, "--derivative", text).code == code
