"""Gathering evidence: at which points, what is stated there, and what is measured."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from actcli.checking._evidence import Array, Evidence
from actcli.checking._settings import Settings, points_of
from actcli.checking._slopes import Slopes, joined, slopes_around
from actcli.checking._values import as_float64, values_of
from actcli.checking._vectors import vector
from actcli.differences._spec import Curve, Estimate
from actcli.errors import InputError, UnknownNameError
from actcli.formula.derive import derivative
from actcli.formula.evaluate import sensitivity
from actcli.function import Function
from actcli.partials import corners_along, slope_of

_SUPPOSED = 2.0**-12  # the step by which that rounding is divided
_FINEST = 2.0**-15  # the finest step of the methods, which rounding is divided by


def gather(function: Function, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence: for each input, or of a vector function on its Jacobian and on its product."""
    several = len(function.inputs) > 1
    if settings.wrt is not None and settings.wrt not in function.inputs:
        raise UnknownNameError(f"variable of {function.name}:", settings.wrt, function.inputs)
    wanted = [k for k, name in enumerate(function.inputs) if settings.wrt in (None, name)]
    if not function.elementwise:
        if settings.order != 1:
            raise InputError(f"{function.name} is a vector function: only order 1, its Jacobian, is checked")
        for k in wanted:
            yield from vector(function, k, settings)
    elif not several:
        yield _elementwise(function, settings)
    elif settings.order == 1:
        yield from (_partial(function, k, settings, f"d/d{function.inputs[k]}") for k in wanted)
    else:
        for a in (function.inputs[k] for k in wanted):
            slope, first = slope_of(function, a), replace(settings, order=1)
            for k, b in enumerate(function.inputs):
                yield _partial(slope, k, first, f"d2/d{a}d{b}")


def _elementwise(function: Function, settings: Settings) -> Evidence:
    if settings.order >= len(function.orders):
        message = f"{function.name} states no derivative of order {settings.order}: there is nothing to check"
        raise InputError(message, "--derivative TARGET states one")
    corners = np.array(sorted({corner.at for corner in function.corners}))
    (x,) = points_of(function, settings, corners)
    f = values_of(function, settings)
    values, name = f(x), function.inputs[0]
    return Evidence(
        function=function,
        name=function.inputs[0],
        x=x,
        places={name: x},
        values=values,
        stated=as_float64(function(x.astype(settings.dtype), order=settings.order)),
        own=np.zeros_like(x),
        noisy=np.zeros(x.shape, bool),
        curve=lambda k: f,
        slopes=_doubted(
            _slopes(f, x, corners, settings), function, name, {name: x}, values, settings.order - 1
        ),
    )


def _partial(function: Function, place: int, settings: Settings, entry: str) -> Evidence:
    """Move one of several inputs, the others held: point by point where there are corners on the way."""
    points = points_of(function, settings)
    f = values_of(function, settings)

    def along(rows: slice) -> Curve:
        others = [part[rows] for part in points]
        return lambda t: f(*others[:place], t, *others[place + 1 :])

    x, corners = points[place], corners_along(function, place, points)
    each = [slice(k, k + 1) for k in range(len(corners))]
    parts = [_slopes(along(k), x[k], at, settings) for k, at in zip(each, corners, strict=True)]
    slopes = joined(parts) if parts else _slopes(along(slice(None)), x, np.array([]), settings)
    typed = (part.astype(settings.dtype) for part in points)
    values, places = f(*points), dict(zip(function.inputs, points, strict=True))
    return Evidence(
        function=function,
        name=function.inputs[place],
        x=x,
        places=places,
        values=values,
        stated=as_float64(function.gradient(*typed)[place]),
        own=np.zeros_like(x),
        noisy=np.zeros(x.shape, bool),
        curve=lambda k: along(slice(k, k + 1)),
        slopes=_doubted(slopes, function, function.inputs[place], places, values, 0),
        entry=lambda _: entry,
    )


def _doubted(
    slopes: Slopes, function: Function, name: str, places: Mapping[str, Array], values: Array, order: int
) -> Slopes:
    """Widen the errors where code cancels: the methods know the rounding of the function's value alone.

    Formulas tell by their own graphs; code without one is supposed to cancel numbers of the size of 1.
    """
    eps, error = np.finfo(np.float64).eps, slopes.measured.error
    if function.make_graph is None:
        largest = np.maximum.reduce([np.abs(part) for part in places.values()])
        wider = error + eps * np.maximum(1.0, largest) / _SUPPOSED
    else:
        root = derivative(function.graph, name, order)
        stated = function.make_slope() if function.make_slope else derivative(root, name)
        lost = sensitivity(root, places)
        with np.errstate(all="ignore"):
            most = error + 4 * eps * lost / _FINEST
            wider = np.fmax(error, np.fmin(error * lost / np.abs(values), most))
            wider = np.fmax(wider, wider + eps * sensitivity(stated, places))
    return replace(slopes, measured=Estimate(slopes.measured.value, wider))


def _slopes(f: Curve, x: Array, corners: Array, settings: Settings) -> Slopes:
    method, precision, step = settings.method, settings.precision, settings.step
    measured = method.estimate(f, x, precision, step)
    reach = method.reach(x, precision, step)
    return slopes_around(f, x, corners, measured, reach, precision, fixed=step is not None)
