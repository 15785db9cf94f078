"""The one place where an error becomes a line on stderr and an exit code."""

import io
import os
import sys
from collections.abc import Callable

from actcli import __version__
from actcli.cli._write import say, write_stdout
from actcli.errors import ActcliError, ExitCode, printable


def print_version() -> int:
    """Write the program's name and version."""
    write_stdout([f"actcli {__version__}\n"])
    return ExitCode.OK


def guarded(action: Callable[[], int]) -> int:
    """Return the exit code of `action`, or of the error that it raised, which is shown."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console without a character never stops us
    try:
        return action()
    except ActcliError as error:
        return _show(error.message, error.tip, ExitCode.TROUBLE, error.excerpt)
    except MemoryError:
        return _show("not enough memory", "fewer points need less", ExitCode.TROUBLE)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as bug:
        if os.environ.get("ACTCLI_DEBUG") == "1":
            raise
        tip = "this is a bug of actcli; ACTCLI_DEBUG=1 shows the traceback"
        return _show(f"internal error: {type(bug).__name__}: {printable(str(bug))}", tip, ExitCode.BUG)


def _show(message: str, tip: str, code: ExitCode, excerpt: tuple[str, ...] = ()) -> ExitCode:
    for line in (f"error: {message}", *(f"  {line}" for line in excerpt)):
        say(line)
    if tip:
        say(f"  tip: {tip}")
    return code
