"""The record of a programming language: how it writes numbers, operations and functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from actcli.formula._operation import ATOM


class Form(NamedTuple):
    """How an operation is written: a text with its operands' places, and how tightly things hold together."""

    text: str
    tightness: int = ATOM
    operands: tuple[int, ...] = ()


class Piece(NamedTuple):
    """A written operand: its text, how tightly it holds together, and whether it varies."""

    text: str
    tightness: int
    varies: bool


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function to write: its name, its variable, parameters with defaults, assignments, and the result.

    `joined` says that nan would get lost: it chooses between pieces, and a comparison with nan would choose
    one, or it is a constant.
    """

    name: str
    variable: str
    parameters: Mapping[str, float]
    lines: Sequence[tuple[str, str]]
    result: Piece
    joined: bool


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language: `form` writes an operation, by name, on pieces; `number` a literal; `function` a function.

    `file` joins a header (lines of text) and functions to a file.
    """

    name: str
    summary: str
    number: Callable[[float], str]
    form: Callable[[str, Sequence[Piece]], Form]
    function: Callable[[Function], str]
    file: Callable[[Sequence[str], Sequence[str]], str]
    aliases: tuple[str, ...] = ()
