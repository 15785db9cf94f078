"""TARGET text to Function: the one grammar that every command shares."""

from collections.abc import Mapping

from actcli.activations import ACTIVATIONS
from actcli.function import Function


def resolve(text: str, parameters: Mapping[str, float] | None = None) -> Function:
    """Return the function that `text` names, with `parameters` bound.

    Raises UnknownNameError (with the nearest right names), or InputError for a parameter it does not have.
    """
    return Function.of(ACTIVATIONS[text], parameters or {})
