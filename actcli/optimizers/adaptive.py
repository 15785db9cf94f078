"""Steps scaled, coordinate by coordinate, by the size of the gradients so far."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from actcli.optimizers._spec import Array, Optimizer, hyper


def _scaled(m: Array, v: Array, eps: float) -> Array:
    """Return m / (sqrt(v) + eps), 0 where a coordinate has not moved and eps is 0."""
    denominator = np.sqrt(v) + eps
    return np.divide(m, denominator, out=np.zeros_like(m), where=denominator != 0)


@dataclass(frozen=True, kw_only=True)
class AdaGrad(Optimizer):
    """s <- s + g^2;  x <- x - lr g / (sqrt(s) + eps).

    Source: Duchi, Hazan & Singer 2011, in the form of torch.optim.Adagrad.
    """

    name: ClassVar[str] = "adagrad"
    summary: ClassVar[str] = "s = s + g^2, x - lr*g/(sqrt(s) + eps)"

    eps: float = hyper(1e-10)

    def init(self, x: Array) -> Array:
        """Return s = 0."""
        return np.zeros_like(x)

    def step(self, gradient: Array, state: Array) -> tuple[Array, Array]:
        """Return -lr g / (sqrt(s) + eps)."""
        s = state + gradient * gradient
        return -self.lr * _scaled(gradient, s, self.eps), s


@dataclass(frozen=True, kw_only=True)
class RMSProp(Optimizer):
    """v <- alpha v + (1 - alpha) g^2;  x <- x - lr g / (sqrt(v) + eps).

    Source: Tieleman & Hinton 2012, lecture 6.5, in the form of torch.optim.RMSprop.
    """

    name: ClassVar[str] = "rmsprop"
    summary: ClassVar[str] = "v = alpha*v + (1 - alpha)*g^2, x - lr*g/(sqrt(v) + eps)"

    alpha: float = hyper(0.99, below=1)
    eps: float = hyper(1e-8)

    def init(self, x: Array) -> Array:
        """Return v = 0."""
        return np.zeros_like(x)

    def step(self, gradient: Array, state: Array) -> tuple[Array, Array]:
        """Return -lr g / (sqrt(v) + eps)."""
        v = self.alpha * state + (1 - self.alpha) * gradient * gradient
        return -self.lr * _scaled(gradient, v, self.eps), v


class AdamState(NamedTuple):
    """Steps taken, and the decaying means of g and of g^2, of the shape of x."""

    t: int
    m: Array
    v: Array


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """Decaying means of g and g^2, corrected for their start at 0: x <- x - lr m / (sqrt(v) + eps).

    Source: Kingma & Ba 2015, algorithm 1 (arXiv:1412.6980); torch.optim.Adam.
    """

    name: ClassVar[str] = "adam"
    summary: ClassVar[str] = "bias-corrected means of g and g^2, x - lr*m/(sqrt(v) + eps)"

    beta1: float = hyper(0.9, below=1)
    beta2: float = hyper(0.999, below=1)
    eps: float = hyper(1e-8)

    def init(self, x: Array) -> AdamState:
        """Return zero means."""
        return AdamState(0, np.zeros_like(x), np.zeros_like(x))

    def step(self, gradient: Array, state: AdamState) -> tuple[Array, AdamState]:
        """Return -lr m / (sqrt(v) + eps) with both means divided by 1 - beta^t."""
        t = state.t + 1
        m = self.beta1 * state.m + (1 - self.beta1) * gradient
        v = self.beta2 * state.v + (1 - self.beta2) * gradient * gradient
        scaled = _scaled(m / (1 - self.beta1**t), v / (1 - self.beta2**t), self.eps)
        return -self.lr * scaled, AdamState(t, m, v)


ADAGRAD = AdaGrad()
RMSPROP = RMSProp()
ADAM = Adam()
