"""The types of real numbers that actcli rounds to, and what rounding to them means."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class FloatType:
    """A binary type: `digits` of precision, numbers below 2**top, whole multiples of 2**bottom."""

    name: str
    digits: int
    top: int
    bottom: int

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type as numpy's."""
        if self.name == "bfloat16":
            import ml_dtypes  # noqa: F401  # makes the name known; who wants another type does not wait

        return np.dtype(self.name)

    @property
    def epsilon(self) -> float:
        """The distance from 1 to the next number."""
        return 2.0 ** (1 - self.digits)

    @property
    def largest(self) -> float:
        """The largest finite number."""
        return (2.0 - self.epsilon) * 2.0 ** (self.top - 1)

    @property
    def smallest_normal(self) -> float:
        """The smallest number of full precision."""
        return 2.0 ** (self.bottom + self.digits - 1)

    @property
    def smallest(self) -> float:
        """The smallest number above 0."""
        return 2.0**self.bottom

    def round(self, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """Round numbers to this type, to the nearest, ties to even; beyond the largest lies inf."""
        x = np.asarray(x, dtype=np.float64)
        with np.errstate(over="ignore"):
            return (_odd_float32(x) if self.name == "bfloat16" else x).astype(self.dtype, copy=False)

    def ulp(self, x: Array) -> Array:
        """Return the unit in the last place of numbers of this type: for inf that of the largest."""
        _, exponent = np.frexp(np.where(np.isfinite(x), x, self.largest))
        lowest = np.where(x == 0, self.bottom, exponent - self.digits)
        unit: Array = np.ldexp(1.0, np.maximum(lowest, self.bottom))
        return unit


def _odd_float32(x: Array) -> npt.NDArray[np.float32]:
    """Round towards 0, but to an odd last bit what is not exact: a second rounding is then as good as one.

    bfloat16 is made from float32; through the nearest one, 1 + 2**-8 + 2**-40 would end as 1.
    """
    nearest = np.atleast_1d(x.astype(np.float32))
    bits = nearest.view(np.uint32) - (np.abs(nearest) > np.abs(x))
    odd = (bits | (nearest != x)).astype(np.uint32).view(np.float32)
    return np.where(np.isnan(x), np.float32(np.nan), odd.reshape(x.shape))


FLOATS: Mapping[str, FloatType] = MappingProxyType(
    {
        "float16": FloatType(name="float16", digits=11, top=16, bottom=-24),
        "bfloat16": FloatType(name="bfloat16", digits=8, top=128, bottom=-133),
        "float32": FloatType(name="float32", digits=24, top=128, bottom=-149),
        "float64": FloatType(name="float64", digits=53, top=1024, bottom=-1074),
    }
)
DTYPES = tuple(FLOATS)
