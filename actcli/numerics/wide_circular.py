"""Sine and cosine of wide numbers: the argument less whole quarters of a turn, and Taylor's series."""

import math
from fractions import Fraction

import numpy as np

from actcli.numerics import wide
from actcli.numerics.exact import Array
from actcli.numerics.wide import Wide
from actcli.numerics.wide_functions import LARGE, reduced

# pi/2 in three floats, 159 bits
_QUARTER = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33)
_TINY = -60  # below, the sine is the argument and the cosine is 1
_TERMS = 15
_EXACT_TERMS = 10  # the others are below 2**-57 of the sum: plain floats will do
_REDUCTION = 0.125  # what the reduction leaves of the size of the argument, in units of 2**-100
_STEP = 2.0  # of the error: what a function adds on its own


def sin(u: Wide) -> Wide:
    """Return the sine; its error is infinite where |u| is beyond 2**50."""
    near = u._replace(error=u.error + _STEP)
    return wide.where(u.exponent < _TINY, near, _turned(u, 0))


def cos(u: Wide) -> Wide:
    """Return the cosine; its error is infinite where |u| is beyond 2**50."""
    return _turned(u, 1)


def _turned(u: Wide, quarters: int) -> Wide:
    """Return the sine of u plus quarters of a turn."""
    n, r = reduced(u, _QUARTER)
    quadrant = (n.astype(np.int64) + quarters) % 4
    even, odd = _series(r, 0), wide.times(_series(r, 1), r)
    is_even = quadrant % 2 == 1
    sign = np.where(quadrant > 1, -1.0, 1.0)
    high, low = (sign * np.where(is_even, a, b) for a, b in zip(even, odd, strict=True))
    size = np.abs(wide.to_floats(u))
    lost = np.where(u.exponent > LARGE, np.inf, (u.error + _REDUCTION) * size / np.abs(high))
    return wide.normal(high, low, np.zeros_like(u.exponent), lost + _STEP)


def _series(r: tuple[Array, Array], first: int) -> tuple[Array, Array]:
    """Return the sum of (-r**2)**k/(2*k + first)!: cos(r), or sin(r)/r."""
    square = wide.times(r, r)
    y = (-square[0], -square[1])
    coefficients = [Fraction(1, math.factorial(2 * k + first)) for k in range(_TERMS)]
    tail = np.full_like(r[0], float(coefficients[-1]))
    for coefficient in coefficients[-2 : _EXACT_TERMS - 1 : -1]:
        tail = tail * y[0] + float(coefficient)
    total = (tail, np.zeros_like(tail))
    for coefficient in coefficients[_EXACT_TERMS - 1 :: -1]:
        high = float(coefficient)
        term = np.full_like(tail, high), np.full_like(tail, float(coefficient - Fraction(high)))
        total = wide.plus(wide.times(total, y), term)
    return total
