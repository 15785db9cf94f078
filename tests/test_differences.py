"""Difference methods: derived weights, honest error bounds, published orders."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.differences import DIFFERENCES
from actcli.differences._spec import Precision
from actcli.differences.stencils import BACKWARD, CENTRAL, FIVE_POINT, FORWARD, Stencil

FLOAT64 = Precision(2.0**-52, 5e-324)
SMOOTH = {
    "exp": (np.exp, np.exp),
    "sin": (np.sin, np.cos),
    "cubic": (lambda x: x**3, lambda x: 3 * x**2),
    "reciprocal": (lambda x: 1 / (x * x + 1), lambda x: -2 * x / (x * x + 1) ** 2),
}


@pytest.mark.parametrize(
    ("stencil", "weights", "order"),
    [
        (FORWARD, (-1, 1), 1),
        (BACKWARD, (-1, 1), 1),
        (CENTRAL, (Fraction(-1, 2), 0, Fraction(1, 2)), 2),
        (FIVE_POINT, (Fraction(1, 12), Fraction(-2, 3), 0, Fraction(2, 3), Fraction(-1, 12)), 4),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_weights_and_orders_are_the_published_ones(stencil: Stencil, weights: tuple, order: int) -> None:
    """The derived weights are those of Abramowitz & Stegun, table 25.2; so are the orders."""
    assert stencil.weights == weights
    assert stencil.order == order


@given(
    st.sets(st.integers(-5, 5), min_size=2, max_size=6), st.lists(st.integers(-9, 9), min_size=1, max_size=6)
)
def test_weights_are_exact_for_polynomials(offsets: set[int], coefficients: list[int]) -> None:
    """A stencil of n points has the exact slope at 0 of every polynomial of degree below n."""
    nodes = tuple(sorted(offsets))
    stencil = Stencil(name="any", summary="", offsets=nodes)
    used = coefficients[: len(nodes)]
    value = sum(
        w * sum(c * a**k for k, c in enumerate(used)) for w, a in zip(stencil.weights, nodes, strict=True)
    )
    assert value == (used[1] if len(used) > 1 else 0)


@pytest.mark.parametrize("method", [name for name in DIFFERENCES if name != "complex_step"])
@pytest.mark.parametrize("name", SMOOTH)
def test_error_bounds_hold(method: str, name: str) -> None:
    """On smooth functions, the true error lies within four times the bound that the method states."""
    f, slope = SMOOTH[name]
    x = np.random.default_rng(7).uniform(-8, 8, 400)
    estimate = DIFFERENCES[method].estimate(f, x, FLOAT64)
    assert np.all(np.abs(estimate.value - slope(x)) <= 4 * (estimate.error + 2.0**-52 * np.abs(slope(x))))


@pytest.mark.parametrize(
    ("method", "digits"), [("forward", 6), ("central", 9), ("five_point", 11), ("richardson", 12)]
)
def test_methods_reach_their_digits(method: str, digits: int) -> None:
    """Each method is as good as its order lets it be: the bounds are not merely wide."""
    x = np.linspace(-2, 2, 41)
    estimate = DIFFERENCES[method].estimate(np.sin, x, FLOAT64)
    assert np.max(np.abs(estimate.value - np.cos(x))) < 10.0**-digits
    assert np.max(estimate.error) < 10.0 ** -(digits - 1)


def test_complex_step_has_no_cancellation() -> None:
    """Im f(x + ih)/h is right to rounding."""
    x = np.linspace(-2, 2, 41)
    estimate = DIFFERENCES["complex_step"].estimate(np.sin, x, FLOAT64)
    assert np.max(np.abs(estimate.value - np.cos(x))) < 1e-15


def test_a_given_step_is_the_step() -> None:
    """With h = 1e-4, the slopes of 0.01x^2 + 0.1x at 5 and 10 are 0.2 and 0.3, to about 1e-12."""
    estimate = CENTRAL.estimate(lambda x: 0.01 * x**2 + 0.1 * x, np.array([5.0, 10.0]), FLOAT64, 1e-4)
    assert estimate.value == pytest.approx([0.2, 0.3], abs=1e-11)
    assert tuple(estimate.value) == pytest.approx((0.1999999999990898, 0.2999999999986347), abs=1e-12)
