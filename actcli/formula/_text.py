"""What a formula's text may hold, before any parser sees it."""

import re

from actcli.errors import FormulaError

_MOST_CHARACTERS = 1000
_DEEPEST = 50
_refused = re.compile(r"[^A-Za-z0-9_ \t.,+\-*/()<>=!]").search
_INSTEAD = {
    "^": "powers are written **",
    "%": "there is no remainder; floor is there",
    "[": "there are no subscripts: x0, x1",
    "{": "there are no sets",
    "'": "there are no texts",
    '"': "there are no texts",
    ":": "there is no lambda and no walrus",
    "#": "there are no comments",
    "|": "abs(x) is the absolute value",
    ";": "one formula at a time",
    "\n": "a formula is one line",
}


def check_text(text: str) -> str:
    """Return the text stripped. Raises FormulaError: too long, or a character that no formula holds."""
    text = text.strip(" \t")
    if not text:
        raise FormulaError("the formula is empty", "")
    if len(text) > _MOST_CHARACTERS:
        raise FormulaError(f"the formula is too long: {len(text)} characters, at most {_MOST_CHARACTERS}", "")
    for place, character in enumerate(text):
        if not character.isascii():
            raise FormulaError(_named(character), text, place, place + 1, "formulas are ASCII")
    odd = _refused(text)
    if odd:
        tip = _INSTEAD.get(odd[0], "")
        raise FormulaError(f"a formula cannot hold {odd[0]!r}", text, odd.start(), odd.end(), tip)
    _check_parentheses(text)
    return text


def _named(character: str) -> str:
    import unicodedata

    return f"the formula holds U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"


def _check_parentheses(text: str) -> None:
    opened: list[int] = []
    for place, character in enumerate(text):
        if character == "(":
            opened.append(place)
        elif character == ")" and not opened:
            raise FormulaError("this parenthesis closes nothing", text, place, place + 1)
        elif character == ")":
            opened.pop()
        if len(opened) > _DEEPEST:
            message = f"nested too deeply: at most {_DEEPEST} levels"
            raise FormulaError(message, text, place, place + 1)
    if opened:
        raise FormulaError("this parenthesis is never closed", text, opened[-1], opened[-1] + 1)
