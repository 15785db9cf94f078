"""x times a logistic gate, and kin of it: silu, swish, e_swish, elish, logish, golu, colu."""

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import (
    Array,
    bounded_product,
    gated,
    gated_bend,
    gated_slope,
    times_exp,
)


def _silu(x: Array) -> Array:
    x = np.maximum(x, -800.0)  # exp(-800)*800 is 0: clamping there turns the nan of 0*inf into the limit
    return times_exp(x, np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))


def _swish(x: Array, beta: float) -> Array:
    return gated(x, *bounded_product(beta, x))


def _swish_derivative(x: Array, beta: float) -> Array:
    return gated_slope(*bounded_product(beta, x))


def _swish_second(x: Array, beta: float) -> Array:
    return gated_bend(*bounded_product(beta, x), factor=beta)


def _e_swish(x: Array, beta: float) -> Array:
    with np.errstate(over="ignore"):  # inf is the right answer from 1.7e308/beta on
        return gated(beta * x, x)


def _e_swish_derivative(x: Array, beta: float) -> Array:
    return beta * gated_slope(x)


def _e_swish_second(x: Array, beta: float) -> Array:
    return gated_bend(x, factor=beta)


SILU = Activation(
    name="silu",
    summary="x times its sigmoid: a smooth rectifier that dips below 0",
    formula="x/(1 + exp(-x))",
    stable="where(x > 0, x/(1 + exp(-x)), x*exp(x)/(1 + exp(x)))",
    value=_silu,
    derivative=gated_slope,
    second_derivative=gated_bend,
    spellings={"torch": "nn.functional.silu", "jax": "nn.silu", "keras": "activations.silu"},
    source="Elfwing, Uchibe & Doya 2018 (arXiv:1702.03118); Ramachandran, Zoph & Le 2017 (arXiv:1710.05941)",
)

SWISH = Activation(
    name="swish",
    summary="x times the sigmoid of beta*x: between the line x/2 (beta = 0) and relu (beta = inf)",
    formula="x/(1 + exp(-beta*x))",
    stable="where(beta*x > 0, x/(1 + exp(-beta*x)), x*exp(beta*x)/(1 + exp(beta*x)))",
    value=_swish,
    derivative=_swish_derivative,
    second_derivative=_swish_second,
    parameters={"beta": Parameter("1")},
    aliases=("swish1",),
    spellings={"onnx": "Swish"},
    source="Ramachandran, Zoph & Le 2017, Searching for activation functions (arXiv:1710.05941)",
)

E_SWISH = Activation(
    name="e_swish",
    summary="Swish, scaled: a steeper silu",
    formula="beta*x/(1 + exp(-x))",
    stable="beta*where(x > 0, x/(1 + exp(-x)), x*exp(x)/(1 + exp(x)))",
    value=_e_swish,
    derivative=_e_swish_derivative,
    second_derivative=_e_swish_second,
    parameters={"beta": Parameter("1.375", "[1, 2]")},
    aliases=("eswish",),
    source="Alcaide 2018, E-swish: adjusting activations to different network depths (arXiv:1801.07145)",
)

ELISH = Activation(
    name="elish",
    summary="The sigmoid times x for x > 0, times exp(x) - 1 for x < 0",
    formula="where(x > 0, x, exp(x) - 1)/(1 + exp(-x))",
    stable="where(x > 0, x/(1 + exp(-x)), expm1(x)*exp(x)/(1 + exp(x)))",
    kinks=(Kink(at="0", side="left", order=2),),
    source="Basirat & Roth 2018, The quest for the golden activation function (arXiv:1808.00783)",
)

LOGISH = Activation(
    name="logish",
    summary="x times the logarithm of 1 + a sigmoid: slope log(2) far out",
    formula="alpha*x*log(1 + 1/(1 + exp(-beta*x)))",
    stable=("alpha*x*where(beta*x > 0, log1p(1/(1 + exp(-beta*x))), log1p(exp(beta*x)/(1 + exp(beta*x))))"),
    parameters={"alpha": Parameter("1", "(0, inf)"), "beta": Parameter("1", "(0, inf)")},
    source="Zhu, Zeng, Liu & Zhang 2021, Logish, Neurocomputing 458 (doi:10.1016/j.neucom.2021.06.067)",
)

GOLU = Activation(
    name="golu",
    summary="x times the Gompertz curve: the gate closes sooner on the left than it opens on the right",
    formula="x*exp(-exp(-x))",
    source="Das et al. 2025, Gompertz linear units (arXiv:2502.03654)",
)

COLU = Activation(
    name="colu",
    summary="Near x for x > 0 and near 0 for x < -5; the gate is 1/(1 - x*exp(-x - exp(x)))",
    formula="x/(1 - x*exp(-(x + exp(x))))",
    stable=("where(x > 0, x/(1 - x*exp(-x)*exp(-exp(x))), x*exp(x)*exp(exp(x))/(exp(x)*exp(exp(x)) - x))"),
    source="Vagerwal 2021, Deeper learning with CoLU activation (arXiv:2112.12078)",
)
