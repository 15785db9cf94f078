"""Points from the command line, from stdin or from a file: exactly one of them."""

import io
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError, quoted
from actcli.points import MAX_POINTS, is_points, points

Array = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]

Lines = list[tuple[int, list[str]]]  # the number of each line, and its items

STDIN = "-"
_MAX_BYTES = 2**29
_PLAIN = frozenset("0123456789+-.eE")


def read_points(texts: list[str], file: str | None, vectors: bool = False) -> AnyArray:
    """Return the points that are given by texts, by stdin (the text -) or by a file. Raises InputError.

    A text file whose lines hold equally many numbers, and more than one, is a matrix; other lines of several
    numbers are one row, but an error in a .csv and for `vectors`.
    """
    if texts and file is not None:
        raise InputError("points from two sources: the command line and --input", "give one of them")
    if file is not None:
        return _from_file(file, vectors)
    if not texts:
        raise InputError("no points", "for example 1.5, -5:5:0.1, - for stdin, or --input FILE")
    if STDIN in texts:
        if len(texts) > 1:
            raise InputError("points from two sources: the command line and stdin", "give one of them")
        return _numbers(_lines(_stdin(), "stdin", _words), "stdin")[0]
    return points(texts)


def _stdin() -> bytes:
    if sys.stdin is None:
        raise InputError("cannot read stdin: it is closed")
    try:
        return _bounded(sys.stdin.buffer, "stdin")
    except OSError as error:
        raise InputError(f"cannot read stdin: {error.strerror}") from None


def _from_file(path: str, vectors: bool) -> AnyArray:
    suffix = os.path.splitext(path)[1].lower()
    if os.path.isdir(path):
        raise InputError(f"cannot read {quoted(path)}: it is a folder")
    if suffix not in (".npy", ".csv", ".txt"):
        raise InputError(
            f"cannot tell what {quoted(path)} holds by its suffix", ".npy, .csv or .txt; - reads stdin"
        )
    try:
        with open(path, "rb") as file:
            data = _bounded(file, quoted(path))
    except OSError as error:
        raise InputError(f"cannot read {quoted(path)}: {error.strerror}") from None
    if suffix == ".npy":
        return _npy(data, quoted(path))
    return _text(data, quoted(path), is_csv=suffix == ".csv", vectors=vectors)


def _bounded(file: Any, name: str) -> bytes:
    data: bytes = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise InputError(f"{name} is too large", f"at most {_MAX_BYTES} bytes")
    if not data.strip():
        raise InputError(f"{name} is empty")
    return data


def _npy(data: bytes, name: str) -> AnyArray:
    try:
        with warnings.catch_warnings(action="ignore"):  # of headers that Python 2 wrote
            array = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception:  # a damaged file raises nearly anything
        raise InputError(f"{name} is no whole .npy file of numbers (pickles are refused)") from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
        kind = getattr(array, "dtype", "an archive")
        raise InputError(f"{name} holds {kind}, not real numbers")
    return array


def _text(data: bytes, name: str, is_csv: bool, vectors: bool) -> AnyArray:
    lines = _lines(data, name, _cells if is_csv else _words)
    if (
        is_csv
        and lines
        and all(cell.strip('"')[:1].isalpha() and not is_points(cell) for cell in lines[0][1])
    ):
        lines = lines[1:]  # a header
    numbers, counts = _numbers(lines, name)
    widths = sorted(set(counts))
    if len(widths) > 1 and (is_csv or vectors):
        raise InputError(f"the lines of {name} hold {widths[0]} to {widths[-1]} numbers", "one vector a line")
    is_matrix = len(counts) > 1 and len(widths) == 1 and widths[0] > 1
    return numbers.reshape(len(counts), -1) if is_matrix else numbers


def _words(line: str) -> list[str]:
    return line.replace(",", " ").split()


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(",")] if "," in line else line.split()


def _lines(data: bytes, name: str, split: Callable[[str], list[str]]) -> Lines:
    """Return the number and the items of each line that has any; # starts a comment."""
    lines = (split(line.partition("#")[0]) for line in _decoded(data, name).split("\n"))
    return [(number, items) for number, items in enumerate(lines, start=1) if items]


def _numbers(lines: Lines, name: str) -> tuple[Array, list[int]]:
    """Return the numbers of all lines, one after the other, and how many each line holds."""
    items = [item for _, line in lines for item in line]
    if not items:
        raise InputError(f"{name} holds no numbers")
    numbers = _plain(items) if len(items) <= MAX_POINTS else None
    if numbers is not None:
        return numbers, [len(line) for _, line in lines]
    rows: list[Array] = []
    total = 0
    for number, line in lines:
        rows.append(_line(line, f"{name}, line {number}"))
        total += rows[-1].size
        if total > MAX_POINTS:
            raise InputError(f"{name} holds too many points: more than {MAX_POINTS}")
    return np.concatenate(rows), [row.size for row in rows]


def _plain(items: list[str]) -> Array | None:
    """Read numbers without inf, nan and ranges at numpy's speed, or not at all."""
    if not set().union(*items) <= _PLAIN:
        return None
    try:
        numbers = np.array(items, dtype=np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _line(items: list[str], place: str) -> Array:
    try:
        return points(items)
    except InputError as error:
        raise InputError(f"{place}: {error.message}", error.tip) from None


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name} is not text", "UTF-8 text, or a .npy file with --input") from None
    if "\0" in text:
        raise InputError(f"{name} is not text: it holds a NUL", "UTF-8 text, or a .npy file with --input")
    return text.replace("\r\n", "\n").replace("\r", "\n")
