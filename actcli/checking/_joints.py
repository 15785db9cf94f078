"""How the two sides of a point meet: smoothly, at a kink, across a jump, or with a vertical tangent."""

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.checking._fan import Ground, fan, sided
from actcli.checking._slopes import Joint, Mask, Slopes
from actcli.differences._spec import Array, Curve, Estimate
from actcli.differences.richardson import best

_APART = 4.0  # estimated errors that two equal slopes may differ by
_SETTLED = 1e-3  # relative: what is known worse may have no slope at all
_SIGNIFICANT = 8.0  # roundings that a difference must exceed to mean anything
_CLOSER = 2.0**-4  # each distance beside the one before it
_DISTANCES = 10  # from 2^-12 to 2^-48 of x
_FIRST = 2.0**-12
_VISIBLE = 2.0**-36  # of the value: what rises by less may be a kink close by
_SMALL = 2.0**-36  # x itself is a distance then
_COARSE = 2.0**-6  # of all that the value varies: what the finest distances leave where it is continuous
_IN_A_ROW = 4  # changes of one kind that are no chance
_KEPT = 0.5  # of a difference, from one distance to the next: smooth ones lose 15/16


class _Side(NamedTuple):
    """What one side shows at shrinking distances: quotients with their roundings, (distances, m)."""

    quotients: Array
    noises: Array
    distances: Array
    here: Array

    def finest(self) -> npt.NDArray[np.intp]:
        """Return the place of the finest distance from where on the quotients still change visibly."""
        change = np.abs(np.diff(self.quotients, axis=0))
        seen = change > _SIGNIFICANT * (self.noises[1:] + self.noises[:-1])
        places = np.arange(len(change))[:, None]
        return np.asarray(np.max(np.where(seen, places, 0), axis=0))

    def grows(self) -> Mask:
        """Where the quotients go on changing as the distance shrinks, the same way: there is no slope.

        Beside a kink they do so down to its distance, and then visibly no more.
        """
        change = np.diff(self.quotients, axis=0)
        k = self.finest()
        rows = [_row(change, np.maximum(k - back, 0)) for back in range(_IN_A_ROW)]
        going_on = [
            (np.abs(last) > _KEPT * np.abs(before)) & (last * before > 0)
            for last, before in itertools.pairwise(rows)
        ]
        far = np.abs(_row(self.quotients * self.distances, k + 1)) > _VISIBLE * np.abs(self.here)
        noise = _row(self.noises[1:] + self.noises[:-1], np.minimum(k + 1, len(change) - 1))
        ends = (k == len(change) - 1) | (_KEPT * np.abs(rows[0]) <= _SIGNIFICANT * noise)
        return np.asarray(np.logical_and.reduce([k >= _IN_A_ROW - 1, far, ends, *going_on]))

    def risen(self) -> Array:
        """Return by how much the value differs from x to the finest distance."""
        return np.asarray(np.nan_to_num(self.quotients[-1] * self.distances[-1]))

    def jumps(self) -> Mask:
        """Where the value differs by as much however small the distance, and varies little beyond."""
        risen = self.quotients * self.distances
        size = np.abs(risen[-1])
        steady = np.max(np.abs(np.diff(risen[-3:], axis=0)), axis=0) < size / _SIGNIFICANT
        loud = size > _SIGNIFICANT * self.noises[-1] * self.distances[-1]
        return np.asarray(steady & loud & (size > _VISIBLE * np.abs(self.here)))

    def is_lost(self) -> Mask:
        """Where the value is another at each of the finest distances: the numbers are too coarse for it."""
        risen = self.quotients * self.distances
        change = np.min(np.abs(np.diff(risen[-_IN_A_ROW:], axis=0)), axis=0)
        loud = change > _SIGNIFICANT * (self.noises * self.distances)[-1]
        return np.asarray(loud & (change > _COARSE * np.max(np.abs(risen), axis=0)))

    def last(self) -> Array:
        """Return the quotient at the finest distance that shows one."""
        return _row(self.quotients, np.minimum(self.finest() + 1, len(self.quotients) - 1))


def joints(f: Curve, ground: Ground, middle: Estimate, left: Estimate, right: Estimate) -> Slopes:
    """Return the slopes at points, from those of the middle and of both sides, and how these meet.

    At a jump the slopes are those of the two branches beside it, and the infinite one that leads across.
    """
    slopes = Slopes.smooth(_settled(middle, left, right, ground.away))
    differ = np.abs(left.value - right.value) > _APART * (left.error + right.error)
    lost = ~(slopes.measured.error <= _SETTLED * np.abs(slopes.measured.value))
    open_ = (differ | lost) & (True if ground.away is None else ground.away == 0)
    small = np.abs(ground.x) < _SMALL
    for some, distances in ((open_ & ~small, _distances), (open_ & small, _distances_near_0)):
        if some.any():  # the curve is that of all points
            met = _met(f, ground, distances(np.abs(ground.x)), slopes.measured, left, right)
            slopes.put(some, met.some(some))
    return slopes


def _settled(middle: Estimate, left: Estimate, right: Estimate, away: Array | None) -> Estimate:
    """Return the slopes of the middle; at the end of a domain and beside a corner, those of one side."""
    beside = np.zeros_like(middle.value) if away is None else away
    use_right = np.where(beside == 0, np.isfinite(right.error), beside > 0)
    side = np.where(use_right, right.value, left.value)
    doubt = np.where(use_right, right.error, left.error)
    known = np.isfinite(middle.error) & (beside == 0)
    return Estimate(np.where(known, middle.value, side), np.where(known, middle.error, doubt))


def _met(
    f: Curve, ground: Ground, distances: Array, middle: Estimate, left: Estimate, right: Estimate
) -> Slopes:
    """Tell at each point whether the sides meet, from values at shrinking distances."""
    values = fan(f, ground.x, distances)
    below, above = (_Side(*sided(values, ground, side), values.h, values.here) for side in (-1, 1))
    lost = below.is_lost() | above.is_lost()
    jump = ~lost & (below.jumps() | above.jumps())
    grow = [side.grows() & ~_settles(slope) for side, slope in ((below, left), (above, right))]
    steep = ~lost & ~jump & (grow[0] | grow[1])
    gap = np.abs(right.value - left.value)
    kink = ~lost & ~jump & ~steep & _split(below, above, gap)
    kinds = [jump, steep, kink]
    branches = _branch(values.below, -values.h, ground), _branch(values.above, values.h, ground)
    ends = zip((below, above), grow, branches, (left, right), strict=True)
    sides = [_end(kinds, *end) for end in ends]
    middle = _nearer(middle, left, right, below, above)
    middle = Estimate(middle.value, np.where(lost, np.inf, middle.error))
    across = np.copysign(np.inf, below.risen() + above.risen())
    across = np.where(steep, np.where(grow[1], above.last(), below.last()), across)
    within = np.where(kink, _row(values.h, _finest_clear(below, above, gap)), values.h[-1])
    return _joined(ground.x, kinds, middle, sides, across, within)


def _settles(slope: Estimate) -> Mask:
    """Where a side has a slope: it may be steep close by."""
    return np.asarray(slope.error <= _SETTLED * np.abs(slope.value))


def _end(kinds: list[Mask], side: _Side, steep: Mask, branch: Estimate, slope: Estimate) -> Estimate:
    """Return the slopes of a side at joints of the kinds JUMP, VERTICAL and KINK."""
    endless = np.where(steep, np.copysign(np.inf, side.last()), slope.value)
    value = np.select(kinds, [branch.value, endless, slope.value], np.nan)
    return Estimate(
        value, np.select(kinds, [branch.error, np.where(steep, 0.0, slope.error), slope.error], 0.0)
    )


def _distances(size: Array) -> Array:
    """Return distances from wide to fine: parts of 1 or of x."""
    return np.asarray(_FIRST * _CLOSER ** np.arange(_DISTANCES)[:, None] * np.maximum(size, 1.0))


def _distances_near_0(size: Array) -> Array:
    """Return distances from wide to fine: parts of 1, then of x, which is smaller; at 0 ever finer."""
    usual = _FIRST * _CLOSER ** np.arange(2 * _DISTANCES)[:, None]
    own = np.where(size == 0, usual[_DISTANCES], size * _FIRST) / _FIRST * usual[:_DISTANCES]
    return np.concatenate([usual[:_DISTANCES] + 0 * size, own])


def _joined(
    x: Array, kinds: list[Mask], middle: Estimate, sides: list[Estimate], across: Array, within: Array
) -> Slopes:
    """Return the slopes at joints of the `kinds` JUMP, VERTICAL and KINK, and of the middle elsewhere."""
    left, right = sides
    met = np.logical_or.reduce(kinds)
    doubt = np.nan_to_num(left.error, posinf=0.0) + np.nan_to_num(right.error, posinf=0.0)
    joint = np.select(kinds, [int(Joint.JUMP), int(Joint.VERTICAL), int(Joint.KINK)], int(Joint.SMOOTH))
    return Slopes(
        measured=Estimate(
            np.where(kinds[0] | kinds[1], across, middle.value), np.where(met, doubt, middle.error)
        ),
        joint=joint.astype(np.int8),
        corner=np.where(met, x, np.nan),
        left=left.value + 0.0,
        right=right.value + 0.0,
        within=np.where(met, within, np.nan),
    )


def _nearer(middle: Estimate, left: Estimate, right: Estimate, below: _Side, above: _Side) -> Estimate:
    """Return, beside a kink that is not at x, the slopes of the side that does not lead across it.

    The quotients at the finest distance that can tell the two apart say which one that is.
    """
    gap = np.fmax(np.abs(right.value - left.value), middle.error)
    place = _finest_clear(below, above, gap)
    quotients = (_row(below.quotients, place) + _row(above.quotients, place)) / 2
    doubtful = ~(middle.error < gap / _SIGNIFICANT) | ~(np.abs(quotients - middle.value) < gap / 4)
    fits = [
        doubtful
        & (place > 0)
        & (np.abs(quotients - side.value) < gap / 4)
        & (side.error < gap / _SIGNIFICANT)
        for side in (left, right)
    ]
    values, errors = [left.value, right.value], [left.error, right.error]
    return Estimate(np.select(fits, values, middle.value), np.select(fits, errors, middle.error))


def _finest_clear(below: _Side, above: _Side, gap: Array) -> npt.NDArray[np.intp]:
    """Return the place of the finest distance at which rounding is far below a gap of slopes, else 0."""
    clear = above.noises + below.noises < gap / _SIGNIFICANT
    places = np.arange(len(clear))[:, None]
    return np.asarray(np.max(np.where(clear, places, 0), axis=0))


def _branch(values: Array, distances: Array, ground: Ground) -> Estimate:
    """Return the slope that the values of one side alone tend to."""
    quotients = np.diff(values, axis=0) / np.diff(distances, axis=0)
    noises = 4 * ground.noise / np.abs(np.diff(distances, axis=0))
    change = np.abs(np.diff(quotients, axis=0)) + noises[1:]
    return best([Estimate(*row) for row in zip(quotients[1:], change, strict=True)])


def _split(below: _Side, above: _Side, gap: Array) -> Mask:
    """Where the two sides' quotients stay apart down to the finest distance that can tell."""
    finest = _finest_clear(below, above, gap)
    apart = _row(np.abs(above.quotients - below.quotients), finest)
    return np.asarray((finest > 0) & (apart > _KEPT * gap))


def _row(rows: Array, places: npt.NDArray[np.intp]) -> Array:
    """Return one row's number for each column."""
    return np.asarray(np.take_along_axis(rows, places[None], axis=0)[0])
