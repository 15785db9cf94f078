"""One-sided limits of derivatives, exact: every choice of the formula is made just beside the point."""

import math
from collections.abc import Mapping

from actcli.formula import operations as op
from actcli.formula._operation import COMPARISON
from actcli.formula.calls import expanded
from actcli.formula.derive import derivative
from actcli.formula.graph import Node, variable
from actcli.formula.implementation import INPUT
from actcli.formula.precise import precise

_LEFT, _RIGHT = "x-", "x+"  # the floats next to x: no names that a formula could have


def limit(formula: Node, order: int, at: float, side: str, parameters: Mapping[str, float]) -> float:
    """Return the limit of a derivative from the left or the right, or the mean of both, rounded once.

    `formula` is in x and the parameters. What is continuous is taken at the point itself, so that the limit
    is exact; what jumps (comparisons, sign, floor) at the next float, which has crossed the joint even where
    the point is the joint rounded.
    """
    slope = derivative(expanded(formula), INPUT, order)
    left, right = decided(slope, INPUT, _LEFT), decided(slope, INPUT, _RIGHT)
    chosen = {"left": left, "right": right, "mean": (left + right) / 2}[side]
    beside = {_LEFT: math.nextafter(at, -math.inf), _RIGHT: math.nextafter(at, math.inf)}
    return float(precise(chosen, {INPUT: at, **beside, **parameters}))


def decided(root: Node, name: str, beside: str) -> Node:
    """Return the graph with what jumps at a variable `beside` that of `name`, and all else at itself."""
    here: dict[Node, Node] = {}
    there: dict[Node, Node] = {}
    for node in root.order:
        if node.operation is None:
            here[node], there[node] = node, variable(beside) if node is variable(name) else node
            continue
        there[node] = node.operation(*(there[a] for a in node.inputs))
        jumps = node.operation.tightness == COMPARISON or node.operation in (op.sign, op.floor)
        here[node] = there[node] if jumps else node.operation(*(here[a] for a in node.inputs))
    return here[root]
