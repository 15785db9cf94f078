"""Choices of a vector that give most entries nothing, along the last axis: hardmax, sparsemax, entmax15."""

import numpy as np

from actcli.activations._spec import Activation
from actcli.numerics import Array, total
from actcli.numerics.rows import first_maximum


def _hardmax(x: Array) -> Array:
    if not x.shape[-1]:
        return np.array(x)
    return np.where(np.isnan(x).any(axis=-1, keepdims=True), np.nan, first_maximum(x) * 1.0)


def _hardmax_derivative(x: Array) -> Array:
    flat = _hardmax_product(x, np.zeros_like(x))
    return np.repeat(flat[..., np.newaxis], x.shape[-1], axis=-1)


def _hardmax_product(x: Array, upstream: Array) -> Array:
    lost = np.isnan(x).any(axis=-1, keepdims=True)
    return np.where(lost, np.nan, np.zeros(np.broadcast_shapes(x.shape, upstream.shape)))


def _shares(x: Array, power: int) -> tuple[Array, Array]:
    from actcli.numerics.simplex import projected  # rational numbers are slow to load

    return projected(x, power)


def _jacobian(s: Array) -> Array:
    if not s.shape[-1]:
        return np.zeros((*s.shape, 0))
    top = first_maximum(s)
    others = np.where(top, 0.0, s)
    rest, rest_low = (part[..., np.newaxis] for part in total(others))
    whole = s.max(axis=-1, keepdims=True) + rest
    beside = np.where(top, rest, (whole - s) + rest_low)
    elsewhere = -s[..., np.newaxis] * (s / whole)[..., np.newaxis, :]
    diagonal = (s * (beside / whole))[..., np.newaxis]
    entries: Array = np.where(np.eye(s.shape[-1], dtype=bool), diagonal, elsewhere) + 0.0
    return entries


def _product(s: Array, upstream: Array) -> Array:
    if not s.shape[-1]:
        return np.array(s)
    # Measured from the top's own upstream, a single share gives 0
    relative: Array = upstream - np.where(first_maximum(s), upstream, 0.0).sum(axis=-1, keepdims=True)
    mean = (s * relative).sum(axis=-1, keepdims=True) / s.sum(axis=-1, keepdims=True)
    result: Array = s * (relative - mean) + 0.0
    return result


def _sparsemax(x: Array) -> Array:
    return _shares(x, 1)[0]


def _sparsemax_derivative(x: Array) -> Array:
    return _jacobian(_shares(x, 1)[1])


def _sparsemax_product(x: Array, upstream: Array) -> Array:
    return _product(_shares(x, 1)[1], upstream)


def _entmax15(x: Array) -> Array:
    return _shares(x, 2)[0]


def _entmax15_derivative(x: Array) -> Array:
    return _jacobian(_shares(x, 2)[1])


def _entmax15_product(x: Array, upstream: Array) -> Array:
    return _product(_shares(x, 2)[1], upstream)


HARDMAX = Activation(
    name="hardmax",
    summary="All for the largest entry, nothing for the others; its slopes are 0, also at a tie",
    property="1 at the first of the largest entries, 0 at all others",
    value=_hardmax,
    derivative=_hardmax_derivative,
    product=_hardmax_product,
    elementwise=False,
    spellings={"onnx": "Hardmax"},
    source="ONNX, operator Hardmax-13",
)

SPARSEMAX = Activation(
    name="sparsemax",
    summary="Shares of 1, exactly 0 for entries far below the largest; piecewise linear",
    property="the point p with p >= 0 and sum(p) = 1 that is nearest to x: the least sum((p - x)**2)",
    value=_sparsemax,
    derivative=_sparsemax_derivative,
    product=_sparsemax_product,
    elementwise=False,
    spellings={"keras": "activations.sparsemax", "tensorflow_addons": "activations.sparsemax"},
    source="Martins & Astudillo 2016 (arXiv:1602.02068), eq. 2; an entry on the brink of a share has slope 0",
)

ENTMAX15 = Activation(
    name="entmax15",
    summary="Shares of 1, between softmax and sparsemax: smooth, and 0 for entries far below the largest",
    property="the p >= 0 with sum(p) = 1 that has the largest sum(p*x) + 4/3*sum(p - p**1.5)",
    value=_entmax15,
    derivative=_entmax15_derivative,
    product=_entmax15_product,
    elementwise=False,
    aliases=("entmax",),
    spellings={"entmax": "entmax15"},
    source="Peters, Niculae & Martins 2019 (arXiv:1905.05702), eq. 10 with alpha = 1.5",
)
