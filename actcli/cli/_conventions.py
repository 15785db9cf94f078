"""What is meant by a derivative where there is none: said once, on stderr."""

from typing import TYPE_CHECKING

from actcli.cli._write import say

if TYPE_CHECKING:
    import numpy.typing as npt

    from actcli.function import Function


def say_conventions(function: "Function", x: "npt.ArrayLike", order: int) -> None:
    """Say which slope is meant at each kink among the points, for derivatives up to `order`."""
    import numpy as np

    for corner in function.corners:
        if corner.order <= order and np.any(np.asarray(x) == corner.at):
            side = "the mean of both sides" if corner.side == "mean" else f"that from the {corner.side}"
            say(f"note: {function.name} has no derivative at {corner.at:g}; shown is {side}, by convention")
