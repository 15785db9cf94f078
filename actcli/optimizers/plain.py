"""Steps along the gradient, without memory."""

from dataclasses import dataclass
from typing import ClassVar

from actcli.optimizers._spec import Array, Optimizer


@dataclass(frozen=True, kw_only=True)
class GradientDescent(Optimizer):
    """x <- x - lr g.  Source: Cauchy 1847; torch.optim.SGD."""

    name: ClassVar[str] = "gd"
    summary: ClassVar[str] = "x - lr*g"
    aliases: ClassVar[tuple[str, ...]] = ("sgd",)

    def init(self, x: Array) -> None:
        """No state."""

    def step(self, gradient: Array, state: None) -> tuple[Array, None]:
        """Return -lr g."""
        return -self.lr * gradient, None


GD = GradientDescent()
