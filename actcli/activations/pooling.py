"""Functions of a vector that change its length, along the last axis: maxout shortens it, crelu doubles it."""

import numpy as np

from actcli.activations._spec import Activation, Parameter
from actcli.errors import InputError
from actcli.numerics import Array
from actcli.numerics.rows import first_maximum


def _grouped(x: Array, groups: float) -> Array:
    size, n = int(groups), x.shape[-1]
    if n % size:
        message = f"maxout takes {size} entries at a time: {n} cannot be divided by {size}"
        raise InputError(message, f"{size} entries, or {2 * size}, ...")
    return x.reshape(*x.shape[:-1], n // size, size)


def _maxout(x: Array, groups: float) -> Array:
    result: Array = _grouped(x, groups).max(axis=-1)
    return result


def _maxout_derivative(x: Array, groups: float) -> Array:
    k, n = x.shape[-1] // int(groups), x.shape[-1]
    slopes = _maxout_product(x, np.ones((*x.shape[:-1], k)), groups)
    own = np.arange(k)[:, np.newaxis] == np.arange(n) // int(groups)
    return np.where(own, slopes[..., np.newaxis, :], 0.0)


def _maxout_product(x: Array, upstream: Array, groups: float) -> Array:
    grouped = _grouped(x, groups)
    winner = np.where(first_maximum(grouped), upstream[..., np.newaxis], 0.0)
    lost = np.isnan(grouped).any(axis=-1, keepdims=True)
    return np.where(lost, np.nan, winner).reshape(*winner.shape[:-2], x.shape[-1])


def _crelu(x: Array) -> Array:
    return np.concatenate([np.maximum(x, 0.0), np.maximum(-x, 0.0)], axis=-1) + 0.0


def _crelu_derivative(x: Array) -> Array:
    slopes = np.stack([np.heaviside(x, 0.0), -np.heaviside(-x, 0.0)], axis=-2) + 0.0
    own = np.eye(x.shape[-1], dtype=bool)
    blocks = np.where(own, slopes[..., np.newaxis, :], 0.0)
    return blocks.reshape(*x.shape[:-1], 2 * x.shape[-1], x.shape[-1])


def _crelu_product(x: Array, upstream: Array) -> Array:
    positive, negative = np.split(upstream, 2, axis=-1)
    return np.heaviside(x, 0.0) * positive - np.heaviside(-x, 0.0) * negative


MAXOUT = Activation(
    name="maxout",
    summary="The largest of every few neighbours: entries 0 and 1, then 2 and 3, and so on",
    property="y_i is the largest of the entries i*groups to (i + 1)*groups - 1, at a tie the first",
    value=_maxout,
    derivative=_maxout_derivative,
    product=_maxout_product,
    elementwise=False,
    parameters={"groups": Parameter("2", "[1, inf)", whole=True)},
    spellings={"paddle": "nn.functional.maxout", "chainer": "functions.maxout"},
    source="Goodfellow et al. 2013 (arXiv:1302.4389); the layout is that of paddle and chainer",
)

CRELU = Activation(
    name="crelu",
    summary="Keeps both signs apart, in twice the length: the relu of x, then the relu of -x",
    property="y is max(x, 0) followed by max(-x, 0)",
    value=_crelu,
    derivative=_crelu_derivative,
    product=_crelu_product,
    elementwise=False,
    aliases=("concatenated_relu",),
    spellings={"tensorflow": "nn.crelu", "chainer": "functions.crelu"},
    source="Shang et al. 2016 (arXiv:1603.05201), definition 2.1",
)
