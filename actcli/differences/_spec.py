"""The shape of a difference method: from a function's values to its slope, with an error bound."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Curve = Callable[[Array], Array]  # t of shape (..., m) to (..., m, k...), row by row


class Precision(NamedTuple):
    """How finely f's values are rounded: relatively (2^-52 for float64), and the smallest number above 0."""

    eps: float
    smallest: float


@dataclass(frozen=True)
class Estimate:
    """Estimated slopes, and how far off each may be: truncation and rounding together, of the same shape."""

    value: Array
    error: Array


@dataclass(frozen=True, kw_only=True)
class Difference(ABC):
    """A way to estimate f'(x)."""

    name: str
    summary: str
    aliases: tuple[str, ...] = ()
    needs_complex: bool = False

    @abstractmethod
    def estimate(self, f: Curve, x: Array, precision: Precision, step: float | None = None) -> Estimate:
        """Estimate the slope of `f` at each of the points `x`, (m,).

        Without a `step` the method chooses one for each point.
        """

    @abstractmethod
    def reach(self, x: Array, precision: Precision, step: float | None = None) -> tuple[Array, Array]:
        """Return how far below and above each x the method looks, both (m,)."""


def power_of_two(h: Array) -> Array:
    """Round steps down to powers of two: x + h and x - h are then exact, or nearly so."""
    return np.asarray(np.ldexp(1.0, np.frexp(h)[1] - 1))


def spread(h: Array, like: Array) -> Array:
    """Give per-row numbers, (..., m), the number of axes of `like`, (..., m, k...)."""
    return h.reshape(h.shape + (1,) * (like.ndim - h.ndim))
