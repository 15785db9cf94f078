"""Elementary functions, from the simplest: identity, steps, exponential, Gaussian, hyperbolic functions."""

import numpy as np

from actcli.activations._spec import Activation, Kink
from actcli.numerics import Array, constant_like, exact_product, times_exp

_FADED = 40.0  # exp(-40**2) is 0 even after a multiplication by 40**2


def _identity(x: Array) -> Array:
    return np.array(x, dtype=np.float64)


def _one(x: Array) -> Array:
    return constant_like(x, 1.0)


def _zero(x: Array) -> Array:
    return constant_like(x, 0.0)


def _step(x: Array) -> Array:
    return np.heaviside(x, 0.0)


def _sign(x: Array) -> Array:
    return np.sign(x)


def _exponential(x: Array) -> Array:
    with np.errstate(over="ignore"):  # inf is the right answer from 709.79 on
        return np.exp(x)


def _gaussian(x: Array) -> Array:
    high, low = exact_product(*[np.clip(x, -_FADED, _FADED)] * 2)
    return times_exp(1.0, -high, -low)


def _gaussian_derivative(x: Array) -> Array:
    x = np.clip(x, -_FADED, _FADED)
    high, low = exact_product(x, x)
    return times_exp(-2.0 * x, -high, -low)


def _gaussian_second(x: Array) -> Array:
    x = np.clip(x, -_FADED, _FADED)
    high, low = exact_product(x, x)
    return times_exp(4.0 * ((high - 0.5) + low), -high, -low)  # exact next to its zero, x**2 = 1/2


def _sinh(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.sinh(x)


def _cosh(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.cosh(x)


def _asinh(x: Array) -> Array:
    return np.arcsinh(x)


def _asinh_derivative(x: Array) -> Array:
    return 1.0 / np.hypot(1.0, x)


IDENTITY = Activation(
    name="identity",
    summary="The input itself: a linear layer's activation",
    formula="x",
    value=_identity,
    derivative=_one,
    second_derivative=_zero,
    aliases=("linear",),
    spellings={
        "torch": "nn.Identity",
        "jax": "nn.identity",
        "keras": "activations.linear",
        "onnx": "Identity",
    },
    source="Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.2.2.1",
)

STEP = Activation(
    name="step",
    summary="0 up to 0 and 1 above: the threshold of the first artificial neurons",
    formula="where(x > 0, 1, 0)",
    value=_step,
    derivative=_zero,
    second_derivative=_zero,
    kinks=(Kink(at="0", side="left", order=0),),
    aliases=("heaviside", "binary_step"),
    source="McCulloch & Pitts 1943, A logical calculus of the ideas immanent in nervous activity",
)

SIGN = Activation(
    name="sign",
    summary="-1 below 0, 0 at 0, 1 above: the bipolar threshold",
    formula="sign(x)",
    value=_sign,
    derivative=_zero,
    second_derivative=_zero,
    kinks=(Kink(at="0", side="left", order=0),),
    aliases=("signum", "bipolar"),
    spellings={"torch": "sign", "jax": "numpy.sign", "keras": "ops.sign", "onnx": "Sign"},
    source="Rosenblatt 1958, The perceptron; NIST DLMF, Common notations",
)

EXPONENTIAL = Activation(
    name="exponential",
    summary="Its own derivative; positive, for rates and counts",
    formula="exp(x)",
    value=_exponential,
    derivative=_exponential,
    second_derivative=_exponential,
    aliases=("exp",),
    spellings={"torch": "exp", "jax": "numpy.exp", "keras": "activations.exponential", "onnx": "Exp"},
    source="NIST DLMF 4.2.19",
)

GAUSSIAN = Activation(
    name="gaussian",
    summary="A bell: how near to 0 the input is, a radial basis function",
    formula="exp(-x**2)",
    value=_gaussian,
    derivative=_gaussian_derivative,
    second_derivative=_gaussian_second,
    aliases=("rbf",),
    source="Broomhead & Lowe 1988, Multivariable functional interpolation and adaptive networks",
)

SINH = Activation(
    name="sinh",
    summary="Hyperbolic sine: odd, linear near 0, exponential far out",
    formula="sinh(x)",
    value=_sinh,
    derivative=_cosh,
    second_derivative=_sinh,
    spellings={"torch": "sinh", "jax": "numpy.sinh", "keras": "ops.sinh", "onnx": "Sinh"},
    source="NIST DLMF 4.28.1",
)

COSH = Activation(
    name="cosh",
    summary="Hyperbolic cosine: even, a parabola near 0, exponential far out",
    formula="cosh(x)",
    value=_cosh,
    derivative=_sinh,
    second_derivative=_cosh,
    spellings={"torch": "cosh", "jax": "numpy.cosh", "keras": "ops.cosh", "onnx": "Cosh"},
    source="NIST DLMF 4.28.2",
)

ASINH = Activation(
    name="asinh",
    summary="Inverse hyperbolic sine: odd, linear near 0, logarithmic far out",
    formula="asinh(x)",
    value=_asinh,
    derivative=_asinh_derivative,
    aliases=("arcsinh",),
    spellings={"torch": "asinh", "jax": "numpy.arcsinh", "keras": "ops.arcsinh", "onnx": "Asinh"},
    source="NIST DLMF 4.37.16",
)
