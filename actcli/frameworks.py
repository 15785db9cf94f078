"""What frameworks mean by a function: function@framework to a record of the catalogue, under that name."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial

from actcli.activations import ACTIVATIONS, COMPOUNDS, FLAVOURS
from actcli.activations._spec import Activation, Compound, Entry, Flavour
from actcli.activations.flavours import SHORT
from actcli.catalogue import parsed
from actcli.errors import UnknownNameError
from actcli.formula.implementation import implementation
from actcli.formula.kinks import sided


@cache  # operations keep the record that they were made of: one record a flavour
def in_framework(name: str) -> Activation | Compound:
    """Return the record that a name like leaky_relu@keras means. Raises UnknownNameError."""
    flavour = flavour_of(name)
    entry = ACTIVATIONS[flavour.of] if flavour.of in ACTIVATIONS else COMPOUNDS[flavour.of]
    defaults = {
        key: replace(p, default=flavour.parameters.get(key, p.default)) for key, p in entry.parameters.items()
    }
    named = replace(entry, name=flavour.name, parameters=defaults, aliases=flavour.aliases)
    if flavour.kinks is None or not isinstance(named, Activation):
        return named
    read = partial(parsed, catalogue=ACTIVATIONS)
    slope, bend = (
        sided(implementation(named, order, read), order, flavour.kinks, partial(read, named.formula))
        for order in (1, 2)
    )
    return replace(named, kinks=flavour.kinks, derivative=slope, second_derivative=bend)


def flavour_of(name: str) -> Flavour:
    """Return the record of a framework's function; one that differs in nothing needs no record of its own.

    Raises UnknownNameError, with the nearest right names.
    """
    function, _, framework = name.partition("@")
    entry, framework = _entry(function), SHORT.get(framework, framework)
    full = f"{entry.name}@{framework}" if entry else name
    for known in (f"{function}@{framework}", full):
        if known in FLAVOURS:
            return FLAVOURS[known]
    if entry and framework in entry.spellings:
        return Flavour(name=full, of=entry.name, spelling=entry.spellings[framework])
    raise _unknown(name, entry)


def flavours_of(entry: Entry) -> tuple[Flavour, ...]:
    """Return what each framework means by a function, or by its name, in alphabetical order.

    Of a record that is a framework's own already it is what all of them mean by the function behind it.
    """
    function = flavour_of(entry.name).of if "@" in entry.name else entry.name
    own = {name for name, flavour in FLAVOURS.items() if function in (flavour.of, name.partition("@")[0])}
    spelled = {f"{function}@{framework}" for framework in entry.spellings}
    return tuple(flavour_of(name) for name in sorted(own | spelled))


def names() -> Iterable[str]:
    """Return all names of the form function@framework."""
    entries = (*ACTIVATIONS.values(), *COMPOUNDS.values())
    return sorted({flavour.name for entry in entries for flavour in flavours_of(entry)})


def _entry(function: str) -> Activation | Compound | None:
    return ACTIVATIONS.get(function) or COMPOUNDS.get(function)


def _unknown(name: str, entry: Entry | None) -> UnknownNameError:
    if entry is None:
        return UnknownNameError("function", name, names())
    known = [flavour.name for flavour in flavours_of(entry)]
    error = UnknownNameError("flavour", name, known)
    if not known:
        error.tip = f"no framework's {entry.name} is recorded; {entry.name} alone is the catalogue's"
    return error
