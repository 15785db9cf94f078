"""Where the user's code lives: how it is found, loaded and run, and how its errors are told."""

import contextlib
import importlib
import io
import os
import re
import sys  # the user's imports and prints go through it
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import numpy as np

from actcli.errors import InputError, printable, quoted, suggestion

FRAMEWORKS = ("torch", "jax")

_MOST_SAID = 200  # characters of a user's error: torch writes whole pages
_is_module = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*").fullmatch


@dataclass(frozen=True)
class Home:
    """A user's file or module: its `label`, the folder that its imports start from, and its file's path.

    Of a module the path is not known before it is found: `ends` are what it may end with.
    """

    label: str
    folder: str
    ends: tuple[str, ...]

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run the user's code: what it prints goes to stderr, and what it raises becomes an InputError.

        Its folder comes first among the places to import from, no bytecode is left behind, numpy is silent
        about nan and inf, and jax, if it is there, computes in float64.
        """
        bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        sys.path.insert(0, self.folder)
        try:
            with contextlib.redirect_stdout(sys.stderr or io.StringIO()), np.errstate(all="ignore"), _wide():
                yield
        except (KeyboardInterrupt, GeneratorExit, MemoryError):
            raise
        except BaseException as error:  # SystemExit among them: the program that ends is ours
            raise self._theirs(error) from None
        finally:
            sys.dont_write_bytecode = bytecode
            with contextlib.suppress(ValueError):
                sys.path.remove(self.folder)

    def _theirs(self, error: BaseException) -> InputError:
        """Return the error with the last line of the user's file that led to it."""
        if isinstance(error, ModuleNotFoundError) and error.name in FRAMEWORKS:
            return _not_installed(error.name)
        frames = traceback.extract_tb(error.__traceback__)
        places = [(frame.filename, frame.lineno) for frame in frames if frame.filename.endswith(self.ends)]
        if isinstance(error, SyntaxError) and error.filename:
            places.append((error.filename, error.lineno))
        if not places:
            return InputError(f"{printable(self.label)}: {_said(error)}")
        file, line = places[-1]
        where = printable(os.path.basename(file)) + (f", line {line}" if line else "")
        return InputError(f"{where}: {_said(error)}")


def load(place: str) -> tuple[Home, ModuleType]:
    """Import what `place` names: a .py file by its path, or a module, from the working directory first.

    Raises InputError: there is no such thing, or its code raises.
    """
    if place.endswith(".py"):
        return _load_file(place)
    if not _is_module(place):
        raise InputError(
            f"{quoted(place)} is neither a .py file nor a module", "file.py:name, or package.module:name"
        )
    tail = os.path.join("", *place.split("."))
    home = Home(place, os.getcwd(), (f"{os.sep}{tail}.py", os.path.join(os.sep, tail, "__init__.py")))
    importlib.invalidate_caches()
    with home.running():
        try:
            return home, importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name in FRAMEWORKS or not f"{place}.".startswith(f"{error.name}."):
                raise
            missing = error.name
    raise InputError(f"there is no module {quoted(str(missing))}", "for a file: file.py:name")


def member(home: Home, module: ModuleType, name: str) -> Any:
    """Return what the module calls `name`. Raises InputError with the nearest of its names."""
    missing = object()
    with home.running():  # a module may compute its names
        found = getattr(module, name, missing)
    if found is missing:
        kept = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise InputError(f"{printable(home.label)} has no {quoted(name)}", near(name, kept))
    return found


def near(name: str, names: list[str]) -> str:
    """Return a tip with the nearest of the user's names, or all if they are few, or none."""
    close = names if len(names) <= 12 else get_close_matches(name.lower(), names)
    return suggestion(name, close) if close else ""


def _load_file(path: str) -> tuple[Home, ModuleType]:
    _check_readable(path)
    path = os.path.abspath(path)
    home = Home(os.path.basename(path), os.path.dirname(path), (path,))
    # A private name, without dots: the file is part of no package, and hides no module of its name.
    spec = spec_from_file_location("_actcli_" + re.sub(r"\W", "_", path), path)
    assert spec is not None  # it is a .py file
    assert spec.loader is not None
    module, before = module_from_spec(spec), set(sys.modules)
    sys.modules[spec.name] = module
    importlib.invalidate_caches()
    try:
        with home.running():
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    finally:
        _forget_siblings(home.folder, before)
    return home, module


def _forget_siblings(folder: str, before: set[str]) -> None:
    """Drop what was imported from the folder: a file elsewhere may have a sibling of the same name."""
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if os.path.dirname(file) == folder and not name.startswith("_actcli_"):
            del sys.modules[name]


def _check_readable(path: str) -> None:
    try:
        with open(path, "rb"):
            return
    except OSError as error:
        why = error.strerror
    folder = os.path.dirname(path)
    files = os.listdir(folder or ".") if os.path.isdir(folder or ".") else []
    siblings = [os.path.join(folder, name) for name in sorted(files) if name.endswith(".py")]
    raise InputError(f"cannot read {quoted(path)}: {why}", printable(near(path, siblings)))


@contextlib.contextmanager
def _wide() -> Iterator[None]:
    """Let jax, once somebody has imported it, compute in float64 for a while."""
    jax: Any = sys.modules.get("jax")
    if jax is None:
        yield
        return
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        yield
    finally:
        jax.config.update("jax_enable_x64", before)


def _not_installed(framework: str) -> InputError:
    return InputError(f"{framework} is not installed here", f"pip install {framework}")


def _said(error: BaseException) -> str:
    """Return an error's kind and words, in one line that can be shown."""
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:  # their error's own __str__
        text = ""
    text = printable(" ".join(text.split()))
    text = text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
