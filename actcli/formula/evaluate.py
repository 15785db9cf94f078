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


_CALLS: dict[str, Callable[..., Values]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "abs": _abs,
    "sum": _sum,
    "where": np.where,
}


def evaluate(text: str, names: Mapping[str, Any]) -> Values:
    """Return the formula's value, its names standing for `names`; `sum` runs along the last axis.

    Comparisons and `abs` go by the real part. Raises InputError where the text holds anything else than
    numbers, known names, + - * / **, comparisons and calls of the functions that take complex numbers.
    """
    return np.asarray(_value(ast.parse(text, mode="eval").body, names))


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=a):
            return -_value(a, names)
        case ast.BinOp(left=a, op=op, right=b) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(a, names), _value(b, names))
        case ast.Compare(left=a, ops=[op], comparators=[b]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](np.real(_value(a, names)), np.real(_value(b, names)))
        case ast.Call(func=ast.Name(id=call), args=args, keywords=[]) if call in _CALLS:
            return _CALLS[call](*(_value(a, names) for a in args))
    raise InputError(f"{quoted(ast.unparse(node))} cannot be evaluated on complex numbers")
