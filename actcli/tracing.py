"""The chain rule in numbers: the nodes of a graph, their values, local derivatives, and what flows back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError
from actcli.formula.calls import Call
from actcli.formula.derive import as_node
from actcli.formula.evaluate import backward, fitted, forward, is_vector, times
from actcli.formula.graph import Node, variable
from actcli.formula.simplify import simplified
from actcli.formula.text import text_of

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """From an operation back to one of its inputs that vary.

    `rule` is the local derivative as a formula of the labels, `local` its number (None for a vector
    operation, whose local derivative is a matrix), `share` what the input gets of the gradient.
    """

    target: str
    rule: str
    local: Array | None
    share: Array


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A variable or an operation: its label, what it does with the labels before it, and the numbers there.

    `gradient` is what arrives from above, the sum of the shares of all that use it.
    """

    label: str
    text: str
    operands: tuple[str, ...]
    value: Array
    gradient: Array
    edges: tuple[Edge, ...]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """The stages of a function: the variables first, then the operations in the order of evaluation."""

    name: str
    stages: tuple[Stage, ...]


def trace(root: Node, name: str, places: Mapping[str, npt.ArrayLike], upstream: npt.ArrayLike = 1.0) -> Trace:
    """Evaluate a graph as typed and run the backward pass, and keep all that was computed on the way.

    `places` has the values of the variables, which broadcast; `upstream` is the gradient that arrives at the
    output. Raises InputError: shapes that do not fit, or nothing that varies.
    """
    if not root.variables:
        raise InputError(f"{name} is a constant: no gradient flows")
    values = [np.asarray(v, np.float64) for v in forward(root, _broadcast(root, places))]
    gradients = backward(root, values, _upstream(upstream, values[-1].shape))
    varying = [k for k, node in enumerate(root.order) if node.variables]
    order = sorted(varying, key=lambda k: (root.order[k].operation is not None, _rank(root, k)))
    labels = _labels(root)
    at = {node: k for k, node in enumerate(root.order)}
    stages = [_stage(root.order[k], at, labels, values, gradients) for k in order]
    return Trace(name=name, stages=tuple(stages))


def _broadcast(root: Node, places: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
    arrays = {name: np.asarray(places[name], np.float64) for name in root.variables}
    if is_vector(root):
        return {name: np.atleast_1d(array) for name, array in arrays.items()}
    try:
        return dict(zip(arrays, np.broadcast_arrays(*arrays.values()), strict=True))
    except ValueError:
        raise InputError("the numbers of points of the variables do not fit together") from None


def _upstream(upstream: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    try:
        return np.broadcast_to(np.asarray(upstream, np.float64), shape)
    except ValueError:
        raise InputError("the upstream gradient and the value do not fit together") from None


def _rank(root: Node, k: int) -> int:
    """Variables come in the order of first appearance, operations in that of evaluation."""
    node = root.order[k]
    return k if node.operation else root.variables.index(node.text)


def _labels(root: Node) -> dict[Node, str]:
    """Name variables by their names, operations v1, v2, ..., and constants by their formulas."""
    letter = next(
        c for c in "vwuzabcdefghijk_" if not any(name.startswith(c) for name in root.variables) or c == "_"
    )
    operations = [node for node in root.order if node.operation and node.variables]
    numbered = {node: f"{letter}{k}" for k, node in enumerate(operations, start=1)}
    return {node: numbered.get(node) or text_of(node) for node in root.order}


def _stage(
    node: Node,
    places: Mapping[Node, int],
    labels: Mapping[Node, str],
    values: Sequence[Array],
    gradients: Sequence[Any],
) -> Stage:
    k = places[node]
    arguments = [values[places[a]] for a in node.inputs]
    gradient = np.broadcast_to(0.0 if gradients[k] is None else gradients[k], values[k].shape)
    edges = _edges(node, labels, arguments, values[k], gradient) if node.operation else ()
    return Stage(
        label=labels[node],
        text=text_of(_symbolic(node, labels)) if node.operation else "",
        operands=tuple(labels[a] for a in _operands(node)),
        value=values[k],
        gradient=gradient,
        edges=tuple(edges),
    )


def _operands(node: Node) -> tuple[Node, ...]:
    """Return the inputs but for a catalogue function's parameters, which its text shows where they matter."""
    return node.inputs[:1] if isinstance(node.operation, Call) else node.inputs


def _symbol(node: Node, labels: Mapping[Node, str]) -> Node:
    return variable(labels[node]) if node.variables else node


def _symbolic(node: Node, labels: Mapping[Node, str]) -> Node:
    """Return the operation with its operands' labels in their places."""
    assert node.operation is not None
    return node.operation(*(_symbol(a, labels) for a in node.inputs))  # type: ignore[no-any-return]


def _edges(
    node: Node, labels: Mapping[Node, str], arguments: Sequence[Array], value: Array, gradient: Array
) -> list[Edge]:
    operation = node.operation
    assert operation is not None
    with np.errstate(all="ignore"):
        if operation.pullback is not None:
            parts = [(None, share) for share in operation.pullback(*arguments, value, gradient)]
        else:
            local = [rule and rule(*arguments, value) for rule in operation.partials]
            parts = [(p, None if p is None else times(gradient, p)) for p in local]
    return [
        Edge(
            target=labels[a],
            rule=_rule(node, i, labels),
            local=None if p is None else np.broadcast_to(np.asarray(p, np.float64), value.shape),
            share=fitted(np.asarray(share, np.float64), argument),
        )
        for i, (a, argument, (p, share)) in enumerate(zip(node.inputs, arguments, parts, strict=False))
        if a.variables and share is not None
    ]


def _rule(node: Node, i: int, labels: Mapping[Node, str]) -> str:
    """Write the local derivative in the labels of the operands and of the node itself."""
    assert node.operation is not None
    rule = node.operation.partials[i]
    if rule is None:
        return "a matrix"
    operands = (_symbol(a, labels) for a in node.inputs)
    return text_of(simplified(as_node(rule(*operands, variable(labels[node])))))
