"""Exponential linear units: the identity above 0, an exponential below."""

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import Array, bounded_quotient, times_exp


def _elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, x, alpha * np.expm1(np.where(x > 0.0, 0.0, x)))


def _elu_derivative(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, 1.0, times_exp(alpha, np.minimum(x, 0.0)))


def _elu_second(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, 0.0, times_exp(alpha, np.minimum(x, 0.0)))


def _celu(x: Array, alpha: float) -> Array:
    t, _ = bounded_quotient(np.minimum(x, 0.0), alpha)
    return np.where(t > -1e-17, x, alpha * np.expm1(t))  # x itself: of a tiny t few digits may be left


def _celu_derivative(x: Array, alpha: float) -> Array:
    return np.where(x > 0.0, 1.0, times_exp(1.0, *bounded_quotient(np.minimum(x, 0.0), alpha)))


def _selu(x: Array, lambd: float, alpha: float) -> Array:
    with np.errstate(over="ignore"):
        return np.where(x > 0.0, lambd * x, lambd * alpha * np.expm1(np.where(x > 0.0, 0.0, x)))


def _selu_derivative(x: Array, lambd: float, alpha: float) -> Array:
    return np.where(x > 0.0, lambd, times_exp(lambd * alpha, np.minimum(x, 0.0)))


def _selu_second(x: Array, lambd: float, alpha: float) -> Array:
    return np.where(x > 0.0, 0.0, times_exp(lambd * alpha, np.minimum(x, 0.0)))


ELU = Activation(
    name="elu",
    summary="The identity for x > 0, an exponential that saturates at -alpha for x < 0",
    formula="where(x > 0, x, alpha*(exp(x) - 1))",
    stable="where(x > 0, x, alpha*expm1(x))",
    value=_elu,
    derivative=_elu_derivative,
    second_derivative=_elu_second,
    parameters={"alpha": Parameter("1")},
    kinks=(Kink(at="0", side="left"),),
    spellings={"torch": "nn.functional.elu", "jax": "nn.elu", "keras": "activations.elu", "onnx": "Elu"},
    source="Clevert, Unterthiner & Hochreiter 2016, eq. 15 (arXiv:1511.07289)",
)

CELU = Activation(
    name="celu",
    summary="An elu that saturates at -alpha with slope 1 at 0 whatever alpha",
    formula="where(x > 0, x, alpha*(exp(x/alpha) - 1))",
    stable="where(x > 0, x, alpha*expm1(x/alpha))",
    value=_celu,
    derivative=_celu_derivative,
    parameters={"alpha": Parameter("1", "(0, inf)")},
    kinks=(Kink(at="0", side="left", order=2),),
    spellings={"torch": "nn.functional.celu", "jax": "nn.celu", "keras": "activations.celu", "onnx": "Celu"},
    source="Barron 2017, Continuously differentiable exponential linear units (arXiv:1704.07483)",
)

SELU = Activation(
    name="selu",
    summary="An elu so scaled that mean 0 and variance 1 reproduce themselves from layer to layer",
    formula="lambd*where(x > 0, x, alpha*(exp(x) - 1))",
    stable="lambd*where(x > 0, x, alpha*expm1(x))",
    value=_selu,
    derivative=_selu_derivative,
    second_derivative=_selu_second,
    parameters={
        "lambd": Parameter("1.05070098735548049341933498529461", "[1e-100, 1e100]"),
        "alpha": Parameter("1.67326324235437728481704299167165", "[-1e100, 1e100]"),
    },
    kinks=(Kink(at="0", side="left"),),
    spellings={"torch": "nn.functional.selu", "jax": "nn.selu", "keras": "activations.selu", "onnx": "Selu"},
    source="Klambauer, Unterthiner, Mayr & Hochreiter 2017, eq. 2 and 14 (arXiv:1706.02515)",
)

SOFT_EXPONENTIAL = Activation(
    name="soft_exponential",
    summary="The logarithm for alpha = -1, the identity for 0, the exponential for 1, and what lies between",
    formula="where(alpha > 0, (exp(alpha*x) - 1)/alpha + alpha,"
    " where(alpha < 0, -log(1 - alpha*(x + alpha))/alpha, x))",
    stable="where(alpha > 0, expm1(alpha*x)/alpha + alpha,"
    " where(alpha < 0, -log1p(-alpha*(x + alpha))/alpha, x))",
    parameters={"alpha": Parameter("0.5")},
    source="Godfrey & Gashler 2016, A continuum among logarithmic, linear, and exponential functions"
    " (arXiv:1602.01321)",
)
