"""Layers of a directed acyclic graph, each in an order that leaves few crossings.

All arrows out of a key leave it as one wire, which passes through the layers on its way and branches to each
user.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

Node = tuple[str, int]  # a key and a layer: its own, or a later one, which its wire crosses
Rows = list[list[Node]]

_SWEEPS = 24


@dataclass(frozen=True)
class Graph:
    """Each key's layer, and the neighbours of each node in the layer before and in the one after."""

    layer: dict[str, int]
    before: dict[Node, list[Node]]
    after: dict[Node, list[Node]]

    def is_wire(self, node: Node) -> bool:
        """Tell whether the node is a wire's place in a later layer than its key's own."""
        return self.layer[node[0]] != node[1]


def graph_of(keys: Iterable[str], arrows: Sequence[tuple[str, str]]) -> Graph:
    """Spread keys and arrows over layers. Raises ValueError on a cycle."""
    layer = _layers(keys, arrows)
    pieces: dict[tuple[Node, Node], None] = {}
    for source, target in arrows:
        wire = [(source, at) for at in range(layer[source], layer[target])]
        pieces |= dict.fromkeys(pairwise([*wire, (target, layer[target])]))
    nodes = dict.fromkeys(
        [(key, at) for key, at in layer.items()] + [node for ends in pieces for node in ends]
    )
    before: dict[Node, list[Node]] = {node: [] for node in nodes}
    after: dict[Node, list[Node]] = {node: [] for node in nodes}
    for a, b in pieces:
        before[b].append(a)
        after[a].append(b)
    return Graph(layer, before, after)


def _layers(keys: Iterable[str], arrows: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return each key's layer: the longest path to it.

    But what only one key uses, and all that this is made of, stands right before it: its arrows are short.
    """
    sources: dict[str, dict[str, None]] = {key: {} for key in keys}
    users: dict[str, dict[str, None]] = {key: {} for key in sources}
    for source, target in arrows:
        sources[target][source] = None
        users[source][target] = None
    order = list(TopologicalSorter(sources).static_order())
    layer: dict[str, int] = {}
    private: dict[str, bool] = {}
    for key in order:
        layer[key] = 1 + max((layer[source] for source in sources[key]), default=-1)
        private[key] = all(private[source] and len(users[source]) == 1 for source in sources[key])
    for key in reversed(order):
        if private[key] and users[key]:
            layer[key] = min(layer[user] for user in users[key]) - 1
    return {key: layer[key] for key in sources}


def ordered(graph: Graph) -> Rows:
    """Return the layers from top to bottom, in the order with the fewest crossings found."""
    rows: Rows = [[] for _ in range(1 + max((at for _, at in graph.before), default=-1))]
    for node in graph.before:
        rows[node[1]].append(node)
    best, fewest = rows, _crossings(rows, graph)
    for sweep in range(_SWEEPS):
        rows = _exchanged(_swept(rows, graph, forward=sweep % 2 == 0), graph)
        crossings = _crossings(rows, graph)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _swept(rows: Rows, graph: Graph, *, forward: bool) -> Rows:
    """Sort each layer by the mean place of its neighbours in the layer just sorted."""
    neighbours = graph.before if forward else graph.after
    place: dict[Node, float] = {}
    done = []
    for row in rows if forward else reversed(rows):
        mean = {
            node: _mean([place[near] for near in neighbours[node]], at / len(row))
            for at, node in enumerate(row)
        }
        done.append(sorted(row, key=mean.__getitem__))
        place = {node: at / len(row) for at, node in enumerate(done[-1])}
    return done if forward else done[::-1]


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _exchanged(rows: Rows, graph: Graph) -> Rows:
    """Exchange neighbours in a layer as long as that uncrosses something."""
    rows = [list(row) for row in rows]
    place = {node: at for row in rows for at, node in enumerate(row)}
    better = True
    while better:
        better = False
        for row in rows:
            for at in range(len(row) - 1):
                a, b = row[at : at + 2]
                if _crossed(a, b, graph, place) > _crossed(b, a, graph, place):
                    row[at : at + 2] = b, a
                    place[a], place[b] = at + 1, at
                    better = True
    return rows


def _crossed(a: Node, b: Node, graph: Graph, place: dict[Node, int]) -> int:
    """Count the crossings of the pieces at `a` with those at `b`, if `a` is above."""
    return sum(place[p] > place[q] for near in (graph.before, graph.after) for p in near[a] for q in near[b])


def _crossings(rows: Rows, graph: Graph) -> int:
    count = 0
    for row, following in pairwise(rows):
        place = {node: at for at, node in enumerate(following)}
        seen: list[int] = []
        for node in row:
            ends = sorted(place[near] for near in graph.after[node])
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count
