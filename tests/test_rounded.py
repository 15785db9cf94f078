"""Functions computed from their formulas: right in all digits, whatever the formula loses as typed."""

import random
import re
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from formulas import random_formula
from oracle import exact, hard_points, limit, rounded, ulps

from actcli.formula import rounded as tower
from actcli.formula.derive import derivative
from actcli.formula.parse import parse
from actcli.formula.precise import precise

FORMULAS = {
    "an exponential of an exponential": "x*exp(-exp(-x))",
    "a sum that swallows": "log(1 + exp(x))",
    "a difference that cancels": "x - tanh(x)",
    "squares that overflow": "(x + sqrt(x**2 + 4))/2",
    "a quotient of what overflows": "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    "nested choices": "where(x > 1, 1 - exp(-x), where(x > -1, x/3, x/(2 - x)))",
}
BOUNDS = (4.0, 4.0, 10.0)


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_formulas_are_computed_to_the_last_digits(formula: str) -> None:
    """4 ulps for value and slope, 10 for the second derivative, over the whole line; limits at its ends."""
    record = SimpleNamespace(formula=formula, defaults={}, kinks=())
    points = hard_points(40, seed=len(formula))[::3]
    truth = [exact(record, float(x)) for x in points]
    ends = np.array([-np.inf, np.inf, np.nan])
    limits = [limit(record, sign) for sign in (-1, 1)]
    for order, bound in enumerate(BOUNDS):
        root = derivative(parse(formula), "x", order)
        got = tower.rounded(root, points, {})
        errors = [ulps(float(y), terms[order]) for y, terms in zip(got, truth, strict=True)]
        assert max(errors) <= bound, points[np.argmax(errors)]
        expected = [terms[order] for terms in limits] + [np.nan]
        assert np.array_equal(tower.rounded(root, ends, {}), expected, equal_nan=True)


def test_parameters_are_floats_not_decimals() -> None:
    """a*x of the float 0.1 is that product, not a tenth; 1/10 - a is what the float is off."""
    x = np.array([3.0, 7.0])
    assert np.array_equal(tower.rounded(parse("a*x"), x, {"a": 0.1}), 0.1 * x)
    off = float(Fraction(1, 10) - Fraction(0.1))
    assert np.array_equal(tower.rounded(parse("1/10 - a + 0*x"), x, {"a": 0.1}), [off, off])


def test_a_sure_value_is_not_computed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where plain floats are good enough, nothing slower runs."""
    monkeypatch.setattr(tower, "_in_more_digits", None)
    x = np.linspace(-5.0, 5.0, 11)
    assert np.array_equal(tower.rounded(parse("where(x > 0, x, x/4)"), x, {}), np.where(x > 0, x, x / 4))


def test_what_overflows_on_the_way_is_not_believed() -> None:
    """1/(1 + exp(745)) is no zero, and a branch that is not taken may overflow as it likes."""
    small = tower.rounded(parse("1/(1 + exp(-x))"), np.array([-744.0]), {})
    assert small[0] == rounded(
        exact(SimpleNamespace(formula="1/(1 + exp(-x))", defaults={}, kinks=()), -744.0)[0]
    )
    assert tower.rounded(parse("where(x < 0, exp(-x), 2*x)"), np.array([800.0]), {})[0] == 1600.0


def test_shapes_are_kept() -> None:
    """Scalars, empty arrays and matrices keep their shape."""
    root = parse("x*exp(-exp(-x))")
    for shape in ((), (0,), (2, 3)):
        assert tower.rounded(root, np.zeros(shape), {}).shape == shape


HARD = (0.7, -0.7, 1.0, 0.0, 3.3, -20.1, 36.8, -36.8, 1e-9, -1e-17, 710.0, -745.0, 1e10, -1e300, 5e-324)
UNARY = [
    "exp",
    "expm1",
    "log1p",
    "tanh",
    "sqrt",
    "sin",
    "cos",
    "atan",
    "erf",
    "erfc",
    "abs",
    "asinh",
    "sinh",
    "cosh",
]

# What has no slope, cancels among constants, ties within 33 digits, or saturates: values by mpmath
TREACHEROUS = [
    ("(tanh(x) - 1)**2", 20.0, 7.21940555138166e-35),
    ("abs(1 - erf(x))", 6.5, 3.8421483271206475e-20),
    ("hypot(1 - tanh(x), 0)", 20.0, 8.496708510583178e-18),
    ("sign(1 - tanh(x))", 20.0, 1.0),
    ("floor(tanh(x))", 20.0, 0.0),
    ("x*log(1 + 1e-20)", 3.0, 3e-20),
    ("x + (1e20 + 1 - 1e20)", 3.0, 4.0),
    ("max(1/x, 0)", 0.0, np.inf),
    ("max(-log(x), 5)", 0.0, np.inf),
    ("max(log(x), 0)", -1.0, np.nan),
    ("where(1/x > 5, 1, 0)", 0.0, 1.0),
    ("where(exp(x)**2 > exp(2*x)*(1 - 1e-33), 1, 0)", 0.7, 1.0),
    ("where(exp(x)**2 > exp(2*x)*(1 + 1e-33), 1, 0)", 0.7, 0.0),
    ("exp(x)*exp(1 - x)", 1e16, np.e),
    ("exp(x)/(exp(x) + exp(x - 1))", 1e16, 0.7310585786300049),
    ("exp(2*x)/exp(x)**2", 1e16, 1.0),
    ("clip((x + 1)/2, 0, 1)", 1.0 - 2.0**-53, 1.0),
    ("exp((x**2 + 0.1)*sin(9 + min(1, x)))", -1e300, 0.0),
    ("erfc(3**2 + atan(0.1))", 1.0, 6.737649983571705e-38),
    ("erfc(3)/cosh(x*(0.5 + x))", -20.1, 3.552886975509565e-176),
    ("abs(x/2)/5e-324", 5e-324, float(Fraction(5e-324) / 2 / Fraction("5e-324"))),
]


@pytest.mark.parametrize(("formula", "x", "value"), TREACHEROUS)
def test_no_bound_is_deceived(formula: str, x: float, value: float) -> None:
    """Where first-order bounds say nothing is lost, and something is."""
    assert np.array_equal(tower.rounded(parse(formula), np.array([x]), {}), [value], equal_nan=True)


def test_random_formulas_are_their_values_in_mpmath() -> None:
    """Within 4 ulps, value and slope, wherever mpmath says there is one: 2 parts to 8, at hard points."""
    source, calls = random.Random(11), dict.fromkeys(UNARY, 1) | {"max": 2, "hypot": 2}
    for _ in range(120):
        text = re.sub(r"\b[yz]\b", "x", random_formula(source, calls, source.randrange(2, 9)))
        text = re.sub(r"inf|1e300", "3", text)  # inf*0 is a matter of taste
        for order in (0, 1):
            root = derivative(parse(text), "x", order)
            points = np.array(source.sample(HARD, 3))
            for x, y in zip(points, tower.rounded(root, points, {}), strict=True):
                truth = precise(root, {"x": float(x)})
                assert np.isnan(y) if truth != truth else ulps(float(y), truth) <= 4.5, (text, order, x)


SLOW = {
    "sqrt(log1p(abs(x)))": np.inf,
    "log1p(log1p(abs(x)))": np.inf,
    "1/log1p(abs(x))": 0.0,
    "abs(x)**0.001": np.inf,
    "log1p(abs(x))/(1 + log1p(abs(x)))": 1.0,
    "sin(x)": np.nan,
    "x*cos(x)": np.nan,
    "atan(x)": np.pi / 2,
}


@pytest.mark.parametrize("formula", SLOW)
def test_limits_may_be_slow(formula: str) -> None:
    """What goes to infinity like the logarithm of a logarithm gets there, and what oscillates nowhere."""
    got = tower.rounded(parse(formula), np.array([np.inf]), {})
    assert np.array_equal(got, [SLOW[formula]], equal_nan=True)
