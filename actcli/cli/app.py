"""The command tree."""

import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._boundary import print_version
from actcli.cli._command import Command, Group
from actcli.errors import ExitCode, InputError, printable

# Where each command is written, in the order of the help
COMMANDS = {
    "plot": "plot:plot",
    "eval": "eval:evaluate",
    "gradcheck": "gradcheck:gradcheck",
    "audit": "audit:audit",
    "descend": "descend:descend",
    "trace": "trace:trace",
    "list": "list:list_functions",
    "show": "show:show",
    "completion": "completion:completion",
}
_NEEDS_ALL = "completion"  # it writes about the others


def command(name: str) -> Callable[..., int]:
    """Return the function of a command."""
    module, _, function = COMMANDS[name].partition(":")
    return getattr(importlib.import_module(f"actcli.cli.{module}"), function)  # type: ignore[no-any-return]


def command_tree(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the program with these commands: who runs one does not wait for the others."""
    app = typer.Typer(
        cls=Group,
        add_completion=False,
        add_help_option=False,
        rich_markup_mode=None,  # rich would swallow the brackets of mathematics
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )
    app.callback()(_actcli)
    for name in names:
        app.command(name, cls=Command, add_help_option=False)(command(name))
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        print_version()
        raise typer.Exit


def _actcli(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            help="Show the version.",
            is_eager=True,
            callback=_show_version,
            show_default=False,
        ),
    ] = False,
    help: opt.Help = False,
) -> None:
    """See, evaluate, gradient-check and descend activation functions and formulas, right to the last bit.

    \b
    actcli plot tanh --with-derivative
    actcli eval sigmoid 1.5
    actcli gradcheck --all
    actcli audit gelu --max-ulp 4 --points 50
    actcli descend --lr 0.1 --steps 20
    actcli trace "x*sin(x)" 2
    actcli list --property odd,bounded
    actcli show gelu

    Exit codes: 0 done, or yes; 1 no (a check failed, a descent diverged); 2 bad usage or input, or cannot
    read or write; 70 a bug of actcli; 130 interrupted.
    """  # noqa: D301
    if ctx.invoked_subcommand is None:
        raise InputError("no command", f"one of {', '.join(COMMANDS)}; actcli --help says more")


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code. Raises ActcliError."""
    names = [name for name in arguments[:1] if name in COMMANDS and name != _NEEDS_ALL] or COMMANDS
    try:
        result = command_tree(names)(
            args=list(arguments), prog_name="actcli", standalone_mode=False, windows_expand_args=False
        )
    except typer.TyperException as error:
        raise _usage_error(error.format_message()) from None
    except typer.Abort:
        return ExitCode.INTERRUPTED
    return int(result or ExitCode.OK)


def _usage_error(text: str) -> InputError:
    """Turn Typer's sentence into ours: its suggestions become the tip."""
    text = printable(text)
    suggested = re.fullmatch(r"(.*?)[.:]? *\(?(?:Did you mean|Possible options:?) *(.*?)[?)]*", text)
    message, near = suggested.groups() if suggested else (text, "")
    message = message[:1].lower() + message[1:].rstrip(".")
    return InputError(message, f"did you mean {near}?" if near else "--help shows what there is")
