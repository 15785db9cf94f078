"""S-shaped functions, from the simplest: softsign, sigmoid, tanh."""

import math

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import Array, bounded_product, logistic, logistic_slope, one_plus, times_exp


def _softsign(x: Array) -> Array:
    x = np.clip(x, -1e300, 1e300)  # inf/inf is nan; from 2**54 on the result is +-1
    return x / (1.0 + np.abs(x))


def _softsign_derivative(x: Array) -> Array:
    d = 1.0 + np.abs(x)
    return 1.0 / d / d  # the square of a huge d overflows


def _softsign_second(x: Array) -> Array:
    d = 1.0 + np.abs(x)
    return -2.0 * np.sign(x) / d / d / d


def _sigmoid_second(x: Array, a: float) -> Array:
    high, low = bounded_product(abs(a), np.abs(x))
    d, error = one_plus(times_exp(1.0, -high, -low))
    # a**2*e = root**2: a**2 alone may overflow where a**2*e does not
    root = times_exp(a, -0.5 * high, 1.5 * error - 0.5 * low)
    with np.errstate(over="ignore"):  # what still overflows is beyond float64
        size: Array = np.abs(root * (root * -np.expm1(-high) / (d * d * d)))
    return np.copysign(size, -math.copysign(1.0, a) * x)


def _tanh(x: Array) -> Array:
    return np.tanh(x)


def _tanh_derivative(x: Array) -> Array:
    exponent = -2.0 * np.minimum(np.abs(x), 400.0)
    d, error = one_plus(np.exp(exponent))
    return times_exp(4.0 / (d * d), exponent, 2.0 * error)


def _tanh_second(x: Array) -> Array:
    return -2.0 * np.tanh(x) * _tanh_derivative(x)


SOFTSIGN = Activation(
    name="softsign",
    summary="An algebraic S from -1 to 1: approaches them as slowly as 1/x",
    formula="x/(1 + abs(x))",
    value=_softsign,
    derivative=_softsign_derivative,
    second_derivative=_softsign_second,
    kinks=(Kink(at="0", side="mean", order=2),),
    aliases=("soft_sign", "elliot"),
    source="Bergstra, Desjardins, Lamblin & Bengio 2009, Quadratic polynomials learn better image features",
)

SIGMOID = Activation(
    name="sigmoid",
    summary="An S from 0 to 1 of slope a/4 in the middle: a log-odds becomes a probability",
    formula="1/(1 + exp(-a*x))",
    value=logistic,
    derivative=logistic_slope,
    second_derivative=_sigmoid_second,
    parameters={"a": Parameter("1")},
    aliases=("logistic",),
    source="Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors, eq. 2",
)

TANH = Activation(
    name="tanh",
    summary="An S from -1 to 1 with slope 1 in the middle: the sigmoid, centred",
    formula="(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    value=_tanh,
    derivative=_tanh_derivative,
    second_derivative=_tanh_second,
    source="LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, section 4.4; NIST DLMF 4.28.4",
)
