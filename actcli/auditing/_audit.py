"""The audit of a function at hard points, and what it found."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from actcli.auditing._exact import Reference, check_takes_numbers, reference
from actcli.auditing._sample import hard_points
from actcli.auditing._score import Tally, Terms, judged
from actcli.auditing._terms import largest_terms
from actcli.auditing._truth import Crew, joined
from actcli.errors import InputError, UnknownNameError
from actcli.floats import DTYPES, FLOATS, Array, FloatType
from actcli.function import Corner, Function

ORDERS = (0, 1, 2)
SHARE = 0.999  # of the errors: the percentile that is reported

Advance = Callable[[float], None]  # is told what share of the work is done more


class Subject(Protocol):
    """What can be audited: a Function, or a program."""

    @property
    def name(self) -> str: ...
    @property
    def whole(self) -> bool: ...
    @property
    def files(self) -> tuple[str, ...]: ...
    @property
    def corners(self) -> tuple[Corner, ...]: ...
    def __call__(self, x: npt.NDArray[Any], /, *, order: int = 0) -> npt.NDArray[Any]: ...


@dataclass(frozen=True, kw_only=True)
class AuditSettings:
    """How to audit: which derivative, in which type, at about how many random points, with which bound.

    Without `max_ulp` only wrong values of inf, nan and the sign of zero fail. Raises InputError.
    """

    order: int = 0
    dtype: str = "float64"
    points: int = 1000
    seed: int = 0
    max_ulp: float | None = None

    def __post_init__(self) -> None:
        if self.dtype not in FLOATS:
            raise UnknownNameError("type", self.dtype, DTYPES)
        if self.order not in ORDERS or self.points < 1 or self.seed < 0:
            raise InputError("an audit has order 0, 1 or 2, at least one point, and a seed of at least 0")
        if self.max_ulp is not None and not self.max_ulp >= 0:
            raise InputError(f"the bound of an audit is a number of ulps, not {self.max_ulp}")

    @property
    def kind(self) -> FloatType:
        """The type in question."""
        return FLOATS[self.dtype]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What an audit found: see Tally for how errors are counted."""

    function: str
    against: str
    settings: AuditSettings
    tally: Tally

    @property
    def max_ulp(self) -> float:
        """The largest error, in ulps of the correctly rounded result."""
        return self.tally.normal.ulps

    @property
    def percentile(self) -> float:
        """What 99.9 % of the errors do not exceed, at most 1.1 % too large."""
        return self.tally.percentile(SHARE)

    @property
    def ok(self) -> bool:
        """Whether no inf, nan or sign of zero is wrong, and no error exceeds the bound, if there is one."""
        bound = math.inf if self.settings.max_ulp is None else self.settings.max_ulp
        return not self.tally.special_count and max(self.max_ulp, self.tally.subnormal.ulps) <= bound


def audit(
    function: Subject,
    against: Function | None = None,
    settings: AuditSettings | None = None,
    *,
    crew: Crew | None = None,
    advance: Advance = lambda share: None,
) -> Audit:
    """Compare a function with a formula (its own, or that of `against`) in arbitrary precision.

    The points are seeded: all magnitudes and both signs, subnormals, corners and their neighbours, edges of
    overflow, 0, inf and nan. Errors are in ulps of the correctly rounded result, from the exact one; where
    that is subnormal or 0, in units of the smallest number, reported apart. nan is right at nan, and at +-inf
    the limit, nan where there is none. A parameter is the float64 that it is, a number in a formula its
    decimal. Raises InputError: no formula, several inputs, a vector function, or no derivative of that order.
    """
    settings = settings or AuditSettings()
    formula, kind = reference(_formula_of(function, against)), settings.kind
    corners = [corner.at for corner in (*formula.corners, *function.corners)]
    x = hard_points(kind, corners, settings.points, settings.seed)
    if not formula.varies(settings.order):
        x = x[~np.isnan(x)]  # what is constant may be so there, or nan
    got = results(function, kind, x, settings.order)
    parts = []
    for part in (crew or Crew()).pieces(formula, settings.order, settings.dtype, x):
        parts.append(part)
        advance(part.nearest.size / x.size)
    tally = judged(kind, x, got, joined(parts), terms_of(formula, settings.order))
    return Audit(function=function.name, against=formula.name, settings=settings, tally=tally)


def _formula_of(function: Subject, against: Function | None) -> Function:
    if against is not None:
        return against
    if isinstance(function, Function):
        return function
    raise InputError(f"{function.name} has no formula to be audited against")


def results(function: Subject, kind: FloatType, x: Array, order: int) -> Array:
    """Return what a function makes of numbers of a type, in float64. Raises InputError: it takes others."""
    if isinstance(function, Function):
        check_takes_numbers(function)
    with np.errstate(all="ignore"):  # what signals on the way is judged by its result
        return np.asarray(function(kind.round(x), order=order)).astype(np.float64)


def terms_of(formula: Reference, order: int) -> Terms | None:
    """Return how errors next to a zero are counted: of derivatives alone."""
    return partial(largest_terms, formula, order) if order else None
