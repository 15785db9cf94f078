"""A formula and its derivatives, as text or LaTeX."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

from actcli.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from actcli.activations import Activation, Compound
    from actcli.cli._emit import Output
    from actcli.formula.graph import Node
    from actcli.function import Function
    from actcli.render import Format, Screen
    from actcli.report import Report

    Row = tuple[int, str, Node]  # the order, by which variables, the derivative

LATEX = "latex"
_UNASKED = 2  # derivatives on a card


def formats() -> "Mapping[str, Format[Report]]":
    """Return the formats that formulas have of their own."""
    from actcli.render import Format

    def render(report: "Report", _: "Screen") -> Iterator[str]:
        return (f"{formula}\n" for formula in report.columns["formula"])

    return {LATEX: Format(name=LATEX, summary="LaTeX, a line each", render=render, suffixes=(".tex",))}


def rows_of(function: "Function", highest: int | None, wrt: "Sequence[str] | None") -> "list[Row]":
    """Return the formula of a function and its derivatives, parameters as symbols. Raises InputError."""
    from actcli.activations import ACTIVATIONS
    from actcli.formula.calls import Call
    from actcli.formula.evaluate import is_vector
    from actcli.formula.parse import parse

    function = function.halves or function
    if not function.formula:
        raise InputError(f"{function.name} has no formula to differentiate")
    formula = parse(function.formula, ACTIVATIONS)
    own = function.graph.operation
    start = formula if own is None or isinstance(own, Call) else function.graph
    names = _names(formula, [*function.parameters], wrt) or list(function.inputs)
    return list(_rows(formula, start, names, int(not is_vector(formula)) if highest is None else highest))


def texts_of_entry(
    entry: "Activation | Compound", name: str, highest: int | None
) -> list[tuple[int, str, str]]:
    """Return a catalogue function's derivatives as texts; `name` is its own, also of what a framework has.

    What a card shows unasked was written down before: who only looks does not wait for calculus.
    """
    from actcli.facts import derivatives_of

    known = derivatives_of(name) if highest is None else ()
    if known:
        return [(order, " ".join("x" * order), text) for order, text in enumerate(known, start=1)]
    return [row for row in texts(rows_of_entry(entry, highest)) if row[0]]


def rows_of_entry(entry: "Activation | Compound", highest: int | None) -> "list[Row]":
    """Return the formula of a catalogue function and its derivatives, of numbers two unless asked for more.

    Raises InputError for derivatives of a vector that are asked for.
    """
    from actcli.activations import ACTIVATIONS
    from actcli.formula.evaluate import is_vector
    from actcli.formula.graph import variable
    from actcli.formula.operations import CALLS
    from actcli.formula.parse import parse

    if not entry.formula:
        return []
    formula = parse(entry.formula, ACTIVATIONS)
    # tanh by its own rule, not by that of its quotient; with parameters it is more than the operation
    own = None if entry.parameters else CALLS.get(entry.name, {}).get(1)
    names = _names(formula, [*entry.parameters], None) or ["x"]
    start = own(variable("x")) if own else formula
    if highest is None:
        highest = 0 if is_vector(formula) else _UNASKED
    return list(_rows(formula, start, names, highest))


def _names(formula: "Node", parameters: Sequence[str], wrt: "Sequence[str] | None") -> list[str]:
    for name in wrt or []:
        if name not in formula.variables:
            raise UnknownNameError("variable", name, formula.variables)
    return list(wrt or [name for name in formula.variables if name not in parameters])


def _rows(formula: "Node", start: "Node", names: Sequence[str], highest: int) -> "Iterator[Row]":
    from actcli.formula.derive import derivative
    from actcli.formula.simplify import simplified

    yield 0, "", formula
    found: dict[tuple[str, ...], Node] = {(): start}
    for order in range(1, 1 + highest):
        for by in combinations_with_replacement(names, order):
            found[by] = simplified(derivative(found[by[:-1]], by[-1]))
            yield order, " ".join(by), found[by]


def texts(rows: "Sequence[Row]", is_latex: bool = False) -> list[tuple[int, str, str]]:
    """Return the rows with their formulas written down."""
    from actcli.formula.text import latex_of, text_of

    write: Any = latex_of if is_latex else text_of
    return [(order, by, write(node)) for order, by, node in rows]


def emit(rows: "Sequence[Row]", out: "Output") -> None:
    """Write the rows as a table, or as LaTeX."""
    from actcli.report import Report

    found = texts(rows, out.chosen().name == LATEX)
    orders, by, formulas = map(list, zip(*found, strict=True))
    out.emit(Report(columns={"order": orders, "by": by, "formula": formulas}, results=("formula",)))
