"""actcli list: what the catalogue holds."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output
from actcli.cli._entries import (
    contains,
    entries,
    families,
    family_of,
    frameworks,
    json_of,
    properties,
    properties_of,
    record,
)
from actcli.cli._write import say
from actcli.errors import ExitCode, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from actcli.activations import Activation, Compound
    from actcli.report import Report

    Entry = Activation | Compound

_LEAST = 16  # characters of a column that is cut to fit a terminal
_FAMILY = 22  # the longest name of a family
_GAP = 2


def list_functions(
    family: Annotated[
        str | None, typer.Option("--family", metavar="NAME,...", help="Of these families: {families}.")
    ] = None,
    property: Annotated[
        str | None,
        typer.Option("--property", metavar="NAME,...", help="With all of these properties: {properties}."),
    ] = None,
    framework: Annotated[
        str | None,
        typer.Option(
            "--framework", metavar="NAME", help="What a framework has, as it spells it: {frameworks}."
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="WORD", help="With a word in name, alias, summary, formula, source."),
    ] = None,
    format: opt.Format = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:
    """List the functions, gated units and losses of the catalogue.

    \b
    actcli list
    actcli list --property odd,bounded
    actcli list --framework torch --text gelu
    actcli list --family rectifiers -f json

    Properties are computed from the functions, with their parameters at the defaults. -f json and -f jsonl
    hold all that is known of each; actcli show NAME is its card. A framework that means something else by a
    name has it as name@framework, which every command takes.
    """  # noqa: D301
    out = Output(format=format, quiet=quiet, file=output, color=color)
    found = _found(family, property, text)
    if framework is not None:
        found = _spelt(found, _framework(framework))
    _emit(out, found, framework)
    if not found:
        say("note: the catalogue holds nothing like that")
    return ExitCode.OK


def _found(family: str | None, property: str | None, text: str | None) -> "list[Entry]":
    from actcli.facts import facts_of

    kin = {_known("family", name, families()) for name in _names(family)}
    wanted = {_known("property", name, properties()) for name in _names(property)}
    return [
        entry
        for entry in entries()
        if (not kin or family_of(entry) in kin)
        and wanted <= {*properties_of(entry, facts_of(entry.name) if wanted else None)}
        and (text is None or contains(entry, text))
    ]


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in text.split(",")] if text is not None else []


def _known(noun: str, name: str, names: "Iterable[str]") -> str:
    if name not in names:
        raise UnknownNameError(noun, name, names)
    return name


def _framework(name: str) -> str:
    from actcli.activations.flavours import SHORT

    return _known("framework", SHORT.get(name, name), frameworks())


def _spelt(found: "Sequence[Entry]", framework: str) -> "list[Entry]":
    """Return the functions as a framework has them."""
    from actcli.frameworks import flavours_of, in_framework

    names = (flavour.name for entry in found for flavour in flavours_of(entry))
    return [in_framework(name) for name in dict.fromkeys(names) if name.endswith(f"@{framework}")]


def _emit(out: Output, found: "Sequence[Entry]", framework: str | None) -> None:
    from actcli.facts import facts_of

    format = out.chosen().name
    if format in ("json", "jsonl") and not out.quiet:
        records = [record(entry, facts_of(entry.name)) for entry in found]
        out.write([json_of(records)] if format == "json" else (json_of(item, None) for item in records))
        return
    columns = _columns(found) if framework is None else _spellings(found)
    shown = _fitted(columns, out.screen().width) if format == "table" else columns
    out.emit(_report(shown))
    left = [name for name in columns if name not in shown]
    if left and not out.quiet:
        say(f"note: no room for {' and '.join(left)}: -f csv has all")


def _columns(found: "Sequence[Entry]") -> dict[str, list[str]]:
    from actcli.facts import facts_of

    return {
        "name": [entry.name for entry in found],
        "family": [family_of(entry) for entry in found],
        "formula": [entry.formula or entry.property for entry in found],
        "properties": [" ".join(properties_of(entry, facts_of(entry.name))) for entry in found],
    }


def _spellings(found: "Sequence[Entry]") -> dict[str, list[str]]:
    from actcli.frameworks import flavour_of

    flavours = [flavour_of(entry.name) for entry in found]
    return {
        "name": [entry.name for entry in found],
        "spelling": [flavour.spelling for flavour in flavours],
        "formula": [entry.formula or entry.property for entry in found],
        "note": [flavour.note for flavour in flavours],
    }


def _report(columns: Mapping[str, Any]) -> "Report":
    from actcli.report import Report

    return Report(columns=columns, results=("name",))


def _fitted(columns: dict[str, list[str]], width: int) -> dict[str, list[str]]:
    """Cut all columns but the names to what a terminal has room for; of the last two some may have none."""
    *kept, wide, last = columns
    columns = {**columns, kept[-1]: _cut(columns[kept[-1]], max(_FAMILY, width * 3 // 10))}
    widths = {name: max(map(len, (name, *cells))) for name, cells in columns.items()}
    room = width - 1 - sum(widths[name] + _GAP for name in kept)
    if room < 3 * _LEAST:
        shown = {wide: _cut(columns[wide], room)} if room >= _LEAST else {}
        return {name: columns[name] for name in kept} | shown
    share = min(widths[wide], max(room - _GAP - widths[last], (room - _GAP) * 3 // 5))
    cuts = {wide: share, last: room - _GAP - share}
    return {name: _cut(cells, cuts.get(name, width)) for name, cells in columns.items()}


def _cut(cells: list[str], width: int) -> list[str]:
    return [cell if len(cell) <= width else f"{cell[: width - 1]}…" for cell in cells]
