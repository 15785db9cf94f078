"""From a function to its facts, by its values on a dense grid, refined in high precision."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from mpmath import mp, mpf  # type: ignore[import-untyped]

from actcli.activations._spec import Activation
from actcli.catalogue import of_activation
from actcli.facts import SATURATED, Facts
from actcli.facts.moments import moments
from actcli.facts.subject import Subject, grid
from actcli.formula.calls import expanded
from actcli.formula.parse import parse
from actcli.formula.text import text_of
from actcli.function import Array
from actcli.joints import has_pieces

_MOST = 8  # extrema of an oscillating function that are listed
_OSCILLATING = 12  # from so many extrema on a function is taken to oscillate
_PROBES = np.array([0.0625, 0.3, 0.71, 1.0, 1.9, 2.5, 3.7, 6.1, 11.3, 23.0])
_SAME = mpf(10) ** -25
_SECTIONS = 65


def facts(
    activation: Activation, parameters: Mapping[str, float], catalogue: Mapping[str, Activation]
) -> Facts:
    """Return the facts of an elementwise function. Raises InputError for parameters that it does not have.

    An extremum or an interval is found where a grid of step 0.005 on [-60, 60], wider farther out, shows it.
    """
    return _Study(_subject(activation, parameters, catalogue)).facts()


def fingerprint(activation: Activation, catalogue: Mapping[str, Activation]) -> str:
    """Return a checksum of all that the facts follow from: formulas, parameters, kinks."""
    formula = text_of(expanded(parse(activation.formula, catalogue)))
    parameters = sorted((k, p.default) for k, p in activation.parameters.items())
    kinks = [(kink.at, kink.side, kink.order) for kink in activation.kinks]
    return sha256(repr([formula, parameters, *kinks]).encode()).hexdigest()[:16]


def _subject(
    activation: Activation, parameters: Mapping[str, float], catalogue: Mapping[str, Activation]
) -> Subject:
    function = of_activation(activation, parameters, catalogue)
    return Subject(function, parse(activation.formula, catalogue), function.parameters)


@dataclass(frozen=True)
class _Study:
    subject: Subject

    @cached_property
    def x(self) -> Array:
        return grid(self.subject.corners)

    @cached_property
    def slope(self) -> Array:
        return self.subject.quick(1, self.x)

    @cached_property
    def bend(self) -> Array:
        return self.subject.quick(2, self.x)

    @cached_property
    def jumps(self) -> list[float]:
        return [c for c in self.subject.corners if self.subject.jumps(0, c)]

    def facts(self) -> Facts:
        low, high, attained = self.range()
        symmetry, centre = self.symmetry()
        slopes, (mean, gain, backward_gain) = self.slopes(), moments(self.subject)
        return Facts(
            parameters=self.subject.function.parameters,
            range=(low, high), attained=attained, values=self.values(),
            limits=self.limits(0), slope_limits=self.limits(1),
            symmetry=symmetry, centre=centre, monotonicity=self.monotonicity(), convexity=self.convexity(),
            slopes=slopes, lipschitz=math.inf if self.jumps else max(map(abs, slopes)),
            extrema=self.extrema(), oscillates=self.oscillates, saturation=self.saturation(),
            mean=mean, gain=gain, backward_gain=backward_gain,
            smoothness=self.smoothness(), origin=self.origin(),
        )  # fmt: skip

    def limits(self, order: int) -> tuple[float | None, float | None]:
        return self.subject.limit(order, -1), self.subject.limit(order, 1)

    def origin(self) -> tuple[float, float]:
        return float(self.subject.exact(0, 0.0)), float(self.subject.quick(1, np.array([0.0]))[0]) + 0.0

    @cached_property
    def turns(self) -> list[tuple[float, float, float]]:
        """The brackets in which the slope changes its sign, nearest to 0 first, with the sign before."""
        return _changes(self.x, self.slope, self.subject.corners)

    @cached_property
    def oscillates(self) -> bool:
        return len(self.turns) >= _OSCILLATING

    @cached_property
    def _extrema(self) -> list[tuple[float, float, Any]]:
        """The strict local extrema: where the slope passes 0, and the corners where it changes its sign."""
        found: list[tuple[float, float, Any]] = []
        for low, high, sign in self.turns[: 2 * _MOST]:
            x = self.subject.stationary(1, low, high)
            found.append((sign, float(x), self.subject.exact(0, x)))
        for c in self.subject.corners:
            left, right = (self.subject.beside(1, c, side) for side in (-1, 1))
            if c not in self.jumps and left * right < 0:
                found.append((float(mp.sign(left)), c, self.subject.exact(0, c)))
        return found

    def extrema(self) -> tuple[tuple[str, float, float], ...]:
        """Return the extrema by name, those nearest to 0 if there are many."""
        found = self._extrema
        named = [("minimum" if sign < 0 else "maximum", x, float(y)) for sign, x, y in found]
        if len(named) > _MOST:
            named = sorted(named, key=lambda point: (abs(point[1]), point[1]))[:_MOST]
        return tuple(sorted(named, key=lambda point: point[1]))

    def range(self) -> tuple[float, float, tuple[bool, bool]]:
        """Return the ends of the range, and whether they are values."""
        subject, corners = self.subject, self.subject.corners
        points = [*corners, *_PROBES, *-_PROBES]
        values = [subject.exact(0, x) for x in points]
        reached = [v for x, v in zip(points, values, strict=True) if x in corners or subject.exact(1, x) == 0]
        reached += [y for _, _, y in self._extrema]
        limits = [subject.beside(0, c, side) for c in self.jumps for side in (-1, 1)]
        for side in (-1, 1):
            limit = subject.limit(0, side)
            limits += [mpf(v) for v in subject.unbounded(0, side) | ({limit} - {None})]
        low, high = (end(*values, *reached, *limits) for end in (min, max))
        return float(low), float(high), (_is_among(low, reached), _is_among(high, reached))

    def values(self) -> tuple[float, ...]:
        """Return the values of a function that is a step, or several."""
        if self.slope.any():
            return ()
        return tuple(np.unique(self.subject.quick(0, self.x)).tolist())

    def slopes(self) -> tuple[float, float]:
        """Return the infimum and supremum of the derivative, from its extrema, sides and limits."""
        subject, x = self.subject, self.x
        found = [subject.beside(1, c, side) for c in subject.corners for side in (-1, 1)]
        for low, high, _ in _changes(x, self.bend, subject.corners)[: 2 * _MOST]:
            found.append(subject.exact(1, subject.stationary(2, low, high)))
        for side in (-1, 1):
            limit = subject.limit(1, side)
            found += [mpf(v) for v in subject.unbounded(1, side) | ({limit} - {None})]
        found += [subject.exact(1, p) for p in (-3.0, 3.0)]  # at least one, of a line
        low, high = (float(v) if abs(v) > _SAME else 0.0 for v in (min(found), max(found)))
        return low, high

    def symmetry(self) -> tuple[str, float | None]:
        """Return the symmetry, and where the centre of one about a point lies on the y axis."""
        pairs = [(self.subject.exact(0, x), self.subject.exact(0, -x)) for x in _PROBES]
        sums, gaps = [a + b for a, b in pairs], [a - b for a, b in pairs]
        size = max(abs(a) for a, _ in pairs)
        if all(abs(gap) <= _SAME * size for gap in gaps):
            return "even", None
        if all(abs(total - sums[0]) <= _SAME * size for total in sums):
            centre = float(sums[0] / 2) if abs(sums[0]) > _SAME * size else 0.0
            return ("point", centre) if centre else ("odd", 0.0)
        return "none", None

    def monotonicity(self) -> str:
        """Return how the values go; flat stretches make it nondecreasing or nonincreasing."""
        signs = set(np.sign(self.slope[np.isfinite(self.slope)]).tolist()) - {0.0}
        sides = [(self.subject.beside(0, c, -1), self.subject.beside(0, c, 1)) for c in self.jumps]
        signs |= {float(np.sign(float(right - left))) for left, right in sides}
        flat = any(self._flats())
        if not signs:
            return "constant"
        if len(signs) == 2:
            return "none"
        up, down = ("nondecreasing", "nonincreasing") if flat else ("increasing", "decreasing")
        return up if signs == {1.0} else down

    def _flats(self) -> Iterator[bool]:
        """Yield, for stretches on which the slope is 0 in float64, whether it is 0 indeed."""
        edges = np.flatnonzero(np.diff(np.concatenate([[0], self.slope == 0, [0]]).astype(int)))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if stop - start > 3:
                inner = self.x[start + 1 : stop - 1]
                yield self.subject.exact(1, float(inner[np.argmin(np.abs(inner))])) == 0

    def convexity(self) -> str:
        """Return which way the function bends, corners included."""
        if self.jumps:
            return "none"
        signs = set(np.sign(self.bend[np.isfinite(self.bend)]).tolist()) - {0.0}
        for c in self.subject.corners:
            signs.add(float(np.sign(float(self.subject.beside(1, c, 1) - self.subject.beside(1, c, -1)))))
        signs -= {0.0}
        return {(): "linear", (1.0,): "convex", (-1.0,): "concave"}.get(tuple(signs), "none")

    def saturation(self) -> tuple[tuple[float, float], ...]:
        """Return the outermost intervals on which the slope stays below SATURATED."""
        steep = np.flatnonzero(~(np.abs(self.slope) < SATURATED))
        if not steep.size:
            return ((-math.inf, math.inf),)
        found = []
        for side, k, step in ((-1, steep[0], -1), (1, steep[-1], 1)):
            limit = self.subject.limit(1, side)
            if 0 < k < len(self.x) - 1 and limit is not None and abs(limit) < SATURATED:
                edge = self._edge(float(self.x[k]), float(self.x[k + step]))
                found.append((-math.inf, edge) if side < 0 else (edge, math.inf))
        return tuple(found)

    def _edge(self, steep: float, level: float) -> float:
        """Return where the slope comes below SATURATED: of two neighbouring floats that of fewer digits."""
        while math.nextafter(steep, level) != level:
            x = np.unique(np.linspace(steep, level, _SECTIONS))
            x = x if steep < level else x[::-1]
            first = int(np.argmax(np.abs(self.subject.quick(1, x[1:-1])) < SATURATED)) if len(x) > 2 else 0
            below = len(x) > 2 and abs(self.subject.quick(1, x[1 + first : 2 + first])[0]) < SATURATED
            steep, level = (x[first], x[first + 1]) if below else (x[-2], x[-1])
        return min((float(steep), float(level)), key=lambda x: len(repr(x))) + 0.0

    def smoothness(self) -> float:
        """Return how many derivatives are continuous."""
        places = {*self.subject.corners} | ({0.0} if has_pieces(self.subject.function.graph) else set())
        orders = (order for order in range(5) for c in places if self.subject.jumps(order, c))
        return next(orders, math.inf) - 1


def _changes(x: Array, y: Array, corners: list[float]) -> list[tuple[float, float, float]]:
    """Return where y changes its sign, and has one point of 0 at most: low, high, the sign before."""
    kept = np.flatnonzero(y != 0)
    a, b = kept[:-1], kept[1:]
    turns = (np.sign(y[a]) * np.sign(y[b]) < 0) & (b - a <= 2)
    found = [
        (float(x[i]), float(x[j]), float(np.sign(y[i]))) for i, j in zip(a[turns], b[turns], strict=True)
    ]
    smooth = [turn for turn in found if not any(turn[0] <= c <= turn[1] for c in corners)]
    return sorted(smooth, key=lambda turn: abs(turn[0]))


def _is_among(end: Any, values: list[Any]) -> bool:
    return math.isfinite(end) and any(abs(v - end) <= _SAME * abs(end) for v in values)
