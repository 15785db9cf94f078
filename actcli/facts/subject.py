"""A function under study: quick values on arrays, exact ones at numbers, beside numbers, and far out."""

import math
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from mpmath import mp, mpf  # type: ignore[import-untyped]

from actcli.formula.calls import expanded
from actcli.formula.derive import derivative
from actcli.formula.graph import Node
from actcli.formula.precise import precise
from actcli.function import Array, Function

_BITS = 200
_BESIDE = 2.0**-66  # of the size of a number: how far from it its sides are looked at
_NOTHING = mpf(2) ** -110  # what is smaller, beside a number, is 0
_JUMP = mpf(2) ** -60  # what differs by less, from one side to the other, is one
_STEPS = 12  # of Newton's method, which doubles the digits
_FAR = [mpf(m) * mpf(10) ** k for k in (250, 400, 600, 1000) for m in (1, 1.3, 1.7)]
_AGREED = mpf(10) ** -60
_UNBOUNDED = mpf(10) ** 40
_GROWN = 3  # how many times larger a function must have become, far out, that grows beyond all bounds


class Subject:
    """An elementwise function of the catalogue with its parameters bound.

    `quick` values are those of the implementation; `exact` ones are of the formula, in high precision.
    """

    def __init__(self, function: Function, formula: Node, parameters: Mapping[str, float]) -> None:
        self.function = function
        self.corners = sorted({corner.at for corner in function.corners})
        self._names = dict(parameters)
        self._graph = cache(lambda order: derivative(expanded(formula), "x", order))

    def quick(self, order: int, x: Array) -> Array:
        """Return the value or a derivative at many points."""
        return self.function(x, order=order)

    def exact(self, order: int, x: Any) -> Any:
        """Return the value or a derivative of the formula at a number."""
        return precise(self._graph(order), {**self._names, "x": x})

    def beside(self, order: int, c: float, side: int) -> Any:
        """Return the one-sided limit at c, from the left (-1) or from the right (1)."""
        with mp.workprec(_BITS):
            distance = mpf(side * _BESIDE * max(1.0, abs(c)))
            near, nearer = (self.exact(order, mpf(c) + d) for d in (distance, distance / 2))
            limit = 2 * nearer - near  # the first order of the way that is left
            return limit if abs(limit) > _NOTHING else mpf(0)

    def jumps(self, order: int, c: float) -> bool:
        """Whether the value, or the derivative, has two different one-sided limits at c."""
        left, right = (self.beside(order, c, side) for side in (-1, 1))
        return bool(abs(right - left) > _JUMP * max(1, abs(left)))

    @cache  # noqa: B019  # a subject is studied once, and dropped
    def far(self, order: int, side: int) -> tuple[Any, ...]:
        """Return values far out, on one side."""
        return tuple(self.exact(order, side * x) for x in _FAR)

    def limit(self, order: int, side: int) -> float | None:
        """Return the limit at -inf or inf; None where there is none."""
        values = self.far(order, side)
        if any(map(mp.isnan, values)):
            return None
        last = values[-1]
        if all(abs(v - last) <= _AGREED * max(1, abs(last)) for v in values):
            return float(last) if abs(last) > _AGREED else 0.0
        grows = all(abs(a) < abs(b) for a, b in pairwise(values))
        if grows and len({mp.sign(v) for v in values}) == 1 and abs(last) > _GROWN * abs(values[0]):
            return float(mp.sign(last)) * np.inf
        return None

    def unbounded(self, order: int, side: int) -> set[float]:
        """Return which of -inf and inf the values come near on one side, limit or not."""
        limit = self.limit(order, side)
        if limit is not None:
            return {limit} if np.isinf(limit) else set()
        values = [v for v in self.far(order, side) if not mp.isnan(v)]
        return {float(mp.sign(v)) * np.inf for v in values if abs(v) > _UNBOUNDED}

    def stationary(self, order: int, low: float, high: float) -> Any:
        """Return where a derivative is 0 between two points at which its signs differ."""
        with mp.workprec(_BITS):
            x = (mpf(low) + high) / 2
            for _ in range(_STEPS):
                bend = self.exact(order + 1, x)
                step = self.exact(order, x) / bend if bend else mpf(1)
                x -= step
                if not low <= x <= high:
                    return self._bisected(order, mpf(low), mpf(high))
                if abs(step) < _NOTHING * max(1, abs(x)):
                    return x
            return self._bisected(order, mpf(low), mpf(high))

    def _bisected(self, order: int, low: Any, high: Any) -> Any:
        sign = mp.sign(self.exact(order, low))
        for _ in range(_BITS // 2):
            middle = (low + high) / 2
            low, high = (middle, high) if mp.sign(self.exact(order, middle)) == sign else (low, middle)
        return low


def grid(corners: list[float]) -> Array:
    """Return the points at which signs are looked at: a corner with its neighbours, never one alone."""
    far, near = np.geomspace(60, 1e6, 400), np.geomspace(1e-9, 2e-3, 60)
    beside = [math.nextafter(c, side) for c in corners for side in (-math.inf, math.inf)]
    parts: list[Any] = [np.arange(-12000, 12001) / 200, far, -far, near, -near, corners, beside]
    return np.unique(np.concatenate(parts))
