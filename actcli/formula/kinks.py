"""Derivatives that keep a convention: at a kink they report the limit that it names, exactly."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from actcli.formula.constant import constant

if TYPE_CHECKING:
    from actcli.formula.graph import Node

_Bound = tuple[tuple[str, float], ...]  # parameters


class Convention(Protocol):
    """Which limit counts at a point, from which order of derivatives on."""

    @property
    def at(self) -> str: ...  # noqa: D102
    @property
    def side(self) -> str: ...  # noqa: D102
    @property
    def order(self) -> int: ...  # noqa: D102


def sided(
    code: Callable[..., Any], order: int, kinks: Sequence[Convention], formula: "Callable[[], Node]"
) -> Callable[..., Any]:
    """Return the code of a derivative of that order: at `kinks` the limits that these name, else `code`'s.

    `formula` makes the function's graph, in x and the parameters; it is asked for when a point hits a kink.
    """
    # Of two conventions for one point the one of the higher order is put in later, and stands.
    valid = sorted((kink for kink in kinks if kink.order <= order), key=lambda kink: kink.order)

    @lru_cache
    def limits(bound: _Bound) -> dict[float, Callable[[], float]]:
        parameters = dict(bound)
        sides = {constant(kink.at, parameters): kink.side for kink in valid}
        return {at: cache(partial(_limit, formula, order, at, s, parameters)) for at, s in sides.items()}

    def compute(x: Any, **parameters: Any) -> Any:
        y = code(x, **parameters)
        bound = tuple((name, float(n)) for name, n in parameters.items())  # a trace has arrays of one
        for at, limit in limits(bound).items():
            hit = np.equal(x, at)
            if np.isfinite(at) and hit.any():
                y = np.where(hit, limit(), y)
        return y

    return compute if valid else code


def _limit(
    formula: "Callable[[], Node]", order: int, at: float, side: str, parameters: dict[str, float]
) -> float:
    from actcli.formula.sides import limit  # who hits no kink does not wait for it

    return limit(formula(), order, at, side, parameters)
