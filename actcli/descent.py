"""Gradient descent: the one loop, and why it stopped."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

import numpy as np
import numpy.typing as npt

from actcli.differences.stencils import CENTRAL
from actcli.errors import InputError
from actcli.function import Function
from actcli.optimizers import Optimizer

Array = npt.NDArray[np.float64]

GRADIENTS = ("analytic", "numerical")

_NUMERICAL_STEP = 1e-4
_RUNAWAY = 1e12  # times the start: from there on a descent counts as diverged


class Stop(Enum):
    """Why a descent stopped; the value is the sentence to show."""

    STEPS = "took all its steps"
    CONVERGED = "the gradient is within the tolerance"
    NOT_FINITE = "diverged: left the finite numbers"
    RUNAWAY = "diverged: grew beyond 10^12 times its start, or beyond 10^12"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Where a descent is after `number` steps: x and gradient of shape (n,)."""

    number: int
    x: Array
    value: float
    gradient: Array

    @property
    def gradient_norm(self) -> float:
        """The Euclidean length of the gradient."""
        return math.hypot(*self.gradient)

    @property
    def is_finite(self) -> bool:
        """Whether position, value and gradient are."""
        return bool(
            np.isfinite(self.x).all() and np.isfinite(self.value) and np.isfinite(self.gradient).all()
        )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The steps of a descent, the start first and the end last, and why it stopped."""

    trace: tuple[Step, ...]
    stop: Stop

    @property
    def diverged(self) -> bool:
        """Whether it left the finite numbers or grew beyond all bounds."""
        return self.stop in (Stop.NOT_FINITE, Stop.RUNAWAY)

    @property
    def path(self) -> Array:
        """All positions, of shape (steps + 1, n)."""
        return np.array([step.x for step in self.trace])


def descend(
    function: Function,
    optimizer: Optimizer,
    *,
    steps: int,
    start: Array | None = None,
    tolerance: float | None = None,
    numerical: bool = False,
) -> Outcome:
    """Take `steps` steps from `start`, fewer when the gradient is within `tolerance` or the descent diverges.

    The function is one of its inputs, which are the coordinates, or of one vector. `numerical` estimates the
    gradient by central differences with h = 1e-4. Raises InputError where there is no start or it does not
    fit, where the value is a vector, or for a negative number of steps.
    """
    if steps < 0:
        raise InputError(f"a descent takes at least 0 steps, not {steps}")
    x = _start(function, start)
    value, gradient = _landscape(function, x)
    trace: list[Step] = []
    stop = Stop.STEPS
    for step in islice(_walk(value, _numerical(value) if numerical else gradient, optimizer, x), steps + 1):
        trace.append(step)
        found = _reason_to_stop(step, trace[0], tolerance)
        if found:
            stop = found
            break
    return Outcome(trace=tuple(trace), stop=stop)


def _start(function: Function, start: Array | None) -> Array:
    if start is None and not function.start:
        tip = "--start, with a number for each variable"
        raise InputError(f"{function.name} has no start of its own", tip)
    x = np.array(function.start if start is None else start, dtype=np.float64)
    if x.ndim != 1 or not x.size:
        raise InputError("a start is one row of numbers")
    n = len(function.inputs)
    if function.elementwise and len(x) != n:
        raise InputError(f"the start of {function.name} has {n} number{'s'[: n > 1]}, not {len(x)}")
    return x


def _landscape(function: Function, x: Array) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Return the value, (..., n) -> (...), and the gradient, (n,) -> (n,), over the coordinates of `x`."""
    value, backward = function.orders[0], function.backward
    if function.elementwise:
        return (
            lambda x: value(*np.atleast_2d(x).T).reshape(x.shape[:-1]),
            lambda x: np.concatenate(backward(tuple(x[:, None]), np.ones(1))),
        )
    if len(function.inputs) > 1:
        raise InputError(f"{function.name} is of several vectors: a descent has one, or numbers")
    if value(x[None]).shape != (1, 1):
        raise InputError(f"the value of {function.name} is a vector: there is no going down", "sum(...)")
    return (
        lambda x: value(np.atleast_2d(x))[..., 0].reshape(x.shape[:-1]),
        lambda x: backward((x[None],), np.ones((1, 1)))[0][0],
    )


def _walk(
    value: Callable[[Array], Array], gradient: Callable[[Array], Array], optimizer: Optimizer, x: Array
) -> Iterator[Step]:
    """Yield the start and every step after it, for ever."""
    state, number = optimizer.init(x), 0
    while True:
        with np.errstate(over="ignore", invalid="ignore"):  # a divergence is reported, not warned about
            here = Step(number=number, x=x, value=float(value(x)), gradient=gradient(x))
        yield here
        with np.errstate(over="ignore", invalid="ignore"):
            update, state = optimizer.step(here.gradient, state)
            x, number = x + update, number + 1


def _reason_to_stop(here: Step, first: Step, tolerance: float | None) -> Stop | None:
    if not here.is_finite:
        return Stop.NOT_FINITE
    far = math.hypot(*here.x) > _RUNAWAY * max(1.0, math.hypot(*first.x))
    if far or abs(here.value) > _RUNAWAY * max(1.0, abs(first.value)):
        return Stop.RUNAWAY
    if tolerance is not None and here.gradient_norm <= tolerance:
        return Stop.CONVERGED
    return None


def _numerical(value: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return the gradient by central differences, all 2n values in one call."""
    used = [(float(w), a) for w, a in zip(CENTRAL.weights, CENTRAL.offsets, strict=True) if w]

    def gradient(x: Array) -> Array:
        moves = _NUMERICAL_STEP * np.eye(len(x))
        return np.asarray(sum(w * value(x + a * moves) for w, a in used) / _NUMERICAL_STEP)

    return gradient
