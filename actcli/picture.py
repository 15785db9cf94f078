"""Picture: the neutral thing a command draws, for the figures of `render` to show."""

from dataclasses import dataclass
from typing import Any, Literal

from actcli.errors import InputError

SUFFIXES = (".png", ".svg", ".pdf")

_MOST_PIXELS = 64_000_000


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
    """One pair of axes. `xlim` and `ylim` are (low, high); None leaves them to the data."""

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
        self.fit(1)

    def fit(self, panels: int) -> tuple[float, float]:
        """Return width and height, in inches, for that many panels side by side. Raises InputError."""
        width, height = self.size or ((8.0, 5.0) if panels == 1 else (4.5 * panels + 1, 4.5))
        if width * height * self.dpi**2 > _MOST_PIXELS or max(width, height) * self.dpi > 2**15:
            raise InputError(f"the picture is too large: {width:g}x{height:g} inches at {self.dpi} dpi")
        if min(width, height) < 1:
            raise InputError(f"the picture is too small: {width:g}x{height:g} inches", "at least 1x1")
        return width, height
