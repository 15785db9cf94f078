"""Rectifiers that are logarithms: softplus, its shifted, mirrored and even kin."""

import math

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import Array, bounded_product, logistic, logistic_slope, times_exp

_NEAR = 2.0
_FAR = 100.0  # exp(-200) is 0 next to 1


def _softplus(x: Array, beta: float, threshold: float) -> Array:
    with np.errstate(over="ignore"):
        curved = np.maximum(x, 0.0) + _above_line(np.abs(x), beta)
    return np.where(_on_line(x, beta, threshold), x, curved)


def _above_line(t: Array, beta: float) -> Array:
    """Return log(1 + exp(-beta*t))/beta for t >= 0."""
    if beta == 1.0:  # in a third of the time
        return np.log1p(np.exp(-t))
    high, low = bounded_product(beta, t)
    e = np.maximum(times_exp(1.0, -high, -low), 1e-300)
    # log1p(e)/e is nearly 1 far out, where e itself may be subnormal: the exponential comes last
    return times_exp(np.log1p(e) / e / beta, -high, -low)


def _softplus_derivative(x: Array, beta: float, threshold: float) -> Array:
    return np.where(_on_line(x, beta, threshold), 1.0, logistic(x, beta))


def _softplus_second(x: Array, beta: float, threshold: float) -> Array:
    return np.where(_on_line(x, beta, threshold), 0.0, logistic_slope(x, beta))


def _on_line(x: Array, beta: float, threshold: float) -> Array | bool:
    """Whether beta*x > threshold: the exact product, not the rounded one, decides."""
    if math.isinf(threshold):
        return False
    high, low = bounded_product(beta if threshold else 1.0, x)  # the sign alone does not underflow
    above: Array = (high > threshold) | ((high == threshold) & (np.asarray(low) > 0.0))
    return above


def _shifted_softplus(x: Array) -> Array:
    size = np.maximum(x, 0.0) + np.log1p(0.5 * np.expm1(-np.abs(x)))
    signed: Array = np.copysign(size, x)  # of a zero
    return signed


def _shifted_derivative(x: Array) -> Array:
    return logistic(x)


def _shifted_second(x: Array) -> Array:
    return logistic_slope(x)


def _log_sigmoid(x: Array) -> Array:
    return -(np.maximum(-x, 0.0) + np.log1p(np.exp(-np.abs(x))))


def _log_sigmoid_derivative(x: Array) -> Array:
    return logistic(x, -1.0)


def _log_sigmoid_second(x: Array) -> Array:
    return -logistic_slope(x)


def _logcosh(x: Array) -> Array:
    t = np.abs(x)
    half = np.sinh(0.5 * np.minimum(t, _NEAR))  # cosh(x) = 1 + 2*sinh(x/2)**2
    far = t + np.log1p(0.5 * np.expm1(-2.0 * np.minimum(t, _FAR)))
    return np.where(t < _NEAR, np.log1p(2.0 * half * half), far)


def _logcosh_derivative(x: Array) -> Array:
    return np.tanh(x)


def _logcosh_second(x: Array) -> Array:
    return 2.0 * logistic_slope(x, 2.0)


NLRELU = Activation(
    name="nlrelu",
    summary="The logarithm of one more than a rectifier: large inputs count less",
    formula="log(beta*max(x, 0) + 1)",
    stable="where(x > 0, log1p(beta*x), 0)",
    parameters={"beta": Parameter("1", "(0, inf)")},
    kinks=(Kink(at="0", side="left"),),
    source="Liu et al. 2019, Natural-logarithm-rectified activation function (arXiv:1908.03682)",
)

SOFTPLUS = Activation(
    name="softplus",
    summary="A smooth rectifier: the integral of the sigmoid; a line where beta*x > threshold",
    formula="where(beta*x > threshold, x, log(1 + exp(beta*x))/beta)",
    stable="where(beta*x > threshold, x,"
    " where(x > 0, x + log1p(exp(-beta*x))/beta, log1p(exp(beta*x))/beta))",
    value=_softplus,
    derivative=_softplus_derivative,
    second_derivative=_softplus_second,
    parameters={"beta": Parameter("1", "[1e-100, 1e100]"), "threshold": Parameter("inf", "[0, inf]")},
    kinks=(Kink(at="threshold/beta", side="left", order=0),),
    aliases=("smooth_relu",),
    spellings={
        "torch": "nn.functional.softplus",
        "jax": "nn.softplus",
        "keras": "activations.softplus",
        "onnx": "Softplus",
    },
    source="Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing",
)

SHIFTED_SOFTPLUS = Activation(
    name="shifted_softplus",
    summary="A softplus through the origin",
    formula="log(1 + exp(x)) - log(2)",
    stable="where(x > 0, x + log1p(expm1(-x)/2), log1p(expm1(x)/2))",
    value=_shifted_softplus,
    derivative=_shifted_derivative,
    second_derivative=_shifted_second,
    aliases=("ssp",),
    source="Schütt et al. 2017, SchNet, section 4 (arXiv:1706.08566)",
)

LOG_SIGMOID = Activation(
    name="log_sigmoid",
    summary="The logarithm of a probability whose log-odds are x: a softplus, twice mirrored",
    formula="-log(1 + exp(-x))",
    stable="where(x > 0, -log1p(exp(-x)), x - log1p(exp(x)))",
    value=_log_sigmoid,
    derivative=_log_sigmoid_derivative,
    second_derivative=_log_sigmoid_second,
    aliases=("logsigmoid",),
    spellings={
        "torch": "nn.functional.logsigmoid",
        "jax": "nn.log_sigmoid",
        "keras": "activations.log_sigmoid",
    },
    source="PyTorch, torch.nn.LogSigmoid",
)

LOGCOSH = Activation(
    name="logcosh",
    summary="A parabola at 0 and lines of slope 1 far out: the integral of tanh",
    formula="log(cosh(x))",
    stable="where(abs(x) < 2, log1p(2*sinh(x/2)**2), abs(x) + log1p(expm1(-2*abs(x))/2))",
    value=_logcosh,
    derivative=_logcosh_derivative,
    second_derivative=_logcosh_second,
    spellings={"flux": "NNlib.logcosh"},
    source="Flux, NNlib.logcosh",
)
