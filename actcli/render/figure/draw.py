"""Draw a picture with matplotlib's object interface: the same picture gives the same bytes."""

import io
import re
import warnings
from dataclasses import dataclass
from typing import Any

from actcli.picture import Band, Diagram, Dot, Groups, Line, Panel, Paper, Picture
from actcli.render.figure import boxes
from actcli.render.figure._matplotlib import our_matplotlib
from actcli.render.figure.planes import draw_contours, draw_field, draw_surface

# Okabe & Ito 2008, told apart by every kind of eye, without its black and yellow.
_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_STYLES: dict[str, dict[str, Any]] = {
    "solid": {"linestyle": "-"},
    "dashed": {"linestyle": "--"},
    "part": {"linestyle": (0, (6, 2)), "linewidth": 1.1},
    "dotted": {"linestyle": ":"},
    "path": {"linestyle": "-", "linewidth": 1.0, "marker": "o", "markersize": 4},
    "axis": {"linestyle": "--", "linewidth": 1.0, "color": "#444444"},
    "wide": {"linestyle": "-", "linewidth": 7.0, "alpha": 0.35, "solid_capstyle": "butt"},
    "crosses": {"linestyle": "", "marker": "x", "markersize": 6, "markeredgewidth": 1.4},
}
_LONG_LABEL = 45  # characters
_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


@dataclass(frozen=True)
class Drawing:
    """The bytes of a picture, and the characters of its texts that no font has."""

    data: bytes
    missing: str


def draw(picture: Picture | Diagram, kind: str, paper: Paper) -> Drawing:
    """Draw as `kind`: png, svg or pdf."""
    with our_matplotlib(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure = boxes.figure(picture, paper) if isinstance(picture, Diagram) else _figure(picture, paper)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=paper.dpi, metadata=_METADATA[kind])
    return Drawing(buffer.getvalue(), _missing(str(warning.message) for warning in caught))


def _figure(picture: Picture, paper: Paper) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    count = len(picture.panels)
    figure = Figure(figsize=paper.fit(count), layout="constrained")
    FigureCanvasAgg(figure)
    if picture.title:
        title = f"${picture.title}$" if picture.is_mathematics else picture.title
        figure.suptitle(title, parse_math=picture.is_mathematics)
    for k, panel in enumerate(picture.panels, start=1):
        _draw_panel(figure.add_subplot(1, count, k, projection="3d" if panel.surface else None), panel)
    return figure


def _draw_panel(axes: Any, panel: Panel) -> None:
    axes.set_title(panel.title, parse_math=False)
    axes.set(xlabel=panel.xlabel, ylabel=panel.ylabel)
    if panel.surface is not None:
        draw_surface(axes, panel.surface)
    else:
        _draw_flat(axes, panel)


def _draw_flat(axes: Any, panel: Panel) -> None:
    if panel.contours is not None:
        draw_contours(axes, panel.contours)
    if panel.field is not None:
        draw_field(axes, panel.field)
    if panel.bars:
        axes.bar(range(len(panel.bars)), panel.bars, color=_PALETTE[0])
        axes.set_xticks(range(len(panel.bars)) if len(panel.bars) <= 12 else [0, len(panel.bars) - 1])
        axes.axhline(0, color="black", linewidth=0.8)
    if panel.groups is not None:
        _draw_groups(axes, panel.groups)
    for band in panel.bands:
        _draw_band(axes, band)
    for line in panel.lines:
        _draw_line(axes, line)
    for dot in panel.dots:
        _draw_dot(axes, dot)
    _scale(axes, panel)
    _draw_legend(axes, max(map(len, _labels(panel)), default=0))


def _scale(axes: Any, panel: Panel) -> None:
    if panel.log_x:  # the scale of bars is left alone: setting it would take their names away
        axes.set_xscale("log")
    axes.set_yscale("log" if panel.log else "linear")
    axes.set(**{name: lim for name, lim in (("xlim", panel.xlim), ("ylim", panel.ylim)) if lim})
    axes.set_aspect("equal" if panel.equal else "auto")


def _labels(panel: Panel) -> list[str]:
    kinds = [kind for kind, _, _ in panel.groups.heights] if panel.groups else []
    parts: tuple[Band | Line | Dot, ...] = (*panel.bands, *panel.lines, *panel.dots)
    return [*kinds, *(part.label for part in parts)]


def _draw_legend(axes: Any, longest: int) -> None:
    """Explain the lines and dots within the axes, or below them where long labels would hide the curves."""
    if longest > _LONG_LABEL and axes.get_subplotspec().get_gridspec().ncols == 1:
        axes.figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center")
    elif longest and axes.get_xscale() == "log":  # its curves reach into every corner
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3, fontsize="small", frameon=False)
    elif longest:
        axes.legend()


def _draw_band(axes: Any, band: Band) -> None:
    color = _PALETTE[band.color % len(_PALETTE)]
    axes.fill_between(
        band.x, band.low, band.high, color=color, alpha=0.22, linewidth=0, label=_literal(band.label)
    )


def _draw_groups(axes: Any, groups: Groups) -> None:
    """Draw the bars of each kind beside those of the others, the names slanted where they are many."""
    width = 0.8 / len(groups.heights)
    for k, (kind, color, heights) in enumerate(groups.heights):
        places = [j + (k + 0.5) * width - 0.4 for j in range(len(heights))]
        axes.bar(places, heights, width, color=_PALETTE[color % len(_PALETTE)], label=_literal(kind))
    slanted = {"rotation": 45, "ha": "right"} if len(groups.names) > 6 else {}
    axes.set_xticks(range(len(groups.names)), map(_literal, groups.names), **slanted)
    axes.axhline(0, color="black", linewidth=0.8)


def _draw_line(axes: Any, line: Line) -> None:
    turn = line.color // len(_PALETTE)  # of the palette: the second time round, lines are thinner
    look = {
        "color": _PALETTE[line.color % len(_PALETTE)],
        "linewidth": 1.8 / (1 + turn),
        **_STYLES[line.style],
    }
    axes.plot(line.x, line.y, label=_literal(line.label), **look)


def _draw_dot(axes: Any, dot: Dot) -> None:
    color = _PALETTE[dot.color % len(_PALETTE)]
    face = "white" if dot.open else color
    axes.plot(
        dot.x,
        dot.y,
        "o",
        color=color,
        markerfacecolor=face,
        markersize=7,
        zorder=3,
        label=_literal(dot.label),
    )


def _literal(label: str) -> str:
    """Keep a label from being read as mathematics, or hidden for a leading underscore."""
    shown = label.replace("$", r"\$")
    return f" {shown}" if shown.startswith("_") else shown or "_nolegend_"


def _missing(messages: Any) -> str:
    codes = (re.match(r"Glyph (\d+) ", message) for message in messages)
    return "".join(sorted({chr(int(code[1])) for code in codes if code}))
