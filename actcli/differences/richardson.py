"""Richardson extrapolation: difference quotients at shrinking steps, extrapolated to step 0."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from actcli.differences._spec import Array, Curve, Difference, Estimate, Precision, power_of_two, spread

_LEVELS = 14  # steps, each half of the one before: from 1/4 to 3e-5
_HIGHEST = 6  # extrapolations in a row: more only add noise


@dataclass(frozen=True, kw_only=True)
class Richardson(Difference):
    """Central quotients (side 0), or quotients that look to one side only (-1 left, 1 right).

    Of all entries of the extrapolation table, each point takes the one with the least error estimate: its
    distance from the two entries that it extrapolates, the rounding of the values, and what finer steps
    contradict. Source: Richardson & Gaunt 1927; the choice is after Ridders 1982.
    """

    side: Literal[-1, 0, 1] = 0

    def estimate(self, f: Curve, x: Array, precision: Precision, step: float | None = None) -> Estimate:
        """Estimate the slopes; `step` is the first and largest one."""
        return self._from(f, x, self._steps(x, precision, step), precision)

    def within(self, f: Curve, x: Array, room: Array, precision: Precision) -> Estimate:
        """Estimate the slopes from values that are less than `room` away from each x."""
        return self._from(f, x, power_of_two(np.minimum(self._steps(x, precision), room / 2)), precision)

    def reach(self, x: Array, precision: Precision, step: float | None = None) -> tuple[Array, Array]:
        """Return the first step, on the sides that are looked at."""
        h = self._steps(x, precision, step)
        return h * (self.side <= 0), h * (self.side >= 0)

    def _steps(self, x: Array, precision: Precision, step: float | None = None) -> Array:
        if step is not None:
            return np.full(x.shape, step)
        return power_of_two(np.maximum(0.25, np.abs(x) * max(2.0**-14, 16 * precision.eps)))

    def _from(self, f: Curve, x: Array, h: Array, precision: Precision) -> Estimate:
        quotients, noises = self._quotients(f, x, h * 0.5 ** np.arange(_LEVELS)[:, None], precision)
        return best(extrapolated(quotients, noises, 1 if self.side else 2))

    def _quotients(self, f: Curve, x: Array, h: Array, precision: Precision) -> tuple[Array, Array]:
        """Return the quotients of all steps, (levels, m, k...), and how far off rounding may have them."""
        above, below = f(x + h * (self.side >= 0)), f(x - h * (self.side <= 0))
        width = spread(h * (1 if self.side else 2), above)
        value = np.asarray((above - below) / width)
        off = spread(precision.eps * (np.abs(x) + h), above)  # by what rounding moved the arguments
        noise = precision.eps * (np.abs(above) + np.abs(below)) + off * np.abs(value) + precision.smallest
        return value, noise / np.where(width > off, width - off, np.nan)  # narrower, it tells nothing


def extrapolated(quotients: Array, noises: Array, power: int) -> list[Estimate]:
    """Return the entries of the table, from the quotients of steps that halve, (levels, ...).

    Their errors go by `power`, 2*power, ... of the step: 2 for central quotients, 1 for one-sided ones.
    """
    entries, row = [], [quotients[0]]
    for quotient, noise in zip(quotients[1:], noises[1:], strict=True):
        row_before, row = row, _next_row(row, quotient, power)
        for before, beside, entry in zip(row_before, row, row[1:], strict=False):
            change = np.maximum(np.abs(entry - before), np.abs(entry - beside))
            entries.append(Estimate(entry, change + 2 * noise))  # extrapolation adds the noise up
    return entries


def _next_row(row_before: list[Array], quotient: Array, power: int) -> list[Array]:
    row = [quotient]
    for k, before in enumerate(row_before[:_HIGHEST], start=1):
        row.append(row[-1] + (row[-1] - before) / (2.0 ** (power * k) - 1))
    return row


def best(entries: list[Estimate]) -> Estimate:
    """Return, for each point, the entry of least error, none trusted beyond what finer steps contradict.

    The entries go from wide steps to fine ones. Two may agree by chance, far from the slope: then later ones
    lie beyond their own errors.
    """
    values = np.stack([entry.value for entry in entries])
    errors = np.stack([entry.error for entry in entries])
    finite = np.isfinite(values) & np.isfinite(errors)
    values, errors = np.where(finite, values, np.nan), np.where(finite, errors, np.inf)
    # What lies between the most that a finer entry may be and the least is contradicted by none.
    least = np.minimum.accumulate(np.where(finite, values + errors, np.inf)[::-1])[::-1]
    most = np.maximum.accumulate(np.where(finite, values - errors, -np.inf)[::-1])[::-1]
    doubted = np.fmax(errors, np.fmax(values - least, most - values))
    best = np.argmin(doubted, axis=0)[None]
    return Estimate(np.take_along_axis(values, best, 0)[0], np.take_along_axis(doubted, best, 0)[0])


RICHARDSON = Richardson(name="richardson", summary="central quotients at shrinking steps, extrapolated to 0")
