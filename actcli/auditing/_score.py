"""Results against right results, in ulps; and what is kept of any number of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.auditing._truth import Truth
from actcli.floats import Array, FloatType

_OVERFLOW = 64.0  # ulps: as far from the largest number, inf is an error of rounding and not a wrong result
_MOST_SHOWN = 5  # special failures that are kept
_PER_OCTAVE = 64  # bins of the histogram: a percentile is at most 1.1 % too large
_LOWEST, _BINS = -20, 90 * _PER_OCTAVE

Mask = npt.NDArray[np.bool_]
Terms = Callable[[Array], Array]  # from x to the size of the largest term, 0 where no zero is near


@dataclass(frozen=True)
class Worst:
    """The largest error, in ulps, with the point, the result there and the right one; None without points."""

    ulps: float = 0.0
    x: float | None = None
    got: float | None = None
    right: float | None = None

    def or_worse(self, other: "Worst") -> "Worst":
        """Return the larger of two errors."""
        return other if other.x is not None and (self.x is None or other.ulps > self.ulps) else self


@dataclass(frozen=True)
class Special:
    """A wrong inf, nan or sign of zero."""

    x: float
    got: float
    right: float


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What is kept of comparisons.

    `normal` is the worst where the right result is a normal number, in its ulps; next to a zero of a
    derivative that is not at x = 0, in ulps of the formula's largest term, and `near_zero` is the worst there
    in ulps of the result. `subnormal` is the worst where the right result is subnormal or 0, in units of the
    smallest number. `counts` is the histogram of the errors that `normal` is the largest of.
    """

    points: int = 0
    normal: Worst = Worst()
    near_zero: Worst = Worst()
    subnormal: Worst = Worst()
    specials: tuple[Special, ...] = ()
    special_count: int = 0
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(_BINS, np.int64))

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            points=self.points + other.points,
            normal=self.normal.or_worse(other.normal),
            near_zero=self.near_zero.or_worse(other.near_zero),
            subnormal=self.subnormal.or_worse(other.subnormal),
            specials=(*self.specials, *other.specials)[:_MOST_SHOWN],
            special_count=self.special_count + other.special_count,
            counts=self.counts + other.counts,
        )

    def percentile(self, share: float) -> float:
        """Return what that share of the errors does not exceed, at most 1.1 % too large."""
        below = np.cumsum(self.counts)
        if not below[-1]:
            return 0.0
        k = int(np.searchsorted(below, math.ceil(share * int(below[-1]))))
        return min(0.0 if k == 0 else 2.0 ** (_LOWEST + k / _PER_OCTAVE), self.normal.ulps)

    def to_json(self) -> dict[str, Any]:
        """Return the tally as what JSON can hold."""
        kept = {name: list(vars(getattr(self, name)).values()) for name in _WORST}
        specials = [list(vars(special).values()) for special in self.specials]
        filled = {str(k): int(self.counts[k]) for k in np.flatnonzero(self.counts)}
        counted = {"points": self.points, "special_count": self.special_count}
        return {**counted, **kept, "specials": specials, "counts": filled}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Tally":
        """Return the tally that `to_json` wrote. Raises what anything else makes it raise."""
        counts = np.zeros(_BINS, np.int64)
        for k, count in data["counts"].items():
            counts[int(k)] = count
        return Tally(
            points=int(data["points"]),
            special_count=int(data["special_count"]),
            specials=tuple(Special(*row) for row in data["specials"]),
            counts=counts,
            **{name: Worst(*data[name]) for name in _WORST},
        )


_WORST = ("normal", "near_zero", "subnormal")


def judged(kind: FloatType, x: Array, got: Array, right: Truth, terms: Terms | None = None) -> Tally:
    """Compare results at the points x, as float64, with the right ones."""
    error, special = _errors(kind, got, right)
    ordinary = ~special & ~np.isnan(right.nearest)
    normal = ordinary & (np.abs(right.nearest) >= kind.smallest_normal)
    counted = _in_terms(kind, error, x, right, normal, terms)
    where = np.flatnonzero(special)
    shown = tuple(Special(float(x[k]), float(got[k]), float(right.nearest[k])) for k in where[:_MOST_SHOWN])
    return Tally(
        points=x.size,
        normal=_worst(counted, normal, x, got, right),
        near_zero=_worst(error, counted < error, x, got, right),
        subnormal=_worst(error, ordinary & ~normal, x, got, right),
        specials=shown,
        special_count=where.size,
        counts=_histogram(counted[normal]),
    )


def _in_terms(
    kind: FloatType, error: Array, x: Array, right: Truth, normal: Mask, terms: Terms | None
) -> Array:
    """Return the errors, next to a zero in ulps of the largest term: what is below 1 is well anyway."""
    far = np.flatnonzero(normal & (error > 1.0))
    if terms is None or not far.size:
        return error
    sizes = terms(x[far])
    unit = kind.ulp(right.nearest[far])
    units = np.where(sizes > 0, kind.ulp(kind.round(sizes).astype(np.float64)), unit)
    counted = error.copy()
    counted[far] *= unit / np.maximum(units, unit)
    return counted


def _errors(kind: FloatType, got: Array, right: Truth) -> tuple[Array, Mask]:
    """Return the errors in ulps of the right result, and where inf, nan or the sign of 0 is wrong."""
    nearest, unit = right.nearest, kind.ulp(right.nearest)
    half = np.where(np.abs(nearest) >= 1, 0.5, 1.0)  # so that what inf stands for is within float64
    ends = 2.0 ** (kind.top - 1)
    with np.errstate(all="ignore"):
        a = np.where(np.isinf(got) & (half < 1), np.copysign(ends, got), got * half)
        b = np.where(np.isinf(nearest), np.copysign(ends, nearest), nearest * half)
        error = np.abs((a - b) / (unit * half) - right.rest)
    error = np.where(np.isinf(nearest) & (got == nearest), 0.0, error)
    special = np.isnan(got) != np.isnan(nearest)
    special |= (np.isinf(got) != np.isinf(nearest)) & ~(error <= _OVERFLOW)
    special |= np.isinf(got) & np.isinf(nearest) & (got != nearest)
    special |= (got == 0) & (nearest == 0) & right.signed & (np.signbit(got) != np.signbit(nearest))
    return np.where(np.isnan(error), np.inf, error), special


def _worst(error: Array, where: Mask, x: Array, got: Array, right: Truth) -> Worst:
    if not where.any():
        return Worst()
    k = int(np.argmax(np.where(where, error, -1.0)))
    return Worst(float(error[k]), float(x[k]), float(got[k]), float(right.nearest[k]))


def _histogram(errors: Array) -> npt.NDArray[np.int64]:
    """Count errors by their logarithm."""
    with np.errstate(divide="ignore"):
        k = np.ceil((np.log2(errors) - _LOWEST) * _PER_OCTAVE)
    return np.bincount(np.clip(k, 0, _BINS - 1).astype(np.int64), minlength=_BINS).astype(np.int64)
