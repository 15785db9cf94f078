"""A graph made ready to be written as code: what languages lack, or do worse, in terms of what they have."""

from collections.abc import Callable

from actcli.formula import operations as op
from actcli.formula.calls import Call
from actcli.formula.derive import derivative, substituted
from actcli.formula.graph import Node, literal, number_text
from actcli.formula.implementation import INPUT
from actcli.formula.precise import precise

_ZERO, _ONE, _TWO = literal("0"), literal("1"), literal("2")
_MOST_FACTORS = 4
Read = Callable[[str], Node]


def opened(root: Node, read: Read) -> Node:
    """Return the graph with functions of the catalogue opened into the forms that do not cancel."""
    while any(isinstance(node.operation, Call) for node in root.order):
        root = _rewritten(root, lambda node: _opened_call(node, read))
    return root


def _opened_call(node: Node, read: Read) -> Node:
    call = node.operation
    if not isinstance(call, Call):
        return node
    definition = call.definition
    own = derivative(read(definition.stable or definition.formula), INPUT, call.order)
    return substituted(own, dict(zip((INPUT, *definition.parameters), node.inputs, strict=True)))


def without_ties(root: Node) -> Node:
    """Return the graph with abs, max and min as choices that at a tie agree: all take the side below it.

    Their own slopes at a tie, a mean and that of the second argument, would add up to one that no side has.
    """
    return _rewritten(root, _choice)


def _choice(node: Node) -> Node:
    if node.operation is op.absolute:
        (a,) = node.inputs
        return op.where(op.greater(a, _ZERO), a, -a)  # type: ignore[no-any-return]
    if node.operation in (op.maximum, op.minimum):
        a, b = node.inputs if node.inputs[0].variables else node.inputs[::-1]
        above, below = (a, b) if node.operation is op.maximum else (b, a)
        return op.where(op.greater(a, b), above, below)  # type: ignore[no-any-return]
    return node


def without_cancellation(root: Node) -> Node:
    """Return the graph with 1/cosh(u)**2 for 1 - tanh(u)**2."""
    return _rewritten(root, _steady)


def _steady(node: Node) -> Node:
    if node.operation is op.sub and node.inputs[0] is _ONE and node.inputs[1].operation is op.power:
        base, exponent = node.inputs[1].inputs
        if exponent is _TWO and base.operation is op.tanh:
            return _ONE / op.cosh(base.inputs[0]) ** _TWO  # type: ignore[no-any-return]
    return node


def settled(root: Node, exact: bool) -> Node:
    """Return the graph with choices made whose condition is known: as exact numbers decide, or floats."""
    return _rewritten(root, _exact_choice if exact else _float_choice)


def _exact_choice(node: Node) -> Node:
    if node.operation is op.where and not node.inputs[0].variables:
        return node.inputs[1 if precise(op.where(node.inputs[0], _ONE, _ZERO), {}) else 2]
    return node


def _float_choice(node: Node) -> Node:
    if node.operation is op.where and node.inputs[0].constant is not None:
        return node.inputs[1 if node.inputs[0].constant else 2]
    return node


def lowered(root: Node) -> Node:
    """Return the graph with constants folded, whole powers as products, and without logaddexp."""
    return _rewritten(root, _plain)


def _plain(node: Node) -> Node:
    if node.operation is None:
        return node
    if node.constant is not None and not isinstance(node.constant, bool):
        return literal(number_text(float(precise(node, {})))) if abs(node.constant) < float("inf") else node
    if node.operation is op.logaddexp:
        a, b = node.inputs
        return op.maximum(a, b) + op.log1p(op.exp(-op.absolute(a - b)))  # type: ignore[no-any-return]
    if node.operation is op.power and node.inputs[1].is_number:
        return _product(node, *node.inputs)
    return node


def _product(node: Node, base: Node, exponent: Node) -> Node:
    n = float(exponent.text)
    if n == 0.5:
        return op.sqrt(base)  # type: ignore[no-any-return]
    if not n.is_integer() or not 1 <= abs(n) <= _MOST_FACTORS:
        return node
    result = base
    for _ in range(int(abs(n)) - 1):
        result = result * base
    return result if n > 0 else _ONE / result


def _rewritten(root: Node, rule: Callable[[Node], Node]) -> Node:
    found: dict[Node, Node] = {}
    for node in root.order:
        inputs = [found[a] for a in node.inputs]
        found[node] = rule(node.operation(*inputs) if node.operation else node)
    return found[root]
