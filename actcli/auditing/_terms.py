"""Next to a zero of a derivative: how large the terms are that cancel there."""

import numpy as np

from actcli.auditing._exact import Reference
from actcli.floats import Array
from actcli.formula import operations as op
from actcli.formula.evaluate import forward
from actcli.formula.graph import Node

_NEAR = 1 / 16  # of x, and of 1: as far from a zero the terms still cancel


def largest_terms(formula: Reference, order: int, x: Array) -> Array:
    """Return the size of the largest term of a derivative where a zero other than x = 0 is near; else 0.

    A zero is near where Newton's step is short and twice the step changes the sign: a fading tail has short
    steps too, but no other side.
    """
    root, slope = formula.graph(order), formula.graph(order + 1)
    with np.errstate(all="ignore"):
        y, dy = (_values(node, formula, x) for node in (root, slope))
        step = y / dy
        across = _values(root, formula, x - 2 * step)
        near = (np.abs(step) < _NEAR * np.minimum(np.abs(x), 1)) & (np.sign(across) == -np.sign(y))
        sizes = np.where(near, _sizes(root, formula, x), 0.0)
    return np.where(np.isfinite(sizes), sizes, 0.0)


def _values(root: Node, formula: Reference, x: Array) -> Array:
    return np.broadcast_to(np.asarray(forward(root, formula.names(x))[-1], np.float64), x.shape)


def _sizes(root: Node, formula: Reference, x: Array) -> Array:
    """Return the size of the result were all its terms of one sign and only the largest there."""
    values = dict(zip(root.order, forward(root, formula.names(x)), strict=True))
    sizes: dict[Node, Array] = {}
    for node in root.order:
        value, inner = np.abs(values[node]), [sizes[a] for a in node.inputs]
        operation = node.operation
        if operation in (op.add, op.sub):
            sizes[node] = np.maximum(*inner)
        elif operation in (op.mul, op.div):
            a, b = node.inputs
            ratios = [inner[0] / np.abs(values[a]), inner[1] / np.abs(values[b])]
            sizes[node] = value * np.maximum(*ratios)
        elif operation is op.neg:
            sizes[node] = inner[0]
        elif operation is op.where:
            sizes[node] = np.where(values[node.inputs[0]], inner[1], inner[2])
        else:
            sizes[node] = value
    return np.broadcast_to(sizes[root], x.shape)
