"""x times a logistic gate, without cancellation at the zeros of its derivatives, right in the far tails."""

import numpy as np

from actcli.numerics import _mills
from actcli.numerics.exact import LARGEST, Array, exact_sum, one_plus, times_exp

_FAR = 800.0  # exp(-800)*800 is 0
_FARTHER = 1500.0  # exp(-1500)*1500 is 0 even after a multiplication by the largest float64
_SLOPE_ZERO, _SLOPE_ZERO_LOW = _mills.SILU_SLOPE_ZERO
_SLOPE_FACTOR = (1.0 + _SLOPE_ZERO) + _SLOPE_ZERO_LOW
_BEND_ZERO, _BEND_ZERO_LOW = _mills.SILU_BEND_ZERO
_BEND_FACTOR = (_BEND_ZERO - 2.0) + _BEND_ZERO_LOW


def gated(x: Array, u: Array, u_low: Array | float = 0.0) -> Array:
    """Return x/(1 + exp(-u - u_low)), float64, shape of x; where u is -inf it is 0, of the sign of x."""
    bounded = np.where(u < 0.0, np.clip(x, -LARGEST, LARGEST), x)  # inf*0 would be nan
    numerator = times_exp(bounded, np.minimum(u, 0.0), np.where(u < 0.0, u_low, 0.0))
    return numerator / (1.0 + np.exp(-np.abs(u)))


def gated_slope(u: Array, u_low: Array | float = 0.0) -> Array:
    """Return the derivative of u/(1 + exp(-u)) at u + u_low."""
    t = np.minimum(np.abs(u), _FAR)
    t_low = np.sign(u) * u_low
    d, error = one_plus(np.exp(-t))
    # For u < 0: (1 + u + e)*e/(1 + e)**2, e = exp(u). The first factor vanishes at z; with u = z + s it is
    # s - (1 + z)*expm1(s), both terms of one sign, of slope 1 + e. For u > 0: 1 minus the mirror image.
    s, s_low = exact_sum(-t, -_SLOPE_ZERO)
    numerator = s + ((s_low - _SLOPE_ZERO_LOW - t_low) * d - _SLOPE_FACTOR * np.expm1(s))
    left = times_exp(numerator / (d * d), -t, 2.0 * error - t_low)
    return np.where(u < 0.0, left, 1.0 - left)


def gated_bend(u: Array, u_low: Array | float = 0.0, factor: float = 1.0) -> Array:
    """Return the second derivative of u/(1 + exp(-u)) at u + u_low, times a factor."""
    t = np.minimum(np.abs(u), _FARTHER)
    t_low = np.sign(u) * u_low
    d, error = one_plus(np.exp(-t))
    # (2 - t + (2 + t)*e)*e/(1 + e)**3, e = exp(-t). The first factor vanishes at z; with t = z + s it is
    # (z - 2)*expm1(-s) + s*expm1(-t), both terms of one sign.
    s = ((t - _BEND_ZERO) - _BEND_ZERO_LOW) + t_low
    numerator = _BEND_FACTOR * np.expm1(-s) + s * np.expm1(-t)
    # half of the exponential before the factor and half after it: neither overflows or fades away early
    low = 0.5 * (3.0 * error - t_low)
    root = times_exp(numerator / (d * d * d), -0.5 * t, low)
    return times_exp(factor * root, -0.5 * t, low)
