"""Slopes around corners: points beside one are measured on their own side, points on one from both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from actcli.differences._spec import Array, Curve, Estimate, Precision
from actcli.differences.richardson import RICHARDSON, Richardson

Mask = npt.NDArray[np.bool_]
Places = slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]

_LEFT = replace(RICHARDSON, side=-1)
_RIGHT = replace(RICHARDSON, side=1)


_ROWS = ("joint", "corner", "left", "right", "within")


class Joint(IntEnum):
    """How the two sides of a point meet."""

    SMOOTH = 0
    KINK = 1  # with two slopes
    JUMP = 2  # with a gap between them
    VERTICAL = 3  # with a slope that grows without bound


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """Measured slopes, and how the sides meet: at a `joint`, its place `corner` and both slopes (else nan).

    The corner is the point itself, or within a step of the user's. A joint that is not known beforehand lies
    `within` that distance of it: closer ones cannot be told from it.
    """

    measured: Estimate
    joint: npt.NDArray[np.int8]
    corner: Array
    left: Array
    right: Array
    within: Array

    @staticmethod
    def smooth(measured: Estimate) -> "Slopes":
        """Return slopes without joints."""
        none = np.full(measured.value.shape, np.nan)
        joint = np.zeros(none.shape, np.int8)
        return Slopes(measured=measured, joint=joint, **{name: none.copy() for name in _ROWS[1:]})

    def some(self, some: Places) -> "Slopes":
        """Return the slopes at some places."""
        measured = Estimate(self.measured.value[some], self.measured.error[some])
        return Slopes(measured=measured, **{name: getattr(self, name)[some] for name in _ROWS})

    def put(self, some: Places, others: "Slopes") -> None:
        """Overwrite the slopes at some places."""
        self.measured.value[some], self.measured.error[some] = others.measured.value, others.measured.error
        for name in _ROWS:
            getattr(self, name)[some] = getattr(others, name)

    def times(self, factors: Array) -> "Slopes":
        """Return the slopes of the same curves times positive numbers."""
        measured = Estimate(self.measured.value * factors, self.measured.error * factors)
        return replace(self, measured=measured, left=self.left * factors, right=self.right * factors)


def joined(parts: Sequence[Slopes]) -> Slopes:
    """Return the slopes of several runs of points as one."""
    whole = {key: np.concatenate([getattr(part, key) for part in parts]) for key in _ROWS}
    value = np.concatenate([part.measured.value for part in parts])
    error = np.concatenate([part.measured.error for part in parts])
    return Slopes(measured=Estimate(value, error), **whole)


@dataclass(frozen=True, kw_only=True)
class _Surroundings:
    """For each point: which corner is the nearest, and how far the next ones are on either side."""

    nearest: npt.NDArray[np.intp]
    left: Array
    right: Array

    @staticmethod
    def of(x: Array, corners: Array) -> "_Surroundings":
        away = corners - x[:, None]
        return _Surroundings(
            nearest=np.argmin(np.abs(away), axis=1),
            left=np.min(np.where(away < 0, -away, np.inf), axis=1),
            right=np.min(np.where(away > 0, away, np.inf), axis=1),
        )


def slopes_around(
    f: Curve,
    x: Array,
    corners: Array,
    measured: Estimate,
    reach: tuple[Array, Array],
    precision: Precision,
    fixed: bool,
) -> Slopes:
    """Correct what was `measured` at `x` where the method's `reach` crossed one of the `corners`.

    With a `fixed` step, the user's, quotients stand as they are, and a crossing counts as on the corner.
    """
    if not corners.size:
        return Slopes.smooth(measured)
    around = _Surroundings.of(x, corners)
    below, above = reach
    near = corners[around.nearest]
    crossed = (x - below <= near) & (near <= x + above)
    slopes = Slopes.smooth(measured)
    on_it = crossed if fixed else crossed & (x == near)
    if not fixed:
        beside = crossed & ~on_it
        slopes = _seen_from(_LEFT, beside & (x < near), around.left, f, x, slopes, precision)
        slopes = _seen_from(_RIGHT, beside & (x > near), around.right, f, x, slopes, precision)
    for k in sorted(set(around.nearest[on_it].tolist())):
        slopes = _at_corner(corners, k, on_it & (around.nearest == k), f, x, slopes, precision)
    return slopes


def _seen_from(
    side: Richardson, mask: Mask, room: Array, f: Curve, x: Array, slopes: Slopes, precision: Precision
) -> Slopes:
    if not mask.any():
        return slopes
    value, error = slopes.measured.value.copy(), slopes.measured.error.copy()
    estimate = side.within(f, x[mask], room[mask], precision)
    value[mask], error[mask] = estimate.value, estimate.error
    return replace(slopes, measured=Estimate(value, error))


def _at_corner(
    corners: Array, k: int, mask: Mask, f: Curve, x: Array, slopes: Slopes, precision: Precision
) -> Slopes:
    """Measure both one-sided slopes at a corner: if they differ it is a kink, else a point like others."""
    at = corners[k : k + 1]
    rooms = _Surroundings.of(at, corners)
    left, left_error = _one_sided(_LEFT, at, rooms.left, f, precision)
    right, right_error = _one_sided(_RIGHT, at, rooms.right, f, precision)
    error = np.where(mask, left_error + right_error, slopes.measured.error)
    if abs(left - right) > left_error + right_error:
        return Slopes(
            measured=Estimate(slopes.measured.value, error),
            joint=np.where(
                mask, np.int8(Joint.JUMP if np.isinf([left, right]).any() else Joint.KINK), slopes.joint
            ),
            corner=np.where(mask, at, slopes.corner),
            left=np.where(mask, left, slopes.left),
            right=np.where(mask, right, slopes.right),
            within=np.where(mask, 0.0, slopes.within),
        )
    value = np.where(mask & (x == at), (left + right) / 2, slopes.measured.value)
    return replace(slopes, measured=Estimate(value, error))


def _one_sided(
    side: Richardson, at: Array, room: Array, f: Curve, precision: Precision
) -> tuple[float, float]:
    """Return a one-sided slope and its error; across a jump it is infinite.

    A jump keeps its size as the distance shrinks, a slope does not.
    """
    distance = precision.eps**0.75 * np.maximum(1.0, np.abs(at))
    here, near, far = (float(f(at + side.side * d)[0]) for d in (0 * distance, distance, 16 * distance))
    noise = 8 * (precision.eps * abs(here) + precision.smallest)
    if abs(near - here) > max(0.5 * abs(far - here), noise):
        return float(np.copysign(np.inf, side.side * (near - here))), 0.0
    estimate = side.within(f, at, room, precision)
    return float(estimate.value[0]), float(estimate.error[0])
