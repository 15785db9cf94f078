"""What a formula's text may hold, before any parser sees it."""

import re
import unicodedata

from actcli.errors import FormulaError

_MOST_CHARACTERS = 1000
DEEPEST = 50
_refused = re.compile(r"//|[^A-Za-z0-9_ .,+\-*/()<>=!]").search
_number = re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(\w*)", re.ASCII).finditer
_assigned = re.compile(r"(?<![<>=!])=(?!=)").search
_INSTEAD = {
    "//": "floor(a/b) is the whole part of a quotient",
    "^": "powers are written **",
    "%": "the remainder is a - b*floor(a/b)",
    "@": "dot(a, b) is the product of two vectors",
    "[": "there are no subscripts and no lists: x0, x1",
    "{": "there are no sets",
    "'": "there are no texts",
    '"': "there are no texts",
    ":": "there is no lambda and no walrus",
    "#": "there are no comments",
    "|": "abs(x) is the absolute value",
    "&": "one where inside another",
    "~": "there is no ~: swap the branches of where",
    ";": "one formula at a time",
    "\n": "a formula is one line",
}
_MEANT = {"−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "²": "**2", "³": "**3"}
_MEANT |= {"√": "sqrt(x)", "∞": "inf", "≤": "<=", "≥": ">=", "≠": "!="}


def check_text(text: str) -> str:
    """Return the text stripped. Raises FormulaError: too long, or a character that no formula holds."""
    text = text.replace("\t", " ").strip(" ")
    if not text:
        raise FormulaError("the formula is empty", "")
    if len(text) > _MOST_CHARACTERS:
        raise FormulaError(f"the formula is too long: {len(text)} characters, at most {_MOST_CHARACTERS}", "")
    for place, character in enumerate(text):
        if not character.isascii():
            raise FormulaError(_named(character), text, place, place + 1, _meant(character))
    odd = _refused(text)
    if odd:
        tip = _INSTEAD.get(odd[0], "")
        raise FormulaError(f"a formula cannot hold {odd[0]!r}", text, odd.start(), odd.end(), tip)
    _check_parentheses(text)
    _check_numbers(text)
    return text


def why(text: str, place: int) -> tuple[str, int, int, str]:
    """Return what is wrong with a text that no parser reads beyond `place`: message, start, stop, tip."""
    equals = _assigned(text)
    if equals and not text[: equals.start()].count("("):
        return "a formula has no assignment", equals.start(), equals.end(), "only what stands right of the ="
    if place >= len(text):
        return "something is missing at the end", place, place + 1, ""
    before = text[:place].rstrip()[-1:]
    if (before.isalnum() or before == ")") and (text[place].isalnum() or text[place] == "("):
        return "an operator is missing here", place, place + 1, "products are written with *: 2*x"
    return "something is missing or out of place", place, place + 1, ""


def _named(character: str) -> str:
    return f"the formula holds U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"


def _meant(character: str) -> str:
    """Return a tip: what is written instead of a character that is not ASCII."""
    name = unicodedata.name(character, "")
    if character in _MEANT:
        return f"write {_MEANT[character]}"
    if name.startswith("GREEK SMALL LETTER ") and len(name.split()) == 4:
        return f"write {name.split()[-1].lower()}"
    return "formulas are ASCII"


def _check_numbers(text: str) -> None:
    """Refuse what a number runs into: 2x, 1_000, 0x10, 1j."""
    for found in _number(text):
        rest = found[3]
        if not rest:
            continue
        digits = found[0][: -len(rest)]
        tip = f"a product is written {digits}*{rest}"
        if "_" in rest or digits == "0":
            tip = "decimal digits, like 1.5 or 1e-3"
        elif rest in ("j", "J"):
            tip = "there are no complex numbers"
        raise FormulaError(f"{found[0]} is no number of a formula", text, found.start(), found.end(), tip)


def _check_parentheses(text: str) -> None:
    opened: list[int] = []
    for place, character in enumerate(text):
        if character == "(":
            opened.append(place)
        elif character == ")" and not opened:
            raise FormulaError("this parenthesis closes nothing", text, place, place + 1)
        elif character == ")":
            opened.pop()
        if len(opened) > DEEPEST:
            message = f"nested too deeply: at most {DEEPEST} levels"
            raise FormulaError(message, text, place, place + 1)
    if opened:
        raise FormulaError("this parenthesis is never closed", text, opened[-1], opened[-1] + 1)
