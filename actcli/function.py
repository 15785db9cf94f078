"""Function: what every TARGET becomes, with its parameters bound."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from actcli.blocks import BLOCK, in_blocks
from actcli.errors import InputError
from actcli.floats import DTYPES

if TYPE_CHECKING:
    from actcli.formula.graph import Node

Array = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]
Map = Callable[..., Array]
_Parts = Callable[..., tuple[Array, ...]]

NO_DERIVATIVE = "gradcheck takes --derivative, descend --gradient numerical; a class has its backward"


@dataclass(frozen=True)
class Corner:
    """A point where the function or one of its first two derivatives may jump (see Kink), as a number."""

    at: float
    side: Literal["left", "right", "mean"]
    order: int


@dataclass(frozen=True)
class Habit:
    """What a user's code does that who checks or trains with it should know: a `sentence` with numbers.

    One that `matters` goes wrong outside of a check too, whose derivative may be right.
    """

    name: str
    sentence: str
    matters: bool = False


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of one or several arrays whose parameters are bound.

    `orders` are the value and, for a function of one input, its derivatives. The value maps float64 arrays,
    one for each of `inputs`, to one; `backward` maps such arrays and the upstream gradient, of the value's
    shape, to the gradient for each input. Elementwise functions keep the shape, which all inputs share.
    Vector functions (`elementwise=False`) work along the last axis, of a batch of rows (m, n) -> (m, k); the
    derivative of one of one input is the Jacobian, (m, k, n); `length` is the only n that it takes, 0 for
    any. `defaults` are numbers for inputs that are seldom given: parameters that a derivative is taken by.

    `make_graph` returns the computation graph, in the inputs; None for what is no formula. `make_open` has
    the parameters as variables, too: their floats are not the decimals they are written as. `make_slope` is
    that of a derivative that someone else states. `corners` are of functions of one number. An objective has
    a `start`, known `minima`, and for pictures a `box` of (low, high) per input. A gated unit, of a vector,
    has its `halves`: the same as a function of an entry of each. What is `exact` has values and derivatives
    right to a few last digits. A function that is `whole`, being the user's code, is called in the caller's
    thread with all of an array, or, `alone`, for each row; one that `goes_back` has its own backward pass,
    without gradients for `unstated` inputs; called in a narrower type, it is its `finer` self in float64.
    `files` are those that the code is in, `habits` what it does besides computing.
    """

    name: str
    formula: str = ""
    inputs: tuple[str, ...] = ("x",)
    orders: tuple[Map, ...]
    backward: Callable[[tuple[Array, ...], Array], tuple[Array, ...]]
    make_graph: "Callable[[], Node] | None" = None
    make_open: "Callable[[], Node] | None" = None
    make_slope: "Callable[[], Node] | None" = None
    find_corners: Callable[[], tuple[Corner, ...]] = tuple
    find_habits: Callable[[], tuple[Habit, ...]] = tuple
    find_layer: "Callable[[], Function | None]" = lambda: None
    parameters: Mapping[str, float] = field(default_factory=dict)
    defaults: Mapping[str, float] = field(default_factory=dict)
    elementwise: bool = True
    length: int = 0
    weights: Mapping[str, Array] = field(default_factory=dict)
    exact: bool = False
    finer: "Function | None" = None
    whole: bool = False
    alone: bool = False
    goes_back: bool = False
    unstated: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    halves: "Function | None" = None
    start: tuple[float, ...] = ()
    minima: tuple[tuple[float, ...], ...] = ()
    box: tuple[tuple[float, float], ...] = ()

    @cached_property
    def corners(self) -> tuple[Corner, ...]:
        """The points where the function or a derivative may jump, ascending."""
        return self.find_corners()

    @cached_property
    def habits(self) -> tuple[Habit, ...]:
        """What the user's code does besides computing: found by calling it, when asked."""
        return self.find_habits()

    @cached_property
    def layer(self) -> "Function | None":
        """The same as a function of its weights, if it states gradients of some: found by calling it."""
        return self.find_layer()

    @property
    def variables(self) -> tuple[str, ...]:
        """What derivatives are taken by: the inputs, but for those without one, and the weights."""
        weights = self.layer.weights if self.layer else ()
        return (*(name for name in self.inputs if name not in self.unstated), *weights)

    @cached_property
    def graph(self) -> "Node":
        """The computation graph. Raises InputError where there is none."""
        if self.make_graph is None:
            raise InputError(f"{self.name} has no formula")
        return self.make_graph()

    def __call__(self, *x: npt.ArrayLike, order: int = 0, axis: int = -1) -> AnyArray:
        """Evaluate the value (`order` 0), or a derivative of a function of one input, in the dtype of `x`.

        Computed in float64 and rounded once to the type of `x`; integers become float64. `x`, one array
        for each input, is not changed. Elementwise functions take any shapes that broadcast; vector functions
        work along `axis`, and their order 1, the Jacobian, has its two axes last. Raises InputError: no such
        order or axis, a wrong number of arrays, or not real numbers.
        """
        if not 0 <= order < len(self.orders):
            tip = NO_DERIVATIVE if self.whole and order == 1 else ""
            raise InputError(f"{self.name} has no derivative of order {order}", tip)
        points = self._points(x)
        compute = self.orders[order]
        if self.elementwise:
            return self._at_each(lambda *parts: (compute(*parts),), points, ())[0]
        result = self._at_vectors(lambda *parts: (compute(*parts),), points, (), axis, order)[0]
        return result if order else np.moveaxis(result, -1, axis)

    def gradient(
        self, *x: npt.ArrayLike, upstream: npt.ArrayLike = 1.0, axis: int = -1
    ) -> tuple[AnyArray, ...]:
        """Run the backward pass: return the gradient for each input, from `upstream` at the output.

        `upstream` broadcasts to the shape of the value. The gradients have the dtype of `x`. Raises
        InputError as a call does, or where `upstream` does not fit.
        """
        points = self._points(x)

        def flow(*parts: Array) -> tuple[Array, ...]:
            return self.backward(parts[:-1], parts[-1])

        if self.elementwise:
            shape = _broadcast(points)[0].shape
            return self._at_each(flow, points, (_fitting(upstream, shape),))
        given = (_fitting(upstream, self(*x, axis=axis).shape),)
        return tuple(np.moveaxis(part, -1, axis) for part in self._at_vectors(flow, points, given, axis, 0))

    def on_complex(self, *z: AnyArray) -> AnyArray:
        """Evaluate the formula, as typed, on complex numbers. Raises InputError where it takes none."""
        if self.halves:
            return self.halves.on_complex(*np.split(z[0], 2, axis=-1))
        from actcli.formula.calls import expanded
        from actcli.formula.evaluate import on_complex

        graph = expanded(self.graph)
        try:
            y = np.asarray(on_complex(graph, dict(zip(self.inputs, z, strict=True))))
            return y + 0 * z[0] if self.elementwise else y  # a constant, too, has the shape of its input
        except InputError as error:
            raise InputError(f"the formula of {self.name}: {error.message}") from None

    def _points(self, x: tuple[npt.ArrayLike, ...]) -> tuple[AnyArray, ...]:
        if len(x) != len(self.inputs):
            takes = ", ".join(self.inputs)
            raise InputError(f"{self.name} takes {len(self.inputs)} inputs ({takes}), not {len(x)}")
        return tuple(map(_as_floats, x))

    def _at_each(
        self, f: _Parts, x: tuple[AnyArray, ...], more: tuple[AnyArray, ...]
    ) -> tuple[AnyArray, ...]:
        wide = _broadcast((*x, *more))
        flat = [part.reshape(-1) for part in wide]
        parts = in_blocks(f, flat, self._height(flat, 1), _type(x))
        return tuple(part.reshape(wide[0].shape) for part in parts)

    def _at_vectors(
        self, f: _Parts, x: tuple[AnyArray, ...], more: tuple[AnyArray, ...], axis: int, order: int
    ) -> tuple[AnyArray, ...]:
        for part in x:
            _check_axis(self.name, part, axis)
        rows = [np.moveaxis(part, axis, -1) for part in (*x, *more)]
        batch = _broadcast([row[..., :1] for row in rows])[0].shape[:-1]  # lengths are the function's affair
        flat = [_flat(np.broadcast_to(row, (*batch, row.shape[-1]))) for row in rows]
        height = self._height(flat, max(row.shape[-1] for row in flat) ** (1 + order))
        return tuple(part.reshape(*batch, *part.shape[1:]) for part in in_blocks(f, flat, height, _type(x)))

    def _height(self, arrays: list[AnyArray], width: int) -> int:
        """Return how many rows, of that many results each, make a block."""
        return max(1, len(arrays[0]) if self.whole else BLOCK // max(1, width))


def _type(x: tuple[AnyArray, ...]) -> np.dtype[Any]:
    """Return the type of the results: that of the inputs, also in the order of its bytes."""
    return x[0].dtype if len({part.dtype for part in x}) == 1 else np.result_type(*x)


def _flat(rows: AnyArray) -> AnyArray:
    return rows.reshape(math.prod(rows.shape[:-1]), rows.shape[-1])


def _as_floats(x: npt.ArrayLike) -> AnyArray:
    try:
        array = np.asarray(x)
    except ValueError:
        raise InputError("the points must form an array of real numbers") from None
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if array.dtype.name not in DTYPES:
        message = f"{array.dtype} is not a type of real numbers that actcli computes in"
        raise InputError(message, ", ".join(DTYPES))
    return array


def _fitting(upstream: npt.ArrayLike, shape: tuple[int, ...]) -> AnyArray:
    array = _as_floats(upstream)
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise InputError(f"the upstream gradient has shape {array.shape}, the value {shape}") from None


def _broadcast(x: Sequence[AnyArray]) -> Sequence[AnyArray]:
    try:
        return np.broadcast_arrays(*x)
    except ValueError:
        shapes = " and ".join(str(part.shape) for part in x)
        raise InputError(f"inputs of the shapes {shapes} do not fit together") from None


def _check_axis(name: str, x: AnyArray, axis: int) -> None:
    if x.ndim == 0:
        raise InputError(f"{name} works on vectors: give it more than one number")
    if not -x.ndim <= axis < x.ndim:
        there = f"the input has {x.ndim} (0 to {x.ndim - 1}, or from -1 down)"
        raise InputError(f"there is no axis {axis}: {there}")
