"""Tables for people: rich on a terminal, Markdown for a page."""

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from actcli.render._spec import Format, Screen, is_number, rows, text_of
from actcli.report import Cell, Column, Report

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_GAP = 2  # characters between two columns
_INDENT = "  "  # before a remark under its row
_ASCII_HEAD = "    \n    \n -- \n    \n    \n    \n    \n    \n"  # rich's SIMPLE_HEAD in ASCII


def _table(report: Report, screen: Screen) -> Iterator[str]:
    """Rows under a header; where the widest row does not fit, each row is a block of its own."""
    if _fits(report, screen):
        return _horizontal(report, screen)
    for dropped in ({report.below}, {report.below, *report.spare}):
        kept = {name: column for name, column in report.columns.items() if name not in dropped}
        narrow = replace(report, columns=kept)
        if len(kept) < len(report.columns) and _fits(narrow, screen):
            return _with_remarks(_horizontal(narrow, screen), report.columns.get(report.below, []))
    return _vertical(report, screen)


def _fits(report: Report, screen: Screen) -> bool:
    widths = _widths(report)
    return sum(widths) + _GAP * (len(widths) - 1) <= screen.width


def _horizontal(report: Report, screen: Screen) -> Iterator[str]:
    header, widths = True, _widths(report)
    for chunk in _rows(report) if report.length else [[]]:
        table = _grid(screen, header)
        for (name, column), width in zip(report.columns.items(), widths, strict=True):
            table.add_column(name, justify="right" if _is_numeric(column) else "left", min_width=width)
        for row in chunk:
            table.add_row(*(_marked(report, cell) for cell in row))
        yield _drawn(table, screen)
        header = False


def _with_remarks(tables: Iterator[str], remarks: Column) -> Iterator[str]:
    """Write each row's remark under it: a row is a line, behind the two of the header."""
    lines = (line for table in tables for line in table.splitlines())
    for line, remark in zip_longest(lines, ["", "", *remarks]):
        yield line + "\n" + (f"{_INDENT}{text_of(remark)}\n" if remark else "")


def _vertical(report: Report, screen: Screen) -> Iterator[str]:
    width = max(map(len, report.columns))
    for number, row in enumerate(row for chunk in _rows(report) for row in chunk):
        table = _grid(screen, header=False)
        table.add_column(style="bold", min_width=width)
        table.add_column()
        for name, cell in zip(report.columns, row, strict=True):
            table.add_row(name, _marked(report, cell))
        yield ("\n" if number else "") + _drawn(table, screen)


def _grid(screen: Screen, header: bool) -> "Table":
    from rich.box import SIMPLE_HEAD, Box
    from rich.table import Table

    box = SIMPLE_HEAD if screen.unicode else Box(_ASCII_HEAD, ascii=True)
    return Table(box=box, show_header=header, show_edge=False, padding=(0, _GAP - 1, 0, 0), pad_edge=False)


def _drawn(table: "Table", screen: Screen) -> str:
    """Draw with all the room that the table wants: rich would cut digits off to make it fit."""
    from rich.console import Console

    file = io.StringIO()
    console = Console(
        file=file,
        width=10**6,
        color_system="standard" if screen.color else None,
        no_color=not screen.color,
        force_terminal=screen.color,
        legacy_windows=False,
        highlight=False,
    )
    console.print(table, crop=False, no_wrap=True)
    return "".join(line.rstrip() + "\n" for line in file.getvalue().splitlines())


def _rows(report: Report) -> Iterator[list[tuple[str, ...]]]:
    if report.digits is None:
        return rows(report, text_of)
    short = {name: [_rounded(cell, report.digits) for cell in c] for name, c in report.columns.items()}
    return rows(replace(report, columns=short), text_of)


def _rounded(cell: Cell, digits: int) -> Cell:
    return f"{cell:.{digits}g}" if isinstance(cell, float) else cell


def _marked(report: Report, cell: str) -> "Text":
    from rich.text import Text

    return Text(cell, style=report.styles.get(cell, ""))


def _widths(report: Report) -> list[int]:
    widths = [len(name) for name in report.columns]
    for chunk in _rows(report):
        columns = zip(*chunk, strict=True)
        widths = [max(width, *map(len, cells)) for width, cells in zip(widths, columns, strict=True)]
    return widths


def _is_numeric(column: Column) -> bool:
    return all(cell is None or is_number(cell) for cell in column)


def _markdown(report: Report, _: Screen) -> Iterator[str]:
    yield _markdown_row(tuple(report.columns))
    yield _markdown_row(tuple("--:" if _is_numeric(c) else ":--" for c in report.columns.values()))
    for chunk in rows(report, text_of):
        yield "".join(map(_markdown_row, chunk))


def _markdown_row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


TABLE = Format(name="table", summary="for people, the default on a terminal", render=_table)
MARKDOWN = Format(
    name="markdown", summary="for a page", render=_markdown, suffixes=(".md", ".markdown"), aliases=("md",)
)
