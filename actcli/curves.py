"""Pictures of functions: sampled curves with their kinks and jumps, tangents, and bars of vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from actcli.drawable import WIDEST, check_interval, drawable
from actcli.errors import InputError
from actcli.function import Function
from actcli.picture import Dot, Line, Panel, Picture

Array = npt.NDArray[np.float64]
What = Literal["value", "both", "derivative"]
Layout = Literal["overlay", "columns"]

LAYOUTS: tuple[Layout, ...] = ("overlay", "columns")

_SAMPLES = 1001
_MOST_BARS = 100
_JUMP = 1e-6  # of the size of the values: what differs by less from one side to the other is continuous


@dataclass(frozen=True, kw_only=True)
class View:
    """What to draw of elementwise functions, over which interval. Raises InputError."""

    interval: tuple[float, float] = (-5.0, 5.0)
    ylim: tuple[float, float] | None = None
    what: What = "value"
    tangents: tuple[float, ...] = ()
    layout: Layout = "overlay"

    def __post_init__(self) -> None:
        if max(map(abs, (*self.interval, *(self.ylim or ()), *self.tangents))) > WIDEST:
            raise InputError("what is to be drawn must lie within -1e300 and 1e300")
        for low, high in (self.interval, self.ylim or (0.0, 1.0)):
            check_interval(low, high)
        if self.tangents and self.what == "derivative":
            raise InputError("a tangent touches the function, which is not drawn")


def curves(functions: Sequence[Function], view: View) -> Picture:
    """Draw elementwise functions: overlaid, or in columns (with the derivative: values, then both).

    Raises InputError for a vector function.
    """
    for function in functions:
        if not function.elementwise:
            raise InputError(
                f"{function.name} is a vector function: it is drawn as bars, alone", "--at 1,2,3"
            )
    numbered = list(enumerate(functions))
    title = ", ".join(function.name for function in functions)
    if view.layout == "overlay":
        return Picture(title=title, panels=(_panel(numbered, view, view.what),))
    if view.what == "both":
        return Picture(title=title, panels=(_panel(numbered, view, "value"), _panel(numbered, view, "both")))
    panels = tuple(_panel([(k, f)], view, view.what, title=f.name) for k, f in numbered)
    return Picture(title="" if len(panels) > 1 else title, panels=panels)


def bars(functions: Sequence[Function], at: Array) -> Picture:
    """Draw a vector, what vector functions make of it, and the one-hot argmax. Raises InputError."""
    if not 1 <= at.size <= _MOST_BARS:
        raise InputError(f"bars are drawn for 1 to {_MOST_BARS} numbers, not {at.size}")
    if not np.abs(at).max() <= WIDEST:
        raise InputError("bars need finite numbers, within -1e300 and 1e300")
    one_hot = (np.arange(at.size) == np.argmax(at)).astype(np.float64)
    outputs = [(function.name, function(at)) for function in functions]
    shown = [("input", at), *outputs, ("argmax, one-hot", one_hot)]
    panels = tuple(
        Panel(title=name, xlabel="index", ylabel="", bars=tuple(map(float, drawable(heights))))
        for name, heights in shown
    )
    return Picture(title=", ".join(name for name, _ in outputs), panels=panels)


def _panel(functions: Sequence[tuple[int, Function]], view: View, what: What, title: str = "") -> Panel:
    lines: list[Line] = []
    dots: list[Dot] = []
    for color, function in functions:
        for order in {"value": (0,), "both": (0, 1), "derivative": (1,)}[what]:
            line, marks = _curve(function, order, color, view.interval, dashed=what == "both" and order == 1)
            lines.append(line)
            dots += marks
        for x in view.tangents:
            line, dot = _tangent(function, x, color, view.interval)
            lines.append(line)
            dots.append(dot)
    return Panel(
        title=title, ylabel="dy/dx" if what == "derivative" else "y", lines=tuple(lines), dots=tuple(dots),
        xlim=view.interval, ylim=view.ylim,
    )  # fmt: skip


def _curve(
    function: Function, order: int, color: int, interval: tuple[float, float], dashed: bool
) -> tuple[Line, list[Dot]]:
    low, high = interval
    t = np.linspace(0.0, 1.0, _SAMPLES)
    corners = [corner.at for corner in function.corners if low <= corner.at <= high]
    x = np.concatenate([low * (1 - t) + high * t, *([c, _below(c), _above(c)] for c in corners)])
    x = np.unique(x[(low <= x) & (x <= high)])
    y = drawable(function(x, order=order))
    if np.isnan(y).all():
        raise InputError(
            f"there is nothing of {function.name} to draw from {low:g} to {high:g}: it overflows"
        )
    dots: list[Dot] = []
    for c in corners:
        left, here, right = drawable(function(np.array([_below(c), c, _above(c)]), order=order))
        if abs(right - left) > _JUMP * float(np.nanmax(np.abs([*y, left, right]))):
            y[x == c] = np.nan
            limits = {here, left if c > low else here, right if c < high else here}
            dots += [Dot(x=c, y=limit, color=color, open=limit != here) for limit in limits]
        elif order == 0 and _is_kink(function, c):
            dots.append(Dot(x=c, y=here, color=color))
    label = function.name + "'" * order
    return Line(x=x, y=y, color=color, label=label, style="dashed" if dashed else "solid"), dots


def _is_kink(function: Function, c: float) -> bool:
    left, right = function(np.array([_below(c), _above(c)]), order=1)
    return bool(abs(right - left) > _JUMP * max(abs(left), abs(right)))


def _tangent(function: Function, x: float, color: int, interval: tuple[float, float]) -> tuple[Line, Dot]:
    at = np.array([x])
    y, slope = float(function(at)[0]), float(function(at, order=1)[0])
    ends = np.array(interval)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused in the next line
        heights, intercept = y + slope * (ends - x), y - slope * x
    if not np.abs([y, slope, intercept, *heights]).max() <= WIDEST:
        raise InputError(f"the tangent of {function.name} at {x:g} overflows")
    sign = "-" if intercept < 0 else "+"
    label = f"tangent at {x:g}: y = {slope:.4g}x {sign} {abs(intercept):.4g}"
    line = Line(x=ends, y=heights, color=color, label=label, style="dotted")
    return line, Dot(x=x, y=y, color=color)


def _below(c: float) -> float:
    return float(np.nextafter(c, -np.inf))


def _above(c: float) -> float:
    return float(np.nextafter(c, np.inf))
