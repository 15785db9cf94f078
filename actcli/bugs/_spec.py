"""The shape of a bug: what it makes of a function's slopes; and how it gets into all that states them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from actcli.errors import InputError
from actcli.function import Array, Function

_REACH = 10.0  # slopes are looked at in [-10, 10]
_ACROSS, _LENGTH, _BATCH = 401, 4, 3


class Slopes(NamedTuple):
    """All slopes of the outputs y by one input x, which broadcast.

    They have the shape (m,), as x and y; of a vector function (m, k, n), with x (m, 1, n) and y (m, k, 1).
    `inputs` are all of them, as they are.
    """

    inputs: tuple[Array, ...]
    x: Array
    y: Array
    slope: Array


Change = Callable[[Slopes], Array]


@dataclass(frozen=True, kw_only=True)
class Bug:
    """An error in the derivative that a function states; the value stays right.

    `change` returns, for a function and the number of one of its inputs, what becomes of the slopes by it. A
    bug that is `deaf` gives back the slopes whatever flows in, a `random` one others each time: both are
    looked for in the user's own code alone, and the function passes for such. `needs` says what a function
    must have for the bug to change anything.
    """

    name: str
    summary: str
    needs: str
    change: Callable[[Function, int], Change]
    aliases: tuple[str, ...] = ()
    deaf: bool = False
    random: bool = False


def plant(bug: Bug, function: Function) -> Function:
    """Return the function with the bug in its first derivative and in its backward pass.

    Raises InputError where the bug changes nothing: looked for in [-10, 10], at the corners too.
    """
    changes = tuple(bug.change(function, place) for place in range(len(function.inputs)))
    planted = replace(
        function,
        name=f"{function.name} with the bug {bug.name}",
        backward=partial(_flow, function, changes, bug.deaf),
        whole=function.whole or bug.random,
        goes_back=function.goes_back or bug.deaf,
    )
    if len(function.inputs) == 1 and len(function.orders) > 1:
        slope = partial(_changed, function, changes[0])
        planted = replace(planted, orders=(function.orders[0], slope, *function.orders[2:]))
    if (layer := function.layer) is not None:
        planted = replace(planted, find_layer=lambda: plant(bug, layer))
    if not _differs(function, planted):
        raise InputError(f"the bug {bug.name} changes nothing in {function.name}: it needs {bug.needs}")
    return planted


def slopes_of(function: Function, place: int, x: tuple[Array, ...]) -> Array:
    """Return all slopes by one of the inputs: (m,), or of a vector function (m, k, n)."""
    if len(function.inputs) == 1 and len(function.orders) > 1:
        return function.orders[1](x[0])
    y = function.orders[0](*x)
    if function.elementwise:
        return function.backward(x, np.ones_like(y))[place]
    units = (np.broadcast_to(unit, y.shape) for unit in np.eye(y.shape[-1]))
    return np.stack([function.backward(x, unit)[place] for unit in units], axis=1)


def grid(function: Function) -> tuple[Array, ...]:
    """Return points of [-10, 10], and the corners: (m,) for each input, of a vector function (m, n).

    Of a layer's weights they are one batch of numbers in [-1, 1], and its own weights.
    """
    if function.weights:
        batch = np.linspace(-1.0, 1.0, _BATCH * function.length)
        return tuple(part.reshape(1, -1) for part in (batch, *function.weights.values()))
    corners = [corner.at for corner in function.corners] if len(function.inputs) == 1 else []
    row = np.concatenate([np.linspace(-_REACH, _REACH, _ACROSS), corners])
    # The inputs must not all be equal: each runs through the same numbers, in steps of another length.
    rows = tuple(row[(np.arange(row.size) * (2 * k + 1) + k) % row.size] for k in range(len(function.inputs)))
    if function.elementwise:
        return rows
    n = function.length or _LENGTH
    return tuple(np.stack([part * (j + 1) / n for j in range(n)], axis=-1)[::8] for part in rows)


def _changed(function: Function, change: Change, x: Array) -> Array:
    return _wrong_slopes(function, 0, change, (x,))


def _wrong_slopes(function: Function, place: int, change: Change, x: tuple[Array, ...]) -> Array:
    here, y, slope = x[place], function.orders[0](*x), slopes_of(function, place, x)
    if function.elementwise:
        return np.broadcast_to(change(Slopes(x, here, y, slope)), slope.shape)
    wide, tall = here[:, None, :], y[:, :, None]
    return np.broadcast_to(change(Slopes(x, wide, tall, slope)), slope.shape)


def _flow(
    function: Function, changes: tuple[Change, ...], deaf: bool, x: tuple[Array, ...], upstream: Array
) -> tuple[Array, ...]:
    flowing = np.ones_like(upstream) if deaf else upstream
    slopes = (_wrong_slopes(function, place, change, x) for place, change in enumerate(changes))
    if function.elementwise:
        return tuple(flowing * slope for slope in slopes)
    return tuple(np.einsum("mk,mkn->mn", flowing, slope) for slope in slopes)


def _differs(function: Function, planted: Function) -> bool:
    """Whether the gradients differ at any of the points; the user's code may refuse them all."""
    points = grid(function)
    with np.errstate(all="ignore"):
        try:
            y = function.orders[0](*points)
            upstream = 2.0 + np.cos(np.arange(y.size, dtype=np.float64)).reshape(y.shape)
            right, wrong = (f.backward(points, upstream) for f in (function, planted))
        except InputError:
            return True
    if len(function.inputs) == 1 and len(function.orders) > 1:
        right, wrong = (*right, function.orders[1](*points)), (*wrong, planted.orders[1](*points))
    return any(_apart(a, b) for a, b in zip(right, wrong, strict=True))


def _apart(a: Array, b: Array) -> bool:
    """Whether finite numbers differ by more than roundings, which a sum in another order changes."""
    with np.errstate(all="ignore"):
        return bool(np.any(np.abs(a - b) > 1e-12 * np.max(np.abs(a), where=np.isfinite(a), initial=0.0)))
