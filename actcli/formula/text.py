"""Graph to text: a formula that reads back to the same graph, or LaTeX."""

from collections.abc import Mapping
from types import MappingProxyType

from actcli.errors import InputError
from actcli.formula import operations as op
from actcli.formula._operation import ATOM, COMPARISON, PRODUCT, SIGN
from actcli.formula.calls import Call
from actcli.formula.graph import Node

_LONGEST = 100_000

_Piece = tuple[str, int]  # a text, and how tightly it holds together

_OWN = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "max", "min"})  # commands of LaTeX
_ARC: Mapping[str, str] = MappingProxyType({"asin": "arcsin", "acos": "arccos", "atan": "arctan"})
_GREEK = frozenset(
    {
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
        *("mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
    }
)
_CONSTANTS: Mapping[str, str] = MappingProxyType({"pi": r"\pi", "e": "e", "inf": r"\infty"})


def text_of(root: Node) -> str:
    """Return the formula's text; parsed, it is the same graph. Raises InputError if it is too long."""
    written: dict[Node, _Piece] = {}
    for node in root.order:
        written[node] = _bounded(_plain(node, [written[a] for a in node.inputs]))
    return written[root][0]


def latex_of(root: Node, mathtext: bool = False) -> str:
    """Return the formula in LaTeX, or in the part that matplotlib draws. Raises InputError if too long."""
    written: dict[Node, _Piece] = {}
    for node in root.order:
        written[node] = _bounded(_latex(node, [written[a] for a in node.inputs], mathtext))
    return written[root][0]


def _bounded(piece: _Piece) -> _Piece:
    if len(piece[0]) > _LONGEST:
        raise InputError(f"this formula is too long to write down: more than {_LONGEST} characters")
    return piece


def _plain(node: Node, inputs: list[_Piece]) -> _Piece:
    operation = node.operation
    if operation is None:
        return node.text, SIGN if node.text.startswith("-") else ATOM
    if operation.form:
        return _filled(operation.form, inputs, operation.operands, "({})"), operation.tightness
    if isinstance(operation, Call):
        return _call(operation, node, [text for text, _ in inputs]), ATOM
    return f"{operation.name}({', '.join(text for text, _ in inputs)})", ATOM


def _filled(form: str, inputs: list[_Piece], wanted: tuple[int, ...], parentheses: str) -> str:
    tight = (
        text if tightness >= least else parentheses.format(text)
        for (text, tightness), least in zip(inputs, wanted, strict=True)
    )
    return form.format(*tight)


def _call(operation: Call, node: Node, inputs: list[str]) -> str:
    function, x = operation.name, inputs[0]
    changed = [
        f", {name}={text}"
        for (name, default), value, text in zip(
            operation.defaults.items(), node.inputs[1:], inputs[1:], strict=True
        )
        if value is not default
    ]
    start = f"D({function}, {x}, {operation.order}" if operation.order else f"{function}({x}"
    return f"{start}{''.join(changed)})"


def _latex(node: Node, inputs: list[_Piece], mathtext: bool) -> _Piece:
    operation = node.operation
    if operation is None:
        return _leaf(node)
    if operation is op.where and not mathtext:
        condition, a, b = (text for text, _ in inputs)
        cases = rf"\begin{{cases}} {a} & {condition} \\ {b} & \text{{otherwise}} \end{{cases}}"
        return cases, PRODUCT
    if operation is op.mul and not inputs[1][0][:1].isdigit():
        return _filled(r"{0} \, {1}", inputs, operation.operands, _ROUND), PRODUCT
    if operation.latex:
        wanted = operation.latex_operands or operation.operands
        return _filled(operation.latex, inputs, wanted, _ROUND), operation.latex_tightness
    if isinstance(operation, Call):
        inputs = [inputs[0], *_latex_parameters(operation, node, inputs[1:])]
    return _latex_call(operation.name, operation, inputs), ATOM


def _latex_parameters(operation: Call, node: Node, inputs: list[_Piece]) -> list[_Piece]:
    """Return the parameters that are not at their defaults."""
    named = zip(operation.defaults.items(), node.inputs[1:], inputs, strict=True)
    return [
        (f"{_name(name)} = {text}", 0) for (name, default), value, (text, _) in named if value is not default
    ]


_ROUND = r"\left({}\right)"


def _latex_call(name: str, operation: object, inputs: list[_Piece]) -> str:
    known = _ARC.get(name, name)
    start = f"\\{known}" if known in _OWN | set(_ARC.values()) else rf"\operatorname{{{_escaped(name)}}}"
    order = operation.order if isinstance(operation, Call) else 0
    primes = "'" * order if order < 4 else f"^{{({order})}}"
    return start + primes + _ROUND.format(", ".join(text for text, _ in inputs))


def _leaf(node: Node) -> _Piece:
    text = node.text
    if node.constant is None:
        return _name(text), ATOM
    if text in _CONSTANTS:
        return _CONSTANTS[text], ATOM
    mantissa, e, exponent = text.lower().partition("e")
    if not e:
        return text, SIGN if text.startswith("-") else ATOM
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}", COMPARISON + 1


def _name(name: str) -> str:
    stem = name.rstrip("0123456789")
    index = name[len(stem) :]
    if stem.endswith("_") and index:
        stem = stem[:-1]
    shown = stem if len(stem) == 1 else f"\\{stem}" if stem in _GREEK else rf"\mathrm{{{_escaped(stem)}}}"
    return f"{shown}_{{{index}}}" if index else shown


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")
