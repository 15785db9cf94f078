"""What a figure can show: numbers within reach, ticks that differ, levels of heights, short labels."""

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError

Array = npt.NDArray[np.float64]

WIDEST = 1e300  # matplotlib cannot scale axes much wider

_NARROWEST = 1e-12  # of the numbers themselves: then the ticks still differ
_LEVELS = 25
_NOISE = 1e-12  # of the gap that a level halves: what is left of 0 by rounding


def drawable(y: npt.NDArray[np.float64]) -> Array:
    """Return y with nan, which breaks a line and holes a surface, for what no axes can hold."""
    return np.where(np.abs(y) <= WIDEST, y, np.nan)


def shown(text: str, limit: int = 60) -> str:
    """Return a text as a label: its middle cut beyond `limit` characters."""
    half = (limit - 1) // 2
    return text if len(text) <= limit else f"{text[:half]}…{text[-half:]}"


def check_interval(low: float, high: float) -> None:
    """Raise InputError for an interval too narrow to draw."""
    if high - low < _NARROWEST * max(abs(low), abs(high), 1e-290):
        raise InputError(f"the interval {low!r}:{high!r} is too narrow to draw")


def levels(z: Array) -> Array:
    """Return ascending heights strictly within z, in few digits: none of a constant or of nothing.

    Between two of them lie like shares of the plane, so that a pole does not take them all; the shares are
    smaller at both ends, where a smooth function is flat. nan is ignored.
    """
    shares = np.sin(np.linspace(0, np.pi / 2, _LEVELS + 1)) ** 2
    known = z[~np.isnan(z)]
    if not known.size:
        return known
    heights = np.unique(np.quantile(known, shares))
    between = heights[:-1] / 2 + heights[1:] / 2
    between[np.abs(between) < _NOISE * (heights[1:] / 2 - heights[:-1] / 2)] = 0.0
    for digits in range(2, 17):
        rounded = np.array([float(f"{level:.{digits}g}") for level in between])
        if (np.diff([heights[0], *rounded, heights[-1]]) > 0).all():
            return rounded
    return between
