"""x times a hyperbolic tangent or error function of it: lisht, tanhexp, mish, smish, phish, serf."""

import numpy as np

from actcli.activations._spec import Activation, Parameter
from actcli.numerics import Array, _mills, exact_product, exact_sum, gated_bend, one_plus, times_exp

_FAR = 800.0  # exp(-800)*800 is 0: clamping there turns the nan of 0*inf into the limit
_ZERO, _ZERO_LOW = _mills.MISH_ZERO
_ZERO_EXP = float(np.exp(_ZERO))


def _lisht(x: Array) -> Array:
    return x * np.tanh(x)


def _lisht_derivative(x: Array) -> Array:
    near = np.clip(x, -_FAR, _FAR)
    exponent = -2.0 * np.abs(near)
    d, error = one_plus(np.exp(exponent))
    return np.tanh(x) + times_exp(4.0 * near / (d * d), exponent, 2.0 * error)


def _lisht_second(x: Array) -> Array:
    return 4.0 * gated_bend(2.0 * np.clip(x, -_FAR, _FAR))  # x*tanh(x) + x = 2*x*sigmoid(2*x)


def _mish(x: Array) -> Array:
    x = np.maximum(x, -_FAR)
    e = np.exp(-np.abs(x))
    # tanh(log(1 + exp(x))) = n/(n + 2) with n = exp(x)*(exp(x) + 2); for x > 0 over exp(x)**2
    n = np.where(x > 0.0, 1.0 + 2.0 * e, 2.0 + e)
    gate = n / np.where(x > 0.0, n + 2.0 * (e * e), 2.0 + e * n)
    return times_exp(x * gate, np.minimum(x, 0.0))


def _mish_derivative(x: Array) -> Array:
    t = np.minimum(np.abs(x), _FAR)
    e = np.exp(-t)
    d = 1.0 + e * (2.0 + 2.0 * e)
    right = 1.0 + (e * e) * (((2.0 * t - 1.0) + 2.0 * e * ((t - 1.0) - e)) * 2.0 / (d * d))
    # For x < 0: (1 + x + (3/2 + x)*e + e**2 + e**3/4)*e/(1 + e + e**2/2)**2, e = exp(x). The first factor
    # vanishes at z; with x = z + s, m = expm1(s) and r = exp(z) it is a sum of terms of the sign of s.
    s, s_low = exact_sum(-t, -_ZERO)
    s_low -= _ZERO_LOW
    near = s + s_low
    m, r = np.expm1(near), _ZERO_EXP
    rest = (1.5 + _ZERO) * r + r * r * (m + 2.0) + 0.25 * r * r * r * (m * (m + 3.0) + 3.0)
    d, error = one_plus(e * (1.0 + 0.5 * e))
    square, square_low = exact_product(d, d)
    low = 2.0 * error - square_low / square
    left = times_exp((s + (s_low + (near * e + m * rest))) / square, -t, low)
    return np.where(x > 0.0, right, left)


LISHT = Activation(
    name="lisht",
    summary="x times its tanh: an even bowl, near abs(x) far out",
    formula="x*tanh(x)",
    stable="x*where(x > 0, -expm1(-2*x)/(1 + exp(-2*x)), expm1(2*x)/(1 + exp(2*x)))",
    value=_lisht,
    derivative=_lisht_derivative,
    second_derivative=_lisht_second,
    source="Roy, Manna, Dubey & Chaudhuri 2019, LiSHT (arXiv:1901.05894)",
)

TANHEXP = Activation(
    name="tanhexp",
    summary="x times the tanh of exp(x): the gate is open from about x = 1 on",
    formula="x*tanh(exp(x))",
    stable="x*(-expm1(-2*exp(x)))/(1 + exp(-2*exp(x)))",
    source="Liu & Di 2020, TanhExp (arXiv:2003.09855)",
)

MISH = Activation(
    name="mish",
    summary="x times the tanh of its softplus: a smooth rectifier that dips below 0",
    formula="x*tanh(log(1 + exp(x)))",
    stable=(
        "x*where(x > 0, 1 - 2*exp(-2*x)/(1 + 2*exp(-x)*(1 + exp(-x))), "
        "exp(x)*(2 + exp(x))/(2 + exp(x)*(2 + exp(x))))"
    ),
    value=_mish,
    derivative=_mish_derivative,
    spellings={"torch": "nn.functional.mish", "jax": "nn.mish", "keras": "activations.mish", "onnx": "Mish"},
    source="Misra 2019, Mish: a self regularized non-monotonic activation function (arXiv:1908.08681)",
)

SMISH = Activation(
    name="smish",
    summary="x times the tanh of log(1 + a sigmoid): slope 3/5 far out",
    formula="alpha*x*tanh(log(1 + 1/(1 + exp(-beta*x))))",
    stable=(
        "alpha*x*where(beta*x > 0, (3 + 2*exp(-beta*x))/(5 + exp(-beta*x)*(6 + 2*exp(-beta*x))), "
        "exp(beta*x)*(2 + 3*exp(beta*x))/(2 + exp(beta*x)*(6 + 5*exp(beta*x))))"
    ),
    parameters={"alpha": Parameter("1", "(0, inf)"), "beta": Parameter("1", "(0, inf)")},
    source="Wang, Ren & Wang 2022, Smish, Electronics 11(4):540 (doi:10.3390/electronics11040540)",
)

PHISH = Activation(
    name="phish",
    summary="x times the tanh of its gelu: never negative, with a bump of 0.165 at x = -1.2",
    formula="x*tanh(x*erfc(-x/sqrt(2))/2)",
    stable="x*(-expm1(-x*erfc(-x/sqrt(2))))/(1 + exp(-x*erfc(-x/sqrt(2))))",
    source="Naveen 2022, Phish: a hyper-optimizable activation function (doi:10.36227/techrxiv.17283824)",
)

SERF = Activation(
    name="serf",
    summary="x times the error function of its softplus: a mish whose gate is erf",
    formula="x*erf(log(1 + exp(x)))",
    stable="x*erf(where(x > 0, x + log1p(exp(-x)), log1p(exp(x))))",
    source="Nag, Bhattacharyya, Mukherjee & Kundu 2021, SERF (arXiv:2108.09598)",
)
