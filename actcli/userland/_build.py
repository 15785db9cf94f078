"""The user's Python as a Function."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from actcli.errors import InputError, printable
from actcli.function import NO_DERIVATIVE, Array, Function
from actcli.userland._calls import callee
from actcli.userland._code import LENGTH, Code
from actcli.userland._habits import habits_of
from actcli.userland._home import Home, files_of, loaded, named
from actcli.userland._shapes import PROBES, Shapes, numbers, quiet, settled
from actcli.userland._weights import layer_of


def of_python(
    text: str,
    parameters: Mapping[str, float],
    dtype: str = "float64",
    noisy: bool = False,
    free: Collection[str] = (),
) -> Function:
    """Return what `file.py:name` or `package.module:name` means, with its parameters bound.

    A function of one or several arrays (numpy) is its value alone. A class with forward and backward states
    its derivative by them: an object is made anew for each call, with the parameters; a given one is copied.
    What is torch's or jax's states its own derivative. Other functions are tried on the frameworks that their
    file imports, then on numpy. Arguments without a default are inputs, the others parameters; those of a
    function that are `free` are inputs too, handed over as arrays.

    Whether a function is elementwise is found out by calling it: see `settled`. It is called with arrays of
    `dtype`, in one piece and in the caller's thread. Raises InputError: no such file, module or name, a
    parameter that it lacks or does not have, numbers that differ from call to call, unless it may be `noisy`,
    and whatever the user's code raises, with its place.
    """
    thing, label, home, module = named(text, dtype)
    built = _built(thing, label, home, module, parameters, noisy, free)
    return replace(built, files=files_of(home, module))


def of_object(thing: Any, dtype: str = "float64", free: Collection[str] = ()) -> Function:
    """Return what a Python object means: a callable of arrays, or what has forward and backward.

    As `of_python`, but an error of the user's code is the cause of the InputError, with its own traceback,
    what it prints stays where it goes, and noise is let through.
    """
    name = printable(getattr(thing, "__name__", type(thing).__name__))
    home, module = loaded(thing, name, dtype)
    return _built(thing, name, home, module, {}, noisy=True, free=free)


def _built(
    thing: Any,
    label: str,
    home: Home,
    module: ModuleType,
    parameters: Mapping[str, float],
    noisy: bool,
    free: Collection[str],
) -> Function:
    called = callee(thing, label.rpartition(":")[2], home, module, parameters, free)
    called = replace(called, kinds=tuple(replace(kind, dtype=home.dtype) for kind in called.kinds))
    try:
        code, shapes = settled(label, home, called, noisy)
    except InputError:
        if layer := _layer(Code(name=label, home=home, callee=called, kind=called.kinds[0])):
            return layer  # of batches only, or of other results than Shapes knows
        raise
    settings = ", ".join(f"{key}={value!r}" for key, value in parameters.items())
    name = f"{label}({settings})" if settings else label
    function, wide = _function(name, code, shapes), code.wide
    return (
        replace(function, finer=_function(name, wide, shapes)) if wide and _runs(wide, shapes) else function
    )


def _runs(code: Code, shapes: Shapes) -> bool:
    """Whether code takes these arrays too."""
    with quiet():
        try:
            code.can_take(*numbers(code, PROBES[0][0], shapes.ndim))
        except InputError:
            return False
    return True


def _layer(code: Code) -> Function | None:
    """Return the code as a function of its weights, if it is one."""
    layer, wide = layer_of(code), code.wide
    return replace(layer, finer=layer_of(wide)) if layer and wide else layer


def _function(name: str, code: Code, shapes: Shapes) -> Function:
    adapter, called = _Adapter(code, shapes), code.callee
    slope = (adapter.derivative if shapes.elementwise else adapter.jacobian,)
    return Function(
        name=name,
        inputs=called.inputs,
        orders=(adapter.value, *(slope if code.has_gradient and len(called.inputs) == 1 else ())),
        backward=adapter.backward,
        find_habits=lambda: habits_of(code, shapes),
        find_layer=lambda: _layer(code),
        parameters=MappingProxyType(dict(called.parameters)),
        defaults=MappingProxyType(dict(called.defaults)),
        elementwise=shapes.elementwise,
        length=0 if code.length == LENGTH else code.length,
        whole=True,
        alone=not (shapes.elementwise or shapes.batch),
        goes_back=code.has_gradient,
        unstated=_unstated(code, shapes),
    )


def _unstated(code: Code, shapes: Shapes) -> tuple[str, ...]:
    """Return the inputs that a backward written by hand returns no gradient for: labels, mostly."""
    if code.callee.backward is None or len(code.callee.inputs) == 1:
        return ()
    with quiet():
        try:
            x = numbers(code, PROBES[0][0], shapes.ndim)
            parts = code.parts(x, np.ones_like(code.value(*x)))
        except InputError:  # it is told when the gradient is asked for
            return ()
    return tuple(name for name, part in zip(code.callee.inputs, parts, strict=True) if part is None)


@dataclass(frozen=True)
class _Adapter:
    """The maps that a Function is made of."""

    code: Code
    shapes: Shapes

    def value(self, *x: Array) -> Array:
        return self._in_rows(lambda *rows: (self.code.value(*rows),), *x)[0]

    def backward(self, x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        if not self.code.has_gradient:
            raise InputError(f"{self.code.name} states no derivative", NO_DERIVATIVE)
        return self._in_rows(lambda *rows: self.code.gradient(rows[:-1], rows[-1]), *x, upstream)

    def derivative(self, x: Array) -> Array:
        return self.backward((x,), np.ones_like(x))[0]

    def jacobian(self, x: Array) -> Array:
        """Go back once for each output: (m, n) -> (m, k, n)."""
        y = self.value(x)
        units = np.eye(y.shape[-1])
        return np.stack([self.backward((x,), np.broadcast_to(unit, y.shape))[0] for unit in units], axis=1)

    def _in_rows(self, f: Callable[..., tuple[Array, ...]], *x: Array) -> tuple[Array, ...]:
        """Apply `f` to rows; elementwise, to all numbers as one row, whose length it keeps."""
        if not self.shapes.elementwise:
            return self.shapes.apply(f, *x)
        parts = tuple(part[0] for part in self.shapes.apply(f, *(part[None] for part in x)))
        for part in parts:
            if part.shape != x[0].shape:
                raise self.code.odd(part.shape, x[0].shape)
        return parts
