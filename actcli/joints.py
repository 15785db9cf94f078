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

_NEAR_GRID = np.arange(-2000, 2001) / 20
_FAR_GRID = 100 * 1.01 ** np.arange(1, 927)
_GRID = np.concatenate([-_FAR_GRID[::-1], _NEAR_GRID, _FAR_GRID])
_MOST = 400
_MOST_IN_A_CELL = 8
_NEAR = 1e-9  # how far from a joint its two sides are looked at
_NOISE = 1e-10

Ranks = npt.NDArray[np.int64]
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
    """Return the kinks and jumps of a formula: of many, the nearest to 0.

    `orders` are its value and two derivatives. What is smooth up to the second derivative is no corner. Found
    is what lies within 10^6, unless it is undone again before the next place that is looked at: 0.05 farther,
    and beyond 100 a hundredth.
    """
    root = expanded(root)
    if not has_pieces(root):
        return ()
    found = _changes(root, _GRID[:-1], _GRID[1:])
    nearest = sorted(found, key=abs)[:_MOST]
    corners = (_corner(c, orders) for c in sorted(nearest))
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


def _changes(root: Node, low: Array, high: Array) -> set[float]:
    """Return where branches change between each two points: the float beside it of fewer digits."""
    found: set[float] = set()
    for _ in range(_MOST_IN_A_CELL):
        before, after = _states(root, low), _states(root, high)
        differ = (before != after).any(axis=0)
        low, high, before = low[differ], high[differ], before[:, differ]
        if not low.size:
            break
        a, b = _bisected(root, _ranks(low), _ranks(high), before)
        found |= {
            min(pair, key=lambda c: len(repr(c))) + 0.0 for pair in zip(a.tolist(), b.tolist(), strict=True)
        }
        low = b  # there may be another change behind it
    return found


def _bisected(root: Node, a: Ranks, b: Ranks, before: Array) -> tuple[Array, Array]:
    """Return the neighbouring floats between which the state first is another than `before`."""
    while (b - a > 1).any():
        middle = a + (b - a) // 2
        same = (_states(root, _floats(middle)) == before).all(axis=0)
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    return _floats(a), _floats(b)


def _ranks(x: Array) -> Ranks:
    """Return the numbers of floats in ascending order."""
    bits = x.view(np.int64)
    return np.where(bits >= 0, bits, -(bits & np.int64(0x7FFF_FFFF_FFFF_FFFF)))


def _floats(ranks: Ranks) -> Array:
    return np.abs(ranks).view(np.float64) * np.where(ranks < 0, -1.0, 1.0)


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
