"""The only writer: stdout, stderr and files."""

import contextlib
import os
import stat
import sys
from collections.abc import Iterable
from typing import IO

from actcli.errors import InputError, OutputError, printable, quoted


def say(text: str) -> None:
    """Write a line of talk on stderr; that nobody can hear it changes nothing."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def check_stdout() -> None:
    """Raise OutputError early where stdout is closed: nothing is to be left behind then."""
    if sys.stdout is None:
        raise OutputError("cannot write the output: stdout is closed")


def write_stdout(pieces: Iterable[str] | bytes) -> None:
    """Write results on stdout. A closed pipe ends it quietly; what else goes wrong is an OutputError."""
    check_stdout()
    try:
        if isinstance(pieces, bytes):
            sys.stdout.buffer.write(pieces)
        else:
            for piece in pieces:
                sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        raise OutputError(f"cannot write the output: {error.strerror}") from None


def write_file(path: str, pieces: Iterable[bytes]) -> None:
    """Write a file: a regular one is replaced at once or not at all, links followed; devices are written.

    Raises OutputError; nothing is left behind then.
    """
    target = os.path.realpath(path)
    try:
        if is_device(path):
            _write_into(path, pieces)
        else:
            _replace(target, pieces)
    except OSError as error:
        raise OutputError(f"cannot write {quoted(path)}: {error.strerror}", _tip(target)) from None


def check_target(path: str) -> None:
    """Raise OutputError early where `path` cannot be written: a folder, or a folder that does not exist."""
    if not path:
        raise InputError("the output file has no name")
    target = os.path.realpath(path)
    if path.endswith(os.sep) or os.path.isdir(target):
        raise OutputError(f"cannot write {quoted(path)}: it is a folder", "name a file in it")
    if not is_device(path) and not os.path.isdir(os.path.dirname(target)):
        raise OutputError(f"cannot write {quoted(path)}: no such folder", _tip(target))


def is_device(path: str) -> bool:
    """Whether `path` is something that exists and is no regular file: a pipe, a terminal, /dev/null."""
    # Not its real path: what /dev/stdout stands for may have none.
    return os.path.exists(path) and not os.path.isfile(path)


def _write_into(device: str, pieces: Iterable[bytes]) -> None:
    with open(device, "wb", buffering=0) as file, contextlib.suppress(BrokenPipeError):
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[file.write(rest) :]


def _replace(target: str, pieces: Iterable[bytes]) -> None:
    temporary = os.path.join(os.path.dirname(target), f".actcli-{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if os.path.exists(target):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
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


def _silence(stream: IO[str]) -> None:
    """Send what is still buffered nowhere: the interpreter would fail on it at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
