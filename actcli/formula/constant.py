"""The number that a formula without variables stands for."""

import re
from collections.abc import Mapping

_is_fraction = re.compile(r"(-?\d{1,15})/(\d{1,15})", re.ASCII).fullmatch


def constant(text: str, names: Mapping[str, float] | None = None) -> float:
    """Return the value of a formula's text, rounded once to float64; `names` are numbers it may speak of.

    Decimals and fractions need no arbitrary precision. Raises FormulaError.
    """
    if names and text in names:
        return names[text]
    try:
        return float(text)
    except ValueError:
        pass
    if fraction := _is_fraction(text):
        return int(fraction[1]) / int(fraction[2])  # whole numbers below 2**53: rounded once
    from actcli.formula.parse import parse
    from actcli.formula.precise import precise

    return float(precise(parse(text), names or {}))
