"""Static completion scripts: the command tree as plain records, for one writer a shell.

To write the committed files anew, in the root of the checkout:

    for to in bash:actcli.bash zsh:_actcli fish:actcli.fish powershell:actcli.ps1; do
      actcli completion ${to%:*} > completions/${to#*:}
    done
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer.main

from actcli.cli._command import CHOICES


@dataclass(frozen=True)
class Value:
    """What an option takes, or what an argument is."""

    metavar: str
    choices: tuple[str, ...] = ()
    is_file: bool = False
    many: bool = False


@dataclass(frozen=True)
class Option:
    """An option by all its names; a flag takes no value."""

    names: tuple[str, ...]
    help: str
    value: Value | None = None


@dataclass(frozen=True)
class Command:
    """A command; the one without a name is the program itself."""

    name: str
    help: str
    options: tuple[Option, ...]
    arguments: tuple[Value, ...] = ()


def tree() -> list[Command]:
    """Return the commands of actcli, the program itself first."""
    from actcli.cli.app import app  # app imports the command that imports us

    root: Any = typer.main.get_command(app)
    return [_command("", root), *(_command(name, command) for name, command in root.commands.items())]


def script(shell: str) -> str:
    """Return the completion script of a shell."""
    from actcli.cli import (  # noqa: PLC0415  # they import our records
        _completion_bash,
        _completion_fish,
        _completion_powershell,
        _completion_zsh,
    )

    writers = {
        "bash": _completion_bash.script,
        "zsh": _completion_zsh.script,
        "fish": _completion_fish.script,
        "powershell": _completion_powershell.script,
    }
    return writers[shell](tree())


def named(command: Command) -> Iterator[tuple[str, Option]]:
    """Yield every name of every option with its option."""
    for option in command.options:
        for name in option.names:
            yield name, option


def _command(name: str, command: Any) -> Command:
    options = [param for param in command.params if param.param_type_name == "option" and not param.hidden]
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    return Command(
        name=name,
        help=command.get_short_help_str(limit=200),
        options=tuple(_option(param) for param in options),
        arguments=tuple(_value(param, param.nargs == -1) for param in arguments),
    )


def _option(param: Any) -> Option:
    names = (*param.opts, *param.secondary_opts)
    help = (param.help or "").replace("{choices}", ", ".join(_listed(param)))
    value = None if param.is_flag else _value(param, param.multiple)
    return Option(names, " ".join(help.split()), value)


def _listed(param: Any) -> list[str]:
    """Return the names that the help of a parameter lists; where it lists none, the table is not meant."""
    return list(CHOICES[param.name]()) if "{choices}" in (param.help or "") else []


def _value(param: Any, many: bool) -> Value:
    choices = _listed(param)
    if choices and isinstance(param.default, str) and param.default not in choices:
        choices.append(param.default)  # like --method auto
    return Value(param.metavar or "", tuple(choices), param.metavar == "FILE", many)
