"""Text to graph, by a whitelist: nothing that a formula contains is ever executed or imported."""

import ast
import math
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NoReturn

from actcli.errors import FormulaError, InputError, suggestion
from actcli.formula import MOST_DERIVATIVES
from actcli.formula import operations as op
from actcli.formula._operation import CONSTANTS, Operation
from actcli.formula._text import DEEPEST, check_text, why
from actcli.formula.calls import Catalogue, call
from actcli.formula.domain import check
from actcli.formula.graph import Node, literal, variable
from actcli.formula.implementation import Definition

_MOST_NODES = 500
_NOTHING: Mapping[str, Definition] = MappingProxyType({})

_BINARY: Mapping[type[ast.operator], Operation] = {
    ast.Add: op.add,
    ast.Sub: op.sub,
    ast.Mult: op.mul,
    ast.Div: op.div,
    ast.Pow: op.power,
}
_COMPARE: Mapping[type[ast.cmpop], Operation] = {
    ast.Lt: op.less,
    ast.LtE: op.less_equal,
    ast.Gt: op.greater,
    ast.GtE: op.greater_equal,
    ast.Eq: op.equal,
    ast.NotEq: op.not_equal,
}
_REFUSED: Mapping[type[ast.expr], str] = {
    ast.Attribute: "a formula has no attributes",
    ast.IfExp: "a formula has no if and else: where(condition, a, b)",
    ast.Compare: "a comparison can only be the first argument of where",
    ast.BoolOp: "a formula has no 'and' and no 'or': one where inside another",
    ast.Tuple: "a comma can only stand between arguments; decimals have a point",
    ast.NamedExpr: "a formula has no assignment",
    ast.Starred: "a formula has no starred arguments",
    ast.GeneratorExp: "a formula has no loops",
    ast.UnaryOp: "a formula has no 'not': swap the branches of where",
    ast.Call: "only a name can be called; a product is written with *",
}


def parse(text: str, catalogue: Catalogue = _NOTHING) -> Node:
    """Return the graph of a formula, its calls being operations or functions of the `catalogue`.

    Raises FormulaError, which names the place: no formula, an unknown name, a wrong number of arguments, more
    than 1,000 characters, 50 levels or 500 nodes, a constant that overflows.
    """
    text = check_text(text)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        message, start, stop, tip = why(text, (error.offset or len(text) + 1) - 1)
        raise FormulaError(message, text, start, stop, tip) from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError("this is no formula", text) from None
    root = _Parser(text, catalogue).node(tree.body, 0)
    if len(root.order) > _MOST_NODES:
        raise FormulaError(f"the formula has more than {_MOST_NODES} parts", text)
    return root


def openings(catalogue: Catalogue) -> dict[Operation, Node]:
    """Return the formulas that a catalogue has for operations of the language (tanh), by operation."""
    named = {by[1]: parse(catalogue[name].formula) for name, by in op.CALLS.items() if name in catalogue}
    return {operation: formula for operation, formula in named.items() if formula.operation is not operation}


class _Parser:
    """From the syntax tree of one text to the graph."""

    def __init__(self, text: str, catalogue: Catalogue) -> None:
        self.text = text
        self.catalogue = catalogue

    def node(self, tree: ast.expr, depth: int) -> Node:
        """Return the graph of an expression; the left sides of operators are walked without recursion."""
        if depth > DEEPEST:
            self.refuse(f"nested too deeply: at most {DEEPEST} levels", tree)
        chain: list[ast.BinOp] = []
        while isinstance(tree, ast.BinOp) and type(tree.op) in _BINARY:
            chain.append(tree)
            tree = tree.left
        root = self.operand(tree, depth)
        for link in reversed(chain):
            root = self.applied(_BINARY[type(link.op)], [root, self.node(link.right, depth + 1)], link)
        return root

    def operand(self, tree: ast.expr, depth: int) -> Node:
        match tree:
            case ast.Constant():
                return self.number(tree)
            case ast.Name(id=name):
                return self.name(name, tree)
            case ast.UnaryOp(op=ast.USub(), operand=a):
                return -self.node(a, depth + 1)  # type: ignore[no-any-return]
            case ast.UnaryOp(op=ast.UAdd(), operand=a):
                return self.node(a, depth + 1)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(name, tree, depth + 1)
        return self.refuse(_REFUSED.get(type(tree), "a formula cannot hold this"), tree)

    def number(self, tree: ast.Constant) -> Node:
        text = self.text[tree.col_offset : tree.end_col_offset]
        try:
            node = literal(text)
        except ValueError:
            self.refuse(f"{text} is no number of a formula", tree, "decimal digits, like 1.5 or 1e-3")
        if math.isinf(node.constant):
            self.refuse(f"{text} overflows float64", tree, "the largest is 1.797e308; or inf")
        return node

    def name(self, name: str, tree: ast.expr) -> Node:
        if name in op.CALLS or name in self.catalogue or name == "D":
            self.refuse(f"{name} is a function, and needs an argument", tree, self.example(name))
        return literal(name) if name in CONSTANTS else variable(name)

    def example(self, name: str) -> str:
        if name in self.catalogue and name not in op.CALLS:
            return _signature(self.catalogue[name])
        if name in ("D", "where"):
            return {"D": "D(tanh, x, 2)", "where": "where(x > 0, a, b)"}[name]
        return f"{name}({', '.join('abc'[: max(op.CALLS[name])]) if 1 not in op.CALLS[name] else 'x'})"

    def call(self, name: str, tree: ast.Call, depth: int) -> Node:
        if name == "D":
            return self.derivative(tree, depth)
        has_parameters = name in self.catalogue and self.catalogue[name].parameters
        if name in op.CALLS and not (tree.keywords and has_parameters):
            return self.operation(op.CALLS[name], tree, depth)
        if name not in self.catalogue:
            near = suggestion(name, [*op.CALLS, *self.catalogue, "D"]) if len(name) > 1 else f"{name}*(...)"
            self.refuse(f"unknown function '{name}'", tree.func, near)
        if len(tree.args) != 1:
            self.refuse(
                f"{name} takes 1 argument, not {len(tree.args)}", tree, _signature(self.catalogue[name])
            )
        return self.catalogued(name, tree.args[0], 0, tree, depth)

    def operation(self, by_arity: Mapping[int, Operation], tree: ast.Call, depth: int) -> Node:
        name = next(iter(by_arity.values())).name
        operation = by_arity.get(len(tree.args))
        if tree.keywords:
            message = f"{name} has no parameters" if tree.keywords[0].arg else _REFUSED[ast.Starred]
            self.refuse(message, tree.keywords[0])
        if operation is None:
            takes = " or ".join(map(str, by_arity))
            message = f"{name} takes {takes} argument{'s'[: takes != '1']}, not {len(tree.args)}"
            self.refuse(message, tree, self.example(name))
        arguments = [self.node(a, depth) for a in tree.args[operation is op.where :]]
        if operation is op.where:
            arguments = [self.condition(tree.args[0], depth), *arguments]
        if operation.reduces and not any(a.variables for a in arguments):
            self.refuse(f"{name} of a constant: it needs a vector", tree)
        return self.applied(operation, arguments, tree)

    def condition(self, tree: ast.expr, depth: int) -> Node:
        match tree:
            case ast.Compare(left=a, ops=[compare], comparators=[b]) if type(compare) in _COMPARE:
                operands = [self.node(a, depth + 1), self.node(b, depth + 1)]
                return self.applied(_COMPARE[type(compare)], operands, tree)
            case ast.Compare(ops=[_, _, *_]):
                self.refuse("one comparison at a time", tree, "where(0 < x, where(x < 1, a, b), b)")
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                self.refuse(_REFUSED[type(tree)], tree)
        return self.refuse("where needs a comparison first: where(x > 0, a, b)", tree)

    def derivative(self, tree: ast.Call, depth: int) -> Node:
        match tree.args:
            case [ast.Name(id=name) as function, x, *order] if len(order) < 2:
                if name not in self.catalogue:
                    near = suggestion(name, [*self.catalogue])
                    self.refuse(f"D takes a function of the catalogue, not '{name}'", function, near)
                n = int(self.whole(order[0])) if order else 1
                return self.catalogued(name, x, n, tree, depth)
        return self.refuse("D is written D(function, x, n)", tree, "for example D(tanh, x, 2)")

    def whole(self, tree: ast.expr) -> str:
        text = self.text[tree.col_offset : tree.end_col_offset]
        if text not in map(str, range(MOST_DERIVATIVES + 1)):
            self.refuse(f"the order of D must be a whole number from 0 to {MOST_DERIVATIVES}", tree)
        return text

    def catalogued(self, name: str, x: ast.expr, order: int, tree: ast.Call, depth: int) -> Node:
        definition = self.catalogue[name]
        parameters = self.parameters(name, definition, tree.keywords, depth)
        argument = self.node(x, depth)
        if not (definition.elementwise or argument.variables):
            self.refuse(f"{name} of a constant: it needs a vector", tree)
        try:
            return call(definition, partial(parse, catalogue=self.catalogue), order, argument, parameters)
        except FormulaError:
            raise
        except InputError as error:
            self.refuse(error.message, tree, error.tip)

    def parameters(
        self, name: str, definition: Definition, keywords: Sequence[ast.keyword], depth: int
    ) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for keyword in keywords:
            if keyword.arg is None:
                self.refuse(_REFUSED[ast.Starred], keyword)
            if keyword.arg not in definition.parameters:
                self.refuse(f"{name} has no parameter '{keyword.arg}'", keyword, _signature(definition))
            if keyword.arg in found:
                self.refuse(f"{keyword.arg} is set twice", keyword)
            value = found[keyword.arg] = self.node(keyword.value, depth)
            if value.constant is None:
                self.refuse(f"{keyword.arg} must be a constant", keyword)
        bound = {**definition.defaults, **{key: value.constant for key, value in found.items()}}
        for keyword in keywords:
            try:
                check(name, str(keyword.arg), definition.parameters[str(keyword.arg)], bound)
            except InputError as error:
                self.refuse(error.message, keyword)
        return found

    def applied(self, operation: Operation, arguments: Sequence[Node], tree: ast.expr) -> Node:
        node: Node = operation(*arguments)
        infinite = node.constant is not None and math.isinf(node.constant)
        if infinite and all(math.isfinite(a.constant) for a in node.inputs):
            self.refuse("this constant is infinite: beyond float64", tree)
        return node

    def refuse(self, message: str, tree: Any, tip: str = "") -> NoReturn:
        raise FormulaError(message, self.text, tree.col_offset, tree.end_col_offset, tip)


def _signature(definition: Definition) -> str:
    parameters = "".join(f", {name}={default:g}" for name, default in definition.defaults.items())
    return f"{definition.name}(x{parameters})"
