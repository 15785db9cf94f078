"""Algebraic S-shaped functions, which approach their bounds slowly: softsign, isru."""

import math

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import Array


def _softsign(x: Array) -> Array:
    x = np.clip(x, -1e300, 1e300)  # inf/inf is nan; from 2**54 on the result is +-1
    return x / (1.0 + np.abs(x))


def _softsign_derivative(x: Array) -> Array:
    d = 1.0 + np.abs(x)
    return 1.0 / d / d  # the square of a huge d overflows


def _softsign_second(x: Array) -> Array:
    d = 1.0 + np.abs(x)
    return -2.0 * np.sign(x) / d / d / d


def _width(alpha: float) -> float:
    """Return 1/sqrt(alpha), the limit at infinity, rounded rightly: one step of Newton's, in fractions."""
    from fractions import Fraction  # noqa: PLC0415  # slow to load, and only these functions need it

    width = Fraction(1.0 / math.sqrt(alpha))
    return float(width * (3 - Fraction(alpha) * width**2) / 2)


def _square(x: Array, alpha: float) -> tuple[Array, Array]:
    """Return x, clamped where the derivatives have faded to 0, and 1 + alpha*x**2."""
    x = np.clip(x, -1e150 / math.sqrt(alpha), 1e150 / math.sqrt(alpha))
    return x, 1.0 + alpha * x * x


def _isru(x: Array, alpha: float) -> Array:
    width = _width(alpha)
    near, square = _square(x, alpha)
    return np.where(np.abs(x) > 2.0**30 * width, np.copysign(width, x), near / np.sqrt(square))


def _isru_derivative(x: Array, alpha: float) -> Array:
    _, square = _square(x, alpha)
    return 1.0 / square / np.sqrt(square)


def _isru_second(x: Array, alpha: float) -> Array:
    x, square = _square(x, alpha)
    return -3.0 * (alpha * x) / square / square / np.sqrt(square)


SOFTSIGN = Activation(
    name="softsign",
    summary="An algebraic S from -1 to 1: approaches them as slowly as 1/x",
    formula="x/(1 + abs(x))",
    stable="where(x > 0, x/(1 + x), x/(1 - x))",
    value=_softsign,
    derivative=_softsign_derivative,
    second_derivative=_softsign_second,
    kinks=(Kink(at="0", side="mean", order=2),),
    aliases=("soft_sign", "elliot"),
    spellings={
        "torch": "nn.functional.softsign",
        "jax": "nn.soft_sign",
        "keras": "activations.softsign",
        "onnx": "Softsign",
    },
    source="Bergstra, Desjardins, Lamblin & Bengio 2009, Quadratic polynomials learn better image features",
)

ISRU = Activation(
    name="isru",
    summary="Inverse square root unit: an algebraic S between -1/sqrt(alpha) and 1/sqrt(alpha)",
    formula="x/sqrt(1 + alpha*x**2)",
    stable="x/hypot(1, sqrt(alpha)*x)",
    value=_isru,
    derivative=_isru_derivative,
    second_derivative=_isru_second,
    parameters={"alpha": Parameter("1", "[1e-100, 1e100]")},
    source="Carlile et al. 2017, Improving deep learning by ISRLUs, section 2 (arXiv:1710.09967)",
)
