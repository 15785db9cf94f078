"""TARGET text to Function: the one grammar that every command shares.

tanh                 a name of the catalogue: an activation, a unit, a loss or an objective
gelu@jax             what a framework means by it: its defaults, its slopes at kinks
x*sigmoid(1.702*x)   a formula, in the variables that it names, in the order of first appearance
file.py:name         your own Python, or package.module:name
"""

import re
from collections.abc import Collection, Mapping

from actcli.activations import ACTIVATIONS, COMPOUNDS, Activation, Compound
from actcli.catalogue import of_activation, of_objective, seeded
from actcli.errors import FormulaError, InputError, UnknownNameError, quoted, squeezed
from actcli.function import Function
from actcli.objectives import OBJECTIVES

_is_name = re.compile(r"[A-Za-z_]\w*(@\w+)?", re.ASCII).fullmatch
_calls = re.compile(r"\b([A-Za-z_]\w*)\s*\(", re.ASCII).finditer
is_python = re.compile(r".*\.py(:.*)?|.*:([A-Za-z_]\w*)?", re.ASCII).fullmatch


def resolve(
    text: str,
    parameters: Mapping[str, float] | None = None,
    *,
    dimension: int | None = None,
    free: Collection[str] = (),
    seed: int | None = None,
    dtype: str = "float64",
    noisy: bool = False,
) -> Function:
    """Return the function that `text` means, with `parameters` bound.

    Of an objective of any dimension, `dimension` is how many coordinates it takes. Parameters that are `free`
    become inputs, with their numbers as defaults: derivatives are taken by them. With a `seed` a random
    function draws its numbers. The user's Python is called with arrays of `dtype`, and may be `noisy`: return
    other numbers each time. Raises UnknownNameError (with the nearest right names), FormulaError (with the
    place), or InputError: a parameter that it does not have, Python that cannot be used, a seed for what is
    not random.
    """
    text, given = text.strip(), parameters or {}
    if seed is not None:
        return of_activation(_seeded(text, seed, free), given, ACTIVATIONS)
    if text in ACTIVATIONS:
        return _of_entry(ACTIVATIONS[text], given, free)
    if text in OBJECTIVES:
        if given:
            raise InputError(f"{text} has no parameters")
        return of_objective(OBJECTIVES[text], dimension)
    if _is_name(text):
        return _of_entry(_entry(text), given, free)
    if is_python(text):
        from actcli.userland import of_python

        return of_python(text, given, dtype, noisy, free)
    from actcli.builders import of_formula
    from actcli.formula.parse import parse

    _refuse_compounds(text)
    return of_formula(parse(text, ACTIVATIONS), text, given, free)


def _entry(name: str) -> Activation | Compound:
    """Return the record of a name. Raises UnknownNameError."""
    if name in ACTIVATIONS:
        return ACTIVATIONS[name]
    if name in COMPOUNDS:
        return COMPOUNDS[name]
    if "@" in name:
        from actcli.frameworks import in_framework  # no other name waits for what frameworks mean

        return in_framework(name)
    raise _unknown(name)


def _seeded(text: str, seed: int, free: Collection[str]) -> Activation:
    """Return the record of a random function that has drawn. Raises InputError for what is not random."""
    entry = _entry(text) if _is_name(text) and text not in OBJECTIVES else None
    if not isinstance(entry, Activation) or entry.sample is None:
        random = ", ".join(name for name, activation in ACTIVATIONS.items() if activation.sample)
        raise InputError(f"{quoted(text)} is not random: a seed changes nothing", f"what is: {random}")
    if drawn := sorted(entry.parameters.keys() & free):
        raise InputError(f"with a seed {drawn[0]} is drawn from, and there is no derivative by it")
    return seeded(entry, seed)


def _of_entry(
    entry: Activation | Compound, parameters: Mapping[str, float], free: Collection[str]
) -> Function:
    if isinstance(entry, Activation):
        return of_activation(entry, parameters, ACTIVATIONS, free)
    from actcli.compounds import of_compound  # only who asks for one waits for the language

    return of_compound(entry, parameters, ACTIVATIONS, free)


def _refuse_compounds(text: str) -> None:
    """Raise FormulaError for a formula that calls a unit or a loss, of several inputs or of halves."""
    for call in _calls(text):
        if call[1] in COMPOUNDS:
            message = f"{call[1]} is a TARGET of its own, and no function of one number or vector"
            raise FormulaError(message, text, *call.span(1), f"its formula: {COMPOUNDS[call[1]].formula}")


def _unknown(name: str) -> UnknownNameError:
    """Return the error of a bare name: it may have been meant as a formula."""
    from actcli.formula._operation import CONSTANTS
    from actcli.formula.operations import CALLS

    error = UnknownNameError("function", name, [*ACTIVATIONS, *COMPOUNDS, *OBJECTIVES])
    if name in CALLS:
        error.tip = f"{name}(x) is a formula"
    elif name in CONSTANTS or len(name) == 1:
        error.tip = f"a name alone is one of the catalogue; as a formula: ({name})"
    elif spelt := _spelt(name):
        error.tip = f"did you mean {' or '.join(spelt)}?"
    return error


def _spelt(name: str) -> list[str]:
    """Return the functions that the catalogue or a framework calls so, but for capitals and underscores."""
    found = []
    for entry in (*ACTIVATIONS.values(), *COMPOUNDS.values()):
        spellings = (text.partition("(")[0].rpartition(".")[2] for text in entry.spellings.values())
        if squeezed(name) in map(squeezed, (entry.name, *entry.aliases, *spellings)):
            found.append(entry.name)
    return found
