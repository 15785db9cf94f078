"""Operations on wide numbers, by name; what is not here has none, and goes on to arbitrary precision."""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.formula.graph import Node
from actcli.numerics import wide, wide_circular, wide_errors, wide_functions
from actcli.numerics.wide import Wide

_PRECISE = {"pi": "3.141592653589793238462643383279502884", "e": "2.718281828459045235360287471352662498"}


class Truth(NamedTuple):
    """A comparison, and where it is sure: the difference is known to be on one side of 0."""

    holds: npt.NDArray[np.bool_]
    sure: npt.NDArray[np.bool_]


def _comparison(compare: Callable[[Any, float], Any]) -> Callable[[Wide, Wide], Truth]:
    def decided(a: Wide, b: Wide) -> Truth:
        gap = wide.subtract(a, b)
        return Truth(compare(gap.high, 0.0), _is_decided(gap))

    return decided


def _is_decided(a: Wide) -> npt.NDArray[np.bool_]:
    """Whether the sign is known; infinite numbers of one size differ by nan."""
    return (a.error < wide.DECIDED) & ~np.isnan(a.high)


def _where(truth: Truth, a: Wide, b: Wide) -> Wide:
    return _unless_unsure(wide.where(truth.holds, a, b), truth.sure)


def _unless_unsure(a: Wide, sure: npt.NDArray[np.bool_]) -> Wide:
    return a._replace(error=np.where(sure, a.error, np.inf))


def _sign(a: Wide) -> Wide:
    return _unless_unsure(wide.from_floats(np.sign(a.high)), _is_decided(a))


def _maximum(a: Wide, b: Wide) -> Wide:
    return _where(_comparison(operator.gt)(a, b), a, b)


def _minimum(a: Wide, b: Wide) -> Wide:
    return _where(_comparison(operator.lt)(a, b), a, b)


def _clip(a: Wide, low: Wide, high: Wide) -> Wide:
    return _minimum(_maximum(a, low), high)


OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "neg": wide.negative,
        "add": wide.add,
        "sub": wide.subtract,
        "mul": wide.multiply,
        "div": wide.divide,
        "pow": wide_functions.power,
        "sqrt": wide.sqrt,
        "exp": wide_functions.exp,
        "expm1": wide_functions.expm1,
        "log": wide_functions.log,
        "log1p": wide_functions.log1p,
        "logaddexp": wide_functions.logaddexp,
        "hypot": wide_functions.hypot,
        "sin": wide_circular.sin,
        "cos": wide_circular.cos,
        "sinh": wide_functions.sinh,
        "cosh": wide_functions.cosh,
        "tanh": wide_functions.tanh,
        "asinh": wide_functions.asinh,
        "erf": wide_errors.erf,
        "erfc": wide_errors.erfc,
        "abs": wide.absolute,
        "sign": _sign,
        "max": _maximum,
        "min": _minimum,
        "clip": _clip,
        "where": _where,
        "<": _comparison(operator.lt),
        "<=": _comparison(operator.le),
        ">": _comparison(operator.gt),
        ">=": _comparison(operator.ge),
        "==": _comparison(operator.eq),
        "!=": _comparison(operator.ne),
    }
)


def widely(root: Node, names: Mapping[str, Any], shape: tuple[int, ...]) -> Wide | None:
    """Return a graph in wide numbers, its names arrays of that shape, wide ones too, or numbers; or None."""
    values: dict[Node, Any] = {}  # Wide or Truth
    with np.errstate(all="ignore"):
        for node in root.order:
            if node.operation is None:
                values[node] = _leaf(node, names, shape)
            elif (operation := OPERATIONS.get(node.operation.name)) is None:
                return None
            else:
                values[node] = operation(*(values[a] for a in node.inputs))
    result: Wide = values[root]
    return result


def _leaf(node: Node, names: Mapping[str, Any], shape: tuple[int, ...]) -> Wide:
    if node.variables:
        given = names[node.text]
        if isinstance(given, Wide):
            return given
        return wide.from_floats(np.broadcast_to(np.asarray(given, np.float64), shape))
    if node.text == "inf":
        return wide.from_floats(np.full(shape, np.inf))
    number = wide.from_fraction(Fraction(_PRECISE.get(node.text, node.text)))
    return wide.where(np.zeros(shape, bool), number, number)


@lru_cache(maxsize=256)
def constant_of(node: Node) -> Wide | None:
    """Return a constant as a wide number; None where it is not known as one, or is a choice."""
    found = widely(node, {}, ())
    return (
        found if isinstance(found, Wide) and found.error < wide.DECIDED and not np.isnan(found.high) else None
    )
