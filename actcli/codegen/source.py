"""A function and its derivative as source code: one assignment for each node that is used twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

import actcli
from actcli.activations._spec import Activation
from actcli.codegen._kinks import moved, with_conventions
from actcli.codegen._lower import Read, lowered, opened, without_cancellation, without_ties
from actcli.codegen._spec import Function, Language, Piece
from actcli.errors import InputError, quoted
from actcli.formula._operation import ATOM, COMPARISON, SIGN
from actcli.formula.calls import Catalogue, call
from actcli.formula.derive import derivative, substituted
from actcli.formula.evaluate import is_vector
from actcli.formula.graph import Node, variable
from actcli.formula.implementation import INPUT
from actcli.formula.operations import CALLS, where
from actcli.formula.parse import parse
from actcli.formula.simplify import simplified
from actcli.formula.text import text_of

_WIDEST = 88  # characters: a longer expression is given a name
_CLOSING = (
    "for finite x where nothing inside overflows; nan in, nan out",
    f"written by actcli {actcli.__version__}",
)


def source(
    activation: Activation,
    language: Language,
    catalogue: Catalogue,
    parameters: Mapping[str, float] | None = None,
) -> str:
    """Return a catalogue function and its derivative as source code, in the form that does not cancel.

    The `parameters` are arguments, with these defaults where the language has some. Right for finite x where
    nothing inside overflows; nan in, nan out. At a kink the derivative is the limit that the activation
    states; at one that parameters move it is that of one side. Raises InputError for a vector function.
    """
    if not activation.elementwise or not activation.formula:
        raise InputError(
            f"{activation.name} is a vector function: code is written for functions of one number"
        )
    read = partial(parse, catalogue=catalogue)
    defaults = {**activation.defaults, **(parameters or {})}
    value = opened(_stable(activation, read), read)
    slope = with_conventions(_slope(without_ties(value), read), activation, read)
    header = _header(activation, defaults, moved(activation, read))
    return _file(_identifier(activation.name), value, slope, language, defaults, header)


def formula_source(formula: Node, language: Language, catalogue: Catalogue) -> str:
    """Return a formula of at most one variable, and its derivative, as source code of a function of x.

    Where its operations have no derivative the rules of the language of formulas hold: abs has slope 0 at 0.
    Raises InputError for a formula of several variables, or of vectors.
    """
    if len(formula.variables) > 1 or is_vector(formula):
        raise InputError(
            f"{quoted(text_of(formula))} is no formula of one number: code is written for these",
            "set the other variables: -p NAME=NUMBER" if len(formula.variables) > 1 else "",
        )
    read = partial(parse, catalogue=catalogue)
    named = substituted(formula, dict.fromkeys(formula.variables, variable(INPUT)))
    value, header = opened(named, read), [f"formula: {text_of(named)}", *_CLOSING]
    return _file("f", value, _slope(value, read), language, {}, header)


def _slope(value: Node, read: Read) -> Node:
    return opened(simplified(without_cancellation(derivative(value, INPUT))), read)


def _file(
    name: str,
    value: Node,
    slope: Node,
    language: Language,
    parameters: Mapping[str, float],
    header: Sequence[str],
) -> str:
    functions = [
        language.function(written(lowered(root), language, called, parameters))
        for called, root in {name: value, f"{name}_derivative": slope}.items()
    ]
    return language.file(header, functions)


def _stable(activation: Activation, read: Read) -> Node:
    """Return the form to compute by; what the language has itself (tanh) is that operation."""
    if activation.stable or activation.parameters or activation.name not in CALLS:
        return read(activation.stable or activation.formula)
    return call(activation, read, 0, variable(INPUT), {})


def _identifier(name: str) -> str:
    """Return a name that no function of the languages bears."""
    return f"{name}_activation" if name in CALLS else name.replace("@", "_")


def _header(activation: Activation, defaults: Mapping[str, float], one_sided: Sequence[str]) -> list[str]:
    lines = [f"{activation.name}: {activation.summary}", f"formula: {activation.formula}"]
    if activation.stable:
        lines.append(f"computed as: {activation.stable}")
    if defaults:
        lines.append(f"defaults: {', '.join(f'{name} = {value!r}' for name, value in defaults.items())}")
    if one_sided:
        lines.append(f"at x = {', '.join(one_sided)} the derivative is that of one of the sides")
    return [*lines, f"source: {activation.source}", *_CLOSING]


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
    joined = INPUT not in root.variables or any(_chooses(node) for node in root.order)
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
