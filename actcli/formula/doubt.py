"""How far off a graph's value in plain floats may be: what its operations round off, seen at the root."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np

from actcli.formula._operation import COMPARISON
from actcli.formula.evaluate import Step, Values, flowed, forward, program_of
from actcli.formula.graph import Node
from actcli.formula.operations import add, clip, div, maximum, minimum, mul, neg, sub, where

_HALF_DIGIT = 2.0**-53
_OF_CONSTANTS = 4.0  # halves of a digit that a computed constant, sqrt(2/pi), may be off
_FADING = 2.0**-960  # from here down, products lose digits
_LEAST = 5e-324
_CLOSE = 2.0**-48  # relative: nearer, rounding may have put two numbers in the wrong order
_CHOICES = (maximum, minimum, clip)


class _Charge(NamedTuple):
    """A step towards what varies and is no leaf, and what it rounds off, in halves of the last digit.

    `inexact` are the places of constants that float64 does not hold, each with how far off it is.
    """

    step: Step
    roundings: float
    inexact: tuple[tuple[int, float], ...]


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

    1/inf and 0*0 have no slope, and a choice between numbers that rounding brought together may be wrong.
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
    """Return where a step overflows, fades to 0, or chooses between numbers that may be equal."""
    step = charge.step
    arguments, output = [values[k] for k in step.inputs], values[step.output]
    if step.operation.tightness == COMPARISON or step.operation in _CHOICES:
        return (
            _too_close(*arguments[:2]) | _too_close(arguments[0], arguments[-1])
            if any(step.varies)
            else False
        )
    lost: Values = ~np.isfinite(output)
    if np.any(lost):
        lost &= reduce(np.logical_and, map(np.isfinite, arguments))
    if charge.roundings and step.operation not in (add, sub):
        gone = np.equal(output, 0)
        if np.any(gone):
            lost |= gone & reduce(np.logical_and, (np.not_equal(a, 0) for a in arguments))
    return lost


def _too_close(a: Values, b: Values) -> Values:
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
    roundings = 0.0 if step.operation is mul and any(map(_scales, arguments)) else charge.roundings
    cost = np.abs(output) * (roundings * _HALF_DIGIT)
    if charge.roundings:
        faded = (np.abs(output) < _FADING) & reduce(np.logical_and, (np.not_equal(a, 0) for a in arguments))
        cost = cost + np.where(faded, _LEAST, 0.0)
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
        found.append(_Charge(step._replace(varies=inner), _roundings(step, inputs), inexact))
    return tuple(found)


def _halves(node: Node) -> float:
    if node.variables or node.text == "inf" or _is_exact(node):
        return 0.0
    return 1.0 if node.operation is None else _OF_CONSTANTS


def _is_exact(node: Node) -> bool:
    """Whether the float of a constant is the constant: a dyadic number, or whole numbers' arithmetic."""
    if node.operation is None:
        return node.is_number and Fraction(node.text) == Fraction(node.constant)
    is_whole = float(node.constant).is_integer() and abs(node.constant) < 2.0**53
    return is_whole and node.operation in (add, sub, mul, neg) and all(map(_is_exact, node.inputs))


def _roundings(step: Step, inputs: Sequence[Node]) -> float:
    """Return what an operation rounds off: dividing by a power of two, nothing."""
    if step.operation is div and inputs[1].constant is not None and _scales(inputs[1].constant):
        return 0.0
    return step.operation.roundings


def _scales(value: Values) -> bool:
    """Whether to multiply with this loses nothing: a power of two."""
    return np.ndim(value) == 0 and abs(math.frexp(value)[0]) == 0.5
