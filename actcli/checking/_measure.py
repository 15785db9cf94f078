"""Slopes with no step to choose: from quotients at many steps on either side, each with its error bound."""

import os
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from actcli.checking._fan import Ground, central, fan, gaps, sided, steps, width, widths
from actcli.checking._joints import joints
from actcli.checking._slopes import Places, Slopes
from actcli.differences._spec import Array, Curve, Estimate
from actcli.differences.richardson import best, extrapolated

_LEVELS = 14  # steps of a ladder, each half of the one before: from 1/5 to 2e-5
_FEW = 5  # of the first look
_CLOSER = 2.0**-4  # the second look's steps beside those of the first
_SURE = 1e-11  # relative: a slope known so well by the first look is looked at no more
_LEVEL = 0.01  # of the difference of both sides' quotients: what extrapolation may leave of it
_MOST = 1000  # points that disagree, and are looked at once more
_AT_ONCE = 2**16  # points of code that is called as seldom as can be
_BLOCK = 2**13  # points at a time: their quotients stay in the cache


def measured(along: Callable[[Places], Curve], ground: Ground, whole: bool) -> Slopes:
    """Return the slopes of curves at points: `along(some)` is the curve of some of the points.

    A first look takes a few steps; it is enough where the quotients agree, on both sides and with what is
    stated. Elsewhere steps of all sizes are taken, and how the two sides meet is found out. A curve that is
    `whole` is called with all points at once.
    """
    measured = Slopes.smooth(_first_look(along, ground, whole))
    value, error = measured.measured.value, measured.measured.error
    with np.errstate(invalid="ignore"):
        apart = np.abs(ground.stated - value) > error + ground.precision.eps * np.abs(value)
    apart[np.flatnonzero(apart & np.isfinite(error))[_MOST:]] = False
    again = np.isinf(error) | apart  # not where it is nan: there the curve is
    for some in _runs(np.flatnonzero(again), _AT_ONCE if whole else _BLOCK // 8):
        measured.put(some, _second_look(along(some), ground[some]))
    return measured


def _runs(places: npt.NDArray[np.intp], size: int) -> Iterator[npt.NDArray[np.intp]]:
    for low in range(0, places.size, size):
        yield places[low : low + size]


def _first_look(along: Callable[[Places], Curve], ground: Ground, whole: bool) -> Estimate:
    """Return slopes with their errors: infinite where the look was not enough, nan where the curve is."""
    value, error = np.empty_like(ground.x), np.empty_like(ground.x)

    def look(rows: slice) -> None:
        value[rows], error[rows] = _glance(along(rows), ground[rows])

    size, step = ground.x.size, _AT_ONCE if whole else _BLOCK
    rows = [slice(low, low + step) for low in range(0, size, step)]
    if whole or size <= _BLOCK:
        for part in rows:
            look(part)
        return Estimate(value, error)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(look, rows):
            pass  # a failure in a thread is raised here
    return Estimate(value, error)


def _glance(f: Curve, ground: Ground) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        h = steps(width(ground), _FEW)
        value, error = _smooth(f, ground, h)
        again = np.isinf(error)
        if again.any():
            closer = _smooth(f, ground, h * _CLOSER)
            value, error = np.where(again, closer[0], value), np.where(again, closer[1], error)
    return value, error


def _smooth(f: Curve, ground: Ground, h: Array) -> tuple[Array, Array]:
    """Return the slopes and errors from steps that agree, and where both sides do; else the error is inf."""
    values = fan(f, ground.x, h)
    (quotients, noises), (split, doubts) = central(values, ground), gaps(values, ground)
    slope, gap = extrapolated(quotients, noises, 2)[-1], extrapolated(split, doubts, 1)[-1]
    least = _SURE * np.abs(slope.value)
    settled = slope.error <= np.maximum(least, 4 * noises[-1])
    level = np.abs(gap.value) + gap.error <= _LEVEL * np.abs(split[0]) + least + 4 * doubts[-1]
    error = np.where(settled & level, slope.error, np.inf)
    return slope.value, np.where(np.isnan(values.here), np.nan, error)


def _second_look(f: Curve, ground: Ground) -> Slopes:
    """Return slopes from steps of all sizes, and how the sides meet."""
    with np.errstate(all="ignore"):
        ladders = [steps(start, _LEVELS) for start in widths(ground)]
        parts = fan(f, ground.x, np.concatenate(ladders)).parts(_LEVELS)
        middle = best([entry for part in parts for entry in extrapolated(*central(part, ground), 2)])
        sides = [
            best([entry for part in parts for entry in extrapolated(*sided(part, ground, side), 1)])
            for side in (-1, 1)
        ]
        return joints(f, ground, middle, *sides)
