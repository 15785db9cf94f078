"""The program as its users meet it: a process, in a pipe or on a terminal; and, sooner, within our own."""

import contextlib
import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from actcli.__main__ import main

COMMANDS = {
    "eval": ["eval", "sigmoid", "-1.5", "0.1", "nan", "inf", "--with-derivative"],
    "gradcheck": ["gradcheck", "relu", "softmax"],
    "descend": ["descend", "bowl", "--steps", "3"],
}
NAMES = {
    "eval": ["x", "value", "derivative"],
    "gradcheck": [
        "function",
        "x",
        "stated",
        "numerical",
        "error",
        "relative",
        "verdict",
        "note",
    ],
    "descend": ["step", "x0", "x1", "value", "gradient_norm"],
}

COMMAND = (sys.executable, "-P", "-m", "actcli")
# What changes how the program writes: a test that wants one of them says so.
_UNSET = {"PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONUTF8", "ACTCLI_DEBUG", "LINES", "COLUMNS"}
_UNSET |= {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "MPLBACKEND"}
_LIMIT = 60  # seconds, after which a process counts as hung


@dataclass(frozen=True)
class Done:
    """What a run left: its exit code, the bytes on stdout, the text on stderr."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """What stdout says, as text."""
        return self.out.decode("utf-8")

    @property
    def rows(self) -> list[list[str]]:
        """The rows of plain output, cell by cell."""
        return [line.split("\t") for line in self.text.splitlines()]


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a plain environment: ours, without what changes the output, and with `changes`."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    return {**kept, "TERM": "xterm-256color", **(changes or {})}


def run(
    *arguments: str | bytes,
    cwd: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    stdout: Any = subprocess.PIPE,
) -> Done:
    """Run the program as a process of its own; `stdout` may be an open file or descriptor."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=environment(env),
        timeout=_LIMIT,
        check=False,
    )
    return Done(done.returncode, done.stdout or b"", done.stderr.decode("utf-8", "replace"))


def shell(line: str, cwd: Path, env: Mapping[str, str] | None = None) -> Done:
    """Run a line of bash, where `actcli` is the program; the code is that of the first in a pipe."""
    program = f'actcli() {{ {" ".join(COMMAND)} "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", f"{program}{line}\nexit ${{PIPESTATUS[0]}}"],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(env),
        timeout=_LIMIT,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def call(*arguments: str, stdin: bytes = b"") -> Done:
    """Run the program within this process: much sooner, and piped as far as it can tell."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with (
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(list(arguments))
    return Done(int(code), _written(out), _written(err).decode("utf-8"))


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


def terminal(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, columns: int = 80, stdin: Any = None
) -> Done:
    """Run the program on a terminal (stdout alone is one), and return what that shows."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=slave,
        stderr=subprocess.PIPE,
        env=environment(env),
    ) as process:
        os.close(slave)
        shown = b"".join(_pieces(master))
        os.close(master)
        err = process.stderr.read().decode("utf-8") if process.stderr else ""
    return Done(process.returncode, shown.replace(b"\r\n", b"\n"), err)


def _pieces(master: int) -> Iterator[bytes]:
    with contextlib.suppress(OSError):  # a terminal that nobody holds any more reads as an error
        while piece := os.read(master, 2**16):
            yield piece


def is_trouble(done: Done, fragment: str = "") -> None:
    """Assert the shape of trouble: one error line that holds `fragment`; then at most a place and a tip."""
    first, *rest = done.err.splitlines() or [""]
    assert done.code == 2, done
    assert done.out == b"", done
    assert first.startswith("error: "), done
    assert fragment in first, done
    tips = [line for line in rest if line.startswith("  tip: ")]
    assert tips in ([], rest[-1:]), done
    excerpt = rest[: len(rest) - len(tips)]
    assert not excerpt or (len(excerpt) == 2 and set(excerpt[1]) == {" ", "^"}), done
    assert all(c.isprintable() or c == "\n" for c in done.err), done


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return all that lies in a folder: names, modes, and what the files hold."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes() if _is_plain(path) else b"")
        for path in sorted(folder.rglob("*"))
    }


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
