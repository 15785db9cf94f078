"""Numbers of formulas as exact fractions, and back to text."""

import re
from fractions import Fraction

from actcli.formula import operations as op
from actcli.formula.graph import Node, literal

LARGEST = 10**40
_is_small = re.compile(r"-?[\d.]{1,40}([eE][+-]?\d{1,2})?", re.ASCII).fullmatch


def fraction(node: Node) -> Fraction | None:
    """Return the exact value of a number, or of a quotient of two, if short enough to calculate with."""
    if node.operation is op.neg:
        number = fraction(node.inputs[0])
        return None if number is None else -number
    if node.operation is op.div:
        top, bottom = map(fraction, node.inputs)
        return top / bottom if top is not None and bottom else None
    return Fraction(node.text) if node.is_number and _is_small(node.text) else None


def number_node(value: Fraction, decimal: bool = False) -> Node:
    """Return a whole number, a half or a quarter, else decimals, and where these do not end a quotient.

    Raises OverflowError for one that is too long to read.
    """
    top, bottom = value.numerator, value.denominator
    if max(abs(top), bottom) >= LARGEST:
        raise OverflowError
    if bottom == 1:
        return literal(str(top))
    digits = next((k for k in range(40) if 10**k % bottom == 0), None)
    if digits is None or (bottom in (2, 4, 8, 16) and not decimal):
        return op.div(literal(str(top)), literal(str(bottom)))  # type: ignore[no-any-return]
    text = str(abs(top) * 10**digits // bottom).rjust(digits + 1, "0")
    return literal(f"{'-' * (top < 0)}{text[:-digits]}.{text[-digits:]}")
