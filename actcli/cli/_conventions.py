"""What is meant by a derivative where there is none, and by nan: said once, on stderr."""

from typing import TYPE_CHECKING, Any

from actcli.cli._write import say

_IMPLEMENTED = 2

if TYPE_CHECKING:
    import numpy.typing as npt

    from actcli.function import Function


def say_conventions(function: "Function", x: "npt.ArrayLike", order: int) -> None:
    """Say which slope is meant at each kink among the points, for derivatives up to `order`."""
    import numpy as np

    for corner in {c.at: c for c in function.corners if c.order <= order}.values():
        if np.any(np.asarray(x) == corner.at):
            side = "the mean of both sides" if corner.side == "mean" else f"that from the {corner.side}"
            say(f"note: {function.name} has no derivative at {corner.at:g}; shown is {side}, by convention")


def say_typed(function: "Function", order: int) -> None:
    """Say that derivatives which no catalogue function implements are those of its formula."""
    if order > _IMPLEMENTED and function.formula and not function.name.startswith(function.formula):
        say(f"note: the derivative of order {order} of {function.name} is that of its formula, as typed")


def say_domain(function: "Function", x: "tuple[npt.NDArray[Any], ...]", axis: int) -> None:
    """Say where the value is nan though no input is."""
    import numpy as np

    value = np.isnan(function(*x, axis=axis))
    inputs = [np.isnan(part) for part in x]
    if not function.elementwise:
        value, *inputs = (np.moveaxis(part, axis, -1).any(axis=-1) for part in (value, *inputs))
    lost = value & ~np.logical_or.reduce(np.broadcast_arrays(value, *inputs)[1:])
    if not lost.any():
        return
    what, place = ("points", _place(function, x, lost)) if function.elementwise else ("vectors", "")
    count = f"{np.count_nonzero(lost)} of {lost.size} {what}"
    say(f"note: {function.name} is nan at {count}: outside its domain{place}")


def _place(function: "Function", x: "tuple[npt.NDArray[Any], ...]", lost: "npt.NDArray[Any]") -> str:
    import numpy as np

    first = np.flatnonzero(lost)[0]
    parts = (np.broadcast_to(part, lost.shape).reshape(-1)[first] for part in x)
    return ", first at " + ", ".join(f"{a} = {v!s}" for a, v in zip(function.inputs, parts, strict=True))
