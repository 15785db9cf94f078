"""What there is to say of an entry of the catalogue, as values that every format can show."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actcli.activations import Activation, Compound, Flavour
    from actcli.facts import Facts

    Entry = Activation | Compound

KINDS = ("function", "vector function", "gated unit", "loss")


def entries() -> "Iterator[Entry]":
    """Yield the entries of the catalogue, family by family."""
    from actcli.activations import ACTIVATIONS, COMPOUNDS

    yield from ACTIVATIONS.values()
    yield from COMPOUNDS.values()


def entry_of(name: str) -> "Entry | None":
    """Return the entry of a name, an alias or function@framework; None where there is none."""
    from actcli.activations import ACTIVATIONS, COMPOUNDS

    if "@" in name and name.replace("@", "_").isidentifier():
        from actcli.frameworks import in_framework

        return in_framework(name)
    return ACTIVATIONS.get(name) or COMPOUNDS.get(name)


def family_of(entry: "Entry") -> str:
    """Return the family that an entry belongs to."""
    from actcli.activations import ACTIVATIONS, COMPOUNDS

    name = base_of(entry)
    return ACTIVATIONS.family(name) if name in ACTIVATIONS else COMPOUNDS.family(name)


def base_of(entry: "Entry") -> str:
    """Return the catalogue's own name of an entry, which may be a framework's."""
    if "@" not in entry.name:
        return entry.name
    from actcli.frameworks import flavour_of

    return flavour_of(entry.name).of


def kind_of(entry: "Entry") -> str:
    """Return which of KINDS an entry is."""
    from actcli.activations import Activation

    if isinstance(entry, Activation):
        return KINDS[0 if entry.elementwise else 1]
    return KINDS[2 if entry.halves else 3]


def families() -> list[str]:
    """Return the families, in the order of the catalogue."""
    return list(dict.fromkeys(map(family_of, entries())))


def properties() -> list[str]:
    """Return the properties that entries may have."""
    from actcli.facts import PROPERTIES

    return [*PROPERTIES, "parametric"]


def frameworks() -> list[str]:
    """Return the frameworks that a spelling or a flavour is known of."""
    from actcli.activations import FLAVOURS

    spelt = {framework for entry in entries() for framework in entry.spellings}
    return sorted(spelt | {name.partition("@")[2] for name in FLAVOURS})


def properties_of(entry: "Entry", facts: "Facts | None") -> tuple[str, ...]:
    """Return the properties of an entry; its facts are known of functions of one number alone."""
    return (*(facts.properties if facts else ()), *(["parametric"] if entry.parameters else []))


def record(
    entry: "Entry", facts: "Facts | None", numbers: "Mapping[str, float] | None" = None
) -> dict[str, Any]:
    """Return all that is known of an entry; `numbers` are its parameters where these are not the defaults."""
    from actcli.facts import encoded, errors_of
    from actcli.frameworks import flavours_of

    if numbers is None:
        numbers = facts.parameters if facts else entry.defaults
    return {
        "name": entry.name,
        "kind": kind_of(entry),
        "family": family_of(entry),
        "summary": entry.summary,
        "formula": entry.formula or None,
        "property": entry.property or None,
        "parameters": {name: _parameter(entry.parameters[name], numbers[name]) for name in entry.parameters},
        "properties": list(properties_of(entry, facts)),
        "facts": {key: v for key, v in encoded(facts).items() if key != "parameters"} if facts else None,
        "kinks": [_kink(kink) for kink in getattr(entry, "kinks", ())],
        "frameworks": [_flavour(flavour) for flavour in flavours_of(entry)],
        "errors": dict(errors_of(entry.name)) or None,
        "aliases": list(entry.aliases),
        "source": entry.source,
    }


def _parameter(parameter: Any, number: float) -> dict[str, Any]:
    return {
        "default": parameter.default,
        "number": number if abs(number) < float("inf") else str(number),
        "domain": parameter.domain,
        "whole": parameter.whole,
    }


def _kink(kink: Any) -> dict[str, Any]:
    return {"at": kink.at, "order": kink.order, "side": kink.side}


def _flavour(flavour: "Flavour") -> dict[str, Any]:
    return {
        "name": flavour.name,
        "of": flavour.of,
        "spelling": flavour.spelling,
        "parameters": dict(flavour.parameters),
        "kinks": None if flavour.kinks is None else [_kink(kink) for kink in flavour.kinks],
        "note": flavour.note or None,
    }


def json_of(value: Any, indent: int | None = 2) -> str:
    """Return strict JSON, a line; numbers that JSON lacks are texts already."""
    import json  # noqa: PLC0415  # of no use to other formats

    return json.dumps(value, indent=indent, allow_nan=False) + "\n"


def contains(entry: "Entry", word: str) -> bool:
    """Whether a word stands in what the catalogue says of an entry, capitals or not."""
    spellings: Mapping[str, str] = entry.spellings
    texts: Sequence[str] = (
        entry.name, entry.summary, entry.formula, entry.property, entry.source,
        *entry.aliases, *spellings.values(),
    )  # fmt: skip
    return any(word.casefold() in text.casefold() for text in texts)
