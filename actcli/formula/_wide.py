"""Operations on wide numbers, by name; what is not here has none, and goes on to arbitrary precision."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from actcli.numerics import wide, wide_circular, wide_errors, wide_functions
from actcli.numerics.wide import Wide


def _sign(a: Wide) -> Wide:
    return wide.from_floats(np.sign(a.high))


def _maximum(a: Wide, b: Wide) -> Wide:
    return wide.where(wide.subtract(a, b).high > 0, a, b)


def _minimum(a: Wide, b: Wide) -> Wide:
    return wide.where(wide.subtract(a, b).high < 0, a, b)


def _clip(a: Wide, low: Wide, high: Wide) -> Wide:
    return _minimum(_maximum(a, low), high)


OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "neg": wide.negative,
        "add": wide.add,
        "sub": wide.subtract,
        "mul": wide.multiply,
        "div": wide.divide,
        "pow": wide_functions.power,
        "sqrt": wide.sqrt,
        "exp": wide_functions.exp,
        "expm1": wide_functions.expm1,
        "log": wide_functions.log,
        "log1p": wide_functions.log1p,
        "logaddexp": wide_functions.logaddexp,
        "hypot": wide_functions.hypot,
        "sin": wide_circular.sin,
        "cos": wide_circular.cos,
        "sinh": wide_functions.sinh,
        "cosh": wide_functions.cosh,
        "tanh": wide_functions.tanh,
        "asinh": wide_functions.asinh,
        "erf": wide_errors.erf,
        "erfc": wide_errors.erfc,
        "abs": wide.absolute,
        "sign": _sign,
        "max": _maximum,
        "min": _minimum,
        "clip": _clip,
        "where": wide.where,
        "<": lambda a, b: wide.subtract(a, b).high < 0,
        "<=": lambda a, b: wide.subtract(a, b).high <= 0,
        ">": lambda a, b: wide.subtract(a, b).high > 0,
        ">=": lambda a, b: wide.subtract(a, b).high >= 0,
        "==": lambda a, b: wide.subtract(a, b).high == 0,
        "!=": lambda a, b: wide.subtract(a, b).high != 0,
    }
)
