"""Where a parameter may lie: the one rule for parameters given by name and for those in formulas."""

import math
import re
from collections.abc import Mapping
from typing import Any, Protocol

from actcli.errors import InputError
from actcli.formula.constant import constant

_parts = re.compile(r"([\[(])(.+),(.+)([\])])").fullmatch
_ANYWHERE = "(-inf, inf)"


class Bounded(Protocol):
    """What has a domain: a parameter."""

    @property
    def domain(self) -> str: ...  # noqa: D102
    @property
    def whole(self) -> bool: ...  # noqa: D102


def check(function: str, name: str, parameter: Bounded, parameters: Mapping[str, float]) -> None:
    """Raise InputError unless the parameter of that name lies in its domain, and is whole where it must be.

    The ends of a domain are formulas, which may speak of the other `parameters`.
    """
    value = parameters[name]
    if not _holds(parameter.domain, value, parameters):
        must = "be finite" if parameter.domain == _ANYWHERE else f"lie in {parameter.domain}"
        raise InputError(f"{name} of {function} must {must}, not {value:g}")
    if parameter.whole and not value.is_integer():
        raise InputError(f"{name} of {function} must be a whole number, not {value:g}")


def check_all(function: str, domains: Mapping[str, Any], parameters: Mapping[str, float]) -> None:
    """Raise InputError unless all parameters lie in their domains."""
    for name, parameter in domains.items():
        check(function, name, parameter, parameters)


def _holds(domain: str, value: float, names: Mapping[str, float]) -> bool:
    """Whether an interval holds a number; a closed end holds the infinity that it names, and nan is nowhere.

    Raises ValueError for what is no interval.
    """
    found = _parts(domain)
    if not found:
        raise ValueError(f"{domain!r} is no interval")
    left, right = (constant(end.strip(), names) for end in (found[2], found[3]))
    above = left <= value if found[1] == "[" else left < value
    below = value <= right if found[4] == "]" else value < right
    return above and below and not math.isnan(value)
