"""Functions of a catalogue as operations: with values and derivatives of their own, or as formulas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from actcli.errors import InputError
from actcli.formula import MOST_DERIVATIVES
from actcli.formula._operation import Operation
from actcli.formula.derive import derivative, substituted
from actcli.formula.evaluate import forward
from actcli.formula.graph import Node, literal, number_text, variable
from actcli.formula.operations import CALLS
from actcli.formula.precise import evaluated, precise

INPUT = "x"  # what the formulas of a catalogue call their input


class Definition(Protocol):
    """What formulas need to know of a function of the catalogue; its formula is in x and the parameters."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def formula(self) -> str: ...  # noqa: D102
    @property
    def elementwise(self) -> bool: ...  # noqa: D102
    @property
    def parameters(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def value(self) -> Callable[..., Any]: ...  # noqa: D102
    @property
    def derivative(self) -> Callable[..., Any]: ...  # noqa: D102
    @property
    def second_derivative(self) -> Callable[..., Any] | None: ...  # noqa: D102
    @property
    def product(self) -> Callable[..., Any] | None: ...  # noqa: D102


Catalogue = Mapping[str, Any]  # from names to Definitions

_NONE: Mapping[Operation, Node] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, eq=False)
class Call(Operation):
    """A function of the catalogue, or its derivative of that order; the inputs are x and the parameters."""

    definition: Definition
    order: int
    opened: Node

    @property
    def defaults(self) -> dict[str, Node]:
        """The parameters' defaults, as nodes."""
        return {name: literal(number_text(default)) for name, default in self.definition.parameters.items()}


def call(definition: Definition, formula: Node, order: int, x: Node, parameters: Mapping[str, Node]) -> Node:
    """Return the node of a catalogue function at `x`, or of its derivative; `formula` is its own, as a graph.

    What the language has as an operation of its own (exp, tanh) is that operation. Raises InputError for the
    derivative of a vector function.
    """
    own = CALLS.get(definition.name, {}).get(1)
    if order == 0 and own:
        return own(x)  # type: ignore[no-any-return]
    if order == 0 and formula.operation and formula.inputs == (variable(INPUT),):
        return formula.operation(x)  # type: ignore[no-any-return]
    if order == 0 and formula is variable(INPUT):
        return x
    operation = _operation(definition, formula, order)
    return operation(x, *{**operation.defaults, **parameters}.values())  # type: ignore[no-any-return]


def expanded(root: Node, levels: int = -1, formulas: Mapping[Operation, Node] = _NONE) -> Node:
    """Return the graph with catalogue functions opened into formulas, `levels` deep (-1: all the way).

    `formulas` opens operations of the language too, into formulas in x.
    """
    while levels:
        opened = _opened_once(root, formulas)
        if opened is root:
            break
        root, levels = opened, levels - 1
    return root


def _opened_once(root: Node, formulas: Mapping[Operation, Node]) -> Node:
    found: dict[Node, Node] = {}
    for node in root.order:
        operation, inputs = node.operation, [found[a] for a in node.inputs]
        if operation is None:
            found[node] = node
        elif isinstance(operation, Call):
            names = (INPUT, *operation.definition.parameters)
            found[node] = substituted(operation.opened, dict(zip(names, inputs, strict=True)))
        elif operation in formulas:
            found[node] = substituted(formulas[operation], {INPUT: inputs[0]})
        else:
            found[node] = operation(*inputs)
    return found[root]


_made: dict[tuple[int, int], Call] = {}


def _operation(definition: Definition, formula: Node, order: int) -> Call:
    """Return the one operation of a function and an order: equal calls must be the same node."""
    key = (id(definition), order)  # the operation keeps its definition, and with it the id
    return _made.get(key) or _made.setdefault(key, _new(definition, formula, order))


def _new(definition: Definition, formula: Node, order: int) -> Call:
    product, names = definition.product, tuple(definition.parameters)
    if order and not definition.elementwise:
        message = f"{definition.name} is a vector function: D is for functions of one number"
        raise InputError(message)
    opened = derivative(formula, INPUT, order)

    slope = partial(_slope, definition, formula, order) if product is None else None
    return Call(
        name=definition.name,
        value=partial(_value, _implementation(definition, opened, order), names),
        partials=(slope, *(None for _ in names)),
        exact=lambda mp, *inputs: evaluated(mp, opened, dict(zip((INPUT, *names), inputs, strict=True))),
        pullback=partial(_pullback, product, names) if product is not None else None,
        definition=definition,
        order=order,
        opened=opened,
    )


def _slope(definition: Definition, formula: Node, order: int, *inputs_and_output: Any) -> Any:
    if order == MOST_DERIVATIVES:
        raise InputError(f"D of {definition.name} goes no further than order {MOST_DERIVATIVES}")
    return _operation(definition, formula, order + 1)(*inputs_and_output[:-1])


def _pullback(product: Callable[..., Any], names: tuple[str, ...], x: Any, *more: Any) -> tuple[Any, ...]:
    *parameters, _, upstream = more
    return (product(x, upstream, **dict(zip(names, parameters, strict=True))),)


def _value(implementation: Callable[..., Any], names: tuple[str, ...], x: Any, *parameters: float) -> Any:
    if np.iscomplexobj(x):
        raise TypeError("catalogue functions are implemented on real numbers")
    return implementation(np.asarray(x, dtype=np.float64), **dict(zip(names, parameters, strict=True)))


def _implementation(definition: Definition, opened: Node, order: int) -> Callable[..., Any]:
    """Return the catalogue's own code for the value or the derivative, or beyond it the formula's.

    Where the formula as typed is lost (inf - inf, far out), it is evaluated in arbitrary precision.
    """
    known = (definition.value, definition.derivative, definition.second_derivative)
    code = known[order] if order < len(known) else None
    if code is not None:
        return code

    def from_formula(x: Any, **parameters: float) -> Any:
        y = np.array(np.broadcast_to(forward(opened, {INPUT: x, **parameters})[-1], x.shape))
        for place in np.argwhere(np.isnan(y) & ~np.isnan(x)):
            y[tuple(place)] = float(precise(opened, {INPUT: float(x[tuple(place)]), **parameters}))
        return y

    return from_formula
