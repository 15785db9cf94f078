"""Wrong at every point, by a rule."""

from collections.abc import Callable

import numpy as np

from actcli.bugs._spec import Bug, Change, Slopes
from actcli.function import Array, Function

_RATHER_RIGHT = 1.0009  # what the usual relative tolerance of 1e-3 lets pass
_OFFSET = 1e-3
_NOISE = 1e-3

_ANY_SLOPE = "a slope that is not 0"


def _always(change: Change) -> Callable[[Function, int], Change]:
    """Return the same change for all functions and inputs."""
    return lambda function, place: change


def _factor(factor: float) -> Callable[[Function, int], Change]:
    return _always(lambda s: factor * s.slope)


def _single(s: Slopes) -> Array:
    return s.slope.astype(np.float32).astype(np.float64)


def _random(s: Slopes) -> Array:
    drawn = np.random.default_rng().standard_normal(s.slope.shape)  # no seed: that is the bug
    return s.slope * (1 + _NOISE * drawn)


SIGN = Bug(name="sign", summary="-1 times the derivative", needs=_ANY_SLOPE, change=_factor(-1.0))

FACTOR2 = Bug(name="factor2", summary="twice the derivative", needs=_ANY_SLOPE, change=_factor(2.0))

HALF = Bug(name="half", summary="half of the derivative", needs=_ANY_SLOPE, change=_factor(0.5))

RELATIVE = Bug(
    name="relative",
    summary="0.09 % too large: a relative tolerance of 1e-3 lets it pass",
    needs=_ANY_SLOPE,
    change=_factor(_RATHER_RIGHT),
)

OFFSET = Bug(
    name="offset",
    summary="0.001 too large",
    needs="an input",
    change=_always(lambda s: s.slope + _OFFSET),
)

VALUE = Bug(
    name="value",
    summary="the value instead of the derivative",
    needs="a value that is not its own derivative",
    change=_always(lambda s: s.y),
)

FLOAT32 = Bug(
    name="float32",
    summary="rounded to float32 on the way",
    needs="a slope that is no float32 number",
    change=_always(_single),
)

NOISE = Bug(
    name="noise",
    summary="random: about 0.1 % off, another time another number",
    needs=_ANY_SLOPE,
    change=_always(_random),
    random=True,
)

UPSTREAM = Bug(
    name="upstream",
    summary="the gradient that flows in is ignored: backward returns the slope alone",
    needs=_ANY_SLOPE,
    change=_always(lambda s: s.slope),
    deaf=True,
)
