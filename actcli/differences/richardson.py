"""Richardson extrapolation: difference quotients at shrinking steps, extrapolated to step 0."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from actcli.differences._spec import Array, Curve, Difference, Estimate, Precision, power_of_two, spread

_LEVELS = 9  # halvings of the first step, and one


@dataclass(frozen=True, kw_only=True)
class Richardson(Difference):
    """Central quotients (side 0), or quotients that look to one side only (-1 left, 1 right).

    Of all entries of the extrapolation table, each point takes the one with the least error estimate: its
    distance from the two entries that it extrapolates, and the rounding of the values. Source: Richardson &
    Gaunt 1927; the choice is Ridders 1982.
    """

    side: Literal[-1, 0, 1] = 0

    def estimate(self, f: Curve, x: Array, precision: Precision, step: float | None = None) -> Estimate:
        """Estimate the slopes; `step` is the first and largest one."""
        h = self._steps(x, step)
        quotient, _ = self._quotient(f, x, h, precision)
        best, row = Estimate(quotient, np.full(quotient.shape, np.inf)), [quotient]
        for level in range(1, _LEVELS):
            quotient, noise = self._quotient(f, x, h * 0.5**level, precision)
            row_before, row = row, self._extrapolated(row, quotient)
            for before, beside, entry in zip(row_before, row, row[1:], strict=False):
                change = np.maximum(np.abs(entry - before), np.abs(entry - beside))
                best = _better(best, Estimate(entry, change + 2 * noise))  # extrapolation adds the noise up
        return best

    def reach(self, x: Array, precision: Precision, step: float | None = None) -> tuple[Array, Array]:
        """Return the first step, on the sides that are looked at."""
        h = self._steps(x, step)
        return h * (self.side <= 0), h * (self.side >= 0)

    def _steps(self, x: Array, step: float | None) -> Array:
        if step is not None:
            return np.full(x.shape, step)
        return power_of_two(np.maximum(0.25, np.abs(x) * 2.0**-14))

    def _quotient(self, f: Curve, x: Array, h: Array, precision: Precision) -> tuple[Array, Array]:
        above, below = f(x + h * (self.side >= 0)), f(x - h * (self.side <= 0))
        width = spread(h * (1 if self.side else 2), above)
        value = np.asarray((above - below) / width)
        size = np.abs(above) + np.abs(below) + np.abs(spread(x, above) * value)
        return value, (precision.eps * size + precision.smallest) / width

    def _extrapolated(self, row_before: list[Array], quotient: Array) -> list[Array]:
        """Return the next row of the table from the row before it."""
        row = [quotient]
        for k, before in enumerate(row_before, start=1):
            factor = 2.0 ** (k if self.side else 2 * k)
            row.append(row[-1] + (row[-1] - before) / (factor - 1))
        return row


def _better(a: Estimate, b: Estimate) -> Estimate:
    keep = a.error <= b.error
    return Estimate(np.where(keep, a.value, b.value), np.where(keep, a.error, b.error))


RICHARDSON = Richardson(
    name="richardson", summary="central quotients at shrinking steps, extrapolated to 0", aliases=("auto",)
)
