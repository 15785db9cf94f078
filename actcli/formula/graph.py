"""The computation graph: immutable nodes, of which equal ones are one and the same."""

import re
from collections.abc import Sequence
from threading import RLock
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from actcli.errors import InputError
from actcli.formula import operations as op
from actcli.formula._operation import CONSTANTS, Operation, Symbol

_is_number = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII).fullmatch


class Node(Symbol):
    """An operation on inputs, a variable, or a constant.

    A leaf has no operation and stands for its `text`: the name of a variable, a number, or one of CONSTANTS.
    A number's exact value is the decimal that its text says, its float the nearest one. `variables` are the
    names in the node, in the order of first appearance. `constant` is the value of a node without variables,
    else None. Nodes are made by `variable`, `literal` and operations, and are equal when they are the same.
    """

    __slots__ = ("__weakref__", "_order", "constant", "inputs", "operation", "text", "variables")

    operation: Operation | None
    inputs: "tuple[Node, ...]"
    text: str
    variables: tuple[str, ...]
    constant: Any
    _order: "tuple[Node, ...] | None"

    @property
    def order(self) -> "tuple[Node, ...]":
        """The nodes that this one is made of, each once, inputs first, itself last."""
        if self._order is None:
            self._order = _in_order(self)
        return self._order

    @property
    def is_number(self) -> bool:
        """Whether this is a number written in decimals."""
        return self.operation is None and self.constant is not None and self.text not in CONSTANTS

    def applied(self, operation: Operation, arguments: Sequence[Any]) -> "Node":
        """Return the node of an operation on nodes and numbers."""
        inputs = tuple(a if isinstance(a, Node) else literal(repr(a)) for a in arguments)
        if operation is op.neg and inputs[0].is_number:
            text = inputs[0].text
            return literal(text[1:] if text.startswith("-") else f"-{text}")
        return _made(operation, inputs, "")

    def literal(self, text: str) -> "Node":
        """Return the node of a number or of a named constant."""
        return literal(text)

    def __add__(self, other: Any) -> Any:
        return op.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return op.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return op.sub(self, other)

    def __rsub__(self, other: Any) -> Any:
        return op.sub(other, self)

    def __mul__(self, other: Any) -> Any:
        return op.mul(self, other)

    def __rmul__(self, other: Any) -> Any:
        return op.mul(other, self)

    def __truediv__(self, other: Any) -> Any:
        return op.div(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return op.div(other, self)

    def __pow__(self, other: Any) -> Any:
        return op.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return op.power(other, self)

    def __neg__(self) -> Any:
        return op.neg(self)

    def __lt__(self, other: Any) -> Any:
        return op.less(self, other)

    def __gt__(self, other: Any) -> Any:
        return op.greater(self, other)


def variable(name: str) -> Node:
    """Return the node of a variable."""
    return _made(None, (), name)


def literal(text: str) -> Node:
    """Return the node of a number's decimal text, or of one of CONSTANTS. Raises ValueError."""
    if text not in CONSTANTS and not _is_number(text):
        raise ValueError(f"{text!r} is no constant")
    return _made(None, (), text)


def number_text(value: float) -> str:
    """Return a float's shortest text, a whole number without its point."""
    text = repr(value)
    return text.removesuffix(".0")


_lock = RLock()
_nodes: WeakValueDictionary[tuple[Any, ...], Node] = WeakValueDictionary()


def _made(operation: Operation | None, inputs: tuple[Node, ...], text: str) -> Node:
    """Return the one node of these parts."""
    key = (operation, text, *inputs)
    with _lock:  # two threads would make two
        node = _nodes.get(key)
        if node is None:
            node = Node()
            node.operation, node.inputs, node.text, node._order = operation, inputs, text, None
            node.variables = _variables(node)
            node.constant = None if node.variables else _constant(node)
            _nodes[key] = node
        return node


def _variables(node: Node) -> tuple[str, ...]:
    if node.operation is None:
        return () if node.text in CONSTANTS or _is_number(node.text) else (node.text,)
    return tuple(dict.fromkeys(name for a in node.inputs for name in a.variables))


def _constant(node: Node) -> Any:
    if node.operation is None:
        return CONSTANTS[node.text] if node.text in CONSTANTS else float(node.text)
    if node.operation.pullback is not None:
        raise InputError(f"{node.operation.name} of a constant: it needs a vector")
    values = [np.float64(a.constant) if isinstance(a.constant, float) else a.constant for a in node.inputs]
    with np.errstate(all="ignore"):  # who asks for the value judges what became of it
        value = node.operation.value(*values)
    return bool(value) if np.asarray(value).dtype == bool else float(np.asarray(value).item())


def _in_order(root: Node) -> tuple[Node, ...]:
    """Walk without recursion: a sum of hundreds of terms is as deep."""
    done: dict[Node, None] = {}
    waiting = [root]
    while waiting:
        node = waiting[-1]
        missing = [a for a in node.inputs if a not in done]
        if missing:
            waiting += reversed(missing)
        else:
            done[waiting.pop()] = None
    return tuple(done)
