"""What a formula and its derivatives are worth, exactly: at kinks by convention, at inf by the limit."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from actcli.activations import ACTIVATIONS
from actcli.errors import InputError
from actcli.formula.calls import expanded
from actcli.formula.derive import derivative
from actcli.formula.graph import Node
from actcli.formula.parse import parse
from actcli.formula.precise import evaluated, precise
from actcli.formula.sides import decided
from actcli.function import Corner, Function

_BITS = 2560  # at the few points where no doubling is tried
_HUGE = (1.0, 1.3, 1.7, 2.9, 4.3, 5.9, 7.1, 8.3)  # times 10**1000: where these disagree there is no limit
_OUTWARDS = (500, 1000, 2000)  # powers of 10: what grows ever faster between them grows without bound
_NEAR_INF = (64.0, 256.0, 1024.0, 1900.0)  # where what vanishes at inf still has a sign
_HOLE = 300  # bits: the relative distance from a hole at which a limit is taken
_NOISE = (-5400, -4000)  # binary exponents of what a cancellation leaves at 5,120 bits: its sign says nothing
_LOCAL = -500  # what is below 2**-500 right beside 0 tends to 0
_BESIDE = "x'"  # no name that a formula could have


@dataclass(frozen=True)
class Reference:
    """A formula in one variable, its parameters' numbers and its conventions: all that a process needs."""

    name: str
    formula: str
    variable: str
    parameters: tuple[tuple[str, float], ...]
    corners: tuple[Corner, ...]

    def graph(self, order: int) -> Node:
        """Return the formula's derivative, in basic operations."""
        return _graph(self.formula, self.variable, order)

    def varies(self, order: int) -> bool:
        """Whether the derivative depends on the variable."""
        return self.variable in self.graph(order).variables

    def names(self, x: Any) -> dict[str, Any]:
        """Return the numbers of the formula's names."""
        return {**dict(self.parameters), self.variable: x}

    def sides(self, x: float, order: int) -> tuple[int, ...]:
        """Return on which sides of x the convention looks: none away from the known kinks."""
        here = [corner for corner in self.corners if corner.at == x and order]
        if not here:
            return ()
        jumping = [corner for corner in here if corner.order <= order] or here
        return {"left": (-1,), "right": (1,), "mean": (-1, 1)}[max(jumping, key=lambda c: c.order).side]


def reference(function: Function) -> Reference:
    """Return what a function's formula says. Raises InputError: it has none, or is none of one number."""
    check_takes_numbers(function)
    if function.make_graph is None or not function.formula:
        tip = "--against a function of the catalogue, or a formula"
        raise InputError(f"{function.name} has no formula to be audited against", tip)
    numbers = tuple(function.parameters.items())
    return Reference(function.name, function.formula, function.inputs[0], numbers, function.corners)


def check_takes_numbers(function: Function) -> None:
    """Raise InputError for a function of several inputs or of a vector."""
    if len(function.inputs) != 1:
        *others, last = function.inputs
        raise InputError(f"{function.name} has the inputs {', '.join(others)} and {last}: an audit takes one")
    if not function.elementwise:
        raise InputError(f"there is no audit for vector functions yet: {function.name} is one")


@lru_cache(maxsize=1000)
def _graph(formula: str, variable: str, order: int) -> Node:
    return derivative(expanded(parse(formula, ACTIVATIONS)), variable, order)


@cache
def context() -> Any:
    """Return mpmath, with a precision that no other thread changes."""
    from mpmath.ctx_mp import MPContext  # type: ignore[import-untyped]

    mp = MPContext()
    mp.prec = _BITS
    return mp


def exact(formula: Reference, order: int, x: float, tied: bool) -> Any:
    """Return the value or derivative at x as an mpmath number; nan where there is none.

    At a kink it is the limit from the side that the convention names. Where a choice of the formula is a tie
    (`tied` says whether it may be one), or it has a hole (0/0), it is the limit, if both sides agree.
    """
    if math.isnan(x):
        return context().nan
    if math.isinf(x):
        return _limit(formula, order, int(math.copysign(1, x)))
    if sides := formula.sides(x, order):
        return _mean([_beside(formula, order, x, side) for side in sides])
    if tied and order:
        limit = _agreed(*(_beside(formula, order, x, side) for side in (-1, 1)))
        if limit == limit:
            return limit
    value = precise(formula.graph(order), formula.names(x))
    if value == value:
        return _denoised(value)
    return _agreed(*(_close(formula, order, x, side) for side in (-1, 1)))


def _denoised(value: Any) -> Any:
    """Return 0 for what may be all that a cancellation left at the highest precision."""
    lowest, highest = _NOISE
    return value * 0 if value and lowest < context().mag(value) < highest else value


def _mean(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else (context().mpf(values[0]) + values[1]) / 2


def _beside(formula: Reference, order: int, x: float, side: int) -> Any:
    """Return the value at x with every choice made as at the next float; of a hole, the limit."""
    root = decided(formula.graph(order), formula.variable, _BESIDE)
    value = precise(root, {**formula.names(x), _BESIDE: math.nextafter(x, side * math.inf)})
    return value if value == value else _close(formula, order, x, side)


def _close(formula: Reference, order: int, x: float, side: int) -> Any:
    """Return the value so close to x that it is the limit's, were that not 0."""
    mp = context()
    return evaluated(mp, formula.graph(order), formula.names(x + side * mp.ldexp(abs(x) or 1, -_HOLE)))


def _agreed(left: Any, right: Any) -> Any:
    """Return the limit that both sides are close to; nan where they differ."""
    mp = context()
    if left == right:
        return right
    middle, apart = (left + right) / 2, abs(left - right)
    if not apart <= mp.ldexp(1 + abs(middle), -_HOLE // 2):
        return mp.nan
    return mp.mpf(0) if abs(middle) <= mp.ldexp(apart, -64) else middle


def _limit(formula: Reference, order: int, sign: int) -> Any:
    """Return the limit at inf or -inf, from numbers so large that what vanishes has vanished."""
    mp, root = context(), formula.graph(order)

    def at(power: int, factor: float = 1.0) -> Any:
        return precise(root, formula.names(sign * mp.mpf(factor) * mp.mpf(10) ** power))

    values = [_denoised(at(1000, factor)) for factor in _HUGE]
    first, signs = values[0], {int(mp.sign(v)) for v in values if v == v}
    if len(signs) == 1 and all(abs(v) >= mp.mpf(2) ** 1100 for v in values):
        return mp.sign(first) * mp.inf
    if all(abs(v) < mp.mpf(2) ** -1200 for v in values):
        return _fading(formula, order, sign) if signs == {0} else first * (len(signs) == 1)
    if all(abs(v - first) <= mp.ldexp(abs(first), -1000) for v in values):
        return first
    grows = all(abs(a) < abs(b) for a, b in pairwise(values))
    return _growing(*(at(power) for power in _OUTWARDS)) if grows and len(signs) == 1 else mp.nan


def _fading(formula: Reference, order: int, sign: int) -> Any:
    """Return 0 with the sign of what is still there far out: a number too small for any type, or 0."""
    mp = context()
    last = 0
    for x in _NEAR_INF:
        last = int(mp.sign(precise(formula.graph(order), formula.names(sign * x)))) or last
    return last * mp.ldexp(1, -10_000)


def _growing(a: Any, b: Any, c: Any) -> Any:
    """Return the limit of what grows like a logarithm: inf; nan for what has none."""
    mp = context()
    grows = abs(a) < abs(b) < abs(c) and mp.sign(a) == mp.sign(c) and abs(c - b) > abs(b - a) * 1.5
    return mp.sign(c) * mp.inf if grows else mp.nan


def sign_of_zero(formula: Reference, order: int, x: float) -> int:
    """Return the sign that a result of 0 must have at x = 0.0 or -0.0: the function's own there; 0, any."""
    side = math.copysign(1.0, x)
    value = precise(formula.graph(order), formula.names(side * math.ulp(0.0)))
    return int(context().sign(value)) if abs(value) < context().ldexp(1, _LOCAL) else 0
