"""The neutral things that commands produce: a Report for the formats of `render`, a Picture for a figure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from actcli.errors import InputError

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")
_MOST_PIXELS = 64_000_000

Cell = float | int | str | bool | None
Column = Any  # a sequence of cells, or a one-dimensional numpy array


@dataclass(frozen=True, kw_only=True)
class Report:
    """A table by columns, all of one length.

    `results` names the columns that --quiet keeps. `styles` maps the text of a cell to the way a terminal
    marks it (a rich style); what it says never depends on it.
    """

    columns: Mapping[str, Column]
    results: tuple[str, ...]
    styles: Mapping[str, str] = field(default_factory=dict)

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
        return Report(columns=kept, results=self.results, styles=self.styles)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve: nan in `y` breaks it. Lines of one function share a `color`, a number of the palette."""

    x: Any
    y: Any
    color: int
    label: str = ""
    style: Literal["solid", "dashed", "dotted", "path", "axis"] = "solid"


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A point: filled where the function is, open where it only tends to; or a named mark of a path."""

    x: float
    y: float
    color: int
    open: bool = False
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Contours:
    """Heights over a plane: x of shape (m,), y of shape (n,), z of shape (n, m), and the levels to draw."""

    x: Any
    y: Any
    z: Any
    levels: Any


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One pair of axes. `limits` are (low, high) of x and y; None leaves them to the data."""

    title: str = ""
    xlabel: str = "x"
    ylabel: str = "y"
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    bars: tuple[float, ...] = ()
    contours: Contours | None = None
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None
    log: bool = False


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Panels side by side under a title."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Size in inches (None: what suits the panels) and dots per inch. Raises InputError."""

    size: tuple[float, float] | None = None
    dpi: int = 150

    def __post_init__(self) -> None:
        width, height = self.size or (0.0, 0.0)
        if width * height * self.dpi**2 > _MOST_PIXELS or max(width, height) * self.dpi > 2**15:
            raise InputError(f"the picture is too large: {width:g}x{height:g} inches at {self.dpi} dpi")
        if self.size and min(width, height) < 1:
            raise InputError(f"the picture is too small: {width:g}x{height:g} inches", "at least 1x1")
