"""gradcheck: a function's stated derivative against numerical differentiation of its values."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from actcli.evidence import Array, Evidence, Mask, Settings, gather
from actcli.function import Function

_SAFETY = 4  # estimated errors that a difference may amount to


class Verdict(StrEnum):
    """What the evidence says of a stated derivative; only WRONG fails."""

    OK = "ok"
    KINK = "kink"  # it lies between the two one-sided slopes
    OVERFLOW = "overflow"  # there is no finite number to compare it with
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The comparison at one point: both numbers, and how far apart the arithmetic lets them be.

    `entry` names the entry of a vector function's Jacobian. `left` and `right` are the one-sided slopes at a
    kink, else None.
    """

    function: str
    entry: str
    x: float
    stated: float
    numerical: float
    allowed: float
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
        return self.error / max(abs(self.stated), abs(self.numerical)) if self.error else 0.0


@dataclass(frozen=True, kw_only=True)
class Check:
    """What gradcheck found: the worst point, then every kink; and how many comparisons were made."""

    findings: tuple[Finding, ...]
    comparisons: int

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return all(finding.verdict is not Verdict.WRONG for finding in self.findings)


def gradcheck(function: Function, settings: Settings | None = None) -> Check:
    """Compare the derivative that `function` states with numerical differentiation of its values.

    A point beside a kink is looked at from the side away from it; at the kink both one-sided slopes are
    measured, and the stated derivative passes when it lies between them. Raises InputError: the function has
    no derivative of that order, or the method needs complex numbers and the formula does not take them.
    """
    settings = settings or Settings()
    with np.errstate(all="ignore"):  # what overflows is judged as such
        parts = [_judged(part, settings) for part in gather(function, settings)]
    worst = max(parts, key=lambda part: float(np.max(part.excess, initial=-2)))
    chosen = [worst.finding(function.name, int(np.argmax(worst.excess)))] if np.any(worst.excess > -2) else []
    kinks = [
        part.finding(function.name, int(k)) for part in parts for k in np.flatnonzero(part.passing_kinks)
    ]
    return Check(findings=(*chosen, *kinks), comparisons=sum(part.seen.x.size for part in parts))


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """Evidence with, for each comparison, the difference allowed, the verdict, and how bad it is.

    `excess` is the difference over what is allowed; inf for a nan; -1 where nothing can be compared, and -2
    at kinks that pass, which are reported one by one.
    """

    seen: Evidence
    allowed: Array
    within: Mask
    at_kink: Mask
    blind: Mask

    @property
    def passing_kinks(self) -> Mask:
        return self.at_kink & self.within

    @property
    def excess(self) -> Array:
        with np.errstate(all="ignore"):  # nothing may be allowed
            ratio = _apart(self.seen) / self.allowed
        ratio = np.where(self.within, np.fmin(ratio, 1.0), np.nan_to_num(ratio, nan=np.inf))
        return np.select([self.passing_kinks, self.blind], [-2.0, -1.0], ratio)

    def finding(self, name: str, k: int) -> Finding:
        seen = self.seen
        return Finding(
            function=name,
            entry=seen.entry(k),
            x=float(seen.x[k]),
            stated=float(seen.stated[k]),
            numerical=float(seen.measured.value[k]),
            allowed=float(self.allowed[k]),
            left=float(seen.left[k]) if self.at_kink[k] else None,
            right=float(seen.right[k]) if self.at_kink[k] else None,
            verdict=self._verdict(k),
        )

    def _verdict(self, k: int) -> Verdict:
        if self.blind[k]:
            return Verdict.OVERFLOW
        if not self.within[k]:
            return Verdict.WRONG
        return Verdict.KINK if self.at_kink[k] else Verdict.OK


def _judged(seen: Evidence, settings: Settings) -> _Judged:
    allowed = _allowed(seen, settings)
    at_kink = ~np.isnan(seen.left)
    low, high = np.fmin(seen.left, seen.right), np.fmax(seen.left, seen.right)
    between = (low - allowed <= seen.stated) & (seen.stated <= high + allowed)
    blind = ~at_kink & ~np.isfinite(seen.measured.value) & ~np.isnan(seen.stated)
    within = np.where(at_kink, between, _apart(seen) <= allowed) | blind
    return _Judged(seen=seen, allowed=allowed, within=within, at_kink=at_kink, blind=blind)


def _apart(seen: Evidence) -> Array:
    return np.asarray(np.abs(seen.stated - seen.measured.value))


def _allowed(seen: Evidence, settings: Settings) -> Array:
    """Return the given tolerance, or else what truncation and rounding may explain."""
    if settings.rtol is not None or settings.atol is not None:
        return (settings.atol or 0.0) + (settings.rtol or 0.0) * np.abs(seen.measured.value)
    eps, smallest = settings.precision
    rounding = eps * (np.abs(seen.stated) + np.abs(seen.measured.value)) + smallest
    return np.asarray(_SAFETY * (seen.measured.error + rounding))
