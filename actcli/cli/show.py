"""actcli show: a function's card, its formula and derivatives as text, or its code."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output
from actcli.cli._entries import base_of, entry_of, json_of
from actcli.cli._picture import check_picture, save_picture
from actcli.cli._write import say
from actcli.errors import ExitCode, InputError
from actcli.points import settings, whole

if TYPE_CHECKING:
    from actcli.activations import Activation, Compound
    from actcli.codegen import Language

    Entry = Activation | Compound

_HIGHEST = 9


def show(
    target: opt.Target,
    order: Annotated[
        str | None, typer.Option("--order", metavar="N", help="Derivatives up to this order; 1, on a card 2.")
    ] = None,
    wrt: Annotated[
        str | None,
        typer.Option(
            "--wrt", metavar="NAME,...", help="By these variables or parameters; else by all variables."
        ),
    ] = None,
    code: Annotated[
        str | None,
        typer.Option("--code", metavar="LANGUAGE", help="Print source code instead: {languages}."),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option("--plot", metavar="FILE", help="Draw it too, with its derivative: .png, .svg or .pdf."),
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
    """Show what is known of a function, or a formula and its derivatives.

    \b
    actcli show gelu
    actcli show leaky_relu@keras -f json
    actcli show silu --code c
    actcli show tanh --plot tanh.png
    actcli show sigmoid --order 2 -q
    actcli show "x*sin(x)" -f latex
    actcli show "x*sin(x)" --code numpy
    actcli show "b0 + b1*x1 + b2*x2" --wrt x1,x2

    A function of the catalogue is shown as a card: formula, derivatives, facts, conventions, frameworks. With
    -q, --wrt or -f latex, and of a formula, it is the formula and its derivatives alone: symbolic, lightly
    simplified, and what is printed reads back as a formula. Of several variables order 1 is the gradient,
    order 2 the Hessian. The code is the form that does not cancel, and its derivative, of a function or a
    formula of one number.
    """  # noqa: D301
    from actcli.cli._formulas import LATEX, formats

    given = settings(param or [], "--param")
    highest = None if order is None else whole(order, "--order", 0, _HIGHEST)
    if code is not None:
        _check_alone(format=format, plot=plot, order=order, wrt=wrt)
        return _show_code(target, code, given, output)
    out = Output(format=format, quiet=quiet, file=output, color=color, others=formats())
    draw = _drawing(target, given, plot, output)
    entry = None if quiet or wrt is not None or out.chosen().name == LATEX else entry_of(target.strip())
    if entry is None:
        _show_formulas(target, given, highest, wrt, out, is_drawn=plot is not None)
    else:
        _show_card(entry, given, highest, out)
    draw()
    return ExitCode.OK


def _show_formulas(
    target: str, given: Mapping[str, float], highest: int | None, wrt: str | None, out: Output, is_drawn: bool
) -> None:
    from actcli.cli._formulas import emit, rows_of
    from actcli.target import resolve

    function = resolve(target, given)
    if is_drawn and function.make_graph is None and highest is None and wrt is None:
        say(f"note: {function.name} has no formula to show")
        return
    emit(rows_of(function, highest, None if wrt is None else wrt.split(",")), out)
    if not function.elementwise and not function.halves and highest is None and not out.quiet:
        say(f"note: the derivative of {function.name} is a matrix: see eval --jacobian, --upstream")


def _show_card(entry: "Entry", given: Mapping[str, float], highest: int | None, out: Output) -> None:
    from actcli.cli._card import card, facts_for, report
    from actcli.cli._formulas import texts_of_entry

    numbers = _numbers(entry, given)
    derivatives = texts_of_entry(entry, base_of(entry), highest)
    found = card(entry, facts_for(entry, given), numbers, derivatives)
    format = out.chosen().name
    if format in ("json", "jsonl"):
        out.write([json_of(found, 2 if format == "json" else None)])
    else:
        out.emit(report(found, out.screen().width if format == "table" else None))


def _numbers(entry: "Entry", given: Mapping[str, float]) -> Mapping[str, float] | None:
    """Return the parameters, if any were set. Raises InputError for one that does not exist, or fit."""
    if not given:
        return None
    from actcli.target import resolve

    return {**entry.defaults, **resolve(entry.name, given).parameters}


def _check_alone(**options: str | None) -> None:
    for name, value in options.items():
        if value is not None:
            raise InputError(f"--code and --{name} exclude each other")


def _show_code(target: str, language: str, given: Mapping[str, float], output: str) -> int:
    from actcli.codegen import LANGUAGES
    from actcli.render import Format

    known = LANGUAGES[language]
    format: Format[str] = Format(name=known.name, summary=known.summary, render=lambda text, _: iter([text]))
    out = Output(format=known.name, quiet=False, file=output, color="auto", others={known.name: format})
    out.write([_code(target, known, given)])
    return ExitCode.OK


def _code(target: str, language: "Language", given: Mapping[str, float]) -> str:
    """Return the source code of a catalogue function or a formula. Raises InputError."""
    from actcli.activations import ACTIVATIONS, Activation
    from actcli.codegen.source import formula_source, source
    from actcli.target import resolve

    function, entry = resolve(target, given), entry_of(target.strip())
    if isinstance(entry, Activation):
        return source(entry, language, ACTIVATIONS, function.parameters)
    if entry is not None:
        tip = f"its formula: {entry.formula}" * bool(entry.formula)
        raise InputError(f"{function.name} is no function of one number: code is written for these", tip)
    return formula_source(function.graph, language, ACTIVATIONS)


def _drawing(target: str, given: Mapping[str, float], plot: str | None, output: str) -> Callable[[], None]:
    """Return what draws the picture asked for, once the text is out. Raises InputError or OutputError."""
    if plot is None:
        return lambda: None
    from actcli.cli._drawings import Wish, drawn, kind_of
    from actcli.picture import Paper
    from actcli.target import resolve

    if STDOUT == plot == output:
        raise InputError("only one of text and picture can go to stdout", "-o FILE for the text")
    check_picture(plot)
    function = resolve(target, given)
    curve = kind_of([function], None) == "curve" and len(function.orders) > 1
    wish = Wish(with_derivative=curve)
    return lambda: save_picture(drawn([function], wish), plot, Paper())
