"""Pictures of descents: the path over contours, over a curve, or the value against the step."""

import numpy as np
import numpy.typing as npt

from actcli.descent import Outcome
from actcli.function import Function
from actcli.picture import Contours, Dot, Line, Panel, Picture
from actcli.pictures.drawable import drawable, levels

Array = npt.NDArray[np.float64]

_GRID = 201
_MARGIN = 0.08
_FARTHEST = 3.0  # widths of the objective's box: what lies farther out (a divergence) is not drawn


def path(function: Function, outcome: Outcome, title: str) -> Picture:
    """Draw the path of a descent: two variables over contours, one over the curve, more as values by step."""
    known = {1: _over_curve, 2: _over_contours} if function.elementwise else {}
    draw = known.get(outcome.path.shape[1], _by_step)
    with np.errstate(over="ignore", invalid="ignore"):  # a divergence is drawn as far as it can be
        return Picture(title=title, panels=(draw(function, outcome),))


def _over_contours(function: Function, outcome: Outcome) -> Panel:
    points = outcome.path
    xlim, ylim = (_limits(box, points[:, i]) for i, box in enumerate(_box(function, points)))
    x, y = np.linspace(*xlim, _GRID), np.linspace(*ylim, _GRID)
    z = drawable(function(*np.meshgrid(x, y)))
    axes = (
        Line(x=xlim, y=(0.0, 0.0), color=0, style="axis"),
        Line(x=(0.0, 0.0), y=ylim, color=0, style="axis"),
    )
    minima = tuple(
        Dot(x=m[0], y=m[1], color=2, label="minimum" if k == 0 else "", open=True)
        for k, m in enumerate(function.minima)
    )
    return Panel(
        xlabel=function.inputs[0], ylabel=function.inputs[1],
        lines=(*axes, _steps(points[:, 0], points[:, 1])),
        dots=(*minima, *_ends(points[:, 0], points[:, 1])),
        contours=Contours(x=x, y=y, z=z, levels=levels(z)),
        xlim=xlim, ylim=ylim,
    )  # fmt: skip


def _over_curve(function: Function, outcome: Outcome) -> Panel:
    positions = outcome.path[:, 0]
    values = np.array([step.value for step in outcome.trace])
    xlim = _limits(_box(function, outcome.path)[0], positions)
    x = np.linspace(*xlim, 1001)
    y = drawable(function(x))
    low, high = float(np.nanmin(y, initial=np.inf)), float(np.nanmax(y, initial=-np.inf))
    margin = _MARGIN * (high - low)
    curve = Line(x=x, y=y, color=1, label=function.name)
    return Panel(
        xlabel=function.inputs[0],
        ylabel="value",
        lines=(curve, _steps(positions, values)),
        dots=_ends(positions, values),
        xlim=xlim,
        ylim=(low - margin, high + margin) if low < high else None,
    )


def _by_step(_: Function, outcome: Outcome) -> Panel:
    values = np.array([step.value for step in outcome.trace])
    numbers = np.arange(len(values), dtype=np.float64)
    return Panel(
        xlabel="step", ylabel="value", lines=(_steps(numbers, values),), dots=_ends(numbers, values),
        log=bool(np.all(values > 0)),
    )  # fmt: skip


def _box(function: Function, points: Array) -> tuple[tuple[float, float], ...]:
    """Return the objective's own box, or one around 0 that is wide enough for the start."""
    return function.box or tuple((-w, w) for w in 1.25 * np.maximum(np.abs(points[0]), 1.0))


def _steps(x: Array, y: Array) -> Line:
    return Line(x=drawable(x), y=drawable(y), color=0, label="path", style="path")


def _ends(x: Array, y: Array) -> tuple[Dot, ...]:
    """Mark the start and the last place that can be drawn, if any can be."""
    places = [
        (float(a), float(b)) for a, b in zip(drawable(x), drawable(y), strict=True) if not np.isnan(a + b)
    ]
    named = zip(places[:1] + places[-1:], ("start", "end"), (3, 4), strict=False)
    return tuple(Dot(x=a, y=b, color=color, label=name) for (a, b), name, color in named)


def _limits(box: tuple[float, float], positions: Array) -> tuple[float, float]:
    """Return the box, widened to hold the path as far as it stays in sight."""
    width = box[1] - box[0]
    start = positions[0]
    low, high = min(box[0], start) - _FARTHEST * width, max(box[1], start) + _FARTHEST * width
    seen = [*box, *positions[(low <= positions) & (positions <= high)]]
    margin = _MARGIN * (max(seen) - min(seen))
    return float(min(seen) - margin), float(max(seen) + margin)
