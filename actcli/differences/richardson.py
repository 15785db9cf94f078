"""Richardson extrapolation: difference quotients at shrinking steps, extrapolated to step 0."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from actcli.differences._spec import Array, Curve, Difference, Estimate, Precision, power_of_two, spread

_LEVELS = 9  # halvings of the first step, and one


@dataclass(frozen=True, kw_only=True)
class Richardson(Difference):
    """Central quotients (side 0), or quotients that look to one side only (-1 left, 1 right).

    Of all entries of the extrapolation table, each point takes the one with the least error estimate: the
    change that its last extrapolation made, and the rounding of the values. Source: Richardson & Gaunt 1927;
    the choice is Ridders 1982.
    """

    side: Literal[-1, 0, 1] = 0

    def estimate(self, f: Curve, x: Array, precision: Precision, step: float | None = None) -> Estimate:
        """Estimate the slopes; `step` is the first and largest one."""
        h = self._steps(x, step)
        value, error, column = None, None, []
        for level in range(_LEVELS):
            quotient, noise = self._quotient(f, x, h * 0.5**level, precision)
            column = self._extrapolated(column, quotient)
            for before, entry in zip(column, column[1:], strict=False):
                change = np.abs(entry - before) + 2 * noise  # extrapolation adds the noise up
                if value is None or error is None:
                    value, error = entry, change
                else:
                    better = change < error
                    value, error = np.where(better, entry, value), np.where(better, change, error)
        assert value is not None
        assert error is not None
        return Estimate(value, error)

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

    def _extrapolated(self, column: list[Array], quotient: Array) -> list[Array]:
        """Return the next row of the table from the row before it."""
        row = [quotient]
        for k, before in enumerate(column, start=1):
            factor = 2.0 ** (k if self.side else 2 * k)
            row.append(row[-1] + (row[-1] - before) / (factor - 1))
        return row


RICHARDSON = Richardson(
    name="richardson", summary="central quotients at shrinking steps, extrapolated to 0", aliases=("auto",)
)
