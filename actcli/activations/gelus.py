"""x times the normal distribution function, and what stands in for it: gelu, clipped or approximated."""

import math

import numpy as np

from actcli.activations._spec import Activation, Kink
from actcli.numerics import (
    Array,
    _mills,
    exact_product,
    exact_sum,
    gated,
    gated_bend,
    gated_slope,
    half_square,
    normal_density,
    one_plus,
    scaled_gap,
    times_exp,
    upper_tail,
)

_FAR = 800.0  # exp(-800)*800 is 0: clamping there turns the nan of 0*inf into the limit
_FARTHER = 1000.0  # exp(-1.702*1000) is 0 even after a multiplication by the largest float64
_FAR_CUBIC = 30.0  # where the argument of gelu_tanh is beyond 1900
_LINEAR, _LINEAR_LOW = _mills.GELU_TANH_LINEAR
_CUBIC, _CUBIC_LOW = _mills.GELU_TANH_CUBIC
_ZERO, _ZERO_LOW = _mills.GELU_TANH_ZERO
_ZERO_EXP = math.exp(-_ZERO * (_LINEAR + _CUBIC * _ZERO * _ZERO))
_CLIP = 10.0


def _gelu(x: Array) -> Array:
    t = np.abs(x)
    # t*Phi(-t): for x < 0 it is -gelu(x), for x > 0 what gelu(x) lacks of x
    correction = upper_tail(t, np.minimum(t, _FAR))
    result: Array = np.copysign(np.maximum(x, 0.0) - correction, x)
    return result


def _gelu_derivative(x: Array) -> Array:
    t = np.minimum(np.abs(x), _mills.END)
    left = times_exp(
        scaled_gap(t), *half_square(t)
    )  # Phi(-t) - t*phi(t) = (R(t) - t)*phi(t), R the Mills ratio
    return np.where(x < 0.0, left, 1.0 - left)


def _gelu_second(x: Array) -> Array:
    t = np.minimum(np.abs(x), _mills.END)
    root, root_low = _mills.SQRT_2
    return normal_density(t, ((root - t) + root_low) * (root + t))  # (2 - t**2)*phi(t)


def _clipped_gelu(x: Array) -> Array:
    return np.minimum(_gelu(x), _CLIP)


def _clipped_gelu_derivative(x: Array) -> Array:
    return np.where(x > _CLIP, 0.0, _gelu_derivative(x))


def _clipped_gelu_second(x: Array) -> Array:
    return np.where(x > _CLIP, 0.0, _gelu_second(x))


def _quick_argument(x: Array) -> tuple[Array, Array]:
    x = np.clip(x, -_FARTHER, _FARTHER)
    factor, factor_low = _mills.QUICK_GELU
    high, low = exact_product(factor, x)
    return high, low + factor_low * x


def _quick_gelu(x: Array) -> Array:
    return gated(x, *_quick_argument(x))


def _quick_gelu_derivative(x: Array) -> Array:
    return gated_slope(*_quick_argument(x))


def _quick_gelu_second(x: Array) -> Array:
    return gated_bend(*_quick_argument(x), factor=_mills.QUICK_GELU[0])


def _cubic_argument(x: Array) -> tuple[Array, Array]:
    """Return u = sqrt(8/pi)*(x + 0.044715*x**3) as high + low: 1 + tanh(u/2) is twice the sigmoid of u."""
    x = np.clip(x, -_FAR_CUBIC, _FAR_CUBIC)
    square, square_low = exact_product(x, x)
    cubic, cubic_low = exact_product(_CUBIC, square)
    factor, factor_low = exact_sum(cubic, _LINEAR)
    factor_low += (cubic_low + _CUBIC * square_low) + (_CUBIC_LOW * square + _LINEAR_LOW)
    high, low = exact_product(factor, x)
    return high, low + factor_low * x


def _gelu_tanh(x: Array) -> Array:
    return gated(x, *_cubic_argument(x))


def _gelu_tanh_derivative(x: Array) -> Array:
    t = np.minimum(np.abs(x), _FAR_CUBIC)
    u, u_low = _cubic_argument(t)
    d, error = one_plus(np.exp(-u))
    # For x < 0: (1 + e - t*u'(t))*e/(1 + e)**2, e = exp(-u). The first factor vanishes at z; with t = z + s
    # it is exp(-u(z))*expm1(u(z) - u) - (t*u'(t) - z*u'(z)), both terms of one sign and divisible by s.
    s = (t - _ZERO) - _ZERO_LOW
    cubic = _CUBIC * (t * (t + _ZERO) + _ZERO * _ZERO)
    slope, slope_low = exact_sum(3.0 * cubic, _LINEAR)
    rest = s * (slope_low + _LINEAR_LOW) - _ZERO_EXP * np.expm1(-s * (_LINEAR + cubic))
    square, square_low = exact_product(d, d)
    left = times_exp(-(s * slope + rest) / square, -u, 2.0 * error - u_low - square_low / square)
    return np.where(x < 0.0, left, 1.0 - left)


GELU = Activation(
    name="gelu",
    summary="x times the probability that a standard normal number lies below x",
    formula="x*erfc(-x/sqrt(2))/2",
    value=_gelu,
    derivative=_gelu_derivative,
    second_derivative=_gelu_second,
    aliases=("gelu_erf", "gelu_exact", "gelu_python"),
    spellings={"torch": "nn.functional.gelu", "keras": "activations.gelu", "onnx": "Gelu"},
    source="Hendrycks & Gimpel 2016, section 2 (arXiv:1606.08415)",
)

CLIPPED_GELU = Activation(
    name="clipped_gelu",
    summary="Gelu up to 10 and flat from there: for quantization to a few bits",
    formula="clip(x*erfc(-x/sqrt(2))/2, -10, 10)",
    value=_clipped_gelu,
    derivative=_clipped_gelu_derivative,
    second_derivative=_clipped_gelu_second,
    kinks=(Kink(at="10", side="left"),),
    aliases=("gelu_10",),
    source="Wu et al. 2020, Integer quantization for deep learning inference (arXiv:2004.09602)",
)

QUICK_GELU = Activation(
    name="quick_gelu",
    summary="Gelu by a sigmoid: at most 0.0204 off",
    formula="x/(1 + exp(-1.702*x))",
    stable="where(x > 0, x/(1 + exp(-1.702*x)), x*exp(1.702*x)/(1 + exp(1.702*x)))",
    value=_quick_gelu,
    derivative=_quick_gelu_derivative,
    second_derivative=_quick_gelu_second,
    aliases=("gelu_fast_approx",),
    spellings={"mlx": "nn.gelu_fast_approx"},
    source="Hendrycks & Gimpel 2016, section 2 (arXiv:1606.08415)",
)

GELU_TANH = Activation(
    name="gelu_tanh",
    summary="Gelu by a tanh: at most 0.00048 off",
    formula="x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))/2",
    stable=(
        "where(x > 0, x/(1 + exp(-sqrt(8/pi)*x*(1 + 0.044715*x**2))), "
        "x*exp(sqrt(8/pi)*x*(1 + 0.044715*x**2))/(1 + exp(sqrt(8/pi)*x*(1 + 0.044715*x**2))))"
    ),
    value=_gelu_tanh,
    derivative=_gelu_tanh_derivative,
    aliases=("gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_approx"),
    spellings={"jax": "nn.gelu", "mlx": "nn.gelu_approx"},
    source="Hendrycks & Gimpel 2016, section 2 (arXiv:1606.08415)",
)
