"""x times a gate of straight lines: hard_mish, hard_silu, hard_elish."""

import numpy as np

from actcli.activations._spec import Activation, Kink
from actcli.numerics import Array, constant_like


def _hard_mish(x: Array) -> Array:
    return np.maximum(x, -2.0) * (np.clip(x + 2.0, 0.0, 2.0) / 2.0)


def _hard_mish_derivative(x: Array) -> Array:
    return np.where(x <= -2.0, 0.0, np.minimum(x, 0.0) + 1.0)


def _hard_mish_second(x: Array) -> Array:
    return np.where((x > -2.0) & (x <= 0.0), 1.0, constant_like(x, 0.0))


def _hard_silu(x: Array) -> Array:
    return np.maximum(x, -3.0) * (np.clip(x + 3.0, 0.0, 6.0) / 6.0)


def _hard_silu_derivative(x: Array) -> Array:
    inside = (2.0 * np.clip(x, -3.0, 3.0) + 3.0) / 6.0
    return np.where(x >= 3.0, 1.0, np.where(x <= -3.0, 0.0, inside))


def _hard_silu_second(x: Array) -> Array:
    return np.where(np.abs(x) < 3.0, 1.0 / 3.0, constant_like(x, 0.0))


HARD_MISH = Activation(
    name="hard_mish",
    summary="x for x > 0, a parabola down to -2, then 0: a mish without exponentials",
    formula="x*clip(x + 2, 0, 2)/2",
    value=_hard_mish,
    derivative=_hard_mish_derivative,
    second_derivative=_hard_mish_second,
    kinks=(Kink(at="-2", side="left"), Kink(at="0", side="left", order=2)),
    source="Wightman, PyTorch Image Models, timm/layers/activations.py (doi:10.5281/zenodo.4414861)",
)

HARD_SILU = Activation(
    name="hard_silu",
    summary="0 up to -3, a parabola, x from 3 on: a silu without exponentials",
    formula="x*clip(x + 3, 0, 6)/6",
    value=_hard_silu,
    derivative=_hard_silu_derivative,
    second_derivative=_hard_silu_second,
    kinks=(Kink(at="-3", side="left"), Kink(at="3", side="right")),
    aliases=("hard_swish", "hardswish"),
    spellings={
        "torch": "nn.functional.hardswish",
        "jax": "nn.hard_silu",
        "keras": "activations.hard_silu",
        "onnx": "HardSwish",
    },
    source="Howard et al. 2019, Searching for MobileNetV3, section 5.2 (arXiv:1905.02244)",
)

HARD_ELISH = Activation(
    name="hard_elish",
    summary="Elish with a gate of straight lines: 0 up to -1, x from 1 on",
    formula="where(x > 0, x, exp(x) - 1)*clip((x + 1)/2, 0, 1)",
    stable="where(x > 0, where(x > 1, x, x*(x + 1)/2), where(x > -1, expm1(x)*(x + 1)/2, 0))",
    kinks=(
        Kink(at="-1", side="left"),
        Kink(at="0", side="left", order=2),
        Kink(at="1", side="left"),
    ),
    source="Basirat & Roth 2018, The quest for the golden activation function (arXiv:1808.00783)",
)
