"""Rectifiers of powers and roots: squares, parabolas, hyperbolas."""

import math

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import Array, constant_like


def _relu2(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.square(np.maximum(x, 0.0))


def _relu2_derivative(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return 2.0 * np.maximum(x, 0.0)


def _relu2_second(x: Array) -> Array:
    return 2.0 * np.heaviside(x, 0.0)


def _sparse_plus(x: Array) -> Array:
    half = 0.5 * np.clip(x, -1.0, 1.0) + 0.5
    return np.where(x > 1.0, x, half * half)


def _sparse_plus_derivative(x: Array) -> Array:
    return 0.5 * np.clip(x, -1.0, 1.0) + 0.5


def _sparse_plus_second(x: Array) -> Array:
    return np.where((x <= -1.0) | (x > 1.0), 0.0, constant_like(x, 0.5))


def _to_line(x: Array, b: float) -> tuple[Array, Array]:
    """Return h = sqrt(x**2 + b) and (h - |x|)/2, how far squareplus is above relu, without a difference."""
    h = np.hypot(x, math.sqrt(b))
    return h, 0.25 * (b / (0.5 * h + 0.5 * np.abs(x)))  # halves: the sum may overflow


def _squareplus(x: Array, b: float) -> Array:
    return np.maximum(x, 0.0) + _to_line(x, b)[1]


def _squareplus_derivative(x: Array, b: float) -> Array:
    h, distance = _to_line(x, b)
    return np.where(x < 0.0, distance / h, 1.0 - distance / h)


def _squareplus_second(x: Array, b: float) -> Array:
    h = np.hypot(x, math.sqrt(b))
    return 0.5 * (b / h / h / h)


def _bent(x: Array) -> Array:
    near = np.clip(x, -1e300, 1e300)  # inf/inf is nan
    with np.errstate(over="ignore"):
        return x * (1.0 + near / (2.0 + 2.0 * np.hypot(1.0, near)))


def _bent_derivative(x: Array) -> Array:
    near = np.clip(x, -1e300, 1e300)
    return 1.0 + 0.5 * near / np.hypot(1.0, near)


def _bent_second(x: Array) -> Array:
    h = np.hypot(1.0, x)
    return 0.5 / h / h / h


RELU2 = Activation(
    name="relu2",
    summary="The square of a rectifier: its slope is a rectifier too",
    formula="max(x, 0)**2",
    value=_relu2,
    derivative=_relu2_derivative,
    second_derivative=_relu2_second,
    kinks=(Kink(at="0", side="left", order=2),),
    aliases=("squared_relu",),
    source="So et al. 2021, Primer, section 3 (arXiv:2109.08668)",
)

STAR_RELU = Activation(
    name="star_relu",
    summary="A squared rectifier of mean 0 and variance 1, for normal inputs",
    formula="s*max(x, 0)**2 + b",
    parameters={"s": Parameter("0.8944"), "b": Parameter("-0.4472")},
    kinks=(Kink(at="0", side="left", order=2),),
    source="Yu et al. 2022, MetaFormer baselines for vision, section 3 (arXiv:2210.13452)",
)

SPARSE_PLUS = Activation(
    name="sparse_plus",
    summary="Zero up to -1, a parabola, the identity from 1 on: softplus with an end to its tails",
    formula="where(x > 1, x, where(x > -1, (x + 1)**2/4, 0))",
    value=_sparse_plus,
    derivative=_sparse_plus_derivative,
    second_derivative=_sparse_plus_second,
    kinks=(Kink(at="-1", side="left", order=2), Kink(at="1", side="left", order=2)),
    spellings={"jax": "nn.sparse_plus", "keras": "activations.sparse_plus"},
    source="Blondel, Martins & Niculae 2019, Learning classifiers with Fenchel-Young losses"
    " (arXiv:1901.02324)",
)

SQUAREPLUS = Activation(
    name="squareplus",
    summary="A hyperbola with the rectifier's two lines as asymptotes: softplus without exponentials",
    formula="(x + sqrt(x**2 + b))/2",
    stable="where(x > 0, x + b/(2*(hypot(x, sqrt(b)) + x)), b/(2*(hypot(x, sqrt(b)) - x)))",
    value=_squareplus,
    derivative=_squareplus_derivative,
    second_derivative=_squareplus_second,
    parameters={"b": Parameter("4", "(0, inf)")},
    spellings={"jax": "nn.squareplus", "keras": "activations.squareplus"},
    source="Barron 2021, Squareplus: a softplus-like algebraic rectifier, eq. 1 (arXiv:2112.11687)",
)

BENT_IDENTITY = Activation(
    name="bent_identity",
    summary="The identity with a bend at 0: a slope from 1/2 to 3/2",
    formula="(sqrt(x**2 + 1) - 1)/2 + x",
    stable="x*(1 + x/(2 + 2*hypot(1, x)))",
    value=_bent,
    derivative=_bent_derivative,
    second_derivative=_bent_second,
    source="Kunc & Klema 2024, Three decades of activations (arXiv:2402.09092)",
)

ISRLU = Activation(
    name="isrlu",
    summary="The identity for x > 0, an inverse square root that saturates for x < 0: an elu without exp",
    formula="where(x > 0, x, x/sqrt(1 + alpha*x**2))",
    stable="where(x > 0, x, x/hypot(1, sqrt(alpha)*x))",
    parameters={"alpha": Parameter("1", "(0, inf)")},
    source="Carlile et al. 2017, eq. 1 (arXiv:1710.09967)",
)
