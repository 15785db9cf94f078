"""Functions of the catalogue: activations with their parameters bound, and objectives.

Formulas are read when they are asked for: who wants values does not wait for them.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from actcli.activations._spec import Activation
from actcli.errors import InputError, quoted
from actcli.formula import MOST_DERIVATIVES
from actcli.formula.constant import constant
from actcli.formula.implementation import implementation
from actcli.function import Array, Corner, Function, Map
from actcli.objectives._spec import Objective

if TYPE_CHECKING:
    from actcli.formula.graph import Node


def of_activation(
    activation: Activation,
    parameters: Mapping[str, float],
    catalogue: Mapping[str, Activation],
    free: Collection[str] = (),
) -> Function:
    """Bind an activation's parameters; those not given keep their defaults. Raises InputError.

    With `free` parameters it is its formula, and they are inputs behind x.
    """
    bound, name = _bound(activation, parameters), _label(activation, parameters)
    if bound.keys() & free:
        return replace(_by_its_formula(activation, bound, catalogue, free), name=name)
    orders = _orders(activation, bound, catalogue)
    product = partial(activation.product, **bound) if activation.product else None

    def flow(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        return (product(x[0], upstream) if product else upstream * orders[1](x[0]),)

    return Function(
        name=name,
        formula=activation.formula,
        orders=orders,
        backward=flow,
        make_graph=partial(_graph, activation, bound, catalogue),
        find_corners=lambda: tuple(Corner(constant(k.at, bound), k.side, k.order) for k in activation.kinks),
        parameters=MappingProxyType(bound),
        elementwise=activation.elementwise,
    )


def _orders(
    activation: Activation, bound: Mapping[str, float], catalogue: Mapping[str, Activation]
) -> tuple[Map, ...]:
    """Return the value and the derivatives: the implemented ones, and of numbers more by the formula."""

    def read(text: str) -> "Node":
        from actcli.formula.parse import parse

        return parse(text, catalogue)

    if not activation.elementwise:
        own = (activation.value, activation.derivative)
        return tuple(partial(f, **bound) for f in own if f is not None)
    codes = (implementation(activation, order, read) for order in range(MOST_DERIVATIVES + 1))
    return tuple(partial(code, **bound) if bound else code for code in codes)


def _by_its_formula(
    activation: Activation,
    bound: Mapping[str, float],
    catalogue: Mapping[str, Activation],
    free: Collection[str],
) -> Function:
    from actcli.builders import of_formula
    from actcli.formula.parse import parse

    return of_formula(parse(activation.formula, catalogue), activation.formula, bound, free)


def _graph(activation: Activation, bound: Mapping[str, float], catalogue: Mapping[str, Activation]) -> "Node":
    from actcli.builders import graph_of

    return graph_of(activation, bound, catalogue)


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
        make_graph=(lambda: _parsed(objective.formula)) if dimension == n else None,
        start=objective.start if dimension == n else (),
        minima=objective.minima if dimension == n else (),
        box=objective.box if dimension == n else (),
    )


def _parsed(formula: str) -> "Node":
    from actcli.formula.parse import parse

    return parse(formula)


def _bound(activation: Activation, parameters: Mapping[str, float]) -> dict[str, float]:
    for key in parameters:
        if key not in activation.parameters:
            takes = ", ".join(f"{k}={v:g}" for k, v in activation.defaults.items()) or "none"
            message = f"{activation.name} has no parameter {quoted(key)}"
            raise InputError(message, f"its parameters: {takes}")
        if not np.isfinite(parameters[key]):
            raise InputError(f"{key} must be finite, not {parameters[key]}")
    return {**activation.defaults, **parameters}


def _label(activation: Activation, parameters: Mapping[str, float]) -> str:
    changed = [f"{k}={v!r}" for k, v in parameters.items() if v != activation.defaults[k]]
    return f"{activation.name}({', '.join(changed)})" if changed else activation.name
