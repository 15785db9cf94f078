"""TARGET text to Function: the one grammar that every command shares.

tanh                 a name of the catalogue: an activation or an objective
x*sigmoid(1.702*x)   a formula, in the variables that it names, in the order of first appearance
file.py:name         your own Python, or package.module:name
"""

import re
from collections.abc import Collection, Mapping

from actcli.activations import ACTIVATIONS
from actcli.catalogue import of_activation, of_objective
from actcli.errors import InputError, UnknownNameError
from actcli.function import Function
from actcli.objectives import OBJECTIVES

_is_name = re.compile(r"[A-Za-z_]\w*(@\w+)?", re.ASCII).fullmatch
_is_python = re.compile(r".*\.py(:.*)?|.*:([A-Za-z_]\w*)?", re.ASCII).fullmatch


def resolve(
    text: str,
    parameters: Mapping[str, float] | None = None,
    *,
    dimension: int | None = None,
    free: Collection[str] = (),
) -> Function:
    """Return the function that `text` means, with `parameters` bound.

    Of an objective of any dimension, `dimension` is how many coordinates it takes. Parameters that are `free`
    become inputs, with their numbers as defaults: derivatives are taken by them. Raises UnknownNameError
    (with the nearest right names), FormulaError (with the place), or InputError: a parameter that it does not
    have, Python that cannot be used.
    """
    text, given = text.strip(), parameters or {}
    if text in OBJECTIVES:
        if given:
            raise InputError(f"{text} has no parameters")
        return of_objective(OBJECTIVES[text], dimension)
    if text in ACTIVATIONS:
        return of_activation(ACTIVATIONS[text], given, ACTIVATIONS, free)
    if _is_name(text):
        raise _unknown(text)
    if _is_python(text):
        from actcli.userland import of_python

        return of_python(text, given)
    from actcli.builders import of_formula
    from actcli.formula.parse import parse

    return of_formula(parse(text, ACTIVATIONS), text, given, free)


def _unknown(name: str) -> UnknownNameError:
    """Return the error of a bare name: it may have been meant as a formula."""
    from actcli.formula._operation import CONSTANTS
    from actcli.formula.operations import CALLS

    error = UnknownNameError("function", name, [*ACTIVATIONS, *OBJECTIVES])
    if name in CALLS:
        error.tip = f"{name}(x) is a formula"
    elif name in CONSTANTS or len(name) == 1:
        error.tip = f"a name alone is one of the catalogue; as a formula: ({name})"
    return error
