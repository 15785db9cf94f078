"""The card of a catalogue function: what is known of it, a fact a row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actcli.cli._entries import base_of, record

if TYPE_CHECKING:
    from actcli.activations import Activation, Compound
    from actcli.facts import Facts
    from actcli.report import Report

    Entry = Activation | Compound

Row = tuple[str, str]

_JUMPS = ("jump", "corner", "corner of the slope")
_MARGIN = 3  # characters of a row that hold no text
_MOST_LINES = 8  # of a terminal, for one fact
_DERIVATIVES = ("", "derivative", "second derivative", "third derivative")


def facts_for(entry: "Entry", given: Mapping[str, float]) -> "Facts | None":
    """Return the facts of an entry with some parameters set; computed now, unless all are at the defaults."""
    from actcli.activations import ACTIVATIONS, Activation
    from actcli.facts import facts_of

    base = ACTIVATIONS.get(base_of(entry))
    if not isinstance(entry, Activation) or not entry.elementwise or base is None:
        return None
    if not given and dict(entry.parameters) == dict(base.parameters) and entry.kinks == base.kinks:
        return facts_of(base.name)
    from actcli.facts.derive import facts

    return facts(entry, given, ACTIVATIONS)


def card(
    entry: "Entry",
    facts: "Facts | None",
    numbers: "Mapping[str, float] | None",
    derivatives: Sequence[tuple[int, str, str]],
) -> dict[str, Any]:
    """Return an entry's record with the texts of its derivatives, (order, by, formula).

    `numbers` are the parameters, where some are not at their defaults.
    """
    found = record(entry, facts, numbers)
    start = {key: found.pop(key) for key in ("name", "kind", "family", "summary", "formula", "property")}
    slopes = [{"order": order, "by": by, "formula": text} for order, by, text in derivatives]
    return {**start, "derivatives": slopes, **found}


def report(found: Mapping[str, Any], width: int | None = None) -> "Report":
    """Return a card as rows of two columns; of a terminal's `width`, what is long takes several."""
    from actcli.report import Report

    rows = list(_rows(found))
    if width is not None:
        rows = _wrapped(rows, width)
    return Report(
        columns={"fact": [name for name, _ in rows], "value": [v for _, v in rows]}, results=("value",)
    )


def _wrapped(rows: list[Row], width: int) -> list[Row]:
    from textwrap import wrap

    room = max(20, width - _MARGIN - max(len(name) for name, _ in rows))
    found = []
    for name, text in rows:
        lines = wrap(text, room, max_lines=_MOST_LINES, placeholder=" …") or [""]
        found += [(name if line is lines[0] else "", line) for line in lines]
    return found


def _rows(found: Mapping[str, Any]) -> Iterator[Row]:
    yield "name", found["name"]
    yield "summary", found["summary"]
    yield "family", f"{found['family']} ({found['kind']})"
    yield ("formula", found["formula"]) if found["formula"] else ("property", found["property"] or "")
    for slope in found["derivatives"]:
        yield _named(slope), slope["formula"]
    yield from _parameters(found["parameters"])
    if found["facts"]:
        yield from _facts(found["facts"])
    yield from _conventions(found["kinks"], found["facts"])
    yield from frameworks_of(found)
    if found["errors"]:
        yield (
            "largest errors",
            ", ".join(f"{what} {number:.3g} ulp" for what, number in found["errors"].items()),
        )
    if found["aliases"]:
        yield "aliases", ", ".join(found["aliases"])
    yield "source", found["source"]


def _named(slope: Mapping[str, Any]) -> str:
    order, by = slope["order"], slope["by"]
    if by in ("x", " ".join("x" * order)):
        return _DERIVATIVES[order] if order < len(_DERIVATIVES) else f"derivative of order {order}"
    return f"derivative by {by.replace(' ', ', ')}"


def _parameters(parameters: Mapping[str, Any]) -> Iterator[Row]:
    for name, parameter in parameters.items():
        number, default = _short(parameter["number"]), parameter["default"]
        value = number if number == default else f"{number} (default {default})"
        kind = "a whole number in" if parameter["whole"] else "in"
        yield f"parameter {name}", f"{value}, {kind} {parameter['domain']}"


def _short(number: Any) -> str:
    """Return a number's text without the point of a whole one; infinite ones are texts already."""
    return str(number).removesuffix(".0")


def _facts(f: Mapping[str, Any]) -> Iterator[Row]:
    yield "range", _range(f)
    yield "limits", _at_both_ends(f["limits"])
    yield "slope far out", _at_both_ends(f["slope_limits"])
    low, high = map(_short, f["slopes"])
    yield "slope", f"from {low} to {high}; Lipschitz constant {_short(f['lipschitz'])}"
    yield "at 0", "value {}, slope {}".format(*map(_short, f["origin"]))
    yield "shape", _shape(f)
    yield "smoothness", _smoothness(f["smoothness"])
    extrema = [f"{kind} {_short(y)} at {_short(x)}" for kind, x, y in f["extrema"]]
    if extrema:
        yield "extrema", "; ".join(extrema) + "; and farther out" * f["oscillates"]
    spans = [f"({_short(a)}, {_short(b)})" for a, b in f["saturation"]]
    if spans:
        yield "saturates", f"{' and '.join(spans)}, where the slope is below 0.01"
    yield "under N(0, 1)", _moments(f)


def _range(f: Mapping[str, Any]) -> str:
    if f["values"]:
        return f"{{{', '.join(map(_short, f['values']))}}}"
    (low, high), (closed, shut) = map(_short, f["range"]), f["attained"]
    return f"{'[' if closed else '('}{low}, {high}{']' if shut else ')'}"


def _at_both_ends(limits: Sequence[Any]) -> str:
    texts = ("no limit" if limit is None else _short(limit) for limit in limits)
    return ", ".join(f"{text} at {end}" for text, end in zip(texts, ("-inf", "inf"), strict=True))


def _shape(f: Mapping[str, Any]) -> str:
    symmetry = {"point": f"symmetric about (0, {_short(f['centre'])})", "none": "no symmetry"}
    words = [symmetry.get(f["symmetry"], f["symmetry"])]
    words.append("not monotonic" if f["monotonicity"] == "none" else f["monotonicity"])
    if f["convexity"] != "none":
        words.append(f["convexity"])
    return ", ".join(words)


def _smoothness(k: Any) -> str:
    if k == "inf":
        return "all derivatives are continuous"
    return {-1: "jumps", 0: "continuous, with corners"}.get(
        k, f"C{k}: {k} continuous derivative{'s'[: k > 1]}"
    )


def _moments(f: Mapping[str, Any]) -> str:
    names = {"mean": "mean", "gain": "gain", "backward_gain": "backward gain"}
    return ", ".join(f"{name} {_short(f[key])}" for key, name in names.items() if f[key] is not None)


def _conventions(kinks: Sequence[Mapping[str, Any]], facts: Mapping[str, Any] | None) -> Iterator[Row]:
    """Yield what holds at each kink, which some parameters make softer than it can be: elu at alpha = 1."""
    softest = 1 + float(facts["smoothness"]) if facts else 0
    for kink in kinks:
        order = max(kink["order"], softest)
        if order < len(_JUMPS):
            side = "the mean of both sides" if kink["side"] == "mean" else f"that from the {kink['side']}"
            slope = "second derivative" if order == 2 else "derivative"
            yield f"at x = {kink['at']}", f"{_JUMPS[int(order)]}; the {slope} there is {side}"


def frameworks_of(found: Mapping[str, Any]) -> Iterator[Row]:
    """Yield what each framework calls a function, and where it differs; under the name that means it here."""
    spelt = set()
    means_what = {flavour["name"]: flavour["of"] for flavour in found["frameworks"]}
    function = means_what.get(found["name"], found["name"])
    for flavour in found["frameworks"]:
        name, _, framework = flavour["name"].partition("@")
        if (framework, flavour["spelling"]) in spelt:
            continue
        spelt.add((framework, flavour["spelling"]))
        means = f"means {flavour['of']}" if flavour["of"] != function else ""
        settings = ", ".join(f"{key} = {value}" for key, value in flavour["parameters"].items())
        text = "; ".join(filter(None, (flavour["spelling"], means, settings, flavour["note"])))
        is_own = name == function and not (means or settings or flavour["kinks"] is not None)
        yield framework if is_own else flavour["name"], text
