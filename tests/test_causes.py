"""Bugs planted on purpose: each is caught, and called by its name; what is right is given no cause."""

from dataclasses import replace

import numpy as np
import pytest

from actcli.bugs import BUGS, plant
from actcli.causes import CAUSES, Found, likely
from actcli.checking import Check, Settings, check
from actcli.errors import InputError
from actcli.formula.inner import inner, terms
from actcli.function import Function, Habit
from actcli.partials import stating
from actcli.target import resolve

# The function, the bug, and the cause that is to be found in the first part that fails.
PLANTED = [
    ("tanh", "sign", "sign"),
    ("tanh", "factor2", "factor"),
    ("tanh", "half", "factor"),
    ("tanh", "relative", "factor"),
    ("tanh", "offset", "offset"),
    ("tanh", "saturated", "saturated"),
    ("tanh", "value", "value"),
    ("tanh", "branch", "branch"),
    ("tanh", "float32", "float32"),
    ("tanh", "noise", "noise"),
    ("elu", "sign", "sign"),
    ("elu", "relative", "factor"),
    ("elu", "saturated", "saturated"),
    ("elu", "branch", "branch"),
    ("elu", "chain", "chain"),
    ("elu", "kink", "corner"),  # with alpha = 1 both sides have the same slope
    ("relu", "sign", "sign"),
    ("relu", "kink", "kink"),
    ("relu", "branch", "branch"),
    ("hardshrink", "kink", "kink"),
    ("gelu", "chain", "chain"),
    ("tanh(2*x)", "chain", "chain"),
    ("log_softmax", "transposed", "transposed"),
    ("softmax", "sign", "sign"),
    ("softmax", "factor2", "factor"),
    ("softmax", "diagonal", "diagonal"),
    ("softmax", "value", "value"),
    ("softmax", "float32", "float32"),
    ("softmax", "noise", "noise"),
    ("softmax", "saturated", "saturated"),
    ("softmax", "upstream", "upstream"),
    ("x*sin(y)", "sign", "sign"),
    ("x*sin(y)", "half", "factor"),
    ("x*sin(y)", "offset", "offset"),
    ("x*sin(y)", "chain", "chain"),
    ("x*sin(y)", "value", "value"),
]
REFUSED = [
    ("tanh", "kink", "a kink"),
    ("tanh", "chain", "something inside"),
    ("tanh", "transposed", "vector function"),
    ("tanh", "diagonal", "vector function"),
    ("softmax", "transposed", "not symmetric"),
    ("relu", "saturated", "saturates"),
    ("relu", "float32", "no float32 number"),
    ("exp", "value", "not its own derivative"),
    ("x*sin(y)", "kink", "a function of one number"),
]
# The function, a wrong derivative, the cause, and words of its sentence.
STATED = [
    ("tanh", "1/cosh(x)", "power", "to the power 1/2 at all 100 wrong points: a square is forgotten"),
    ("tanh", "-2*tanh(x)/cosh(x)**2", "order", "second derivative"),
    ("tanh", "1 - x**2", "x_for_y", "1 - y**2"),
    ("tanh", "0.37/cosh(x)**2", "factor", "0.37 times"),
    ("sigmoid", "sigmoid(x)", "value", "what the function itself returns"),
    ("sin(x)", "cos(x)*180/pi", "factor", "180/pi = 57.2958"),
    ("sin(x)", "cos(x)/n" , "factor", "1/n = 0.01 (1 over the number of points)"),
    ("tanh(3.3*x)", "1/cosh(3.3*x)**2", "chain", "the derivative of 3.3*x is taken for 1"),
    ("sin(x**2)", "cos(x**2)", "chain", "the derivative of x**2 is taken for 1"),
    ("sin(x**2)", "2*cos(x**2)", "product", "a factor x is missing"),
    ("x*sin(x)", "x*cos(x)", "term", "that of x in x*sin(x)"),
    ("elu", "where(x > 0, 1, exp(x) + 0.001)", "branch", "x <= 0, the others are right"),
    ("tanh", "where(abs(x) > 5, 0, 1/cosh(x)**2)", "saturated", "all"),
    ("sin(x)", "where(abs(x) > 6, 0, cos(x))", "far", "|x| >= 6"),
    ("sin(x)", "where(abs(x) < 4, x, cos(x))", "near", "|x| <= 3.9"),
    ("tanh", "where(x > 5, 0.5, 1)/cosh(x)**2", "branch", "have x >= 5.116, the right ones x <= 4.5"),
    ("gelu", "gelu_tanh", "other", "stated is the value of gelu_tanh, not its derivative"),
    ("tanh", "where(x < -7, 0, 1)/cosh(x)**2", "branch", "stated there is 0 times"),
    ("sin(x)", "cos(x)*log(-1 - x**2)", "nan", "nan at all 100 wrong points"),
]  # fmt: skip


def first(found: Check) -> Found | None:
    """The likely cause of the first part that fails."""
    return next(likely(part) for part in found.parts if part.fails.any())


def quick(function: Function) -> Check:
    """A check at as few points as show what is to be seen: a vector's Jacobian has many entries."""
    return check(function, Settings(samples=100 if function.elementwise else 8))


def checked(name: str, derivative: str, at: list[float] | None = None) -> Check:
    """A function checked with a derivative that someone states; n is the number of points."""
    function = stating(resolve(name), resolve(derivative, {"n": 100.0} if "/n" in derivative else {}))
    return check(function, Settings(at=None if at is None else np.array(at)))


def with_slope(name: str, other: str) -> Function:
    """A function with the derivative of another one."""
    right = resolve(name)
    return replace(right, orders=(right.orders[0], resolve(other).orders[1]))


@pytest.mark.parametrize(("target", "bug", "cause"), PLANTED)
def test_a_bug_is_caught_and_named(target: str, bug: str, cause: str) -> None:
    """The check fails, and its cause is the one that was planted."""
    found = quick(plant(BUGS[bug], resolve(target)))
    assert not found.ok
    assert (named := first(found)) is not None
    assert named.name == cause


def test_every_bug_is_planted() -> None:
    """The table leaves none out, nor is any cause unknown to the registry."""
    assert {bug for _, bug, _ in PLANTED} == set(BUGS)
    assert {cause for *_, cause in PLANTED} | {cause for _, _, cause, _ in STATED} <= set(CAUSES)


@pytest.mark.parametrize(("target", "bug", "needs"), REFUSED)
def test_a_bug_that_changes_nothing_is_refused(target: str, bug: str, needs: str) -> None:
    """It says what it would need."""
    with pytest.raises(InputError, match=f"changes nothing in .*{needs}"):
        plant(BUGS[bug], resolve(target))


@pytest.mark.parametrize("target", ["tanh", "relu", "elu", "gelu", "hardshrink", "softmax", "x*sin(y)"])
def test_what_is_right_has_no_cause(target: str) -> None:
    """Nothing fails, so nothing is explained."""
    assert all(likely(part) is None for part in quick(resolve(target)).parts)


@pytest.mark.parametrize(("name", "derivative", "cause", "words"), STATED)
def test_a_wrong_derivative_is_explained(name: str, derivative: str, cause: str, words: str) -> None:
    """The sentence has the cause's evidence."""
    named = first(checked(name, derivative))
    assert named is not None
    assert named.name == cause
    assert words in named.sentence


@pytest.mark.parametrize(
    ("name", "other", "words"),
    [
        ("gelu", "gelu_tanh", "an approximation: stated is the derivative of gelu_tanh"),
        ("gelu", "quick_gelu", "an approximation: stated is the derivative of quick_gelu"),
        ("sigmoid", "hard_sigmoid", "an approximation: stated is the derivative of hard_sigmoid"),
        ("tanh", "hard_tanh", "another function: stated is the derivative of hard_tanh"),
    ],
)
def test_the_derivative_of_another_function(name: str, other: str, words: str) -> None:
    """An approximation is told from what is another function altogether."""
    named = first(check(with_slope(name, other)))
    assert named is not None
    assert named.name == ("other" if "another" in words else "approximation")
    assert named.sentence.startswith(words)


def test_a_parameter_is_missed() -> None:
    """Where a parameter's number is no usual one, a factor of that size is the parameter's."""
    right = resolve("snake", {"a": 0.77})
    wrong = replace(right, orders=(right.orders[0], lambda x: right.orders[1](x) / 0.77))
    assert first(check(wrong)) == Found(
        "parameter", "a factor a is missing: stated is 1/a = 1.2987 times the measured slope "
        "at all 100 wrong points"
    )  # fmt: skip


@pytest.mark.parametrize(("derivative", "cause"), [("2*cos(x)", "factor"), ("2.7*cos(x)", None)])
def test_one_point_proves_a_known_factor_alone(derivative: str, cause: str | None) -> None:
    """At a single point any two numbers have a ratio: only one with a name says something."""
    named = first(checked("sin(x)", derivative, [1.0]))
    assert (named.name if named else None) == cause


@pytest.mark.parametrize("derivative", ["1/cosh(x)**2 + 0.01*sin(7*x)", "sin(3*x) + 0.3", "0.5 + 0*x"])
def test_what_nothing_explains_is_given_no_cause(derivative: str) -> None:
    """No cause is better than a wrong one."""
    assert first(checked("tanh", derivative)) is None


def test_a_habit_explains_what_no_rule_does() -> None:
    """Code that writes into its input is the cause where no rule fits: one that fits everywhere is more."""
    habit = Habit("input", "forward writes into its input: [1, -1] becomes [1, 0]", matters=True)
    for derivative, cause in (("sin(3*x) + 0.3", "in_place"), ("2/cosh(x)**2", "factor")):
        wrong = replace(stating(resolve("tanh"), resolve(derivative)), find_habits=lambda: (habit,))
        named = first(check(wrong))
        assert named is not None
        assert named.name == cause


def test_a_product_of_a_wrong_jacobian_says_so() -> None:
    """What flows back through a vector function is not called wrong twice."""
    parts = quick(plant(BUGS["diagonal"], resolve("softmax"))).parts
    assert [found.name for part in parts if (found := likely(part))] == ["diagonal", "derivative"]


@pytest.mark.parametrize("target", ["tanh", "log_softmax"])
@pytest.mark.parametrize("bug", ["sign", "offset", "value"])
def test_the_bug_is_in_all_that_states_the_derivative(target: str, bug: str) -> None:
    """The value stays; the backward pass is the product with the derivative stated."""
    right, wrong = resolve(target), plant(BUGS[bug], resolve(target))
    x, upstream = np.array([[0.5, -1.0, 2.0]]), np.array([[1.0, 3.0, -2.0]])
    np.testing.assert_array_equal(wrong(x), right(x))
    stated, (flow,) = wrong(x, order=1), wrong.gradient(x, upstream=upstream)
    product = stated * upstream if right.elementwise else np.einsum("mk,mkn->mn", upstream, stated)
    np.testing.assert_allclose(flow, product, rtol=1e-14)
    assert not np.allclose(stated, right(x, order=1), rtol=1e-6, atol=1e-6)


def test_inner_parts_are_those_of_the_chain_rule() -> None:
    """Of sin(x^2): the slope of x^2 is 2x, and cos(x^2) arrives there; by hand."""
    x = np.array([0.3, 1.7, -2.2])
    (part,) = inner(resolve("sin(x**2)").graph, {"x": x}, "x")
    np.testing.assert_allclose(part.slope, 2 * x)
    np.testing.assert_allclose(part.arrived, np.cos(x**2))
    np.testing.assert_allclose(part.surplus, np.cos(x**2) * (1 - 2 * x))


def test_terms_are_those_of_the_product_rule() -> None:
    """Of x sin(x): sin(x), and x cos(x)."""
    x = np.array([0.3, 1.7, -2.2])
    shares = {term.operand: term.share for term in terms(resolve("x*sin(x)").graph, {"x": x}, "x")}
    np.testing.assert_allclose(shares["x"], np.sin(x))
    np.testing.assert_allclose(shares["sin(x)"], x * np.cos(x))


def test_an_error_that_fades_out_has_no_region() -> None:
    """Of a wrong term that is too small to be seen far out nothing is said: it is wrong everywhere."""
    assert first(checked("tanh", "1/cosh(x)**2 + exp(-x**2)*sin(7*x)")) is None
    assert first(checked("tanh", "1/cosh(x)**2 + exp(-(x + 9)**2)*sin(7*x)")) is None


def test_a_nan_at_a_joint_is_called_one() -> None:
    """Where the stated derivative is nan, no number at the kink is to blame."""
    named = first(check(resolve("sqrt(abs(x))"), Settings(at=np.array([0.0]))))
    assert named == Found("nan", "the stated derivative is nan at the wrong point, x = 0")


def test_swapped_inputs() -> None:
    """The derivatives by x and by y of x*y, each stated for the other."""
    right = resolve("x*y")
    wrong = replace(right, backward=lambda points, upstream: (upstream * points[0], upstream * points[1]))
    named = first(check(wrong, Settings(wrt="x")))
    assert named == Found(
        "swapped", "swapped inputs: the slope by x is stated for y, at all 100 wrong points"
    )


def test_a_product_of_code_cut_short() -> None:
    """Of x*g(x), whose formula is unknown, g(x) alone is stated."""
    code = replace(resolve("x*sin(x)"), make_graph=None)
    named = first(check(stating(code, resolve("sin(x)"))))
    assert named == Found(
        "term", "a term of the product rule is missing: stated is f(x)/x at all 100 wrong points"
    )


def test_integers_are_to_blame_for_whole_numbers_alone() -> None:
    """A habit of cutting integers off says nothing of what fails between them."""
    habit = Habit("integers", "for integers other numbers", matters=True)
    wrong = replace(stating(resolve("tanh"), resolve("sin(3*x) + 0.3")), find_habits=lambda: (habit,))
    assert first(check(wrong)) is None
    whole = first(check(wrong, Settings(at=np.array([1.0, 2.0]))))
    assert whole == Found("integers", habit.sentence)
