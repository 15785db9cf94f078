"""The options that commands share."""

from typing import Annotated

import typer

from actcli.cli._write import write_stdout


def _show_help(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        write_stdout([ctx.get_help() + "\n"])
        raise typer.Exit


Help = Annotated[
    bool,
    typer.Option(
        "--help",
        "-h",
        help="Show this help.",
        is_eager=True,
        callback=_show_help,
        expose_value=True,
        show_default=False,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", "-f", metavar="FORMAT", help="{formats}; by default a table on a terminal, else plain."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the results alone.", show_default=False)]
OutputFile = Annotated[
    str,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write there, in the format of its suffix; - is stdout."
    ),
]
Color = Annotated[str, typer.Option("--color", metavar="WHEN", help="{colors}.")]
Param = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", metavar="NAME=NUMBER", help="Set a parameter of the function; repeatable."),
]
Dtype = Annotated[
    str | None, typer.Option("--dtype", metavar="TYPE", help="{types}: the type of x and of the results.")
]
TypeOf = Annotated[
    str, typer.Option("--dtype", metavar="TYPE", help="{types}: the type of x and of the results.")
]
_WHAT = 'A formula like "x*sigmoid(2*x)", FILE.py:NAME, or a name: {functions}, {compounds}, {objectives}.'
Target = Annotated[str, typer.Argument(metavar="TARGET", help=_WHAT, show_default=False)]
Targets = Annotated[list[str] | None, typer.Argument(metavar="TARGET...", help=_WHAT, show_default=False)]
