"""A function and its derivative as source code: one assignment for each node that is used twice."""

from collections import Counter
from collections.abc import Mapping
from functools import partial

import actcli
from actcli.activations._spec import Activation
from actcli.codegen._lower import Read, lowered, opened, without_cancellation, without_ties
from actcli.codegen._spec import Function, Language, Piece
from actcli.errors import InputError
from actcli.formula._operation import ATOM, COMPARISON, SIGN
from actcli.formula.calls import Catalogue, call
from actcli.formula.derive import derivative
from actcli.formula.graph import Node, variable
from actcli.formula.implementation import INPUT
from actcli.formula.operations import CALLS, where
from actcli.formula.parse import parse
from actcli.formula.simplify import simplified

_WIDEST = 88  # characters: a longer expression is given a name


def source(
    activation: Activation,
    language: Language,
    catalogue: Catalogue,
    parameters: Mapping[str, float] | None = None,
) -> str:
    """Return a catalogue function and its derivative as source code, in the form that does not cancel.

    The `parameters` are arguments, with these defaults where the language has some. Right where nothing
    inside overflows; nan in, nan out. At a kink the derivative is that of one side. Raises InputError for a
    vector function.
    """
    if not activation.elementwise or not activation.formula:
        raise InputError(
            f"{activation.name} is a vector function: code is written for functions of one number"
        )
    read = partial(parse, catalogue=catalogue)
    defaults = {**activation.defaults, **(parameters or {})}
    value = opened(_stable(activation, read), read)
    slope = simplified(without_cancellation(derivative(without_ties(value), INPUT)))
    name = _identifier(activation.name)
    roots = {name: value, f"{name}_derivative": opened(slope, read)}
    functions = [
        language.function(written(lowered(root), language, called, defaults))
        for called, root in roots.items()
    ]
    return language.file(_header(activation, defaults), functions)


def _stable(activation: Activation, read: Read) -> Node:
    """Return the form to compute by; what the language has itself (tanh) is that operation."""
    if activation.stable or activation.name not in CALLS:
        return read(activation.stable or activation.formula)
    return call(activation, read, 0, variable(INPUT), {})


def _identifier(name: str) -> str:
    """Return a name that no function of the languages bears."""
    return f"{name}_activation" if name in CALLS else name.replace("@", "_")


def _header(activation: Activation, defaults: Mapping[str, float]) -> list[str]:
    lines = [f"{activation.name}: {activation.summary}", f"formula: {activation.formula}"]
    if activation.stable:
        lines.append(f"computed as: {activation.stable}")
    if defaults:
        lines.append(f"defaults: {', '.join(f'{name} = {value!r}' for name, value in defaults.items())}")
    return [*lines, f"source: {activation.source}", f"written by actcli {actcli.__version__}"]


def written(root: Node, language: Language, name: str, parameters: Mapping[str, float]) -> Function:
    """Return a graph as assignments and a result; what is used twice has a name, and what is too long."""
    uses = Counter(a for node in root.order for a in node.inputs)
    pieces: dict[Node, Piece] = {}
    lines: list[tuple[str, str]] = []
    for node in root.order:
        piece = pieces[node] = _piece(node, [pieces[a] for a in node.inputs], language)
        is_shared = uses[node] > 1 or (uses[node] and len(piece.text) > _WIDEST)
        if node.operation is not None and is_shared and node.operation.tightness != COMPARISON:
            lines.append((f"t{len(lines) + 1}", piece.text))
            pieces[node] = piece._replace(text=lines[-1][0], tightness=ATOM)
    joined = any(_chooses(node) for node in root.order)
    return Function(
        name=name, variable=INPUT, parameters=parameters, lines=lines, result=pieces[root], joined=joined
    )


def _chooses(node: Node) -> bool:
    return node.operation is where and INPUT in node.inputs[0].variables


def _piece(node: Node, inputs: list[Piece], language: Language) -> Piece:
    varies = INPUT in node.variables
    if node.operation is None and node.constant is None:
        return Piece(node.text, ATOM, varies)
    if node.operation is None:
        text = language.number(float(node.constant))
        return Piece(text, SIGN if text.startswith("-") else ATOM, varies)
    form = language.form(node.operation.name, inputs)
    wanted = form.operands or (0,) * len(inputs)
    texts = [
        piece.text if piece.tightness >= least else f"({piece.text})"
        for piece, least in zip(inputs, wanted, strict=True)
    ]
    return Piece(form.text.format(*texts), form.tightness, varies)
