"""The evidence of a gradient check: stated derivatives, and the slopes measured beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from actcli.checking._slopes import Slopes
from actcli.differences._spec import Curve
from actcli.function import Function

UPSTREAM = "upstream"  # the entry of what flows
Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """Arrays of one length: where, the function's value, the slope stated there, and the slopes measured.

    `name` is the input that moves and `x` its number, of a vector the entry's; `places` are all inputs by
    name. `entry` names the k-th slope, where there are several at a point: by one of several inputs, or of a
    vector function. `curve` returns, for the k-th slope, the numbers whose slope at x[k] it is, as a function
    of that number alone: for who wants to look closer. `own` is what the stated slope's own rounding may
    amount to, beyond a few last digits; `noisy` are points where two evaluations differ.
    What `flows` are gradients of a backward pass that other numbers than 1 flow into. `note` says what the
    evidence leaves open.
    """

    function: Function
    name: str
    x: Array
    places: Mapping[str, Array]
    values: Array
    stated: Array
    own: Array
    noisy: Mask
    slopes: Slopes
    curve: Callable[[int], Curve]
    entry: Callable[[int], str] = lambda _: ""
    flows: bool = False
    note: str = ""
