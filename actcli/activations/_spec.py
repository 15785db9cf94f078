"""The record of an activation function: its formula, its implementation, and the facts about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from actcli.numerics import Array


@dataclass(frozen=True, kw_only=True)
class Kink:
    """A point where the function or one of its first two derivatives jumps, and the convention there.

    `at` is a number or the name of a parameter. `side` says which one-sided limit the derivatives report
    at the point itself: "left", "right", or "mean" for half their sum. `order` is the lowest derivative that
    can jump there: 0 for a step, 1 for a corner, 2 where the slope is continuous but its own slope is not.
    """

    at: str
    side: Literal["left", "right", "mean"]
    order: Literal[0, 1, 2] = 1


@dataclass(frozen=True, kw_only=True)
class Activation:
    """An activation function: a formula (the specification) and its stable implementation.

    The implementations take a float64 array `x` of any shape and the parameters by name, never change `x`,
    and return float64: correct on all finite numbers and at both infinities, nan in, nan out, no warnings.

    An elementwise function has `derivative` and `second_derivative` of the shape of `x`. A vector function
    (`elementwise=False`) works along the last axis; its `derivative` is the Jacobian, of shape (..., n, n)
    with d y_i / d x_j at [..., i, j], and `product(x, upstream)` is the Jacobian's product with an upstream
    gradient (sum over i of upstream_i * d y_i / d x_j), without forming the matrix.
    """

    name: str
    summary: str
    formula: str
    value: Callable[..., Array]
    derivative: Callable[..., Array]
    second_derivative: Callable[..., Array] | None = None
    product: Callable[..., Array] | None = None
    elementwise: bool = True
    parameters: Mapping[str, float] = field(default_factory=dict)
    kinks: tuple[Kink, ...] = ()
    aliases: tuple[str, ...] = ()
    source: str

    def __post_init__(self) -> None:
        if not self.elementwise and self.product is None:
            raise ValueError(f"{self.name} is a vector function: it needs the product with its Jacobian")
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
