"""A graph in arbitrary precision: a literal is its decimal, a variable its float; exponents are bounded."""

import math
from collections.abc import Mapping
from threading import Lock
from typing import Any

from actcli.errors import InputError
from actcli.formula._operation import CONSTANTS
from actcli.formula.evaluate import is_vector
from actcli.formula.graph import Node

_FIRST = 160  # bits
_LAST = 5120  # 1,024 bits before the point and 1,074 behind it can cancel twice: what is still 0 then is 0
_AGREED = 96  # bits that two evaluations must share
_NEVER = 2200  # bits: a smaller term brings no float from 0, whatever it is multiplied with
_CLOSER = 8  # bits: a step that much smaller must show the same slope
_lock = Lock()  # mpmath's precision is one for all threads


def precise(root: Node, names: Mapping[str, float]) -> Any:
    """Return the formula's exact value as an mpmath number of at least 96 right bits.

    The precision is doubled until two evaluations agree and no sum swallows a term that may count later, as
    log(1 + exp(-700)) would. nan outside of a function's domain; catalogue functions stand for their
    formulas. What does not settle at 5,120 bits (a zero by cancellation) is as it is then. Raises InputError
    for vector operations.
    """
    from mpmath import mp  # type: ignore[import-untyped]

    from actcli.formula.calls import expanded

    if is_vector(root):
        raise InputError("a formula of vectors has no value at one number")
    root, bits = expanded(root), _FIRST
    with _lock:
        while True:
            with mp.workprec(bits):
                first = evaluated(mp, root, names)
            with mp.workprec(bits + 64):
                swallowed: list[Node] = []
                second = evaluated(mp, root, names, swallowed)
                if bits >= _LAST or (_agree(mp, first, second) and not swallowed):
                    return second
            bits *= 2


def _agree(mp: Any, a: Any, b: Any) -> bool:
    if mp.isnan(a) and mp.isnan(b):
        return True
    if not (mp.isfinite(a) and mp.isfinite(b)):
        return bool(a == b)
    return bool(a != 0 and abs(a - b) <= mp.ldexp(abs(b), -_AGREED))


def evaluated(mp: Any, root: Node, names: Mapping[str, Any], swallowed: list[Node] | None = None) -> Any:
    """Return the value at the precision that mpmath's context has now; `swallowed` gathers such sums."""
    values: dict[Node, Any] = {}
    for node in root.order:
        if node.operation is None:
            values[node] = _leaf(mp, node, names)
            continue
        compute = node.operation.exact or (lambda mp, *a, name=node.operation.name: getattr(mp, name)(*a))
        inputs = [values[a] for a in node.inputs]
        values[node] = _real(mp, compute(mp, *inputs))
        if swallowed is not None and node.operation.name in ("add", "sub") and _swallows(mp, *inputs):
            swallowed.append(node)
    return mp.mpf(values[root])


def _swallows(mp: Any, a: Any, b: Any) -> bool:
    """Whether a sum loses all of a term, and the term is not so small that it never counts."""
    if not (a and b and mp.isfinite(a) and mp.isfinite(b)):
        return False
    return bool(mp.prec < abs(mp.mag(a) - mp.mag(b)) < _NEVER)


def _leaf(mp: Any, node: Node, names: Mapping[str, Any]) -> Any:
    if node.variables:
        return mp.mpf(names[node.text])
    if node.text in CONSTANTS:
        return {"pi": +mp.pi, "e": mp.exp(1), "inf": mp.inf}[node.text]
    return mp.mpf(node.text)


def _real(mp: Any, value: Any) -> Any:
    """Return nan for what mpmath continues into the complex plane."""
    if not isinstance(value, mp.mpc):
        return value
    return mp.nan if value.imag else value.real


def precise_slope(root: Node, names: Mapping[str, float], supposed: float, name: str) -> float:
    """Return the formula's slope by one name, from its exact values on both sides; nan where they differ.

    Steps are so small, and digits so many, that the quotient is right to float64's last digit; what does not
    settle is nan too, and a slope of 0. The size that it is `supposed` to have says how many digits to begin
    with. Raises InputError for vector operations.
    """
    from mpmath import mp

    from actcli.formula.calls import expanded

    if is_vector(root):
        raise InputError("a formula of vectors has no slope at one number")
    root = expanded(root)
    below = -min(math.frexp(supposed)[1], 0) // 2  # values of the size of 1 differ by so little
    bits = _FIRST + abs(math.frexp(names[name])[1]) + below
    with _lock:
        while bits <= _LAST // 2:
            with mp.workprec(3 * bits):
                left, right, nearer = _quotients(mp, root, names, name, bits)
                if _close(mp, left, right, bits // 2) and _close(mp, nearer, right, bits // 2):
                    return float((left + right) / 2)
            bits *= 2
    return math.nan


def _quotients(mp: Any, root: Node, names: Mapping[str, float], name: str, bits: int) -> list[Any]:
    """Return the difference quotients to the left, to the right, and closer to the right."""
    x, here = mp.mpf(names[name]), evaluated(mp, root, names)
    widths = [mp.ldexp(-1, -bits), mp.ldexp(1, -bits), mp.ldexp(1, -bits - _CLOSER)]
    return [(evaluated(mp, root, {**names, name: x + h}) - here) / h for h in widths]


def _close(mp: Any, a: Any, b: Any, bits: int) -> bool:
    return bool(mp.isfinite(a) and mp.isfinite(b) and b and abs(a - b) <= mp.ldexp(abs(b), -bits))
