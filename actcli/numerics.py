"""Accurate evaluation in float64: exact sums and products, far tails, logistic and normal distribution."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from actcli import _mills

Array = npt.NDArray[np.float64]

LARGEST = float(np.finfo(np.float64).max)

_SPLITTER = 2.0**27 + 1.0
_BOUND = 8192.0  # exp(-8192) is 0 even after two multiplications by the largest float64
_EDGE = 700.0  # exp(-700) is still normal
_STEP = 600.0
_STEP_FACTOR = math.exp(-_STEP)
_DEAD = 1500.0  # exp(-1500) is 0 even after a multiplication by the largest float64
_ROOT_2_PI = math.sqrt(2.0 * math.pi)


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
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    product = np.asarray(a * b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def _halves(a: Array | float) -> tuple[Array | float, Array | float]:
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
    high, low = _halves(t)
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

    Abramowitz & Stegun 7.1.1 and, below 1/2 where 1 - erfc(x) would cancel, the Taylor series 7.1.5. Odd: -0
    stays -0.
    """
    t = np.abs(x)
    inner = np.where(t < 0.5, x, 0.0)
    series = inner * polynomial(_mills.ERF, inner * inner)
    return np.where(t < 0.5, series, np.copysign(1.0 - erfc(t), x))


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
