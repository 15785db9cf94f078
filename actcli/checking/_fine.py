"""What floats leave open: the slopes of formulas, measured again with more digits."""

import numpy as np
import numpy.typing as npt

from actcli.checking._fan import Ground
from actcli.checking._settings import Settings
from actcli.checking._slopes import Joint, Slopes
from actcli.checking._slot import Slot
from actcli.checking._tolerance import allowed
from actcli.differences._spec import Array, Estimate

_CLEAR = 1e-9  # relative: a slope known so well is looked at no more
_ROUGH = 1e-3  # relative: worse than this is not better than what floats say
_NOTHING = 1e-300  # of a slope of 0 there is nothing finer to know
_MOST = 2**12  # points looked at
_MOST_PRECISE = 150  # points looked at in arbitrary precision
_BLOCK = 2**8  # points at a time


def refined(slot: Slot, slopes: Slopes, ground: Ground, own: Array, settings: Settings) -> Slopes:
    """Measure again, in wide numbers, where a formula's floats settle nothing or say that it is wrong.

    So are joints where the formula has no corner: there the floats are too coarse for what it does.
    """
    if slot.function.make_graph is None:
        return slopes
    some = _open(slopes, ground, own, settings)
    if not some.size:
        return slopes
    from actcli.checking._exactly import precisely, root_of, widely  # whom floats settle, waits for none

    root = root_of(slot, settings.order)
    settled = np.zeros(slot.x.shape, bool)
    for low in range(0, some.size, _BLOCK):
        rows = some[low : low + _BLOCK]
        if (found := widely(root, slot, rows)) is None:
            break
        settled[rows] = found.error <= _CLEAR * np.abs(found.value)
        _take(slopes, rows, found)
    left = [k for k in _open(slopes, ground, own, settings).tolist() if not settled[k]]
    if first := left[:_MOST_PRECISE]:
        _take(slopes, np.array(first), precisely(root, slot, first, ground.stated))
    _give_up(slopes, np.array(left[_MOST_PRECISE:], dtype=np.intp), ground, own, settings)
    return slopes


def _give_up(
    slopes: Slopes, rows: npt.NDArray[np.intp], ground: Ground, own: Array, settings: Settings
) -> None:
    """Leave open what digits would settle, but at too many points: floats call these wrong, or joints."""
    if rows.size:
        value, joint = slopes.measured.value[rows], slopes.joint[rows] != int(Joint.SMOOTH)
        tolerance = allowed(ground.stated, slopes.measured, own, settings)[rows]
        rows = rows[joint | ~(np.abs(ground.stated[rows] - value) <= tolerance)]
        slopes.put(rows, Slopes.smooth(Estimate(slopes.measured.value[rows], np.full(rows.size, np.inf))))


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
