"""How our commands differ from Typer's: numbers are no options, help lists what the registries hold."""

import ast
import importlib
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from actcli.cli._emit import COLORS
from actcli.errors import UnknownNameError
from actcli.points import is_meant_as_points


def _registry(module: str, name: str) -> Callable[[], Iterable[str]]:
    def names() -> Iterable[str]:
        return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]

    return names


def _computed(module: str, name: str) -> Callable[[], Iterable[str]]:
    def names() -> Iterable[str]:
        return getattr(importlib.import_module(module), name)()  # type: ignore[no-any-return]

    return names


# What a help text may name in braces: the names that a registry holds.
CHOICES: dict[str, Callable[[], Iterable[str]]] = {
    "formats": _registry("actcli.render", "FORMATS"),
    "colors": lambda: COLORS,
    "types": _registry("actcli.function", "DTYPES"),
    "functions": _registry("actcli.activations", "ACTIVATIONS"),
    "compounds": _registry("actcli.activations", "COMPOUNDS"),
    "objectives": _registry("actcli.objectives", "OBJECTIVES"),
    "optimizers": _registry("actcli.optimizers", "OPTIMIZERS"),
    "methods": _registry("actcli.differences", "DIFFERENCES"),
    "gradients": _registry("actcli.descent", "GRADIENTS"),
    "layouts": _registry("actcli.pictures.curves", "LAYOUTS"),
    "graphs": _registry("actcli.render.graphs", "GRAPHS"),
    "kinds": _registry("actcli.cli._drawings", "KINDS"),
    "suites": _registry("actcli.render.ci", "CI"),
    "bugs": _registry("actcli.bugs", "BUGS"),
    "languages": _registry("actcli.codegen", "LANGUAGES"),
    "families": _computed("actcli.cli._entries", "families"),
    "properties": _computed("actcli.cli._entries", "properties"),
    "frameworks": _computed("actcli.cli._entries", "frameworks"),
    "shells": _registry("actcli.cli.shells", "SHELLS"),
}


def choices(help: str) -> list[str]:
    """Return the names that a help text's braces stand for."""
    return [name for key, names in CHOICES.items() if f"{{{key}}}" in help for name in names()]


def filled(help: str) -> str:
    """Return a help text with the names in place of its braces."""
    for key, names in CHOICES.items():
        if f"{{{key}}}" in help:
            help = help.replace(f"{{{key}}}", ", ".join(names()))
    return help


class Command(TyperCommand):
    """A command whose arguments may start with a minus; its help fills in the names of registries."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Parse; a token that reads as POINTS, like -1e-3, or as a formula, like -x**2, is no option."""
        rest = super().parse_args(ctx, list(self._shielded(args)))
        ctx.params.update({name: _unshielded(value) for name, value in ctx.params.items()})
        return rest

    def _shielded(self, args: list[str]) -> Iterable[str]:
        """Put a space before numbers and formulas with a minus: what does not start with one is no option."""
        options = [param for param in self.params if param.param_type_name == "option"]
        declared = {opt for param in options for opt in param.opts}
        takes_value = {opt for p in options if not getattr(p, "is_flag", False) for opt in p.opts}
        before = ""
        for token in args:
            if token == "--":
                yield from args[args.index(token) :]
                return
            shield = token.startswith("-") and before not in takes_value and _is_operand(token, declared)
            yield f" {token}" if shield else token
            before = token

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, with the names that the registries hold."""
        for param in self.params:
            param.help = filled(getattr(param, "help", None) or "")  # type: ignore[attr-defined]
        super().format_options(ctx, formatter)


def _is_operand(token: str, declared: set[str]) -> bool:
    """Whether a token with a minus is a number or a formula; with a declared letter it is an option."""
    if is_meant_as_points(token):
        return True
    if token[1:2] in ("", "-") or (token[:2] in declared and not set(token) & set("*+(")):
        return False
    if len(token) == 2 and token != "-x":  # an option that was misspelt rather than a variable
        return False
    try:
        with warnings.catch_warnings(action="ignore"):
            return bool(ast.parse(token, mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _unshielded(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_unshielded(item) for item in value]
    return value[1:] if isinstance(value, str) and value.startswith(" -") else value


class Group(TyperGroup):
    """The top of the command tree."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """Find the command. Raises UnknownNameError with the nearest right ones."""
        if args and self.get_command(ctx, args[0]) is None:
            raise UnknownNameError("command", args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)
