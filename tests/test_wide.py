"""Wide numbers against mpmath: right to a hundred bits, of any size, and never surer than they may be."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

from actcli.numerics import wide, wide_circular, wide_errors, wide_functions
from actcli.numerics.wide import Wide

BITS = 400
COUNT = 200


def exactly(a: Wide, k: int) -> mpf:
    """Return the number at place k."""
    return mp.ldexp(mpf(float(a.high[k])) + mpf(float(a.low[k])), int(a.exponent[k]))


def operands(seed: int, size: float) -> tuple[Wide, list[mpf]]:
    """Return quotients of floats, which no float holds, of magnitudes up to 10**size."""
    random = np.random.default_rng(seed)
    a = random.normal(size=COUNT) * 10.0 ** random.uniform(-size, size, COUNT)
    b = random.uniform(1.0, 3.0, COUNT)
    with mpmath.workprec(BITS):
        return wide.divide(wide.from_floats(a), wide.from_floats(b)), [
            mpf(p) / mpf(q) for p, q in zip(a.tolist(), b.tolist(), strict=True)
        ]


def check(got: Wide, truth: list[mpf]) -> None:
    """Each number lies within its own bound, and the bound within what rounding can excuse."""
    with mpmath.workprec(BITS):
        for k, value in enumerate(truth):
            off = abs(exactly(got, k) - value) / abs(value) if value else abs(exactly(got, k))
            assert off <= got.error[k] * wide.UNIT, mpmath.nstr(value)
    assert np.all(got.error < 2.0**40)


UNARY: dict[str, tuple[Callable[[Wide], Wide], Callable[[Any], Any], float]] = {
    "exp": (wide_functions.exp, mpmath.exp, 3),
    "expm1": (wide_functions.expm1, mpmath.expm1, 3),
    "tanh": (wide_functions.tanh, mpmath.tanh, 100),
    "sinh": (wide_functions.sinh, mpmath.sinh, 3),
    "cosh": (wide_functions.cosh, mpmath.cosh, 3),
    "asinh": (wide_functions.asinh, mpmath.asinh, 250),
    "sin": (wide_circular.sin, mpmath.sin, 6),
    "cos": (wide_circular.cos, mpmath.cos, 6),
    "erf": (wide_errors.erf, mpmath.erf, 3),
    "erfc": (wide_errors.erfc, mpmath.erfc, 3),
    "sqrt": (lambda a: wide.sqrt(wide.absolute(a)), lambda a: mpmath.sqrt(abs(a)), 300),
    "log": (lambda a: wide_functions.log(wide.absolute(a)), lambda a: mpmath.log(abs(a)), 300),
    "log1p": (lambda a: wide_functions.log1p(wide.absolute(a)), lambda a: mpmath.log1p(abs(a)), 300),
    "cube": (
        lambda a: wide_functions.power(a, wide.from_floats(np.full(COUNT, 3.0))),
        lambda a: a**3,
        300,
    ),
    "power": (
        lambda a: wide_functions.power(wide.absolute(a), wide.from_floats(np.full(COUNT, -1.7))),
        lambda a: abs(a) ** mpf(-1.7),
        300,
    ),
}


@pytest.mark.parametrize("name", UNARY)
def test_functions_are_right_to_their_bounds(name: str) -> None:
    """The error is below the bound that is stated, which is itself far below a rounding of float64."""
    function, truth, size = UNARY[name]
    a, exact = operands(len(name), size)
    with mpmath.workprec(BITS), np.errstate(all="ignore"):
        check(function(a), [truth(value) for value in exact])


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
def test_arithmetic_is_right_to_its_bounds(name: str) -> None:
    """Sums, products and quotients over all magnitudes."""
    (a, p), (b, q) = operands(1, 300), operands(2, 300)
    symbol = {"add": "__add__", "subtract": "__sub__", "multiply": "__mul__", "divide": "__truediv__"}[name]
    with mpmath.workprec(BITS), np.errstate(all="ignore"):
        check(getattr(wide, name)(a, b), [getattr(x, symbol)(y) for x, y in zip(p, q, strict=True)])


def test_what_cancels_is_doubted() -> None:
    """(1/3 + t) - 1/3: the bound grows as the digits go, and what is lost whole is known as unknown."""
    third = wide.divide(wide.from_floats(np.ones(3)), wide.from_floats(np.full(3, 3.0)))
    small = wide.from_floats(np.array([1e-3, 1e-20, 1e-60]))
    with np.errstate(divide="ignore"):
        rest = wide.subtract(wide.add(third, small), third)
        assert wide.subtract(small, small).error.tolist() == [0.0, 0.0, 0.0]  # exact
    assert rest.error[0] < rest.error[1] < rest.error[2]
    assert rest.error[1] > 2.0**60
    assert not rest.error[2] < 2.0**100


def test_no_number_is_too_large() -> None:
    """Squares of 1e300 come back; what fades stays 0 whatever it is multiplied with; nan stays."""
    big = wide.from_floats(np.array([1e300, -1e300]))
    root = wide.sqrt(wide.multiply(big, big))
    assert wide.to_floats(root).tolist() == [1e300, 1e300]
    with np.errstate(all="ignore"):
        gone = wide.multiply(wide_functions.exp(wide.negative(root)), big)
        assert wide.to_floats(gone).tolist() == [0.0, 0.0]
        assert np.signbit(wide.to_floats(gone)).tolist() == [False, True]
        assert np.isnan(wide.to_floats(wide_functions.exp(wide.from_floats(np.array([np.nan]))))).all()


def test_saturated_numbers_are_not_compared() -> None:
    """exp(1e16) is only known to be large: quotient, difference and logarithm of such are unknown."""
    u = wide.from_floats(np.array([1e16]))
    with np.errstate(all="ignore"):
        e, less = wide_functions.exp(u), wide_functions.exp(wide.subtract(u, wide_functions.one(u)))
        assert np.isnan(wide.divide(e, less).high).all()
        assert np.isnan(wide.subtract(e, less).high).all()
        assert np.isnan(wide.multiply(e, wide_functions.exp(wide.negative(u))).high).all()
        assert np.isinf(wide_functions.log(e).error).all()
        assert wide.to_floats(wide.divide(u, e)).tolist() == [0.0]


def test_rounding_to_floats_is_right() -> None:
    """To the nearest float, into the subnormal numbers, 0 and infinity."""
    tiny = wide.from_floats(np.array([3.0, 1.0, 1.0, 1.0]))
    moved = tiny._replace(exponent=tiny.exponent + np.array([-1076, -1074, -1200, 5000]))
    with np.errstate(all="ignore"):
        assert wide.to_floats(moved).tolist() == [5e-324, 5e-324, 0.0, np.inf]
