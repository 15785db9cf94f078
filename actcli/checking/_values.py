"""The numbers of a function whose slope is checked, computed in the type in question."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.checking._evidence import Array
from actcli.checking._settings import Settings
from actcli.differences._spec import Precision
from actcli.floats import FLOATS
from actcli.function import Function


def values_of(function: Function, settings: Settings) -> Callable[..., Array]:
    """Return the function whose slope is the derivative in question.

    A method computes it in the type in question; without one, what can be is computed in float64.
    """
    if settings.estimator.needs_complex:
        return lambda *t: (function.on_complex if any(map(np.iscomplexobj, t)) else function)(*t)
    order, dtype = settings.order - 1, type_of(function, settings)
    function = (function.finer if settings.is_auto else None) or function
    return lambda *t: as_float64(function(*(part.astype(dtype, copy=False) for part in t), order=order))


def type_of(function: Function, settings: Settings) -> str:
    """Return the type that values are computed in."""
    finer = not function.whole or function.finer is not None
    return "float64" if settings.is_auto and finer else settings.dtype


def precision_of(function: Function, settings: Settings) -> Precision:
    """Return how finely the values are rounded."""
    kind = FLOATS[type_of(function, settings)]
    return Precision(kind.epsilon, kind.smallest)


def as_float64(y: npt.NDArray[Any]) -> Array:
    """Return the numbers in float64, which all are compared in."""
    return y.astype(np.float64, copy=False)
