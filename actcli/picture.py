"""Picture and Diagram: the neutral things a command draws, for the figures of `render` to show."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from actcli.errors import InputError

SUFFIXES = (".png", ".svg", ".pdf")

Style = Literal["solid", "dashed", "part", "dotted", "path", "axis", "wide", "crosses"]

_MOST_PIXELS = 64_000_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve: nan in `y` breaks it. Lines of one function share a `color`, a number of the palette."""

    x: Any
    y: Any
    color: int
    label: str = ""
    style: Style = "solid"


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A point: filled where the function is, open where it only tends to; or a named mark of a path."""

    x: float
    y: float
    color: int
    open: bool = False
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Band:
    """The area between two curves over x, shaded: nan in either breaks it."""

    x: Any
    low: Any
    high: Any
    color: int
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Bars side by side: for each of `names` one of each kind, `heights` being (kind, color, numbers)."""

    names: tuple[str, ...]
    heights: tuple[tuple[str, int, tuple[float, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Contours:
    """Heights over a plane: x of shape (m,), y of shape (n,), z of shape (n, m), and the levels to draw.

    nan in z is left out. Filled, the bands between the levels are coloured, and a bar tells their heights.
    """

    x: Any
    y: Any
    z: Any
    levels: Any
    filled: bool = False


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A wireframe in space, coloured by height: x of shape (m,), y of shape (n,), z of shape (n, m)."""

    x: Any
    y: Any
    z: Any


@dataclass(frozen=True, kw_only=True)
class Field:
    """Arrows from (x, y) to (x + u/scale, y + v/scale), each array of shape (k,)."""

    x: Any
    y: Any
    u: Any
    v: Any
    scale: float


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One pair of axes, or three in space for a surface, which then is all there is.

    `xlim` and `ylim` are (low, high); None leaves them to the data. `log` is of y, `log_x` of x. `equal`: x
    and y have one scale.
    """

    title: str = ""
    xlabel: str = "x"
    ylabel: str = "y"
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    bars: tuple[float, ...] = ()
    bands: tuple[Band, ...] = ()
    groups: Groups | None = None
    contours: Contours | None = None
    field: Field | None = None
    surface: Surface | None = None
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None
    log: bool = False
    log_x: bool = False
    equal: bool = False


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Panels side by side under a title; `is_mathematics` says that the title is mathtext, without the $."""

    title: str
    panels: tuple[Panel, ...]
    is_mathematics: bool = False


@dataclass(frozen=True, kw_only=True)
class Box:
    """A node of a graph: what it is, and below it lines of (text, role)."""

    key: str
    title: str
    rows: tuple[tuple[str, Literal["value", "gradient", "plain"]], ...] = ()
    kind: Literal["input", "constant", "operation", "output"] = "operation"


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """From the box of one key to that of another; the label is short, as a local derivative is."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A directed acyclic graph under a title. Two boxes may be joined by several arrows, as in x*x."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Size in inches (None: what suits the picture) and dots per inch. Raises InputError."""

    size: tuple[float, float] | None = None
    dpi: int = 150

    def __post_init__(self) -> None:
        self.fit(1)

    def fit(self, panels: int) -> tuple[float, float]:
        """Return width and height, in inches, for that many panels side by side. Raises InputError."""
        width, height = self.size or ((8.0, 5.0) if panels == 1 else (4.5 * panels + 1, 4.5))
        if width * height * self.dpi**2 > _MOST_PIXELS or max(width, height) * self.dpi > 2**15:
            raise InputError(f"the picture is too large: {width:g}x{height:g} inches at {self.dpi} dpi")
        if min(width, height) < 1:
            raise InputError(f"the picture is too small: {width:g}x{height:g} inches", "at least 1x1")
        return width, height

    def hold(self, width: float, height: float) -> tuple[float, float]:
        """Return width and height, in inches, for a drawing of that size, or the most there may be of it."""
        if self.size:
            return self.fit(1)
        longest, most = 2**15 / self.dpi, _MOST_PIXELS / self.dpi**2
        shrink = min(1.0, longest / max(width, height), math.sqrt(most / (width * height)))
        return max(1.0, width * shrink), max(1.0, height * shrink)
