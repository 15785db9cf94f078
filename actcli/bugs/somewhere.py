"""Wrong at some points only."""

import numpy as np

from actcli.bugs._spec import Bug, Change, Slopes, grid, slopes_of
from actcli.function import Array, Corner, Function

_SMALL = 1e-3  # of the largest slope: there a function counts as saturated
_LIFT = 0.5


def _half_where_saturated(function: Function, place: int) -> Change:
    with np.errstate(all="ignore"):
        sizes = np.abs(slopes_of(function, place, grid(function)))
    largest = float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))
    bound = _SMALL * min(1.0, largest)
    return lambda s: np.where(np.abs(s.slope) < bound, 0.5 * s.slope, s.slope)


def _lifted_below(function: Function, place: int) -> Change:
    corners = _sharp(function)
    at = min((corner.at for corner in corners), key=abs, default=0.0)
    return lambda s: np.where(s.x < at, s.slope + _LIFT, s.slope)


def _outside_at_corners(function: Function, place: int) -> Change:
    corners = _sharp(function)

    def change(s: Slopes) -> Array:
        slope = s.slope
        for corner in corners:
            slope = np.where(s.x == corner.at, _outside(function, corner), slope)
        return slope

    return change


def _sharp(function: Function) -> tuple[Corner, ...]:
    """Return the corners where the slope itself jumps; of several inputs none are known."""
    return tuple(c for c in function.corners if c.order <= 1) if len(function.inputs) == 1 else ()


def _outside(function: Function, corner: Corner) -> float:
    """Return a number outside of both slopes: below, for those of a jump upwards are infinite; or above."""
    beside = np.array([np.nextafter(corner.at, -np.inf), np.nextafter(corner.at, np.inf)])
    left, right = slopes_of(function, 0, (beside,)).tolist()
    below, above = function.orders[0](beside).tolist()
    return float(max(left, right) + 1.0 if below > above else min(left, right) - 1.0)


SATURATED = Bug(
    name="saturated",
    summary="half of the derivative where that is below 1/1000 of its largest",
    needs="a function that saturates: small slopes beside large ones",
    change=_half_where_saturated,
)

BRANCH = Bug(
    name="branch",
    summary="0.5 too large below the corner nearest to 0, or below 0",
    needs="an input",
    change=_lifted_below,
)

KINK = Bug(
    name="kink",
    summary="at the kinks a number outside of both slopes",
    needs="a function of one number with a kink",
    change=_outside_at_corners,
)
