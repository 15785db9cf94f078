"""A factor of the chain rule forgotten."""

import numpy as np

from actcli.bugs._spec import Bug, Change, Slopes, grid
from actcli.formula.inner import Inner, inner
from actcli.function import Array, Function


def _dropped(function: Function, place: int) -> Change:
    """Return the change that takes the slope of one inner operation for 1: of the first that is not +-1."""
    name = function.inputs[place]
    chosen = _chosen(_parts(function, grid(function), name))

    def change(s: Slopes) -> Array:
        found = (part for part in _parts(function, s.inputs, name) if part.text == chosen)
        return np.asarray(s.slope + next(part.surplus for part in found))

    return change if chosen else lambda s: s.slope


def _parts(function: Function, x: tuple[Array, ...], name: str) -> tuple[Inner, ...]:
    if function.make_graph is None or not function.elementwise:
        return ()
    return inner(function.graph, dict(zip(function.inputs, x, strict=True)), name)


def _chosen(parts: tuple[Inner, ...]) -> str:
    """Return the text of the innermost part whose slope counts; one of -1 is the sign, and no other's."""
    counting = [part for part in parts if np.any(np.nan_to_num(part.surplus))]
    better = [part for part in counting if np.any(np.abs(part.slope) != 1)]
    return next((part.text for part in (*better, *counting)), "")


CHAIN = Bug(
    name="chain",
    summary="the chain rule cut short: without the factor of the innermost operation, as a of f(a*x)",
    needs="a formula of numbers with something inside of something",
    change=_dropped,
)
