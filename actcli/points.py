"""Text to numbers: the one grammar of numbers, POINTS and intervals that every command shares.

number    decimal or scientific, ASCII: 1.5  -4  .5  1e-3  inf  -inf  nan
POINTS    numbers and ranges with commas between them: -1,0,2.5  -5:5  0:1:0.1
range     start:stop (step 1) or start:stop:step, ascending; the stop is included when it lies on the grid
interval  start:stop, ascending
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actcli.errors import FormulaError, InputError, quoted

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    import numpy.typing as npt

MAX_POINTS = 10**7
_MAX_LENGTH = 1000  # of one number's text: more digits than any float64 needs

_NUMBER = r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)"
_ITEM = rf"{_NUMBER}(?::{_NUMBER}){{0,2}}"
_IS_NUMBER = re.compile(_NUMBER, re.ASCII | re.IGNORECASE).fullmatch
_IS_POINTS = re.compile(rf"{_ITEM}(?:,{_ITEM})*", re.ASCII | re.IGNORECASE).fullmatch
_STARTS_NEGATIVE = re.compile(r"-\.?\d").match  # in any script: what is wrong is named later
_may_be_formula = re.compile(r"[^_]*[a-z(+*/-][^_]*", re.ASCII | re.IGNORECASE).fullmatch
_IS_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII).fullmatch


def is_points(text: str) -> bool:
    """Whether `text` reads as POINTS from end to end (its numbers may still be out of range)."""
    return _IS_POINTS(text) is not None


def is_meant_as_points(text: str) -> bool:
    """Whether `text` reads as POINTS, or starts like a negative number: no option does."""
    return is_points(text) or _STARTS_NEGATIVE(text) is not None


def number(text: str, what: str = "a point") -> float:
    """Return the float64 nearest to a number's text; `what` is named in the error. Raises InputError."""
    stripped = text.strip(" ")
    if len(stripped) > _MAX_LENGTH or not _IS_NUMBER(stripped):
        raise InputError(f"{what} must be a number, not {quoted(text)}", _number_tip(text))
    value = float(stripped)
    if math.isinf(value) and "n" not in stripped.lower():
        raise InputError(
            f"{what} overflows float64: {quoted(text)}", "the largest is 1.797e308; or write inf"
        )
    return value


def finite(text: str, what: str) -> float:
    """Return a finite number. Raises InputError."""
    value = number(text, what)
    if not math.isfinite(value):
        raise InputError(f"{what} must be a finite number, not {quoted(text)}")
    return value


def positive(text: str, what: str) -> float:
    """Return a finite number above 0. Raises InputError."""
    value = finite(text, what)
    if value <= 0:
        raise InputError(f"{what} must be above 0, not {quoted(text)}")
    return value


def not_negative(text: str, what: str) -> float:
    """Return a finite number of at least 0. Raises InputError."""
    value = finite(text, what)
    if value < 0:
        raise InputError(f"{what} must not be negative: {quoted(text)}")
    return value


def whole(text: str, what: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`. Raises InputError."""
    if not _IS_WHOLE(text) or not low <= int(text) <= high:
        raise InputError(f"{what} must be a whole number from {low} to {high}, not {quoted(text)}")
    return int(text)


def points(texts: Sequence[str], what: str = "a point") -> "npt.NDArray[np.float64]":
    """Return the points of one or several POINTS texts, in order, as a float64 array of shape (n,).

    A range's points are the float64 nearest to its decimal grid: 0:1:0.1 holds 0.3, not 0.30000000000000004.
    Raises InputError: no number, no ascending range, or more than 10^7 points.
    """
    import numpy as np

    items = [_item(item, what) for text in texts for item in text.split(",")]
    total = sum(item.count for item in items)
    if total > MAX_POINTS:
        raise InputError(f"too many points: {_magnitude(total)}; at most {MAX_POINTS}")
    return np.concatenate([item.values() for item in items])


def interval(text: str, what: str) -> tuple[float, float]:
    """Return (start, stop) of start:stop, both finite, start below stop. Raises InputError."""
    parts = text.split(":")
    if len(parts) != 2:
        raise InputError(f"{what} must be START:STOP, not {quoted(text)}", "for example -5:5")
    start, stop = (finite(part, f"each end of {what} {quoted(text)}") for part in parts)
    if start >= stop:
        raise InputError(f"{what} must run upwards, not {quoted(text)}", "write it as smaller:larger")
    return start, stop


def vector(text: str, what: str) -> "npt.NDArray[np.float64]":
    """Return the numbers of a comma list, all finite, as an array of shape (n,). Raises InputError."""
    import numpy as np

    return np.array([finite(part, f"each part of {what}") for part in text.split(",")])


def size(text: str, what: str) -> tuple[float, float]:
    """Return (width, height) of WIDTHxHEIGHT, both above 0. Raises InputError."""
    parts = text.lower().split("x")
    if len(parts) != 2:
        raise InputError(f"{what} must be WIDTHxHEIGHT, not {quoted(text)}", "for example 8x5")
    width, height = (positive(part, f"each side of {what} {quoted(text)}") for part in parts)
    return width, height


def settings(texts: Sequence[str], what: str) -> dict[str, float]:
    """Return the numbers of key=number texts by key; a number may be a formula (pi, 2/3, sqrt(2)).

    Raises InputError: no key, no number, or a key twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise InputError(f"{what} must be NAME=NUMBER, not {quoted(text)}", "for example alpha=0.5")
        if key in found:
            raise InputError(f"{what} gives {quoted(key)} twice")
        found[key] = _constant(value, f"{what} {quoted(key)}")  # its domain says whether it may be inf
    return found


def _constant(text: str, what: str) -> float:
    """Return a number, or what a formula without variables is worth: it is parsed, and never executed."""
    if _IS_NUMBER(text.strip(" ")) or not _may_be_formula(text):
        return number(text, what)
    from actcli.formula.constant import constant  # who writes numbers does not wait for the language

    try:
        value = constant(text)
    except FormulaError as error:
        tip = "; ".join(filter(None, (error.message, error.tip)))
        raise InputError(f"{what} must be a number, not {quoted(text)}", tip) from None
    if math.isnan(value):
        raise InputError(f"{what} must be a number: {quoted(text)} has no value")
    return value


@dataclass(frozen=True)
class _Single:
    value: float
    count: int = 1

    def values(self) -> "npt.NDArray[np.float64]":
        import numpy as np

        return np.array([self.value])


@dataclass(frozen=True)
class _Range:
    start: "Fraction"
    step: "Fraction"
    count: int

    def values(self) -> "npt.NDArray[np.float64]":
        """Divide the exact grid (a + i*b)/d of whole numbers: each point is rounded once."""
        import numpy as np

        d = math.lcm(self.start.denominator, self.step.denominator)
        a, b = int(self.start * d), int(self.step * d)
        if max(abs(a), abs(a + b * self.count), d) <= 2**53:
            return np.asarray((a + b * np.arange(self.count, dtype=np.int64)) / d)
        return np.array([(a + i * b) / d for i in range(self.count)])


def _item(text: str, what: str) -> _Single | _Range:
    parts = text.split(":")
    if len(parts) == 1:
        return _Single(number(text, what))
    if len(parts) > 3:
        raise InputError(f"a range must be start:stop or start:stop:step, not {quoted(text)}")
    start, stop, step = (_exact(part, f"each part of range {quoted(text)}") for part in [*parts, "1"][:3])
    if step <= 0:
        raise InputError(f"the step of a range must be above 0, not {quoted(text)}")
    if start > stop:
        raise InputError(f"a range must run upwards, not {quoted(text)}", "write it as smaller:larger")
    return _Range(start, step, (stop - start) // step + 1)


def _exact(text: str, what: str) -> "Fraction":
    from fractions import Fraction

    # What underflows counts as 0: 10**999999999 is never built.
    return Fraction(text.strip(" ")) if finite(text, what) else Fraction(0)


def _number_tip(text: str) -> str:
    odd = next((c for c in text if not c.isascii()), None)
    if odd is not None:
        import unicodedata

        name = unicodedata.name(odd, "no character")
        return f"it holds U+{ord(odd):04X} {name}; numbers are ASCII, a minus is '-'"
    if "_" in text:
        return "digits are written without '_'"
    return "for example 1.5, -4, 1e-3, inf or nan"


def _magnitude(n: int) -> str:
    return str(n) if n < 10**15 else "more than 10^15"
