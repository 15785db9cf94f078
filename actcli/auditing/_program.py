"""Any program that turns a .npy into a .npy, as something that can be audited."""

import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError, printable, quoted
from actcli.function import Corner

_MOST_SAID = 200  # characters of what a program says


@dataclass(frozen=True)
class Program:
    """A command that reads `{input}` and writes `{output}`, of the same shape. It has no derivatives."""

    command: tuple[str, ...]
    whole: bool = True
    corners: tuple[Corner, ...] = ()

    @property
    def name(self) -> str:
        """The program's own name; of an interpreter, with the file that it runs."""
        files = (part for part in self.command[1:] if os.path.isfile(part))
        return printable(" ".join(Path(part).name for part in (self.command[0], *islice(files, 1))))

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of the files that the command names, the program first."""
        program = shutil.which(self.command[0]) or self.command[0]
        return tuple(os.path.realpath(part) for part in (program, *self.command[1:]) if os.path.isfile(part))

    def __call__(self, x: npt.NDArray[Any], /, *, order: int = 0) -> npt.NDArray[Any]:
        """Run it. Raises InputError: it cannot be run, fails, or leaves no array that fits."""
        if order:
            raise InputError("a program has no derivatives", "--order 0")
        if x.dtype.kind == "V":
            raise InputError(f"a .npy file holds no {x.dtype}", "--dtype float16, float32 or float64")
        with tempfile.TemporaryDirectory(prefix="actcli-") as folder:
            source, target = Path(folder) / "input.npy", Path(folder) / "output.npy"
            np.save(source, x)
            places = {"{input}": str(source), "{output}": str(target)}
            _run([_filled(part, places) for part in self.command], self.name)
            y = _loaded(target, self.name)
        if y.shape != x.shape:
            raise InputError(f"{self.name} returns shape {y.shape} for shape {x.shape}")
        return y


def of_program(text: str) -> Program:
    """Return the program that a command means; no shell reads it. Raises InputError."""
    try:
        command = tuple(shlex.split(text))
    except ValueError as error:
        raise InputError(f"--command {quoted(text)}: {str(error).lower()}") from None
    for place in ("{input}", "{output}"):
        if not any(place in part for part in command):
            tip = "for example: --command 'python gelu.py {input} {output}'"
            raise InputError(f"--command {quoted(text)} does not say where {place} goes", tip)
    return Program(command)


def _filled(part: str, places: dict[str, str]) -> str:
    for place, path in places.items():
        part = part.replace(place, path)
    return part


def _run(command: list[str], name: str) -> None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise InputError(f"cannot run {quoted(command[0])}: {error.strerror}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        last = f": {printable(said[-1])[:_MOST_SAID]}" if said else ""
        raise InputError(f"{name} ends with exit code {done.returncode}{last}")


def _loaded(path: Path, name: str) -> npt.NDArray[Any]:
    try:
        y = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise InputError(f"{name} writes no {{output}}") from None
    except (OSError, ValueError, EOFError):
        raise InputError(f"what {name} writes is no .npy file of numbers") from None
    if not isinstance(y, np.ndarray) or y.dtype.kind not in "biuf":
        raise InputError(f"what {name} writes is no .npy file of real numbers")
    return y
