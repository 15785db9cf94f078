"""What gradcheck found, as a table: a row a function, or a point."""

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actcli.cli._failures import Told, is_flow, label

if TYPE_CHECKING:
    from actcli.checking import Check, Finding
    from actcli.report import Column, Report

_STYLES = {
    "ok": "green",
    **dict.fromkeys(("kink", "jump", "vertical tangent", "outside domain", "overflow", "vacuous"), "yellow"),
    **dict.fromkeys(("noisy", "wrong"), "bold red"),
}
_MOST_JOINTS = 5
_TINY = sys.float_info.min
_SPARE = ("relative",)
_DIGITS = 7  # of a table for people: how far apart two numbers are stands beside them


@dataclass(frozen=True, kw_only=True)
class Row:
    """A finding and what is to be said of it."""

    check: "Check"
    finding: "Finding"
    note: str

    @property
    def severity(self) -> tuple[bool, int, float]:
        """Sorts what fails behind what passes: by the verdict, then by how much too far apart it is."""
        from actcli.checking import Verdict

        f = self.finding
        if not f.fails:
            return False, 0, 0.0
        excess = f.error / f.allowed if f.allowed else math.inf
        return True, list(Verdict).index(f.verdict), math.inf if math.isnan(excess) else excess


def rows_of(found: Iterable[Told], verbose: bool = False) -> list[Row]:
    """Return a row for each check, or for each of its points, as they came; what fails comes last."""
    rows = []
    for one in found:
        if verbose:
            rows += [Row(check=one.check, finding=f, note=_remark(f, [])) for f in one.check.everything()]
        else:
            rows.append(Row(check=one.check, finding=one.check.worst, note=_summed_up(one)))
    return sorted(rows, key=lambda row: row.severity)


def report_of(rows: list[Row], verbose: bool) -> "Report":
    """Return the rows as a table; how far apart two numbers may be is for who looks at every point."""
    from actcli.report import Report

    found, notes = [row.finding for row in rows], [row.note for row in rows]
    columns: dict[str, Column] = {
        "function": [label(row.check) for row in rows],
        "x": [f.x for f in found],
        "stated": [f.stated for f in found],
        "numerical": [f.numerical for f in found],
        "error": [rough(_apart(f)) for f in found],
        "relative": [rough(_relative(f)) for f in found],
        "allowed": [rough(f.allowed) for f in found],
        "verdict": [str(f.verdict) for f in found],
        "note": notes,
    }
    kept = {
        name: column for name, column in columns.items() if name != ("relative" if verbose else "allowed")
    }
    results = ("function", "x", "verdict") if verbose else ("function", "verdict")
    return Report(columns=kept, results=results, styles=_STYLES, digits=_DIGITS, below="note", spare=_SPARE)


def _summed_up(one: Told) -> str:
    """Say of a function: where its worst point is, its other joints, how much fails, and the likely cause."""
    found, worst, cause = one.check, one.check.worst, one.cause
    others = list(dict.fromkeys(_joint(f) for f in found.kinks if f is not worst and not is_flow(f)))
    if len(others) > _MOST_JOINTS:
        others[_MOST_JOINTS:] = [f"and {len(others) - _MOST_JOINTS} more"]
    failing = sum(int(part.fails.sum()) for part in found.parts)
    if failing:
        others.append(f"{failing} of {found.comparisons} fail")
    if cause is not None:
        others.append(f"likely cause: {cause.name}")
    return _remark(worst, others)


def _remark(f: "Finding", others: list[str]) -> str:
    from actcli.checking._words import place_of

    place = f"{f.entry} at {place_of(f)}" if len(f.places) > 1 else f.entry
    own = "" if f.corner is None else f"{_near(f)}: {_slopes(f)}"
    return "; ".join(filter(None, [place, own, *others]))


def _near(f: "Finding") -> str:
    """Say how near a joint is; one that is found by numbers alone lies within some distance."""
    from actcli.checking._words import kind_of, short

    if f.within:
        return f"within {f.within:.1g} of a {kind_of(f)}"
    assert f.corner is not None
    return f"{'at' if f.x == f.corner else 'within h of'} the {kind_of(f)} at {short(f.corner)}"


def _joint(f: "Finding") -> str:
    from actcli.checking._words import kind_of, short

    assert f.corner is not None
    return f"{kind_of(f)} at {short(f.corner)}: {_slopes(f)}"


def _slopes(f: "Finding") -> str:
    from actcli.checking._words import slopes_of

    slopes = slopes_of(f)
    return f"slope{'s'[: len(slopes) > 1]} {', '.join(slopes)}"


def _apart(f: "Finding") -> float:
    """Return how far apart both numbers are; at a joint, how far outside of both slopes the stated one is."""
    if f.left is None or f.right is None:
        return f.error
    left, right = (
        there if math.isnan(side) else side for side, there in ((f.left, f.right), (f.right, f.left))
    )
    low, high = sorted((left, right))
    if low <= f.stated <= high or f.stated == f.numerical:
        return 0.0
    return min(abs(f.stated - low), abs(f.stated - high))


def _relative(f: "Finding") -> float:
    size = max(abs(f.stated), abs(f.numerical))
    return _apart(f) / size if size and _apart(f) else _apart(f)


def rough(error: float) -> float:
    """Two digits of an error are all that mean anything, and of a subnormal one none."""
    return float(f"{error:.1e}") if not error < _TINY else 0.0
