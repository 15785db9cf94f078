"""Functions with a long curved valley."""

import numpy as np

from actcli.objectives._spec import Array, Objective

_BEALE_CONSTANTS = np.array([1.5, 2.25, 2.625])
_BEALE_POWERS = np.array([1, 2, 3])


def _rosenbrock(x: Array) -> Array:
    a, b = x[..., 0], x[..., 1]
    return np.asarray((1 - a) ** 2 + 100 * (b - a * a) ** 2)


def _rosenbrock_gradient(x: Array) -> Array:
    a, b = x[..., 0], x[..., 1]
    r = b - a * a
    return np.stack([-2 * (1 - a) - 400 * a * r, 200 * r], axis=-1)


def _beale_residuals(x: Array) -> Array:
    a, b = x[..., 0, None], x[..., 1, None]
    return np.asarray(_BEALE_CONSTANTS - a + a * b**_BEALE_POWERS)


def _beale(x: Array) -> Array:
    return np.asarray(np.sum(_beale_residuals(x) ** 2, axis=-1))


def _beale_gradient(x: Array) -> Array:
    a, b = x[..., 0, None], x[..., 1, None]
    r = _beale_residuals(x)
    by_a = b**_BEALE_POWERS - 1
    by_b = a * _BEALE_POWERS * b ** (_BEALE_POWERS - 1)
    return np.stack([np.sum(2 * r * by_a, axis=-1), np.sum(2 * r * by_b, axis=-1)], axis=-1)


ROSENBROCK = Objective(
    name="rosenbrock",
    summary="A flat, curved valley with steep walls",
    formula="(1 - x0)**2 + 100*(x1 - x0**2)**2",
    value=_rosenbrock,
    gradient=_rosenbrock_gradient,
    start=(-1.2, 1.0),
    minima=((1.0, 1.0),),
    evidence=((-1.2, 1.0), 24.2),
    box=((-2.0, 2.0), (-1.0, 3.0)),
    aliases=("banana",),
    source="Rosenbrock 1960; Moré, Garbow & Hillstrom 1981, problem 1",
)

BEALE = Objective(
    name="beale",
    summary="A valley between sharp ridges at the corners",
    formula="(1.5 - x0 + x0*x1)**2 + (2.25 - x0 + x0*x1**2)**2 + (2.625 - x0 + x0*x1**3)**2",
    value=_beale,
    gradient=_beale_gradient,
    start=(1.0, 1.0),
    minima=((3.0, 0.5),),
    evidence=((1.0, 1.0), 14.203125),
    box=((-4.5, 4.5), (-4.5, 4.5)),
    source="Beale 1958; Moré, Garbow & Hillstrom 1981, problem 5",
)
