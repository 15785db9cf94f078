"""The right results at many points: the nearest number of the type, and what it lacks of the exact one."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.auditing._exact import Reference, exact, sign_of_zero
from actcli.floats import FLOATS, Array, FloatType
from actcli.formula import operations as op
from actcli.formula._operation import COMPARISON
from actcli.formula.evaluate import forward

_PIECE = 32  # points that a process takes at a time
_FEW = 600  # points that are done sooner than a process is started
_AWAY = 1e18  # ulps: as far off as anything is said to be


class Truth(NamedTuple):
    """Right results, in float64: the `nearest` number, `rest` = (exact - nearest)/ulp(nearest).

    Where the nearest is inf, the rest counts from the power of two that inf stands for. `signed` says where
    the sign of a 0 is determined: where the exact result is not 0, or tends to 0 from one side.
    """

    nearest: Array
    rest: Array
    signed: npt.NDArray[np.bool_]


def joined(parts: "list[Truth]") -> Truth:
    """Return the parts as one."""
    return Truth(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def truth(formula: Reference, order: int, dtype: str, x: Array) -> Truth:
    """Return the right results at float64 points, one by one, in arbitrary precision."""
    kind, tied = FLOATS[dtype], _ties(formula, order, x)
    rows = [_at(formula, order, kind, float(point), bool(tie)) for point, tie in zip(x, tied, strict=True)]
    nearest, rest, signed = (list(column) for column in zip(*rows, strict=True))
    return Truth(np.array(nearest), np.array(rest), np.array(signed))


def _at(formula: Reference, order: int, kind: FloatType, x: float, tied: bool) -> tuple[float, float, bool]:
    value = exact(formula, order, x, tied)
    if value == 0:
        sign = sign_of_zero(formula, order, x) if x == 0 else 0
        return math.copysign(0.0, sign), 0.0, sign != 0
    return (*nearest(kind, value), True)


def nearest(kind: FloatType, value: Any) -> tuple[float, float]:
    """Return the number of the type that is nearest to an mpmath number, and the rest in its ulps."""
    if value != value or value == 0:
        return float(value), 0.0
    negative, mantissa, exponent, bits = value._mpf_
    sign = -1.0 if negative else 1.0
    if not mantissa or exponent + bits > kind.top + 64:  # inf, or as good as that
        return sign * math.inf, sign * (0.0 if not mantissa else _AWAY)
    unit = max(exponent + bits - kind.digits, kind.bottom)
    if exponent + bits < unit - 64:
        return sign * 0.0, 0.0
    if exponent + bits > kind.top:
        cut = max(0, bits - 60)
        size = math.ldexp(float(mantissa >> cut), exponent + cut - kind.top)
        return sign * math.inf, sign * (size - 1) * 2.0**kind.digits
    whole, rest, unit = _rounded(kind, mantissa, exponent, unit)
    if unit + whole.bit_length() > kind.top:  # inf is measured by the ulp of the numbers below
        return sign * math.inf, sign * 2 * rest
    return sign * math.ldexp(whole, unit), sign * rest


def _rounded(kind: FloatType, mantissa: int, exponent: int, unit: int) -> tuple[int, float, int]:
    """Return mantissa * 2**exponent as (whole + rest) * 2**unit, whole the nearest, even of two."""
    whole, fraction = _split(mantissa, exponent - unit)
    up = fraction > 0.5 or (fraction == 0.5 and whole % 2 == 1)
    whole, rest = whole + up, fraction - up
    if whole == 2**kind.digits:  # the next power of two, whose ulp is twice as large
        return whole // 2, rest / 2, unit + 1
    return whole, rest, unit


def _split(mantissa: int, shift: int) -> tuple[int, float]:
    """Return mantissa * 2**shift as a whole number and a fraction; what is no tie never looks like one."""
    if shift >= 0:
        return mantissa << shift, 0.0
    rest = mantissa & ((1 << -shift) - 1)
    cut = max(0, -shift - 52)
    coarse = (rest >> cut) | bool(rest & ((1 << cut) - 1))
    return mantissa >> -shift, math.ldexp(coarse, shift + cut)


def _ties(formula: Reference, order: int, x: Array) -> npt.NDArray[np.bool_]:
    """Return where a choice of the formula may be a tie: there it decides nothing about derivatives."""
    root = formula.graph(0)
    tied = np.zeros(x.shape, bool)
    if not order:
        return tied
    values = dict(zip(root.order, forward(root, formula.names(x)), strict=True))
    for node in root.order:
        operation, inputs = node.operation, [values[a] for a in node.inputs]
        if operation in (op.absolute, op.sign):
            tied |= np.equal(inputs[0], 0)
        elif operation in (op.maximum, op.minimum) or (operation and operation.tightness == COMPARISON):
            tied |= np.equal(*inputs)
        elif operation is op.clip:
            tied |= np.equal(inputs[0], inputs[1]) | np.equal(inputs[0], inputs[2])
    return tied


@dataclass(frozen=True)
class Crew:
    """Who works out the right results: other processes, or without a pool this one."""

    pool: Any = None

    def pieces(self, formula: Reference, order: int, dtype: str, x: Array) -> Iterator[Truth]:
        """Yield the right results at the points, some at a time, in order."""
        parts = [x[k : k + _PIECE] for k in range(0, x.size, _PIECE)]
        work = partial(truth, formula, order, dtype)
        yield from (map(work, parts) if self.pool is None else self.pool.imap(work, parts))


@contextmanager
def crew(workers: int, points: int) -> Iterator[Crew]:
    """Start processes, where there are enough points to pay for them; they end with the block."""
    if workers < 2 or points < _FEW:
        yield Crew()
        return
    import multiprocessing  # who audits little does not wait for it

    with multiprocessing.get_context("spawn").Pool(workers, _ignore_interrupts) as pool:
        yield Crew(pool)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the process that waits for the results."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
