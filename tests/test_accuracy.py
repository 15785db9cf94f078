"""Every implementation against its own formula in arbitrary precision, and the special values."""

import operator
import runpy
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.special
from mpmath import mpf
from oracle import HUGE, exact, hard_points, limit, rounded, ulps

from actcli import numerics
from actcli.activations import ACTIVATIONS, Activation
from actcli.formula.implementation import implementation
from actcli.formula.parse import parse

ORDERS = ("value", "derivative", "second_derivative")
BOUNDS = {"value": 4.0, "derivative": 4.0, "second_derivative": 10.0}
EXTREMES = {
    "sigmoid": ({"a": 0.1}, {"a": -3.7}, {"a": 0.0}, {"a": 1.7e308}, {"a": -1e-300}, {"a": 5e-324}),
    "hard_tanh": ({"low": -0.1, "high": 1e300},),
    "hard_sigmoid": ({"width": 5.0}, {"width": 1.7, "beta": 0.3}, {"width": 1e100}, {"width": 1e-100}),
    "lecun_tanh": ({"height": -0.3, "width": 0.7}, {"width": 1e-100}, {"height": 1e100}),
    "tanh_softcap": ({"c": 1e100}, {"c": 1e-100}),
    "isru": ({"alpha": 1.7}, {"alpha": 1e-100}),
    "laplace": ({"mu": 1e5, "sigma": 1e-3},),
    "soft_clipping": ({"p": 3.0},),
    "aria2": ({"alpha": 1.5, "beta": 1.0},),
    "sin": ({"omega": 30.0}, {"omega": -1e-300}),
    "cos": ({"omega": 30.0}, {"omega": 1e300}),
    "sinc": ({"omega": 3.141592653589793},),
    "leaky_relu": ({"alpha": 0.3}, {"alpha": 0.0}, {"alpha": -1e300}, {"alpha": 1e-300}),
    "elu": ({"alpha": 1.7}, {"alpha": 0.0}, {"alpha": -1e300}, {"alpha": 1e-300}),
    "clipped_relu": ({"z": 0.1}, {"z": 1e308}),
    "prelu": ({"a": -0.7}, {"a": 0.0}),
    "rrelu": ({"lower": -1e308, "upper": 1e308}, {"lower": 1e308, "upper": 1.5e308}),
    "thresholded_relu": ({"theta": -0.3, "v": -7.0}, {"theta": 1e300, "v": 20.0}),
    "plu": ({"alpha": 0.0, "c": 2.0}, {"alpha": 1e-300, "c": 1e300}),
    "srelu": ({"tl": 0.3, "al": -0.7, "tr": 2.0, "ar": -3.0},),
    "star_relu": ({"s": -2.0, "b": 1e10},),
    "nlrelu": ({"beta": 1e300}, {"beta": 5e-324}),
    "celu": ({"alpha": 0.7}, {"alpha": 1e308}, {"alpha": 5e-324}),
    "selu": ({"alpha": 1.5, "lambd": 1.1}, {"alpha": 0.0, "lambd": 2.0}),
    "isrlu": ({"alpha": 0.3}, {"alpha": 1e300}),
    "squareplus": ({"b": 0.3}, {"b": 1e300}),
    "softplus": ({"beta": 0.3}, {"beta": 1e-100}, {"beta": 0.1, "threshold": 0.4}),
    "soft_exponential": ({"alpha": 1e-10}, {"alpha": 3.7}),
    "swish": ({"beta": 0.3}, {"beta": -3.7}, {"beta": 0.0}, {"beta": 1.7e308}, {"beta": -1e-300}),
    "e_swish": ({"beta": 2.0},),
    "logish": ({"alpha": 2.5, "beta": 10.0},),
    "smish": ({"alpha": 2.5, "beta": 0.3},),
    "snake": ({"a": 0.3}, {"a": 30.0}, {"a": 5e-324}),
    "hardshrink": ({"lambd": 0.3},),
    "softshrink": ({"lambd": 0.3}, {"lambd": 1e300}),
}
SPECIALS = np.array(
    [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308, -1.7976931348623157e308]
)

ELEMENTWISE = [activation for activation in ACTIVATIONS.values() if activation.elementwise]
CASES = [
    pytest.param(
        activation, parameters, id=" ".join([activation.name, *(f"{k}={v}" for k, v in parameters.items())])
    )
    for activation in ELEMENTWISE
    for parameters in ({}, *EXTREMES.get(activation.name, ()))
]


@pytest.fixture(autouse=True)
def _numpy_raises() -> Iterator[None]:
    """No test may provoke a floating-point warning: each is an error here, underflow excepted."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


def evaluate(activation: Activation, order: str, x: np.ndarray, **parameters: float) -> np.ndarray:
    """Return the value or a derivative, with the record's own parameters unless others are given."""
    code = implementation(activation, ORDERS.index(order), lambda text: parse(text, ACTIVATIONS))
    return np.asarray(code(x, **{**activation.defaults, **parameters}))


def worst(got: np.ndarray, points: np.ndarray, truth: list) -> tuple[float, float]:
    """Return the largest error in ulps and where it is."""
    errors = [ulps(float(g), t) for g, t in zip(got, truth, strict=True)]
    index = int(np.argmax(errors))
    return errors[index], float(points[index])


@pytest.mark.parametrize(("activation", "parameters"), CASES)
def test_value_and_derivatives_are_the_formulas(activation: Activation, parameters: dict[str, float]) -> None:
    """4 ulps for the value and the first derivative, 10 for the second, on all finite numbers."""
    points = hard_points(200, seed=len(activation.name))[:: 3 if parameters else 1]
    truth = [exact(activation, float(x), **parameters) for x in points]
    for k, order in enumerate(ORDERS):
        got = evaluate(activation, order, points, **parameters)
        error, where = worst(got, points, [entry[k] for entry in truth])
        assert error <= BOUNDS[order], f"{order} is {error:.2f} ulps off at {where!r}"


@pytest.mark.parametrize(("activation", "parameters"), CASES)
@pytest.mark.parametrize("sign", [-1, 1])
def test_infinity_gives_the_limit(activation: Activation, parameters: dict[str, float], sign: int) -> None:
    """At +-inf stands what the formula tends to, with the sign of a zero the value tends to from one side."""
    for order, expected in zip(ORDERS, limit(activation, sign, **parameters), strict=True):
        got = evaluate(activation, order, np.array(sign * np.inf), **parameters)
        assert np.array_equal(got, expected, equal_nan=True), order
    value = float(evaluate(activation, "value", np.array(sign * np.inf), **parameters))
    if not np.isnan(value) and all(
        exact(activation, sign * scale, **parameters)[0] < 0 for scale in (HUGE, 2 * HUGE, 3 * HUGE, HUGE**2)
    ):  # a wave that fades has no sign in the end
        assert np.signbit(value)


@pytest.mark.parametrize(("activation", "parameters"), CASES)
@pytest.mark.parametrize("order", ORDERS)
def test_nan_in_nan_out(activation: Activation, parameters: dict[str, float], order: str) -> None:
    """Nan goes through every function, derivative and parameter, and no finite number becomes nan."""
    got = evaluate(activation, order, SPECIALS, **parameters)
    assert np.array_equal(np.isnan(got) & ~np.isinf(SPECIALS), np.isnan(SPECIALS))


@pytest.mark.parametrize(
    "activation", [a for a in ELEMENTWISE if exact(a, 0.0)[0] == 0], ids=lambda a: a.name
)
def test_a_zero_keeps_its_sign_where_the_function_goes_through_it(activation: Activation) -> None:
    """f(-0) is -0 where f(0) = 0 with a slope from the left, else 0 (relu, step)."""
    slope = exact(activation, -5e-324)[1]
    got = evaluate(activation, "value", np.array([0.0, -0.0]))
    assert list(np.signbit(got)) == [False, slope > 0]


@pytest.mark.parametrize("activation", ELEMENTWISE, ids=lambda a: a.name)
@pytest.mark.parametrize("order", ORDERS)
def test_any_shape_and_an_untouched_argument(activation: Activation, order: str) -> None:
    """Every shape goes through (0-d, empty, strided, read-only), entry by entry, and x is what it was."""
    x = np.linspace(-800.0, 800.0, 12).reshape(1, 3, 4)
    kept = x.copy()
    x.flags.writeable = False
    got = evaluate(activation, order, x)
    assert got.dtype == np.float64
    assert got.shape == x.shape
    assert not np.shares_memory(got, x)
    assert np.array_equal(x, kept)
    assert evaluate(activation, order, np.zeros((0, 3))).shape == (0, 3)
    assert evaluate(activation, order, x[0, 1, 2]).shape == ()
    assert np.array_equal(evaluate(activation, order, x.T[::2]), got.T[::2])
    assert [evaluate(activation, order, np.array(entry)) for entry in x.flat] == pytest.approx(
        list(got.flat), rel=1e-15
    )


NORMAL = {
    "erf": (numerics.erf, scipy.special.erf, "erf(x)"),
    "erfc": (numerics.erfc, scipy.special.erfc, "erfc(x)"),
    "normal_cdf": (numerics.normal_cdf, scipy.special.ndtr, "erfc(-x/sqrt(2))/2"),
    "normal_density": (numerics.normal_density, None, "exp(-x**2/2)/sqrt(2*pi)"),
}


@pytest.mark.parametrize("name", NORMAL)
def test_the_normal_distribution(name: str) -> None:
    """The error function and its kin: 4 ulps on the whole line, the limits, and about what scipy says."""
    function, peer, formula = NORMAL[name]
    points = hard_points(400, seed=1)
    record = SimpleNamespace(formula=formula, defaults={}, kinks=())
    error, where = worst(function(points), points, [exact(record, float(x))[0] for x in points])
    assert error <= 4.0, f"{error:.2f} at {where!r}"
    ends = function(np.array([-np.inf, np.inf, np.nan]))
    assert ends[:2].tolist() == [rounded(exact(record, sign * HUGE)[0]) for sign in (-1, 1)]
    assert np.isnan(ends[2])
    if peer is not None:
        near = points[np.abs(points) < 5.0]
        np.testing.assert_allclose(function(near), peer(near), rtol=1e-13)


def test_sums_and_products_keep_what_they_round_off() -> None:
    """High + low is the exact sum or product, as fractions."""
    a, b = np.random.default_rng(13).normal(size=(2, 300)) * 10.0 ** np.random.default_rng(14).uniform(
        -60, 60, (2, 300)
    )
    for operation, truth in ((numerics.exact_sum, operator.add), (numerics.exact_product, operator.mul)):
        for x, y, high, low in zip(a, b, *operation(a, b), strict=True):
            assert Fraction(high) + Fraction(low) == truth(Fraction(x), Fraction(y))


@pytest.mark.parametrize("a", [1.0, -3.7, 0.1, 0.0, 1.7e308, -1e-300, 5e-324])
def test_the_argument_of_an_exponential_loses_nothing(a: float) -> None:
    """bounded_product is a*x to 2**-104 wherever that is a number exp can tell from 0, and clamped beyond."""
    points = hard_points(400, seed=4)
    high, low = np.broadcast_arrays(*numerics.bounded_product(a, points))
    for x, h, rest in zip(points, high, low, strict=True):
        product = Fraction(a) * Fraction(x)
        if abs(product) < 4096:
            assert abs(Fraction(h) + Fraction(rest) - product) <= abs(product) / 2**104 + 4 * Fraction(5e-324)
        else:
            assert abs(h) >= 4096
            assert (h > 0) == (product > 0)


def test_the_committed_constants_are_the_derived_ones() -> None:
    """`actcli/numerics/_mills.py` is what `bench/derive_mills.py` writes."""
    root = Path(__file__).parents[1]
    derived = runpy.run_path(str(root / "bench" / "derive_mills.py"))["text"]()
    assert (root / "actcli" / "numerics" / "_mills.py").read_text(encoding="utf-8") == derived


def test_the_oracle_can_tell_right_from_wrong() -> None:
    """An unstable evaluation is found to be off where it is known to be."""
    softplus = next(a for a in ELEMENTWISE if a.name == "softplus")
    assert ulps(float(np.log(1.0 + np.exp(-30.0))), exact(softplus, -30.0)[0]) > 100.0
    assert ulps(np.nextafter(2.0, 3.0), mpf(2)) == 1.0
    assert ulps(np.inf, mpf(10) ** 308) == np.inf
