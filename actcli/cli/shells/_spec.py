"""The record of a shell, and the command tree as plain records for it to write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from actcli.cli._command import choices, filled


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


@dataclass(frozen=True)
class Shell:
    """A shell, and how the command tree becomes its completion script: pure shell, no TAB starts Python."""

    name: str
    summary: str
    script: Callable[[list[Command]], str]
    aliases: tuple[str, ...] = ()


def tree(root: Any) -> list[Command]:
    """Return the commands below Typer's `root`, the program itself first."""
    return [_command("", root), *(_command(name, command) for name, command in root.commands.items())]


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
    help = filled(param.help or "")
    value = None if param.is_flag else _value(param, param.multiple)
    return Option(names, " ".join(help.split()), value)


def _value(param: Any, many: bool) -> Value:
    names = choices(param.help or "")
    if names and isinstance(param.default, str) and param.default not in names:
        names.append(param.default)  # like --method auto
    return Value(param.metavar or "", tuple(names), param.metavar == "FILE", many)
