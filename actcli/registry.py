"""A read-only mapping of names to definitions, found by scanning a package for values of one type."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import ModuleType
from typing import Generic, Protocol, TypeVar

from actcli.errors import UnknownNameError


class Definition(Protocol):
    """What a registry holds: a value with a name and other names for the same thing."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def aliases(self) -> tuple[str, ...]: ...  # noqa: D102


D = TypeVar("D", bound=Definition)


class Registry(Mapping[str, D], Generic[D]):
    """The values of type `kind` in the modules of `package`, by name: module by module, as written there.

    Nothing is imported before the first look-up. Iteration yields canonical names only; look-up also takes
    aliases, and raises UnknownNameError, which is a KeyError too and names the nearest right ones.

    >>> Registry("actcli.optimizers", "optimizer", Optimizer)["adam"]
    """

    def __init__(self, package: str, noun: str, kind: type[D]) -> None:
        self.noun = noun
        self._package = package
        self._kind = kind

    def __getitem__(self, name: str) -> D:
        try:
            return self._by_any_name[name]
        except KeyError:
            raise UnknownNameError(self.noun, name, self._by_any_name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, name: object) -> bool:
        return name in self._by_any_name

    def family(self, name: str) -> str:
        """Return the name of the module that a definition is written in."""
        return self._families[self[name].name]

    @cached_property
    def _modules(self) -> dict[str, ModuleType]:
        root = importlib.import_module(self._package)
        modules = pkgutil.iter_modules(root.__path__)
        names = [m.name for m in modules if not m.ispkg and not m.name.startswith("_")]
        return {name: importlib.import_module(f"{self._package}.{name}") for name in names}

    @cached_property
    def _found(self) -> dict[str, D]:
        values = [value for module in self._modules.values() for value in vars(module).values()]
        return self._table((value.name, value) for value in values if isinstance(value, self._kind))

    @cached_property
    def _families(self) -> dict[str, str]:
        homes = ((value, name) for name, module in self._modules.items() for value in vars(module).values())
        return {value.name: name for value, name in homes if isinstance(value, self._kind)}

    @cached_property
    def _by_any_name(self) -> dict[str, D]:
        aliases = ((alias, value) for value in self._found.values() for alias in value.aliases)
        return self._table([*self._found.items(), *aliases])

    def _table(self, named: Iterable[tuple[str, D]]) -> dict[str, D]:
        table: dict[str, D] = {}
        for name, value in named:
            if table.setdefault(name, value) is not value:
                raise ValueError(f"two {self.noun}s are called {name!r}")
        return table
