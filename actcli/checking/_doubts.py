"""How far off rounding may have the values and what is stated: told by graphs, or else by the numbers."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from actcli.checking._settings import Settings
from actcli.checking._slopes import Places, Slopes
from actcli.checking._slot import Slot
from actcli.checking._values import precision_of
from actcli.differences._spec import Array, Curve, Estimate
from actcli.floats import FLOATS

if TYPE_CHECKING:
    from actcli.formula.graph import Node

_SUPPOSED = 2.0**-12  # the step by which that rounding is divided
_FINEST = 2.0**-15  # the finest step of the methods, which rounding is divided by
_NEAR = (1e-3, 4e-6, 2e-8, 7e-11, 1e-12, 6e-14)  # of x: how close values are taken to tell noise
_MOST = 1000  # points whose noise is measured
_POINTS, _DEGREE = 13, 5  # in a place, and of the polynomial
_GOLDEN = (math.sqrt(5) - 1) / 2
_WORST = 4.0  # standard deviations of noise that are hardly exceeded
_SCATTERED = 0.1  # of the height of values: noise like that is all that there is
_USUAL = 100.0  # x up to where terms of the size of f(0) and f(1) may well be added
_MANY = 8  # roundings of such terms that what is stated is supposed to add up
_MADE_OF = 8  # roundings: a value so small may be what terms leave when they cancel
_ENOUGH = 3  # values of 24 bits that are no chance
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
    curve = slot.along(slice(None))
    terms = _terms(curve, slot.x, values)
    eps = _coarsest(np.concatenate([values, terms.ravel()]), eps)
    supposed = 2 * eps * np.max(np.abs(terms), axis=0)
    size = np.nan_to_num(np.abs(values), posinf=0.0)
    noise = _noise_of_all(slot.along, slot.x, supposed, eps)
    left = np.where(size < _MADE_OF * supposed, supposed, 0.0)
    return np.asarray(np.maximum.reduce([eps * size, noise, left]))


def _cancelled(root: "Node", slot: Slot) -> Array:
    """Return what rounding costs a formula as typed."""
    from actcli.formula.evaluate import sensitivity

    return np.asarray(_EPS * np.nan_to_num(sensitivity(root, slot.places), posinf=0.0))


def _noise_of_all(along: Callable[[Places], Curve], x: Array, supposed: Array, eps: float) -> Array:
    """Return the noise at all points: of many, that of some, and elsewhere that of the noisier neighbour."""
    if x.size <= _MOST:
        return _noise(along(slice(None)), x, supposed, eps)
    some = np.argsort(x)[np.linspace(0, x.size - 1, _MOST).astype(np.intp)]
    noise, place = _noise(along(some), x[some], supposed[some], eps), np.searchsorted(x[some], x)
    return np.fmax(noise[np.maximum(place - 1, 0)], noise[np.minimum(place, _MOST - 1)])


def _noise(f: Curve, x: Array, supposed: Array, eps: float) -> Array:
    """Return the noise of values near each x: what a polynomial through them leaves over.

    Beside a kink it is that of other places, close by. At the widest scale alone rounded terms may show, of
    no more than the size `supposed`. It is inf where the values are scattered at all scales: the numbers
    there are too coarse for what the function does.
    """
    found, height = _residues(f, x, np.maximum(1.0, np.abs(x)), eps)
    if (lost := np.isnan(found).all(axis=0)).any():  # at the end of a domain
        nearer = _residues(f, x, np.abs(x), eps)
        found, height = np.where(lost, nearer[0], found), np.where(lost, nearer[1], height)
    scattered = np.all(~(found < _SCATTERED * height) | (height == 0), axis=0) & (height[0] > 0)
    least, second = np.sort(np.where(height == 0, np.nan, found), axis=0)[:2]
    noise = np.where(np.isnan(second), least, second)  # what waves is none at a fine scale; but for chance
    noise = np.fmax(noise, np.fmin(found[0], supposed / _WORST))
    noise = np.where((height == 0).all(axis=0), supposed / _WORST, noise)
    return np.asarray(np.where(scattered, np.inf, _WORST * noise))


def _residues(f: Curve, x: Array, unit: Array, eps: float) -> tuple[Array, Array]:
    """Return what a polynomial leaves of values near each x, and their height, at scales from wide to fine.

    Of three places each, the middling one: a kink is in one of them.
    """
    places = np.modf(np.arange(_POINTS) * _GOLDEN)[0] * 2 - 1  # evenly spaced ones may hide it
    basis = np.linalg.qr(np.vander(places, _DEGREE + 1))[0]
    near = np.array([max(scale, 64 * eps) for scale in _NEAR])[:, None, None]
    offsets = near * (places + np.array([-2.0, 0.0, 2.0])[:, None])
    y = f(x + unit * offsets.reshape(-1, 1)).reshape(*offsets.shape, x.size)
    y, height = y - y[..., :1, :], np.ptp(y, axis=-2)
    rest = y - np.einsum("ik,jk,...jm->...im", basis, basis, y)
    found = np.sqrt(np.sum(rest**2, axis=-2) / (_POINTS - _DEGREE - 1))
    return np.median(found, axis=1), np.median(height, axis=1)


def _terms(f: Curve, x: Array, values: Array) -> Array:
    """Return terms that code is supposed to add: its values there, halfway to 0, and not far out about 0."""
    usual = np.where(np.abs(x) <= _USUAL, 1.0, np.nan)
    y = np.concatenate([values[None], f(np.stack([x / 2, 0 * x, 0 * x + 1, 0 * x - 1]))])
    y[2:] *= usual
    return np.where(np.isfinite(y), y, 0.0)


def _coarsest(y: Array, eps: float) -> float:
    """Return the relative spacing of numbers: float32's where all have its 24 bits and some need as many."""
    single = np.finfo(np.float32)
    known = y[np.isfinite(y) & (np.abs(y) >= float(single.tiny)) & (np.abs(y) <= float(single.max))]
    long = np.modf(np.frexp(known)[0] * 2.0**16)[0] != 0
    if eps < float(single.eps) and long.sum() >= _ENOUGH and (known == known.astype(np.float32)).all():
        return float(single.eps)
    return eps


def own_rounding(slot: Slot, state: State, values: Array, stated: Array, settings: Settings) -> Array:
    """Return how far off rounding may have what is stated, (m,), beyond its own last digits.

    Of code it is its noise, or where there is none to be seen what terms lose that are supposed to be there.
    """
    root = _slope_of(slot, settings)
    if root is None and slot.function.exact:
        return np.zeros_like(slot.x)
    if root is not None:
        return _cancelled(root, slot)
    kind = FLOATS[settings.dtype]

    def along(some: Places) -> Curve:
        held = [part[some] for part in slot.points]
        return lambda t: state(
            *(kind.round(t if k == slot.place else 0 * t + part) for k, part in enumerate(held))
        )

    eps = _coarsest(stated, settings.precision.eps)
    terms = np.abs(_terms(slot.along(slice(None)), slot.x, values))
    supposed = _MANY * eps * np.max(terms, axis=0)
    left = np.where(np.abs(stated) < _MADE_OF * supposed, supposed, 0.0)
    return np.fmax(left, _noise_of_all(along, slot.x, supposed, eps))


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
