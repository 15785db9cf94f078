"""Distribution functions and their kin, from 0 to 1: extreme values, normal, generalised logistic."""

import math

import numpy as np

from actcli.activations._spec import Activation, Parameter
from actcli.numerics import Array, exact_product, exact_sum, half_square, scaled_tail, times_exp

_FAR = 52.0  # standard deviations: beyond, the normal density is 0, even over the square of the least sigma


def _standard(x: Array, mu: float, sigma: float) -> tuple[Array, Array]:
    """Return z = (x - mu)/sigma as high + low, clamped to +-52."""
    bound = _FAR * sigma + abs(mu)
    gap, gap_low = exact_sum(np.clip(x, -bound - abs(mu), bound + abs(mu)), -mu)
    z = gap / sigma
    product, error = exact_product(sigma, z)
    low = ((gap - product) - error + gap_low) / sigma
    return np.clip(z, -_FAR, _FAR), np.where(np.abs(z) < _FAR, low, 0.0)


def _laplace(x: Array, mu: float, sigma: float) -> Array:
    z, z_low = _standard(x, mu, sigma)
    t, t_low = np.abs(z), np.copysign(z_low, z * z_low)
    tail, error = scaled_tail(t, t_low)
    high, low = half_square(t)
    left = times_exp(tail, high, low + error - t * t_low)
    return np.where(z < 0.0, left, 1.0 - left)


def _laplace_derivative(x: Array, mu: float, sigma: float) -> Array:
    z, z_low = _standard(x, mu, sigma)
    high, low = half_square(z)
    return times_exp(1.0 / math.sqrt(2.0 * math.pi) / sigma, high, low - z * z_low)


def _laplace_second(x: Array, mu: float, sigma: float) -> Array:
    z, z_low = _standard(x, mu, sigma)
    high, low = half_square(z)
    factor = 1.0 / math.sqrt(2.0 * math.pi) / sigma / sigma
    # z may be subnormal where the gap over sigma**3 is not
    gap = np.clip(x - mu, -_FAR * sigma, _FAR * sigma)
    return times_exp(-gap * (factor / sigma), high, low - z * z_low)


LOGLOG = Activation(
    name="loglog",
    summary="Gumbel's distribution of the largest of many: rises steeply, levels off slowly",
    formula="exp(-exp(-x))",
    aliases=("gumbel_cdf",),
    source="Gumbel 1958, Statistics of extremes; McCullagh & Nelder 1989, Generalized linear models, 4.3.1",
)

CLOGLOG = Activation(
    name="cloglog",
    summary="The mirror image of loglog: rises slowly, levels off steeply",
    formula="1 - exp(-exp(x))",
    stable="-expm1(-exp(x))",
    aliases=("cll", "complementary_loglog"),
    source="McCullagh & Nelder 1989, Generalized linear models, section 4.3.1",
)

LAPLACE = Activation(
    name="laplace",
    summary="A normal distribution function: attention without a softmax, near a squared relu",
    formula="erfc((mu - x)/(sigma*sqrt(2)))/2",
    value=_laplace,
    derivative=_laplace_derivative,
    second_derivative=_laplace_second,
    parameters={
        "mu": Parameter("sqrt(1/2)", "[-1e100, 1e100]"),
        "sigma": Parameter("sqrt(1/(4*pi))", "[1e-100, 1e100]"),
    },
    aliases=("mega_laplace",),
    source="Ma et al. 2022, Mega: moving average equipped gated attention, section 3.4 (arXiv:2209.10655)",
)

SOFT_CLIPPING = Activation(
    name="soft_clipping",
    summary="The identity between 0 and 1, cut off there with corners that p sharpens",
    formula="log((1 + exp(p*x))/(1 + exp(p*(x - 1))))/p",
    stable="where(x > 1/2, 1 - log1p(-expm1(-p)*exp(p*(1 - x))/(1 + exp(-p*x)))/p, "
    "log1p(-expm1(-p)*exp(p*x)/(1 + exp(p*(x - 1))))/p)",
    parameters={"p": Parameter("1", "(0, inf)")},
    source="Klimek & Perelstein 2018, Neural network-based approach to phase space integration "
    "(arXiv:1810.11509)",
)

ARIA2 = Activation(
    name="aria2",
    summary="A sigmoid whose two tails differ: Richards's growth curve",
    formula="(1 + exp(-beta*x))**(-alpha)",
    stable="where(beta*x > 0, exp(-alpha*log1p(exp(-beta*x))), exp(alpha*(beta*x - log1p(exp(beta*x)))))",
    parameters={"alpha": Parameter("1", "(0, inf)"), "beta": Parameter("1/2", "(0, inf)")},
    source="Patwardhan, Ingalhalikar & Walambe 2018, ARiA (arXiv:1805.08878)",
)
