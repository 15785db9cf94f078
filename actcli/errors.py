"""What can go wrong, and the exit codes.

ActcliError                  everything actcli raises on purpose; `tip` is the way out
├── InputError               a value, a name or a file that cannot be used (also a ValueError)
│   ├── UnknownNameError     a name that no registry holds, with the nearest right ones (also a KeyError)
│   └── FormulaError         a formula that cannot be read, with the place
└── OutputError              a result that cannot be written
"""

from collections.abc import Iterable
from enum import IntEnum

_WINDOW = 70  # characters of a formula that an error shows


class ExitCode(IntEnum):
    """What the program's exit code says."""

    OK = 0  # done, or yes
    NO = 1  # a check failed, a descent diverged
    TROUBLE = 2  # bad usage or input, or cannot read or write
    BUG = 70  # a bug of ours
    INTERRUPTED = 130  # Ctrl-C


class ActcliError(Exception):
    """An error to show as one line; below it the `excerpt`, lines that show the place, and the `tip`."""

    excerpt: tuple[str, ...] = ()

    def __init__(self, message: str, tip: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.tip = tip

    def __str__(self) -> str:
        return self.message


class InputError(ActcliError, ValueError):
    """A value, a name or a file that cannot be used."""


class OutputError(ActcliError):
    """A result that cannot be written."""


class UnknownNameError(InputError, KeyError):
    """A name that is not among `names`; the tip suggests the nearest ones, or lists them if they are few."""

    def __init__(self, kind: str, name: str, names: Iterable[str]) -> None:
        super().__init__(f"unknown {kind} {quoted(name)}", suggestion(name, sorted(names)))


class FormulaError(InputError):
    """A formula that cannot be read: the excerpt shows its `text` with a mark under [start, stop)."""

    def __init__(self, message: str, text: str, start: int = 0, stop: int = 0, tip: str = "") -> None:
        super().__init__(f"in the formula: {message}" if text else message, tip)
        if text and stop > start:
            self.excerpt = _marked(text, start, stop)


def _marked(text: str, start: int, stop: int) -> tuple[str, str]:
    """Return a window of the text and the mark below it."""
    first = max(0, min(start - 8, len(text) - _WINDOW))
    shown = "".join(c if c.isascii() and c.isprintable() else "?" for c in text[first : first + _WINDOW])
    width = max(1, min(stop, first + _WINDOW) - start)
    return shown, " " * (start - first) + "^" * width


def suggestion(name: str, names: list[str]) -> str:
    """Return a tip: the nearest of the names, or all if they are few."""
    import difflib

    known = sorted(set(names))
    near = [other for other in known if squeezed(other) == squeezed(name)]
    near = near or difflib.get_close_matches(name.lower()[:60], known, n=3, cutoff=0.6)
    if near:
        return f"did you mean {_either(near)}?"
    if len(names) <= 12:
        return f"one of {', '.join(names)}"
    return "actcli list, or --help, says what there is"


def squeezed(name: str) -> str:
    """Return a name without what spellings differ in: LeakyReLU and leaky_relu are the same."""
    return name.lower().replace("_", "")


def _either(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def quoted(text: str, limit: int = 60) -> str:
    """Return `text` in quotes, safe to show on a terminal: escaped, its middle cut beyond `limit`."""
    half = limit // 2
    cut = text if len(text) <= limit else f"{text[:half]}…{text[-half:]}"
    return "'" + printable(cut).replace("'", "\\'") + "'"


def printable(text: str) -> str:
    r"""Escape what a terminal would act on or hide (controls, bidi marks, lone surrogates): ESC is \x1b."""
    if text.isascii() and text.isprintable():
        return text
    import unicodedata

    def is_hidden(character: str) -> bool:
        return character != " " and unicodedata.category(character)[0] in "CZ"

    return "".join(_escape(c) if is_hidden(c) else c for c in text)


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte of the command line that is not UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
