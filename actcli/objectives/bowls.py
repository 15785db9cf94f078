"""Convex functions with one minimum."""

import numpy as np

from actcli.objectives._spec import Array, Objective

_WIDTHS = np.array([20.0, 1.0])


def _quadratic1d(x: Array) -> Array:
    return np.asarray(0.01 * x[..., 0] ** 2 + 0.1 * x[..., 0])


def _quadratic1d_gradient(x: Array) -> Array:
    return 0.02 * x + 0.1


def _sphere(x: Array) -> Array:
    return np.asarray(np.sum(x * x, axis=-1))


def _sphere_gradient(x: Array) -> Array:
    return 2 * x


def _bowl(x: Array) -> Array:
    return np.asarray(np.sum(x * x / _WIDTHS, axis=-1))


def _bowl_gradient(x: Array) -> Array:
    return np.asarray(2 * x / _WIDTHS)


QUADRATIC1D = Objective(
    name="quadratic1d",
    summary="A parabola of one variable",
    formula="0.01*x0**2 + 0.1*x0",
    value=_quadratic1d,
    gradient=_quadratic1d_gradient,
    start=(15.0,),
    minima=((-5.0,),),
    evidence=((10.0,), 2.0),
    box=((-20.0, 20.0),),
    source="Saitoh 2016, Deep Learning from Scratch, section 4.3.2",
)

SPHERE = Objective(
    name="sphere",
    summary="The sum of squares",
    formula="x0**2 + x1**2",
    value=_sphere,
    gradient=_sphere_gradient,
    start=(-3.0, 4.0),
    minima=((0.0, 0.0),),
    evidence=((-3.0, 4.0), 25.0),
    box=((-5.0, 5.0), (-5.0, 5.0)),
    any_dimension=True,
    source="De Jong 1975, function F1; Saitoh 2016, section 4.4.1",
)

BOWL = Objective(
    name="bowl",
    summary="A bowl twenty times flatter along one axis",
    formula="x0**2/20 + x1**2",
    value=_bowl,
    gradient=_bowl_gradient,
    start=(-7.0, 2.0),
    minima=((0.0, 0.0),),
    evidence=((-7.0, 2.0), 6.45),
    box=((-10.0, 10.0), (-10.0, 10.0)),
    source="Saitoh 2016, section 6.1.3, eq. 6.2",
)
