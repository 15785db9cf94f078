"""The logistic and the normal distribution, and the error function, right down to the last subnormal."""

import math

import numpy as np

from actcli.numerics import _mills
from actcli.numerics.exact import (
    Array,
    bounded_product,
    exact_product,
    exact_sum,
    halves,
    one_plus,
    polynomial,
    times_exp,
)

_ROOT_2_PI = math.sqrt(2.0 * math.pi)
_NEAR = 0.875  # beyond, erfc is below 1/4, and its errors count a quarter in erf


def logistic(x: Array, a: float = 1.0) -> Array:
    """Return 1/(1 + exp(-a*x)), float64, shape of x, for every finite a; 0 and 1 in the limits.

    With e = exp(-|a*x|) it is 1/(1 + e) or e/(1 + e): nothing overflows, nothing cancels.
    """
    high, low = bounded_product(abs(a), np.abs(x))
    e = times_exp(1.0, -high, -low)
    # e <= 1, so the larger of e and the truth value is 1 on the side where a*x >= 0 and e on the other
    numerator: Array = np.maximum(e, math.copysign(1.0, a) * x >= 0.0)
    return numerator / (1.0 + e)


def logistic_slope(x: Array, a: float = 1.0) -> Array:
    """Return the derivative of logistic(x, a) in x: a*e/(1 + e)**2 with e = exp(-|a*x|)."""
    high, low = bounded_product(abs(a), np.abs(x))
    d, error = one_plus(times_exp(1.0, -high, -low))
    return times_exp(a / (d * d), -high, 2.0 * error - low)


def half_square(t: Array) -> tuple[Array, Array]:
    """Return -t**2/2 as high + low, |t| < 2**498: rounded, it would cost a density up to 500 ulps."""
    square = t * t
    high, low = halves(t)
    error = ((high * high - square) + 2.0 * (high * low)) + low * low
    return -0.5 * square, -0.5 * error


def normal_density(x: Array, factor: Array | float = 1.0) -> Array:
    """Return factor*phi(x), phi(x) = exp(-x**2/2)/sqrt(2 pi), rounded once; for |factor| < 2000."""
    high, low = half_square(np.clip(x, -_mills.END, _mills.END))
    return times_exp(factor / _ROOT_2_PI, high, low)


def scaled_tail(t: Array, t_low: Array | float = 0.0) -> tuple[Array, Array]:
    """Return (1 - Phi)*exp(s**2/2) at s = t + t_low, 0 <= t <= 40, as value and relative error of the value.

    The Mills ratio over sqrt(2 pi), smooth and of one sign: a nearly level polynomial over t + 1.25. What its
    two last additions round off is the error, which times_exp puts back.
    """
    u = (t - _mills.CENTRE) / (t + _mills.CENTRE)
    numerator, numerator_low = exact_sum(u * polynomial(_mills.TAIL[1:], u), _mills.TAIL[0])
    divisor, divisor_low = exact_sum(t, _mills.TAIL_SHIFT)
    return numerator / divisor, numerator_low / numerator - (divisor_low + t_low) / divisor


def upper_tail(t: Array, factor: Array | float = 1.0) -> Array:
    """Return factor*(1 - Phi(t)) for t >= 0, accurate down to the last subnormal; for 0 <= factor <= 1000."""
    t = np.minimum(t, _mills.END)
    tail, error = scaled_tail(t)
    high, low = half_square(t)
    return times_exp(factor * tail, high, low + error)


def scaled_gap(t: Array) -> Array:
    """Return (R(t) - t)/sqrt(2 pi) for 0 <= t <= 40, R the Mills ratio; without cancellation at its zero."""
    u = (t - _mills.CENTRE) / (t + _mills.CENTRE)
    zero_high, zero_low = _mills.GAP_ZERO
    return ((zero_high - t) + zero_low) * polynomial(_mills.GAP, u)


def normal_cdf(x: Array) -> Array:
    """Return Phi(x) = (1 + erf(x/sqrt(2)))/2, the normal distribution function.

    Float64, shape of x; right down to the last subnormal; 0 and 1 in the limits. From the Mills ratio R:
    Phi(-t) = R(t)*phi(t) for t >= 0, and Phi(x) = 1 - Phi(-x). Abramowitz & Stegun 26.2.2 and 26.2.5.
    """
    left = upper_tail(np.abs(x))
    return np.where(x < 0.0, left, 1.0 - left)


def erfc(x: Array) -> Array:
    """Return 1 - erf(x), float64, shape of x, right down to the last subnormal; 2 and 0 in the limits.

    As normal_cdf: erfc(x) = 2*R(sqrt(2)*x)*phi(sqrt(2)*x) for x >= 0. Abramowitz & Stegun 7.1.2.
    """
    if np.iscomplexobj(x):
        raise TypeError("erfc is implemented on real numbers")
    root, root_low = _mills.SQRT_2
    t = np.minimum(np.abs(x), _mills.END / root)
    scaled, scaled_low = exact_product(root, t)
    tail, error = scaled_tail(scaled, scaled_low + root_low * t)
    high, low = exact_product(t, t)
    right = times_exp(2.0 * tail, -high, error - low)
    return np.where(x < 0.0, 2.0 - right, right)


def erf(x: Array) -> Array:
    """Return 2/sqrt(pi)*(integral of exp(-s**2) from 0 to x), float64, shape of x; +-1 in the limits.

    Abramowitz & Stegun 7.1.1 and, where 1 - erfc(x) would lose digits, the Taylor series 7.1.5. Odd: -0
    stays -0.
    """
    t = np.abs(x)
    inner = np.where(t < _NEAR, x, 0.0)
    series = inner + inner * polynomial(_mills.ERF, inner * inner)  # the sum rounds off more than all else
    return np.where(t < _NEAR, series, np.copysign(1.0 - erfc(t), x))
