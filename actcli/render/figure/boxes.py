"""Diagrams: boxes and arrows, drawn to the measure of their texts. Lengths are points, before scaling."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from actcli.picture import Arrow, Box, Diagram, Paper
from actcli.render.figure.layout import Gaps, Layout, Link, Point, Size, layout


@dataclass(frozen=True)
class _Style:
    """A look of text; the mark before it tells its role without colour."""

    size: float
    color: str
    weight: str = "normal"
    mark: str = ""
    meaning: str = ""


_HEADING = _Style(14.0, "black")
_TITLE = _Style(12.0, "black", "bold")
_LABEL = _Style(8.5, "#00634a", meaning="on an arrow: local derivative")
_LEGEND = _Style(9.0, "#333333")
_ROLES = {
    "value": _Style(10.0, "#004c7f", mark="= ", meaning="value"),
    "gradient": _Style(10.0, "#a13d00", mark="∂ ", meaning="gradient of the output"),
    "plain": _Style(9.0, "#333333"),
}
# Fill, edge, and the edge's width and dashes, which tell the kinds without colour.
_KINDS = {
    "input": ("#dcecf8", "#0072b2", 1.0, "-"),
    "constant": ("#f2f2f2", "#808080", 1.0, (0, (3, 2))),
    "operation": ("#ffffff", "#444444", 1.0, "-"),
    "output": ("#fdebc8", "#b36b00", 2.2, "-"),
}
_WIRE = "#6e6e6e"
_LEADING = 1.35  # lines to a font's size
_PAD = 7.0
_HEAD = 9.0  # the arrow's
_SPACE = 4.0  # before and after a label
_MARGIN = 14.0
_GAPS = Gaps(bend=26.0, box=18.0, wire=14.0)


def figure(diagram: Diagram, paper: Paper) -> Any:
    """Draw a diagram as large as its texts ask for, or as the paper permits: no box or label on another."""
    plan, legend = _plan(diagram), _legend(diagram)
    head = 1.5 * _height(_HEADING) if diagram.title else 0.0
    foot = 3 * _height(_LEGEND)
    across = max(plan.extent[0], _width(diagram.title, _HEADING), _length(legend))
    sheet = _sheet(across + 2 * _MARGIN, head + plan.extent[1] + foot + 2 * _MARGIN, paper)
    middle = _MARGIN + across / 2
    sheet.write((middle, _MARGIN + head / 3), diagram.title, _HEADING)
    _draw_legend(sheet, legend, (middle, _MARGIN + head + plan.extent[1] + foot * 0.7))
    _draw_graph(sheet, diagram, plan, (middle - plan.extent[0] / 2, _MARGIN + head))
    return sheet.axes.figure


@dataclass(frozen=True)
class _Sheet:
    """What is drawn on, and the size of fonts and lines on it, relative to what they are called."""

    axes: Any
    scale: float

    def write(self, at: Point, text: str, style: _Style, side: str = "center") -> None:
        """Write a text with its middle, or its left or right end, at a point."""
        self.axes.text(
            *at, text, fontsize=style.size * self.scale, color=style.color, weight=style.weight,
            ha=side, va="center_baseline", parse_math=False, zorder=4,
        )  # fmt: skip

    def frame(self, centre: Point, size: Size, kind: str) -> None:
        """Draw the outline of a box."""
        from matplotlib.patches import FancyBboxPatch

        fill, edge, width, dashes = _KINDS[kind]
        corner = (centre[0] - size[0] / 2, centre[1] - size[1] / 2)
        look: dict[str, Any] = {"facecolor": fill, "edgecolor": edge, "linestyle": dashes}
        rounded = f"round,pad=0,rounding_size={_PAD * 0.7}"
        self.axes.add_patch(
            FancyBboxPatch(corner, *size, boxstyle=rounded, linewidth=width * self.scale, zorder=3, **look)
        )

    def arrow(self, route: Sequence[Point]) -> None:
        """Draw a route, its bends as curves that start and end level, and a head at its end."""
        from matplotlib.patches import PathPatch, Polygon
        from matplotlib.path import Path

        points, codes = [route[0]], [Path.MOVETO]
        for a, b in zip(route[1::2], route[2::2], strict=False):
            middle = (a[0] + b[0]) / 2
            points += [a, (middle, a[1]), (middle, b[1]), b]
            codes += [Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
        x, y = route[-1]
        wire = Path([*points, (x - _HEAD / 2, y)], [*codes, Path.LINETO])
        head = [(x, y), (x - _HEAD, y - _HEAD / 3), (x - _HEAD, y + _HEAD / 3)]
        self.axes.add_patch(PathPatch(wire, fill=False, edgecolor=_WIRE, linewidth=self.scale, zorder=1))
        self.axes.add_patch(Polygon(head, facecolor=_WIRE, linewidth=0, zorder=2))


def _sheet(width: float, height: float, paper: Paper) -> _Sheet:
    """Return a sheet of at least that width and height, scaled to the paper, the drawing in its middle."""
    from matplotlib import rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rcParams["text.hinting"] = "none"  # hinted letters are up to a tenth wider than measured
    inches = paper.hold(width / 72, height / 72)
    scale = min(72 * inches[0] / width, 72 * inches[1] / height)
    figure = Figure(figsize=inches)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    x, y = (72 * inches[0] / scale - width) / 2, (72 * inches[1] / scale - height) / 2
    axes.set(xlim=(-x, width + x), ylim=(height + y, -y))
    return _Sheet(axes, scale)


def _plan(diagram: Diagram) -> Layout:
    arriving = Counter(arrow.target for arrow in diagram.arrows)
    sizes = {box.key: _size(box, arriving[box.key]) for box in diagram.boxes}
    links = [Link(source=a.source, target=a.target, room=_room(a)) for a in diagram.arrows]
    return layout(sizes, links, _GAPS)


def _size(box: Box, arriving: int) -> Size:
    """Return the size that holds a box's texts, and on its left side the label of each arriving arrow."""
    lines = _lines(box)
    width = max(_width(text, style) for text, style in lines)
    height = sum(_height(style) for _, style in lines)
    return max(width, 14.0) + 2 * _PAD, max(height + _PAD, arriving * _height(_LABEL))


def _lines(box: Box) -> list[tuple[str, _Style]]:
    roles = [(_ROLES[role].mark + text, _ROLES[role]) for text, role in box.rows]
    return [(box.title, _TITLE), *roles]


def _room(arrow: Arrow) -> float:
    return _HEAD + 2 * _SPACE + _width(arrow.label, _LABEL) if arrow.label else _HEAD


def _draw_graph(sheet: _Sheet, diagram: Diagram, plan: Layout, origin: Point) -> None:
    def moved(at: Point) -> Point:
        return at[0] + origin[0], at[1] + origin[1]

    for arrow, route in zip(diagram.arrows, plan.routes, strict=True):
        sheet.arrow([moved(point) for point in route])
        _draw_label(sheet, arrow, moved(route[-1]))
    arriving = Counter(arrow.target for arrow in diagram.arrows)
    for box in diagram.boxes:
        _draw_box(sheet, box, moved(plan.centres[box.key]), _size(box, arriving[box.key]))


def _draw_label(sheet: _Sheet, arrow: Arrow, end: Point) -> None:
    """Write a label on the last, level run of its arrow, right before the head."""
    from matplotlib.patches import Rectangle

    if arrow.label:
        size = (_width(arrow.label, _LABEL) + _SPACE, _height(_LABEL))
        corner = (end[0] - _HEAD - _SPACE / 2 - size[0], end[1] - size[1] / 2)
        sheet.axes.add_patch(Rectangle(corner, *size, facecolor="white", linewidth=0, zorder=2))
        sheet.write((corner[0] + size[0] / 2, end[1]), arrow.label, _LABEL)


def _draw_box(sheet: _Sheet, box: Box, centre: Point, size: Size) -> None:
    """Draw the title centred, and below it the rows with their marks in one column."""
    sheet.frame(centre, size, box.kind)
    (title, heading), *rows = _lines(box)
    y = centre[1] - (_height(heading) + sum(_height(style) for _, style in rows)) / 2
    sheet.write((centre[0], y + _height(heading) / 2), title, heading)
    y += _height(heading)
    left = centre[0] - max((_width(text, style) for text, style in rows), default=0.0) / 2
    for text, style in rows:
        sheet.write((left, y + _height(style) / 2), text, style, side="left")
        y += _height(style)


def _legend(diagram: Diagram) -> list[tuple[str, _Style, str]]:
    """Return (text, style, kind of box if any) for all that occurs in the diagram, nothing for bare boxes."""
    kinds = {box.kind for box in diagram.boxes}
    roles = {role for box in diagram.boxes for _, role in box.rows}
    styles = [style for role, style in _ROLES.items() if role in roles and style.meaning]
    styles += [_LABEL] * any(arrow.label for arrow in diagram.arrows)
    if not styles:
        return []
    boxes = [(kind, _LEGEND, kind) for kind in _KINDS if kind in kinds]
    return boxes + [(style.mark + style.meaning, replace(style, size=_LEGEND.size), "") for style in styles]


def _length(legend: Sequence[tuple[str, _Style, str]]) -> float:
    return sum(_width(text, style) + 2 * _PAD for text, style, _ in legend)


def _draw_legend(sheet: _Sheet, legend: Sequence[tuple[str, _Style, str]], centre: Point) -> None:
    """Write the legend's entries in a row; a kind of box stands in a box of its kind."""
    x = centre[0] - _length(legend) / 2
    for text, style, kind in legend:
        width = _width(text, style)
        if kind:
            sheet.frame((x + width / 2 + _PAD, centre[1]), (width + _PAD, 1.4 * _height(style)), kind)
        sheet.write((x + width / 2 + _PAD, centre[1]), text, style)
        x += width + 2 * _PAD


def _height(style: _Style) -> float:
    return _LEADING * style.size


@cache
def _width(text: str, style: _Style) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=style.size, weight=style.weight)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])
