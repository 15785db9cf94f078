"""Stencils: a few offsets in steps; weights and order are derived from them."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from actcli.differences._spec import Array, Curve, Difference, Estimate, Precision, power_of_two, spread


@dataclass(frozen=True, kw_only=True)
class Stencil(Difference):
    """f'(x) ~ sum of weights * f(x + offsets*h) / h, with the weights that are exact for polynomials."""

    offsets: tuple[int, ...]

    @cached_property
    def weights(self) -> tuple[Fraction, ...]:
        """The slope at 0 of each Lagrange basis polynomial through the offsets."""
        return tuple(self._weight(a) for a in self.offsets)

    @cached_property
    def order(self) -> int:
        """The power of h by which the error falls: the first moment not cancelled, less 1."""
        k = 2
        while sum(w * a**k for w, a in zip(self.weights, self.offsets, strict=True)) == 0:
            k += 1
        return k - 1

    def estimate(self, f: Curve, x: Array, precision: Precision, step: float | None = None) -> Estimate:
        """Estimate the slopes; the error is the change that other steps make, and rounding.

        Two other steps, because one change may vanish by chance: larger ones, or with a given step smaller
        ones, which do not look farther than it does.
        """
        h = self._steps(x, precision, step)
        scale = 2.0 if step is None else 0.5
        value, noise = self._quotient(f, x, h, precision)
        second, _ = self._quotient(f, x, scale * h, precision)
        third, _ = self._quotient(f, x, scale**2 * h, precision)
        change = np.maximum(np.abs(second - value), np.abs(third - second) / scale**self.order)
        return Estimate(value, change * (1 if step is None else 2) + noise)

    def reach(self, x: Array, precision: Precision, step: float | None = None) -> tuple[Array, Array]:
        """Return the outermost offsets in the largest of the steps."""
        h = self._steps(x, precision, step) * (4 if step is None else 1)
        return -min(self.offsets) * h, max(self.offsets) * h

    def _weight(self, a: int) -> Fraction:
        others = [b for b in self.offsets if b != a]
        top = sum(math.prod(-b for b in others if b != c) for c in others)
        return Fraction(top, math.prod(a - b for b in others))

    def _steps(self, x: Array, precision: Precision, step: float | None) -> Array:
        if step is not None:
            return np.full(x.shape, step)
        # Truncation grows as h^order, rounding as eps/h; and x + h must differ from x by many roundings.
        eps, size = precision.eps, np.maximum(1.0, np.abs(x))
        return power_of_two(np.maximum((eps * size) ** (1 / (self.order + 1)), 64 * eps * size))

    def _quotient(self, f: Curve, x: Array, h: Array, precision: Precision) -> tuple[Array, Array]:
        used = [(float(w), a) for w, a in zip(self.weights, self.offsets, strict=True) if w]
        terms = [w * f(x + a * h) for w, a in used]
        h, x = spread(h, terms[0]), spread(x, terms[0])
        value = np.asarray(sum(terms[1:], terms[0]) / h)
        size = sum(map(np.abs, terms[1:]), np.abs(terms[0]))
        return value, (precision.eps * (size + np.abs(x * value)) + precision.smallest) / h


FORWARD = Stencil(name="forward", summary="(f(x+h) - f(x)) / h", offsets=(0, 1))
BACKWARD = Stencil(name="backward", summary="(f(x) - f(x-h)) / h", offsets=(-1, 0))
CENTRAL = Stencil(name="central", summary="(f(x+h) - f(x-h)) / 2h", offsets=(-1, 0, 1))
FIVE_POINT = Stencil(name="five_point", summary="four values, error of order h^4", offsets=(-2, -1, 0, 1, 2))
