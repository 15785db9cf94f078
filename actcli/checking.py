"""gradcheck: a function's stated derivative against numerical differentiation of its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from actcli.corners import Mask
from actcli.evidence import Array, Evidence, gather
from actcli.function import Function
from actcli.settings import Settings

_UNSETTLED = 0.1  # relative error from which on a slope may well be infinite
_SAFETY = 4  # estimated errors that a difference may amount to


class Verdict(StrEnum):
    """What the evidence says of a stated derivative; only WRONG fails."""

    OK = "ok"
    KINK = "kink"  # it lies between the two one-sided slopes
    OVERFLOW = "overflow"  # there is no finite number to compare it with
    OUTSIDE = "outside"  # the function has no value there
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The comparison at one point: both numbers, and how far apart the arithmetic lets them be.

    `entry` names the slope where there are several: by one of several inputs, or of a vector function. `x`
    is the coordinate that moved, `places` are all of them by name. At a kink, `corner` is its place (`x`
    itself, or within a step of the user's), `left` and `right` are its one-sided slopes; else they are None.
    """

    function: str
    entry: str
    x: float
    places: Mapping[str, float]
    stated: float
    numerical: float
    allowed: float
    corner: float | None
    left: float | None
    right: float | None
    verdict: Verdict

    @property
    def error(self) -> float:
        """The absolute difference of the stated and the numerical derivative."""
        return abs(self.stated - self.numerical)

    @property
    def relative_error(self) -> float:
        """The difference over the larger of the two, 0 where both are 0."""
        size = max(abs(self.stated), abs(self.numerical))
        return self.error / size if size else self.error


@dataclass(frozen=True, kw_only=True)
class Check:
    """What gradcheck found: the worst point that is no kink, then every kink.

    So many comparisons were made, and so many points were left out: because the values overflow there, or
    because they are nan, outside of the function's domain.
    """

    findings: tuple[Finding, ...]
    comparisons: int
    overflowing: int
    outside: int

    @property
    def left_out(self) -> int:
        """How many points could not be compared."""
        return self.overflowing + self.outside

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.wrong

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that fail."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.WRONG)

    @property
    def worst(self) -> Finding:
        """The finding that says most: the first that fails, else the first."""
        return (*self.wrong, *self.findings)[0]

    @property
    def kinks(self) -> tuple[Finding, ...]:
        """The findings at kinks, with both one-sided slopes."""
        return tuple(finding for finding in self.findings if finding.corner is not None)


def gradcheck(function: Function, settings: Settings | None = None) -> Check:
    """Compare the derivative that `function` states with numerical differentiation of its values.

    A point beside a kink is looked at from its own side; at the kink both one-sided slopes are measured, and
    the stated derivative passes when it lies between them. The complex step differentiates the formula
    instead of the values. Raises InputError: the function has no derivative of that order, or the method
    needs complex numbers and the formula does not take them.
    """
    settings = settings or Settings()
    with np.errstate(all="ignore"):  # what overflows is judged as such
        parts = [_judged(part, settings) for part in gather(function, settings)]
    worst = max(parts, key=lambda part: float(np.max(part.excess, initial=-2)))
    smooth = [int(np.argmax(worst.excess))] if np.any(worst.excess > -2) else []
    findings = [worst.finding(function.name, k) for k in smooth]
    findings += [part.finding(function.name, k) for part in parts for k in part.kinks()]
    left_out = sum(int(np.sum(part.blind)) for part in parts)
    outside = sum(int(np.sum(part.outside)) for part in parts)
    made = sum(part.seen.x.size for part in parts) - left_out
    found = tuple(findings)
    return Check(findings=found, comparisons=made, overflowing=left_out - outside, outside=outside)


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """Evidence with, for each comparison, the difference allowed and the verdict."""

    seen: Evidence
    allowed: Array
    within: Mask
    blind: Mask  # there is no finite number to compare with

    @property
    def outside(self) -> Mask:
        return np.isnan(self.seen.values)

    @property
    def at_kink(self) -> Mask:
        return ~np.isnan(self.seen.slopes.corner) & ~self.outside

    @property
    def excess(self) -> Array:
        """The difference over what is allowed: inf for nan, -1 where nothing can be compared, -2 at kinks."""
        with np.errstate(all="ignore"):  # nothing may be allowed
            ratio = _apart(self.seen) / self.allowed
        ratio = np.where(self.within, np.fmin(ratio, 1.0), np.nan_to_num(ratio, nan=np.inf, posinf=np.inf))
        return np.select([self.at_kink, self.blind], [-2.0, -1.0], np.where(self.within, ratio, ratio + 1))

    def kinks(self) -> list[int]:
        """Where the kinks are, each once."""
        order = np.argsort(self.within[self.at_kink], kind="stable")  # one that fails says more
        first: dict[float, int] = {}
        for k in np.flatnonzero(self.at_kink)[order]:
            first.setdefault(float(self.seen.slopes.corner[k]), int(k))
        return [first[corner] for corner in sorted(first)]

    def finding(self, name: str, k: int) -> Finding:
        seen, slopes = self.seen, self.seen.slopes
        return Finding(
            function=name,
            entry=seen.entry(k),
            x=float(seen.x[k]),
            places={name: float(row[k]) for name, row in seen.places.items()},
            stated=float(seen.stated[k]),
            numerical=float(slopes.measured.value[k]),
            allowed=float(self.allowed[k]),
            corner=float(slopes.corner[k]) if self.at_kink[k] else None,
            left=float(slopes.left[k]) if self.at_kink[k] else None,
            right=float(slopes.right[k]) if self.at_kink[k] else None,
            verdict=self._verdict(k),
        )

    def _verdict(self, k: int) -> Verdict:
        if self.blind[k]:
            return Verdict.OUTSIDE if self.outside[k] else Verdict.OVERFLOW
        if not self.within[k]:
            return Verdict.WRONG
        return Verdict.KINK if self.at_kink[k] else Verdict.OK


def _judged(seen: Evidence, settings: Settings) -> _Judged:
    allowed, slopes = _allowed(seen, settings), seen.slopes
    low, high = np.fmin(slopes.left, slopes.right), np.fmax(slopes.left, slopes.right)
    between = (low - allowed <= seen.stated) & (seen.stated <= high + allowed)
    at_kink, is_nan = ~np.isnan(slopes.corner), np.isnan(seen.stated)
    measured = np.isfinite(slopes.measured.value) & np.isfinite(slopes.measured.error)
    steep = np.isinf(seen.stated) & (slopes.measured.error > _UNSETTLED * np.abs(slopes.measured.value))
    blind = ~np.isfinite(seen.values) | (~at_kink & ~is_nan & (~measured | steep))
    close = np.isfinite(seen.stated) & np.where(at_kink, between, _apart(seen) <= allowed)
    within = blind | (close & ~is_nan)
    return _Judged(seen=seen, allowed=allowed, within=within, blind=blind)


def _apart(seen: Evidence) -> Array:
    return np.asarray(np.abs(seen.stated - seen.slopes.measured.value))


def _allowed(seen: Evidence, settings: Settings) -> Array:
    """Return the given tolerance, or else what truncation and rounding may explain."""
    measured = seen.slopes.measured
    if settings.rtol is not None or settings.atol is not None:
        return np.asarray((settings.atol or 0.0) + (settings.rtol or 0.0) * np.abs(measured.value))
    eps, smallest = settings.precision
    stated = np.where(np.isfinite(seen.stated), np.abs(seen.stated), 0.0)
    rounding = eps * (stated + np.abs(measured.value)) + smallest
    return np.asarray(_SAFETY * (measured.error + rounding))
