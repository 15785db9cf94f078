"""S-shaped functions, from the simplest: sigmoid, tanh and its scaled kin, arctan, erf."""

import math

import numpy as np

from actcli.activations._spec import Activation, Parameter
from actcli.numerics import (
    Array,
    bounded_product,
    bounded_quotient,
    erf,
    exact_product,
    logistic,
    logistic_slope,
    one_plus,
    times_exp,
)

_TINY = 2.0**-30  # below it tanh is the identity, to the last digit
_LARGE = 2.0**27  # 1 + x**2 is x**2 from here on
_FADED = 40.0  # exp(-40**2) is 0 even after a multiplication by 40


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


def _scaled_tanh(x: Array, height: float, width: float) -> Array:
    with np.errstate(over="ignore"):
        z = x / width
    near = np.clip(x, -width, width)
    # first what does not underflow
    line = height * near / width if width > 1.0 else height / width * near
    return np.where(np.abs(z) < _TINY, line, height * np.tanh(z))


def _scaled_slope(x: Array, height: float, width: float) -> Array:
    high, low = bounded_quotient(np.abs(x), width / 2.0)
    d, error = one_plus(times_exp(1.0, -high, -low))
    ratio, lost = _ratio(height, width)
    return times_exp(4.0 * ratio / (d * d), -high, 2.0 * error - low + lost)


def _ratio(height: float, width: float) -> tuple[float, float]:
    """Return the slope at 0, and the relative error of its rounding."""
    from fractions import Fraction  # noqa: PLC0415  # slow to load, and only these functions need it

    ratio = height / width
    if ratio == 0.0 or math.isinf(ratio):
        return ratio, 0.0
    return ratio, float(Fraction(height) / Fraction(width) / Fraction(ratio) - 1)


def _scaled_second(x: Array, height: float, width: float) -> Array:
    high, low = bounded_quotient(np.abs(x), width)
    d, error = one_plus(times_exp(1.0, -2.0 * high, -2.0 * low))
    root = times_exp(1.0 / width, -high, error - low)  # the square of 1/width alone may overflow
    first, second = max(1.0, abs(height)), height / max(1.0, abs(height))  # so that nothing fades
    with np.errstate(over="ignore"):  # what still overflows is beyond float64
        return (-8.0 * _scaled_tanh(x, first, width) / (d * d) * root) * (second * root)


def _softcap(x: Array, c: float) -> Array:
    return _scaled_tanh(x, c, c)


def _softcap_derivative(x: Array, c: float) -> Array:
    return _scaled_slope(x, c, c)


def _softcap_second(x: Array, c: float) -> Array:
    return _scaled_second(x, c, c)


def _arctan(x: Array) -> Array:
    return np.arctan(x)


def _arctan_derivative(x: Array) -> Array:
    near = np.clip(x, -_LARGE, _LARGE)  # the square of a huge x overflows
    ratio = _LARGE / np.maximum(np.abs(x), _LARGE)
    return ratio * ratio / (1.0 + near * near)


def _erf_derivative(x: Array) -> Array:
    return _fading(x, 1.0)


def _erf_second(x: Array) -> Array:
    return _fading(x, -2.0 * np.clip(x, -_FADED, _FADED))


def _fading(x: Array, factor: Array | float) -> Array:
    """Return factor*(the slope of erf)."""
    x = np.clip(x, -_FADED, _FADED)
    high, low = exact_product(x, x)
    return times_exp(2.0 / math.sqrt(math.pi) * factor, -high, -low)


SIGMOID = Activation(
    name="sigmoid",
    summary="An S from 0 to 1 of slope a/4 in the middle: a log-odds becomes a probability",
    formula="1/(1 + exp(-a*x))",
    stable="where(a*x > 0, 1/(1 + exp(-a*x)), exp(a*x)/(1 + exp(a*x)))",
    value=logistic,
    derivative=logistic_slope,
    second_derivative=_sigmoid_second,
    parameters={"a": Parameter("1")},
    aliases=("logistic",),
    spellings={
        "torch": "nn.functional.sigmoid",
        "jax": "nn.sigmoid",
        "keras": "activations.sigmoid",
        "onnx": "Sigmoid",
    },
    source="Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors, eq. 2",
)

TANH = Activation(
    name="tanh",
    summary="An S from -1 to 1 with slope 1 in the middle: the sigmoid, centred",
    formula="(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    stable="tanh(x)",
    value=_tanh,
    derivative=_tanh_derivative,
    second_derivative=_tanh_second,
    spellings={"torch": "nn.functional.tanh", "jax": "nn.tanh", "keras": "activations.tanh", "onnx": "Tanh"},
    source="LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, section 4.4; NIST DLMF 4.28.4",
)

LECUN_TANH = Activation(
    name="lecun_tanh",
    summary="A tanh stretched so that 1 and -1, the usual targets, stay themselves",
    formula="height*tanh(x/width)",
    value=_scaled_tanh,
    derivative=_scaled_slope,
    second_derivative=_scaled_second,
    parameters={
        "height": Parameter("1.7159", "[-1e100, 1e100]"),
        "width": Parameter("3/2", "[1e-100, 1e100]"),
    },
    aliases=("scaled_tanh", "stanh"),
    source="LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, section 4.4",
)

TANH_SOFTCAP = Activation(
    name="tanh_softcap",
    summary="The identity near 0, bent so that it stays between -c and c: keeps logits in bounds",
    formula="c*tanh(x/c)",
    value=_softcap,
    derivative=_softcap_derivative,
    second_derivative=_softcap_second,
    parameters={"c": Parameter("30", "[1e-100, 1e100]")},
    aliases=("softcap",),
    source="Gemma Team 2024, Gemma 2, section 2 (arXiv:2408.00118); Bello et al. 2017 (arXiv:1611.09940)",
)

ARCTAN = Activation(
    name="arctan",
    summary="The angle whose tangent is x, from -pi/2 to pi/2: an S with algebraic tails",
    formula="atan(x)",
    value=_arctan,
    derivative=_arctan_derivative,
    aliases=("atan",),
    spellings={"torch": "arctan", "jax": "numpy.arctan", "keras": "ops.arctan", "onnx": "Atan"},
    source="NIST DLMF 4.23.3",
)

ERF = Activation(
    name="erf",
    summary="The error function, an S from -1 to 1: the integral of a bell",
    formula="erf(x)",
    value=erf,
    derivative=_erf_derivative,
    second_derivative=_erf_second,
    spellings={"torch": "erf", "jax": "lax.erf", "keras": "ops.erf", "onnx": "Erf"},
    source="NIST DLMF 7.2.1",
)
