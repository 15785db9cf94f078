"""The nodes inside of a formula in numbers, as the chain rule sees them: what it multiplies, and where."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from actcli.formula._operation import COMPARISON
from actcli.formula.calls import expanded
from actcli.formula.evaluate import Values, backward, forward, is_vector, program_of, times
from actcli.formula.graph import Node
from actcli.formula.text import text_of

_MOST_NODES = 60  # a longer formula has too many parts for one of them to say much


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A node that varies with a variable: its value, its slope by the variable, and what arrives from above.

    The chain rule gives the variable `arrived*slope` along the paths through it.
    """

    text: str
    value: Values
    arrived: Values
    slope: Values

    @property
    def surplus(self) -> Values:
        """What the whole slope gains when the node's own slope is forgotten: arrived*(1 - slope)."""
        with np.errstate(all="ignore"):
            return np.where(np.equal(self.arrived, 0), 0.0, self.arrived * (1 - self.slope))


@dataclass(frozen=True, kw_only=True)
class Term:
    """One of the terms that the slope of an operation on several varying operands is the sum of."""

    operand: str
    operation: str
    share: Values


def inner(root: Node, names: Mapping[str, Values], name: str) -> tuple[Inner, ...]:
    """Return the operations below the root that vary with a variable, in the order of evaluation.

    Catalogue functions are opened into their formulas. Of vectors, and of formulas beyond 60 nodes, there are
    none.
    """
    root = expanded(root)
    if not _is_short(root):
        return ()
    values = forward(root, names)
    arrived, slopes = backward(root, values), _slopes(root, values, name)
    return tuple(
        Inner(text=text_of(node), value=values[k], arrived=arrived[k], slope=slopes[k])
        for k, node in enumerate(root.order[:-1])
        if node.operation and node.operation.tightness != COMPARISON
        if name in node.variables and arrived[k] is not None
    )


def terms(root: Node, names: Mapping[str, Values], name: str) -> tuple[Term, ...]:
    """Return the terms of sums and products of several operands that vary with a variable; see `inner`."""
    root = expanded(root)
    if not _is_short(root):
        return ()
    values = forward(root, names)
    arrived, slopes = backward(root, values), _slopes(root, values, name)
    found = []
    for operation, inputs, output, _ in program_of(root).steps:
        varying = [k for k in inputs if name in root.order[k].variables]
        if len(varying) < 2 or arrived[output] is None:
            continue
        for place, rule in zip(inputs, operation.partials, strict=True):
            if place in varying and rule is not None:
                local = rule(*(values[k] for k in inputs), values[output])
                share = times(times(arrived[output], local), slopes[place])
                texts = (text_of(root.order[k]) for k in (place, output))
                found.append(Term(operand=next(texts), operation=next(texts), share=share))
    return tuple(found)


def _is_short(root: Node) -> bool:
    return not is_vector(root) and len(root.order) <= _MOST_NODES


def _slopes(root: Node, values: list[Values], name: str) -> list[Values]:
    """Return the slope of each node by the variable, forwards: 0 where it does not vary with it."""
    program = program_of(root)
    slopes: list[Values] = [0.0] * len(values)
    for place, leaf in program.leaves:
        slopes[place] = 1.0 if leaf == name else 0.0
    with np.errstate(all="ignore"):
        for operation, inputs, output, varies in program.steps:
            arguments = [values[k] for k in inputs]
            for place, rule, varying in zip(inputs, operation.partials, varies, strict=True):
                if varying and rule is not None:
                    slopes[output] = slopes[output] + times(slopes[place], rule(*arguments, values[output]))
    return slopes
