"""actcli plot: pictures of functions."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._conventions import say_conventions
from actcli.cli._picture import check_picture, save_picture
from actcli.cli._write import check_stdout, write_stdout
from actcli.errors import ExitCode, InputError, UnknownNameError, printable
from actcli.points import finite, interval, points, settings, size, whole

if TYPE_CHECKING:
    from actcli.curves import What
    from actcli.function import Function
    from actcli.picture import Paper, Picture


_RANGE = "-5:5"


def plot(
    targets: opt.Targets = None,
    with_derivative: Annotated[
        bool, typer.Option("--with-derivative", help="Draw the derivative too, dashed.", show_default=False)
    ] = False,
    derivative_only: Annotated[
        bool, typer.Option("--derivative-only", help="Draw the derivative alone.", show_default=False)
    ] = False,
    range: Annotated[str, typer.Option("--range", metavar="A:B", help="The interval of x.")] = _RANGE,
    ylim: Annotated[str | None, typer.Option("--ylim", metavar="A:B", help="Cut y to this interval.")] = None,
    tangent: Annotated[
        list[str] | None, typer.Option("--tangent", metavar="X", help="Draw the tangent at X; repeatable.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="POINTS", help="The input of a vector function (softmax); 1,2,3."),
    ] = None,
    layout: Annotated[str, typer.Option("--layout", metavar="HOW", help="{layouts}.")] = "overlay",
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="The title; else the names.")
    ] = None,
    inches: Annotated[str | None, typer.Option("--size", metavar="WxH", help="In inches, like 8x5.")] = None,
    dpi: Annotated[str, typer.Option("--dpi", metavar="N", help="Dots per inch.")] = "150",
    param: opt.Param = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="A .png, .svg or .pdf; - is PNG on stdout."),
    ] = None,
    help: opt.Help = False,
) -> int:
    """Draw functions and their derivatives.

    \b
    actcli plot tanh --with-derivative
    actcli plot tanh sigmoid --derivative-only --range -10:10
    actcli plot sigmoid --with-derivative --layout columns -o sigmoid.svg
    actcli plot softplus --tangent 1 --tangent -2
    actcli plot softmax --at 1,2,3

    Prints the path of the picture, by default the names joined with what is drawn, in the working directory.
    Kinks are dots, jumps gaps with an open dot at the limit that is not taken.
    """  # noqa: D301
    from actcli.target import resolve

    if not targets:
        raise InputError("no function to draw", "for example: actcli plot tanh")
    what = _what(with_derivative, derivative_only)
    functions = [resolve(name, settings(param or [], "--param")) for name in targets]
    path = _default_path(targets, what, bool(tangent)) if output is None else output
    check_picture(path)
    check_stdout()  # where the path will be printed
    paper = _paper(inches, dpi)
    tangents = [finite(x, "--tangent") for x in tangent or []]
    if all(not function.elementwise for function in functions):
        picture = _bars(functions, at, what, tangents, (range, ylim, layout))
    else:
        picture = _curves(functions, at, what, range, ylim, tangents, layout)
    for function in functions:
        say_conventions(function, tangents, 1)
    titled = _titled(picture, title)
    save_picture(titled, path, paper, announce=lambda: write_stdout([f"{printable(path)}\n"]))
    return ExitCode.OK


def _what(with_derivative: bool, derivative_only: bool) -> "What":
    if with_derivative and derivative_only:
        raise InputError("--with-derivative and --derivative-only exclude each other")
    return "both" if with_derivative else "derivative" if derivative_only else "value"


def _paper(inches: str | None, dpi: str) -> "Paper":
    from actcli.picture import Paper

    return Paper(size=None if inches is None else size(inches, "--size"), dpi=whole(dpi, "--dpi", 10, 2400))


def _titled(picture: "Picture", title: str | None) -> "Picture":
    if title is None:
        return picture
    return replace(picture, title="\n".join(map(printable, title.split("\n"))))


def _default_path(names: list[str], what: str, tangents: bool) -> str:
    drawn = {"both": "-with-derivative", "derivative": "-derivative", "value": ""}[what]
    stem = "-".join(names) + drawn + "-tangent" * tangents
    return re.sub(r"[^A-Za-z0-9_@.-]", "_", stem)[:150] + ".png"


def _curves(
    functions: "list[Function]",
    at: str | None,
    what: "What",
    span: str,
    ylim: str | None,
    tangents: list[float],
    layout: str,
) -> "Picture":
    from actcli.curves import LAYOUTS, View, curves

    if layout not in LAYOUTS:
        raise UnknownNameError("layout", layout, LAYOUTS)
    if at is not None:
        raise InputError("--at is for vector functions", "--range A:B, or --tangent X")
    view = View(
        interval=interval(span, "--range"),
        ylim=None if ylim is None else interval(ylim, "--ylim"),
        what=what,
        tangents=tuple(tangents),
        layout=layout,
    )
    return curves(functions, view)


def _bars(
    functions: "list[Function]",
    at: str | None,
    what: "What",
    tangents: list[float],
    others: tuple[object, ...],
) -> "Picture":
    from actcli.curves import bars

    if what != "value" or tangents:
        raise InputError(
            "a vector function is drawn as bars, without derivatives", "actcli eval NAME --jacobian"
        )
    if others != (_RANGE, None, "overlay"):
        raise InputError("--range, --ylim and --layout are not for vector functions", "--at 1,2,3")
    return bars(functions, points(["1,2,3" if at is None else at]))
