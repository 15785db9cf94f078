"""Pictures of checks: why a derivative passes or fails, at its worst point and over its input."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from actcli.checking import Check, Finding, Settings, Verdict, check
from actcli.checking._part import Part
from actcli.errors import InputError
from actcli.picture import Band, Dot, Groups, Line, Panel, Picture
from actcli.pictures.drawable import WIDEST, drawable, shown
from actcli.pictures.sampling import Samples, limits, sampled
from actcli.pictures.steps import by_step

Array = npt.NDArray[np.float64]

_BLUE, _RED, _GREEN = range(3)
_SAMPLES = 201
_NEAR = 20.0  # times max(1, |x|): points farther off are out of the picture
_MOST_ZOOMS = 14
_SEEN = 0.05  # of the height: a disagreement that can be seen
_FLAT = 1e-9  # of the height
_MOST_CROSSES = 200
_MOST_BARS = 16
_TITLE = 60  # characters


def picture_of(found: Check) -> Picture:
    """Draw the comparison that says most: its difference quotients by step, and slopes over the input.

    Of a vector function the second panel has the entries of one Jacobian or product as bars. A panel for
    which there are no finite numbers is left out. Raises InputError where none is left.
    """
    part, k = _most_telling(found)
    finding = part.finding(k)
    with np.errstate(all="ignore"):  # what is not finite is left out
        second = _over_input(found, part, k) if part.seen.function.elementwise else _entries(part, k)
        panels = tuple(panel for panel in (by_step(found, part, k), second) if panel)
    if not panels:
        raise InputError(f"there is nothing of {shown(finding.function)} to draw: {finding.verdict}")
    return Picture(title=_title(finding), panels=panels)


def _most_telling(found: Check) -> tuple[Part, int]:
    """Return where the check fails, else a kink among its points, else its worst point."""
    failing = [(part, k) for part, k in found.telling if part.fails[k]]
    kinks = [(part, k) for part, k in found.telling if part.seen.x[k] == part.seen.slopes.corner[k]]
    return (*failing, *kinks, *found.telling)[0]


def _title(f: Finding) -> str:
    name = f.entry or "derivative"
    place = ", ".join(f"{key} = {value:.6g}" for key, value in f.places.items())
    word = f"{f.verdict}, fails" if f.fails and f.verdict != Verdict.WRONG else str(f.verdict)
    return f"{shown(f.function, _TITLE)}: {name} {word} at {place}\nstated {f.stated:.9g}, {_numerical(f)}"


def _numerical(f: Finding) -> str:
    return f"numerical {f.numerical:.9g}" if f.left is None else f"one-sided {f.left:.9g} and {f.right:.9g}"


def _over_input(found: Check, part: Part, k: int) -> Panel | None:
    """Draw stated and numerical slopes over an interval of the input that moved, the others held."""
    stated = _stated(part, k, found.settings)
    grid = _grid(part, k, stated)
    curve = sampled(stated, grid)
    if np.isnan(curve.y).all():
        return None
    numerical, apart = _measured(_probe(found, part, k, grid), grid)
    color = _RED if part.fails.any() else _GREEN
    line = Line(x=curve.x, y=curve.y, color=color, label="stated")
    return Panel(
        title="stated and numerical derivative",
        xlabel=part.seen.name,
        ylabel=part.seen.entry(k) or "derivative",
        lines=(numerical, line, *_crosses(part, grid)),
        bands=apart,
        dots=_joints(part, grid),
        xlim=_ends(curve),
        ylim=limits([curve]) or _flat(curve.y),
    )


def _measured(probe: Part, grid: Array) -> tuple[Line, tuple[Band, ...]]:
    """Return the measured slopes, broken where there is none and at corners, and where they contradict."""
    verdicts = [probe.verdict(j) for j in range(len(grid))]
    compared = np.isin(verdicts, (Verdict.OK, Verdict.WRONG, Verdict.VACUOUS)) & np.isnan(
        probe.seen.slopes.corner
    )
    slopes = drawable(np.where(compared, probe.seen.slopes.measured.value, np.nan))
    off = np.where(probe.fails & ~np.isnan(slopes), probe.seen.stated, np.nan)
    band = Band(x=grid, low=off, high=slopes, color=_RED, label="disagreement")
    line = Line(x=grid, y=slopes, color=_BLUE, style="wide", label="numerical")
    return line, (band,) if np.isfinite(off).any() else ()


def _grid(part: Part, k: int, stated: Callable[[Array], Array]) -> Array:
    """Return what holds the points near the one shown, or if they are all one, some room around it.

    What fails is drawn from so near that a disagreement is seen. Corners are in the grid.
    """
    x, at = part.seen.x, float(part.seen.x[k])
    near = x[np.abs(x - at) <= _NEAR * max(1.0, abs(at))]
    low, high = float(near.min()), float(near.max())
    room = 0.0 if high - low > max(1.0, abs(at)) else max(1.0, abs(at))
    grid = np.linspace(low - room, high + room, _SAMPLES)
    apart = np.where(part.fails, np.abs(part.seen.stated - part.seen.slopes.measured.value), 0.0)
    for _ in range(_MOST_ZOOMS if part.fails[k] and part.verdict(k) != Verdict.NOISY else 0):
        seen = np.nanmax(apart, initial=0.0, where=(grid[0] <= x) & (x <= grid[-1]))
        if not seen < _SEEN * float(np.ptp(np.nan_to_num(drawable(stated(grid))))):
            break
        grid = at + (grid - at) / 2
    corners = part.seen.slopes.corner
    return np.union1d(grid, corners[(grid[0] < corners) & (corners < grid[-1])])


def _ends(curve: Samples) -> tuple[float, float]:
    known = curve.x[~np.isnan(curve.y)]
    return (float(known[0]), float(known[-1])) if known[0] < known[-1] else (curve.x[0], curve.x[-1])


def _flat(y: Array) -> tuple[float, float] | None:
    """Return limits for what is constant but for rounding: ticks would tell its last digits."""
    low, high = float(np.nanmin(y)), float(np.nanmax(y))
    return None if high - low > _FLAT * abs(high) else (low - abs(low) / 2 - 0.1, high + abs(high) / 2 + 0.1)


def _rows(part: Part, k: int, grid: Array) -> Array:
    """Return points along the input that moved, the others held where the comparison was."""
    rows = {name: np.full(grid.shape, row[k]) for name, row in part.seen.places.items()}
    return np.stack(list({**rows, part.seen.name: grid}.values()))


def _stated(part: Part, k: int, settings: Settings) -> Callable[[Array], Array]:
    function, dtype = part.seen.function, settings.dtype
    place = function.inputs.index(part.seen.name)

    def slope(t: Array) -> Array:
        rows = _rows(part, k, t).astype(dtype)
        alone = len(function.inputs) == 1
        y = function(*rows, order=settings.order) if alone else function.gradient(*rows)[place]
        return y.astype(np.float64)

    return slope


def _probe(found: Check, part: Part, k: int, grid: Array) -> Part:
    """Check along the input that moved. A derivative by two of several inputs is that of a first one."""
    function, plan = part.seen.function, found.settings
    order = plan.order if len(function.inputs) == 1 else 1
    at = _rows(part, k, grid)
    return check(function, replace(plan, at=at, wrt=part.seen.name, order=order)).parts[0]


def _crosses(part: Part, grid: Array) -> list[Line]:
    """Mark the points that fail, the worst if they are many."""
    seen = part.seen
    shown = part.fails & (grid[0] <= seen.x) & (seen.x <= grid[-1]) & np.isfinite(drawable(seen.stated))
    worst = np.flatnonzero(shown)[np.argsort(-part.excess[shown])[:_MOST_CROSSES]]
    if not worst.size:
        return []
    return [Line(x=seen.x[worst], y=seen.stated[worst], color=_RED, style="crosses", label="fails")]


def _joints(part: Part, grid: Array) -> tuple[Dot, ...]:
    """Mark each kink in view: open dots for the slopes on both sides, a filled one for what is stated."""
    color, dots = _RED if part.fails.any() else _GREEN, list[Dot]()
    for j in part.joints():
        f = part.finding(j)
        if f.corner is None or not grid[0] <= f.corner <= grid[-1]:
            continue
        ends = [side for side in (f.left, f.right) if side is not None and np.isfinite(side)]
        dots += [Dot(x=f.corner, y=side, color=_BLUE, open=True) for side in ends]
        dots += [Dot(x=f.corner, y=f.stated, color=color)] if abs(f.stated) <= WIDEST else []
    return tuple(dots)


def _entries(part: Part, k: int) -> Panel | None:
    """Draw the entries at the one point as bars, stated beside numerical; of many, the worst."""
    seen, size = part.seen, len(part.codes)
    period = next((j for j in range(1, size) if seen.entry(j) == seen.entry(0)), size)
    block = np.arange(k // period * period, k // period * period + period)
    if period > _MOST_BARS:
        block = np.sort(block[np.argsort(-part.excess[block], kind="stable")[:_MOST_BARS]])
    stated, numerical = (drawable(row[block]) for row in (seen.stated, seen.slopes.measured.value))
    if np.isnan(stated).all() and np.isnan(numerical).all():
        return None
    color = _RED if part.fails[block].any() else _GREEN
    heights = (("numerical", _BLUE, tuple(numerical)), ("stated", color, tuple(stated)))
    bad = np.flatnonzero(part.fails[block])
    crosses = Line(x=bad, y=stated[bad], color=_RED, style="crosses", label="fails")
    return Panel(
        title="stated and numerical derivative", xlabel="", ylabel="",
        groups=Groups(names=tuple(map(seen.entry, block.tolist())), heights=heights),
        lines=(crosses,) if bad.size else (),
    )  # fmt: skip
