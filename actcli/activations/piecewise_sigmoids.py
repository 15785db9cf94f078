"""S-shaped functions of pieces, from the simplest: straight lines, then parabolas."""

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import Array, constant_like, exact_product, exact_sum


def _flat(x: Array, **parameters: float) -> Array:
    return constant_like(x, 0.0)


def _hard_tanh(x: Array, low: float, high: float) -> Array:
    return np.clip(x, low, high)


def _hard_tanh_derivative(x: Array, low: float, high: float) -> Array:
    return np.where((low < x) & (x < high), 1.0, constant_like(x, 0.0))


def _hard_sigmoid(x: Array, width: float, beta: float) -> Array:
    middle, low = exact_product(width, np.asarray(beta))
    far = 2.0 * (width + abs(float(middle)))
    total, error = exact_sum(np.clip(x, -far, far), middle)
    return np.clip((total + (error + low)) / width, 0.0, 1.0)  # x/width + beta would cancel next to 0


def _hard_sigmoid_derivative(x: Array, width: float, beta: float) -> Array:
    inside = (-beta * width < x) & (x < (1.0 - beta) * width)
    return np.where(inside, 1.0 / width, constant_like(x, 0.0))


def _sparse_sigmoid(x: Array) -> Array:
    return (np.clip(x, -1.0, 1.0) + 1.0) / 2.0


def _sparse_sigmoid_derivative(x: Array) -> Array:
    return np.where((x > -1.0) & (x <= 1.0), 0.5, constant_like(x, 0.0))


def _sqnl(x: Array) -> Array:
    x = np.clip(x, -2.0, 2.0)
    return x * (1.0 - np.abs(x) / 4.0)


def _sqnl_derivative(x: Array) -> Array:
    return 1.0 - np.minimum(np.abs(x), 2.0) / 2.0


def _sqnl_second(x: Array) -> Array:
    return np.where((x > -2.0) & (x <= 2.0), np.where(x > 0.0, -0.5, 0.5), constant_like(x, 0.0))


HARD_TANH = Activation(
    name="hard_tanh",
    summary="The identity, cut off at -1 and 1",
    formula="clip(x, low, high)",
    value=_hard_tanh,
    derivative=_hard_tanh_derivative,
    second_derivative=_flat,
    parameters={"low": Parameter("-1"), "high": Parameter("1", "[low, inf)")},
    kinks=(Kink(at="low", side="left"), Kink(at="high", side="right")),
    aliases=("hardtanh",),
    spellings={"torch": "nn.functional.hardtanh", "jax": "nn.hard_tanh", "keras": "activations.hard_tanh"},
    source="Collobert 2004, Large scale machine learning, section 4.1",
)

SPARSE_SIGMOID = Activation(
    name="sparse_sigmoid",
    summary="A straight line from 0 to 1, flat outside of -1 to 1: the slope of sparse_plus",
    formula="clip((x + 1)/2, 0, 1)",
    value=_sparse_sigmoid,
    derivative=_sparse_sigmoid_derivative,
    second_derivative=_flat,
    kinks=(Kink(at="-1", side="left"), Kink(at="1", side="left")),
    spellings={"jax": "nn.sparse_sigmoid", "keras": "activations.sparse_sigmoid"},
    source="Blondel, Martins & Niculae 2019, Learning with Fenchel-Young losses (arXiv:1901.02324)",
)

HARD_SIGMOID = Activation(
    name="hard_sigmoid",
    summary="A straight line from 0 to 1 in the place of the sigmoid; its slope, alpha in ONNX, is 1/width",
    formula="clip(x/width + beta, 0, 1)",
    value=_hard_sigmoid,
    derivative=_hard_sigmoid_derivative,
    second_derivative=_flat,
    parameters={"width": Parameter("6", "[1e-100, 1e100]"), "beta": Parameter("1/2", "[-1e100, 1e100]")},
    kinks=(Kink(at="-beta*width", side="left"), Kink(at="(1 - beta)*width", side="right")),
    aliases=("hardsigmoid",),
    spellings={
        "torch": "nn.functional.hardsigmoid",
        "jax": "nn.hard_sigmoid",
        "keras": "activations.hard_sigmoid",
        "onnx": "HardSigmoid",
    },
    source="Courbariaux, Bengio & David 2015, BinaryConnect, section 2.2 (arXiv:1511.00363)",
)

SQNL = Activation(
    name="sqnl",
    summary="Two parabolas that meet in 0 and reach -1 and 1 with slope 0: an S without an exponential",
    formula="where(x > 0, where(x > 2, 1, x - x**2/4), where(x > -2, x + x**2/4, -1))",
    value=_sqnl,
    derivative=_sqnl_derivative,
    second_derivative=_sqnl_second,
    kinks=tuple(Kink(at=at, side="left", order=2) for at in ("-2", "0", "2")),
    aliases=("square_nonlinearity",),
    source="Wuraola & Patel 2018, SQNL: a new computationally efficient activation function",
)
