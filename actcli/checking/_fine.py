"""Slopes of formulas in wide numbers: steps so small, and digits so many, that what floats lose is seen."""

import numpy as np
import numpy.typing as npt

from actcli.checking._fan import Ground, steps
from actcli.checking._settings import Settings
from actcli.checking._slopes import Joint, Places, Slopes
from actcli.checking._slot import Slot
from actcli.checking._tolerance import allowed
from actcli.differences._spec import Array, Estimate
from actcli.differences.richardson import best, extrapolated
from actcli.formula._wide import widely
from actcli.formula.calls import expanded
from actcli.formula.derive import derivative
from actcli.formula.graph import Node
from actcli.formula.precise import precise_slope
from actcli.numerics import wide
from actcli.numerics.wide import Wide

_CLEAR = 1e-9  # relative: a slope known so well is looked at no more
_ROUGH = 1e-3  # relative: worse than this is not better than what floats say
_NOTHING = 1e-300  # of a slope of 0 there is nothing finer to know
_MOST = 2**12  # points looked at
_MOST_PRECISE = 50  # points looked at in arbitrary precision
_BLOCK = 2**8  # points at a time
_LEVELS = 4
_LEVEL = 1e-3  # relative: two sides that differ by more, at all steps of one size, make a kink
_FIRST = (2.0**-7, 2.0**-32)  # steps, of 1 or of x
_NEAR_ONE = (2.0**-10, 2.0**10)  # for such x steps of 1 are steps of x
_EPS = float(np.finfo(np.float64).eps)


def refined(slot: Slot, slopes: Slopes, ground: Ground, own: Array, settings: Settings) -> Slopes:
    """Measure again, in wide numbers, where a formula's floats settle nothing or say that it is wrong.

    So are joints where the formula has no corner: there the floats are too coarse for what it does.
    """
    if slot.function.make_graph is None:
        return slopes
    some = _open(slopes, ground, own, settings)
    if not some.size:
        return slopes
    root = expanded(derivative(slot.function.open_graph, slot.name, settings.order - 1))
    settled = np.zeros(slot.x.shape, bool)
    for low in range(0, some.size, _BLOCK):
        rows = some[low : low + _BLOCK]
        if (found := _widely_measured(root, slot, rows)) is None:
            break
        settled[rows] = found.error <= _CLEAR * np.abs(found.value)
        _take(slopes, rows, found)
    left = [k for k in _open(slopes, ground, own, settings).tolist() if not settled[k]][:_MOST_PRECISE]
    if left:
        _take(slopes, np.array(left), _precisely_measured(root, slot, left))
    return slopes


def _take(slopes: Slopes, rows: npt.NDArray[np.intp], found: Estimate) -> None:
    """Replace slopes by those of the formula itself, where these are known."""
    known = np.isfinite(found.error) & (found.error <= _ROUGH * np.abs(found.value))
    known |= found.error < slopes.measured.error[rows]
    slopes.put(rows[known], Slopes.smooth(Estimate(found.value[known], found.error[known])))


def _open(slopes: Slopes, ground: Ground, own: Array, settings: Settings) -> npt.NDArray[np.intp]:
    """Return the places of the points to look at again."""
    tolerance = allowed(ground.stated, slopes.measured, own, settings)
    size = np.maximum(np.abs(ground.stated), np.abs(slopes.measured.value))
    unclear = tolerance > _CLEAR * size + _NOTHING
    wrong = ~(np.abs(ground.stated - slopes.measured.value) <= tolerance)
    wanted = unclear | wrong | (slopes.joint != int(Joint.SMOOTH))
    if ground.corner is not None:
        wanted &= ~ground.corner
    return np.flatnonzero(wanted & ~np.isnan(ground.stated))[:_MOST]


def _precisely_measured(root: Node, slot: Slot, rows: list[int]) -> Estimate:
    """Return the slopes of a graph at some points in arbitrary precision; the error is infinite without."""
    known = dict(slot.function.parameters)
    points = [{**known, **{name: float(part[k]) for name, part in slot.places.items()}} for k in rows]
    value = np.array([precise_slope(root, point, slot.name) for point in points])
    return Estimate(value, np.where(np.isfinite(value), _EPS * np.abs(value), np.inf))


def _widely_measured(root: Node, slot: Slot, rows: Places) -> Estimate | None:
    """Return the slopes of a graph at some points; None where it has operations that wide numbers lack.

    Where the two sides differ, the error is infinite.
    """
    x = slot.x[rows]
    h = np.concatenate([steps(width, _LEVELS) for width in _widths(x)])
    held = {name: np.broadcast_to(part[rows], h.shape) for name, part in slot.places.items()}
    held |= {name: np.full(h.shape, number) for name, number in slot.function.parameters.items()}
    middle = wide.from_floats(held[slot.name])
    moved = (middle, *(wide.add(middle, wide.from_floats(side * h)) for side in (1, -1)))
    ends = [widely(root, {**held, slot.name: t}, h.shape) for t in moved]
    if any(end is None for end in ends):
        return None
    here, above, below = (end for end in ends if end is not None)
    quotients, noises = _quotients(above, below, 2 * h)
    ladders = [slice(low, low + _LEVELS) for low in range(0, len(h), _LEVELS)]
    found = best([entry for k in ladders for entry in extrapolated(quotients[k], noises[k], 2)])
    (right, more), (left, less) = _quotients(above, here, h), _quotients(here, below, h)
    gap = np.abs(right - left) > _LEVEL * np.fmax(np.abs(right), np.abs(left)) + more + less
    split = np.logical_and.reduce([gap[k].any(axis=0) for k in ladders])
    return Estimate(found.value, np.where(split, np.inf, found.error))


def _widths(x: Array) -> list[Array]:
    """Return the first steps of the ladders, some for numbers of the size of 1 and some for that of x."""
    first = [np.full_like(x, width) for width in _FIRST]
    if ((np.abs(x) < _NEAR_ONE[0]) | (np.abs(x) > _NEAR_ONE[1])).any():
        unit = np.ldexp(1.0, np.frexp(np.where(x == 0, 1.0, x))[1])
        first += [width * unit for width in _FIRST]
    return first


def _doubt(a: Wide, width: Array) -> Array:
    """Return by how much a number may be off, divided by a width: by logarithms, as its size may be no float."""
    return np.asarray(
        np.exp2(a.exponent + np.log2(np.abs(a.high) * wide.UNIT) + np.log2(a.error) - np.log2(width))
    )


def _quotients(a: Wide, b: Wide, width: Array) -> tuple[Array, Array]:
    """Return (a - b)/width, and how far off it may be."""
    with np.errstate(all="ignore"):
        found = wide.divide(wide.subtract(a, b), wide.from_floats(width))
        quotients = wide.to_floats(found)
        noise = np.abs(quotients) * (found.error * wide.UNIT + _EPS)
        least = _doubt(a, width) + _doubt(b, width)
        lost = (found.high == 0) | ~(found.error < wide.DECIDED)
        return quotients, np.where(lost, least, noise)
