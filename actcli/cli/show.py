"""actcli show: a function's formula and its derivatives, as text."""

from collections.abc import Iterator
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output
from actcli.cli._write import say
from actcli.errors import ExitCode, InputError, UnknownNameError
from actcli.points import settings, whole

if TYPE_CHECKING:
    from actcli.formula.graph import Node
    from actcli.function import Function
    from actcli.render import Format, Screen
    from actcli.report import Report

_HIGHEST = 9


def show(
    target: opt.Target,
    order: Annotated[
        str | None, typer.Option("--order", metavar="N", help="Derivatives up to this order; 1.")
    ] = None,
    wrt: Annotated[
        str | None,
        typer.Option(
            "--wrt", metavar="NAME,...", help="By these variables or parameters; else by all variables."
        ),
    ] = None,
    param: opt.Param = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="{formats}; latex; by default a table on a terminal, else plain.",
        ),
    ] = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:
    """Show a function's formula and its derivatives.

    \b
    actcli show sigmoid --order 2
    actcli show "x*sin(x)" -f latex
    actcli show "b0 + b1*x1 + b2*x2" --wrt x1,x2
    actcli show elu --wrt alpha

    Derivatives are symbolic, and lightly simplified; what is printed reads back as a formula. Of several
    variables order 1 is the gradient, order 2 the Hessian.
    """  # noqa: D301
    from actcli.target import resolve

    out = Output(format=format, quiet=quiet, file=output, color=color, others={"latex": _latex_format()})
    highest = None if order is None else whole(order, "--order", 0, _HIGHEST)
    given = settings(param or [], "--param")
    function = resolve(target, given)
    if not function.formula:
        raise InputError(f"{function.name} is Python code: it has no formula")
    rows = list(_derivatives(function, highest, None if wrt is None else wrt.split(",")))
    out.emit(_report(rows, is_latex=out.chosen().name == "latex"))
    if not function.elementwise and highest is None and not quiet:
        say(f"note: the derivative of {function.name} is a matrix: see eval --jacobian, --upstream")
    return ExitCode.OK


def _derivatives(
    function: "Function", highest: int | None, wrt: list[str] | None
) -> "Iterator[tuple[int, str, Node]]":
    """Yield the order, by which variables, and the derivative; of a vector function the formula alone."""
    from actcli.formula.derive import derivative
    from actcli.formula.evaluate import is_vector
    from actcli.formula.simplify import simplified

    formula, start = _formulas(function)
    yield 0, "", formula
    names = _names(formula, function, wrt)
    found: dict[tuple[str, ...], Node] = {(): start}
    for order in range(1, 1 + (highest if highest is not None else int(not is_vector(formula)))):
        for by in combinations_with_replacement(names, order):
            found[by] = simplified(derivative(found[by[:-1]], by[-1]))
            yield order, " ".join(by), found[by]


def _formulas(function: "Function") -> "tuple[Node, Node]":
    """Return the formula, and what to differentiate: an operation of the language by its own rule.

    Parameters that were not set are symbols.
    """
    from actcli.activations import ACTIVATIONS
    from actcli.formula.calls import Call
    from actcli.formula.parse import parse

    formula = parse(function.formula, ACTIVATIONS)
    own = function.graph.operation
    return formula, formula if own is None or isinstance(own, Call) else function.graph


def _names(formula: "Node", function: "Function", wrt: list[str] | None) -> list[str]:
    known = [name for name in formula.variables if name not in function.parameters]
    for name in wrt or []:
        if name not in formula.variables:
            raise UnknownNameError("variable", name, formula.variables)
    return wrt or known or list(function.inputs)


def _latex_format() -> "Format[Report]":
    from actcli.render import Format

    def render(report: "Report", _: "Screen") -> Iterator[str]:
        return (f"{formula}\n" for formula in report.columns["formula"])

    return Format(name="latex", summary="LaTeX, a line each", render=render, suffixes=(".tex",))


def _report(rows: "list[tuple[int, str, Node]]", is_latex: bool) -> "Report":
    from actcli.formula.text import latex_of, text_of
    from actcli.report import Report

    write = latex_of if is_latex else text_of
    columns = {
        "order": [order for order, _, _ in rows],
        "by": [by for _, by, _ in rows],
        "formula": [write(node) for _, _, node in rows],
    }
    return Report(columns=columns, results=("formula",))
