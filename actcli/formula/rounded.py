"""Values of a graph that are right in all their digits: Ziv's strategy, on arrays.

Most points are done in plain floats. What these may have lost is bounded on the way, by a backward pass: the
gradient at each node says what its rounding costs. Where that is too much, double-double numbers of
unlimited range go over the same graph and bound their own error; what even they cannot tell goes to arbitrary
precision.

Source: Ziv 1991, Fast evaluation of elementary mathematical functions with correctly rounded last bit.
"""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from actcli.formula._wide import widely
from actcli.formula.calls import expanded
from actcli.formula.doubt import doubt
from actcli.formula.graph import Node
from actcli.formula.implementation import INPUT
from actcli.formula.limits import limit, nearest_float, sign_beside_zero
from actcli.formula.precise import precise
from actcli.numerics import wide

Array = npt.NDArray[np.float64]
_ENOUGH = 2.0**42  # units of 2**-100: off the right rounding by less than 2**-5 of the last digit
_BLOCK = 2**11  # numbers at a time: their parts stay in the cache


def rounded(root: Node, x: Array, parameters: Mapping[str, float], ulps: float = 4.0) -> Array:
    """Return the value of a graph in x and numbers: float64, in the shape of x.

    At most `ulps` last digits may be lost, by an estimate that adds all roundings up; it is seldom a half. At
    +-inf stands the limit where there is one. nan for nan.
    """
    if not root.variables:
        return np.where(np.isnan(x), np.nan, nearest_float(precise(root, {})))
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
    for side in (-1, 1):
        zeros = (flat == 0) & (y == 0) & (np.signbit(flat) == (side < 0))
        if zeros.any():
            y[zeros] = math.copysign(0.0, sign_beside_zero(root, tuple(parameters.items()), side))
    return np.where(np.isnan(flat), np.nan, y).reshape(x.shape)


def _in_more_digits(root: Node, x: Array, parameters: Mapping[str, float]) -> Array:
    found = widely(root, {INPUT: x, **parameters}, x.shape)
    if found is None:
        y, unsure = np.empty_like(x), np.arange(x.size)
    else:
        with np.errstate(all="ignore"):
            y = wide.to_floats(found)
            unsure = np.flatnonzero(~(found.error < _ENOUGH) | np.isnan(y))
    for k in unsure:
        y[k] = nearest_float(precise(root, {INPUT: float(x[k]), **parameters}))
    return y
