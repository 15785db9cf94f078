"""Every value of a narrow type, judged by the float64 code; by the formula where that cannot tell."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.auditing._audit import Advance, Audit, AuditSettings, Subject, audit, results, terms_of
from actcli.auditing._exact import Reference, reference
from actcli.auditing._score import Tally, judged
from actcli.auditing._truth import Truth, truth
from actcli.errors import InputError
from actcli.floats import FLOATS, Array, FloatType
from actcli.function import Function

_CHUNK = 2**16  # values that a thread takes at a time: they stay in the cache
_WHOLE = 2**20  # values for what is called with all of an array, a program for instance
_BATCH = 2**22  # values between two states that can be taken up again
_TRIED = 300  # points at which the float64 code is audited before it judges
_TRUSTED = 2.0**10  # ulps that it may be off at most
_BOUND, _SAFETY = 64.0, 16.0  # ulps that it is taken to be off: at least, and times what was found
_MOST_DOUBTS = 512  # of a chunk that are worked out: x/2 of subnormal x lies in the middle every other time
_BESIDE_ZERO = 256  # values on each side of a change of sign: there it may be off by more


class Progress(NamedTuple):
    """How far an exhaustive audit has come: so many values are done, with that result."""

    done: int = 0
    tally: Tally = Tally()


@dataclass(frozen=True)
class _Judge:
    """The code and the formula that results are compared with, and how far off the code is taken to be."""

    function: Subject
    against: Function
    formula: Reference
    kind: FloatType
    order: int
    bound: float

    def tally(self, start: int, stop: int) -> tuple[Tally, Array, Array]:
        """Judge the values of these bit patterns; return points and results that the code cannot judge."""
        x = values(self.kind, start, stop)
        got = results(self.function, self.kind, x, self.order)
        right, doubtful = self._by_code(x)
        sure = ~doubtful
        kept = Truth(right.nearest[sure], right.rest[sure], right.signed[sure])
        tally = judged(self.kind, x[sure], got[sure], kept, terms_of(self.formula, self.order))
        return tally, x[doubtful], got[doubtful]

    def exactly(self, x: Array, got: Array) -> Tally:
        """Judge by the formula itself."""
        if not x.size:
            return Tally()
        right = truth(self.formula, self.order, self.kind.name, x)
        return judged(self.kind, x, got, right, terms_of(self.formula, self.order))

    def _by_code(self, x: Array) -> tuple[Truth, npt.NDArray[np.bool_]]:
        y = results(self.against, FLOATS["float64"], x, self.order)
        with np.errstate(all="ignore"):
            off = self.bound * FLOATS["float64"].ulp(y)
            low, high = (self.kind.round(end).astype(np.float64) for end in (y - off, y + off))
            nearest = self.kind.round(y).astype(np.float64)
            ends = np.copysign(2.0**self.kind.top, y)
            rest = (y - np.where(np.isinf(nearest), ends, nearest)) / self.kind.ulp(nearest)
        rest = np.where(np.isnan(rest) | np.isinf(y), 0.0, rest)
        doubtful = _thinned((low != high) & np.isfinite(y))
        doubtful |= (x == 0) | np.isinf(x) | np.isin(x, [corner.at for corner in self.formula.corners])
        return Truth(nearest, rest, y != 0), doubtful | _beside_zeros(y)


def exhaust(
    function: Subject,
    against: Function | None = None,
    settings: AuditSettings | None = None,
    *,
    since: Progress | None = None,
    advance: Advance = lambda share: None,
) -> Iterator[Progress]:
    """Audit every value of a type of 16 or 32 bits; yield, from time to time, how far it has come.

    `since` takes it up where another run stopped. Results are judged by the float64 code of the formula's
    function, which is audited before; where that lies within its bound of the middle between two numbers of
    the type, by the formula in arbitrary precision. Where whole ranges lie in the middle, that is done for
    some of each: what is nearest is then not known, but how far off the result is, to 1e-6 ulp. Raises
    InputError as `audit` does, for float64, and where the float64 code is no judge.
    """
    settings = settings or AuditSettings(dtype="float16")
    judge = _judge(function, against, settings)
    done, tally = since or Progress()
    total = count(settings.kind)
    step = _WHOLE if function.whole else _CHUNK
    with ExitStack() as stack:
        run = map if function.whole else _threads(stack)
        while done < total:
            stop = min(done + _BATCH, total)
            starts = range(done, stop, step)
            for part, x, got in run(judge.tally, starts, (min(low + step, stop) for low in starts)):
                tally = tally + part + judge.exactly(x, got)
            advance((stop - done) / total)
            done = stop
            yield Progress(done, tally)


def exhaustive(function: Subject, against: Function | None, settings: AuditSettings, tally: Tally) -> Audit:
    """Return a finished tally as an Audit."""
    name = (against or function).name
    return Audit(function=function.name, against=name, settings=settings, tally=tally)


def count(kind: FloatType) -> int:
    """Return how many bit patterns a type has."""
    return int(2 ** (8 * kind.dtype.itemsize))


def values(kind: FloatType, start: int, stop: int) -> Array:
    """Return the numbers with these bit patterns, in float64."""
    patterns = np.arange(start, stop, dtype=np.uint64).astype(f"u{kind.dtype.itemsize}")
    with np.errstate(invalid="ignore"):  # some of the nan are signalling ones
        return patterns.view(kind.dtype).astype(np.float64)


def _judge(function: Subject, against: Function | None, settings: AuditSettings) -> _Judge:
    if settings.dtype == "float64":
        tip = "--dtype float16, bfloat16 or float32; or a larger --points"
        raise InputError("float64 has too many values to try them all", tip)
    code = against if against is not None else function
    if not isinstance(code, Function):
        raise InputError(f"{function.name} has no formula to be audited against")
    found = audit(code, None, AuditSettings(order=settings.order, points=_TRIED)).tally
    off = found.normal.ulps
    if found.special_count or off > _TRUSTED:
        why = f"is off by {off:.1e} ulp itself" if off > _TRUSTED else "has wrong values of inf, nan or -0.0"
        raise InputError(f"{code.name} in float64 {why}: it cannot judge all values", "--points N samples")
    bound = max(_BOUND, _SAFETY * off)
    return _Judge(function, code, reference(code), settings.kind, settings.order, bound)


def _threads(stack: ExitStack) -> Any:
    from concurrent.futures import ThreadPoolExecutor  # who samples does not wait for it

    return stack.enter_context(ThreadPoolExecutor(os.cpu_count() or 1)).map


def _thinned(doubtful: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Keep, of many, some that are spread evenly."""
    found = np.flatnonzero(doubtful)
    if found.size <= _MOST_DOUBTS:
        return doubtful
    kept = np.zeros_like(doubtful)
    kept[found[:: -(-found.size // _MOST_DOUBTS)]] = True
    return kept


def _beside_zeros(y: Array) -> npt.NDArray[np.bool_]:
    """Return where a change of sign is near; nowhere among many: what oscillates is no smooth zero."""
    found = np.zeros(y.shape, bool)
    with np.errstate(invalid="ignore"):  # some of all nans are signalling
        changes = np.flatnonzero(np.sign(y[1:]) * np.sign(y[:-1]) < 0)
    for k in changes if changes.size <= 2 else ():
        found[max(0, k - _BESIDE_ZERO) : k + _BESIDE_ZERO + 1] = True
    return found
