"""The only writer: stdout, stderr and files."""

import contextlib
import os
import stat
import sys
from collections.abc import Iterable

from actcli.errors import InputError, OutputError, printable, quoted


def say(text: str) -> None:
    """Write a line of talk on stderr, if there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


def write_stdout(pieces: Iterable[str] | bytes) -> None:
    """Write results on stdout. A closed pipe ends it quietly; what else goes wrong is an OutputError."""
    if sys.stdout is None:
        raise OutputError("cannot write the output: stdout is closed")
    try:
        if isinstance(pieces, bytes):
            sys.stdout.buffer.write(pieces)
        else:
            for piece in pieces:
                sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
    except OSError as error:
        _silence_stdout()
        raise OutputError(f"cannot write the output: {error.strerror}") from None


def write_file(path: str, pieces: Iterable[bytes]) -> None:
    """Write a file: a regular one is replaced at once or not at all, links followed; devices are written.

    Raises OutputError; nothing is left behind then.
    """
    target = os.path.realpath(path)
    try:
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            _write_into(target, pieces)
        else:
            _replace(target, pieces, mode)
    except OSError as error:
        raise OutputError(f"cannot write {quoted(path)}: {error.strerror}", _tip(target)) from None


def check_target(path: str) -> None:
    """Raise OutputError early where `path` cannot be written: a folder, or a folder that does not exist."""
    target = os.path.realpath(path)
    if not path:
        raise InputError("the output file has no name")
    if path.endswith(os.sep) or os.path.isdir(target):
        raise OutputError(f"cannot write {quoted(path)}: it is a folder", "name a file in it")
    if not os.path.isdir(os.path.dirname(target)):
        raise OutputError(f"cannot write {quoted(path)}: no such folder", _tip(target))


def is_device(path: str) -> bool:
    """Whether `path` is something that exists and is no regular file: a pipe, a terminal, /dev/null."""
    mode = _mode(os.path.realpath(path))
    return mode is not None and not stat.S_ISREG(mode)


def _mode(target: str) -> int | None:
    try:
        return os.stat(target).st_mode
    except FileNotFoundError:
        return None


def _write_into(target: str, pieces: Iterable[bytes]) -> None:
    with open(target, "wb", buffering=0) as file, contextlib.suppress(BrokenPipeError):
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[file.write(rest) :]


def _replace(target: str, pieces: Iterable[bytes], mode: int | None) -> None:
    temporary = f"{target}.{os.getpid()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _tip(target: str) -> str:
    folder = os.path.dirname(target)
    return "" if os.path.isdir(folder) else f"mkdir -p {printable(folder)}"


def _silence_stdout() -> None:
    """Send what is still buffered nowhere: the interpreter would fail on it at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
