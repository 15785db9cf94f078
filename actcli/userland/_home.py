"""Where the user's code lives: how it is found, loaded and run, and how its errors are told."""

import contextlib
import importlib
import inspect
import io
import os
import re
import sys  # the user's imports and prints go through it
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import numpy as np

from actcli.errors import InputError, printable, quoted, suggestion

FRAMEWORKS = ("torch", "jax")
GRAMMAR = "file.py:name, or package.module:name"

_INSTALLED = ("site-packages", "dist-packages")
_MOST_SAID = 200  # characters of a user's error: torch writes whole pages
_is_module = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*").fullmatch


@dataclass(frozen=True)
class Home:
    """A user's file or module: its `label`, the folder that its imports start from, and its file's path.

    Of a module the path is not known before it is found: `ends` are what it may end with. Its code computes
    in `dtype`. From one run of it to the next it keeps `places`, its own sys.path, and the `modules` that
    were found in its own places.
    """

    label: str
    folder: str
    ends: tuple[str, ...]
    dtype: str = "float64"
    places: list[str] = field(default_factory=list)
    modules: dict[str, ModuleType] = field(default_factory=dict)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run the user's code: what it prints goes to stderr, and what it raises becomes an InputError.

        Its folder comes first among the places to import from, no bytecode is left behind, numpy is silent
        about nan and inf, and jax, if it is there, computes in the type in question.
        """
        bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        said = contextlib.redirect_stdout(sys.stderr or io.StringIO())
        try:
            with said, np.errstate(all="ignore"), self._importing(), _wide(self.dtype):
                yield
        except (KeyboardInterrupt, GeneratorExit, MemoryError):
            raise
        except BaseException as error:  # SystemExit among them: the program that ends is ours
            raise self._theirs(error) from None
        finally:
            sys.dont_write_bytecode = bytecode

    @contextlib.contextmanager
    def _importing(self) -> Iterator[None]:
        """Let its modules be there for a while: a file elsewhere may have a helper of the same name."""
        path, others = sys.path[:], sys.modules.copy()
        sys.path[:] = self.places or [self.folder, *path]
        sys.modules.update(self.modules)
        before = sys.modules.copy() if self.modules else others
        try:
            yield
        finally:
            self.places[:], sys.path[:] = sys.path, path
            for name in list(self.modules) if sys.modules == before else self._own(path, others):
                self.modules[name] = sys.modules.pop(name)
                if name in others:
                    sys.modules[name] = others[name]

    def _own(self, path: list[str], others: Mapping[str, ModuleType]) -> list[str]:
        """Return the names of the modules from its folder, and from what its code added to sys.path.

        Not of what is installed there, in a virtualenv: torch cannot be imported twice.
        """
        now = list(sys.modules.items())
        roots = {name: module for name, module in now if module is not others.get(name) and "." not in name}
        if not roots:
            return []
        added = map(os.path.abspath, {self.folder, *({*self.places} - {*path})})
        places = {place for place in added if os.path.basename(place) not in _INSTALLED}
        own = {root for root, module in roots.items() if places & _found_in(module)}.difference(FRAMEWORKS)
        return [name for name, _ in now if name.partition(".")[0] in own]

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


@dataclass(frozen=True)
class Loaded(Home):
    """The home of what Python has loaded already: its imports and its prints are its own affair."""

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run the user's code; an error of it becomes an InputError, with theirs as its cause."""
        try:
            with np.errstate(all="ignore"), _wide(self.dtype):
                yield
        except Exception as error:
            raise self._theirs(error) from error


def load(place: str, dtype: str = "float64") -> tuple[Home, ModuleType]:
    """Import what `place` names: a .py file by its path, or a module, from the working directory first.

    Raises InputError: there is no such thing, or its code raises.
    """
    if place.endswith(".py"):
        return _load_file(place, dtype)
    if not _is_module(place):
        raise InputError(f"{quoted(place)} is neither a .py file nor a module", GRAMMAR)
    tail = os.path.join("", *place.split("."))
    ends = (f"{os.sep}{tail}.py", os.path.join(os.sep, tail, "__init__.py"))
    home = Home(place, os.getcwd(), ends, dtype)
    importlib.invalidate_caches()
    with home.running():
        try:
            return home, importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name in FRAMEWORKS or not f"{place}.".startswith(f"{error.name}."):
                raise
            missing = error.name
    raise InputError(f"there is no module {quoted(str(missing))}", "for a file: file.py:name")


def loaded(thing: Any, name: str, dtype: str) -> tuple[Home, ModuleType]:
    """Return the home of an object, and the module that it, or its class, was written in."""
    module = inspect.getmodule(thing) or inspect.getmodule(type(thing)) or ModuleType(name)
    file = getattr(getattr(thing, "__code__", module), "co_filename", None) or getattr(
        module, "__file__", None
    )
    return Loaded(name, "", (file,) if file else (), dtype), module


def member(home: Home, module: ModuleType, name: str) -> Any:
    """Return what the module calls `name`. Raises InputError with the nearest of its names."""
    missing = object()
    with home.running():  # a module may compute its names
        found = getattr(module, name, missing)
    if found is missing:
        kept = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise InputError(f"{printable(home.label)} has no {quoted(name)}", near(name, kept))
    return found


def named(text: str, dtype: str) -> tuple[Any, str, Home, ModuleType]:
    """Return what `file.py:name` or `package.module:name` means, a label for it, and where it lives."""
    place, _, name = text.strip().rpartition(":")
    if not (place and name.isidentifier()):
        raise InputError(f"{quoted(text)} is not a file or module and a name in it", GRAMMAR)
    home, module = load(place, dtype)
    label = f"{printable(os.path.basename(place))}:{name}"
    return member(home, module, name), label, home, module


def files_of(home: Home, module: ModuleType) -> tuple[str, ...]:
    """Return the paths of the files that the user's code was loaded from so far, the helpers' among them."""
    files = (getattr(part, "__file__", None) for part in (module, *home.modules.values()))
    return tuple(sorted({os.path.realpath(file) for file in files if file}))


def near(name: str, names: list[str]) -> str:
    """Return a tip with the nearest of the user's names, or all if they are few, or none."""
    close = names if len(names) <= 12 else get_close_matches(name.lower(), names)
    return suggestion(name, close) if close else ""


def _load_file(path: str, dtype: str) -> tuple[Home, ModuleType]:
    _check_readable(path)
    path = os.path.abspath(path)
    home = Home(os.path.basename(path), os.path.dirname(path), (path,), dtype)
    # A private name, without dots: the file is part of no package, and hides no module of its name.
    spec = spec_from_file_location("_actcli_" + re.sub(r"\W", "_", path), path)
    assert spec is not None  # it is a .py file
    assert spec.loader is not None
    module = module_from_spec(spec)
    importlib.invalidate_caches()
    with home.running():
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return home, module


def _found_in(module: ModuleType) -> set[str]:
    """Return the places of sys.path that a module without dots was found in: of a package, by its folders."""
    files = [*getattr(module, "__path__", ()), getattr(module, "__file__", None) or ""]
    return {os.path.abspath(os.path.dirname(file)) for file in files if file}


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
def _wide(dtype: str) -> Iterator[None]:
    """Let jax, once somebody has imported it, compute in float64 for a while, if that is the type."""
    jax: Any = sys.modules.get("jax")
    if jax is None:
        yield
        return
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", dtype == "float64")
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
