"""The shape of an optimizer: frozen hyper-parameters, and two pure functions."""

import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError, quoted

Array = npt.NDArray[np.float64]


def hyper(default: float, below: float = math.inf) -> Any:
    """Declare a hyper-parameter: its default, and the bound it stays below (it is never negative)."""
    return dataclasses.field(default=default, metadata={"below": below})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Optimizer(ABC):
    """Hyper-parameters with `init(x) -> state` and `step(gradient, state) -> (update, state)`.

    The update is added to x. All arrays have the shape of x, (n,); nothing that is passed in is changed.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()

    lr: float = hyper(0.1)

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value, below = getattr(self, field.name), field.metadata["below"]
            if not 0 <= value < below:
                bounds = "at least 0" + (f" and below {below:g}" if below < math.inf else "")
                raise InputError(f"{field.name} must be {bounds}, and finite, not {value:g}")

    def with_settings(self, settings: Mapping[str, float]) -> Self:
        """Return the optimizer with other hyper-parameters. Raises InputError: unknown, or out of bounds."""
        known = {field.name: field.default for field in dataclasses.fields(self)}
        for key in settings:
            if key not in known:
                has = ", ".join(f"{name}={value}" for name, value in known.items())
                raise InputError(f"{self.name} has no setting {quoted(key)}", f"its settings: {has}")
        return dataclasses.replace(self, **settings)

    @abstractmethod
    def init(self, x: Array) -> Any:
        """Return the state before the first step from `x`."""

    @abstractmethod
    def step(self, gradient: Array, state: Any) -> tuple[Array, Any]:
        """Return the update to add to x, and the next state."""
