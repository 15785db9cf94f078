"""Gated linear units: x times a distribution function of x; silu and gelu."""

import numpy as np

from actcli.activations._spec import Activation
from actcli.numerics import (
    Array,
    _mills,
    exact_sum,
    half_square,
    normal_density,
    one_plus,
    scaled_gap,
    times_exp,
    upper_tail,
)

_FAR = 800.0  # exp(-800)*800 is 0: clamping there turns the nan of 0*inf into the limit
_SLOPE_ZERO, _SLOPE_ZERO_LOW = _mills.SILU_SLOPE_ZERO
_SLOPE_FACTOR = (1.0 + _SLOPE_ZERO) + _SLOPE_ZERO_LOW
_BEND_ZERO, _BEND_ZERO_LOW = _mills.SILU_BEND_ZERO
_BEND_FACTOR = (_BEND_ZERO - 2.0) + _BEND_ZERO_LOW


def _silu(x: Array) -> Array:
    x = np.maximum(x, -_FAR)
    return times_exp(x, np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))


def _silu_derivative(x: Array) -> Array:
    t = np.minimum(np.abs(x), _FAR)
    d, error = one_plus(np.exp(-t))
    # For x < 0: (1 + x + e)*e/(1 + e)**2, e = exp(x). The first factor vanishes at z; with x = z + s it is
    # s - (1 + z)*expm1(s), both terms of one sign, of slope 1 + e. For x > 0: 1 minus the mirror image.
    s, s_low = exact_sum(-t, -_SLOPE_ZERO)
    numerator = s + ((s_low - _SLOPE_ZERO_LOW) * d - _SLOPE_FACTOR * np.expm1(s))
    left = times_exp(numerator / (d * d), -t, 2.0 * error)
    return np.where(x < 0.0, left, 1.0 - left)


def _silu_second(x: Array) -> Array:
    t = np.minimum(np.abs(x), _FAR)
    d, error = one_plus(np.exp(-t))
    # (2 - t + (2 + t)*e)*e/(1 + e)**3, e = exp(-t). The first factor vanishes at z; with t = z + s it is
    # (z - 2)*expm1(-s) + s*expm1(-t), both terms of one sign.
    s = (t - _BEND_ZERO) - _BEND_ZERO_LOW
    numerator = _BEND_FACTOR * np.expm1(-s) + s * np.expm1(-t)
    return times_exp(numerator / (d * d * d), -t, 3.0 * error)


def _gelu(x: Array) -> Array:
    t = np.abs(x)
    # t*Phi(-t): for x < 0 it is -gelu(x), for x > 0 what gelu(x) lacks of x
    correction = upper_tail(t, np.minimum(t, _FAR))
    result: Array = np.copysign(np.maximum(x, 0.0) - correction, x)
    return result


def _gelu_derivative(x: Array) -> Array:
    t = np.minimum(np.abs(x), _mills.END)
    left = times_exp(
        scaled_gap(t), *half_square(t)
    )  # Phi(-t) - t*phi(t) = (R(t) - t)*phi(t), R the Mills ratio
    return np.where(x < 0.0, left, 1.0 - left)


def _gelu_second(x: Array) -> Array:
    t = np.minimum(np.abs(x), _mills.END)
    root, root_low = _mills.SQRT_2
    return normal_density(t, ((root - t) + root_low) * (root + t))  # (2 - t**2)*phi(t)


SILU = Activation(
    name="silu",
    summary="x times its sigmoid: a smooth rectifier that dips below 0",
    formula="x/(1 + exp(-x))",
    value=_silu,
    derivative=_silu_derivative,
    second_derivative=_silu_second,
    aliases=("swish", "swish1"),
    source="Elfwing, Uchibe & Doya 2018 (arXiv:1702.03118); Ramachandran, Zoph & Le 2017 (arXiv:1710.05941)",
)

GELU = Activation(
    name="gelu",
    summary="x times the probability that a standard normal number lies below x",
    formula="x*erfc(-x/sqrt(2))/2",
    value=_gelu,
    derivative=_gelu_derivative,
    second_derivative=_gelu_second,
    aliases=("gelu_erf", "gelu_exact"),
    source="Hendrycks & Gimpel 2016, section 2 (arXiv:1606.08415)",
)
