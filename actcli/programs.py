"""Any program that turns a .npy into a .npy: as something that can be audited, and as a Function."""

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
from actcli.floats import FLOATS
from actcli.function import NO_DERIVATIVE, Array, Corner, Function, Map

AnyArray = npt.NDArray[Any]

_MOST_SAID = 200  # characters of what a program says
_UPSTREAM = "{upstream}"


@dataclass(frozen=True)
class Program:
    """A command that reads `{input}` and writes `{output}`, of the same shape. It has no derivatives.

    What names `{upstream}` goes backwards: it reads the upstream gradient there, and writes the gradient.
    """

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

    @property
    def goes_back(self) -> bool:
        """Whether it takes an upstream gradient."""
        return any(_UPSTREAM in part for part in self.command)

    def __call__(self, x: AnyArray, /, *, order: int = 0, upstream: AnyArray | None = None) -> AnyArray:
        """Run it. Raises InputError: it cannot be run, fails, or leaves no array that fits.

        An upstream gradient that is not given is all ones.
        """
        if order:
            raise InputError("a program has no derivatives", "--order 0")
        if x.dtype.kind == "V":
            raise InputError(f"a .npy file holds no {x.dtype}", "--dtype float16, float32 or float64")
        with tempfile.TemporaryDirectory(prefix="actcli-") as folder:
            paths = {f"{{{name}}}": Path(folder) / f"{name}.npy" for name in ("input", "output", "upstream")}
            np.save(paths["{input}"], x)
            if self.goes_back:
                np.save(paths[_UPSTREAM], np.ones_like(x) if upstream is None else upstream)
            places = {name: str(path) for name, path in paths.items()}
            _run([_filled(part, places) for part in self.command], self.name)
            y = _loaded(paths["{output}"], self.name)
        if y.shape != x.shape:
            raise InputError(f"{self.name} returns shape {y.shape} for shape {x.shape}")
        return y


def of_program(text: str, option: str = "--command") -> Program:
    """Return the program that a command, an `option`, means; no shell reads it. Raises InputError."""
    try:
        command = tuple(shlex.split(text))
    except ValueError as error:
        raise InputError(f"{option} {quoted(text)}: {str(error).lower()}") from None
    for place in ("{input}", "{output}"):
        if not any(place in part for part in command):
            tip = f"for example: {option} 'python gelu.py {{input}} {{output}}'"
            raise InputError(f"{option} {quoted(text)} does not say where {place} goes", tip)
    return Program(command)


def function_of(command: str, derivative: str | None = None, dtype: str = "float64") -> Function:
    """Return an elementwise function that a program computes, and another one its `derivative`.

    The derivative's may name `{upstream}`: it reads the upstream gradient there, and writes the gradient. All
    of an array goes through one call, as .npy files of `dtype`. Raises InputError, as the programs' calls do.
    """
    back = None if derivative is None else of_program(derivative, "--derivative-command")
    forward = of_program(command)

    def backward(x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        if back is None:
            raise InputError(f"{forward.name} states no derivative", NO_DERIVATIVE)
        if back.goes_back:
            return (_typed(back, dtype, upstream)(*x),)
        return (upstream * _typed(back, dtype)(*x),)

    return Function(
        name=forward.name,
        orders=(_typed(forward, dtype), *([] if back is None else [_typed(back, dtype)])),
        backward=backward,
        whole=True,
        goes_back=back is not None and back.goes_back,
        files=(*forward.files, *(() if back is None else back.files)),
    )


def _typed(program: Program, dtype: str, upstream: Array | None = None) -> Map:
    """Return a program as a map of float64 arrays that computes in another type."""
    kind = FLOATS[dtype]
    given = None if upstream is None else kind.round(upstream)
    return lambda x: program(kind.round(x), upstream=given).astype(np.float64)


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
