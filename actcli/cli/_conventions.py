"""What is meant by a derivative where there is none, and by nan: said once, on stderr."""

import math
from typing import TYPE_CHECKING, Any

from actcli.cli._write import say

_IMPLEMENTED = 2
_NAMES = ("derivative", "derivative", "second derivative")  # of what is missing: of a jump, too, the first
_ROUNDED = 1e-12  # so far apart are equal limits where the place of the kink is a rounded number

if TYPE_CHECKING:
    import numpy.typing as npt

    from actcli.function import Function


def say_conventions(function: "Function", x: "npt.ArrayLike", order: int) -> None:
    """Say which slope is meant at each kink among the points, for derivatives up to `order`."""
    import numpy as np

    for corner in {c.at: c for c in function.corners if c.order <= order}.values():
        if np.any(np.asarray(x) == corner.at) and (missing := _missing(function, corner.at, order)):
            side = "the mean of both sides" if corner.side == "mean" else f"that from the {corner.side}"
            say(f"note: {function.name} has no {missing} at {corner.at:g}; shown is {side}, by convention")


def _missing(function: "Function", at: float, order: int) -> str:
    """Return the name of the first derivative that does not exist at a corner; "" where all up to `order` do.

    A corner's order says what may jump there: with its parameters (elu with alpha = 1) it may not.
    """
    from actcli.formula.derive import substituted
    from actcli.formula.graph import variable
    from actcli.formula.implementation import INPUT
    from actcli.formula.sides import limit

    graph = substituted(function.graph, {function.inputs[0]: variable(INPUT)})
    for k in range(min(c.order for c in function.corners if c.at == at), order + 1):
        left, right = (limit(graph, k, at, side, {}) for side in ("left", "right"))
        if not math.isclose(left, right, rel_tol=_ROUNDED, abs_tol=_ROUNDED):
            return _NAMES[k] if k < len(_NAMES) else f"derivative of order {k}"
    return ""


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
