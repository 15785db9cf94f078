"""Values around points, at steps on both sides, and the difference quotients that they make."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from actcli.checking._slopes import Mask, Places
from actcli.differences._spec import Array, Curve, Precision, power_of_two

_ODD = 13 / 16  # not a power of 2: of a period that is one, all quotients would agree on a slope of 0
_WIDEST = 0.25
_NEXT = 2.0**-14  # where the steps of one ladder end, those of the next begin
_Quotients = tuple[Array, Array]  # and by how much rounding may have them off, both (levels, m)


class Fan(NamedTuple):
    """Values around points: at x, (m,), and above and below it by the steps h, (levels, m)."""

    here: Array
    above: Array
    below: Array
    h: Array

    def parts(self, levels: int) -> "list[Fan]":
        """Return the ladders of so many steps each that the values were taken at."""
        rows = [slice(low, low + levels) for low in range(0, len(self.h), levels)]
        return [Fan(self.here, self.above[k], self.below[k], self.h[k]) for k in rows]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Points, the slopes stated there, how far off rounding may have the values there, and their type.

    `away` is the side, -1 or 1, that points right beside a known corner are looked at from, else 0; `corner`
    says which points are on one, or as close to it.
    """

    x: Array
    stated: Array
    noise: Array
    precision: Precision
    away: Array | None = None
    corner: Mask | None = None

    def __getitem__(self, some: Places) -> "Ground":
        """Return some of the points."""
        x, stated, noise = self.x[some], self.stated[some], self.noise[some]
        away = None if self.away is None else self.away[some]
        corner = None if self.corner is None else self.corner[some]
        return replace(self, x=x, stated=stated, noise=noise, away=away, corner=corner)


def steps(first: Array, levels: int) -> Array:
    """Return steps that halve, (levels, m), from the first ones, (m,)."""
    return first * 0.5 ** np.arange(levels)[:, None]


def width(ground: Ground) -> Array:
    """Return the first step to take at each x: some fifth, far out a small part of x."""
    eps = ground.precision.eps
    return _ODD * power_of_two(np.maximum(_WIDEST, np.abs(ground.x) * max(2.0**-14, 16 * eps)))


def widths(ground: Ground) -> list[Array]:
    """Return the first steps of ladders of all sizes, from wide to fine: a part of x is one of them."""
    usual, size = width(ground), np.abs(ground.x)
    own = _ODD * power_of_two(np.where(size > 0, size, 1.0) / 4)
    own = np.maximum(own, 2.0**14 * ground.precision.smallest)
    return [*np.sort(np.stack([own, usual, usual * _NEXT, usual * _NEXT**2]), axis=0)[::-1]]


def fan(f: Curve, x: Array, h: Array) -> Fan:
    """Return values at x, and above and below it by the steps that the numbers there are apart."""
    above, below = x + h, x - h
    y = f(np.concatenate([x[None], above, below]))
    return Fan(y[0], y[1 : 1 + len(h)], y[1 + len(h) :], h)


def central(values: Fan, ground: Ground) -> _Quotients:
    """Return (f(x+h) - f(x-h)) / 2h."""
    above, below = (ground.x + values.h), (ground.x - values.h)
    apart = above - below
    uneven = np.abs((above - ground.x) - (ground.x - below))  # x + h and x - h are rounded
    bend = np.abs(values.above - values.here - (values.here - values.below)) / values.h
    noise = _rounding(values.above, values.below, ground) + uneven * bend
    return (values.above - values.below) / _nonzero(apart), noise / _nonzero(apart)


def gaps(values: Fan, ground: Ground) -> _Quotients:
    """Return by how much the quotients of the two sides differ."""
    (right, more), (left, less) = sided(values, ground, 1), sided(values, ground, -1)
    return right - left, more + less


def sided(values: Fan, ground: Ground, side: int) -> _Quotients:
    """Return (f(x+h) - f(x)) / h for side 1, (f(x) - f(x-h)) / h for side -1."""
    there = values.above if side > 0 else values.below
    apart = _nonzero((ground.x + side * values.h) - ground.x)
    return (there - values.here) / apart, _rounding(there, values.here, ground) / np.abs(apart)


def _rounding(a: Array, b: Array, ground: Ground) -> Array:
    eps, smallest = ground.precision
    return np.maximum(ground.noise, eps * np.fmax(np.abs(a), np.abs(b))) * 2 + smallest


def _nonzero(apart: Array) -> Array:
    return np.where(apart == 0, np.nan, apart)
