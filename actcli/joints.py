"""Where a formula of one variable is joined from pieces: the places at which a condition changes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.formula import operations as op
from actcli.formula._operation import COMPARISON
from actcli.formula.calls import expanded
from actcli.formula.evaluate import forward
from actcli.formula.graph import Node
from actcli.function import Array, Corner, Map

_REACH, _STEPS = 100.0, 20  # joints are sought within [-100, 100], from 20 places between whole numbers
_MOST = 250
_NEAR = 1e-9  # how far from a joint its two sides are looked at
_NOISE = 1e-10

_States = Callable[..., Any]
_STATES: dict[object, _States] = {
    **{compare: compare.value for compare in op.OPERATIONS if compare.tightness == COMPARISON},
    op.absolute: np.sign,
    op.sign: np.sign,
    op.floor: np.floor,
    op.maximum: np.greater,
    op.minimum: np.less,
    op.clip: lambda a, b, c: np.greater(a, b) + 2.0 * np.less(a, c),
}


def joints(root: Node, orders: Sequence[Map]) -> tuple[Corner, ...]:
    """Return the kinks and jumps of a formula, within [-100, 100] and not closer than 0.05 to each other.

    `orders` are its value and two derivatives. What is smooth up to the second derivative is no corner.
    """
    root = expanded(root)
    if not has_pieces(root):
        return ()
    grid = np.arange(-_REACH * _STEPS, _REACH * _STEPS + 1) / _STEPS
    states = _states(root, grid)
    changes = np.flatnonzero((states[:, 1:] != states[:, :-1]).any(axis=0))[:_MOST]
    found = sorted({_between(root, grid[k], grid[k + 1]) for k in changes})
    corners = (_corner(c, orders) for c in found)
    return tuple(corner for corner in corners if corner is not None)


def has_pieces(root: Node) -> bool:
    """Whether anything that varies in the formula chooses between branches."""
    return any(node.operation in _STATES and node.variables for node in expanded(root).order)


def _states(root: Node, x: Array) -> npt.NDArray[np.float64]:
    """Return, for each operation that has branches, which one it takes at each x."""
    values = dict(zip(root.order, forward(root, {root.variables[0]: x}), strict=True))
    with np.errstate(invalid="ignore"):
        states = [
            np.broadcast_to(_STATES[node.operation](*(values[a] for a in node.inputs)), x.shape)
            for node in root.order
            if node.operation in _STATES
        ]
    return np.nan_to_num(np.array(states, np.float64), nan=-9.0)


def _between(root: Node, low: float, high: float) -> float:
    """Return where the first change between two points is: the float beside it of fewer digits."""
    start = _states(root, np.array([low]))
    a, b = _rank(low), _rank(high)
    while b - a > 1:
        middle = (a + b) // 2
        if np.array_equal(_states(root, np.array([_float(middle)])), start):
            a = middle
        else:
            b = middle
    return min(_float(a), _float(b), key=lambda c: len(repr(c))) + 0.0


def _rank(x: float) -> int:
    """Return the number of a float in ascending order."""
    bits = int(np.float64(x).view(np.int64))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def _float(rank: int) -> float:
    return float(np.int64(abs(rank)).view(np.float64)) * (-1.0 if rank < 0 else 1.0)


def _corner(c: float, orders: Sequence[Map]) -> Corner | None:
    """Tell what jumps at c: a jump keeps its size as the distance shrinks, a slope does not."""
    distance = _NEAR * max(1.0, abs(c))
    x = c + distance * np.array([-1.0, -1 / 16, 0.0, 1 / 16, 1.0])
    for order, f in enumerate(orders[:3]):
        left, near_left, here, near_right, right = map(float, f(x))
        size = abs(left) + abs(right)
        if abs(right - left) > _NOISE * size and abs(near_right - near_left) > 0.5 * abs(right - left):
            return Corner(c, _side(left, here, right), order)
    return None


def _side(left: float, here: float, right: float) -> Any:
    away = {"left": abs(here - left), "right": abs(here - right), "mean": abs(here - (left + right) / 2)}
    return min(away, key=lambda side: away[side])
