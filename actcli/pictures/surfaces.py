"""Pictures of functions of two variables: a surface in space, contours, the field of descent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError
from actcli.picture import Contours, Field, Panel, Picture, Surface
from actcli.pictures.drawable import WIDEST, check_interval, drawable, levels

Array = npt.NDArray[np.float64]
Kind = Literal["surface", "contour", "field"]

KINDS: tuple[Kind, ...] = ("surface", "contour", "field")

_WIRES = 33  # along each axis: 0 is among them when the interval is symmetric
_GRID = 201
_ARROWS = 17
_LONGEST = 0.85  # of the grid's step, along either axis: an arrow ends before the next one starts
_SQUAREST = 4.0  # times as wide as high: beyond it equal scales would leave a strip


@dataclass(frozen=True, kw_only=True)
class Plane:
    """A function of two variables, its gradient, and where to draw it. Raises InputError.

    `value` maps two arrays of one shape to heights, `gradient` to both slopes; what they return is broadcast
    to that shape.
    """

    names: tuple[str, str]
    value: Callable[[Array, Array], npt.ArrayLike]
    gradient: Callable[[Array, Array], tuple[npt.ArrayLike, npt.ArrayLike]]
    xlim: tuple[float, float]
    ylim: tuple[float, float]

    def __post_init__(self) -> None:
        for low, high in (self.xlim, self.ylim):
            if max(abs(low), abs(high)) > WIDEST:
                raise InputError("what is to be drawn must lie within -1e300 and 1e300")
            check_interval(low, high)


def picture_of(plane: Plane, kind: Kind, title: str) -> Picture:
    """Draw a function of two variables: as a surface, as contours, or as arrows of the negative gradient.

    Values that are not finite, or beyond 1e300, are left out. Raises InputError where none is left.
    """
    draw = {"surface": _surface, "contour": _contour, "field": _field}[kind]
    with np.errstate(all="ignore"):  # what is not finite is left out
        return Picture(title=title, panels=(draw(plane, title),))


def _surface(plane: Plane, title: str) -> Panel:
    x, y, z = _heights(plane, _WIRES, title)
    return Panel(xlabel=plane.names[0], ylabel=plane.names[1], surface=Surface(x=x, y=y, z=z))


def _contour(plane: Plane, title: str) -> Panel:
    x, y, z = _heights(plane, _GRID, title)
    return Panel(
        xlabel=plane.names[0], ylabel=plane.names[1], equal=_squarish(plane),
        contours=Contours(x=x, y=y, z=z, levels=levels(z), filled=True), xlim=plane.xlim, ylim=plane.ylim,
    )  # fmt: skip


def _field(plane: Plane, title: str) -> Panel:
    x, y, z = _heights(plane, _GRID, title)
    field, margin = _descent(plane, title)
    return Panel(
        title="arrows: -gradient, to scale", xlabel=plane.names[0], ylabel=plane.names[1],
        equal=_squarish(plane), contours=Contours(x=x, y=y, z=z, levels=levels(z)), field=field,
        xlim=(plane.xlim[0] - margin[0], plane.xlim[1] + margin[0]),
        ylim=(plane.ylim[0] - margin[1], plane.ylim[1] + margin[1]),
    )  # fmt: skip


def _descent(plane: Plane, title: str) -> tuple[Field, tuple[float, float]]:
    """Return the arrows, and the steps of their grid."""
    x, y = _grid(plane, _ARROWS)
    places = np.meshgrid(x, y)
    here, *slopes = (
        drawable(np.broadcast_to(part, places[0].shape))
        for part in (plane.value(*places), *plane.gradient(*places))
    )
    seen = ~np.isnan([here, *slopes]).any(axis=0)  # where log(x) is not, its slope 1/x is no slope
    if not seen.any():
        raise InputError(f"there is nothing of the gradient of {title} to draw: it is nowhere finite")
    u, v = (0.0 - slope[seen] for slope in slopes)  # not -slope: -0 is no number to show
    steps = float(x[1] - x[0]), float(y[1] - y[0])
    longest = max(float(np.abs(u).max()) / steps[0], float(np.abs(v).max()) / steps[1])
    field = Field(x=places[0][seen], y=places[1][seen], u=u, v=v, scale=longest / _LONGEST or 1.0)
    return field, steps


def _heights(plane: Plane, count: int, title: str) -> tuple[Array, Array, Array]:
    x, y = _grid(plane, count)
    z = drawable(np.broadcast_to(plane.value(*np.meshgrid(x, y)), (count, count)))
    if np.isnan(z).all():
        raise InputError(
            f"there is nothing of {title} to draw from {plane.xlim[0]:g} to {plane.xlim[1]:g}"
            f" and from {plane.ylim[0]:g} to {plane.ylim[1]:g}: it is nowhere finite"
        )
    return x, y, z


def _grid(plane: Plane, count: int) -> tuple[Array, Array]:
    return np.linspace(*plane.xlim, count), np.linspace(*plane.ylim, count)


def _squarish(plane: Plane) -> bool:
    width, height = (high - low for low, high in (plane.xlim, plane.ylim))
    return 1 / _SQUAREST <= width / height <= _SQUAREST
