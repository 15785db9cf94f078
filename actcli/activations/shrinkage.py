"""Shrinkage functions: what is small becomes 0."""

import numpy as np

from actcli.activations._spec import Activation, Kink, Parameter
from actcli.numerics import Array, constant_like, logistic_slope

_NEAR = 1.5  # up to here x - tanh(x) would lose digits, and the fraction below has converged


def _hardshrink(x: Array, lambd: float) -> Array:
    return np.where(np.abs(x) <= lambd, 0.0, x)


def _slope_outside(x: Array, lambd: float) -> Array:
    return np.where(np.abs(x) <= lambd, 0.0, constant_like(x, 1.0))


def _flat(x: Array, lambd: float) -> Array:
    return constant_like(x, 0.0)


def _softshrink(x: Array, lambd: float) -> Array:
    return x - np.clip(x, -lambd, lambd)


def _tanhshrink(x: Array) -> Array:
    near = np.clip(x, -_NEAR, _NEAR)
    square, rest = near * near, np.zeros_like(x)
    for k in range(21, 3, -2):  # tanh(x) = x/(1 + x**2/(3 + x**2/(5 + ...)))
        rest = square / (k + rest)
    return np.where(np.abs(x) < _NEAR, x * (square / (3.0 + square + rest)), x - np.tanh(x))


def _tanhshrink_derivative(x: Array) -> Array:
    return np.tanh(x) ** 2


def _tanhshrink_second(x: Array) -> Array:
    return 4.0 * np.tanh(x) * logistic_slope(x, 2.0)


HARDSHRINK = Activation(
    name="hardshrink",
    summary="The identity outside of [-lambda, lambda], 0 inside: it jumps",
    formula="where(abs(x) > lambd, x, 0)",
    value=_hardshrink,
    derivative=_slope_outside,
    second_derivative=_flat,
    parameters={"lambd": Parameter("0.5", "[0, inf)")},
    kinks=(Kink(at="-lambd", side="right", order=0), Kink(at="lambd", side="left", order=0)),
    aliases=("hard_shrink",),
    spellings={"torch": "nn.functional.hardshrink", "keras": "activations.hard_shrink", "onnx": "Shrink"},
    source="Donoho & Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage",
)

SOFTSHRINK = Activation(
    name="softshrink",
    summary="Everything moves by lambda towards 0, and what passes it is 0",
    formula="where(x > lambd, x - lambd, where(x < -lambd, x + lambd, 0))",
    value=_softshrink,
    derivative=_slope_outside,
    second_derivative=_flat,
    parameters={"lambd": Parameter("0.5", "[0, inf)")},
    kinks=(Kink(at="-lambd", side="right"), Kink(at="lambd", side="left")),
    aliases=("soft_shrink",),
    spellings={"torch": "nn.functional.softshrink", "keras": "activations.soft_shrink"},
    source="Donoho & Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage",
)

TANHSHRINK = Activation(
    name="tanhshrink",
    summary="What tanh takes away from x: a cubic at 0, the identity less 1 far out",
    formula="x - tanh(x)",
    stable="where(abs(x) < 1.5, x**3/(3 + x**2 + x**2/(5 + x**2/(7 + x**2/(9 + x**2/(11 + x**2/(13 + x**2/(15"
    " + x**2/(17 + x**2/(19 + x**2/21))))))))), x - tanh(x))",
    value=_tanhshrink,
    derivative=_tanhshrink_derivative,
    second_derivative=_tanhshrink_second,
    aliases=("tanh_shrink",),
    spellings={"torch": "nn.functional.tanhshrink", "keras": "activations.tanh_shrink"},
    source="PyTorch, torch.nn.Tanhshrink; the continued fraction is Lambert's, NIST DLMF 4.39.1",
)
