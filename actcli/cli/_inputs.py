"""Points from the command line, from stdin or from a file: exactly one of them."""

import io
import os
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError, quoted
from actcli.points import MAX_POINTS, is_points, points

Array = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]

STDIN = "-"
_MAX_BYTES = 2**29
_PLAIN = frozenset("0123456789+-.eE")


def read_points(texts: list[str], file: str | None) -> AnyArray:
    """Return the points that are given by texts, by stdin (the text -) or by a file. Raises InputError."""
    if texts and file is not None:
        raise InputError("points from two sources: the command line and --input", "give one of them")
    if file is not None:
        return _from_file(file)
    if not texts:
        raise InputError("no points", "for example 1.5, -5:5:0.1, - for stdin, or --input FILE")
    if STDIN in texts:
        if len(texts) > 1:
            raise InputError("points from two sources: the command line and stdin", "give one of them")
        return _numbers(_stdin(), "stdin")[0]
    return points(texts)


def _stdin() -> bytes:
    if sys.stdin is None:
        raise InputError("cannot read stdin: it is closed")
    try:
        return _bounded(sys.stdin.buffer, "stdin")
    except OSError as error:
        raise InputError(f"cannot read stdin: {error.strerror}") from None


def _from_file(path: str) -> AnyArray:
    readers = {".npy": _npy, ".csv": _text, ".txt": _text}
    suffix = os.path.splitext(path)[1].lower()
    if os.path.isdir(path):
        raise InputError(f"cannot read {quoted(path)}: it is a folder")
    try:
        with open(path, "rb") as file:
            if suffix not in readers:
                raise InputError(f"cannot tell what {quoted(path)} holds", ".npy, .csv or .txt")
            return readers[suffix](_bounded(file, quoted(path)), path)
    except OSError as error:
        raise InputError(f"cannot read {quoted(path)}: {error.strerror}") from None


def _bounded(file: Any, name: str) -> bytes:
    data: bytes = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise InputError(f"{name} is too large", f"at most {_MAX_BYTES} bytes")
    if not data.strip():
        raise InputError(f"{name} is empty")
    return data


def _npy(data: bytes, path: str) -> AnyArray:
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError, TypeError):
        raise InputError(
            f"cannot read {quoted(path)}: not a whole .npy file of numbers (pickles are refused)"
        ) from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
        kind = getattr(array, "dtype", "an archive")
        raise InputError(f"{quoted(path)} holds {kind}, not real numbers")
    return array


def _text(data: bytes, path: str) -> AnyArray:
    """Return the numbers of a text: a matrix where all of several lines hold equally many, else one row."""
    numbers, widths = _numbers(data, quoted(path), header=path.lower().endswith(".csv"))
    if len(widths) > 1 and widths[0] > 1 and set(widths) == {widths[0]}:
        return numbers.reshape(len(widths), widths[0])
    return numbers


def _numbers(data: bytes, name: str, header: bool = False) -> tuple[Array, list[int]]:
    """Return all numbers, and how many each line holds; # starts a comment."""
    lines = [line.partition("#")[0].replace(",", " ").split() for line in _decoded(data, name).splitlines()]
    if header and lines and not all(is_points(item) for item in lines[0]):
        lines[0] = []
    items = [item for line in lines for item in line]
    if not items:
        raise InputError(f"{name} holds no numbers")
    if len(items) > MAX_POINTS:
        raise InputError(f"{name} holds too many points: {len(items)}; at most {MAX_POINTS}")
    numbers = _plain(items)
    if numbers is None:
        rows = [_line(line, f"{name}, line {n}") for n, line in enumerate(lines, start=1) if line]
        return np.concatenate(rows), [row.size for row in rows]
    return numbers, [len(line) for line in lines if line]


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
    return text
