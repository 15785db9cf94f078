"""Functions with several minima."""

import numpy as np

from actcli.objectives._spec import Array, Objective


def _himmelblau(x: Array) -> Array:
    a, b = x[..., 0], x[..., 1]
    return np.asarray((a * a + b - 11) ** 2 + (a + b * b - 7) ** 2)


def _himmelblau_gradient(x: Array) -> Array:
    a, b = x[..., 0], x[..., 1]
    p, q = a * a + b - 11, a + b * b - 7
    return np.stack([4 * a * p + 2 * q, 2 * p + 4 * b * q], axis=-1)


HIMMELBLAU = Objective(
    name="himmelblau",
    summary="Four minima of equal depth around a hill",
    formula="(x0**2 + x1 - 11)**2 + (x0 + x1**2 - 7)**2",
    value=_himmelblau,
    gradient=_himmelblau_gradient,
    start=(0.0, 0.0),
    minima=((3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)),
    evidence=((-0.270845, -0.923039), 181.617),
    box=((-5.0, 5.0), (-5.0, 5.0)),
    source="Himmelblau 1972, Applied Nonlinear Programming",
)
