"""actcli gradcheck: stated derivatives against numerical ones."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._checked import Asked, checks_of
from actcli.cli._emit import STDOUT, Output
from actcli.cli._failures import Told, suite_of, tell, told
from actcli.cli._picture import check_picture, save_picture
from actcli.cli._places import names_of
from actcli.cli._verdicts import report_of, rows_of
from actcli.cli._write import say
from actcli.errors import InputError
from actcli.points import not_negative, positive, settings, whole

if TYPE_CHECKING:
    from actcli.checking import Settings
_AUTO = "auto"
_MOST_SAMPLES = 10**6


def gradcheck(
    targets: opt.Targets = None,
    all: Annotated[bool, typer.Option("--all", help="Check every activation.", show_default=False)] = False,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="[NAME=]POINTS",
            help="Check there, named for each of several variables; for a vector function: one vector.",
        ),
    ] = None,
    input: Annotated[
        str | None,
        typer.Option(
            "--input", "-i", metavar="FILE",
            help="Check at the points of a .npy, .csv or .txt: a column for each variable, a row a vector.",
        ),
    ] = None,
    wrt: Annotated[
        str | None,
        typer.Option(
            "--wrt", metavar="NAME,...", help="Check derivatives by these variables, parameters or weights."
        ),
    ] = None,
    derivative: Annotated[
        list[str] | None,
        typer.Option(
            "--derivative",
            metavar="TARGET",
            help="Check this derivative, worked out by hand, instead of the function's own.",
        ),
    ] = None,
    command: Annotated[
        str | None,
        typer.Option(
            "--command", metavar="CMD",
            help='Check a program of any language: "./gelu {input} {output}" turns one .npy into another.',
        ),
    ] = None,
    derivative_command: Annotated[
        str | None,
        typer.Option(
            "--derivative-command", metavar="CMD",
            help="The program of the derivative; with {upstream}, a third .npy, of the gradient.",
        ),
    ] = None,
    inject: Annotated[
        str | None,
        typer.Option("--inject", metavar="BUG", help="Plant a bug first, to see it caught: {bugs}."),
    ] = None,
    samples: Annotated[
        str, typer.Option("--samples", metavar="N", help="Else at N points of [-10, 10].")
    ] = "100",
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="The seed of the samples.")] = "0",
    method: Annotated[str, typer.Option("--method", metavar="METHOD", help="{methods} or auto.")] = _AUTO,
    step: Annotated[
        str | None, typer.Option("--step", metavar="H", help="The step; chosen point by point without.")
    ] = None,
    rtol: Annotated[
        str | None,
        typer.Option("--rtol", metavar="R", help="Allow atol + rtol*|numerical|, and nothing else."),
    ] = None,
    atol: Annotated[str | None, typer.Option("--atol", metavar="A", help="See --rtol.")] = None,
    order: Annotated[
        str, typer.Option("--order", metavar="N", help="1 or 2: the derivative to check.")
    ] = "1",
    param: opt.Param = None,
    dtype: opt.TypeOf = "float64",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="A row for each point.", show_default=False)
    ] = False,
    plot: Annotated[
        str | None,
        typer.Option(
            "--plot", metavar="FILE",
            help="Draw error against step, and both derivatives, of the worst: .png, .svg or .pdf.",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", metavar="FORMAT",
            help="{formats}; {suites}; by default a table on a terminal, else plain.",
        ),
    ] = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:  # fmt: skip
    """Check stated derivatives against numerical ones.

    \b
    actcli gradcheck gelu
    actcli gradcheck mylayers.py:Gelu
    actcli gradcheck relu elu --format json
    actcli gradcheck relu --at -1,0,1 --method central --step 1e-4
    actcli gradcheck tanh --order 2 --dtype float32
    actcli gradcheck tanh --derivative "1/cosh(x)**2" --plot tanh.png
    actcli gradcheck "x*sin(y)" --at x=1,2 --at y=3
    actcli gradcheck "x*sin(y)" --wrt y --derivative "x*cos(y)"
    actcli gradcheck mylayers.py:Gelu --format junit --output gradcheck.xml

    A row a function, or a variable of several: its worst point, and its kinks with the slopes on both sides,
    between which the stated derivative passes. What fails comes last, and is a line on stderr each, with its
    likely cause. Points where the function overflows or has no value are left out. Without --rtol and --atol
    a difference is judged by what truncation and rounding explain. Exit 1 when a derivative is wrong, or at a
    jump or vertical tangent outside of both slopes, or when code returns other numbers each time.
    """  # noqa: D301
    asked = Asked(
        targets=tuple(targets or []), every=all, command=command, derivative=_one(derivative),
        derivative_command=derivative_command, bug=inject, parameters=settings(param or [], "--param"),
        wrt=names_of(wrt), at=tuple(at or []), file=input,
    )  # fmt: skip
    plan = _plan(samples, seed, method, step, rtol, atol, order, dtype)
    out = _output(format, quiet, output, color)
    _check_plot(plot, output)
    found = [told(check) for check in checks_of(asked, plan)]
    _write(found, out, verbose)
    _draw(found, plot)
    return tell(found, quiet)


def _one(derivatives: list[str] | None) -> str | None:
    """Return the derivative that is stated. Raises InputError: of two the last would be taken silently."""
    if derivatives and len(derivatives) > 1:
        raise InputError("--derivative is given more than once")
    return derivatives[0] if derivatives else None


def _plan(
    samples: str, seed: str, method: str, step: str | None, rtol: str | None, atol: str | None,
    order: str, dtype: str,
) -> "Settings":  # fmt: skip
    from actcli.checking import Settings
    from actcli.differences import DIFFERENCES

    plan = Settings(
        samples=whole(samples, "--samples", 1, _MOST_SAMPLES),
        seed=whole(seed, "--seed", 0, 2**63),
        step=None if step is None else positive(step, "--step"),
        rtol=None if rtol is None else not_negative(rtol, "--rtol"),
        atol=None if atol is None else not_negative(atol, "--atol"),
        order=whole(order, "--order", 1, 2),
        dtype=dtype,
    )
    return plan if method == _AUTO else replace(plan, method=DIFFERENCES[method])


def _output(format: str | None, quiet: bool, file: str, color: str) -> Output:
    if format is None and file == STDOUT:
        return Output(format=format, quiet=quiet, file=file, color=color)
    from actcli.render.ci import CI  # a table waits for no others

    return Output(format=format, quiet=quiet, file=file, color=color, others=dict(CI))


def _check_plot(plot: str | None, output: str) -> None:
    if STDOUT == plot == output:
        raise InputError("only one of table and picture can go to stdout", "-o FILE for the table")
    if plot is not None:
        check_picture(plot)


def _write(found: list[Told], out: Output, verbose: bool) -> None:
    """Write the table, or what another machine reads."""
    chosen = out.chosen()
    if chosen.name in out.others:
        out.write(chosen.render(suite_of(found), out.screen()))
    else:
        out.emit(report_of(rows_of(found, verbose), verbose))


def _draw(found: list[Told], plot: str | None) -> None:
    """Draw the worst check, the last of the table."""
    if plot is None:
        return
    from actcli.picture import Paper
    from actcli.pictures.checks import picture_of

    worst = rows_of(found)[-1].check
    if len(found) > 1:
        say(f"note: the picture is that of {worst.function.name}, the last row")
    save_picture(picture_of(worst), plot, Paper())
