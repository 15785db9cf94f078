"""Steps along a decaying sum of gradients. The state is that sum, v."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from actcli.optimizers._spec import Array, Optimizer, hyper


@dataclass(frozen=True, kw_only=True)
class Momentum(Optimizer):
    """v <- momentum v + g;  x <- x - lr v.  Source: Polyak 1964, in the form of torch.optim.SGD."""

    name: ClassVar[str] = "momentum"
    summary: ClassVar[str] = "heavy ball: v = momentum*v + g, x - lr*v"

    momentum: float = hyper(0.9)

    def init(self, x: Array) -> Array:
        """Start at rest."""
        return np.zeros_like(x)

    def step(self, gradient: Array, state: Array) -> tuple[Array, Array]:
        """Return -lr v."""
        v = self.momentum * state + gradient
        return -self.lr * v, v


@dataclass(frozen=True, kw_only=True)
class Nesterov(Optimizer):
    """v <- momentum v + g;  x <- x - lr (g + momentum v).

    Source: Nesterov 1983, in the form of torch.optim.SGD(nesterov=True), Sutskever et al. 2013.
    """

    name: ClassVar[str] = "nesterov"
    summary: ClassVar[str] = "momentum that looks ahead: x - lr*(g + momentum*v)"

    momentum: float = hyper(0.9)

    def init(self, x: Array) -> Array:
        """Start at rest."""
        return np.zeros_like(x)

    def step(self, gradient: Array, state: Array) -> tuple[Array, Array]:
        """Return -lr (g + momentum v)."""
        v = self.momentum * state + gradient
        return -self.lr * (gradient + self.momentum * v), v


MOMENTUM = Momentum()
NESTEROV = Nesterov()
