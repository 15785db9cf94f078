"""The record of a format of graphs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actcli.picture import Box, Diagram
from actcli.render._spec import Screen

MARKS = {"value": "= ", "gradient": "∂ ", "plain": ""}
ASCII_MARKS = {**MARKS, "gradient": "grad "}


@dataclass(frozen=True, kw_only=True)
class GraphFormat:
    """A format of graphs: `render` turns a diagram into pieces of text, lines complete.

    `suffixes` are the file names it is chosen by.
    """

    name: str
    summary: str
    render: Callable[[Diagram, Screen], Iterator[str]]
    suffixes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def lines_of(box: Box, screen: Screen) -> list[str]:
    """Return a box's title and its rows, values and gradients marked."""
    marks = MARKS if screen.unicode else ASCII_MARKS
    return [box.title, *(marks[role] + text for text, role in box.rows)]
