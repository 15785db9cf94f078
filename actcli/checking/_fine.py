"""Slopes of formulas in wide numbers: steps so small, and digits so many, that what floats lose is seen."""

import numpy as np

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
from actcli.numerics import wide
from actcli.numerics.wide import Wide

_CLEAR = 1e-9  # relative: a slope known so well is looked at no more
_NOTHING = 1e-300  # of a slope of 0 there is nothing finer to know
_MOST = 2**12  # points looked at
_BLOCK = 2**8  # points at a time
_LEVELS = 4
_FIRST = (2.0**-7, 2.0**-32)  # steps, of 1 or of x
_NEAR_ONE = (2.0**-10, 2.0**10)  # for such x steps of 1 are steps of x
_EPS = float(np.finfo(np.float64).eps)


def refined(slot: Slot, slopes: Slopes, ground: Ground, own: Array, settings: Settings) -> Slopes:
    """Measure again, in wide numbers, where a formula's floats settle nothing or say that it is wrong."""
    if slot.function.make_graph is None:
        return slopes
    tolerance = allowed(ground.stated, slopes.measured, own, settings)
    size = np.maximum(np.abs(ground.stated), np.abs(slopes.measured.value))
    unclear = tolerance > _CLEAR * size + _NOTHING
    wrong = ~(np.abs(ground.stated - slopes.measured.value) <= tolerance)
    alone = slopes.joint == int(Joint.SMOOTH)
    if ground.away is not None:
        alone &= ground.away == 0  # these steps are on both sides
    some = np.flatnonzero(alone & (unclear | wrong))[:_MOST]
    if not some.size:
        return slopes
    root = expanded(derivative(slot.function.graph, slot.name, settings.order - 1))
    for low in range(0, some.size, _BLOCK):
        rows = some[low : low + _BLOCK]
        found = _widely_measured(root, slot, rows)
        if found is None:
            break
        surer = found.error < slopes.measured.error[rows]
        surer |= np.isfinite(found.error) & ~np.isfinite(slopes.measured.error[rows])
        slopes.measured.value[rows[surer]] = found.value[surer]
        slopes.measured.error[rows[surer]] = found.error[surer]
    return slopes


def _widely_measured(root: Node, slot: Slot, rows: Places) -> Estimate | None:
    """Return the slopes of a graph at some points; None where it has operations that wide numbers lack."""
    x = slot.x[rows]
    first = [np.full_like(x, width) for width in _FIRST]
    far = (np.abs(x) < _NEAR_ONE[0]) | (np.abs(x) > _NEAR_ONE[1])
    if far.any():
        unit = np.ldexp(1.0, np.frexp(np.where(x == 0, 1.0, x))[1])
        first += [width * unit for width in _FIRST]
    h = np.concatenate([steps(width, _LEVELS) for width in first])
    held = {name: np.broadcast_to(part[rows], h.shape) for name, part in slot.places.items()}
    middle = wide.from_floats(held[slot.name])
    ends = [
        widely(root, {**held, slot.name: wide.add(middle, wide.from_floats(side * h))}, h.shape)
        for side in (1, -1)
    ]
    if ends[0] is None or ends[1] is None:
        return None
    quotients, noises = _quotients(ends[0], ends[1], h)
    ladders = [slice(low, low + _LEVELS) for low in range(0, len(h), _LEVELS)]
    return best([entry for k in ladders for entry in extrapolated(quotients[k], noises[k], 2)])


def _quotients(above: Wide, below: Wide, h: Array) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        found = wide.divide(wide.subtract(above, below), wide.from_floats(2 * h))
        quotients = wide.to_floats(found)
        doubt = np.where(found.error < wide.DECIDED, found.error * wide.UNIT, np.inf)
        zero = (above.high == 0) & (below.high == 0)  # exactly: no doubt
        return quotients, np.where(zero, 0.0, np.abs(quotients) * (doubt + _EPS))
