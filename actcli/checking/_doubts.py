"""How far off rounding may have the values and what is stated: told by graphs, or else by the numbers."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from actcli.checking._settings import Settings
from actcli.checking._slopes import Slopes
from actcli.checking._slot import Slot
from actcli.checking._values import precision_of
from actcli.differences._spec import Array, Curve, Estimate
from actcli.floats import FLOATS

if TYPE_CHECKING:
    from actcli.formula.graph import Node

_SUPPOSED = 2.0**-12  # the step by which that rounding is divided
_FINEST = 2.0**-15  # the finest step of the methods, which rounding is divided by
_NEAR = (
    4e-6,
    2e-8,
    8e-10,
    7e-11,
    6e-12,
    1e-12,
)  # of x: how close values are taken to tell noise
_MOST = 1000  # points whose noise is measured
_POINTS, _DEGREE = 13, 5  # in a place, and of the polynomial
_GOLDEN = (math.sqrt(5) - 1) / 2
_WORST = 4.0  # standard deviations of noise that are hardly exceeded
State = Callable[..., Array]  # what is stated at points of the type in question
_EPS = float(np.finfo(np.float64).eps)


def rounding(slot: Slot, values: Array, settings: Settings) -> Array:
    """Return how far off the values may be, (m,).

    Formulas tell by their own graphs; code without one is called a few times close to each x. After More &
    Wild 2011, Estimating computational noise.
    """
    eps = precision_of(slot.function, settings).eps
    least = eps * np.nan_to_num(np.abs(values), posinf=0.0)
    if slot.function.exact:
        return least
    if slot.function.make_graph is not None:
        return np.fmax(least, _cancelled(_root(slot, settings.order - 1), slot))
    supposed = 2 * eps * _terms(slot.along(slice(None)), slot.x, values)
    return np.asarray(np.maximum.reduce([least, supposed, _noise_of_all(slot, eps)]))


def _cancelled(root: "Node", slot: Slot) -> Array:
    """Return what rounding costs a formula as typed."""
    from actcli.formula.evaluate import sensitivity

    return np.asarray(_EPS * np.nan_to_num(sensitivity(root, slot.places), posinf=0.0))


def _noise_of_all(slot: Slot, eps: float) -> Array:
    """Return the noise at all points: of many, that of some, and elsewhere that of the noisier neighbour."""
    x = slot.x
    if x.size <= _MOST:
        return _noise(slot.along(slice(None)), x, eps)
    some = np.argsort(x)[np.linspace(0, x.size - 1, _MOST).astype(np.intp)]
    noise, place = _noise(slot.along(some), x[some], eps), np.searchsorted(x[some], x)
    return np.fmax(noise[np.maximum(place - 1, 0)], noise[np.minimum(place, _MOST - 1)])


def _noise(f: Curve, x: Array, eps: float) -> Array:
    """Return the noise of values near each x: what a polynomial through them leaves over.

    Beside a kink it is that of other places, close by.
    """
    places = np.modf(np.arange(_POINTS) * _GOLDEN)[0] * 2 - 1  # evenly spaced ones may hide it
    basis = np.linalg.qr(np.vander(places, _DEGREE + 1))[0]
    near = np.array([max(scale, 256 * eps) for scale in _NEAR])[:, None, None]
    offsets = near * (places + np.array([-2.0, 0.0, 2.0])[:, None])
    y = f(x + np.maximum(1.0, np.abs(x)) * offsets.reshape(-1, 1)).reshape(*offsets.shape, x.size)
    y = y - y[..., :1, :]
    rest = y - np.einsum("ik,jk,...jm->...im", basis, basis, y)
    found = np.sqrt(np.sum(rest**2, axis=-2) / (_POINTS - _DEGREE - 1))
    found = np.median(np.where(np.ptp(y, axis=-2) == 0, np.nan, found), axis=1)  # a kink is in one of three
    least, second = np.sort(found, axis=0)[:2]  # what waves is no noise at a finer scale
    least = np.where(np.isnan(second), least, second)  # one scale may hide it by chance
    return np.asarray(_WORST * np.nan_to_num(least, nan=0.0, posinf=0.0))


def _terms(f: Curve, x: Array, values: Array) -> Array:
    """Return the size of the terms that code is supposed to add: its values there, halfway to 0, about 0."""
    about = np.stack([x / 2, np.zeros_like(x), np.ones_like(x), -np.ones_like(x)])
    sizes = np.abs(np.concatenate([values[None], f(about)]))
    return np.asarray(np.max(np.where(np.isfinite(sizes), sizes, 0.0), axis=0))


def own_rounding(slot: Slot, state: State, values: Array, settings: Settings) -> Array:
    """Return how far off rounding may have what is stated, (m,), beyond its own last digits.

    Of code it is what terms lose that are supposed to be there, and by how much the next floats' slopes are
    others: as if its arguments were rounded.
    """
    stated = _slope_of(slot, settings)
    if stated is None and slot.function.exact:
        return np.zeros_like(slot.x)
    if stated is not None:
        return _cancelled(stated, slot)
    lost = settings.precision.eps * _terms(slot.along(slice(None)), slot.x, values)
    return np.asarray(lost + _change(slot, state, settings))


def _change(slot: Slot, state: State, settings: Settings) -> Array:
    """Return by how much what is stated changes to the next floats, on the side where that is less."""
    eps, kind = settings.precision.eps, FLOATS[settings.dtype]
    x = slot.x + 2 * eps * np.arange(-4, 5)[:, None] * np.abs(slot.x)
    points = [
        kind.round(x if k == slot.place else np.broadcast_to(part, x.shape))
        for k, part in enumerate(slot.points)
    ]
    away = np.abs(np.diff(state(*points), axis=0))
    change = np.fmin(np.sort(away[:4], axis=0)[2], np.sort(away[4:], axis=0)[2])  # a spike is no rounding
    return np.where(np.isfinite(change), change, 0.0)


def _slope_of(slot: Slot, settings: Settings) -> "Node | None":
    """Return the graph of what is stated; None for code."""
    if slot.function.make_slope is not None:
        return slot.function.make_slope()
    if slot.function.make_graph is None or slot.function.exact or slot.function.whole:
        return None  # whose code states it, its own graph says nothing of that
    return _root(slot, settings.order)


def _root(slot: Slot, order: int) -> "Node":
    from actcli.formula.derive import derivative  # what is exact loads no formula

    return derivative(slot.function.graph, slot.name, order)


def widened(slopes: Slopes, slot: Slot, values: Array, settings: Settings) -> Slopes:
    """Widen the errors of a method where code cancels: it knows the rounding of the value alone."""
    error = slopes.measured.error
    if slot.function.make_graph is None:
        largest = np.maximum.reduce([np.abs(part) for part in slot.points])
        wider = error + _EPS * np.maximum(1.0, largest) / _SUPPOSED
    else:
        lost = _cancelled(_root(slot, settings.order - 1), slot)
        most = error + 4 * lost / _FINEST
        wider = np.fmax(error, np.fmin(error * lost / (_EPS * np.abs(values)), most))
    return replace(slopes, measured=Estimate(slopes.measured.value, wider))
