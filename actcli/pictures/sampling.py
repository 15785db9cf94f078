"""A curve in samples: broken where the function jumps or has a pole, led up to the edges of its domain."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.pictures.drawable import drawable

Array = npt.NDArray[np.float64]
Curve = Callable[[Array], Array]

_STEEP = 1e-3  # of the height in which most of the curve lies: smaller steps are not looked into
_BISECTIONS = 40
_NARROWEST = 1e-9  # of the interval
_MOST = (0.05, 0.95)  # the quantiles between which most of a curve lies
_MARGIN = 0.05
_POLAR = 10.0  # times as high as most of the curve: then it may have a pole
_GROWTH = 100.0  # that much higher from closer by: then it has one
_ZOOMS = 8


class Samples(NamedTuple):
    """Points of a curve in ascending order, nan where it breaks, and whether it has a pole among them."""

    x: Array
    y: Array
    has_pole: bool


def sampled(f: Curve, x: Array) -> Samples:
    """Sample at ascending x and beside the jumps and edges between them: a break is where no gap closes.

    Between two samples of a continuous function the gap shrinks with their distance; that of a jump stays,
    and that of a pole grows. What was found far beyond the samples, up a pole, is left out.
    """
    y = drawable(f(x))
    if np.isnan(y).all():
        return Samples(x, y, False)
    k = np.flatnonzero(_is_wide(x) & (_gaps(y[:-1], y[1:]) > _STEEP * _spread(y)))
    a, b = _closed_in(f, x[k], x[k + 1])
    left, right = drawable(f(a)), drawable(f(b))
    broken = _gaps(left, right) >= _gaps(y[k], y[k + 1]) / 2
    low, high = np.nanmin(y) / 2, np.nanmax(y) / 2
    seen = [np.where(np.abs(end - low - high) / 2 <= high - low, end, np.nan) for end in (left, right)]
    places = np.repeat(k[broken] + 1, 3)
    points = np.column_stack([a, a / 2 + b / 2, b])[broken]
    heights = np.column_stack([seen[0], np.full_like(a, np.nan), seen[1]])[broken]
    return Samples(
        np.insert(x, places, points.ravel()), np.insert(y, places, heights.ravel()), _has_pole(f, x, y)
    )


def limits(curves: Sequence[Samples]) -> tuple[float, float] | None:
    """Return y limits that show most of curves which have poles, None where all can be shown."""
    if not any(curve.has_pole for curve in curves):
        return None
    y = np.concatenate([curve.y for curve in curves])
    low, high = np.nanquantile(y, _MOST)
    low, high = max(1.5 * low - high / 2, np.nanmin(y)), min(1.5 * high - low / 2, np.nanmax(y))
    margin = _MARGIN * (high - low)
    return float(low - margin), float(high + margin)


def _gaps(left: Array, right: Array) -> Array:
    """Return the distances in y: inf from a number to none, -1 where there is none on either side."""
    one, other = np.isnan(left), np.isnan(right)
    return np.where(one & other, -1.0, np.where(one | other, np.inf, np.abs(right / 2 - left / 2)))


def _is_wide(x: Array) -> npt.NDArray[np.bool_]:
    """Tell which neighbours have floats to look at between them: those beside a known corner have none."""
    wide: npt.NDArray[np.bool_] = np.diff(x) > _NARROWEST * (x[-1] - x[0])
    return wide


def _spread(y: Array) -> float:
    low, high = np.nanquantile(y, _MOST)
    return float(high / 2 - low / 2)


def _closed_in(f: Curve, a: Array, b: Array) -> tuple[Array, Array]:
    """Bisect each interval towards the half with the larger gap."""
    left, right = drawable(f(a)), drawable(f(b))
    for _ in range(_BISECTIONS):
        middle = a / 2 + b / 2
        here = drawable(f(middle))
        leftwards = _gaps(left, here) >= _gaps(here, right)
        a, left = np.where(leftwards, a, middle), np.where(leftwards, left, here)
        b, right = np.where(leftwards, middle, b), np.where(leftwards, here, right)
    return a, b


def _has_pole(f: Curve, x: Array, y: Array) -> bool:
    """Whether the highest sample towers over most of the curve, and over it what lies beside it."""
    height = np.abs(np.where(np.isnan(y), 0.0, y))
    k = int(np.argmax(height))
    if np.nanmax(y) / 2 - np.nanmin(y) / 2 <= _POLAR * _spread(y):
        return False
    low, high = x[max(k - 1, 0)], x[min(k + 1, len(x) - 1)]
    for _ in range(_ZOOMS):
        closer = np.linspace(low, high, 21)
        near = np.nan_to_num(np.abs(f(closer)), nan=0.0, posinf=np.inf)
        j = int(np.argmax(near))
        if near[j] > _GROWTH * height[k]:
            return True
        low, high = closer[max(j - 1, 0)], closer[min(j + 1, 20)]
    return False
