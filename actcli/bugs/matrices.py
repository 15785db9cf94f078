"""Wrong places in a Jacobian."""

import numpy as np

from actcli.bugs._spec import Bug, Change, Slopes
from actcli.function import Array, Function


def _transposed(function: Function, place: int) -> Change:
    def change(s: Slopes) -> Array:
        square = s.slope.ndim == 3 and s.slope.shape[1] == s.slope.shape[2]
        return s.slope.swapaxes(1, 2) if square else s.slope

    return change


def _diagonal(function: Function, place: int) -> Change:
    def change(s: Slopes) -> Array:
        return s.slope * np.eye(*s.slope.shape[1:]) if s.slope.ndim == 3 else s.slope

    return change


TRANSPOSED = Bug(
    name="transposed",
    summary="the Jacobian transposed",
    needs="a vector function with a Jacobian that is square and not symmetric",
    change=_transposed,
)

DIAGONAL = Bug(
    name="diagonal",
    summary="of the Jacobian the diagonal alone",
    needs="a vector function whose outputs depend on more than their own input",
    change=_diagonal,
)
