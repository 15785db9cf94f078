"""Losses of small networks, as functions of their weights."""

import numpy as np

from actcli.objectives._spec import Array, Objective

_X = np.array([0.6, 0.9])


def _lead(w: Array) -> Array:
    """Return how far the scores x W of the wrong classes, 0 and 1, are above that of class 2."""
    scores = np.einsum("i,...ij->...j", _X, w.reshape(*w.shape[:-1], 2, 3))
    return np.asarray(scores[..., :2] - scores[..., 2:])


def _simplenet(w: Array) -> Array:
    lead = _lead(w)
    return np.asarray(np.logaddexp(0.0, np.logaddexp(lead[..., 0], lead[..., 1])))


def _simplenet_gradient(w: Array) -> Array:
    p = np.exp(_lead(w) - _simplenet(w)[..., None])
    flow = np.concatenate([p, -p.sum(axis=-1, keepdims=True)], axis=-1)  # p - t; 1 - p[2] would cancel
    return np.asarray((_X[:, None] * flow[..., None, :]).reshape(w.shape))


SIMPLENET = Objective(
    name="simplenet",
    summary="A network of one layer: the cross entropy of softmax(x W) for x = [0.6, 0.9], t = [0, 0, 1]",
    formula="log(exp(0.6*W00 + 0.9*W10) + exp(0.6*W01 + 0.9*W11) + exp(0.6*W02 + 0.9*W12))"
    " - (0.6*W02 + 0.9*W12)",
    value=_simplenet,
    gradient=_simplenet_gradient,
    inputs=("W00", "W01", "W02", "W10", "W11", "W12"),
    start=(0.47355232, 0.9977393, 0.84668094, 0.85557411, 0.03563661, 0.69422093),
    minima=(),
    evidence=(
        (0.47355232, 0.9977393, 0.84668094, 0.85557411, 0.03563661, 0.69422093),
        0.92806853663411326,
    ),
    box=((-3.0, 3.0),) * 6,
    source="Saitoh 2016, Deep Learning from Scratch, section 4.4.2 (ch04/gradient_simplenet.py)",
)
