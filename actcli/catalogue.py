"""Functions of the catalogue: activations with their parameters bound, and objectives.

Formulas are read when they are asked for: who wants values does not wait for them.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from actcli.activations._spec import Activation, Entry, Implementation
from actcli.errors import InputError, quoted
from actcli.formula import MOST_DERIVATIVES
from actcli.formula.constant import constant
from actcli.formula.domain import check_all
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
    bound, name = bind(activation, parameters), label(activation, parameters)
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
        make_open=partial(_open_graph, activation, catalogue),
        find_corners=partial(_corners, activation, bound),
        parameters=MappingProxyType(bound),
        elementwise=activation.elementwise,
        exact=activation.elementwise,
        whole=activation.sample is not None,  # a block would repeat the numbers drawn for another
    )


def seeded(activation: Activation, seed: int) -> Activation:
    """Return a random function with its numbers drawn: with one seed the same for value and derivatives."""
    draw = activation.sample

    def drawing(code: Implementation | None) -> Implementation | None:
        def drawn(x: Array, **parameters: float) -> Array:
            assert draw is not None
            assert code is not None
            return code(x, **{**parameters, **draw(x, np.random.default_rng(seed), **parameters)})

        return drawn if code and draw else code

    codes = map(drawing, (activation.value, activation.derivative, activation.second_derivative))
    value, slope, bend = codes
    return replace(activation, value=value, derivative=slope, second_derivative=bend)


def _orders(
    activation: Activation, bound: Mapping[str, float], catalogue: Mapping[str, Activation]
) -> tuple[Map, ...]:
    """Return the value and the derivatives: the implemented ones, and of numbers more by the formula."""
    if not activation.elementwise:
        own = (activation.value, activation.derivative)
        return tuple(partial(f, **bound) for f in own if f is not None)
    read = partial(parsed, catalogue=catalogue)
    codes = (implementation(activation, order, read) for order in range(MOST_DERIVATIVES + 1))
    return tuple(partial(code, **bound) if bound else code for code in codes)


def _by_its_formula(
    activation: Activation,
    bound: Mapping[str, float],
    catalogue: Mapping[str, Activation],
    free: Collection[str],
) -> Function:
    from actcli.builders import of_formula

    return of_formula(parsed(activation.formula, catalogue), activation.formula, bound, free)


def _graph(activation: Activation, bound: Mapping[str, float], catalogue: Mapping[str, Activation]) -> "Node":
    from actcli.builders import graph_of

    return graph_of(activation, bound, catalogue)


def _open_graph(activation: Activation, catalogue: Mapping[str, Activation]) -> "Node":
    from actcli.builders import open_graph_of

    return open_graph_of(activation, catalogue)


def _corners(activation: Activation, bound: Mapping[str, float]) -> tuple[Corner, ...]:
    found = (Corner(constant(kink.at, bound), kink.side, kink.order) for kink in activation.kinks)
    return tuple(sorted((c for c in found if np.isfinite(c.at)), key=lambda c: (c.at, c.order)))


def of_objective(objective: Objective, dimension: int | None = None) -> Function:
    """Return an objective as a function of its coordinates: x0, x1, ... or by name. Raises InputError."""
    n = len(objective.start)
    dimension = n if dimension is None else dimension
    if dimension != n and not objective.any_dimension:
        raise InputError(f"the start of {objective.name} has {n} number{'s'[: n > 1]}, not {dimension}")

    def flow(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        return tuple(np.moveaxis(upstream[..., None] * objective.gradient(np.stack(x, axis=-1)), -1, 0))

    return Function(
        name=objective.name,
        formula=objective.formula if dimension == n else "",
        inputs=objective.inputs or tuple(f"x{i}" for i in range(dimension)),
        orders=(lambda *x: objective.value(np.stack(x, axis=-1)),),
        backward=flow,
        make_graph=(lambda: parsed(objective.formula)) if dimension == n else None,
        start=objective.start if dimension == n else (),
        minima=objective.minima if dimension == n else (),
        box=objective.box if dimension == n else (),
    )


def parsed(formula: str, catalogue: Mapping[str, Activation] = MappingProxyType({})) -> "Node":
    """Return the graph of a formula that may speak of the catalogue."""
    from actcli.formula.parse import parse  # who wants values does not wait for it

    return parse(formula, catalogue)


def bind(entry: Entry, parameters: Mapping[str, float]) -> dict[str, float]:
    """Return all parameters of an entry; those not given have their defaults. Raises InputError."""
    for key in parameters:
        if key not in entry.parameters:
            takes = ", ".join(f"{k}={v:g}" for k, v in entry.defaults.items()) or "none"
            message = f"{entry.name} has no parameter {quoted(key)}"
            raise InputError(message, f"its parameters: {takes}")
    bound = {**entry.defaults, **parameters}
    check_all(entry.name, entry.parameters, bound)
    return bound


def label(entry: Entry, parameters: Mapping[str, float]) -> str:
    """Return the name of an entry with the parameters that are not its defaults."""
    changed = [f"{k}={v!r}" for k, v in parameters.items() if v != entry.defaults[k]]
    return f"{entry.name}({', '.join(changed)})" if changed else entry.name
