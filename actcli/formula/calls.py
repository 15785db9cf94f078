"""Functions of a catalogue as operations: with values and derivatives of their own, or as formulas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from actcli.errors import InputError
from actcli.formula import MOST_DERIVATIVES
from actcli.formula._operation import Operation
from actcli.formula.derive import derivative, substituted
from actcli.formula.graph import Node, literal, number_text, variable
from actcli.formula.implementation import INPUT, Definition, implementation
from actcli.formula.operations import CALLS
from actcli.formula.precise import evaluated

Catalogue = Mapping[str, Any]  # from names to Definitions
Read = Callable[[str], Node]  # from a formula's text to its graph

_NONE: Mapping[Operation, Node] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, eq=False)
class Call(Operation):
    """A function of the catalogue, or its derivative of that order; the inputs are x and the parameters.

    `opened` is its formula, where it has one.
    """

    definition: Definition
    order: int
    opened: Node | None

    @property
    def defaults(self) -> dict[str, Node]:
        """The parameters' defaults, as nodes."""
        return {name: literal(number_text(default)) for name, default in self.definition.defaults.items()}


def call(definition: Definition, read: Read, order: int, x: Node, parameters: Mapping[str, Node]) -> Node:
    """Return the node of a catalogue function at `x`, or of its derivative; `read` makes graphs of formulas.

    What the language has as an operation of its own (exp, tanh) is that operation. Raises InputError for the
    derivative of a vector function.
    """
    formula = read(definition.formula) if definition.formula else None
    own = CALLS.get(definition.name, {}).get(1)
    if order == 0 and own and not parameters:
        return own(x)  # type: ignore[no-any-return]
    if order == 0 and formula and formula.operation and formula.inputs == (variable(INPUT),):
        return formula.operation(x)  # type: ignore[no-any-return]
    if order == 0 and formula is variable(INPUT):
        return x
    operation = _operation(definition, read, order)
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
        elif isinstance(operation, Call) and operation.opened:
            names = (INPUT, *operation.definition.parameters)
            found[node] = substituted(operation.opened, dict(zip(names, inputs, strict=True)))
        elif operation in formulas:
            found[node] = substituted(formulas[operation], {INPUT: inputs[0]})
        else:
            found[node] = operation(*inputs)
    return found[root]


_made: dict[tuple[int, int], Call] = {}


def _operation(definition: Definition, read: Read, order: int) -> Call:
    """Return the one operation of a function and an order: equal calls must be the same node."""
    key = (id(definition), order)  # the operation keeps its definition, and with it the id
    return _made.get(key) or _made.setdefault(key, _new(definition, read, order))


def _new(definition: Definition, read: Read, order: int) -> Call:
    product, names = definition.product, tuple(definition.parameters)
    if order and not definition.elementwise:
        message = f"{definition.name} is a vector function: D is for functions of one number"
        raise InputError(message)
    opened = derivative(read(definition.formula), INPUT, order) if definition.formula else None

    slope = partial(_slope, definition, read, order) if product is None else None
    return Call(
        name=definition.name,
        value=partial(_value, implementation(definition, order, read), names),
        partials=(slope, *(None for _ in names)),
        exact=partial(_exact, opened, names),
        pullback=partial(_pullback, product, names) if product is not None else None,
        roundings=8.0,  # the bound that the catalogue is held to
        definition=definition,
        order=order,
        opened=opened,
    )


def _exact(opened: Node | None, names: tuple[str, ...], mp: Any, *inputs: Any) -> Any:
    if opened is None:
        raise InputError("what has no formula has no value in arbitrary precision")
    return evaluated(mp, opened, dict(zip((INPUT, *names), inputs, strict=True)))


def _slope(definition: Definition, read: Read, order: int, *inputs_and_output: Any) -> Any:
    if order == MOST_DERIVATIVES:
        raise InputError(f"D of {definition.name} goes no further than order {MOST_DERIVATIVES}")
    return _operation(definition, read, order + 1)(*inputs_and_output[:-1])


def _pullback(product: Callable[..., Any], names: tuple[str, ...], x: Any, *more: Any) -> tuple[Any, ...]:
    *parameters, _, upstream = more
    return (product(x, upstream, **dict(zip(names, parameters, strict=True))),)


def _value(implementation: Callable[..., Any], names: tuple[str, ...], x: Any, *parameters: float) -> Any:
    if np.iscomplexobj(x):
        raise TypeError("catalogue functions are implemented on real numbers")
    return implementation(np.asarray(x, dtype=np.float64), **dict(zip(names, parameters, strict=True)))
