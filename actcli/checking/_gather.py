"""Gathering evidence: at which points, what is stated there, and what is measured."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from actcli.checking._doubts import State, own_rounding, rounding, widened
from actcli.checking._evidence import UPSTREAM, Array, Evidence, Mask
from actcli.checking._fan import Ground
from actcli.checking._fine import refined
from actcli.checking._measure import measured
from actcli.checking._settings import Settings, points_of, uniform
from actcli.checking._slopes import Slopes, joined, slopes_around
from actcli.checking._slot import Slot
from actcli.checking._values import as_float64, precision_of, values_of
from actcli.differences._spec import Curve
from actcli.errors import InputError, UnknownNameError
from actcli.function import Function

_BESIDE = 1e-9  # of x: closer to a corner than this


def gather(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence: for each input, or of a vector function on its Jacobian and on its product."""
    _check_variable(function, settings.wrt)
    if function.layer and settings.order == 1:
        for name in function.layer.weights:
            if settings.wrt in (None, name):
                yield from _vector(function.layer, function.layer.inputs.index(name), settings)
    asked = function.variables if settings.wrt is None else (settings.wrt,)
    wanted = [k for k, name in enumerate(function.inputs) if name in asked]
    if not wanted:
        return
    if not function.elementwise:
        if settings.order != 1:
            raise InputError(f"{function.name} is a vector function: only order 1, its Jacobian, is checked")
        for k in wanted:
            yield from _vector(function, k, settings)
    elif len(function.inputs) == 1:
        yield from _of_one_input(function, settings)
    else:
        yield from _of_several_inputs(function, wanted, settings)


def _check_variable(function: Function, name: str | None) -> None:
    """Raise InputError where no derivative by it is stated."""
    if name is None or name in function.variables:
        return
    if name in function.unstated:
        raise InputError(f"{function.name} goes back with no gradient for {name}")
    if function.whole and name in function.parameters:
        message = f"{function.name} states no derivative by {name}"
        raise InputError(message, f"a layer's backward leaves that by self.{name} in self.d{name}")
    raise UnknownNameError(f"variable of {function.name}:", name, function.variables)


def _vector(function: Function, place: int, settings: Settings) -> Iterator[Evidence]:
    from actcli.checking._vectors import vector  # functions of numbers do not wait for it

    return vector(function, place, settings)


def _of_one_input(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield what is known of the derivative; of the user's own backward pass, also with other upstreams."""
    if settings.order >= len(function.orders):
        message = f"{function.name} states no derivative of order {settings.order}: there is nothing to check"
        raise InputError(message, "--derivative TARGET states one")
    corners = np.array(sorted({corner.at for corner in function.corners}))
    slot = Slot(function, 0, points_of(function, settings, corners), values_of(function, settings))

    def state(x: Array) -> Array:
        return as_float64(function(x, order=settings.order))

    seen = _seen(slot, state, [corners], settings, "")
    yield seen
    if function.goes_back and settings.order == 1:
        yield _upstream(seen, settings)


def _of_several_inputs(function: Function, wanted: list[int], settings: Settings) -> Iterator[Evidence]:
    """Yield what is known of the derivatives by each input; of order 2, by each two."""
    if settings.order == 1:
        for k in wanted:
            seen = _partial(function, k, settings, f"d/d{function.inputs[k]}")
            yield seen
            if function.goes_back:
                yield _upstream(seen, settings)
        return
    from actcli.partials import slope_of

    for a in (function.inputs[k] for k in wanted):
        slope, first = slope_of(function, a), replace(settings, order=1)
        for k, b in enumerate(function.inputs):
            yield _partial(slope, k, first, f"d2/d{a}d{b}")


def _upstream(seen: Evidence, settings: Settings) -> Evidence:
    """Return what the backward pass makes of random numbers that flow in, beside the slopes times them."""
    slopes, u = seen.slopes, 1.5 + uniform(settings.seed + 1, seen.x.size)  # never 0
    typed = [part.astype(settings.dtype) for part in seen.places.values()]
    gradients = seen.function.gradient(*typed, upstream=u.astype(settings.dtype))
    stated = as_float64(gradients[seen.function.inputs.index(seen.name)])
    by = seen.entry(0) + ", " if len(typed) > 1 else ""
    return replace(
        seen,
        stated=stated,
        own=u * seen.own,
        slopes=slopes.times(u),
        curve=lambda k: lambda t: u[k] * seen.curve(k)(t),
        entry=lambda _: by + UPSTREAM,
        flows=True,
    )


def _partial(function: Function, place: int, settings: Settings, entry: str) -> Evidence:
    """Move one of several inputs, the others held: point by point where there are corners on the way."""
    from actcli.partials import corners_along

    slot = Slot(function, place, points_of(function, settings), values_of(function, settings))

    def state(*x: Array) -> Array:
        return as_float64(function.gradient(*x)[place])

    return _seen(slot, state, corners_along(function, place, slot.points), settings, entry)


def _seen(slot: Slot, state: State, corners: list[Array], settings: Settings, entry: str) -> Evidence:
    typed = [part.astype(settings.dtype) for part in slot.points]
    stated, values = state(*typed), slot.values(*slot.points)
    own = own_rounding(slot, state, values, stated, settings)
    if settings.is_auto:
        slopes = _at_all_steps(slot, corners, stated, values, own, settings)
    else:
        slopes = widened(_by_method(slot, corners, settings), slot, values, settings)
    return Evidence(
        function=slot.function,
        name=slot.name,
        x=slot.x,
        places=slot.places,
        values=values,
        stated=stated,
        own=own,
        noisy=_noisy(slot, state, typed, values, stated),
        slopes=slopes,
        curve=lambda k: slot.along(slice(k, k + 1)),
        entry=lambda _: entry,
    )


def _at_all_steps(
    slot: Slot, corners: list[Array], stated: Array, values: Array, own: Array, settings: Settings
) -> Slopes:
    away, corner = _away(slot.x, corners)
    ground = Ground(
        x=slot.x,
        stated=stated,
        noise=rounding(slot, values, settings),
        precision=precision_of(slot.function, settings),
        away=away,
        corner=corner,
    )
    slopes = refined(slot, measured(slot.along, ground, slot.function.whole), ground, own, settings)
    slopes.within[corner] *= 0.0  # it is known where these are
    return slopes


def _away(x: Array, corners: list[Array]) -> tuple[Array, Mask]:
    """Return the side to look at from points so close to a known corner that no step would fit between.

    And which points that are, those on the corner too.
    """
    each = [(x, corners[0])] if len(corners) == 1 else [(x[k : k + 1], at) for k, at in enumerate(corners)]
    way = np.concatenate([np.full(0 if each else x.size, np.inf), *(_from_corner(*pair) for pair in each)])
    close = np.abs(way) < _BESIDE * np.maximum(1.0, np.abs(x))
    return np.where(close, np.sign(way), 0.0), close


def _from_corner(x: Array, known: Array) -> Array:
    """Return how far each x is above the nearest corner."""
    if not known.size:
        return np.full_like(x, np.inf)
    place = np.clip(np.searchsorted(known, x), 1, known.size) - 1
    low, high = x - known[place], x - known[np.minimum(place + 1, known.size - 1)]
    return np.where(np.abs(high) < np.abs(low), high, low)


def _noisy(slot: Slot, state: State, typed: list[Array], values: Array, stated: Array) -> Mask:
    """Return where the user's code gives other numbers when it is called again."""
    if not slot.function.whole:
        return np.zeros(slot.x.shape, bool)
    pairs = (values, slot.values(*slot.points)), (stated, state(*typed))
    return np.asarray(np.logical_or.reduce([(a != b) & ~(np.isnan(a) & np.isnan(b)) for a, b in pairs]))


def _by_method(slot: Slot, corners: list[Array], settings: Settings) -> Slopes:
    """Return the slopes by the method asked for; `corners` are those of all points, or of each."""
    if len(corners) < slot.x.size or slot.x.size == 1:
        known = corners[0] if corners else np.array([])
        return _quotients(slot.along(slice(None)), slot.x, known, settings)
    rows = [slice(k, k + 1) for k in range(slot.x.size)]
    return joined(
        [_quotients(slot.along(k), slot.x[k], at, settings) for k, at in zip(rows, corners, strict=True)]
    )


def _quotients(f: Curve, x: Array, corners: Array, settings: Settings) -> Slopes:
    method, precision, step = settings.estimator, settings.precision, settings.step
    measured = method.estimate(f, x, precision, step)
    reach = method.reach(x, precision, step)
    return slopes_around(f, x, corners, measured, reach, precision, fixed=step is not None)
