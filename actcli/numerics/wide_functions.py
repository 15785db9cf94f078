"""Exponentials, logarithms and their kin of wide numbers."""

import math
from fractions import Fraction

import numpy as np

from actcli.numerics import wide
from actcli.numerics.exact import Array, exact_product, exact_sum
from actcli.numerics.wide import Wide

# The natural logarithm of 2 in three floats, 159 bits
_LN2 = (0.6931471805599453, 2.3190468138462996e-17, 5.707708438416212e-34)
_HALVINGS = 6  # the series runs on the argument over 64
_PAIRS = [
    (float(c), float(c - Fraction(float(c)))) for c in (Fraction(1, math.factorial(k)) for k in range(7))
]
_TAIL = [1.0 / math.factorial(k) for k in range(7, 13)]  # below 2**-57 of the sum: plain floats will do
LARGE = 50  # of an exponent: beyond 2**50 the exponential saturates
_STEP = 2.0  # of the error: what a function adds on its own


def one(like: Wide) -> Wide:
    """Return 1 in the shape of another number."""
    return wide.from_floats(np.ones_like(like.high))


def _expm1_of_small(high: Array, low: Array) -> tuple[Array, Array]:
    """Return e**r - 1 for |r| <= 0.36, by Taylor's series on r/64 and m -> m*(m + 2) six times."""
    y = (high * 2.0**-_HALVINGS, low * 2.0**-_HALVINGS)
    tail = np.full_like(high, _TAIL[-1])
    for coefficient in _TAIL[-2::-1]:
        tail = tail * y[0] + coefficient
    total = wide.plus((tail * y[0], np.zeros_like(high)), _like(_PAIRS[6], high))
    for k in range(5, 0, -1):
        total = wide.plus(wide.times(total, y), _like(_PAIRS[k], high))
    m = wide.times(total, y)
    for _ in range(_HALVINGS):
        m = wide.times(m, wide.plus(m, _like((2.0, 0.0), high)))
    return m


def _like(pair: tuple[float, float], x: Array) -> tuple[Array, Array]:
    return np.full_like(x, pair[0]), np.full_like(x, pair[1])


def reduced(u: Wide, period: tuple[float, float, float]) -> tuple[Array, tuple[Array, Array]]:
    """Return whole n and r = high + low with u = n*period + r, |r| <= period/2, for |u| < 2**50.

    The period is a sum of three floats.
    """
    exponent = np.clip(u.exponent, -1000, LARGE).astype(np.intc)
    x, x_low = np.ldexp(u.high, exponent), np.ldexp(u.low, exponent)
    n = np.rint(x / period[0])
    first, first_low = exact_product(period[0], n)
    second, second_low = exact_product(period[1], n)
    high, a = exact_sum(x, -first)
    middle, b = exact_sum(x_low, -first_low)
    high, c = exact_sum(high, middle)
    high, d = exact_sum(high, -second)
    low = ((a + c) + d) + (b - second_low - period[2] * n)
    return n, exact_sum(high, low)


def exp(u: Wide) -> Wide:
    """Return e**u."""
    n, (high, low) = reduced(u, _LN2)
    m, m_low = _expm1_of_small(high, low)
    total, rest = exact_sum(m, 1.0)
    found = wide.normal(total, rest + m_low, n.astype(np.int64), _grown(u, np.abs(wide.to_floats(u))))
    return wide.where(u.exponent > LARGE, _saturated(u), found)


def _saturated(u: Wide) -> Wide:
    """Return a number of which only this is known: it is beyond 2**(2**50), or as far below 1."""
    half = np.where(np.isnan(u.high), np.nan, 0.5)
    error = np.where(u.error < wide.DECIDED, 0.0, np.inf)  # of the sign of u
    exponent = np.where(u.high > 0, 4 * wide.BEYOND, -4 * wide.BEYOND)
    return Wide(half, np.zeros_like(half), exponent, error)


def _grown(u: Wide, amplification: Array) -> Array:
    """Return the error of a function that multiplies the relative error of u, and adds its own."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(u.error == 0, 0.0, u.error * amplification) + _STEP


def expm1(u: Wide) -> Wide:
    """Return e**u - 1, also where u is small."""
    _, (high, low) = reduced(u, _LN2)
    m, m_low = _expm1_of_small(high, low)
    near = wide.normal(m, m_low, np.zeros_like(u.exponent), u.error + _STEP)
    near = wide.where(u.exponent < -110, u._replace(error=u.error + _STEP), near)
    return wide.where(u.exponent < -1, near, wide.subtract(exp(u), one(u)))


def log1p(u: Wide) -> Wide:
    """Return log(1 + u), also where u is small."""
    is_near = u.exponent < 0
    near = _log1p_near(wide.where(is_near, u, wide.scaled(one(u), 0.25)))
    return wide.where(is_near, near._replace(error=2.0 * u.error + _STEP), _log(wide.add(one(u), u)))


def _log1p_near(z: Wide) -> Wide:
    """Return log(1 + z) for |z| < 1/2: one step of Newton's from the float."""
    tiny = z.exponent < -110
    safe = wide.where(tiny, wide.scaled(one(z), 0.25), z)._replace(error=np.zeros_like(z.error))
    start = wide.from_floats(np.log1p(wide.to_floats(safe)))
    grown = expm1(start)
    step = wide.divide(wide.subtract(safe, grown), wide.add(one(z), grown))
    return wide.where(tiny, z, wide.add(start, step))._replace(error=np.full_like(z.error, _STEP))


def log(u: Wide) -> Wide:
    """Return the natural logarithm; nan of what is not positive."""
    found = _log(u)
    return found._replace(high=np.where(u.high > 0, found.high, np.nan))


def _log(u: Wide) -> Wide:
    is_low = u.high < math.sqrt(0.5)
    mantissa = Wide(u.high, u.low, is_low.astype(np.int64), np.zeros_like(u.error))
    whole = wide.from_floats((u.exponent - is_low).astype(np.float64))
    rest = _log1p_near(wide.subtract(mantissa, one(u)))
    found = wide.add(rest, wide.multiply(whole, _ln2(u)))
    size = np.abs(wide.to_floats(found))
    error = found.error + np.where(u.error == 0, 0.0, u.error / size)
    return found._replace(error=np.where(np.abs(u.exponent) > wide.BEYOND, np.inf, error))  # saturated


def _ln2(like: Wide) -> Wide:
    high, low = _like((_LN2[0], _LN2[1]), like.high)
    return wide.normal(high, low, np.zeros_like(like.exponent), np.ones_like(like.high))


def tanh(u: Wide) -> Wide:
    """Return the hyperbolic tangent, from e**(-2|u|) - 1."""
    e = expm1(wide.scaled(wide.negative(wide.absolute(u)), 2.0))
    size = wide.divide(wide.negative(e), wide.add(e, wide.scaled(one(u), 2.0)))
    return wide.where(u.high < 0, wide.negative(size), size)


def sinh(u: Wide) -> Wide:
    """Return the hyperbolic sine, from e**|u| - 1."""
    e = expm1(wide.absolute(u))
    size = wide.scaled(wide.add(e, wide.divide(e, wide.add(e, one(u)))), 0.5)
    return wide.where(u.high < 0, wide.negative(size), size)


def cosh(u: Wide) -> Wide:
    """Return (e**u + e**-u)/2."""
    e = exp(wide.absolute(u))
    return wide.scaled(wide.add(e, wide.divide(one(u), e)), 0.5)


def hypot(a: Wide, b: Wide) -> Wide:
    """Return sqrt(a**2 + b**2)."""
    return wide.sqrt(wide.add(wide.multiply(a, a), wide.multiply(b, b)))


def asinh(u: Wide) -> Wide:
    """Return log(u + sqrt(1 + u**2)), as log1p of |u| + u**2/(1 + sqrt(1 + u**2))."""
    square = wide.multiply(u, u)
    root = wide.sqrt(wide.add(one(u), square))
    size = log1p(wide.add(wide.absolute(u), wide.divide(square, wide.add(one(u), root))))
    return wide.where(u.high < 0, wide.negative(size), size)


def logaddexp(a: Wide, b: Wide) -> Wide:
    """Return log(e**a + e**b)."""
    gap = wide.subtract(a, b)
    larger = wide.where(gap.high > 0, a, b)
    return wide.add(larger, log1p(exp(wide.negative(wide.absolute(gap)))))


def power(a: Wide, b: Wide) -> Wide:
    """Return a**b; of one small whole exponent it is a product."""
    exponents = np.unique(wide.to_floats(b))
    if exponents.size == 1 and abs(exponents[0]) <= 16 and exponents[0] == int(exponents[0]):
        return _whole_power(a, int(exponents[0]))
    return exp(wide.multiply(b, log(a)))


def _whole_power(a: Wide, n: int) -> Wide:
    if n < 0:
        return wide.divide(one(a), _whole_power(a, -n))
    result = one(a)
    for _ in range(n):
        result = wide.multiply(result, a)
    return result
