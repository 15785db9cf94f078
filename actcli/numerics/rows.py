"""Rows of numbers, along the last axis: measured from their maximum, and as shares of a whole."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.numerics.exact import Array, exact_product, exact_sum, times_exp, total

_FADED = 4000.0  # exp(-2000) is 0, even after a division by the smallest number


class Weights(NamedTuple):
    """exp((x - max)/temperature) and what the shares are made of; shape (..., n), sums (..., 1)."""

    high: Array  # (x - max)/temperature = high + low
    low: Array
    e: Array  # exp(high): exp(low) is put back last, so that it costs no rounding of its own
    top: npt.NDArray[np.bool_]  # the first maximum of each row
    others: Array  # the sum of all but the top's, = others + others_low
    others_low: Array


def at_limits(x: Array) -> Array:
    """Replace a row with an infinite maximum by one of the same limit: 0 at a single maximum, -inf elsewhere.

    Two or more entries at that maximum have no limit: nan. Shape (..., n), n > 0.
    """
    maximum = x.max(axis=-1, keepdims=True)
    infinite = np.isinf(maximum)
    at_maximum = x == maximum
    several = infinite & (at_maximum.sum(axis=-1, keepdims=True) > 1)
    x = np.where(infinite, np.where(at_maximum, 0.0, -np.inf), x)
    return np.where(several, np.nan, x)


def first_maximum(x: Array) -> npt.NDArray[np.bool_]:
    """Return where the first of the largest entries is; nan counts as the largest. Shape (..., n), n > 0."""
    top: npt.NDArray[np.bool_] = np.arange(x.shape[-1]) == x.argmax(axis=-1)[..., np.newaxis]
    return top


def weights(x: Array, temperature: float = 1.0) -> Weights:
    """Return the weights of the entries of each row; nan where they have no limit. Shape (..., n), n > 0."""
    x = np.ascontiguousarray(at_limits(x))
    top = first_maximum(x)
    high, low = _below_maximum(x, temperature)
    e = np.exp(high)
    rest = np.where(top, 0.0, e)
    others, others_low = total(rest)
    others_low = others_low + (rest * low).sum(axis=-1)
    return Weights(high, low, e, top, others[..., np.newaxis], others_low[..., np.newaxis])


def _below_maximum(x: Array, temperature: float) -> tuple[Array, Array]:
    """Return (x - max)/temperature as high + low; low is 0 where the exponential fades away."""
    mantissa, exponent = split(temperature)
    part = 0.5 if temperature > 1.0 else 1.0  # 1e308 - -1e308 overflows, and divided by 1e308 it is 2
    x = part * x
    maximum = x.max(axis=-1, keepdims=True)
    with np.errstate(over="ignore"):
        scaled = np.ldexp(x - maximum, (part < 1.0) - exponent)  # a power of two divides exactly
        near = scaled > -2000.0
        _, error = exact_sum(np.where(near, x, maximum), -maximum)
        error = np.ldexp(error, (part < 1.0) - exponent)
    if mantissa == 1.0:
        return scaled, error
    scaled = np.maximum(scaled, -_FADED)
    quotient = scaled / mantissa
    product, product_low = exact_product(mantissa, quotient)
    return quotient, ((scaled - product) - product_low + error) / mantissa


def split(positive: float) -> tuple[float, int]:
    """Return m and k with m*2**k the number, 1 <= m < 2."""
    mantissa, exponent = math.frexp(positive)
    return 2.0 * mantissa, exponent - 1


def shares(w: Weights) -> tuple[Array, Array]:
    """Return the shares p, and 1 - p as the sum of the others, each corrected once for all that was lost."""
    whole, missing = _whole(w)
    p = w.e / whole
    p = p + p * (w.low - missing)
    rest = np.where(w.top, w.others, 1.0 + (w.others - w.e)) + w.others_low
    q = rest / whole
    return p, q - q * missing


def grown_shares(w: Weights, factor: float) -> Array:
    """Return the shares times a large factor: those that are too small for floats are none too small then."""
    whole, missing = _whole(w)
    p = times_exp(factor, w.high, w.low) / whole
    return p - p * missing


def _whole(w: Weights) -> tuple[Array, Array]:
    """Return the sum of all weights, and the relative error of that."""
    whole, error = exact_sum(w.others, 1.0)
    return whole, (error + w.others_low) / whole
