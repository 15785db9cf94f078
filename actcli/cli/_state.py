"""The state file of a long audit: what was done, to be taken up again by an audit of the same code."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actcli import __version__
from actcli.cli._write import check_target, write_file
from actcli.errors import InputError, quoted

if TYPE_CHECKING:
    from actcli.auditing import AuditSettings, Progress, Subject
    from actcli.function import Function

_PACKAGES = ("numpy", "scipy", "torch", "jax", "jaxlib")  # what the code of others computes with


class State:
    """The progress of audits by key, in a file that is replaced at once; without a file, in no place."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._rows: dict[str, Any] = {}
        if path is not None:
            check_target(path)
            self._rows = _read(path)

    @staticmethod
    def key(function: "Subject", against: "Function | None", settings: "AuditSettings") -> str:
        """Return what tells an audit from others: all that its result is known to depend on.

        Files count by their paths and what is in them: an edited one, or another of the same name, is other
        code. What else a program reads than the files that its command names is not seen.
        """
        of = getattr(function, "command", None) or function.name
        files = _checksum((*function.files, *(against.files if against else ())))
        return repr((of, against and against.name, settings.order, settings.dtype, files, _here()))

    def get(self, key: str) -> "Progress":
        """Return how far an audit has come. Raises InputError for a file that is no state."""
        from actcli.auditing import Progress, Tally

        if key not in self._rows:
            return Progress()
        try:
            row = self._rows[key]
            return Progress(int(row["done"]), Tally.from_json(row["tally"]))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise _no_state(str(self._path)) from None

    def put(self, key: str, progress: "Progress") -> None:
        """Keep how far an audit has come. Raises OutputError."""
        if self._path is None:
            return
        self._rows[key] = {"done": progress.done, "tally": progress.tally.to_json()}
        text = json.dumps({"actcli": __version__, "audits": self._rows})
        write_file(self._path, [text.encode()])


@cache
def _here() -> str:
    """Return a checksum of what judges, and is judged by name: actcli's code, and what is installed."""
    installed = []
    for name in _PACKAGES:
        try:
            installed.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return _checksum(map(str, sorted(Path(__file__).parents[1].rglob("*.py"))), *installed)


def _checksum(files: Iterable[str], *words: str) -> str:
    """Return a checksum of files, by paths and contents, and of words. Raises InputError."""
    found = hashlib.sha256(repr(words).encode())
    for path in files:
        try:
            content = hashlib.sha256(Path(path).read_bytes())
        except OSError as error:
            raise InputError(f"cannot read {quoted(path)}: {error.strerror}") from None
        found.update(repr((path, content.hexdigest())).encode())
    return found.hexdigest()


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"cannot read {quoted(path)}: {error.strerror}") from None
    except ValueError:
        raise _no_state(path) from None
    if not isinstance(data, dict) or not isinstance(data.get("audits"), dict):
        raise _no_state(path)
    if data.get("actcli") != __version__:
        raise InputError(f"{quoted(path)} was left by another version of actcli", "name a new file")
    rows: dict[str, Any] = data["audits"]
    return rows


def _no_state(path: str) -> InputError:
    return InputError(f"{quoted(path)} is no state of an audit", "name a new file")
