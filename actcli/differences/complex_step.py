"""The complex step: no subtraction, so no cancellation, at the price of a function of complex numbers."""

from dataclasses import dataclass

import numpy as np

from actcli.differences._spec import Array, Curve, Difference, Estimate, Precision, spread

_STEP = 1e-100  # its square is below every rounding error


@dataclass(frozen=True, kw_only=True)
class ComplexStep(Difference):
    """f'(x) ~ Im f(x + ih) / h.  Source: Squire & Trapp 1998, eq. 6."""

    needs_complex: bool = True

    def estimate(self, f: Curve, x: Array, precision: Precision, step: float | None = None) -> Estimate:
        """Estimate the slopes; `f` must take complex numbers."""
        h = np.full(x.shape, _STEP if step is None else step)
        value, noise = self._slope(f, x, h, precision)
        twice, _ = self._slope(f, x, 2 * h, precision)
        return Estimate(value, np.abs(twice - value) + noise)

    def _slope(self, f: Curve, x: Array, h: Array, precision: Precision) -> tuple[Array, Array]:
        values = f(x + 1j * h)
        slope = np.asarray(values.imag / spread(h, values))
        # Nothing is subtracted here, but the formula itself may cancel terms of the size of 1.
        size = 1 + np.abs(values.real) + np.abs(slope) + np.abs(spread(x, slope) * slope)
        return slope, 8 * precision.eps * size

    def reach(self, x: Array, precision: Precision, step: float | None = None) -> tuple[Array, Array]:
        """Return 0: the step leaves the real line."""
        return np.zeros(x.shape), np.zeros(x.shape)


COMPLEX_STEP = ComplexStep(name="complex_step", summary="Im f(x + ih) / h, on the formula in complex numbers")
