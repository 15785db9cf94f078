"""Symbolic derivatives: the chain rule, with the rules of the table, from graph to graph."""

from typing import Any

from actcli.errors import InputError
from actcli.formula import operations as op
from actcli.formula.graph import Node, literal

ZERO, ONE = literal("0"), literal("1")
_MOST_NODES = 20_000


def derivative(root: Node, name: str, order: int = 1) -> Node:
    """Return the derivative of a formula by one of its variables, of any order, as a graph.

    Nothing is simplified, but terms and factors that are 0 or 1 are never made, and branches are chosen once:
    what a dead branch's slope would be is not multiplied by 0. Raises InputError for vector operations, and
    when the derivative grows beyond 20,000 nodes.
    """
    for _ in range(order):
        root = _first(root, name)
        if len(root.order) > _MOST_NODES:
            raise InputError(
                "this derivative is too large to write down", "a lower order, or a shorter formula"
            )
    return root


def substituted(root: Node, values: dict[str, Node]) -> Node:
    """Return the graph with nodes in the place of some of its variables."""
    found: dict[Node, Node] = {}
    for node in root.order:
        if node.operation is None:
            found[node] = values.get(node.text, node) if node.variables else node
        else:
            found[node] = node.operation(*(found[a] for a in node.inputs))
    return found[root]


def _first(root: Node, name: str) -> Node:
    slopes: dict[Node, Node] = {}
    for node in root.order:
        if name not in node.variables:
            slopes[node] = ZERO
        elif node.operation is None:
            slopes[node] = ONE
        else:
            slopes[node] = _chain(node, [slopes[a] for a in node.inputs])
    return slopes[root]


def _chain(node: Node, slopes: list[Node]) -> Node:
    """Return the sum of local derivative times slope, over the inputs that have one."""
    assert node.operation is not None
    if node.operation.pullback:
        message = f"the derivative of {node.operation.name}, of a vector, is no formula of one number"
        raise InputError(message, "actcli eval TARGET --jacobian, or --upstream")
    total = ZERO
    for rule, slope in zip(node.operation.partials, slopes, strict=True):
        if rule is not None and slope is not ZERO:
            total = _plus(total, _times(as_node(rule(*node.inputs, node)), slope))
    return total


def as_node(value: Any) -> Node:
    """Return what a rule gave as a node: it may be a number."""
    return value if isinstance(value, Node) else literal(repr(value))


def _times(partial: Node, slope: Node) -> Node:
    if ZERO in (partial, slope):
        return ZERO
    if partial.operation is op.where and _is_choice(partial):
        condition, a, b = partial.inputs
        return _chosen(condition, _times(a, slope), _times(b, slope))
    if partial is ONE:
        return slope
    if slope is ONE:
        return partial
    if partial.is_number and float(partial.text) == -1:
        return -slope  # type: ignore[no-any-return]
    return slope * partial if slope.is_number else partial * slope  # type: ignore[no-any-return]


def _is_choice(node: Node) -> bool:
    """Whether a node chooses between 0 and 1."""
    if node.operation is op.where:
        return all(map(_is_choice, node.inputs[1:]))
    return node in (ZERO, ONE)


def _plus(a: Node, b: Node) -> Node:
    if ZERO in (a, b):
        return b if a is ZERO else a
    if a.operation is b.operation is op.where and a.inputs[0] is b.inputs[0]:
        condition, *branches = a.inputs
        return _chosen(condition, *(_plus(p, q) for p, q in zip(branches, b.inputs[1:], strict=True)))
    return a - b.inputs[0] if b.operation is op.neg else a + b  # type: ignore[no-any-return]


def _chosen(condition: Node, a: Node, b: Node) -> Node:
    return a if a is b else op.where(condition, a, b)
