"""Derivatives that a Python callable states for a function that is more than one number of one number."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from actcli.errors import InputError, printable
from actcli.function import Array, Function, Habit
from actcli.userland._build import of_object, of_python
from actcli.userland._calls import callee
from actcli.userland._code import Code
from actcli.userland._home import loaded, named


def with_slopes(function: Function, thing: Any, dtype: str = "float64") -> Function:
    """Return the function with the derivatives that `thing` returns, one for each input, where it is.

    Of an elementwise function they are arrays of its shape; of a vector function matrices, (k, n) for k
    values and n numbers, or vectors (n,) for one value. `thing` is an object, or a text as of `of_python`,
    which has the function's parameters. Raises InputError, as calls of the derivatives do.
    """
    stated = _Stated(_codes(thing, function, dtype))
    own = function.find_habits
    function = replace(
        function, make_slope=None, unstated=(), find_habits=lambda: (*own(), *_habits(thing, dtype))
    )
    if function.elementwise:
        return replace(function, backward=stated.scaled)
    value = function.orders[0]

    def jacobian(x: Array) -> Array:
        return stated.jacobians(value(x).shape[-1], x)[0]

    orders = (value, jacobian) if len(function.inputs) == 1 else (value,)
    return replace(function, orders=orders, backward=stated.product)


def _codes(thing: Any, function: Function, dtype: str) -> tuple[Code, ...]:
    """Return the derivative with each kind of arrays that it may take."""
    if isinstance(thing, str):
        thing, label, home, module = named(thing, dtype)
        takes = callee(thing, label, home, module, {}).parameters
        given = {key: value for key, value in function.parameters.items() if key in takes}
    else:
        label = printable(getattr(thing, "__name__", type(thing).__name__))
        home, module = loaded(thing, label, dtype)
        given = {}
    called = callee(thing, label, home, module, given, function.defaults)
    kinds = (replace(kind, dtype=dtype) for kind in called.kinds)
    return tuple(Code(name=label, home=home, callee=called, kind=kind) for kind in kinds)


def _habits(thing: Any, dtype: str) -> tuple[Habit, ...]:
    """Return the habits of what keeps the shape of its input; of a Jacobian none are looked for."""
    try:
        if isinstance(thing, str):
            return of_python(thing, {}, dtype, noisy=True).habits
        return of_object(thing, dtype).habits
    except InputError:
        return ()


@dataclass(frozen=True)
class _Stated:
    """A callable of arrays, with the kinds of them to try, the likeliest first."""

    codes: tuple[Code, ...]

    def scaled(self, x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        """Return the derivatives of an elementwise function, times the upstream gradient."""
        parts = self._parts(x)
        for part, slope in zip(x, parts, strict=True):
            if slope.shape != part.shape:
                raise self.codes[0].odd(slope.shape, part.shape)
        return tuple(upstream * slope for slope in parts)

    def product(self, x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        """Return the products of an upstream gradient with the Jacobians of a vector function."""
        jacobians = self.jacobians(upstream.shape[-1], *x)
        return tuple(np.einsum("mk,mkn->mn", upstream, jacobian) for jacobian in jacobians)

    def jacobians(self, count: int, *x: Array) -> tuple[Array, ...]:
        """Return the Jacobian of that many values by each input, for rows: (m, k, n)."""
        each = [tuple(self._matrices(count, row)) for row in zip(*x, strict=True)]
        return tuple(map(np.stack, zip(*each, strict=True)))

    def _matrices(self, count: int, row: tuple[Array, ...]) -> Iterator[Array]:
        for part, slope in zip(row, self._parts(row), strict=True):
            if slope.shape != (count, part.size) and (count != 1 or slope.shape != part.shape):
                raise InputError(
                    f"{self.codes[0].name} returns shape {slope.shape}: the Jacobian of {count} values"
                    f" by {part.size} numbers has shape {(count, part.size)}",
                    "a gradient is stated for one value" if slope.ndim == 1 else "--at 1,2 is of 2 numbers",
                )
            yield slope.reshape(count, part.size)

    def _parts(self, x: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return the derivatives by each input, with the first kind of arrays that is taken."""
        errors = []
        for code in self.codes:
            try:
                return _called(code, x)
            except InputError as error:
                errors.append(error)
        raise errors[-1]


def _called(code: Code, x: tuple[Array, ...]) -> tuple[Array, ...]:
    with code.home.running():
        result = code.callee.forward(*map(code.kind.array, x))
        parts = tuple(result) if len(x) > 1 and isinstance(result, tuple | list) else (result,)
        parts = tuple(map(code.kind.numbers, parts))
    if len(parts) != len(x):
        raise InputError(f"{code.name} returns {len(parts)} derivatives for {len(x)} inputs")
    return tuple(map(code.floats, parts))
