"""Function: what every TARGET becomes, with its parameters bound."""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from actcli.activations._spec import Activation
from actcli.errors import InputError, quoted
from actcli.formula import evaluate

Array = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]
Map = Callable[[Array], Array]

DTYPES = ("float16", "float32", "float64")
_BLOCK = 2**15  # elements: a block and its temporaries stay in the cache
_PARALLEL = 8 * _BLOCK  # from here on, threads pay (numpy releases the interpreter's lock)


@dataclass(frozen=True)
class Corner:
    """A point where the function or one of its first two derivatives may jump (see Kink), as a number."""

    at: float
    side: Literal["left", "right", "mean"]
    order: int


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of one array whose parameters are bound.

    `orders` are the value, the derivative and, where there is one, the second derivative; each maps a float64
    array to a float64 array. Elementwise functions keep the shape. Vector functions (`elementwise=False`)
    work along the last axis: their only derivative is the Jacobian, (..., n) -> (..., n, n), and
    `product(x, g)` is its product with an upstream gradient g, of the shape of x.
    """

    name: str
    formula: str
    orders: tuple[Map, ...]
    product: Callable[[Array, Array], Array]
    parameters: Mapping[str, float] = field(default_factory=dict)
    elementwise: bool = True
    corners: tuple[Corner, ...] = ()

    @staticmethod
    def of(activation: Activation, parameters: Mapping[str, float]) -> "Function":
        """Bind an activation's parameters; those not given keep their defaults. Raises InputError."""
        bound = _bound(activation, parameters)
        maps = (activation.value, activation.derivative, activation.second_derivative)
        orders = tuple(partial(f, **bound) if bound else f for f in maps if f is not None)
        product = activation.product
        return Function(
            name=_label(activation, parameters),
            formula=activation.formula,
            orders=orders,
            product=partial(product, **bound) if product else lambda x, g: g * orders[1](x),
            parameters=MappingProxyType(bound),
            elementwise=activation.elementwise,
            corners=tuple(Corner(_place(k.at, bound), k.side, k.order) for k in activation.kinks),
        )

    def __call__(self, x: npt.ArrayLike, order: int = 0, axis: int = -1) -> AnyArray:
        """Evaluate the value (`order` 0) or a derivative at every element of `x`, in the dtype of `x`.

        Computed in float64 and rounded once to float16 or float32; integers become float64. `x` is not
        changed. Elementwise functions take any shape; vector functions work along `axis`, and their order 1,
        the Jacobian, has its two axes last. Raises InputError: no such order or axis, or not real numbers.
        """
        points = _as_floats(x)
        if not 0 <= order < len(self.orders):
            raise InputError(f"{self.name} has no derivative of order {order}")
        if self.elementwise:
            return _in_blocks(self.orders[order], points.reshape(-1), ()).reshape(points.shape)
        _check_axis(self.name, points, axis)
        batch = np.moveaxis(points, axis, -1)
        n = batch.shape[-1]
        vectors = batch.reshape(math.prod(batch.shape[:-1]), n)
        if order:
            return _in_blocks(self.orders[order], vectors, (n,)).reshape(*batch.shape, n)
        return np.moveaxis(_in_blocks(self.orders[order], vectors, ()).reshape(batch.shape), -1, axis)

    def on_complex(self, z: AnyArray) -> AnyArray:
        """Evaluate the formula, as typed, on complex numbers. Raises InputError where it takes none."""
        try:
            return evaluate(self.formula, {"x": z, **self.parameters})
        except InputError as error:
            raise InputError(f"the formula of {self.name}: {error.message}") from None


def _bound(activation: Activation, parameters: Mapping[str, float]) -> dict[str, float]:
    for key in parameters:
        if key not in activation.parameters:
            takes = ", ".join(f"{k}={v:g}" for k, v in activation.parameters.items()) or "none"
            message = f"{activation.name} has no parameter {quoted(key)}"
            raise InputError(message, f"its parameters: {takes}")
        if not math.isfinite(parameters[key]):
            raise InputError(f"{key} must be finite, not {parameters[key]}")
    return {**activation.parameters, **parameters}


def _label(activation: Activation, parameters: Mapping[str, float]) -> str:
    changed = [f"{k}={v!r}" for k, v in parameters.items() if v != activation.parameters[k]]
    return f"{activation.name}({', '.join(changed)})" if changed else activation.name


def _place(text: str, parameters: Mapping[str, float]) -> float:
    return parameters[text] if text in parameters else float(text)


def _as_floats(x: npt.ArrayLike) -> AnyArray:
    try:
        array = np.asarray(x)
    except ValueError:
        raise InputError("the points must form an array of real numbers") from None
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if array.dtype.name not in DTYPES:
        raise InputError(
            f"{array.dtype} is not a type of real numbers that actcli computes in", ", ".join(DTYPES)
        )
    return array


def _check_axis(name: str, x: AnyArray, axis: int) -> None:
    if x.ndim == 0:
        raise InputError(f"{name} works on vectors: give it more than one number")
    if not -x.ndim <= axis < x.ndim:
        raise InputError(
            f"there is no axis {axis}: the input has {x.ndim} (0 to {x.ndim - 1}, or from -1 down)"
        )


def _in_blocks(f: Map, rows: AnyArray, more: tuple[int, ...]) -> AnyArray:
    """Apply `f` to some rows at a time; a row gives a result of its own shape and the axes `more`."""
    out = np.empty((*rows.shape, *more), rows.dtype)
    height = max(1, _BLOCK // max(1, math.prod(out.shape[1:])))

    def block(start: int) -> None:
        part = slice(start, start + height)
        result = f(rows[part].astype(np.float64, copy=False))
        with np.errstate(over="ignore"):  # beyond the range of a narrow type, inf is the right answer
            out[part] = result

    starts = range(0, len(rows), height)
    if out.size < _PARALLEL:
        for start in starts:
            block(start)
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(block, starts):  # a failure in a thread is raised here
                pass
    return out
