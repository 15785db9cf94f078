"""The shares of sparsemax and entmax15: max(z - tau, 0)**power with z = x/power, the tau of sum 1.

Power 1 is sparsemax, 2 is entmax15. An entry has a share where those above it leave room for it:
1 - sum((z_j - z_i)**power) > 0. That room is rational, so whether there is any is decided exactly; and the
shares are written in the room, not in tau, where they would cancel.
"""

from collections.abc import Callable
from fractions import Fraction
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.numerics import wide
from actcli.numerics.exact import Array
from actcli.numerics.rows import at_limits
from actcli.numerics.wide import Wide

_Whole = npt.NDArray[np.int64]

_SURE = 2.0**40  # units of 2**-100: a Wide with such an error has 60 right bits


def projected(x: Array, power: int) -> tuple[Array, Array]:
    """Return the shares p, and the weights s of their Jacobian, diag(s) - s s^T/sum(s): p**(1 - 1/power).

    Shapes (..., n). A row with several +inf, only -inf or a nan is nan.
    """
    if not x.shape[-1]:
        return np.array(x), np.array(x)
    x = at_limits(x)
    lost = np.isnan(x).any(axis=-1, keepdims=True)
    order = np.argsort(np.where(lost, 0.0, -x), axis=-1, kind="stable")
    rows = np.take_along_axis(np.where(lost, 0.0, x), order, axis=-1)
    with np.errstate(all="ignore"):  # a Wide bounds its error, which may well be infinite
        roots, count = _roots(rows, power)
        p = wide.to_floats(roots if power == 1 else wide.multiply(roots, roots))
        s = np.ones_like(p) if power == 1 else wide.to_floats(roots)
    inside = np.arange(x.shape[-1]) < count
    back = np.argsort(order, axis=-1)
    sorted_back = (np.take_along_axis(np.where(inside, part, 0.0), back, axis=-1) for part in (p, s))
    p, s = (np.where(lost, np.nan, part) for part in sorted_back)
    return p, s


def _roots(rows: Array, power: int) -> tuple[Wide, _Whole]:
    """Return z - tau of rows that descend, and how many entries of each have a share: the first ones."""
    z = wide.subtract(wide.from_floats(rows), wide.from_floats(rows[..., :1]))
    z = z if power == 1 else wide.scaled(z, 0.5)
    counts = np.broadcast_to(np.arange(1, rows.shape[-1] + 1), rows.shape)
    sums = _running(z), _running(wide.multiply(z, z))
    count = (_room(rows, z, sums, counts, power).high > 0).sum(axis=-1, keepdims=True)
    first, second = (_each(lambda part: np.take_along_axis(part, count - 1, axis=-1), a) for a in sums)
    room, k = _room(rows, z, (first, second), count, power), wide.from_floats(count.astype(np.float64))
    if power == 1:
        return wide.divide(room, k), count
    mean = wide.divide(first, k)
    at_mean = wide.subtract(_one(mean), wide.subtract(second, wide.multiply(mean, first)))
    spread, below = wide.sqrt(wide.divide(at_mean, k)), wide.subtract(mean, z)  # mean - tau, mean - z
    deep = wide.divide(room, wide.multiply(k, wide.add(spread, below)))
    return wide.where(below.high > 0, deep, wide.subtract(spread, below)), count


def _each(f: Callable[..., Any], *a: Wide) -> Wide:
    """Apply a function of arrays to each part of wide numbers."""
    return Wide(*(f(*parts) for parts in zip(*map(tuple, a), strict=True)))


def _slices(step: int) -> tuple[slice, slice, slice]:
    return slice(None, step), slice(step, None), slice(None, -step)


def _running(a: Wide) -> Wide:
    """Return the sums of the first entry, the first two, and so on."""
    step = 1
    while step < a.high.shape[-1]:
        first, rest, shifted = (_each(itemgetter((..., part)), a) for part in _slices(step))
        later = wide.add(rest, shifted)
        a = _each(lambda x, y: np.concatenate([x, y], axis=-1), first, later)
        step *= 2
    return a


def _one(like: Wide) -> Wide:
    return wide.from_floats(np.ones_like(like.high))


def _room(rows: Array, z: Wide, sums: tuple[Wide, Wide], counts: _Whole, power: int) -> Wide:
    """Return 1 - sum((z_j - z_i)**power) over the first `counts` entries; `sums` are of z_j and of z_j**2."""
    k, (first, second) = wide.from_floats(counts.astype(np.float64)), sums
    used = wide.subtract(first, wide.multiply(k, z))
    if power == 2:
        used = wide.subtract(second, wide.multiply(z, wide.add(used, first)))
    room = wide.subtract(_one(z), used)
    doubtful = ~(room.error < _SURE) & np.isfinite(rows) & (np.arange(rows.shape[-1]) < counts)
    known: dict[tuple[float, ...], Wide] = {}  # equal entries have the same
    for *row, i in np.argwhere(doubtful).tolist():
        place = (*row, rows[*row, i])
        if place not in known:
            entries = rows[*row][: np.broadcast_to(counts, rows.shape)[*row, i]]
            known[place] = wide.from_fraction(_exact_room(entries, rows[*row, i], power))
        for part, value in zip(tuple(room), tuple(known[place]), strict=True):
            part[*row, i] = value
    return room


def _exact_room(entries: Array, x: float, power: int) -> Fraction:
    gaps = (Fraction(float(other)) - Fraction(float(x)) for other in entries if other != x)
    return Fraction(1) - sum(((gap / power) ** power for gap in gaps), Fraction(0))
