"""What is found at a point: both numbers, how far apart they may be, and the verdict in a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What the evidence says of a stated derivative at a point."""

    OK = "ok"
    KINK = "kink"  # it lies between two one-sided slopes
    JUMP = "jump"  # the function has a gap there
    VERTICAL = "vertical tangent"  # the slope grows without bound
    OUTSIDE = "outside domain"  # the function has no value there
    OVERFLOW = "overflow"  # there is no finite number to compare it with
    VACUOUS = "vacuous"  # it is too small for the evidence to tell it from half of it
    NOISY = "noisy"  # two evaluations differ
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The comparison at one point: both numbers, and how far apart the arithmetic lets them be.

    `entry` names the slope where there are several: by one of several inputs, or of a vector function. `x`
    is the coordinate that moved, `places` are all of them by name. At a kink, a jump or a vertical tangent,
    `corner` is its place (`x` itself, or within a step of the user's), `left` and `right` are the one-sided
    slopes, and `within` how close to it a joint lies that no formula tells; else they are None. `rate` is the
    power of h by which the remainder of Taylor's first order falls, measured beside x: 2 for a right
    derivative, 1 for a wrong one; None where it cannot be seen.
    """

    function: str
    entry: str
    x: float
    places: Mapping[str, float]
    stated: float
    numerical: float
    allowed: float
    corner: float | None
    left: float | None
    right: float | None
    verdict: Verdict
    fails: bool
    within: float | None = None
    rate: float | None = None

    @property
    def error(self) -> float:
        """The absolute difference of the stated and the numerical derivative."""
        return abs(self.stated - self.numerical)

    @property
    def relative_error(self) -> float:
        """The difference over the larger of the two, 0 where both are 0."""
        size = max(abs(self.stated), abs(self.numerical))
        return self.error / size if size else self.error
