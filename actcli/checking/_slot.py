"""A function along one of its inputs: the numbers whose slope is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from actcli.checking._slopes import Places
from actcli.differences._spec import Array, Curve
from actcli.function import Function


@dataclass(frozen=True)
class Slot:
    """A function, the place of the input that moves, the points of all inputs, and the values to look at."""

    function: Function
    place: int
    points: tuple[Array, ...]
    values: Callable[..., Array]

    @property
    def name(self) -> str:
        """The input that moves."""
        return self.function.inputs[self.place]

    @property
    def x(self) -> Array:
        """Its numbers."""
        return self.points[self.place]

    @property
    def places(self) -> Mapping[str, Array]:
        """The points by name."""
        return dict(zip(self.function.inputs, self.points, strict=True))

    def along(self, some: Places) -> Curve:
        """Return the curve of some of the points: the other inputs are held there."""
        before = [part[some] for part in self.points[: self.place]]
        after = [part[some] for part in self.points[self.place + 1 :]]
        return lambda t: self.values(*before, t, *after)
