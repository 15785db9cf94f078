"""Layered layout of a directed acyclic graph, left to right: where its boxes stand and how its arrows run.

The steps of Sugiyama, Tagawa & Toda 1981: layers; an order within each, for few crossings; places; routes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, pairwise, takewhile
from math import inf

from actcli.render.figure.layers import Graph, Node, Rows, graph_of, ordered

Point = tuple[float, float]
Size = tuple[float, float]

_ROUNDS = 60
_STIFFNESS = (1.0, 2.0, 8.0)  # of a piece with so many ends in a wire: long wires are the straightest
_STEEPEST = 4.0


@dataclass(frozen=True, kw_only=True)
class Link:
    """An arrow between the boxes of two keys; its last piece is level and at least `room` long."""

    source: str
    target: str
    room: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """The least distances: between columns, for wires to bend in; above and below a box, and a wire."""

    bend: float = 30.0
    box: float = 20.0
    wire: float = 14.0


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Centres of the boxes, a route for each link, and the extent: from (0, 0), with y downward.

    A route goes from its source's right edge to its target's left edge, by pieces level and bending in turn,
    the first and the last level; the rectangle between two successive points touches no box but its ends.
    """

    centres: dict[str, Point]
    routes: tuple[tuple[Point, ...], ...]
    extent: Size


@dataclass(frozen=True)
class _Task:
    sizes: Mapping[str, Size]
    links: Sequence[Link]
    gaps: Gaps


@dataclass(frozen=True)
class _Column:
    """A layer from left to right: bends end at `level`; from `left` to `right` are its boxes."""

    level: float
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def layout(sizes: Mapping[str, Size], links: Sequence[Link], gaps: Gaps) -> Layout:
    """Lay out boxes of these (width, height) by key. Raises ValueError on a cycle."""
    task, graph = _Task(sizes, links, gaps), graph_of(sizes, [(link.source, link.target) for link in links])
    rows = ordered(graph)
    half = {
        node: gaps.wire / 2 if graph.is_wire(node) else (sizes[node[0]][1] + gaps.box) / 2
        for node in graph.before
    }
    y = _heights(rows, graph, half)
    columns = _columns(rows, graph, y, task)
    ports = _ports(graph, y, task)
    return Layout(
        centres={key: (columns[at].middle, y[key, at]) for key, at in graph.layer.items()},
        routes=tuple(_route(*end, graph, y, columns, task) for end in zip(links, ports, strict=True)),
        extent=(columns[-1].right if columns else 0.0, max((y[n] + half[n] for n in y), default=0.0)),
    )


def _heights(rows: Rows, graph: Graph, half: Mapping[Node, float]) -> dict[Node, float]:
    """Return each node's y: the shortest pieces, in squares, that keep the order and the distances.

    The sum of squares is convex and the distances bind nodes of one layer only, so minimising over one layer
    after the other, to and fro, tends to its minimum.
    """
    y = {node: high for row in rows for node, high in zip(row, accumulate(half[n] for n in row), strict=True)}
    for turn in range(_ROUNDS):
        for row in rows if turn % 2 else reversed(rows):
            pulls = [_pull(node, graph, y) for node in row]
            y.update(zip(row, _apart(pulls, [half[a] + half[b] for a, b in pairwise(row)]), strict=True))
    _straighten(rows, graph, half, y)
    top = min((y[node] - half[node] for node in y), default=0.0)
    return {node: high - top for node, high in y.items()}


def _straighten(rows: Rows, graph: Graph, half: Mapping[Node, float], y: dict[Node, float]) -> None:
    """Level each wire with its source, or with its own place in the layer before, as far as there is room."""
    above = {b: a for row in rows for a, b in pairwise(row)}
    below = {a: b for row in rows for a, b in pairwise(row)}
    for key, layer in graph.layer.items():
        run: list[Node] = []
        low, high, level = -inf, inf, y[key, layer]
        for node in takewhile(y.__contains__, ((key, at) for at in count(layer + 1))):
            least = min(y[node], y[above[node]] + half[above[node]] + half[node]) if node in above else -inf
            most = max(y[node], y[below[node]] - half[below[node]] - half[node]) if node in below else inf
            if max(low, least) > min(high, most):
                run, low, high, level = [], -inf, inf, y[run[-1]]
            low, high = max(low, least), min(high, most)
            run.append(node)
            y.update(dict.fromkeys(run, min(max(level, low), high)))


def _pull(node: Node, graph: Graph, y: Mapping[Node, float]) -> tuple[float, float]:
    """Return where a node's neighbours would have it, and how strongly."""
    near = graph.before[node] + graph.after[node]
    weights = [_STIFFNESS[graph.is_wire(node) + graph.is_wire(other)] for other in near]
    total = sum(weights)
    if not total:
        return y[node], _STIFFNESS[0]
    return sum(w * y[other] for w, other in zip(weights, near, strict=True)) / total, total


def _apart(pulls: Sequence[tuple[float, float]], distances: Sequence[float]) -> list[float]:
    """Return the places nearest to the wanted ones, in squares, that are so far apart: isotonic fitting."""
    shifts = list(accumulate(distances, initial=0.0))
    blocks: list[tuple[float, float, int]] = []
    for (wanted, weight), shift in zip(pulls, shifts, strict=True):
        block = (wanted - shift, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            (a, v, m), (b, w, n) = blocks.pop(), block
            block = ((a * v + b * w) / (v + w), v + w, m + n)
        blocks.append(block)
    level = [place for place, _, count in blocks for _ in range(count)]
    return [place + shift for place, shift in zip(level, shifts, strict=True)]


def _columns(rows: Rows, graph: Graph, y: Mapping[Node, float], task: _Task) -> list[_Column]:
    columns: list[_Column] = []
    for at, row in enumerate(rows):
        steps = [abs(y[node] - y[near]) for node in row for near in graph.before[node]]
        bend = max([task.gaps.bend, *(step / _STEEPEST for step in steps)]) if at else 0.0
        room = max((link.room for link in task.links if graph.layer[link.target] == at), default=0.0)
        level = (columns[-1].right if at else 0.0) + bend
        width = max((task.sizes[key][0] for key, own in row if graph.layer[key] == own), default=0.0)
        columns.append(_Column(level, level + room, level + room + width))
    return columns


def _route(
    link: Link, port: float, graph: Graph, y: Mapping[Node, float], columns: Sequence[_Column], task: _Task
) -> tuple[Point, ...]:
    first, last = graph.layer[link.source], graph.layer[link.target]
    points = [(columns[first].middle + task.sizes[link.source][0] / 2, y[link.source, first])]
    for at in range(first, last):
        wire = y[link.source, at]
        points += [(columns[at].level, wire)] * (at > first) + [(columns[at].right, wire)]
    end = columns[last].middle - task.sizes[link.target][0] / 2
    return (*points, (columns[last].level, port), (end, port))


def _ports(graph: Graph, y: Mapping[Node, float], task: _Task) -> list[float]:
    """Return the y of each link's end: spread over its target's left edge in the order of their origins."""
    arriving: dict[str, list[tuple[float, int]]] = {}
    for number, link in enumerate(task.links):
        origin = y[link.source, graph.layer[link.target] - 1]
        arriving.setdefault(link.target, []).append((origin, number))
    ports = [0.0] * len(task.links)
    for key, origins in arriving.items():
        height = task.sizes[key][1]
        for at, (_, number) in enumerate(sorted(origins)):
            ports[number] = y[key, graph.layer[key]] + height * ((at + 0.5) / len(origins) - 0.5)
    return ports
