"""Limits at infinity: what a graph tends to, from numbers so large that what vanishes has vanished."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from actcli.formula.graph import Node
from actcli.formula.implementation import INPUT
from actcli.formula.precise import precise

_FACTORS = (10, 13, 17, 29, 43, 59, 71, 83)  # times 10**999: where these disagree nothing has settled
_OUTWARDS = ("1e1000", "1e100000", "1e10000000")  # numbers on the way to inf, for what is slow
_NOTHING = 1e-150  # what is smaller at the least float tends to 0


def limit(root: Node, parameters: Mapping[str, float], sign: int) -> float:
    """Return what the graph tends to as x goes to sign*inf, rounded once; nan where it tends to nothing.

    0 has the sign from which it is approached.
    """
    return _limit(root, tuple(parameters.items()), sign)


@lru_cache(maxsize=256)
def _limit(root: Node, parameters: tuple[tuple[str, float], ...], sign: int) -> float:
    def at(x: Any) -> Any:
        return precise(root, {**dict(parameters), INPUT: x})

    values = [at(sign * factor * 10**999) for factor in _FACTORS]
    floats = [nearest_float(value) for value in values]
    if len({(value, math.copysign(1.0, value)) for value in floats}) == 1:
        return floats[0]
    if set(floats) == {0.0}:
        return 0.0
    if not _is_monotone(values):
        return math.nan
    return _slow_limit(*(at(f"{'-' * (sign < 0)}{x}") for x in _OUTWARDS))


def _is_monotone(values: Sequence[Any]) -> bool:
    steps = [far - near for near, far in pairwise(values)]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _slow_limit(a: Any, b: Any, c: Any) -> float:
    """Return the limit of three terms far apart: inf where the steps do not shrink, else by Aitken's rule."""
    first, second = b - a, c - b
    if not first * second > 0:
        return math.nan
    if abs(second) > abs(first) / 2:
        return math.inf if second > 0 else -math.inf
    end = float(c + second * second / (first - second))
    short = round(end, 6)  # what approaches so slowly is known to few digits: a short decimal is meant
    return short + 0.0 if abs(end - short) < abs(second) else math.nan


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
