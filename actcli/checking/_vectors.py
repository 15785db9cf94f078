"""Vector functions: the Jacobian, entry by entry, and its product with an upstream gradient."""

from collections.abc import Callable, Iterator

import numpy as np

from actcli.checking._evidence import Array, Evidence
from actcli.checking._settings import VECTOR_LENGTH, Settings, points_of, uniform
from actcli.checking._slopes import Slopes
from actcli.checking._values import as_float64, values_of
from actcli.differences._spec import Estimate
from actcli.errors import InputError
from actcli.function import Function

_LARGEST_VECTOR = 1000


def vector(function: Function, place: int, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence on the Jacobian, d y_i / d x_j, and on its product with an upstream gradient."""
    points = _vectors(function, settings)
    x, name = points[place], function.inputs[place]
    n = x.shape[1]
    values = values_of(function, settings)(*points)
    k = values.shape[1]
    columns = [_column(function, points, place, j, settings) for j in range(n)]
    slope = np.stack([c.value for c in columns], axis=-1)
    error = np.stack([c.error for c in columns], axis=-1)
    if len(function.inputs) == 1:
        stated = as_float64(function(x.astype(settings.dtype), order=1))
        inputs, outputs, _ = np.broadcast_arrays(x[:, None, :], values[:, :, None], slope)
        yield _flat(
            function, name, inputs, outputs, stated, slope, error, lambda i: f"dy{i // n % k}/d{name}{i % n}"
        )
    upstream = uniform(settings.seed + 1, values.size).reshape(values.shape)
    product = np.einsum("mi,mij->mj", upstream, slope), np.einsum("mi,mij->mj", np.abs(upstream), error)
    sums = np.broadcast_to(values.sum(axis=1, keepdims=True), x.shape)
    typed = (part.astype(settings.dtype) for part in points)
    flow = as_float64(function.gradient(*typed, upstream=upstream)[place])
    yield _flat(function, name, x, sums, flow, *product, lambda i: f"product, {name}{i % n}")


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
    f, x = values_of(function, settings), points[place]

    def along(t: Array) -> Array:
        moved = np.broadcast_to(x, (*t.shape, x.shape[1])).astype(t.dtype)
        moved[..., j] = t
        return f(*points[:place], moved, *points[place + 1 :])

    return settings.method.estimate(along, x[:, j], settings.precision, settings.step)


def _flat(
    function: Function,
    name: str,
    x: Array,
    values: Array,
    stated: Array,
    slope: Array,
    error: Array,
    entry: Callable[[int], str],
) -> Evidence:
    flat = x.reshape(-1)
    return Evidence(
        function=function,
        name=name,
        x=flat,
        places={name: flat},
        values=values.reshape(-1),
        stated=stated.reshape(-1),
        own=np.zeros_like(flat),
        noisy=np.zeros(flat.shape, bool),
        slopes=Slopes.smooth(Estimate(slope.reshape(-1), error.reshape(-1))),
        curve=lambda k: lambda t: np.full(t.shape, np.nan),
        entry=entry,
    )
