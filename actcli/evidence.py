"""The evidence of a gradient check: stated derivatives, and the slopes measured beside them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.corners import Slopes, joined, slopes_around
from actcli.differences._spec import Curve, Estimate
from actcli.errors import InputError, UnknownNameError
from actcli.formula.derive import derivative
from actcli.formula.evaluate import sensitivity
from actcli.function import Function
from actcli.partials import corners_along, slope_of
from actcli.settings import VECTOR_LENGTH, Settings, points_of, uniform

Array = npt.NDArray[np.float64]

_LARGEST_VECTOR = 1000
_SUPPOSED = 2.0**-12  # the step by which that rounding is divided
_FINEST = 2.0**-15  # the finest step of the methods, which rounding is divided by


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Arrays of one length: where, the function's value, the slope stated there, and the slopes measured.

    `x` is the coordinate that moves, `places` are all of them by name. `entry` names the k-th slope, where
    there are several at a point: by one of several inputs, or of a vector function.
    """

    x: Array
    places: Mapping[str, Array]
    values: Array
    stated: Array
    slopes: Slopes
    entry: Callable[[int], str] = lambda _: ""


def gather(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence: for each input, or of a vector function on its Jacobian and on its product."""
    several = len(function.inputs) > 1
    if settings.wrt is not None and settings.wrt not in function.inputs:
        raise UnknownNameError(f"variable of {function.name}:", settings.wrt, function.inputs)
    wanted = [k for k, name in enumerate(function.inputs) if settings.wrt in (None, name)]
    if not function.elementwise:
        if settings.order != 1:
            raise InputError(f"{function.name} is a vector function: only order 1, its Jacobian, is checked")
        for k in wanted:
            yield from _vector(function, k, settings)
    elif not several:
        yield _elementwise(function, settings)
    elif settings.order == 1:
        yield from (_partial(function, k, settings, f"d/d{function.inputs[k]}") for k in wanted)
    else:
        for a in (function.inputs[k] for k in wanted):
            slope, first = slope_of(function, a), replace(settings, order=1)
            for k, b in enumerate(function.inputs):
                yield _partial(slope, k, first, f"d2/d{a}d{b}")


def _elementwise(function: Function, settings: Settings) -> Evidence:
    if settings.order >= len(function.orders):
        message = f"{function.name} states no derivative of order {settings.order}: there is nothing to check"
        raise InputError(message, "--derivative TARGET states one")
    corners = np.array(sorted({corner.at for corner in function.corners}))
    (x,) = points_of(function, settings, corners)
    f = _values(function, settings)
    values, name = f(x), function.inputs[0]
    return Evidence(
        x=x,
        places={name: x},
        values=values,
        stated=_as_float64(function(x.astype(settings.dtype), order=settings.order)),
        slopes=_doubted(
            _slopes(f, x, corners, settings), function, name, {name: x}, values, settings.order - 1
        ),
    )


def _partial(function: Function, place: int, settings: Settings, entry: str) -> Evidence:
    """Move one of several inputs, the others held: point by point where there are corners on the way."""
    points = points_of(function, settings)
    f = _values(function, settings)

    def along(rows: slice) -> Curve:
        others = [part[rows] for part in points]
        return lambda t: f(*others[:place], t, *others[place + 1 :])

    x, corners = points[place], corners_along(function, place, points)
    each = [slice(k, k + 1) for k in range(len(corners))]
    parts = [_slopes(along(k), x[k], at, settings) for k, at in zip(each, corners, strict=True)]
    slopes = joined(parts) if parts else _slopes(along(slice(None)), x, np.array([]), settings)
    typed = (part.astype(settings.dtype) for part in points)
    values, places = f(*points), dict(zip(function.inputs, points, strict=True))
    return Evidence(
        x=x,
        places=places,
        values=values,
        stated=_as_float64(function.gradient(*typed)[place]),
        slopes=_doubted(slopes, function, function.inputs[place], places, values, 0),
        entry=lambda _: entry,
    )


def _doubted(
    slopes: Slopes, function: Function, name: str, places: Mapping[str, Array], values: Array, order: int
) -> Slopes:
    """Widen the errors where code cancels: the methods know the rounding of the function's value alone.

    Formulas tell by their own graphs; code without one is supposed to cancel numbers of the size of 1.
    """
    eps, error = np.finfo(np.float64).eps, slopes.measured.error
    if function.make_graph is None:
        largest = np.maximum.reduce([np.abs(part) for part in places.values()])
        wider = error + eps * np.maximum(1.0, largest) / _SUPPOSED
    else:
        root = derivative(function.graph, name, order)
        stated = function.make_slope() if function.make_slope else derivative(root, name)
        lost = sensitivity(root, places)
        with np.errstate(all="ignore"):
            most = error + 4 * eps * lost / _FINEST
            wider = np.fmax(error, np.fmin(error * lost / np.abs(values), most))
            wider = np.fmax(wider, wider + eps * sensitivity(stated, places))
    return replace(slopes, measured=Estimate(slopes.measured.value, wider))


def _slopes(f: Curve, x: Array, corners: Array, settings: Settings) -> Slopes:
    method, precision, step = settings.method, settings.precision, settings.step
    measured = method.estimate(f, x, precision, step)
    reach = method.reach(x, precision, step)
    return slopes_around(f, x, corners, measured, reach, precision, fixed=step is not None)


def _values(function: Function, settings: Settings) -> Callable[..., Array]:
    """Return the function whose slope is the derivative in question, computed in the type in question."""
    if settings.method.needs_complex:
        return lambda *t: (function.on_complex if any(map(np.iscomplexobj, t)) else function)(*t)
    order, dtype = settings.order - 1, settings.dtype
    return lambda *t: _as_float64(function(*(part.astype(dtype) for part in t), order=order))


def _vector(function: Function, place: int, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence on the Jacobian, d y_i / d x_j, and on its product with an upstream gradient."""
    points = _vectors(function, settings)
    x, name = points[place], function.inputs[place]
    n = x.shape[1]
    values = _values(function, settings)(*points)
    k = values.shape[1]
    columns = [_column(function, points, place, j, settings) for j in range(n)]
    slope = np.stack([c.value for c in columns], axis=-1)
    error = np.stack([c.error for c in columns], axis=-1)
    if len(function.inputs) == 1:
        stated = _as_float64(function(x.astype(settings.dtype), order=1))
        inputs, outputs, _ = np.broadcast_arrays(x[:, None, :], values[:, :, None], slope)
        yield _flat(name, inputs, outputs, stated, slope, error, lambda i: f"dy{i // n % k}/d{name}{i % n}")
    upstream = uniform(settings.seed + 1, values.size).reshape(values.shape)
    product = np.einsum("mi,mij->mj", upstream, slope), np.einsum("mi,mij->mj", np.abs(upstream), error)
    sums = np.broadcast_to(values.sum(axis=1, keepdims=True), x.shape)
    typed = (part.astype(settings.dtype) for part in points)
    flow = _as_float64(function.gradient(*typed, upstream=upstream)[place])
    yield _flat(name, x, sums, flow, *product, lambda i: f"product, {name}{i % n}")


def _vectors(function: Function, settings: Settings) -> tuple[Array, ...]:
    if settings.at is None:
        return tuple(row.reshape(-1, VECTOR_LENGTH) for row in points_of(function, settings))
    size = settings.at.shape[-1]
    if size > _LARGEST_VECTOR:
        raise InputError(f"a Jacobian of {size} inputs is too large to check", f"at most {_LARGEST_VECTOR}")
    return tuple(row[None, :] for row in points_of(function, settings))


def _column(
    function: Function, points: tuple[Array, ...], place: int, j: int, settings: Settings
) -> Estimate:
    """Measure the slopes of all outputs in the direction of entry j of an input, (m, k)."""
    f, x = _values(function, settings), points[place]

    def along(t: Array) -> Array:
        moved = np.broadcast_to(x, (*t.shape, x.shape[1])).astype(t.dtype)
        moved[..., j] = t
        return f(*points[:place], moved, *points[place + 1 :])

    return settings.method.estimate(along, x[:, j], settings.precision, settings.step)


def _flat(
    name: str, x: Array, values: Array, stated: Array, slope: Array, error: Array, entry: Callable[[int], str]
) -> Evidence:
    none = np.full(x.size, np.nan)
    slopes = Slopes(
        measured=Estimate(slope.reshape(-1), error.reshape(-1)), corner=none, left=none, right=none
    )
    flat = x.reshape(-1)
    return Evidence(
        x=flat,
        places={name: flat},
        values=values.reshape(-1),
        stated=stated.reshape(-1),
        slopes=slopes,
        entry=entry,
    )


def _as_float64(y: npt.NDArray[Any]) -> Array:
    return y.astype(np.float64, copy=False)
