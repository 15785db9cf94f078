"""Exact sums and products in float64, and exponentials that keep their digits in far tails."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LARGEST = float(np.finfo(np.float64).max)

_SPLITTER = 2.0**27 + 1.0
_BOUND = 8192.0  # exp(-8192) is 0 even after two multiplications by the largest float64
_EDGE = 700.0  # exp(-700) is still normal
_STEP = 600.0
_STEP_FACTOR = math.exp(-_STEP)
_DEAD = 1500.0  # exp(-1500) is 0 even after a multiplication by the largest float64


def constant_like(x: Array, constant: float) -> Array:
    """Return the constant wherever x is a number and nan where x is nan; float64, shape of x."""
    return np.where(np.isnan(x), np.nan, constant)


def polynomial(coefficients: Sequence[float], u: Array) -> Array:
    """Evaluate the sum of coefficients[k]*u**k by Horner's rule; in place, for temporaries cost time."""
    result = np.full_like(u, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        result *= u
        result += coefficient
    return result


def exact_sum(a: Array, b: Array | float) -> tuple[Array, Array]:
    """Add a and b: (rounded sum, its rounding error), exact, in either order of size.

    Knuth's two-sum. For finite a and b whose sum does not overflow.
    """
    total = a + b
    b_kept = total - a
    return total, (a - (total - b_kept)) + (b - b_kept)


def exact_product(a: Array | float, b: Array) -> tuple[Array, Array]:
    """Multiply a and b: (rounded product, its rounding error), exact, without a fused multiply-add.

    Dekker's product of Veltkamp's halves. For |a|, |b| and |a*b| below 2**996, where splitting overflows; the
    error is inexact where it would be subnormal.
    """
    a_high, a_low = halves(a)
    b_high, b_low = halves(b)
    product = np.asarray(a * b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def halves(a: Array | float) -> tuple[Array | float, Array | float]:
    """Split into two numbers of half as many digits, whose products are exact: Veltkamp."""
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def bounded_product(a: float, x: Array) -> tuple[Array, Array | float]:
    """Multiply for the argument of an exponential: a*x as high + low, clamped to +-8192.

    Correct for every finite a, and the limit at x = +-inf (0 for a = 0). A power of two is taken out of a
    first: it multiplies x exactly, and nothing that follows can overflow.
    """
    mantissa, exponent = math.frexp(a)
    power = 2.0 ** (exponent - 1)
    largest = _BOUND / power
    scaled = np.clip(np.clip(x, -largest, largest) * power, -_BOUND, _BOUND)
    if abs(mantissa) == 0.5:
        return math.copysign(1.0, a) * scaled, 0.0
    return exact_product(2.0 * mantissa, scaled)


def bounded_quotient(x: Array, a: float) -> tuple[Array, Array | float]:
    """Divide for the argument of an exponential: x/a as high + low, a > 0, clamped to +-4096 or beyond.

    Rounded, exp(x/a) would be off by as many ulps as x/a is large. The remainder of the division is exact.
    """
    mantissa, exponent = math.frexp(a)
    with np.errstate(over="ignore"):
        scaled = np.ldexp(x, -exponent)
    scaled = np.clip(scaled, -_BOUND * mantissa, _BOUND * mantissa)
    high: Array = scaled / mantissa
    if mantissa == 0.5:
        return high, 0.0
    product, error = exact_product(mantissa, high)
    return high, ((scaled - product) - error) / mantissa


def times_exp(factor: Array | float, high: Array, low: Array | float = 0.0) -> Array:
    """Return factor*exp(high + low), high <= 0 and low tiny, rounded once where it leaves the normal numbers.

    There, exp alone would round to a subnormal (losing bits that a large factor shows) or to 0. So exp(-600)
    is kept apart until the factor is in, twice if need be. `factor` must be finite where high is below -700;
    high = -inf gives 0.
    """
    high = np.maximum(high, -_DEAD)
    far = high < -_EDGE
    if not far.any():
        e = np.exp(high)
        return factor * (e + e * low)
    farther = high < -_EDGE - _STEP
    e = np.exp(high + _STEP * far + _STEP * farther)
    near: Array = factor * (e + e * low)
    return near * np.where(far, _STEP_FACTOR, 1.0) * np.where(farther, _STEP_FACTOR, 1.0)


def one_plus(e: Array) -> tuple[Array, Array]:
    """Return d = 1 + e, 0 <= e <= 1, and the relative error of d, exact but for its last digits.

    A power of d multiplies that error by its exponent; as the `low` of times_exp it can be put back.
    """
    d = 1.0 + e
    return d, ((d - 1.0) - e) / d


def total(terms: Array) -> tuple[Array, Array]:
    """Add along the last axis, as high + low: halves are added pairwise and the rounding errors kept.

    Shape (..., n) -> two of shape (...). For finite terms whose sum does not overflow.
    """
    low = np.zeros(terms.shape[:-1])
    while terms.shape[-1] > 1:
        half = terms.shape[-1] // 2
        sums, errors = exact_sum(terms[..., :half], terms[..., half : 2 * half])
        low = low + errors.sum(axis=-1)
        terms = np.concatenate([sums, terms[..., 2 * half :]], axis=-1)
    return terms.sum(axis=-1), low
