"""A read-only mapping of names to definitions, found by scanning a package for values of one type."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from actcli.errors import UnknownNameError


class Definition(Protocol):
    """What a registry holds: a value with a name and other names for the same thing."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def aliases(self) -> tuple[str, ...]: ...  # noqa: D102


D = TypeVar("D", bound=Definition)
Index = Mapping[str, tuple[str, ...]]


class Registry(Mapping[str, D], Generic[D]):
    """The values of type `kind` in the modules of `package`, by name: module by module, as written there.

    Nothing is imported before the first look-up, and with an `index` (of each name the module it is written
    in, and its aliases; a test keeps it fresh) no more than that module. Iteration yields canonical names
    only; look-up also takes aliases, and raises UnknownNameError, which is a KeyError too and names the
    nearest right ones.

    >>> Registry("actcli.optimizers", "optimizer", Optimizer)["adam"]
    """

    def __init__(self, package: str, noun: str, kind: type[D], index: Index | None = None) -> None:
        self.noun = noun
        self._package = package
        self._kind = kind
        self._given = index

    def __getitem__(self, name: str) -> D:
        try:
            found = self._names[name]
        except KeyError:
            raise UnknownNameError(self.noun, name, self._names) from None
        home = importlib.import_module(f"{self._package}.{self._index[found][0]}")
        return next(v for v in vars(home).values() if isinstance(v, self._kind) and v.name == found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def family(self, name: str) -> str:
        """Return the name of the module that a definition is written in."""
        return self._index[self._names[name]][0]

    def scanned(self) -> Index:
        """Return the index as the modules have it. Raises ValueError for two things of one name."""
        root = importlib.import_module(self._package)
        modules = [m.name for m in pkgutil.iter_modules(root.__path__) if not m.ispkg and m.name[0] != "_"]
        found: dict[str, tuple[str, ...]] = {}
        values: dict[str, D] = {}
        for home in modules:
            for value in vars(importlib.import_module(f"{self._package}.{home}")).values():
                if isinstance(value, self._kind):
                    found.setdefault(value.name, (home, *value.aliases))
                    for name in (value.name, *value.aliases):
                        if values.setdefault(name, value) is not value:
                            raise ValueError(f"two {self.noun}s are called {name!r}")
        return found

    @cached_property
    def _index(self) -> Index:
        return self.scanned() if self._given is None else self._given

    @cached_property
    def _names(self) -> dict[str, str]:
        """All names, to the canonical ones."""
        aliases = ((alias, name) for name, (_, *others) in self._index.items() for alias in others)
        return {**{name: name for name in self._index}, **dict(aliases)}
