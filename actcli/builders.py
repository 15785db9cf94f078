"""Functions made of formulas, and the graphs of activations."""

from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from types import MappingProxyType

import numpy as np

from actcli.activations._spec import Activation
from actcli.errors import InputError, quoted
from actcli.formula import MOST_DERIVATIVES
from actcli.formula._operation import COMPARISON, Operation
from actcli.formula.calls import Catalogue, call, expanded
from actcli.formula.derive import derivative, substituted
from actcli.formula.evaluate import backward, forward, is_vector
from actcli.formula.graph import Node, literal, number_text, variable
from actcli.formula.implementation import INPUT
from actcli.formula.parse import parse
from actcli.formula.text import text_of
from actcli.function import Array, Corner, Function, Map


def graph_of(
    activation: Activation, bound: Mapping[str, float], catalogue: Catalogue, order: int = 0
) -> Node:
    """Return the node of an activation or of its derivative, with its parameters bound."""
    read = partial(parse, catalogue=catalogue)
    return call(activation, read, order, variable(INPUT), literals(bound))


def open_graph_of(activation: Activation, catalogue: Catalogue) -> Node:
    """Return the node of an activation in x and its parameters."""
    read = partial(parse, catalogue=catalogue)
    return call(activation, read, 0, variable(INPUT), {key: variable(key) for key in activation.parameters})


def of_formula(
    root: Node, name: str, parameters: Mapping[str, float] | None = None, free: Collection[str] = ()
) -> Function:
    """Return a formula as a function of its variables; `parameters` stand for numbers. Raises InputError.

    Those of them that are `free` stay inputs, behind the others, and have the numbers as their defaults.
    """
    _check_names(root, name, parameters or {})
    given = {key: number for key, number in (parameters or {}).items() if key not in free}
    defaults = {key: number for key, number in (parameters or {}).items() if key in free}
    root = substituted(root, literals(given))
    defaults = defaults if root.variables else {INPUT: 0.0}  # a constant is the same anywhere
    inputs = (*(key for key in root.variables if key not in defaults), *defaults)
    value, slopes = partial(_value, root, inputs), _slopes(root, inputs)
    settings = "".join(f", {key}={number_text(number)}" for key, number in given.items())
    return Function(
        name=f"{name}{settings}",
        formula=name,
        inputs=inputs,
        orders=(value, *slopes),
        backward=partial(flow_of, root, inputs),
        make_graph=lambda: root,
        find_corners=partial(_joints, root, (value, *slopes)) if slopes and not is_vector(root) else tuple,
        parameters=MappingProxyType(given),
        defaults=MappingProxyType(defaults),
        elementwise=not is_vector(root),
    )


def _check_names(root: Node, name: str, given: Mapping[str, float]) -> None:
    for key in given:
        if key not in root.variables:
            takes = ", ".join(root.variables) or "none"
            raise InputError(f"{quoted(name)} has no variable {quoted(key)}", f"its variables: {takes}")
        if not np.isfinite(given[key]):
            raise InputError(f"{key} must be finite, not {given[key]}")


def parts_of(function: Function, openings: Mapping[Operation, Node]) -> tuple[Function, ...]:
    """Return the operands of a formula's last operation, and theirs, as functions; but no leaves.

    A function of the catalogue is opened first; `openings` are the formulas of operations (tanh).
    Raises InputError where there are none.
    """
    root = function.graph
    opened = expanded(root, 1, openings)
    found = _operands(root) or _operands(opened)
    if not found:
        raise InputError(f"{quoted(function.name)} has no parts: {quoted(text_of(opened))} is a single step")
    deeper = [below for node in found for below in _operands(node)]
    return tuple(of_formula(node, text_of(node)) for node in dict.fromkeys([*found, *deeper]))


def _operands(root: Node) -> list[Node]:
    """Return the inputs that vary and are numbers, but no leaves."""
    return [a for a in root.inputs if a.operation and a.variables and a.operation.tightness != COMPARISON]


def _slopes(root: Node, inputs: tuple[str, ...]) -> tuple[Map, ...]:
    """Return the derivatives of a formula of one input: of a vector's, the Jacobian."""
    if len(inputs) > 1:
        return ()
    if is_vector(root):
        return (partial(_jacobian, root, inputs),)
    roots = [cache(partial(derivative, root, inputs[0], n)) for n in range(MOST_DERIVATIVES)]
    return tuple(partial(_slope, root_of, inputs) for root_of in roots)


def literals(numbers: Mapping[str, float]) -> dict[str, Node]:
    """Return the nodes of numbers."""
    return {name: literal(number_text(number)) for name, number in numbers.items()}


def _value(root: Node, inputs: tuple[str, ...], *x: Array) -> Array:
    y = forward(root, dict(zip(inputs, x, strict=True)))[-1]
    return np.asarray(y, np.float64) if is_vector(root) else np.broadcast_to(y, x[0].shape)


def flow_of(root: Node, inputs: tuple[str, ...], x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
    """Return the gradient for each input."""
    values = forward(root, dict(zip(inputs, x, strict=True)))
    gradients = zip(root.order, backward(root, values, upstream), strict=True)
    arrived = {node.text: gradient for node, gradient in gradients if node.text in node.variables}
    batch = (*np.shape(upstream)[:-1], 1) if is_vector(root) else np.shape(upstream)
    shapes = [np.broadcast_shapes(part.shape, batch) for part in x]
    found = (arrived.get(name) for name in inputs)  # None: nothing flows there
    return tuple(np.broadcast_to(0.0 if g is None else g, s) for g, s in zip(found, shapes, strict=True))


def _joints(root: Node, orders: tuple[Map, ...]) -> tuple[Corner, ...]:
    from actcli.joints import joints  # of no use to who wants values

    return joints(root, orders)


def _slope(root_of: Callable[[], Node], inputs: tuple[str, ...], x: Array) -> Array:
    """Return the derivative of a graph in one variable, by the backward pass."""
    return flow_of(root_of(), inputs, (x,), np.ones_like(x))[0]


def _jacobian(root: Node, inputs: tuple[str, ...], x: Array) -> Array:
    """Run one backward pass for each output, all at once: (m, n) -> (m, k, n)."""
    rows = x[:, None, :]
    outputs = _value(root, inputs, rows).shape[-1]
    return flow_of(root, inputs, (rows,), np.eye(outputs))[0]
