"""actcli trace: the computation graph, its values, and the chain rule flowing back through it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output
from actcli.cli._picture import check_picture, save_picture
from actcli.cli._places import read_places
from actcli.errors import ExitCode, InputError
from actcli.points import points, settings, whole

if TYPE_CHECKING:
    from actcli.formula.graph import Node
    from actcli.function import Function
    from actcli.report import Column, Report
    from actcli.tracing import Stage, Trace

_DIGITS = "6"


def trace(
    target: opt.Target,
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="[POINT]...", help="Where: 1.5, or NAME=NUMBER for each variable."),
    ] = None,
    expand: Annotated[
        bool,
        typer.Option("--expand", help="Open catalogue functions into their formulas.", show_default=False),
    ] = False,
    depth: Annotated[
        str | None, typer.Option("--depth", metavar="N", help="Open them N levels deep, not all the way.")
    ] = None,
    upstream: Annotated[
        str, typer.Option("--upstream", metavar="G", help="The gradient that arrives at the output.")
    ] = "1",
    tree: Annotated[
        bool, typer.Option("--tree", help="Print a tree, like -f tree.", show_default=False)
    ] = False,
    plot: Annotated[
        str | None,
        typer.Option("--plot", metavar="FILE", help="Draw boxes and arrows: .png, .svg or .pdf."),
    ] = None,
    digits: Annotated[
        str, typer.Option("--digits", metavar="N", help="Significant digits of the table for people.")
    ] = _DIGITS,
    param: opt.Param = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", metavar="FORMAT",
            help="{formats}; {graphs}; by default a table on a terminal, else plain.",
        ),
    ] = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:  # fmt: skip
    """Trace the chain rule through a computation graph.

    \b
    actcli trace "(x + y)**2" x=1 y=2
    actcli trace sigmoid 1.5 --expand
    actcli trace "x*sin(x)" 2 --tree
    actcli trace tanh 1.5 --expand --plot graph.png
    actcli trace "x*y + x" x=2 y=3 -f mermaid

    A row for each variable, then for each operation in the order of evaluation and each of its inputs: the
    value, the gradient that arrives from above, the local derivative as a rule and as a number, and their
    product, the input's share. The gradient of what is used more than once is the sum of its shares.
    """  # noqa: D301
    from actcli.render.graphs import GRAPHS
    from actcli.target import resolve
    from actcli.tracing import trace as traced

    if tree and format not in (None, "tree"):
        raise InputError("--tree and --format exclude each other")
    out = Output(
        format="tree" if tree else format, quiet=quiet, file=output, color=color, others=dict(GRAPHS)
    )
    if plot is not None:
        _check_plot(plot, output)
    function = resolve(target, settings(param or [], "--param"))
    function = function.halves or function
    root = _opened(function, expand, depth)
    x = dict(zip(function.inputs, read_places(places or [], None, function), strict=True))
    found = traced(root, function.name, x, points([upstream], "--upstream"))
    _write(found, out, whole(digits, "--digits", 1, 17))
    if plot is not None:
        _draw(found, plot)
    return ExitCode.OK


def _check_plot(plot: str, output: str) -> None:
    if STDOUT == plot == output:
        raise InputError("only one of table and picture can go to stdout", "-o FILE for the table")
    check_picture(plot)


def _opened(function: "Function", expand: bool, depth: str | None) -> "Node":
    from actcli.activations import ACTIVATIONS
    from actcli.formula.calls import expanded
    from actcli.formula.parse import openings

    if not expand and depth is None:
        return function.graph
    levels = -1 if depth is None else whole(depth, "--depth", 0, 100)
    return expanded(function.graph, levels, openings(ACTIVATIONS))


def _write(found: "Trace", out: Output, digits: int) -> None:
    from actcli.pictures.diagrams import diagram
    from actcli.render.graphs import GRAPHS

    chosen = out.chosen()
    if chosen.name in GRAPHS:
        out.write(chosen.render(diagram(found), out.screen()))
    else:
        out.emit(_report(found, digits if chosen.name == "table" else None, out.quiet))


def _draw(found: "Trace", file: str) -> None:
    from actcli.picture import Paper
    from actcli.pictures.diagrams import diagram

    save_picture(diagram(found), file, Paper())


def _report(found: "Trace", digits: int | None, quiet: bool) -> "Report":
    """Return a row for each stage and input, at each point; columns that say nothing are left out."""
    from actcli.report import Report

    count = max(stage.value.size for stage in found.stages)
    rows = [
        {"point": k, **row}
        for k in range(count)
        for stage in found.stages
        if k < stage.value.size
        for row in _rows(stage, k, _uses(found, stage), digits)[: 1 if quiet else None]
    ]
    columns: dict[str, Column] = {name: [row[name] for row in rows] for name in rows[0]}
    if count == 1:
        del columns["point"]
    if not any(columns["sum"]):
        del columns["sum"]
    return Report(columns=columns, results=("node", "value", "gradient"), digits=digits)


def _uses(found: "Trace", stage: "Stage") -> list[Any]:
    """Return the shares that a stage gets."""
    return [edge.share for user in found.stages for edge in user.edges if edge.target == stage.label]


def _rows(stage: "Stage", k: int, shares: list[Any], digits: int | None) -> list[dict[str, Any]]:
    start: dict[str, Any] = {
        "node": stage.label,
        "operation": stage.text,
        "value": float(stage.value.flat[k]),
        "gradient": float(stage.gradient.flat[k]),
        "sum": " + ".join(_written(_entry(share, k), digits) for share in shares) if len(shares) > 1 else "",
    }
    empty: dict[str, Any] = {"input": "", "rule": "", "local": None, "share": None}
    edges = [
        {
            "input": edge.target,
            "rule": edge.rule,
            "local": None if edge.local is None else _entry(edge.local, k),
            "share": _entry(edge.share, k),
        }
        for edge in stage.edges
    ]
    return [{**start, **edge} for edge in edges or [empty]]


def _written(number: float, digits: int | None) -> str:
    return repr(number) if digits is None else f"{number:.{digits}g}"


def _entry(numbers: Any, k: int) -> float:
    """Return the k-th number; what a vector was joined to has only one."""
    return float(numbers.flat[min(k, numbers.size - 1)])
