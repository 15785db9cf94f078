"""The record of an objective: a function to descend, its gradient, and published evidence of both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A function of n variables with its gradient.

    `value` maps float64 points of shape (..., n) to (...), `gradient` to (..., n). The length of `start` is
    the number of variables; where `any_dimension` holds, other lengths work too. The variables are called x0,
    x1, ... unless `inputs` names them. `minima` are those at finite points: there may be none. `evidence` is
    a published (point, value) away from the minimum: any formula with the right minimum passes "it
    converges". `box` is (low, high) per variable, for pictures only.
    """

    name: str
    summary: str
    formula: str
    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    start: tuple[float, ...]
    minima: tuple[tuple[float, ...], ...]
    evidence: tuple[tuple[float, ...], float]
    box: tuple[tuple[float, float], ...]
    inputs: tuple[str, ...] = ()
    any_dimension: bool = False
    aliases: tuple[str, ...] = ()
    source: str
