"""The chain rule and the product rule, cut short."""

from collections.abc import Iterator

import numpy as np

from actcli.causes._spec import Case, Cause, Rule, fixed, scaled, shifted
from actcli.formula.inner import Inner, inner, terms
from actcli.function import Array

_FEW = 4  # points that most products are refuted at
_ROUGH = 1e-4


def _parts(case: Case) -> tuple[Inner, ...]:
    if not case.plain or case.function.make_graph is None:
        return ()
    return inner(case.function.graph, case.places, case.part.seen.name)


def _chain(case: Case) -> str | None:
    parts = _parts(case)
    for part in parts:
        if case.explained(_without(case, part), tried=len(parts), unsure=case.rounding):
            taken = f"the derivative of {part.text} is taken for 1"
            return f"a chain factor is missing: {taken} at {case.all_wrong}"
    return None


def _without(case: Case, part: Inner) -> Rule:
    """Return the rule that takes a part's slope for 1; where all flows through the part it is a quotient."""
    apart = np.abs(part.arrived * part.slope - case.measured)
    if np.all(apart <= _ROUGH * np.abs(case.measured) + case.rounding):
        return scaled(1 / part.slope)
    return shifted(part.surplus)


def _term(case: Case) -> str | None:
    if not case.plain:
        return None
    if case.function.make_graph is None:
        return _quotient(case)
    found = terms(case.function.graph, case.places, case.part.seen.name)
    for term in found:
        if case.explained(shifted(-term.share), tried=len(found), unsure=case.rounding):
            missing = f"that of {term.operand} in {term.operation}"
            return f"a term of the sum or product rule is missing: {missing}, at {case.all_wrong}"
    return None


def _quotient(case: Case) -> str | None:
    """Look whether x*g(x), of which no formula is known, is differentiated as if g were constant."""
    if len(case.function.inputs) > 1 or not case.explained(fixed(case.values / case.x), unsure=case.rounding):
        return None
    return f"a term of the product rule is missing: stated is f(x)/x at {case.all_wrong}"


def _product(case: Case) -> str | None:
    """Try what is at hand, and each of two together: by it the slope may be multiplied or divided."""
    best = np.argsort(np.where(case.wrong, case.allowed / np.abs(case.measured), np.inf))[:_FEW]
    if not case.plain or not case.wrong.any():
        return _input(case)
    texts, factors = zip(*_candidates(case), strict=True)
    table = np.stack([np.broadcast_to(factor, case.x.shape) for factor in factors])
    ratio = case.measured / case.stated
    for done, wanted in (("missing", ratio), ("one too many", 1 / ratio)):
        for i, j in _near(table[:, best], wanted[best]):
            factor = _power_of(table[i] * table[j], done)
            if case.explained(scaled(factor), tried=2.0 * len(table) ** 2, unsure=case.rounding):
                name = "*".join(text for text in (texts[i], texts[j]) if text)
                return f"a factor {name} is {done} at {case.all_wrong}"
    return None


def _input(case: Case) -> str | None:
    """Look at a layer's one number w: where y = w*x, the slope by it is x = y/w, which may be forgotten."""
    name = case.part.seen.name
    alone = name in case.function.weights and case.shape is not None and case.shape[2] == 1
    if not alone or case.is_flow or not case.explained(scaled(case.x / case.values), unsure=case.rounding):
        return None
    return (
        f"a factor of the input is missing: where y = {name}*x, it is stated without x, at {case.all_wrong}"
    )


def _power_of(factor: Array, done: str) -> Array:
    return 1 / factor if done == "missing" else factor


def _near(table: Array, wanted: Array) -> list[tuple[int, int]]:
    """Return which two of the rows have about the wanted product; the fewest and simplest first."""
    close = np.all(np.abs(table[:, None] * table[None] - wanted) <= _ROUGH * np.abs(wanted), axis=-1)
    return [(int(i), int(j)) for i, j in np.argwhere(close) if i <= j]


def _candidates(case: Case) -> Iterator[tuple[str, Array | float]]:
    """Yield factors with their texts: 1, which needs none, then inputs, the value, and inner operations."""
    yield "", 1.0
    yield from case.places.items()
    yield "f(x)", case.values
    for part in _parts(case):
        yield f"({part.text})", part.value
        yield f"({part.text})'", part.slope


CHAIN = Cause(name="chain", summary="a factor of the chain rule is missing", rank=14, explain=_chain)

TERM = Cause(name="term", summary="a term of the product rule is missing", rank=15, explain=_term)

PRODUCT = Cause(
    name="product",
    summary="a factor that is an input, or part of the formula, is missing or one too many",
    rank=25,
    explain=_product,
)
