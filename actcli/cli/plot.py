"""actcli plot: pictures of functions."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from zlib import crc32

import typer

from actcli.cli import _options as opt
from actcli.cli._conventions import say_conventions
from actcli.cli._emit import STDOUT, Output
from actcli.cli._picture import check_picture, save_picture
from actcli.cli._write import check_stdout, say, write_stdout
from actcli.errors import ExitCode, InputError, printable
from actcli.points import finite, settings, size, whole

if TYPE_CHECKING:
    from actcli.cli._drawings import Wish
    from actcli.function import Function
    from actcli.picture import Paper, Picture
    from actcli.report import Report

_LONGEST = 60  # characters of a file's name before its suffix
_WORDS = (("**", "_"), ("*", ""), ("/", "_over_"))  # for characters that no file's name should hold


def plot(
    targets: opt.Targets = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="{kinds}; of two variables contour, else curve."),
    ] = None,
    with_derivative: Annotated[
        bool, typer.Option("--with-derivative", help="Draw the derivative too, dashed.", show_default=False)
    ] = False,
    derivative_only: Annotated[
        bool, typer.Option("--derivative-only", help="Draw the derivative alone.", show_default=False)
    ] = False,
    parts: Annotated[
        bool,
        typer.Option("--parts", help="Draw what the formula is made of too, dashed.", show_default=False),
    ] = False,
    tangent: Annotated[
        list[str] | None, typer.Option("--tangent", metavar="X", help="Draw the tangent at X; repeatable.")
    ] = None,
    range: Annotated[
        list[str] | None,
        typer.Option(
            "--range", metavar="[NAME=]A:B", help="The interval of x, or of one variable; -5:5, repeatable."
        ),
    ] = None,
    ylim: Annotated[str | None, typer.Option("--ylim", metavar="A:B", help="Cut y to this interval.")] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="POINTS", help="The input of a vector function (softmax); 1,2,3,4."),
    ] = None,
    layout: Annotated[
        str | None, typer.Option("--layout", metavar="HOW", help="{layouts}; by default overlay.")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="The title; else the names.")
    ] = None,
    inches: Annotated[str | None, typer.Option("--size", metavar="WxH", help="In inches, like 8x5.")] = None,
    dpi: Annotated[str, typer.Option("--dpi", metavar="N", help="Dots per inch.")] = "150",
    param: opt.Param = None,
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="FORMAT", help="Print the tangents as a table: {formats}."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="A .png, .svg or .pdf; - is PNG on stdout."),
    ] = None,
    help: opt.Help = False,
) -> int:
    """Draw functions and their derivatives.

    \b
    actcli plot tanh --with-derivative
    actcli plot "exp(x)" "exp(-x)" --range -2:2
    actcli plot tanh --parts --ylim -5:5
    actcli plot "2*x**2 + 2" --tangent 5 --tangent -2 --format plain
    actcli plot sigmoid --with-derivative --layout columns -o sigmoid.svg
    actcli plot "x0**2 + x1**2" --kind field --range -2:2
    actcli plot rosenbrock --kind surface --range x1=-1:2
    actcli plot softmax --at 1,2,3
    actcli plot swiglu --kind surface

    Prints the path of the picture, by default the names joined with what is drawn, in the working directory;
    with --format the table instead. Kinks are dots, jumps gaps with an open dot at the limit that is not
    taken. Where a function has poles, y is cut to where most of it lies.
    """  # noqa: D301
    from actcli.cli._drawings import Wish, drawn
    from actcli.target import resolve

    if not targets:
        raise InputError("no function to draw", "for example: actcli plot tanh")
    wish = Wish(
        kind=kind, with_derivative=with_derivative, derivative_only=derivative_only, parts=parts, ylim=ylim,
        at=at, layout=layout, ranges=tuple(range or []),
        tangents=tuple(finite(x, "--tangent") for x in tangent or []),
    )  # fmt: skip
    table = _table(format, wish, output)
    functions = [resolve(name, settings(param or [], "--param")) for name in targets]
    if at is None:  # a gated unit is a surface over an entry of each half
        functions = [function.halves or function for function in functions]
    path = _default_path(functions, wish) if output is None else output
    check_picture(path)
    check_stdout()  # where the path will be printed
    paper = _paper(inches, dpi)
    picture = _titled(drawn(functions, wish), title)
    for function in functions:
        say_conventions(function, wish.tangents, 1)
    save_picture(picture, path, paper, announce=lambda: _announce(path, table, functions, wish))
    return ExitCode.OK


def _table(format: str | None, wish: "Wish", output: str | None) -> Output | None:
    """Return the way out of the table of tangents, if there is to be one."""
    if format is None:
        return None
    if not wish.tangents:
        raise InputError("--format is for the table of tangents", "--tangent X")
    if output == STDOUT:
        raise InputError("only one of table and picture can go to stdout", "-o FILE for the picture")
    return Output(format=format, quiet=False, file=STDOUT, color="auto")


def _announce(path: str, table: Output | None, functions: "Sequence[Function]", wish: "Wish") -> None:
    if table is None:
        write_stdout([f"{printable(path)}\n"])
    else:
        table.emit(_tangents(functions, wish.tangents))
        say(f"wrote {printable(path)}")


def _tangents(functions: "Sequence[Function]", places: Sequence[float]) -> "Report":
    from actcli.pictures.curves import tangent
    from actcli.report import Report

    found = [tangent(function, x) for function in functions for x in places]
    columns = {
        "function": [touch.function.name for touch in found],
        "x": [touch.x for touch in found],
        "value": [touch.y for touch in found],
        "slope": [touch.slope for touch in found],
        "intercept": [touch.intercept for touch in found],
        "equation": [touch.equation for touch in found],
    }
    return Report(columns=columns, results=tuple(columns)[2:])


def _paper(inches: str | None, dpi: str) -> "Paper":
    from actcli.picture import Paper

    return Paper(size=None if inches is None else size(inches, "--size"), dpi=whole(dpi, "--dpi", 10, 2400))


def _titled(picture: "Picture", title: str | None) -> "Picture":
    if title is None:
        return picture
    return replace(picture, title="\n".join(map(printable, title.split("\n"))), is_mathematics=False)


def _default_path(functions: "Sequence[Function]", wish: "Wish") -> str:
    """Join the names with what is drawn; of what is too long for a file's name, a checksum stays."""
    what = {"both": "-with-derivative", "derivative": "-derivative", "value": ""}[wish.what]
    drawn = (
        what + "-parts" * wish.parts + "-tangent" * bool(wish.tangents) + f"-{wish.kind}" * bool(wish.kind)
    )
    names = [_plain(function) for function in functions]
    stem = ("-" if names == [function.name for function in functions] else ",").join(names)
    room = _LONGEST - len(drawn)
    if len(stem) > room:
        stem = f"{stem[: room - 9].rstrip('_.-+')}-{crc32(stem.encode()):08x}"
    return f"{stem}{drawn}.png"


def _plain(function: "Function") -> str:
    """Return a function's name in characters that are safe in a file's."""
    name = re.sub(r"\)*\s*([-+])\s*", r"\1", function.name)  # a bracket that a sign follows needs no trace
    for operator, word in _WORDS:
        name = name.replace(operator, word)
    return re.sub(r"[^A-Za-z0-9@.+-]+", "_", name).strip("_.-+") or "formula"
