"""The error function of wide numbers, and what it lacks of 1."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from actcli.numerics import wide
from actcli.numerics.exact import Array
from actcli.numerics.wide import Wide
from actcli.numerics.wide_functions import exp, one

_ROOT_PI = (1.772453850905516, -7.666586499825799e-17)  # sqrt(pi)
_TURN = 3.0  # from here on erfc is a continued fraction: to the left it is 1 - erf, at the cost of 16 bits
_TERMS = 85  # of the series, for 100 bits at the turn
_LEVELS = 105  # of the fraction, for 100 bits at the turn
_FLAT = 2.0**60  # where the fraction is 1 to all digits
_STEP = 16.0  # of the error: what the series or the fraction adds
_ODD = [(float(c), float(c - Fraction(float(c)))) for c in (Fraction(1, 2 * k + 1) for k in range(_TERMS))]
_PARTS = tuple[Array, Array]


def erf(u: Wide) -> Wide:
    """Return the error function: a series near 0, and what the tail lacks of 1 beyond."""
    t = wide.absolute(u)
    size = wide.where(_is_far(t), wide.subtract(one(u), _tail(t)), _body(t))
    return wide.where(u.high < 0, wide.negative(size), size)


def erfc(u: Wide) -> Wide:
    """Return 1 less the error function, also where u is large."""
    t = wide.absolute(u)
    right = wide.where(_is_far(t), _tail(t), wide.subtract(one(u), _body(t)))
    return wide.where(u.high < 0, wide.subtract(wide.scaled(one(u), 2.0), right), right)


def _is_far(t: Wide) -> npt.NDArray[np.bool_]:
    return wide.to_floats(t) > _TURN


def _body(t: Wide) -> Wide:
    """Return 2/sqrt(pi)*exp(-t**2)*(t + 2*t**3/3 + 4*t**5/15 + ...), 0 <= t <= 3. DLMF 7.6.2."""
    x = _bounded(t, 0.0, _TURN)
    z = wide.times(x, x)
    z = (2.0 * z[0], 2.0 * z[1])
    unit = (np.ones_like(z[0]), np.zeros_like(z[0]))
    total = unit
    for odd in _ODD[:0:-1]:
        total = wide.plus(unit, wide.times(wide.times(z, total), _like(odd, z[0])))
    series = wide.normal(*total, np.zeros_like(t.exponent), t.error + _STEP)
    return wide.scaled(wide.multiply(wide.divide(t, _root_pi(t)), wide.multiply(series, _bell(t))), 2.0)


def _tail(t: Wide) -> Wide:
    """Return exp(-t**2)/(sqrt(pi)*(t + 1/2/(t + 1/(t + 3/2/(t + ...))))), t >= 3. DLMF 7.9.1."""
    x = _bounded(t, _TURN, _FLAT)
    total = x
    for k in range(_LEVELS, 0, -1):
        total = wide.plus(x, wide.over(_like((0.5 * k, 0.0), x[0]), total))
    ratio = wide.normal(*wide.over(x, total), np.zeros_like(t.exponent), t.error + _STEP)
    return wide.divide(wide.multiply(_bell(t), ratio), wide.multiply(t, _root_pi(t)))


def _bell(t: Wide) -> Wide:
    return exp(wide.negative(wide.multiply(t, t)))


def _bounded(t: Wide, least: float, most: float) -> _PARTS:
    """Return t as two floats, and an end of the interval for what lies outside."""
    exponent = np.clip(t.exponent, -1000, 100).astype(np.intc)
    high, low = np.ldexp(t.high, exponent), np.ldexp(t.low, exponent)
    return np.clip(high, least, most), np.where((high < least) | (high > most), 0.0, low)


def _like(pair: tuple[float, float], x: Array) -> _PARTS:
    return np.full_like(x, pair[0]), np.full_like(x, pair[1])


def _root_pi(like: Wide) -> Wide:
    high, low = _like(_ROOT_PI, like.high)
    return wide.normal(high, low, np.zeros_like(like.exponent), np.ones_like(like.high))
