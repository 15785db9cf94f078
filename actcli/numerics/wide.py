"""Numbers of some hundred bits and of any size, as arrays: where float64 cancels, overflows or fades away.

A Wide is (high + low)*2**exponent, double-double arithmetic with the exponent kept apart: squares of 1e300
and exp(-1e5) are numbers like others, and 1e-30 beside 1 is not lost. Each carries a bound of its relative
error, in units of 2**-100, so that who asks knows whether its rounding can be trusted. Exponentials of huge
numbers saturate: of what is beyond 2**(2**50), or below 2**-(2**50), only that is known; the difference or
the quotient of two such numbers is nan.

Source: Dekker 1971, A floating-point technique for extending the available precision; Joldes, Muller &
Popescu 2017, Tight and rigorous error bounds for basic building blocks of double-word arithmetic.
"""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.numerics.exact import Array, exact_product, exact_sum

UNIT = 2.0**-100
DECIDED = 2.0**99  # of an error: with a smaller one the sign is known
TOP = 2**60  # of an exponent; two may be added without overflow
_INFINITE = 2**40  # the exponent that stands for infinity: still has a logarithm and a square
BEYOND = 2**50  # of an exponent: what has a larger one is saturated, its size is not known
_SHIFT = 2100  # bits: what is smaller by so much adds nothing
_PARTS = tuple[Array, Array]


class Wide(NamedTuple):
    """An array of wide numbers: 1/2 <= |high| < 1 or high = 0, low below its last digit."""

    high: Array
    low: Array
    exponent: npt.NDArray[np.int64]
    error: Array  # relative, in units of 2**-100

    def __getitem__(self, key: object) -> "Wide":  # type: ignore[override]
        """Return some of the numbers."""
        return Wide(*(part[key] for part in tuple(self)))  # type: ignore[call-overload]


def from_floats(x: Array) -> Wide:
    """Return floats as wide numbers, exact; infinities as numbers beyond all floats."""
    infinite = np.isinf(x)
    high, exponent = np.frexp(np.where(infinite, np.sign(x) * 0.5, x))
    exponent = np.where(infinite, _INFINITE, exponent.astype(np.int64))
    zero = np.zeros_like(high)
    return Wide(high, zero, np.where(high == 0, -TOP, exponent), zero)


def from_fraction(value: Fraction) -> Wide:
    """Return a fraction to 106 bits."""
    shift = value.numerator.bit_length() - value.denominator.bit_length()
    scaled = value / Fraction(2) ** shift
    high = float(scaled)
    rest = scaled - Fraction(high)
    low = float(rest)
    exact = 0.0 if rest == Fraction(low) else 1.0
    return normal(np.array(high), np.array(low), np.array(shift), np.array(exact))


def to_floats(a: Wide) -> Array:
    """Round to float64, once: to subnormals, 0 and infinity where it must be."""
    result: Array = np.ldexp(a.high + a.low, _small(a.exponent))
    return result


def _small(exponent: npt.NDArray[np.int64]) -> npt.NDArray[np.intc]:
    return np.clip(exponent, -2 * _SHIFT, 2 * _SHIFT).astype(np.intc)


def normal(high: Array, low: Array, exponent: npt.NDArray[np.int64], error: Array) -> Wide:
    """Bring high into [1/2, 1), with low below its last digit."""
    high, low = _quick_sum(high, low)
    mantissa, shift = np.frexp(high)
    exponent = np.where(mantissa == 0, -TOP, np.clip(exponent + shift.astype(np.int64), -TOP, TOP))
    return Wide(mantissa, np.ldexp(low, -shift), exponent, error)


def _quick_sum(a: Array, b: Array) -> _PARTS:
    total = a + b
    return total, b - (total - a)


def negative(a: Wide) -> Wide:
    """Return -a."""
    return Wide(-a.high, -a.low, a.exponent, a.error)


def absolute(a: Wide) -> Wide:
    """Return |a|."""
    return where(a.high < 0, negative(a), a)


def where(condition: npt.NDArray[np.bool_], a: Wide, b: Wide) -> Wide:
    """Return a where the condition holds, else b."""
    return Wide(*(np.where(condition, p, q) for p, q in zip(tuple(a), tuple(b), strict=True)))


def add(a: Wide, b: Wide) -> Wide:
    """Return a + b; the error grows as much as digits cancel."""
    top = np.maximum(a.exponent, b.exponent)
    by_a, by_b = _small(a.exponent - top), _small(b.exponent - top)
    x, y = np.ldexp(a.high, by_a), np.ldexp(b.high, by_b)
    high, rest = exact_sum(x, y)
    low = rest + (np.ldexp(a.low, by_a) + np.ldexp(b.low, by_b))
    size = np.abs(high + low)
    lost = np.abs(x) * (a.error + (b.high != 0)) + np.abs(y) * (b.error + (a.high != 0))
    exact = (size == 0) & (a.error == 0) & (b.error == 0)
    high = np.where(_meet(a.exponent, b.exponent) & (a.high * b.high < 0), np.nan, high)
    return normal(high, low, top, np.where(exact | (lost == 0), 0.0, lost / size))


def _meet(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether two exponents are saturated to the same side; that of 0 is not."""
    down = (np.maximum(a, b) < -BEYOND) & (np.minimum(a, b) > -TOP)
    return down | (np.minimum(a, b) > BEYOND)


def subtract(a: Wide, b: Wide) -> Wide:
    """Return a - b."""
    return add(a, negative(b))


def multiply(a: Wide, b: Wide) -> Wide:
    """Return a*b."""
    high, low = times((a.high, a.low), (b.high, b.low))
    high = np.where(_meet(a.exponent, -b.exponent), np.nan, high)
    return normal(high, low, a.exponent + b.exponent, a.error + b.error + 1.0)


def scaled(a: Wide, factor: float) -> Wide:
    """Return a times a power of two."""
    return a._replace(exponent=a.exponent + (np.frexp(factor)[1] - 1) * (a.high != 0))


def divide(a: Wide, b: Wide) -> Wide:
    """Return a/b; nan where b is 0."""
    high, low = over((a.high, a.low), (b.high, b.low))
    high = np.where((b.high == 0) | _meet(a.exponent, b.exponent), np.nan, high)
    return normal(high, low, a.exponent - b.exponent, a.error + b.error + 2.0)


def sqrt(a: Wide) -> Wide:
    """Return the square root; nan of negative numbers."""
    odd = (a.exponent & 1).astype(np.intc)
    x, x_low = np.ldexp(a.high, odd), np.ldexp(a.low, odd)
    root = np.sqrt(x)
    square, square_low = exact_product(root, root)
    low = ((x - square) - square_low + x_low) / (2.0 * np.where(root == 0, 1.0, root))
    halved = np.where(np.abs(a.exponent) > BEYOND, a.exponent, (a.exponent - odd) >> 1)
    return normal(root, low, halved, 0.5 * a.error + 2.0)


# Pairs (high, low) of ordinary size
def times(a: _PARTS, b: _PARTS) -> _PARTS:
    """Return the product of two pairs."""
    high, low = exact_product(a[0], b[0])
    return _quick_sum(high, low + (a[0] * b[1] + a[1] * b[0]))


def plus(a: _PARTS, b: _PARTS) -> _PARTS:
    """Return the sum of two pairs."""
    high, low = exact_sum(a[0], b[0])
    return _quick_sum(high, low + (a[1] + b[1]))


def over(a: _PARTS, b: _PARTS) -> _PARTS:
    """Return the quotient of two pairs."""
    quotient = a[0] / b[0]
    high, low = exact_product(quotient, b[0])
    return quotient, ((a[0] - high) - low + a[1] - quotient * b[1]) / b[0]
