"""The number that a formula without variables stands for."""

import re
from collections.abc import Mapping

from actcli.errors import FormulaError

_is_fraction = re.compile(r"(-?)(\w+)(?:/(\w+))?", re.ASCII).fullmatch
_is_whole = re.compile(r"\d{1,15}", re.ASCII).fullmatch  # below 2**53


def constant(text: str, names: Mapping[str, float] | None = None) -> float:
    """Return the value of a formula's text, rounded once to float64; `names` are numbers it may speak of.

    Decimals, names and fractions of them need no arbitrary precision. Raises FormulaError.
    """
    names = names or {}
    try:
        return names[text] if text in names else float(text)
    except ValueError:
        pass
    if fraction := _is_fraction(text):
        above, below = (_float(term, names) for term in (fraction[2], fraction[3] or "1"))
        if above is not None and below:
            return float(fraction[1] + "1") * above / below + 0.0  # rounded once; -0 is no place of its own
    from actcli.formula.parse import parse
    from actcli.formula.precise import precise

    root = parse(text)
    if unknown := next((name for name in root.variables if name not in names), ""):
        raise FormulaError(f"{unknown} stands for no number", text, tip="pi, e and inf do")
    return float(precise(root, names))


def _float(term: str, names: Mapping[str, float]) -> float | None:
    return float(term) if _is_whole(term) else names.get(term)
