"""Sine and cosine of wide numbers: the argument less whole quarters of a turn, and Taylor's series."""

import math
from fractions import Fraction

import numpy as np

from actcli.numerics import wide
from actcli.numerics.exact import Array, exact_product, exact_sum
from actcli.numerics.wide import Wide

# pi/2 in three floats, 159 bits
_QUARTER = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33)
_LARGE = 45  # of an exponent: beyond, the quarters of a turn are too many to be taken off
_TINY = -60  # below, the sine is the argument and the cosine is 1
_TERMS = 15
_EXACT_TERMS = 10  # the others are below 2**-57 of the sum: plain floats will do
_REDUCTION = 0.125  # what the reduction leaves of the size of the argument, in units of 2**-100
_STEP = 2.0  # of the error: what a function adds on its own


def sin(u: Wide) -> Wide:
    """Return the sine; its error is infinite where |u| is beyond 2**45."""
    near = u._replace(error=u.error + _STEP)
    return wide.where(u.exponent < _TINY, near, _turned(u, 0))


def cos(u: Wide) -> Wide:
    """Return the cosine; its error is infinite where |u| is beyond 2**45."""
    return _turned(u, 1)


def _turned(u: Wide, quarters: int) -> Wide:
    """Return the sine of u plus quarters of a turn."""
    n, r = _reduced(u)
    quadrant = (n.astype(np.int64) + quarters) % 4
    even, odd = _series(r, 0), wide._times(_series(r, 1), r)
    is_even = quadrant % 2 == 1
    sign = np.where(quadrant > 1, -1.0, 1.0)
    high, low = (sign * np.where(is_even, a, b) for a, b in zip(even, odd, strict=True))
    size = np.abs(wide.to_floats(u))
    lost = np.where(u.exponent > _LARGE, np.inf, (u.error + _REDUCTION) * size / np.abs(high))
    return wide._normal(high, low, np.zeros_like(u.exponent), lost + _STEP)


def _reduced(u: Wide) -> tuple[Array, tuple[Array, Array]]:
    """Return n and r = high + low with u = n*pi/2 + r, |r| <= 0.79, for |u| < 2**45."""
    exponent = np.clip(u.exponent, -1000, _LARGE).astype(np.intc)
    x, x_low = np.ldexp(u.high, exponent), np.ldexp(u.low, exponent)
    n = np.rint(x / _QUARTER[0])
    first, first_low = exact_product(_QUARTER[0], n)
    second, second_low = exact_product(_QUARTER[1], n)
    high, a = exact_sum(x, -first)
    middle, b = exact_sum(x_low, -first_low)
    high, c = exact_sum(high, middle)
    high, d = exact_sum(high, -second)
    low = ((a + c) + d) + (b - second_low - _QUARTER[2] * n)
    return n, exact_sum(high, low)


def _series(r: tuple[Array, Array], first: int) -> tuple[Array, Array]:
    """Return the sum of (-r**2)**k/(2*k + first)!: cos(r), or sin(r)/r."""
    square = wide._times(r, r)
    y = (-square[0], -square[1])
    coefficients = [Fraction(1, math.factorial(2 * k + first)) for k in range(_TERMS)]
    tail = np.full_like(r[0], float(coefficients[-1]))
    for coefficient in coefficients[-2 : _EXACT_TERMS - 1 : -1]:
        tail = tail * y[0] + float(coefficient)
    total = (tail, np.zeros_like(tail))
    for coefficient in coefficients[_EXACT_TERMS - 1 :: -1]:
        high = float(coefficient)
        term = np.full_like(tail, high), np.full_like(tail, float(coefficient - Fraction(high)))
        total = wide._plus(wide._times(total, y), term)
    return total
