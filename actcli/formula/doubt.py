"""How far off a graph's value in plain floats may be: what its operations round off, seen at the root."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np

from actcli.formula._operation import COMPARISON
from actcli.formula._wide import constant_of
from actcli.formula.evaluate import Step, Values, flowed, forward, program_of
from actcli.formula.graph import Node
from actcli.formula.operations import add, clip, div, floor, maximum, minimum, mul, sub, where
from actcli.numerics.wide import UNIT, from_floats, subtract, to_floats

_HALF_DIGIT = 2.0**-53
_LARGEST = 2.0**500  # of a step: what is larger, or smaller than its inverse, is left to wide numbers
_CLOSE = 2.0**-30  # relative: what is nearer has cancelled to noise, or may be in the wrong order
_CHOICES = (maximum, minimum, clip)


class _Charge(NamedTuple):
    """A step towards what varies and is no leaf, and what it rounds off, in halves of the last digit.

    `inexact` are the places of constants that float64 does not hold, each with how far off it is. A step
    `is_computed` where an input is the result of an operation: x - 1 is exact where it cancels.
    """

    step: Step
    roundings: float
    inexact: tuple[tuple[int, float], ...]
    is_computed: bool


def doubt(root: Node, names: Mapping[str, Values]) -> tuple[Values, Values]:
    """Return the value, and a bound of what its roundings cost; nan or inf where nothing is known.

    The bound adds up, over the operations, what each one rounds off times the gradient there.
    """
    values, charges = forward(root, names), _charges(root)
    steps = [charge.step for charge in charges]
    gradients = flowed(root, values, 1.0, absorbing=True, steps=steps)
    total: Values = 0.0
    for charge in charges:
        gradient = gradients[charge.step.output]
        if gradient is not None:
            total = total + np.where(np.equal(gradient, 0), 0.0, np.abs(gradient) * _cost(charge, values))
    return values[-1], _unless_misled(charges, values, total)


def _unless_misled(charges: Sequence[_Charge], values: Sequence[Values], total: Values) -> Values:
    """Return the bound, but inf where a step that counts has lost what no slope tells of.

    1/inf, 0*0 and choices have no slope; nor has a square of what has cancelled to 0.
    """
    misled = {charge.step.output: lost for charge in charges if np.any(lost := _misleads(charge, values))}
    if not misled:
        return total
    alive: dict[int, Values] = {charges[-1].step.output: True}
    for charge in reversed(charges):
        step = charge.step
        here = alive.get(step.output, False)
        total = np.where(here & misled.get(step.output, False), np.inf, total)
        for k, counts in zip(step.inputs, _counting(step, values), strict=True):
            alive[k] = alive.get(k, False) | (here & counts)
    return total


def _misleads(charge: _Charge, values: Sequence[Values]) -> Values:
    """Return where a step leaves the middle of the range, cancels, or chooses between near equals."""
    step = charge.step
    operation, arguments, output = step.operation, [values[k] for k in step.inputs], values[step.output]
    if operation.tightness == COMPARISON:
        return _too_close(*arguments) if charge.is_computed else False
    lost: Values = _is_extreme(output)
    if operation.roundings and operation not in (add, sub):
        gone = np.equal(output, 0)
        if np.any(gone):
            lost |= gone & reduce(np.logical_and, (np.not_equal(a, 0) for a in arguments))
    if charge.is_computed and (operation in (add, sub, floor) or operation in _CHOICES):
        first, *others = arguments if operation is not floor else (*arguments, np.rint(arguments[0]))
        gaps = (_too_close(first, -other if operation is add else other) for other in others)
        lost = reduce(np.logical_or, gaps, lost)
    return lost


def _is_extreme(output: Values) -> Values:
    """Whether slopes on the way may overflow or fade to 0: in the middle of the range none does."""
    size = np.abs(output)
    return (size > _LARGEST) | ((size < 1 / _LARGEST) & (size != 0))


def _too_close(a: Values, b: Values) -> Values:
    """Where the difference of two computed numbers is lost to rounding, or may have the wrong sign."""
    return np.abs(a - b) <= _CLOSE * np.maximum(np.abs(a), np.abs(b))


def _counting(step: Step, values: Sequence[Values]) -> Sequence[Values]:
    """Return which inputs of a step count: of a choice only the branch that is taken."""
    if step.operation is not where:
        return [True] * len(step.inputs)
    chosen = np.asarray(values[step.inputs[0]], dtype=bool)
    return [True, chosen, ~chosen]


def _cost(charge: _Charge, values: Sequence[Values]) -> Values:
    """Return how far off a step may leave its output."""
    step = charge.step
    arguments, output = [values[k] for k in step.inputs], values[step.output]
    scales = step.operation is mul and any(map(_scales, arguments))
    cost = np.abs(output) * (0.0 if scales else charge.roundings * _HALF_DIGIT)
    for k, halves in charge.inexact:
        rule = step.operation.partials[k]
        slope = rule(*arguments, output) if rule else 0.0
        cost = cost + np.abs(slope * arguments[k]) * (halves * _HALF_DIGIT)
    return cost


@lru_cache(maxsize=256)
def _charges(root: Node) -> tuple[_Charge, ...]:
    order, found = root.order, []
    for step in program_of(root).steps:
        inputs = [order[k] for k in step.inputs]
        inner = tuple(bool(a.variables and a.operation) for a in inputs)
        halves = ((k, _halves(a)) for k, a in enumerate(inputs))
        inexact = tuple((k, half) for k, half in halves if half)
        is_computed = any(inner) or bool(inexact)
        found.append(_Charge(step._replace(varies=inner), _roundings(step, inputs), inexact, is_computed))
    return tuple(found)


def _halves(node: Node) -> float:
    """Return how far a constant's float is off, in halves of its last digit."""
    if node.variables or node.text == "inf":
        return 0.0
    exact = constant_of(node) if math.isfinite(node.constant) else None
    if exact is None:
        return math.inf
    gap = to_floats(subtract(exact, from_floats(np.full((), node.constant))))
    bound = abs(float(gap)) + float(exact.error) * UNIT * abs(node.constant)
    if not bound:
        return 0.0
    return math.ceil(bound / (abs(node.constant) * _HALF_DIGIT)) if node.constant else math.inf


def _roundings(step: Step, inputs: Sequence[Node]) -> float:
    """Return what an operation rounds off: dividing by a power of two, nothing."""
    if step.operation is div and inputs[1].constant is not None and _scales(inputs[1].constant):
        return 0.0
    return step.operation.roundings


def _scales(value: Values) -> bool:
    """Whether to multiply with this loses nothing: a power of two."""
    return np.ndim(value) == 0 and abs(math.frexp(value)[0]) == 0.5
