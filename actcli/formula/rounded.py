"""Values of a graph that are right in all their digits: Ziv's strategy, on arrays.

Most points are done in plain floats. What these may have lost is bounded on the way, by a backward pass: the
gradient at each node says what its rounding costs. Where that is too much, double-double numbers of
unlimited range go over the same graph and bound their own error; what even they cannot tell goes to arbitrary
precision.

Source: Ziv 1991, Fast evaluation of elementary mathematical functions with correctly rounded last bit.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.formula._wide import OPERATIONS
from actcli.formula.calls import expanded
from actcli.formula.doubt import doubt
from actcli.formula.graph import Node
from actcli.formula.implementation import INPUT
from actcli.formula.limits import limit, nearest_float, sign_beside_zero
from actcli.formula.precise import precise
from actcli.numerics import wide
from actcli.numerics.wide import Wide

Array = npt.NDArray[np.float64]
_ENOUGH = 2.0**42  # units of 2**-100: off the right rounding by less than 2**-5 of the last digit
_BLOCK = 2**11  # numbers at a time: their parts stay in the cache
_PRECISE = {"pi": "3.141592653589793238462643383279502884", "e": "2.718281828459045235360287471352662498"}


def rounded(root: Node, x: Array, parameters: Mapping[str, float], ulps: float = 4.0) -> Array:
    """Return the value of a graph in x and numbers: float64, in the shape of x.

    At most `ulps` last digits may be lost, by an estimate that adds all roundings up; it is seldom a half. At
    +-inf stands the limit where there is one. nan for nan.
    """
    flat = x.reshape(-1)
    with np.errstate(all="ignore"):
        y, lost = doubt(root, {INPUT: flat, **parameters})
        y = np.array(np.broadcast_to(y, flat.shape))
        sure = np.isfinite(lost) & (lost <= ulps * np.spacing(np.abs(y)))
    for end in np.flatnonzero(np.isinf(flat)):
        y[end] = limit(root, parameters, int(np.sign(flat[end])))
    unsure = np.flatnonzero(~sure & np.isfinite(flat))
    for some in np.array_split(unsure, -(-unsure.size // _BLOCK)) if unsure.size else ():
        y[some] = _in_more_digits(expanded(root), flat[some], parameters)
    for zero in np.flatnonzero((flat == 0) & (y == 0)):
        side = int(math.copysign(1, flat[zero]))
        y[zero] = math.copysign(0.0, sign_beside_zero(root, tuple(parameters.items()), side))
    return np.where(np.isnan(flat), np.nan, y).reshape(x.shape)


def _in_more_digits(root: Node, x: Array, parameters: Mapping[str, float]) -> Array:
    found = _widely(root, {INPUT: x, **parameters})
    if found is None:
        y, unsure = np.empty_like(x), np.arange(x.size)
    else:
        with np.errstate(all="ignore"):
            y = wide.to_floats(found)
            unsure = np.flatnonzero(~(found.error < _ENOUGH) | np.isnan(y))
    for k in unsure:
        y[k] = nearest_float(precise(root, {INPUT: float(x[k]), **parameters}))
    return y


def _widely(root: Node, names: Mapping[str, Any]) -> Wide | None:
    """Return the graph in wide numbers; None where an operation has none."""
    shape = np.shape(names[INPUT])
    values: dict[Node, Any] = {}  # Wide, or the truth of comparisons
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
        return wide.from_floats(np.broadcast_to(np.asarray(names[node.text], np.float64), shape))
    if node.text == "inf":
        return wide.from_floats(np.full(shape, np.inf))
    number = wide.from_fraction(Fraction(_PRECISE.get(node.text, node.text)))
    return wide.where(np.zeros(shape, bool), number, number)
