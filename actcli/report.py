"""Report: the neutral thing a command produces, for the formats of `render` to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Cell = float | int | str | bool | None
Column = Any  # a sequence of cells, or a one-dimensional numpy array


@dataclass(frozen=True, kw_only=True)
class Report:
    """A table by columns, all of one length.

    `results` names the columns that --quiet keeps. `styles` maps the text of a cell to the way a terminal
    marks it (a rich style); what it says never depends on it. `digits` is how many significant digits a table
    for people shows; all else is written in full. Where such a table is too wide it writes the column
    `below`, of remarks, under each row, and goes without the `spare` ones.
    """

    columns: Mapping[str, Column]
    results: tuple[str, ...]
    styles: Mapping[str, str] = field(default_factory=dict)
    digits: int | None = None
    below: str = ""
    spare: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"the columns of a report must be of one length, not {lengths}")

    @property
    def length(self) -> int:
        """How many rows the table has."""
        return len(next(iter(self.columns.values())))

    def quiet(self) -> "Report":
        """Return the report with its results alone."""
        kept = {name: self.columns[name] for name in self.results}
        return replace(self, columns=kept)
