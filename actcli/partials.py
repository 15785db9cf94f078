"""What is taken by one of a function's inputs: derivatives, stated ones too, and the corners on the way."""

from dataclasses import replace
from functools import partial

import numpy as np

from actcli.builders import flow_of, literals, of_formula
from actcli.errors import InputError, UnknownNameError
from actcli.formula.derive import derivative, substituted
from actcli.function import Array, Function
from actcli.joints import has_pieces

_MOST = 300  # points along which corners are looked for


def slope_of(function: Function, name: str) -> Function:
    """Return the derivative by one of several inputs, as a function of all of them. Raises InputError."""
    root = derivative(function.graph, name)
    place = function.inputs.index(name)
    return Function(
        name=f"d/d{name} {function.name}",
        inputs=function.inputs,
        orders=(lambda *x: function.backward(x, np.ones_like(x[0]))[place],),
        backward=partial(flow_of, root, function.inputs),
        make_graph=lambda: root,
    )


def stating(function: Function, stated: Function, order: int = 1, name: str | None = None) -> Function:
    """Return the function with another derivative of that order: what `stated` has as its value.

    Of several inputs, it is the one by `name`, and those by the others are nan. A formula's variables are
    inputs of the function; Python's are as many, in their order. Of one number of a vector, Python's may be
    the gradient. Raises InputError.
    """
    if not function.elementwise and stated.whole and order == len(function.inputs) == len(stated.inputs) == 1:
        return _with_gradient(function, stated)
    places = _places(function, stated)

    def slope(*x: Array) -> Array:
        return stated.orders[0](*(x[k] for k in places))

    theirs = _with_others(function, stated)
    if len(function.inputs) == 1:
        if len(function.orders) < order:
            raise InputError(f"{function.name} has no derivative of order {order - 1} to compare with")
        backward = function.backward if order > 1 else lambda x, u: (u * slope(*x),)
        return replace(theirs, orders=(*function.orders[:order], slope), backward=backward)
    if order > 1 or name not in function.inputs:
        message = f"{function.name} has several variables: a first derivative is by one of them"
        raise InputError(message, f"--wrt {function.inputs[0]}")

    def flow(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        found = upstream * slope(*x)
        return tuple(found if key == name else np.full_like(found, np.nan) for key in function.inputs)

    return replace(theirs, backward=flow)


def _with_others(function: Function, stated: Function) -> Function:
    """Return the function as one whose derivative is someone else's, with what holds of both."""
    return replace(
        function,
        exact=function.exact and stated.exact,
        whole=function.whole or stated.whole,
        goes_back=False,
        unstated=(),
        finer=function.finer if function.whole else function,
        make_slope=stated.make_graph,
        find_habits=lambda: (*function.habits, *stated.habits),
    )


def _with_gradient(function: Function, stated: Function) -> Function:
    """Return a function of one vector, of one value, with the gradient that `stated` has as its value."""
    value = function.orders[0]

    def gradient(x: Array) -> Array:
        y, found = value(x), stated(x)
        if y.shape[-1] != 1 or found.shape != x.shape:
            counts = f"{y.shape[-1]} values, {stated.name} {found.shape[-1]} of {x.shape[-1]} numbers"
            message = f"{function.name} is a vector function of {counts}: a gradient is stated for one value"
            raise InputError(message, "of more, gradcheck(f, df) in Python takes the Jacobian")
        return found

    return replace(
        function,
        orders=(value, lambda x: gradient(x)[:, None, :]),
        backward=lambda x, u: (u * gradient(*x),),
        whole=True,
        find_habits=lambda: (*function.habits, *stated.habits),
    )


def _places(function: Function, stated: Function) -> tuple[int, ...]:
    """Return which of the function's inputs the stated derivative takes."""
    if not (function.elementwise and stated.elementwise):
        vector = stated if function.elementwise else function
        raise InputError(
            f"{vector.name} is a vector function: a derivative is stated for functions of numbers"
        )
    if stated.make_graph is None:
        if len(stated.inputs) != len(function.inputs):
            counts = len(stated.inputs), len(function.inputs)
            raise InputError(f"{stated.name} takes {counts[0]} inputs, and {function.name} {counts[1]}")
        return tuple(range(len(function.inputs)))
    for key in stated.graph.variables:
        if key not in function.inputs:
            raise UnknownNameError(f"variable of {function.name}:", key, function.inputs)
    return tuple(map(function.inputs.index, stated.graph.variables)) or (0,)


def corners_along(function: Function, place: int, x: tuple[Array, ...]) -> list[Array]:
    """Return, for each point, where the function has corners along one of several inputs.

    The others are held there. Nothing is returned where there is none, no formula or one without pieces, and
    where they are not looked for: for more points than that would take a second.
    """
    name, found = function.inputs[place], list[Array]()
    if function.make_graph is None or name not in function.graph.variables or not has_pieces(function.graph):
        return found
    if x[0].size > _MOST:
        return found
    for point in zip(*x, strict=True):
        held = {key: float(v) for key, v in zip(function.inputs, point, strict=True) if key != name}
        section = of_formula(substituted(function.graph, literals(held)), function.name)
        found.append(np.array([corner.at for corner in section.corners]))
    return found
