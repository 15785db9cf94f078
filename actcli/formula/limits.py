"""Limits at infinity: what a graph tends to, from numbers so large that what vanishes has vanished."""

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from actcli.formula.graph import Node
from actcli.formula.implementation import INPUT
from actcli.formula.precise import precise

_FACTORS = (10, 13, 17, 29, 43, 59, 71, 83)  # times 10**999: where these disagree there is no limit
_NOTHING = 1e-150  # what is smaller at the least float tends to 0
_OUTWARDS = (500, 1000, 2000)  # powers of 10: what goes on growing from one to the next has no bound


def limit(root: Node, parameters: Mapping[str, float], sign: int) -> float:
    """Return what the graph tends to as x goes to sign*inf, rounded once; nan where it tends to nothing.

    0 has the sign from which it is approached.
    """
    return _limit(root, tuple(parameters.items()), sign)


@lru_cache(maxsize=256)
def _limit(root: Node, parameters: tuple[tuple[str, float], ...], sign: int) -> float:
    def at(x: int) -> Any:
        return precise(root, {**dict(parameters), INPUT: sign * x})

    values = [nearest_float(at(factor * 10**999)) for factor in _FACTORS]
    if len(set(values)) == 1 and len({math.copysign(1.0, value) for value in values}) == 1:
        return values[0]
    if any(math.isnan(value) or abs(value) < 1e3 for value in values):
        return values[0] if set(values) == {0.0} else math.nan
    outwards = [at(10**power) for power in _OUTWARDS]
    steps = [abs(far) - abs(near) for near, far in pairwise(outwards)]
    grows = steps[1] > 1.5 * steps[0] > 0 and len({value > 0 for value in values}) == 1
    return math.copysign(math.inf, values[0]) if grows else math.nan


@lru_cache(maxsize=256)
def sign_beside_zero(root: Node, parameters: tuple[tuple[str, float], ...], side: int) -> float:
    """Return 1.0 or -1.0, the sign of a graph that is 0 at 0, beside it; 0.0 where it is no continuous 0."""
    value = precise(root, {**dict(parameters), INPUT: side * math.ulp(0.0)})
    return math.copysign(1.0, value) if value and abs(value) < _NOTHING else 0.0


def nearest_float(value: Any) -> float:
    """Return an mpmath number rounded to float64: inf where it is beyond, -0 where it fades from below."""
    try:
        nearest = float(value)
    except OverflowError:
        nearest = math.inf if value > 0 else -math.inf
    return -0.0 if nearest == 0 and value < 0 else nearest
