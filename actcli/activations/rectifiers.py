"""Piecewise linear rectifiers: relu and its clipped, leaky, random and shifted kin."""

from typing import Any

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import LARGEST, Array, constant_like


def _relu(x: Array) -> Array:
    return np.maximum(x, 0.0) + 0.0  # + 0.0: maximum may return either of -0 and +0


def _relu_derivative(x: Array) -> Array:
    return np.heaviside(x, 0.0)


def _flat(x: Array, **_parameters: float) -> Array:
    return constant_like(x, 0.0)


def _clipped(x: Array, z: float = 6.0) -> Array:
    return np.clip(x, 0.0, z) + 0.0


def _clipped_derivative(x: Array, z: float = 6.0) -> Array:
    return np.where((x <= 0.0) | (x >= z), 0.0, constant_like(x, 1.0))


def _leaky(x: Array, alpha: float | Array) -> Array:
    x = np.maximum(x, np.where(alpha, -np.inf, -LARGEST))  # 0*inf is nan, the limit for alpha = 0 is 0
    with np.errstate(over="ignore"):
        return x * np.where(x > 0.0, 1.0, alpha)


def _leaky_derivative(x: Array, alpha: float | Array) -> Array:
    return np.where(x > 0.0, 1.0, constant_like(x, 0.0) + alpha)


def _prelu(x: Array, a: float) -> Array:
    return _leaky(x, a)


def _prelu_derivative(x: Array, a: float) -> Array:
    return _leaky_derivative(x, a)


def _rrelu(x: Array, lower: float | Array, upper: float | Array) -> Array:
    return _leaky(x, 0.5 * lower + 0.5 * upper)


def _rrelu_derivative(x: Array, lower: float | Array, upper: float | Array) -> Array:
    return _leaky_derivative(x, 0.5 * lower + 0.5 * upper)


def _rrelu_drawn(x: Array, random: Any, lower: float, upper: float) -> dict[str, Array]:
    slope = lower + (upper - lower) * random.random(x.shape)
    return {"lower": slope, "upper": slope}


def _thresholded(x: Array, theta: float, v: float) -> Array:
    return np.where(x <= theta, v, x)


def _thresholded_derivative(x: Array, theta: float, v: float) -> Array:
    return np.where(x <= theta, 0.0, constant_like(x, 1.0))


def _absolute(x: Array) -> Array:
    return np.abs(x)


def _absolute_derivative(x: Array) -> Array:
    return np.sign(x)


RELU = Activation(
    name="relu",
    summary="Zero for x < 0, the identity for x > 0",
    formula="where(x > 0, x, 0)",
    value=_relu,
    derivative=_relu_derivative,
    second_derivative=_flat,
    kinks=(Kink(at="0", side="left"),),
    aliases=("rectifier",),
    spellings={"torch": "nn.functional.relu", "jax": "nn.relu", "keras": "activations.relu", "onnx": "Relu"},
    source="Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
)

RELU6 = Activation(
    name="relu6",
    summary="A rectifier cut off at 6, for arithmetic of few bits",
    formula="min(max(x, 0), 6)",
    value=_clipped,
    derivative=_clipped_derivative,
    second_derivative=_flat,
    kinks=(Kink(at="0", side="left"), Kink(at="6", side="right")),
    spellings={"torch": "nn.functional.relu6", "jax": "nn.relu6", "keras": "activations.relu6"},
    source="Howard et al. 2017, MobileNets (arXiv:1704.04861); Krizhevsky 2010",
)

CLIPPED_RELU = Activation(
    name="clipped_relu",
    summary="A rectifier cut off at z",
    formula="min(max(x, 0), z)",
    value=_clipped,
    derivative=_clipped_derivative,
    second_derivative=_flat,
    parameters={"z": Parameter("20", "(0, inf)")},
    kinks=(Kink(at="0", side="left"), Kink(at="z", side="right")),
    aliases=("bounded_relu",),
    spellings={"chainer": "functions.clipped_relu"},
    source="Hannun et al. 2014, Deep Speech, section 2 (arXiv:1412.5567)",
)

LEAKY_RELU = Activation(
    name="leaky_relu",
    summary="The identity for x > 0, a line of slope alpha for x < 0: no unit dies",
    formula="where(x > 0, x, alpha*x)",
    value=_leaky,
    derivative=_leaky_derivative,
    second_derivative=_flat,
    parameters={"alpha": Parameter("0.01")},
    kinks=(Kink(at="0", side="left"),),
    aliases=("lrelu",),
    spellings={
        "torch": "nn.functional.leaky_relu",
        "jax": "nn.leaky_relu",
        "keras": "activations.leaky_relu",
        "onnx": "LeakyRelu",
    },
    source="Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
)

PRELU = Activation(
    name="prelu",
    summary="A leaky rectifier whose slope a for x < 0 is learned",
    formula="where(x > 0, x, a*x)",
    value=_prelu,
    derivative=_prelu_derivative,
    second_derivative=_flat,
    parameters={"a": Parameter("0.25")},
    kinks=(Kink(at="0", side="left"),),
    spellings={"torch": "nn.functional.prelu", "keras": "layers.PReLU", "onnx": "PRelu"},
    source="He, Zhang, Ren & Sun 2015, Delving deep into rectifiers, eq. 1 (arXiv:1502.01852)",
)

RRELU = Activation(
    name="rrelu",
    summary="A leaky rectifier of random slopes: their mean, or with a seed one drawn for each x < 0",
    formula="where(x > 0, x, (lower + upper)/2*x)",
    value=_rrelu,
    derivative=_rrelu_derivative,
    second_derivative=_flat,
    sample=_rrelu_drawn,
    parameters={"lower": Parameter("1/8"), "upper": Parameter("1/3", "[lower, inf)")},
    kinks=(Kink(at="0", side="left"),),
    aliases=("randomized", "randomized_relu"),
    spellings={"torch": "nn.functional.rrelu", "chainer": "functions.rrelu"},
    source="Xu, Wang, Chen & Li 2015, section 2.4 (arXiv:1505.00853)",
)

THRESHOLDED_RELU = Activation(
    name="thresholded_relu",
    summary="The identity above theta and v up to there: it jumps",
    formula="where(x > theta, x, v)",
    value=_thresholded,
    derivative=_thresholded_derivative,
    second_derivative=_flat,
    parameters={"theta": Parameter("1"), "v": Parameter("0")},
    kinks=(Kink(at="theta", side="left", order=0),),
    aliases=("trelu",),
    spellings={
        "torch": "nn.functional.threshold",
        "keras": "activations.threshold",
        "onnx": "ThresholdedRelu",
    },
    source="Konda, Memisevic & Krueger 2014 (arXiv:1402.3337)",
)

ABS = Activation(
    name="abs",
    summary="The size without the sign: the rectifier of both half-waves",
    formula="abs(x)",
    value=_absolute,
    derivative=_absolute_derivative,
    second_derivative=_flat,
    kinks=(Kink(at="0", side="mean"),),
    aliases=("absolute",),
    spellings={"torch": "abs", "jax": "numpy.abs", "keras": "ops.abs", "onnx": "Abs"},
    source="Jarrett, Kavukcuoglu, Ranzato & LeCun 2009, What is the best multi-stage architecture?",
)

PLU = Activation(
    name="plu",
    summary="The identity from -c to c, lines of slope alpha outside: a piecewise linear tanh",
    formula="max(alpha*(x + c) - c, min(alpha*(x - c) + c, x))",
    parameters={"alpha": Parameter("0.1", "[0, 1]"), "c": Parameter("1", "(0, inf)")},
    kinks=(Kink(at="-c", side="right"), Kink(at="c", side="left")),
    source="Nicolae 2018, eq. 1 (arXiv:1809.09534)",
)

SRELU = Activation(
    name="srelu",
    summary="Three lines that meet at tl and tr, of the slopes al, 1 and ar, which are learned",
    formula="where(x >= tr, tr + ar*(x - tr), where(x > tl, x, tl + al*(x - tl)))",
    parameters={
        "tr": Parameter("1"),
        "ar": Parameter("0.2"),
        "tl": Parameter("-1", "(-inf, tr]"),
        "al": Parameter("0.2"),
    },
    kinks=(Kink(at="tl", side="left"), Kink(at="tr", side="right")),
    source="Jin et al. 2016, eq. 1 (arXiv:1512.07030)",
)
