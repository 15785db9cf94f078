"""Functions made of activations, objectives and formulas."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType

import numpy as np

from actcli.activations._spec import Activation
from actcli.errors import InputError, quoted
from actcli.formula._operation import COMPARISON, Operation
from actcli.formula.calls import INPUT, MOST_DERIVATIVES, Catalogue, call, expanded
from actcli.formula.derive import derivative, substituted
from actcli.formula.evaluate import backward, forward, is_vector
from actcli.formula.graph import Node, literal, number_text, variable
from actcli.formula.parse import parse
from actcli.formula.text import text_of
from actcli.function import Array, Corner, Function, Map
from actcli.objectives._spec import Objective


def of_activation(
    activation: Activation,
    parameters: Mapping[str, float],
    catalogue: Catalogue,
    free: Collection[str] = (),
) -> Function:
    """Bind an activation's parameters; those not given keep their defaults. Raises InputError.

    With `free` parameters it is its formula, and they are inputs behind x.
    """
    bound = _bound(activation, parameters)
    if bound.keys() & free:
        formula = of_formula(parse(activation.formula, catalogue), activation.formula, bound, free)
        return replace(formula, name=_label(activation, parameters))
    maps = (activation.value, activation.derivative, activation.second_derivative)
    orders = tuple(partial(f, **bound) if bound else f for f in maps if f is not None)
    if activation.elementwise:
        higher = range(len(orders), MOST_DERIVATIVES + 1)
        orders += tuple(partial(_by_formula, activation, bound, catalogue, order) for order in higher)
    product = partial(activation.product, **bound) if activation.product else None

    def flow(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        return (product(x[0], upstream) if product else upstream * orders[1](x[0]),)

    def graph() -> Node:
        formula, values = parse(activation.formula, catalogue), literals(bound)
        return call(activation, formula, 0, variable(INPUT), values)

    return Function(
        name=_label(activation, parameters),
        formula=activation.formula,
        orders=orders,
        backward=flow,
        make_graph=graph,
        find_corners=lambda: tuple(Corner(_place(k.at, bound), k.side, k.order) for k in activation.kinks),
        parameters=MappingProxyType(bound),
        elementwise=activation.elementwise,
    )


def _by_formula(
    activation: Activation, bound: Mapping[str, float], catalogue: Catalogue, order: int, x: Array
) -> Array:
    """Return a derivative beyond those that the activation implements."""
    formula, values = parse(activation.formula, catalogue), literals(bound)
    y: Array = forward(call(activation, formula, order, variable(INPUT), values), {INPUT: x})[-1]
    return y


def of_objective(objective: Objective, dimension: int | None = None) -> Function:
    """Return an objective as a function of its coordinates x0, x1, ... Raises InputError."""
    n = len(objective.start)
    dimension = n if dimension is None else dimension
    if dimension != n and not objective.any_dimension:
        raise InputError(f"the start of {objective.name} has {n} number{'s'[: n > 1]}, not {dimension}")

    def flow(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        return tuple(np.moveaxis(upstream[..., None] * objective.gradient(np.stack(x, axis=-1)), -1, 0))

    return Function(
        name=objective.name,
        formula=objective.formula if dimension == n else "",
        inputs=tuple(f"x{i}" for i in range(dimension)),
        orders=(lambda *x: objective.value(np.stack(x, axis=-1)),),
        backward=flow,
        make_graph=(lambda: parse(objective.formula)) if dimension == n else None,
        start=objective.start if dimension == n else (),
        minima=objective.minima if dimension == n else (),
        box=objective.box if dimension == n else (),
    )


def of_formula(
    root: Node, name: str, parameters: Mapping[str, float] | None = None, free: Collection[str] = ()
) -> Function:
    """Return a formula as a function of its variables; `parameters` stand for numbers. Raises InputError.

    Those of them that are `free` stay inputs, behind the others, and have the numbers as their defaults.
    """
    given = {**(parameters or {})}
    for key in given:
        if key not in root.variables:
            takes = ", ".join(root.variables) or "none"
            raise InputError(f"{quoted(name)} has no variable {quoted(key)}", f"its variables: {takes}")
    defaults = {key: given.pop(key) for key in parameters or () if key in free}
    root = substituted(root, literals(given))
    inputs = (*(key for key in root.variables if key not in defaults), *defaults) or (INPUT,)
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


def _bound(activation: Activation, parameters: Mapping[str, float]) -> dict[str, float]:
    for key in parameters:
        if key not in activation.parameters:
            takes = ", ".join(f"{k}={v:g}" for k, v in activation.parameters.items()) or "none"
            message = f"{activation.name} has no parameter {quoted(key)}"
            raise InputError(message, f"its parameters: {takes}")
        if not np.isfinite(parameters[key]):
            raise InputError(f"{key} must be finite, not {parameters[key]}")
    return {**activation.parameters, **parameters}


def _label(activation: Activation, parameters: Mapping[str, float]) -> str:
    changed = [f"{k}={v!r}" for k, v in parameters.items() if v != activation.parameters[k]]
    return f"{activation.name}({', '.join(changed)})" if changed else activation.name


def _place(text: str, parameters: Mapping[str, float]) -> float:
    return parameters[text] if text in parameters else float(text)


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
