"""From a report to bytes: which format, how wide, with colour or without, and where to."""

import io
import os
import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from actcli.cli._write import check_stdout, check_target, is_device, write_file, write_stdout
from actcli.errors import InputError, UnknownNameError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from actcli.render import Screen
    from actcli.report import Report

COLORS = ("auto", "always", "never")
STDOUT = "-"


def emit_array(array: "npt.NDArray[Any]", path: str) -> None:
    """Write a bare array as .npy. Raises OutputError; InputError for a type that no such file can name."""
    import numpy as np

    if array.dtype.kind == "V":
        raise InputError(f"a .npy file holds no {array.dtype}", "--dtype float32 holds the same numbers")
    buffer = io.BytesIO()
    np.save(buffer, array)
    check_target(path)
    write_file(path, [buffer.getvalue()])


def is_npy(path: str) -> bool:
    """Whether the file's suffix asks for a bare array."""
    return path.lower().endswith(".npy")


@dataclass(frozen=True, kw_only=True)
class Output:
    """Where a report goes, and how. Checked when made: raises InputError or OutputError."""

    format: str | None
    quiet: bool
    file: str
    color: str
    others: "Mapping[str, Any]" = field(default_factory=dict)  # formats of this command alone

    def __post_init__(self) -> None:
        if self.color not in COLORS:
            raise UnknownNameError("choice of --color", self.color, COLORS)
        if self.file == STDOUT:
            check_stdout()
        else:
            check_target(self.file)
        self.chosen()

    def chosen(self) -> Any:
        """Return the format asked for, or the file's; else a table on a terminal unless quiet, or plain."""
        from actcli.render import FORMATS

        if self.format is not None:
            return self._by_name(self.format)
        if self.file != STDOUT:
            return self._by_suffix()
        return FORMATS["table" if sys.stdout.isatty() and not self.quiet else "plain"]

    def emit(self, report: "Report") -> None:
        """Write the report. Raises OutputError."""
        self.write(self.chosen().render(report.quiet() if self.quiet else report, self.screen()))

    def write(self, pieces: "Iterable[str]") -> None:
        """Write text. Raises OutputError."""
        if self.file == STDOUT:
            write_stdout(pieces)
        else:
            write_file(self.file, (piece.encode("utf-8") for piece in pieces))

    def _by_name(self, name: str) -> Any:
        from actcli.render import FORMATS

        if name not in FORMATS and name not in self.others:
            raise UnknownNameError("format", name, [*FORMATS, *self.others])
        return FORMATS[name] if name in FORMATS else self.others[name]

    def _by_suffix(self) -> Any:
        from actcli.render import FORMATS

        suffix = os.path.splitext(self.file)[1].lower()
        formats = [*FORMATS.values(), *self.others.values()]
        for known in formats:
            if suffix in known.suffixes:
                return known
        if is_device(self.file):
            return FORMATS["plain"]
        suffixes = ", ".join(suffix for known in formats for suffix in known.suffixes)
        raise InputError(
            f"no format is known by the suffix of {quoted(self.file)}", f"{suffixes}; or --format"
        )

    def screen(self) -> "Screen":
        """Return what the text will be shown on."""
        from actcli.render import Screen

        encoding = (
            (getattr(sys.stdout, "encoding", None) or "utf-8").lower() if self.file == STDOUT else "utf-8"
        )
        width = shutil.get_terminal_size().columns
        return Screen(width=width, color=self._takes_color(), unicode=encoding.startswith("utf"))

    def _takes_color(self) -> bool:
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR") or self.file != STDOUT:
            return False
        if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
            return True
        return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()
