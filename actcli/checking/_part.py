"""Evidence judged: for each comparison, what difference is allowed, and the verdict."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from actcli.checking._evidence import Array, Evidence, Mask
from actcli.checking._finding import Finding, Verdict
from actcli.checking._settings import Settings
from actcli.checking._slopes import Joint
from actcli.checking._tolerance import allowed as tolerance
from actcli.floats import FLOATS

_UNSETTLED = 0.1  # relative error from which on a slope may well be infinite
_HALF = 0.5  # a slope is resolved where half of it would be told from it
_VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
_JOINTS = {Joint.KINK: Verdict.KINK, Joint.JUMP: Verdict.JUMP, Joint.VERTICAL: Verdict.VERTICAL}
_FAILING = (Verdict.WRONG, Verdict.NOISY)


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Evidence on one kind of slope, with the verdicts: `codes` are their places in Verdict.

    `between` says which stated slopes lie where the evidence has them; at a joint, between its two slopes.
    """

    seen: Evidence
    allowed: Array
    between: Mask
    codes: np.ndarray[tuple[int], np.dtype[np.int8]]

    @cached_property
    def fails(self) -> Mask:
        """Where the stated derivative fails: there it is wrong or noisy, or beyond the slopes of a joint."""
        gaps = np.isin(self.codes, [_code(Verdict.JUMP), _code(Verdict.VERTICAL)])
        return np.isin(self.codes, [*map(_code, _FAILING)]) | (gaps & ~self.between)

    @cached_property
    def excess(self) -> Array:
        """How far off each point is, for what to show first: the difference over what is allowed.

        It is 1 more where the check fails, -1 where it says nothing, and -2 at joints, which are shown apart.
        """
        with np.errstate(all="ignore"):
            ratio = np.abs(self.seen.stated - self.seen.slopes.measured.value) / self.allowed
        ratio = np.where(self.fails, np.nan_to_num(ratio, nan=np.inf, posinf=np.inf) + 1, np.fmin(ratio, 1.0))
        shown = np.isin(self.codes, [_code(Verdict.OK), _code(Verdict.WRONG), _code(Verdict.NOISY)])
        vacuous = self.codes == _code(Verdict.VACUOUS)
        smooth = np.isnan(self.seen.slopes.corner)
        return np.select(
            [smooth & (shown | self.fails), smooth & vacuous], [np.nan_to_num(ratio), -1.0], -2.0
        )

    def where(self, verdict: Verdict) -> Mask:
        """Return where the verdict is that one."""
        return np.asarray(self.codes == _code(verdict))

    def verdict(self, k: int) -> Verdict:
        """Return the verdict on the k-th comparison."""
        return _VERDICTS[int(self.codes[k])]

    def joints(self) -> list[int]:
        """Return where the kinks, jumps and vertical tangents are, each once; one that fails says more."""
        at = np.isin(self.codes, [*map(_code, _JOINTS.values())]) | ~np.isnan(self.seen.slopes.corner)
        order = np.argsort(~self.fails[at], kind="stable")
        first: dict[float, int] = {}
        for k in np.flatnonzero(at)[order]:
            first.setdefault(float(self.seen.slopes.corner[k]), int(k))
        return [first[corner] for corner in sorted(first)]

    def finding(self, k: int) -> Finding:
        """Return the k-th comparison."""
        seen, slopes = self.seen, self.seen.slopes
        has_joint = not np.isnan(slopes.corner[k])
        return Finding(
            function=seen.function.name,
            entry=seen.entry(k),
            x=float(seen.x[k]),
            places={name: float(row[k]) for name, row in seen.places.items()},
            stated=float(seen.stated[k]),
            numerical=float(slopes.measured.value[k]),
            allowed=float(self.allowed[k]),
            corner=float(slopes.corner[k]) if has_joint else None,
            left=float(slopes.left[k]) if has_joint else None,
            right=float(slopes.right[k]) if has_joint else None,
            verdict=self.verdict(k),
            fails=bool(self.fails[k]),
            within=float(slopes.within[k]) if has_joint else None,
        )


def judged(seen: Evidence, settings: Settings) -> Part:
    """Return the evidence with its verdicts."""
    slopes, stated = seen.slopes, seen.stated
    allowed = tolerance(stated, slopes.measured, seen.own, settings)
    measured = slopes.measured
    between = _between(seen, allowed)
    unmeasured = ~np.isfinite(measured.value) | ~np.isfinite(measured.error)
    size = np.fmax(np.abs(stated), np.abs(measured.value))
    resolved = (allowed <= _HALF * size) | (size == 0) | settings.has_tolerance
    kinds = [slopes.joint == int(kind) for kind in (Joint.JUMP, Joint.VERTICAL, Joint.KINK)]
    cases = {  # of several the first counts
        Verdict.NOISY: seen.noisy,
        Verdict.OUTSIDE: np.isnan(seen.values),
        Verdict.OVERFLOW: _overflows(seen, settings),
        Verdict.JUMP: kinds[0],
        Verdict.VERTICAL: kinds[1],
        Verdict.WRONG: np.isnan(stated) | ~(between | unmeasured),
        Verdict.KINK: kinds[2],
        Verdict.VACUOUS: ~resolved | unmeasured,
    }
    codes = np.select([*cases.values()], [*map(_code, cases)], _code(Verdict.OK))
    return Part(seen=seen, allowed=allowed, between=between, codes=codes.astype(np.int8))


def _overflows(seen: Evidence, settings: Settings) -> Mask:
    """Where the value is infinite in its type, or the slope that is stated as infinite."""
    kind, measured = FLOATS[settings.dtype], seen.slopes.measured
    with np.errstate(over="ignore"):
        values, slopes = (np.isinf(kind.round(y).astype(np.float64)) for y in (seen.values, measured.value))
    same = (np.sign(seen.stated) == np.sign(measured.value)) & slopes
    size = np.fmax.reduce([np.abs(row) for row in (measured.value, seen.slopes.left, seen.slopes.right)])
    unsettled = ~(measured.error <= _UNSETTLED * size)
    endless = np.isinf(seen.stated) & np.isin(seen.slopes.joint, [int(Joint.SMOOTH), int(Joint.KINK)])
    return np.asarray(values | (endless & (same | unsettled)))


def _code(verdict: Verdict) -> int:
    return _VERDICTS.index(verdict)


def _between(seen: Evidence, allowed: Array) -> Mask:
    """Return which stated slopes lie where the evidence has them: at a joint, between its two slopes.

    At a vertical tangent the quotient at the finest distance is the least that its slope may be.
    """
    slopes, stated = seen.slopes, seen.stated
    joint = slopes.joint != Joint.SMOOTH
    low = np.where(joint, np.fmin(slopes.left, slopes.right), slopes.measured.value)
    high = np.where(joint, np.fmax(slopes.left, slopes.right), slopes.measured.value)
    with np.errstate(invalid="ignore"):
        inside = (low - allowed <= stated) & (stated <= high + allowed)
        across = (slopes.joint == int(Joint.JUMP)) & (stated == slopes.measured.value)
        endless = np.isinf(stated) & ((stated == low) | (stated == high) | across)
        steep = (slopes.joint == int(Joint.VERTICAL)) & (stated / slopes.measured.value >= _HALF)
    return np.asarray(((inside | steep) & np.isfinite(stated)) | endless)
