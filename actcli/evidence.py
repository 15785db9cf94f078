"""The evidence of a gradient check: stated derivatives, and the slopes measured beside them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.differences import Difference
from actcli.differences._spec import Curve, Estimate, Precision
from actcli.differences.richardson import RICHARDSON, Richardson
from actcli.errors import InputError, UnknownNameError
from actcli.function import DTYPES, Corner, Function

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_HALF_WIDTH = 10.0  # samples lie in [-10, 10]
_VECTOR_LENGTH = 4
_LARGEST_VECTOR = 1000
_LEFT = replace(RICHARDSON, side=-1)
_RIGHT = replace(RICHARDSON, side=1)
_BESIDE = 2.0**-30  # how near a corner a jump is looked for


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
        if self.at is not None and not np.all(np.isfinite(self.at)):
            raise InputError("a gradient check needs finite points")
        if self.method.needs_complex and (self.order, self.dtype) != (1, "float64"):
            raise InputError(f"{self.method.name} takes the formula's own values: order 1 in float64 only")

    @property
    def precision(self) -> Precision:
        """How finely the values are rounded."""
        info = np.finfo(self.dtype)
        return Precision(float(info.eps), float(info.smallest_subnormal))


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Where, what is stated, what was measured, and the slopes at kinks (else nan): arrays of one length."""

    x: Array
    stated: Array
    measured: Estimate
    left: Array
    right: Array
    entry: Callable[[int], str] = lambda _: ""


def gather(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence: at once, or of a vector function first on its Jacobian, then on its product."""
    if function.elementwise:
        return iter([_elementwise(function, settings)])
    if settings.order != 1:
        raise InputError(f"{function.name} is a vector function: only order 1, its Jacobian, is checked")
    return _vector(function, settings)


def _elementwise(function: Function, settings: Settings) -> Evidence:
    x = settings.at if settings.at is not None else _samples(function, settings)
    x = _as_float64(x.astype(settings.dtype))
    f = _values(function, settings)
    stated = _as_float64(function(x.astype(settings.dtype), settings.order))
    _check_step(x, settings)
    measured = settings.method.estimate(f, x, settings.precision, settings.step)
    none = np.full(x.shape, np.nan)
    seen = Evidence(x=x, stated=stated, measured=measured, left=none, right=none)
    for corner in function.corners:
        seen = _around(corner, f, seen, settings)
    return seen


def _check_step(x: Array, settings: Settings) -> None:
    if settings.step is None or settings.method.needs_complex:
        return
    lost = x == _as_float64((x + settings.step).astype(settings.dtype))
    if lost.any():
        raise InputError(
            f"the step {settings.step:g} is too small: added to x = {x[lost][0]:g} it is rounded off"
        )


def _samples(function: Function, settings: Settings) -> Array:
    """Return seeded points, rounded to 3 decimals so that they can be read and typed again."""
    drawn = np.random.default_rng(settings.seed).uniform(-_HALF_WIDTH, _HALF_WIDTH, settings.samples)
    near = [corner.at + d for corner in function.corners for d in (-0.1, -0.001, 0.0, 0.001, 0.1)]
    return np.concatenate([np.round(drawn, 3), near])


def _values(function: Function, settings: Settings) -> Curve:
    """Return the function whose slope is the derivative in question, computed in the type in question."""
    if settings.method.needs_complex:
        return lambda t: function.on_complex(t) if np.iscomplexobj(t) else function(t)
    return lambda t: _as_float64(function(t.astype(settings.dtype), settings.order - 1))


def _around(corner: Corner, f: Curve, seen: Evidence, settings: Settings) -> Evidence:
    """Measure again where the method looked across a corner: one side at a time."""
    below, above = settings.method.reach(seen.x, settings.precision, settings.step)
    crossed = (seen.x - below <= corner.at) & (corner.at <= seen.x + above)
    if not crossed.any():
        return seen
    on_it = crossed & (seen.x == corner.at)
    if settings.step is None:
        seen = _seen_from(_LEFT, crossed & (seen.x < corner.at), f, seen, settings.precision)
        seen = _seen_from(_RIGHT, crossed & (seen.x > corner.at), f, seen, settings.precision)
        crossed = on_it
    left, right = (_slope_at(corner.at, side, f, settings.precision) for side in (_LEFT, _RIGHT))
    if abs(left[0] - right[0]) > left[1] + right[1]:
        return replace(
            seen, left=np.where(crossed, left[0], seen.left), right=np.where(crossed, right[0], seen.right)
        )
    smooth = Estimate(
        np.where(on_it, (left[0] + right[0]) / 2, seen.measured.value),
        np.where(on_it, left[1] + right[1], seen.measured.error),
    )
    return replace(seen, measured=smooth)


def _seen_from(side: Richardson, mask: Mask, f: Curve, seen: Evidence, precision: Precision) -> Evidence:
    value, error = seen.measured.value.copy(), seen.measured.error.copy()
    if mask.any():
        estimate = side.estimate(f, seen.x[mask], precision)
        value[mask], error[mask] = estimate.value, estimate.error
    return replace(seen, measured=Estimate(value, error))


def _slope_at(x: float, side: Richardson, f: Curve, precision: Precision) -> tuple[float, float]:
    """Return the one-sided slope at a corner and its error; across a jump it is infinite."""
    here, beside = f(np.array([x, x + side.side * _BESIDE * max(1.0, abs(x))]))
    if abs(beside - here) > np.sqrt(_BESIDE):
        return float(np.copysign(np.inf, side.side * (beside - here))), 0.0
    estimate = side.estimate(f, np.array([x]), precision)
    return float(estimate.value[0]), float(estimate.error[0])


def _vector(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence on the Jacobian, d y_i / d x_j, and on its product with an upstream gradient."""
    x = _vectors(settings)
    m, n = x.shape
    upstream = np.random.default_rng(settings.seed).uniform(-1, 1, x.shape)
    stated = _as_float64(function(x.astype(settings.dtype), 1))
    columns = [_column(function, x, j, settings) for j in range(n)]
    value = np.stack([c.value for c in columns], axis=-1)
    error = np.stack([c.error for c in columns], axis=-1)
    yield _flat(np.broadcast_to(x[:, None, :], (m, n, n)), stated, Estimate(value, error), _jacobian_entry(n))
    product = Estimate(
        np.einsum("mi,mij->mj", upstream, value), np.einsum("mi,mij->mj", np.abs(upstream), error)
    )
    yield _flat(x, function.product(x, upstream), product, lambda k: f"product, x{k % n}")


def _vectors(settings: Settings) -> Array:
    if settings.at is None:
        drawn = np.random.default_rng(settings.seed).uniform(
            -_HALF_WIDTH, _HALF_WIDTH, (settings.samples, _VECTOR_LENGTH)
        )
        return _as_float64(np.round(drawn, 3).astype(settings.dtype))
    if settings.at.size > _LARGEST_VECTOR:
        raise InputError(
            f"a Jacobian of {settings.at.size} inputs is too large to check", f"at most {_LARGEST_VECTOR}"
        )
    return _as_float64(settings.at.astype(settings.dtype))[None, :]


def _column(function: Function, x: Array, j: int, settings: Settings) -> Estimate:
    """Measure the slopes of all outputs in the direction of input j, (m, n)."""
    f = _values(function, settings)
    _check_step(x[:, j], settings)

    def along(t: Array) -> Array:
        moved = x.astype(t.dtype)
        moved[:, j] = t
        return f(moved)

    return settings.method.estimate(along, x[:, j], settings.precision, settings.step)


def _flat(x: Array, stated: Array, measured: Estimate, entry: Callable[[int], str]) -> Evidence:
    none = np.full(x.size, np.nan)
    flat = Estimate(measured.value.reshape(-1), measured.error.reshape(-1))
    return Evidence(
        x=x.reshape(-1), stated=stated.reshape(-1), measured=flat, left=none, right=none, entry=entry
    )


def _jacobian_entry(n: int) -> Callable[[int], str]:
    return lambda k: f"dy{k // n % n}/dx{k % n}"


def _as_float64(y: npt.NDArray[Any]) -> Array:
    return y.astype(np.float64, copy=False)
