"""Jacobians with their numbers in the wrong places, and gradients that do not flow on."""

import numpy as np

from actcli.causes._spec import Case, Cause, fixed, scaled
from actcli.function import Array

_MOST = 100_000  # entries of the input: with more a Jacobian takes its time


def _transposed(case: Case) -> str | None:
    shape = case.shape
    if shape is None or case.is_flow or shape[1] != shape[2]:
        return None
    measured = case.part.seen.slopes.measured.value
    turned, unsure = (_flipped(each, shape)[case.at] for each in (measured, case.part.allowed))
    if not case.explained(fixed(turned), unsure=unsure):
        return None
    return f"the Jacobian transposed: dy_i/dx_j stands in the place of dy_j/dx_i at {case.all_wrong}"


def _flipped(flat: Array, shape: tuple[int, int, int]) -> Array:
    return flat.reshape(shape).swapaxes(1, 2).reshape(-1)


def _diagonal(case: Case) -> str | None:
    shape = case.shape
    if shape is None or case.is_flow:
        return None
    own = np.broadcast_to(np.eye(*shape[1:]), shape).reshape(-1)[case.at]
    if not case.explained(scaled(own)):
        return None
    return f"the diagonal alone: 0 is stated for dy_i/dx_j wherever i and j differ, {case.all_wrong}"


def _upstream(case: Case) -> str | None:
    """Let nothing flow in: what still flows back is what is stated where the upstream gradient is unused."""
    points = _points(case)
    if not points:
        return None
    place = case.function.inputs.index(case.part.seen.name)
    idle = case.function.gradient(*points, upstream=0.0)[place].reshape(-1)[case.at]
    if not idle.any() or not case.explained(fixed(idle)):
        return None
    return f"the upstream gradient is not used: with 0 flowing in, the same flows back at {case.all_wrong}"


def _derivative(case: Case) -> str | None:
    """Look whether what flows back is right, but for the derivative that the function states itself."""
    points, function = _points(case), case.function
    if not points or len(function.orders) < 2 or points[0].size > _MOST:
        return None
    stated, what = function(*points, order=1), "derivative" if function.elementwise else "Jacobian"
    if function.elementwise:
        flows = function.gradient(*points, upstream=2.0)[0] / 2
    else:
        units = np.eye(stated.shape[1])
        flows = np.stack([function.gradient(*points, upstream=unit)[0] for unit in units], axis=1)
    if not np.allclose(flows, stated, rtol=1e-12, atol=0):
        return None
    return f"the {what}: what flows back is its product with the upstream gradient, and it is wrong itself"


def _points(case: Case) -> tuple[Array, ...]:
    """Return where gradients flow in, as the function takes it; nowhere into entries of a Jacobian."""
    if case.plain:
        return ()
    if case.function.elementwise:
        return tuple(case.part.seen.places.values())
    if len(case.function.inputs) > 1 or not (case.shape and case.is_flow):
        return ()
    return (case.part.seen.x.reshape(case.shape[0], case.shape[2]),)


UPSTREAM = Cause(name="upstream", summary="the gradient that flows in is not used", rank=3, explain=_upstream)

TRANSPOSED = Cause(name="transposed", summary="the Jacobian transposed", rank=4, explain=_transposed)

DIAGONAL = Cause(name="diagonal", summary="of the Jacobian the diagonal alone", rank=5, explain=_diagonal)

DERIVATIVE = Cause(
    name="derivative",
    summary="what flows back is right, but for a wrong derivative or Jacobian",
    rank=31,
    aliases=("jacobian",),
    explain=_derivative,
)
