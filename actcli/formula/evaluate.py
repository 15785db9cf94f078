"""Values of a graph as typed, each node once, and the gradients that flow back through it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from actcli.errors import InputError
from actcli.formula._operation import Operation
from actcli.formula.graph import Node

Values = Any  # a numpy array, or a float where nothing varies


class Step(NamedTuple):
    """An operation, the places of its inputs and its output in the order, and which inputs vary."""

    operation: Operation
    inputs: tuple[int, ...]
    output: int
    varies: tuple[bool, ...]


class Program(NamedTuple):
    """What varies in a graph, in order."""

    steps: tuple[Step, ...]
    leaves: tuple[tuple[int, str], ...]  # the variables, by place
    is_vector: bool


@lru_cache(maxsize=256)
def program_of(root: Node) -> Program:
    """Return the steps that a graph's variables take part in."""
    place = {node: k for k, node in enumerate(root.order)}
    varying = [node for node in root.order if node.variables]
    steps = [
        Step(node.operation, tuple(place[a] for a in node.inputs), place[node], _varies(node))
        for node in varying
        if node.operation is not None
    ]
    leaves = tuple((place[node], node.text) for node in varying if node.operation is None)
    return Program(tuple(steps), leaves, is_vector(root))


def _varies(node: Node) -> tuple[bool, ...]:
    return tuple(bool(a.variables) for a in node.inputs)


def is_vector(root: Node) -> bool:
    """Whether the formula works on vectors: then it is no function of one number at a time."""
    return any(node.operation is not None and node.operation.pullback is not None for node in root.order)


def forward(root: Node, names: Mapping[str, Values]) -> list[Values]:
    """Return the value of each node of `root.order`; `names` has the arrays of the variables, of one shape.

    Nothing is simplified before it is evaluated. Outside of a function's domain the value is nan, and what
    overflows is inf. Raises InputError for vectors that do not fit together.
    """
    program = program_of(root)
    values: list[Values] = [node.constant for node in root.order]
    for place, name in program.leaves:
        given = names[name]  # Python's own floats do not divide by 0, and become complex
        values[place] = np.float64(given) if isinstance(given, float | int) else given
    with np.errstate(all="ignore"):
        for operation, inputs, output, _ in program.steps:
            try:
                values[output] = operation.value(*[values[k] for k in inputs])
            except ValueError:
                raise InputError("vectors of different lengths do not fit together") from None
    return values


def on_complex(root: Node, names: Mapping[str, Values]) -> Values:
    """Return the value on complex numbers; comparisons, abs, max and their like go by the real part.

    Raises InputError for an operation that takes none.
    """
    values: list[Values] = [node.constant for node in root.order]
    for place, name in program_of(root).leaves:
        values[place] = names[name]
    with np.errstate(all="ignore"):
        for operation, inputs, output, _ in program_of(root).steps:
            try:
                values[output] = (operation.continued or operation.value)(*[values[k] for k in inputs])
            except TypeError:
                raise InputError(f"{operation.name} takes no complex numbers") from None
    return values[-1]


def backward(root: Node, values: Sequence[Values], upstream: Values = 1.0) -> list[Values]:
    """Return the gradient that arrives at each node of `root.order`, from `upstream` at the root.

    `values` are those of `forward`; what does not vary has None. One pass, for any number of variables. A
    gradient of 0 absorbs: 0 times an infinite local derivative is 0. Where the value is nan, so is every
    gradient. For vectors, `upstream` must have the shape of the root's value.
    """
    program = program_of(root)
    leaves = program.leaves
    with np.errstate(all="ignore"):
        gradients = flowed(root, values, upstream, absorbing=False)
        if any(gradients[place] is not None and np.isnan(gradients[place]).any() for place, _ in leaves):
            gradients = flowed(root, values, upstream, absorbing=True)  # 0*inf is one of the reasons
    lost = np.isnan(values[-1])
    if not lost.any():
        return gradients
    lost = lost.any(axis=-1, keepdims=True) if program.is_vector else lost
    return [None if gradient is None else np.where(lost, np.nan, gradient) for gradient in gradients]


def flowed(
    root: Node,
    values: Sequence[Values],
    upstream: Values,
    absorbing: bool,
    steps: Sequence[Step] | None = None,
) -> list[Values]:
    """Return the gradients at the nodes of a graph that `steps` lead to, by default all that vary."""
    program = program_of(root)
    found: list[Values] = [None] * len(values)
    found[-1] = upstream if root.variables else None
    for step in reversed(program.steps if steps is None else steps):
        gradient = found[step.output]
        if gradient is None:
            continue
        if program.is_vector:
            gradient = _spread(gradient, values[step.output])
        for place, share in _shares(step, values, gradient, absorbing):
            if program.is_vector:
                share = fitted(share, values[place])
            found[place] = share if found[place] is None else found[place] + share
    return found


def _shares(
    step: Step, values: Sequence[Values], gradient: Values, absorbing: bool
) -> Iterator[tuple[int, Values]]:
    """Yield what each varying input gets of the gradient, with its place."""
    arguments = [values[k] for k in step.inputs]
    output = values[step.output]
    if step.operation.pullback is not None:
        parts = step.operation.pullback(*arguments, output, gradient)
        shares = zip(step.inputs, parts, step.varies, strict=False)
        yield from ((place, share) for place, share, varies in shares if varies)
        return
    for place, rule, varies in zip(step.inputs, step.operation.partials, step.varies, strict=True):
        if varies and rule is not None:
            yield place, times(gradient, rule(*arguments, output), absorbing)


def sensitivity(root: Node, names: Mapping[str, Values]) -> Values:
    """Return how far off the value may be, in units of rounding: the sum of |gradient*value| over operations.

    For a formula that does not cancel it is about the value itself.
    """
    values = forward(root, names)
    gradients = backward(root, values)
    with np.errstate(all="ignore"):
        parts = [
            np.abs(gradients[step.output] * values[step.output])
            for step in program_of(root).steps
            if gradients[step.output] is not None
        ]
        return (
            np.nansum(np.broadcast_arrays(*parts, values[-1])[:-1], axis=0) if parts else np.abs(values[-1])
        )


def times(gradient: Values, partial: Values, absorbing: bool = True) -> Values:
    """Multiply a gradient with a local derivative; a gradient of 0 absorbs even an infinite one.

    So does a local derivative of whole numbers, which are choices: the branch that is not taken has no slope.
    """
    if type(partial) is int and partial in (1, -1):
        return gradient if partial == 1 else -gradient
    if absorbing and np.asarray(partial).dtype.kind == "i":
        return np.where(np.equal(partial, 0), 0.0, gradient)
    if absorbing:
        return np.where(np.equal(gradient, 0), 0.0, gradient * partial)
    return gradient * partial


def fitted(share: Values, like: Values) -> Values:
    """Give a share the length of its input: spread to all entries, or added up where one was stretched."""
    share = _spread(share, like)
    if np.ndim(share) and np.shape(like)[-1:] == (1,) and np.shape(share)[-1] != 1:
        return np.sum(share, axis=-1, keepdims=True)
    return share


def _spread(gradient: Values, like: Values) -> Values:
    return np.broadcast_to(gradient, np.broadcast_shapes(np.shape(gradient), np.shape(like)))
