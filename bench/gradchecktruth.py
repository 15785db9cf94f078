"""What is exactly right at a point, and by how much a slope must be off to be told from it.

A bug is *detectable* at a point when it is off by more than 1e-6 of the slope, and by more than 100 times
what the function's own rounded values leave unsure, or the least number of the type. What they leave unsure
is asked of no checker: it is the least error that the five-point formula can have there, central or to one
side, over steps of all sizes that are powers of two. Its truncation is computed in high precision; its
rounding counts 4 roundings of each value and of its argument, in the type in question, and one of the
smallest numbers of that type. At a kink the distance is that to the nearest of both one-sided slopes, and
the less sure side counts.
"""

import math
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import mpmath
from mpmath import mpf

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import oracle

from actcli.activations import ACTIVATIONS
from actcli.activations._spec import Kink
from actcli.floats import FLOATS

MARGIN = 100.0  # times what the values leave unsure
RELATIVE = 1e-6
ROUNDINGS = 4.0  # units of the last place that a value may be off
PRECISION = 1500  # bits
STENCILS = (  # offsets and weights, times 12
    ((-2, 1), (-1, -8), (1, 8), (2, -1)),
    ((0, -25), (1, 48), (2, -36), (3, 16), (4, -3)),
)


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The exact slopes from both sides, the bend, the type's least number, and what values leave unsure."""

    left: mpf
    right: mpf
    bend: mpf
    smallest: float
    unsure: mpf

    def off(self, slope: float) -> mpf:
        """How far outside of the slopes a stated one lies."""
        low, high = min(self.left, self.right), max(self.left, self.right)
        return max(low - mpf(slope), mpf(slope) - high, mpf(0))

    def detects(self, slope: float) -> bool:
        """Whether a slope is off by more than can be excused."""
        size = max(abs(self.left), abs(self.right))
        return bool(self.off(slope) > max(RELATIVE * size, MARGIN * self.unsure, MARGIN * self.smallest))


def record(target: str, side: str, x: float) -> SimpleNamespace:
    """Return a formula for the oracle; where pieces meet at x, it is decided on that side."""
    known = ACTIVATIONS.get(target)
    formula, defaults = (known.formula, known.defaults) if known else (target, {})
    return SimpleNamespace(formula=formula, defaults=defaults, kinks=(Kink(at=repr(x), side=side),))  # type: ignore[arg-type]


@cache
def truth(target: str, x: float, dtype: str) -> Truth:
    """Return the exact slopes, and the least error of a five-point formula over all steps, sides apart."""
    sides = [oracle.exact(record(target, side, x), x) for side in ("left", "right")]
    (_, left, bend), (_, right, _) = (tuple(map(mpf, terms)) for terms in sides)
    with mpmath.workprec(PRECISION):
        central, ahead, behind = (
            _least(target, x, dtype, *way) for way in ((0, left), (1, right), (-1, left))
        )
        unsure = min(central, ahead, behind) if left == right else max(ahead, behind)
    return Truth(left=left, right=right, bend=bend, smallest=FLOATS[dtype].smallest, unsure=unsure)


def _least(target: str, x: float, dtype: str, side: int, slope: mpf) -> mpf:
    kind, stencil = FLOATS[dtype], STENCILS[abs(side)]
    if side < 0:
        stencil = tuple((-a, -w) for a, w in stencil)
    best = mpf("inf")
    for h in _steps(x, kind.epsilon, kind.smallest):
        with mpmath.workprec(PRECISION):
            values = [oracle.value_of(record(target, "left", x), mpf(x) + a * h) for a, _ in stencil]
            if any(isinstance(v, mpmath.mpc) or not abs(v) <= kind.largest for v in values):
                continue
            quotient = sum(w * v for (_, w), v in zip(stencil, values, strict=True)) / (12 * h)
            lost = [ROUNDINGS * kind.epsilon * (abs(v) + abs(x * slope)) + kind.smallest for v in values]
            rounding = sum(abs(w) * e for (_, w), e in zip(stencil, lost, strict=True)) / (12 * h)
            best = min(best, abs(quotient - slope) + rounding)
    return best


def _steps(x: float, eps: float, smallest: float) -> list[mpf]:
    """Return powers of two about the size of x and below, and below 1, so that x + h is no rounded number."""
    own = math.frexp(x)[1] if x else 0
    digits = -math.frexp(eps)[1]
    powers = {*range(own - digits + 4, own + 1, 3), *(k for k in range(-40, 1, 3) if k > own - digits + 3)}
    return [mpf(2) ** k for k in powers if 2.0**k > smallest]
