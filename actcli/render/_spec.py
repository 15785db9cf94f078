"""The record of an output format, and the text of a cell that all of them share."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from actcli.errors import printable
from actcli.report import Cell, Column, Report

_CHUNK = 2**14  # rows formatted at a time


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What a text is shown on: its width in characters, whether it takes colour, and more than ASCII."""

    width: int = 80
    color: bool = False
    unicode: bool = True


Shown = TypeVar("Shown")  # what a format is for: reports, or the diagrams of `graphs`


@dataclass(frozen=True, kw_only=True)
class Format(Generic[Shown]):
    """An output format: `render` turns a report, or a diagram, into pieces of text, lines complete.

    `suffixes` are the file names it is chosen by.
    """

    name: str
    summary: str
    render: Callable[[Shown, Screen], Iterator[str]]
    suffixes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def rows(report: Report, text: Callable[[Cell], str]) -> Iterator[list[tuple[str, ...]]]:
    """Yield the table's rows as texts, many at a time, so that 10^7 rows need little memory."""
    for start in range(0, report.length, _CHUNK):
        chunk = (_texts(c[start : start + _CHUNK], text) for c in report.columns.values())
        yield list(zip(*chunk, strict=True))


def text_of(cell: Cell) -> str:
    """Return a cell's text: the shortest digits that read back to the same float; nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return printable(cell)
    if isinstance(cell, (bool, int, float)):
        return str(cell)
    return _narrow(cell)


def _narrow(number: Any) -> str:
    """Return the text of a numpy number: small whole ones in full, others in their own shortest digits."""
    wide = float(number)
    if abs(wide) < 2**24 and wide.is_integer():
        return str(number.item())
    return repr(float(str(number)))


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number."""
    return not isinstance(cell, (str, bool)) and cell is not None


def is_finite(cell: Cell) -> bool:
    """Whether a cell holds a finite number."""
    return is_number(cell) and math.isfinite(cast(float, cell))


def _texts(column: Column, text: Callable[[Cell], str]) -> list[str]:
    if getattr(column, "dtype", None) != "float64":
        return [text(cell) for cell in column]
    numbers: list[float] = column.tolist()  # Python's floats: the same digits, sooner
    if all(map(math.isfinite, numbers)):
        return list(map(repr, numbers))
    return [text(number) for number in numbers]
