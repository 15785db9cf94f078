"""The numbers of a function whose slope is checked, computed in the type in question."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.checking._evidence import Array
from actcli.checking._settings import Settings
from actcli.function import Function


def values_of(function: Function, settings: Settings) -> Callable[..., Array]:
    """Return the function whose slope is the derivative in question, computed in the type in question."""
    if settings.method.needs_complex:
        return lambda *t: (function.on_complex if any(map(np.iscomplexobj, t)) else function)(*t)
    order, dtype = settings.order - 1, settings.dtype
    return lambda *t: as_float64(function(*(part.astype(dtype) for part in t), order=order))


def as_float64(y: npt.NDArray[Any]) -> Array:
    """Return the numbers in float64, which all are compared in."""
    return y.astype(np.float64, copy=False)
