"""x with a wave: gcu, snake."""

import math

import numpy as np

from actcli.activations._spec import Activation, Parameter
from actcli.numerics import LARGEST, Array, exact_product

_EXPONENT = 60  # where a*x is beyond 2**60, the wave is below the last digit of x


def _snake(x: Array, a: float) -> Array:
    mantissa, exponent = math.frexp(a)  # a power of two multiplies x exactly
    largest = math.ldexp(1.0, _EXPONENT - exponent) if exponent > _EXPONENT - 1024 else LARGEST
    u, u_low = exact_product(mantissa, np.ldexp(np.clip(x, -largest, largest), exponent))
    sine = np.sin(u)
    square, square_low = exact_product(sine, sine)
    wave = square / mantissa
    product, product_low = exact_product(mantissa, wave)
    rest = ((square - product) - product_low + square_low + 2.0 * sine * np.cos(u) * u_low) / mantissa
    with np.errstate(over="ignore"):
        return np.copysign(x + np.ldexp(wave, -exponent) + np.ldexp(rest, -exponent), x)  # -0 + 0 would be 0


GCU = Activation(
    name="gcu",
    summary="x times its cosine: a wave that grows",
    formula="x*cos(x)",
    source="Noel, Trivedi & Dutta 2021, Growing cosine unit (arXiv:2108.12943)",
)

SNAKE = Activation(
    name="snake",
    summary="x with a wave of frequency a on it: learns what is periodic",
    formula="x + sin(a*x)**2/a",
    value=_snake,
    parameters={"a": Parameter("1", "(0, inf)")},
    source="Ziyin, Hartwig & Ueda 2020, Neural networks fail to learn periodic functions (arXiv:2006.08195)",
)
