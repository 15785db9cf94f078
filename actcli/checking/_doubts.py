"""How far off rounding may have the values and what is stated: told by graphs, or else by the numbers."""

from dataclasses import replace

import numpy as np

from actcli.checking._settings import Settings
from actcli.checking._slopes import Slopes
from actcli.checking._slot import Slot
from actcli.checking._values import precision_of
from actcli.differences._spec import Array, Estimate
from actcli.formula.derive import derivative
from actcli.formula.evaluate import sensitivity
from actcli.formula.graph import Node

_SUPPOSED = 2.0**-12  # the step by which that rounding is divided
_FINEST = 2.0**-15  # the finest step of the methods, which rounding is divided by
_NEAR = 2.0**-22  # of x: how close the values are taken that tell the noise of code
_SIXTH = 924  # the sum of the squares of (1, 6, 15, 20, 15, 6, 1)
_EPS = float(np.finfo(np.float64).eps)


def rounding(slot: Slot, values: Array, settings: Settings) -> Array:
    """Return how far off the values may be, (m,).

    Formulas tell by their own graphs. Code without one is called a few times close to each x: sixth
    differences are noise alone. Source: More & Wild 2011, Estimating computational noise.
    """
    eps = precision_of(slot.function, settings).eps
    least = eps * np.nan_to_num(np.abs(values), posinf=0.0)
    if slot.function.exact:
        return least
    if slot.function.make_graph is not None:
        root = derivative(slot.function.graph, slot.name, settings.order - 1)
        return np.asarray(np.fmax(least, _EPS * np.nan_to_num(sensitivity(root, slot.places), posinf=0.0)))
    distance = max(_NEAR, 64 * eps) * np.maximum(1.0, np.abs(slot.x))
    close = slot.along(slice(None))(slot.x + distance * np.arange(-19, 20)[:, None])
    groups = [np.mean(np.diff(part, n=6, axis=0) ** 2, axis=0) for part in np.split(close, 3)]
    middling = np.sqrt(np.median(groups, axis=0) / _SIXTH)  # a kink is in one of the three
    return np.asarray(np.fmax(least, np.nan_to_num(middling, posinf=0.0)))


def own_rounding(slot: Slot, values: Array, settings: Settings) -> Array:
    """Return how far off rounding may have what is stated, (m,), beyond its own last digits.

    Code is supposed to add terms as large as its function's values there, halfway to 0, and about 0.
    """
    stated = _slope_of(slot, settings)
    if stated is None and slot.function.exact:
        return np.zeros_like(slot.x)
    if stated is not None:
        return np.asarray(_EPS * np.nan_to_num(sensitivity(stated, slot.places), posinf=0.0))
    x = slot.x
    about = np.stack([x / 2, np.zeros_like(x), np.ones_like(x), -np.ones_like(x)])
    terms = np.abs(np.concatenate([values[None], slot.along(slice(None))(about)]))
    largest = np.max(np.where(np.isfinite(terms), terms, 0.0), axis=0)
    return np.asarray(settings.precision.eps * largest)


def _slope_of(slot: Slot, settings: Settings) -> Node | None:
    """Return the graph of what is stated; None for code."""
    if slot.function.make_slope is not None:
        return slot.function.make_slope()
    if slot.function.make_graph is None or slot.function.exact:
        return None
    return derivative(slot.function.graph, slot.name, settings.order)


def widened(slopes: Slopes, slot: Slot, values: Array, settings: Settings) -> Slopes:
    """Widen the errors of a method where code cancels: it knows the rounding of the value alone."""
    error = slopes.measured.error
    if slot.function.make_graph is None:
        largest = np.maximum.reduce([np.abs(part) for part in slot.points])
        wider = error + _EPS * np.maximum(1.0, largest) / _SUPPOSED
    else:
        lost = sensitivity(derivative(slot.function.graph, slot.name, settings.order - 1), slot.places)
        most = error + 4 * _EPS * lost / _FINEST
        wider = np.fmax(error, np.fmin(error * lost / np.abs(values), most))
    return replace(slopes, measured=Estimate(slopes.measured.value, wider))
