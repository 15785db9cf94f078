"""Functions of a vector, along the last axis: softmax, log_softmax; nan for several +inf or only -inf."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.activations._spec import Activation
from actcli.numerics import Array, exact_sum, total


class _Weights(NamedTuple):
    """exp(x - max) and what the outputs are made of; shape (..., n), sums (..., 1)."""

    high: Array  # x - max = high + low
    low: Array
    e: Array  # exp(high): exp(low) is put back last, so that it costs no rounding of its own
    top: npt.NDArray[np.bool_]  # the first maximum of each row
    others: Array  # the sum of exp(x - max) over all but the top, = others + others_low
    others_low: Array


def _limits(x: Array) -> Array:
    """Replace a row with an infinite maximum by one of the same limit: 0 at a single maximum, -inf elsewhere.

    Two or more entries at that maximum have no limit: nan.
    """
    maximum = x.max(axis=-1, keepdims=True)
    infinite = np.isinf(maximum)
    at_maximum = x == maximum
    several = infinite & (at_maximum.sum(axis=-1, keepdims=True) > 1)
    x = np.where(infinite, np.where(at_maximum, 0.0, -np.inf), x)
    return np.where(several, np.nan, x)


def _weights(x: Array) -> _Weights:
    x = np.ascontiguousarray(_limits(x))
    top = np.arange(x.shape[-1]) == x.argmax(axis=-1)[..., np.newaxis]
    # Half of everything: 1e308 - -1e308 overflows. The rounding error matters only where exp is not 0.
    half = 0.5 * x
    half_maximum = half.max(axis=-1, keepdims=True)
    near = half - half_maximum > -500.0
    _, error = exact_sum(np.where(near, half, half_maximum), -half_maximum)
    with np.errstate(over="ignore"):
        high = 2.0 * (half - half_maximum)
    low = 2.0 * error
    e = np.exp(high)
    rest = np.where(top, 0.0, e)
    others, others_low = total(rest)
    others_low = others_low + (rest * low).sum(axis=-1)
    return _Weights(high, low, e, top, others[..., np.newaxis], others_low[..., np.newaxis])


def _shares(w: _Weights) -> tuple[Array, Array]:
    """Softmax p, and 1 - p as the sum of the others, each corrected once for all that was rounded off."""
    whole, error = exact_sum(w.others, 1.0)
    missing = (error + w.others_low) / whole
    p = w.e / whole
    p = p + p * (w.low - missing)
    rest = np.where(w.top, w.others, 1.0 + (w.others - w.e)) + w.others_low
    q = rest / whole
    return p, q - q * missing


def _softmax(x: Array) -> Array:
    return _shares(_weights(x))[0] if x.shape[-1] else np.array(x)


def _softmax_derivative(x: Array) -> Array:
    if not x.shape[-1]:
        return np.zeros((*x.shape, 0))
    p, q = _shares(_weights(x))
    diagonal, elsewhere = p * q, -p[..., np.newaxis] * p[..., np.newaxis, :]
    return np.where(np.eye(x.shape[-1], dtype=bool), diagonal[..., np.newaxis], elsewhere)


def _softmax_product(x: Array, upstream: Array) -> Array:
    if not x.shape[-1]:
        return np.array(x)
    w = _weights(x)
    p, _ = _shares(w)
    # Measured from the top's own upstream the largest p drops out of the sum, and with it the cancellation
    relative: Array = upstream - np.where(w.top, upstream, 0.0).sum(axis=-1, keepdims=True)
    mean = (p * relative).sum(axis=-1, keepdims=True)
    result: Array = p * (relative - mean)
    return result


def _log_softmax(x: Array) -> Array:
    if not x.shape[-1]:
        return np.array(x)
    w = _weights(x)
    return w.high - (np.log1p(w.others + w.others_low) - w.low)


def _log_softmax_derivative(x: Array) -> Array:
    if not x.shape[-1]:
        return np.zeros((*x.shape, 0))
    p, q = _shares(_weights(x))
    return np.where(np.eye(x.shape[-1], dtype=bool), q[..., np.newaxis], -p[..., np.newaxis, :])


def _log_softmax_product(x: Array, upstream: Array) -> Array:
    if not x.shape[-1]:
        return np.array(x)
    p, q = _shares(_weights(x))
    whole: Array = upstream.sum(axis=-1, keepdims=True)
    return q * upstream - p * (whole - upstream)


SOFTMAX = Activation(
    name="softmax",
    summary="Positive shares of 1: log-odds become the probabilities of classes",
    formula="exp(x)/sum(exp(x))",
    value=_softmax,
    derivative=_softmax_derivative,
    product=_softmax_product,
    elementwise=False,
    source="Bridle 1990; Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 6.29",
)

LOG_SOFTMAX = Activation(
    name="log_softmax",
    summary="The logarithm of softmax, which does not vanish where softmax does",
    formula="x - log(sum(exp(x)))",
    value=_log_softmax,
    derivative=_log_softmax_derivative,
    product=_log_softmax_product,
    elementwise=False,
    source="Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 6.30",
)
