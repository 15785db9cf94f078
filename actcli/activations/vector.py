"""Soft choices of a vector, along the last axis: softmax and its kin; nan for several +inf or only -inf."""

import numpy as np

from actcli.activations._spec import Activation, Parameter
from actcli.numerics import Array
from actcli.numerics.rows import grown_shares, shares, split, weights

_GROWTH = 1000  # binary digits


def _softmax(x: Array, temperature: float = 1.0) -> Array:
    return shares(weights(x, temperature))[0] if x.shape[-1] else np.array(x)


def _softmax_derivative(x: Array, temperature: float = 1.0) -> Array:
    if not x.shape[-1]:
        return np.zeros((*x.shape, 0))
    w = weights(x, temperature)
    (p, q), (mantissa, exponent) = shares(w), split(temperature)
    # A share too small for a float may be none too small once it is divided by the temperature
    grown = grown_shares(w, 2.0**_GROWTH)
    others = np.where(w.top, 0.0, grown).sum(axis=-1, keepdims=True)
    diagonal = np.where(w.top, p * others, grown * q)
    rows, columns = p[..., np.newaxis], p[..., np.newaxis, :]
    small_row = grown[..., np.newaxis] * columns
    elsewhere = -np.where(rows < columns, small_row, rows * grown[..., np.newaxis, :])
    entries = np.where(np.eye(x.shape[-1], dtype=bool), diagonal[..., np.newaxis], elsewhere)
    with np.errstate(over="ignore"):
        return np.ldexp(entries / mantissa, -_GROWTH - exponent)


def _softmax_product(x: Array, upstream: Array, temperature: float = 1.0) -> Array:
    if not x.shape[-1]:
        return np.array(x)
    w = weights(x, temperature)
    p, _ = shares(w)
    # Measured from the top's own upstream the largest p drops out of the sum, and with it the cancellation
    relative: Array = upstream - np.where(w.top, upstream, 0.0).sum(axis=-1, keepdims=True)
    mean = (p * relative).sum(axis=-1, keepdims=True)
    with np.errstate(over="ignore"):
        result: Array = p * (relative - mean) / temperature
    return result


def _softmin(x: Array) -> Array:
    return _softmax(-x)


def _softmin_derivative(x: Array) -> Array:
    return -_softmax_derivative(-x)


def _softmin_product(x: Array, upstream: Array) -> Array:
    return -_softmax_product(-x, upstream)


def _log_softmax(x: Array) -> Array:
    if not x.shape[-1]:
        return np.array(x)
    w = weights(x)
    return w.high - (np.log1p(w.others + w.others_low) - w.low)


def _log_softmax_derivative(x: Array) -> Array:
    if not x.shape[-1]:
        return np.zeros((*x.shape, 0))
    p, q = shares(weights(x))
    return np.where(np.eye(x.shape[-1], dtype=bool), q[..., np.newaxis], -p[..., np.newaxis, :])


def _log_softmax_product(x: Array, upstream: Array) -> Array:
    if not x.shape[-1]:
        return np.array(x)
    p, q = shares(weights(x))
    whole: Array = upstream.sum(axis=-1, keepdims=True)
    return q * upstream - p * (whole - upstream)


def _logsumexp(x: Array) -> Array:
    if not x.shape[-1]:
        return np.full((*x.shape[:-1], 1), -np.inf)  # the logarithm of an empty sum
    maximum: Array = x.max(axis=-1, keepdims=True)
    w = weights(np.where(np.isinf(maximum), 0.0, x))
    above = np.log1p(w.others + w.others_low)
    result = maximum + above
    cancels = np.isfinite(maximum) & (above > 0.0) & (np.abs(result) < 0.5 * above)
    for row in np.argwhere(cancels[..., 0]):
        result[*row] = _precise_logsumexp(x[*row])
    return result


def _precise_logsumexp(row: Array) -> float:
    """Return the value where the maximum and the logarithm above it cancel; they are never quite the same."""
    from mpmath import mp as shared  # type: ignore[import-untyped]

    mp = shared.clone()  # rows are computed in threads, which must not share a precision
    precision, result = 100, mp.mpf(0)
    while abs(result) < mp.ldexp(1, 64 - precision):
        precision *= 2
        with mp.workprec(precision):
            result = mp.log(mp.fsum(mp.exp(float(x)) for x in row))
    return float(result)


def _logsumexp_derivative(x: Array) -> Array:
    return _softmax(x)[..., np.newaxis, :]


def _logsumexp_product(x: Array, upstream: Array) -> Array:
    return _softmax(x) * upstream


SOFTMAX = Activation(
    name="softmax",
    summary="Positive shares of 1: log-odds become the probabilities of classes",
    formula="exp(x/temperature)/sum(exp(x/temperature))",
    value=_softmax,
    derivative=_softmax_derivative,
    product=_softmax_product,
    elementwise=False,
    parameters={"temperature": Parameter("1", "(0, inf)")},
    aliases=("softargmax",),
    spellings={
        "torch": "nn.functional.softmax",
        "jax": "nn.softmax",
        "keras": "activations.softmax",
        "onnx": "Softmax",
        "tensorflow": "nn.softmax",
        "flax": "linen.softmax",
        "mlx": "nn.softmax",
    },
    source="Bridle 1990; Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 6.29;"
    " the temperature: Hinton, Vinyals & Dean 2015 (arXiv:1503.02531), eq. 1",
)

SOFTMIN = Activation(
    name="softmin",
    summary="Softmax of -x: the smallest entry gets the largest share",
    formula="exp(-x)/sum(exp(-x))",
    value=_softmin,
    derivative=_softmin_derivative,
    product=_softmin_product,
    elementwise=False,
    spellings={"torch": "nn.functional.softmin", "mlx": "nn.softmin"},
    source="torch.nn.functional.softmin; softmax: Bridle 1990",
)

LOG_SOFTMAX = Activation(
    name="log_softmax",
    summary="The logarithm of softmax, which does not vanish where softmax does",
    formula="x - log(sum(exp(x)))",
    value=_log_softmax,
    derivative=_log_softmax_derivative,
    product=_log_softmax_product,
    elementwise=False,
    aliases=("logsoftmax",),
    spellings={
        "torch": "nn.functional.log_softmax",
        "jax": "nn.log_softmax",
        "keras": "activations.log_softmax",
        "onnx": "LogSoftmax",
        "tensorflow": "nn.log_softmax",
        "flax": "linen.log_softmax",
        "mlx": "nn.log_softmax",
    },
    source="Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 6.30",
)

LOGSUMEXP = Activation(
    name="logsumexp",
    summary="A smooth maximum, one number for each vector; its gradient is softmax",
    formula="log(sum(exp(x)))",
    value=_logsumexp,
    derivative=_logsumexp_derivative,
    product=_logsumexp_product,
    elementwise=False,
    aliases=("log_sum_exp", "lse"),
    spellings={
        "torch": "logsumexp",
        "jax": "nn.logsumexp",
        "keras": "ops.logsumexp",
        "onnx": "ReduceLogSumExp",
        "tensorflow": "reduce_logsumexp",
    },
    source="Boyd & Vandenberghe 2004, Convex Optimization, section 3.1.5",
)
