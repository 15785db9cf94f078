"""How a check is made, and at which points."""

from _random import Random
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.differences import Difference
from actcli.differences._spec import Precision
from actcli.differences.richardson import RICHARDSON
from actcli.errors import InputError, UnknownNameError
from actcli.floats import DTYPES, FLOATS
from actcli.function import Function

Array = npt.NDArray[np.float64]

VECTOR_LENGTH = 4
_MOST_CORNERS = 20
_HALF_WIDTH = 10.0  # samples lie in [-10, 10]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to check a function.

    `at` are the points: a row, or one for each of several inputs. For a vector function a row is a vector: of
    one input there may be several, a batch. Without them, `samples` points are drawn in [-10, 10] with
    `seed`, and some more around each kink. `wrt` names the one of several inputs to take derivatives by. A
    Jacobian too large to be measured whole is checked along as many random `directions`. Without a `method`
    steps of all sizes are taken, on both sides; without `step` the method chooses its own. Without `rtol` and
    `atol` a difference is judged by what the arithmetic explains. Raises InputError.
    """

    at: Array | None = None
    wrt: str | None = None
    samples: int = 100
    seed: int = 0
    method: Difference | None = None
    step: float | None = None
    rtol: float | None = None
    atol: float | None = None
    order: int = 1
    dtype: str = "float64"
    directions: int = 16

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise UnknownNameError("type", self.dtype, DTYPES)
        if self.order not in (1, 2) or not all(map(_is_count, (self.samples, self.directions))):
            raise InputError("a check has order 1 or 2, and at least one sample and one direction")
        if not (isinstance(self.seed, int | np.integer) and self.seed >= 0) or self.seed is True:
            raise InputError(f"the seed of a check is a whole number from 0 on, not {self.seed!r}")
        if not isinstance(self.wrt, str | None):
            raise InputError(f"wrt names one variable, and is not {self.wrt!r}")
        for name, bound in (("step", self.step), ("rtol", self.rtol), ("atol", self.atol)):
            if bound is not None and not (_is_size(bound) and (bound or name != "step")):
                raise InputError(f"the {name} of a check must be a number above 0, not {bound!r}")
        if not isinstance(self.method, Difference | None):
            raise InputError(f"the method of a check is one of DIFFERENCES, not {self.method!r}")
        if self.method and self.method.needs_complex and (self.order, self.dtype) != (1, "float64"):
            raise InputError(f"{self.method.name} takes the formula's own values: order 1 in float64 only")
        if self.at is not None:
            object.__setattr__(self, "at", _as_rows(self.at))

    @property
    def is_auto(self) -> bool:
        """Whether steps of all sizes are taken, not those of one method."""
        return self.method is None and self.step is None

    @property
    def estimator(self) -> Difference:
        """The method, where one is wanted."""
        return self.method or RICHARDSON

    @property
    def has_tolerance(self) -> bool:
        """Whether the user's tolerance is the whole law."""
        return self.rtol is not None or self.atol is not None

    @property
    def precision(self) -> Precision:
        """How finely the values are rounded."""
        kind = FLOATS[self.dtype]
        return Precision(kind.epsilon, kind.smallest)


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1


def _is_size(number: Any) -> bool:
    is_number = isinstance(number, int | float | np.number) and not isinstance(number, bool)
    return is_number and bool(np.isfinite(number)) and float(number) >= 0


def _as_rows(at: npt.ArrayLike) -> Array:
    rows = np.asarray(at, dtype=np.float64)
    if rows.ndim not in (1, 2) or not rows.size:
        raise InputError("a check needs points, in one row for each input")
    if (endless := rows[~np.isfinite(rows)]).size:
        raise InputError(f"a check needs finite points, not {endless[0]}")
    return np.atleast_2d(rows)


def points_of(function: Function, settings: Settings, corners: Array | None = None) -> tuple[Array, ...]:
    """Return the points, a row for each input, in the type in question."""
    count = len(function.inputs)
    if settings.at is not None and len(settings.at) != count:
        takes = ", ".join(function.inputs)
        raise InputError(
            f"{function.name} has {count} inputs ({takes}): points for {len(settings.at)} are given"
        )
    rows = settings.at if settings.at is not None else _samples(function, corners, settings)
    return tuple(_ready(rows, settings))


def rows_of(settings: Settings) -> Array:
    """Return the points given as they are: the batch of a vector function of one input."""
    assert settings.at is not None
    return _ready(settings.at, settings)


def _ready(rows: Array, settings: Settings) -> Array:
    rows = in_type(rows, settings)
    for row in rows:
        _check_step(row, settings)
    return rows


def _samples(function: Function, corners: Array | None, settings: Settings) -> Array:
    """Return seeded points, rounded to 3 decimals so that they can be read and typed again.

    An input with a default stays there.
    """
    inputs, count = function.inputs, settings.samples
    size = count if function.elementwise else count * (function.length or VECTOR_LENGTH)
    drawn = _HALF_WIDTH * uniform(settings.seed, len(inputs) * size).reshape(len(inputs), size)
    rows = np.round(drawn, 3) + 0.0
    if function.whole and function.elementwise:
        rows[:, 0] = 0.0  # code tells no kinks: most have theirs there
    for name, default in function.defaults.items():
        rows[inputs.index(name)] = default
    nearest = sorted([] if corners is None else corners.tolist(), key=abs)[:_MOST_CORNERS]
    near = [np.array(nearest) + d for d in (-0.1, -0.001, 0.0, 0.001, 0.1)] if nearest else []
    return np.concatenate([rows, *(np.atleast_2d(row) for row in near)], axis=1)


def uniform(seed: int, count: int) -> Array:
    """Draw from [-1, 1): Python's generator gives the same numbers in every version, and loads sooner.

    Its core, without the distributions of the module random.
    """
    draw = Random(seed).random
    return 2.0 * np.array([draw() for _ in range(count)]) - 1.0


def in_type(x: Array, settings: Settings) -> Array:
    """Round the points to the type in question. Raises InputError where that overflows."""
    rounded = FLOATS[settings.dtype].round(x).astype(np.float64)
    if not np.isfinite(rounded).all():
        raise InputError(f"{x[~np.isfinite(rounded)].flat[0]:g} overflows {settings.dtype}")
    return rounded + 0.0  # no -0: 1/x is another there


def _check_step(x: Array, settings: Settings) -> None:
    if settings.step is None or settings.estimator.needs_complex:
        return
    lost = x == FLOATS[settings.dtype].round(x + settings.step).astype(np.float64)
    if lost.any():
        message = (
            f"the step {settings.step:g} is too small: added to x = {x[lost].flat[0]:g} it is rounded off"
        )
        raise InputError(message)
