"""Units and losses of the catalogue as functions: what their formulas say, and the chain rule through it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from actcli.activations._spec import Compound
from actcli.builders import of_formula
from actcli.catalogue import bind, label
from actcli.errors import InputError
from actcli.formula.calls import Catalogue
from actcli.formula.parse import parse
from actcli.function import Array, Function


def of_compound(
    compound: Compound, parameters: Mapping[str, float], catalogue: Catalogue, free: Collection[str] = ()
) -> Function:
    """Return a loss as a function of its inputs, a unit as one of the vector of its halves.

    Parameters not given keep their defaults; those that are `free` become inputs, behind the others. Raises
    InputError.
    """
    root = parse(compound.formula, catalogue)
    function = of_formula(root, compound.formula, bind(compound, parameters), free)
    function = replace(function, name=label(compound, parameters))
    return _of_halves(function) if compound.halves else function


def _of_halves(function: Function) -> Function:
    """Return a function of a and b as one of x = [a, b], (m, n) -> (m, n/2)."""
    name, parameters = function.name, function.inputs[2:]

    def value(x: Array, *more: Array) -> Array:
        return function.orders[0](*_halves(x, name), *more)

    return Function(
        name=name,
        formula=function.formula,
        inputs=("x", *parameters),
        orders=(value,) if parameters else (value, partial(_jacobian, function)),
        backward=partial(_flow, function),
        parameters=function.parameters,
        defaults=function.defaults,
        elementwise=False,
        halves=function,
    )


def _halves(x: Array, name: str) -> tuple[Array, Array]:
    half, odd = divmod(x.shape[-1], 2)
    if odd:
        message = f"{name} halves its input, and {x.shape[-1]} numbers have no halves"
        raise InputError(message, "as many numbers more as make it even: a first, then b")
    return x[..., :half], x[..., half:]


def _flow(function: Function, x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
    to_a, to_b, *to_parameters = function.backward((*_halves(x[0], function.name), *x[1:]), upstream)
    joined = (part.sum(axis=-1, keepdims=True) for part in to_parameters)
    return np.concatenate([to_a, to_b], axis=-1), *joined


def _jacobian(function: Function, x: Array) -> Array:
    """Return d y_i / d x_j, (m, n) -> (m, n/2, n): two diagonals side by side."""
    a, b = _halves(x, function.name)
    slopes = function.backward((a, b), np.ones_like(a))
    own = np.eye(a.shape[-1], dtype=bool)
    return np.concatenate([np.where(own, part[..., np.newaxis, :], 0.0) for part in slopes], axis=-1)
