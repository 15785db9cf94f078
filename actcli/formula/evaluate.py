"""Evaluate a formula as typed, on real or complex arrays."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError, quoted

Values = npt.NDArray[Any]

_BINARY: dict[type[ast.operator], Callable[..., Values]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_COMPARE: dict[type[ast.cmpop], Callable[..., Values]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}


def _abs(a: Values) -> Values:
    """Continue |a| to complex numbers: a or -a, by the sign of the real part."""
    return np.asarray(np.where(np.real(a) < 0, -a, a))


def _sum(a: Values) -> Values:
    return np.asarray(np.sum(a, axis=-1, keepdims=True))


_CALLS: dict[str, tuple[int, Callable[..., Values]]] = {
    "exp": (1, np.exp),
    "expm1": (1, np.expm1),
    "log": (1, np.log),
    "log1p": (1, np.log1p),
    "sqrt": (1, np.sqrt),
    "sin": (1, np.sin),
    "cos": (1, np.cos),
    "tan": (1, np.tan),
    "atan": (1, np.arctan),
    "sinh": (1, np.sinh),
    "cosh": (1, np.cosh),
    "tanh": (1, np.tanh),
    "asinh": (1, np.arcsinh),
    "abs": (1, _abs),
    "sum": (1, _sum),
    "where": (3, np.where),
}


def evaluate(text: str, names: Mapping[str, Any]) -> Values:
    """Return the formula's value, its names standing for `names`; `sum` runs along the last axis.

    Comparisons and `abs` go by the real part; every number is a float. Raises InputError where the text holds
    anything else than numbers, known names, + - * / **, comparisons and calls of these functions, all of
    which take complex numbers.
    """
    try:
        return np.asarray(_value(ast.parse(text, mode="eval").body, names))
    except (SyntaxError, RecursionError, MemoryError):
        raise InputError(f"{quoted(text)} is no formula") from None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if number is not True and number is not False:
            return float(number)
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=a):
            return -_value(a, names)
        case ast.BinOp(left=a, op=op, right=b) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(a, names), _value(b, names))
        case ast.Compare(left=a, ops=[op], comparators=[b]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](np.real(_value(a, names)), np.real(_value(b, names)))
        case ast.Call(func=ast.Name(id=call), args=args, keywords=[]) if _takes(call, args):
            return _CALLS[call][1](*(_value(a, names) for a in args))
    raise InputError(f"{quoted(ast.unparse(node))} cannot be evaluated on complex numbers")


def _takes(call: str, arguments: list[ast.expr]) -> bool:
    return call in _CALLS and _CALLS[call][0] == len(arguments)
