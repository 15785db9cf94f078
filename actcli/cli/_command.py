"""How our commands differ from Typer's: numbers are no options, help lists what the registries hold."""

import importlib
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


CHOICES: dict[str, Callable[[], Iterable[str]]] = {
    "format": _registry("actcli.render", "FORMATS"),
    "color": lambda: COLORS,
    "dtype": _registry("actcli.function", "DTYPES"),
    "name": _registry("actcli.activations", "ACTIVATIONS"),
    "names": _registry("actcli.activations", "ACTIVATIONS"),
    "objective": _registry("actcli.objectives", "OBJECTIVES"),
    "optimizer": _registry("actcli.optimizers", "OPTIMIZERS"),
    "method": _registry("actcli.differences", "DIFFERENCES"),
    "gradient": _registry("actcli.descent", "GRADIENTS"),
    "layout": _registry("actcli.curves", "LAYOUTS"),
    "order": lambda: ("0", "1", "2"),
    "shell": _registry("actcli.cli.shells", "SHELLS"),
}


class Command(TyperCommand):
    """A command whose arguments may start with a minus, and whose help fills in `{choices}`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Parse; a token that reads as POINTS, like -1e-3 or -5:5, is never an option."""
        rest = super().parse_args(ctx, list(self._shielded(args)))
        ctx.params.update({name: _unshielded(value) for name, value in ctx.params.items()})
        return rest

    def _shielded(self, args: list[str]) -> Iterable[str]:
        """Put a space before numbers with a minus: what does not start with one is no option."""
        takes_value = {
            opt
            for param in self.params
            if param.param_type_name == "option" and not getattr(param, "is_flag", False)
            for opt in param.opts
        }
        before = ""
        for token in args:
            shield = token.startswith("-") and before not in takes_value and is_meant_as_points(token)
            yield f" {token}" if shield else token
            before = token

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, with the names that the registries hold."""
        for param in self.params:
            text = getattr(param, "help", None)
            if text and "{choices}" in text:
                param.help = text.replace("{choices}", ", ".join(CHOICES[param.name or ""]()))  # type: ignore[attr-defined]
        super().format_options(ctx, formatter)


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
