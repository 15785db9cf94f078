"""Pictures of functions: sampled curves with their kinks and jumps, tangents, and bars of vectors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError
from actcli.function import Function
from actcli.picture import Dot, Line, Panel, Picture, Style
from actcli.pictures.drawable import WIDEST, check_interval, drawable, shown
from actcli.pictures.sampling import Samples, limits, sampled

Array = npt.NDArray[np.float64]
What = Literal["value", "both", "derivative"]
Layout = Literal["overlay", "columns"]

LAYOUTS: tuple[Layout, ...] = ("overlay", "columns")

_SAMPLES = 1001
_MOST_BARS = 100
_TITLE = 90  # characters
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


@dataclass(frozen=True, kw_only=True)
class Tangent:
    """The line that touches a function at x."""

    function: Function
    x: float
    y: float
    slope: float
    intercept: float

    @property
    def equation(self) -> str:
        """The line as text, in four digits."""
        sign = "-" if self.intercept < 0 else "+"
        return f"y = {self.slope:.4g}{self.function.inputs[0]} {sign} {abs(self.intercept):.4g}"


def curves(functions: Sequence[Function], view: View, parts: Sequence[Sequence[Function]] = ()) -> Picture:
    """Draw functions of one number: overlaid, or in columns (with the derivative: values, then both).

    `parts` are functions to draw beside each of them, dashed. Raises InputError: a vector function, one
    without the derivative that is to be drawn, nothing to draw.
    """
    for function in functions:
        _check(function, view)
    colors = dict.fromkeys(function.name for family in (functions, *parts) for function in family)
    numbers = {name: k for k, name in enumerate(colors)}
    members = [
        _Member(function, numbers[function.name], [(numbers[part.name], part) for part in family])
        for function, family in zip(functions, parts or [()] * len(functions), strict=True)
    ]
    title = shown(", ".join(shown(function.name) for function in functions), _TITLE)
    if view.layout == "overlay":
        return Picture(title=title, panels=(_panel(members, view, view.what),))
    if view.what == "both":
        return Picture(title=title, panels=(_panel(members, view, "value"), _panel(members, view, "both")))
    panels = tuple(_panel([m], view, view.what, title=shown(m.function.name)) for m in members)
    return Picture(title="" if len(panels) > 1 else title, panels=panels)


def tangent(function: Function, x: float) -> Tangent:
    """Return the tangent of a function of one number at x. Raises InputError where there is none."""
    if len(function.orders) < 2:
        raise InputError(f"{shown(function.name)} has no derivative, and so no tangent")
    y, slope = (float(function(np.array([x]), order=order)[0]) for order in (0, 1))
    if np.isnan([y, slope]).any():
        raise InputError(f"{shown(function.name)} has no tangent at {x:g}: it is not defined there")
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused in the next line
        intercept = float(np.float64(y) - np.float64(slope) * x)
    if not np.abs([y, slope, intercept]).max() <= WIDEST:
        raise InputError(f"the tangent of {shown(function.name)} at {x:g} overflows")
    return Tangent(function=function, x=x, y=y, slope=slope, intercept=intercept)


def bars(functions: Sequence[Function], at: Array) -> Picture:
    """Draw a vector, what vector functions make of it, and the argmax of the first. Raises InputError."""
    if not 1 <= at.size <= _MOST_BARS:
        raise InputError(f"bars are drawn for 1 to {_MOST_BARS} numbers, not {at.size}")
    if not np.abs(at).max() <= WIDEST:
        raise InputError("bars need finite numbers, within -1e300 and 1e300")
    outputs = [(shown(function.name), function(at)) for function in functions]
    vectors = [("input", at), *outputs]
    alike = [heights for _, heights in outputs if heights.shape == at.shape]
    if alike:
        one_hot = np.arange(at.size) == np.argmax(alike[0])  # of softmin it is the least of the input
        vectors.append(("argmax, one-hot", one_hot.astype(np.float64)))
    panels = tuple(
        Panel(title=name, xlabel="index", ylabel="", bars=tuple(map(float, drawable(heights))))
        for name, heights in vectors
    )
    return Picture(title=", ".join(name for name, _ in outputs), panels=panels)


class _Member(NamedTuple):
    """A function to draw, the number of its colour, and its parts with theirs."""

    function: Function
    color: int
    parts: Sequence[tuple[int, Function]]


def _check(function: Function, view: View) -> None:
    name = shown(function.name)
    if not function.elementwise:
        raise InputError(f"{name} is a vector function: it is drawn as bars, alone", "--at 1,2,3")
    if len(function.orders) < 2 and view.what != "value":
        raise InputError(f"{name} has no derivative to draw")


def _panel(members: Sequence[_Member], view: View, what: What, title: str = "") -> Panel:
    lines: list[Line] = []
    dots: list[Dot] = []
    samples: list[Samples] = []
    for function, order, color, style in _drawn(members, what):
        curve, marks = _curve(function, order, color, view.interval)
        samples.append(curve)
        label = _primed(shown(function.name)) if order else shown(function.name)
        lines.append(Line(x=curve.x, y=curve.y, color=color, label=label, style=style))
        dots += marks
    for member in members:
        for x in view.tangents:
            line, dot = _touching(tangent(member.function, x), member.color, view.interval)
            lines.append(line)
            dots.append(dot)
    return Panel(
        title=title, xlabel=", ".join(dict.fromkeys(member.function.inputs[0] for member in members)),
        ylabel="derivative" if what == "derivative" else "y", lines=tuple(lines), dots=tuple(dots),
        xlim=view.interval, ylim=view.ylim or limits(samples),
    )  # fmt: skip


def _drawn(members: Sequence[_Member], what: What) -> Iterator[tuple[Function, int, int, Style]]:
    """Yield what to draw, each thing once: function, order, colour, style."""
    done = {member.function.name for member in members}
    for function, color, parts in members:
        for order in {"value": (0,), "both": (0, 1), "derivative": (1,)}[what]:
            yield function, order, color, "dashed" if what == "both" and order else "solid"
        for number, part in parts:
            if part.name not in done:
                yield part, 0, number, "part"
            done.add(part.name)


def _curve(
    function: Function, order: int, color: int, interval: tuple[float, float]
) -> tuple[Samples, list[Dot]]:
    low, high = interval
    t = np.linspace(0.0, 1.0, _SAMPLES)
    corners = sorted({corner.at for corner in function.corners if low <= corner.at <= high})
    x = np.concatenate([low * (1 - t) + high * t, *([c, _below(c), _above(c)] for c in corners)])
    curve = sampled(partial(function, order=order), np.unique(x[(low <= x) & (x <= high)]))
    if np.isnan(curve.y).all():
        why = "it is not defined there" if np.isnan(function(x, order=order)).all() else "it overflows"
        raise InputError(
            f"there is nothing of {shown(function.name)} to draw from {low:g} to {high:g}: {why}"
        )
    dots: list[Dot] = []
    for c in corners:
        left, here, right = drawable(function(np.array([_below(c), c, _above(c)]), order=order))
        if abs(right - left) > _JUMP * float(np.nanmax(np.abs([*curve.y, left, right]))):
            curve.y[curve.x == c] = np.nan
            limits = {here, left if c > low else here, right if c < high else here}
            dots += [Dot(x=c, y=limit, color=color, open=limit != here) for limit in limits]
        elif order == 0 and _is_kink(function, c):
            dots.append(Dot(x=c, y=here, color=color))
    return curve, dots


def _primed(name: str) -> str:
    return f"({name})'" if set(name) & set("+-*/") else f"{name}'"


def _is_kink(function: Function, c: float) -> bool:
    left, right = function(np.array([_below(c), _above(c)]), order=1)
    return bool(abs(right - left) > _JUMP * max(abs(left), abs(right)))


def _touching(touch: Tangent, color: int, interval: tuple[float, float]) -> tuple[Line, Dot]:
    ends = np.array(interval)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused in the next line
        heights = touch.y + touch.slope * (ends - touch.x)
    if not np.abs(heights).max() <= WIDEST:
        raise InputError(f"the tangent of {shown(touch.function.name)} at {touch.x:g} overflows")
    label = f"tangent at {touch.x:g}: {touch.equation}"
    line = Line(x=ends, y=heights, color=color, label=label, style="dotted")
    return line, Dot(x=touch.x, y=touch.y, color=color)


def _below(c: float) -> float:
    return float(np.nextafter(c, -np.inf))


def _above(c: float) -> float:
    return float(np.nextafter(c, np.inf))
