"""Slopes of formulas in wide numbers: steps so small, and digits so many, that what floats lose is seen."""

import numpy as np
import numpy.typing as npt

from actcli.checking._fan import steps
from actcli.checking._slot import Slot
from actcli.differences._spec import Array, Estimate
from actcli.differences.richardson import best, extrapolated
from actcli.formula._wide import widely as in_wide_numbers
from actcli.formula.calls import expanded
from actcli.formula.derive import derivative
from actcli.formula.graph import Node
from actcli.formula.precise import precise_slope
from actcli.numerics import wide
from actcli.numerics.wide import Wide

_LEVELS = 4
_LEVEL = 1e-3  # relative: two sides that differ by more, at all steps of one size, make a kink
_FIRST = (2.0**-7, 2.0**-32)  # steps, of 1 or of x
_NEAR_ONE = (2.0**-10, 2.0**10)  # for such x steps of 1 are steps of x
_EPS = float(np.finfo(np.float64).eps)


def root_of(slot: Slot, order: int) -> Node:
    """Return the graph whose slope by the slot's input is the derivative of that order."""
    make = slot.function.make_open
    graph = slot.function.graph if make is None else make()
    return expanded(derivative(graph, slot.name, order - 1))


def precisely(root: Node, slot: Slot, rows: list[int], stated: Array) -> Estimate:
    """Return the slopes of a graph at some points in arbitrary precision; the error is infinite without."""
    known = dict(slot.function.parameters)
    points = [{**known, **{name: float(part[k]) for name, part in slot.places.items()}} for k in rows]
    sizes = (float(stated[k]) for k in rows)
    each = (precise_slope(root, *pair, slot.name) for pair in zip(points, sizes, strict=True))
    value = np.fromiter(each, np.float64)
    return Estimate(value, np.where(np.isfinite(value), _EPS * np.abs(value), np.inf))


def widely(root: Node, slot: Slot, rows: npt.NDArray[np.intp]) -> Estimate | None:
    """Return the slopes of a graph at some points; None where it has operations that wide numbers lack.

    Where the two sides differ, the error is infinite.
    """
    x = slot.x[rows]
    h = np.concatenate([steps(width, _LEVELS) for width in _widths(x)])
    held = {name: np.broadcast_to(part[rows], h.shape) for name, part in slot.places.items()}
    held |= {name: np.full(h.shape, number) for name, number in slot.function.parameters.items()}
    middle = wide.from_floats(held[slot.name])
    moved = (middle, *(wide.add(middle, wide.from_floats(side * h)) for side in (1, -1)))
    ends = [in_wide_numbers(root, {**held, slot.name: t}, h.shape) for t in moved]
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
    """Return by how much a number may be off, divided by a width; by logarithms: its size may be no float."""
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
