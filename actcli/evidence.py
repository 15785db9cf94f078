"""The evidence of a gradient check: stated derivatives, and the slopes measured beside them."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.corners import Slopes, slopes_around
from actcli.differences import Difference
from actcli.differences._spec import Curve, Estimate, Precision
from actcli.differences.richardson import RICHARDSON
from actcli.errors import InputError, UnknownNameError
from actcli.function import DTYPES, Function

Array = npt.NDArray[np.float64]

_HALF_WIDTH = 10.0  # samples lie in [-10, 10]
_VECTOR_LENGTH = 4
_LARGEST_VECTOR = 1000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to check a function.

    `at` are the points (for a vector function: one vector); without them, `samples` points are drawn in
    [-10, 10] with `seed`, and some more around each kink. Without `step` the method chooses its own. Without
    `rtol` and `atol` a difference is judged by what the arithmetic explains. Raises InputError.
    """

    at: Array | None = None
    samples: int = 100
    seed: int = 0
    method: Difference = RICHARDSON
    step: float | None = None
    rtol: float | None = None
    atol: float | None = None
    order: int = 1
    dtype: str = "float64"

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise UnknownNameError("type", self.dtype, DTYPES)
        if self.order not in (1, 2) or not isinstance(self.samples, int) or self.samples < 1:
            raise InputError("a check has order 1 or 2, and at least one sample")
        for name, bound in (("step", self.step), ("rtol", self.rtol), ("atol", self.atol)):
            if bound is not None and not (math.isfinite(bound) and bound >= 0 and (bound or name != "step")):
                raise InputError(f"the {name} of a check must be a number above 0, not {bound}")
        if not isinstance(self.method, Difference):
            raise InputError(f"the method of a check is one of DIFFERENCES, not {self.method!r}")
        if self.method.needs_complex and (self.order, self.dtype) != (1, "float64"):
            raise InputError(f"{self.method.name} takes the formula's own values: order 1 in float64 only")
        if self.at is not None:
            object.__setattr__(self, "at", _as_row(self.at))

    @property
    def precision(self) -> Precision:
        """How finely the values are rounded."""
        info = np.finfo(self.dtype)
        return Precision(float(info.eps), float(info.smallest_subnormal))


def _as_row(at: npt.ArrayLike) -> Array:
    row = np.asarray(at, dtype=np.float64)
    if row.ndim != 1 or not row.size or not np.all(np.isfinite(row)):
        raise InputError("a check needs finite points, in one row")
    return row


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Arrays of one length: where, the function's value, the slope stated there, and the slopes measured.

    `entry` names the k-th entry of a vector function's Jacobian.
    """

    x: Array
    values: Array
    stated: Array
    slopes: Slopes
    entry: Callable[[int], str] = lambda _: ""


def gather(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence: at once, or of a vector function first on its Jacobian, then on its product."""
    if function.elementwise:
        return iter([_elementwise(function, settings)])
    if settings.order != 1:
        raise InputError(f"{function.name} is a vector function: only order 1, its Jacobian, is checked")
    return _vector(function, settings)


def _elementwise(function: Function, settings: Settings) -> Evidence:
    corners = np.array(sorted({corner.at for corner in function.corners}))
    x = _samples(corners, settings) if settings.at is None else settings.at
    x = _in_type(x, settings)
    f = _values(function, settings)
    _check_step(x, settings)
    method, precision, step = settings.method, settings.precision, settings.step
    measured = method.estimate(f, x, precision, step)
    reach = method.reach(x, precision, step)
    return Evidence(
        x=x,
        values=f(x),
        stated=_as_float64(function(x.astype(settings.dtype), order=settings.order)),
        slopes=slopes_around(f, x, corners, measured, reach, precision, fixed=step is not None),
    )


def _samples(corners: Array, settings: Settings) -> Array:
    """Return seeded points, rounded to 3 decimals so that they can be read and typed again."""
    drawn = _HALF_WIDTH * _uniform(settings.seed, settings.samples)
    near = [corners + d for d in (-0.1, -0.001, 0.0, 0.001, 0.1)]
    return np.concatenate([np.round(drawn, 3) + 0.0, *near])


def _uniform(seed: int, count: int) -> Array:
    """Draw from [-1, 1): Python's generator gives the same numbers in every version, and loads sooner."""
    draw = random.Random(seed).random
    return 2.0 * np.array([draw() for _ in range(count)]) - 1.0


def _in_type(x: Array, settings: Settings) -> Array:
    """Round the points to the type in question. Raises InputError where that overflows."""
    rounded = _as_float64(x.astype(settings.dtype))
    if not np.isfinite(rounded).all():
        raise InputError(f"{x[~np.isfinite(rounded)].flat[0]:g} overflows {settings.dtype}")
    return rounded


def _check_step(x: Array, settings: Settings) -> None:
    if settings.step is None or settings.method.needs_complex:
        return
    lost = x == _as_float64((x + settings.step).astype(settings.dtype))
    if lost.any():
        message = (
            f"the step {settings.step:g} is too small: added to x = {x[lost].flat[0]:g} it is rounded off"
        )
        raise InputError(message)


def _values(function: Function, settings: Settings) -> Curve:
    """Return the function whose slope is the derivative in question, computed in the type in question."""
    if settings.method.needs_complex:
        return lambda t: function.on_complex(t) if np.iscomplexobj(t) else function(t)
    return lambda t: _as_float64(function(t.astype(settings.dtype), order=settings.order - 1))


def _vector(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence on the Jacobian, d y_i / d x_j, and on its product with an upstream gradient."""
    x = _vectors(settings)
    _check_step(x, settings)
    n = x.shape[1]
    upstream = _uniform(settings.seed + 1, x.size).reshape(x.shape)
    values = _values(function, settings)(x)
    columns = [_column(function, x, j, settings) for j in range(n)]
    slope = np.stack([c.value for c in columns], axis=-1)
    error = np.stack([c.error for c in columns], axis=-1)
    stated = _as_float64(function(x.astype(settings.dtype), order=1))
    inputs, outputs, _ = np.broadcast_arrays(x[:, None, :], values[:, :, None], slope)
    yield _flat(inputs, outputs, stated, slope, error, lambda k: f"dy{k // n % n}/dx{k % n}")
    product = np.einsum("mi,mij->mj", upstream, slope), np.einsum("mi,mij->mj", np.abs(upstream), error)
    sums = np.broadcast_to(values.sum(axis=1, keepdims=True), x.shape)
    yield _flat(x, sums, function.gradient(x, upstream=upstream)[0], *product, lambda k: f"product, x{k % n}")


def _vectors(settings: Settings) -> Array:
    if settings.at is None:
        drawn = _HALF_WIDTH * _uniform(settings.seed, settings.samples * _VECTOR_LENGTH)
        return _in_type(np.round(drawn, 3).reshape(-1, _VECTOR_LENGTH), settings)
    if settings.at.size > _LARGEST_VECTOR:
        size = settings.at.size
        raise InputError(f"a Jacobian of {size} inputs is too large to check", f"at most {_LARGEST_VECTOR}")
    return _in_type(settings.at, settings)[None, :]


def _column(function: Function, x: Array, j: int, settings: Settings) -> Estimate:
    """Measure the slopes of all outputs in the direction of input j, (m, n)."""
    f = _values(function, settings)

    def along(t: Array) -> Array:
        moved = x.astype(t.dtype)
        moved[:, j] = t
        return f(moved)

    return settings.method.estimate(along, x[:, j], settings.precision, settings.step)


def _flat(
    x: Array, values: Array, stated: Array, slope: Array, error: Array, entry: Callable[[int], str]
) -> Evidence:
    none = np.full(x.size, np.nan)
    slopes = Slopes(
        measured=Estimate(slope.reshape(-1), error.reshape(-1)), corner=none, left=none, right=none
    )
    return Evidence(
        x=x.reshape(-1), values=values.reshape(-1), stated=stated.reshape(-1), slopes=slopes, entry=entry
    )


def _as_float64(y: npt.NDArray[Any]) -> Array:
    return y.astype(np.float64, copy=False)
