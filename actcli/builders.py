"""Functions made of activations, objectives and formulas."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType

import numpy as np

from actcli.activations._spec import Activation
from actcli.errors import InputError, quoted
from actcli.formula.calls import INPUT, MOST_DERIVATIVES, Catalogue, call
from actcli.formula.derive import derivative, substituted
from actcli.formula.evaluate import backward, forward, is_vector
from actcli.formula.graph import Node, literal, number_text, variable
from actcli.formula.parse import parse
from actcli.function import Array, Corner, Function, Map
from actcli.joints import joints
from actcli.objectives._spec import Objective


def of_activation(activation: Activation, parameters: Mapping[str, float], catalogue: Catalogue) -> Function:
    """Bind an activation's parameters; those not given keep their defaults. Raises InputError."""
    bound = _bound(activation, parameters)
    maps = (activation.value, activation.derivative, activation.second_derivative)
    orders = tuple(partial(f, **bound) if bound else f for f in maps if f is not None)
    product = partial(activation.product, **bound) if activation.product else None

    def flow(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        return (product(x[0], upstream) if product else upstream * orders[1](x[0]),)

    def graph() -> Node:
        formula, values = parse(activation.formula, catalogue), _literals(bound)
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


def of_objective(objective: Objective, dimension: int | None = None) -> Function:
    """Return an objective as a function of its coordinates x0, x1, ... Raises InputError for a wrong number."""
    n = len(objective.start)
    dimension = n if dimension is None else dimension
    if dimension != n and not objective.any_dimension:
        raise InputError(f"the start of {objective.name} has {n} number{'s'[: n > 1]}, not {dimension}")

    def flow(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        return tuple(np.moveaxis(upstream[..., None] * objective.gradient(np.stack(x, axis=-1)), -1, 0))

    return Function(
        name=objective.name,
        formula=objective.formula,
        inputs=tuple(f"x{i}" for i in range(dimension)),
        orders=(lambda *x: objective.value(np.stack(x, axis=-1)),),
        backward=flow,
        make_graph=lambda: parse(objective.formula),
        start=objective.start if dimension == n else (),
        minima=objective.minima if dimension == n else (),
        box=objective.box if dimension == n else (),
    )


def of_formula(root: Node, name: str, parameters: Mapping[str, float] | None = None) -> Function:
    """Return a formula as a function of its variables; `parameters` stand for numbers. Raises InputError."""
    given = {**(parameters or {})}
    for key in given:
        if key not in root.variables:
            takes = ", ".join(root.variables) or "none"
            raise InputError(f"{quoted(name)} has no variable {quoted(key)}", f"its variables: {takes}")
    root = substituted(root, _literals(given))
    inputs = root.variables or (INPUT,)
    value, flow = partial(_value, root, inputs), partial(_flow, root, inputs)
    slopes: tuple[Map, ...] = ()
    if len(inputs) == 1 and is_vector(root):
        slopes = (partial(_jacobian, root),)
    elif len(inputs) == 1:
        roots = [cache(partial(derivative, root, inputs[0], n)) for n in range(MOST_DERIVATIVES)]
        slopes = tuple(partial(_slope, root_of, inputs) for root_of in roots)
    settings = "".join(f", {key}={number_text(number)}" for key, number in given.items())
    return Function(
        name=f"{name}{settings}",
        formula=name,
        inputs=inputs,
        orders=(value, *slopes),
        backward=flow,
        make_graph=lambda: root,
        find_corners=partial(joints, root, (value, *slopes)) if len(inputs) == 1 and not is_vector(root) else tuple,
        parameters=MappingProxyType(given),
        elementwise=not is_vector(root),
    )


def slope_of(function: Function, name: str) -> Function:
    """Return the derivative by one of several inputs, as a function of all of them. Raises InputError."""
    root = derivative(function.graph, name)
    place = function.inputs.index(name)
    return Function(
        name=f"d/d{name} {function.name}",
        inputs=function.inputs,
        orders=(lambda *x: function.backward(x, np.ones_like(x[0]))[place],),
        backward=partial(_flow, root, function.inputs),
        make_graph=lambda: root,
    )


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


def _literals(numbers: Mapping[str, float]) -> dict[str, Node]:
    return {name: literal(number_text(number)) for name, number in numbers.items()}


def _value(root: Node, inputs: tuple[str, ...], *x: Array) -> Array:
    y = forward(root, dict(zip(inputs, x, strict=True)))[-1]
    return np.asarray(y, np.float64) if is_vector(root) else np.broadcast_to(y, x[0].shape)


def _flow(root: Node, inputs: tuple[str, ...], x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
    """Return the gradient for each input; nan where the value is, whatever a rule would say there."""
    values = forward(root, dict(zip(inputs, x, strict=True)))
    gradients = zip(root.order, backward(root, values, upstream), strict=True)
    arrived = {node.text: gradient for node, gradient in gradients if node.text in node.variables}
    lost, batch = np.isnan(values[-1]), np.shape(upstream)
    if is_vector(root):
        lost, batch = lost.any(axis=-1, keepdims=True), (*batch[:-1], 1)
    shapes = [np.broadcast_shapes(part.shape, batch) for part in x]
    found = (_or_zero(arrived.get(name)) for name in inputs)
    return tuple(np.where(lost, np.nan, np.broadcast_to(g, s)) for g, s in zip(found, shapes, strict=True))


def _or_zero(gradient: Array | None) -> Array | float:
    return 0.0 if gradient is None else gradient


def _slope(root_of: Callable[[], Node], inputs: tuple[str, ...], x: Array) -> Array:
    """Return the derivative of a graph in one variable, by the backward pass."""
    return _flow(root_of(), inputs, (x,), np.ones_like(x))[0]


def _jacobian(root: Node, x: Array) -> Array:
    """Run one backward pass for each output, all at once: (m, n) -> (m, k, n)."""
    rows = x[:, None, :]
    outputs = _value(root, root.variables, rows).shape[-1]
    return _flow(root, root.variables, (rows,), np.eye(outputs))[0]
