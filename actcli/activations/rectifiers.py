"""Rectifiers, from the simplest: relu, leaky_relu, elu, softplus."""

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import LARGEST, Array, constant_like, logistic, logistic_slope, times_exp


def _relu(x: Array) -> Array:
    return np.maximum(x, 0.0) + 0.0  # + 0.0: maximum may return either of -0 and +0


def _relu_derivative(x: Array) -> Array:
    return np.heaviside(x, 0.0)


def _relu_second(x: Array) -> Array:
    return constant_like(x, 0.0)


def _leaky_relu(x: Array, alpha: float) -> Array:
    x = np.maximum(x, -np.inf if alpha else -LARGEST)  # 0*inf is nan, the limit for alpha = 0 is 0
    with np.errstate(over="ignore"):
        return x * np.where(x > 0.0, 1.0, alpha)


def _leaky_relu_derivative(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, 1.0, constant_like(x, alpha))


def _leaky_relu_second(x: Array, alpha: float) -> Array:
    return constant_like(x, 0.0)


def _elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, x, alpha * np.expm1(np.where(x > 0.0, 0.0, x)))


def _elu_derivative(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, 1.0, times_exp(alpha, np.minimum(x, 0.0)))


def _elu_second(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, 0.0, times_exp(alpha, np.minimum(x, 0.0)))


def _softplus(x: Array) -> Array:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


RELU = Activation(
    name="relu",
    summary="Zero for x < 0, the identity for x > 0",
    formula="where(x > 0, x, 0)",
    value=_relu,
    derivative=_relu_derivative,
    second_derivative=_relu_second,
    kinks=(Kink(at="0", side="left"),),
    aliases=("rectifier",),
    source="Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
)

LEAKY_RELU = Activation(
    name="leaky_relu",
    summary="The identity for x > 0, a line of slope alpha for x < 0: no unit dies",
    formula="where(x > 0, x, alpha*x)",
    value=_leaky_relu,
    derivative=_leaky_relu_derivative,
    second_derivative=_leaky_relu_second,
    parameters={"alpha": Parameter("0.01")},
    kinks=(Kink(at="0", side="left"),),
    aliases=("lrelu",),
    source="Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
)

ELU = Activation(
    name="elu",
    summary="The identity for x > 0, an exponential that saturates at -alpha for x < 0",
    formula="where(x > 0, x, alpha*(exp(x) - 1))",
    value=_elu,
    derivative=_elu_derivative,
    second_derivative=_elu_second,
    parameters={"alpha": Parameter("1")},
    kinks=(Kink(at="0", side="left"),),
    source="Clevert, Unterthiner & Hochreiter 2016, eq. 15 (arXiv:1511.07289)",
)

SOFTPLUS = Activation(
    name="softplus",
    summary="A smooth rectifier: the integral of the sigmoid",
    formula="log(1 + exp(x))",
    value=_softplus,
    derivative=logistic,
    second_derivative=logistic_slope,
    aliases=("smooth_relu",),
    source="Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing",
)
