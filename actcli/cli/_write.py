"""The only writer: stdout, stderr and files."""

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator

from actcli.errors import InputError, OutputError, printable, quoted

TYPE_CHECKING = False  # typing itself would cost more than all the rest
if TYPE_CHECKING:
    from typing import IO


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


def write_file(path: str, pieces: Iterable[bytes], announce: Callable[[], None] = lambda: None) -> None:
    """Write a file: a regular one is replaced at once or not at all, links followed; devices are written.

    `announce` is called when all is written, before the file takes its place. Raises OutputError; nothing is
    left behind then.
    """
    target = os.path.realpath(path)
    try:
        if is_device(path):
            _write_into(path, pieces)
            announce()
        else:
            _replace(target, pieces, announce)
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


def _replace(target: str, pieces: Iterable[bytes], announce: Callable[[], None]) -> None:
    temporary = os.path.join(os.path.dirname(target), f".actcli-{os.getpid()}.tmp")
    with _deaths_as_exceptions():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                if os.path.exists(target):
                    os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            announce()
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise


class _Death(BaseException):
    """A signal that asks the process to end."""


@contextlib.contextmanager
def _deaths_as_exceptions() -> Iterator[None]:
    """Let SIGTERM and SIGHUP clean up before they end the process, as they would have at once."""
    import signal

    def die(number: int, _: object) -> None:
        raise _Death(number)

    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if name in dir(signal)]
    before = {s: signal.signal(s, die) for s in signals if signal.getsignal(s) == signal.SIG_DFL}
    try:
        yield
    except _Death as death:
        signal.signal(death.args[0], signal.SIG_DFL)
        os.kill(os.getpid(), death.args[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tip(target: str) -> str:
    import shlex

    folder = os.path.dirname(target)
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    missing = os.path.isdir(folder) and folder != os.path.dirname(target)
    return f"mkdir -p {shlex.quote(printable(os.path.dirname(target)))}" if missing else ""


def _silence(stream: "IO[str]") -> None:
    """Send what is still buffered nowhere: the interpreter would fail on it at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
