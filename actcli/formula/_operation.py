"""The shape of a row of the rules table: an operation, on numbers or on what stands for them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

Rule = Callable[..., Any]
CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e, "inf": math.inf})

# How tightly what is written holds together, from the loosest.
COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)


class Symbol(ABC):
    """What stands for a number that is not known yet."""

    __slots__ = ()

    constant: Any  # the value where nothing varies, else None

    @abstractmethod
    def applied(self, operation: "Operation", arguments: Sequence[Any]) -> Any:
        """Return what stands for the operation's result; some of the arguments may be numbers."""

    @abstractmethod
    def literal(self, text: str) -> Any:
        """Return what stands for a number, or for one of the named constants."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Operation:
    """A function of numbers, or of vectors.

    `value` maps numpy arrays to an array. `partials` has a rule for each input: a function of the inputs and
    the output, or None towards which there is no slope. `exact` maps mpmath's context and its numbers to a
    number, by default with mpmath's function of that name. `continued` is the value on complex numbers where
    it is not `value`.

    A vector operation has a `pullback` instead of partials, from inputs, output and upstream gradient to the
    gradient of each input. If it `reduces`, it joins the last axis to one of length 1.

    `roundings` is how far off `value` may be, in halves of the last digit: 1 for what IEEE 754 rounds
    rightly, 0 for what is exact; else about twice the ulps that numpy's functions were measured to be off.

    `form` writes it in a formula, the operands' places in braces; `tightness` is how tightly the result holds
    together, `operands` how tightly each operand must. Without a form it is a call. What starts with `latex`
    is the same for LaTeX; operands are the form's where there are none.
    """

    name: str
    value: Callable[..., Any]
    partials: tuple[Rule | None, ...]
    exact: Callable[..., Any] | None = None
    continued: Callable[..., Any] | None = None
    pullback: Callable[..., tuple[Any, ...]] | None = None
    reduces: bool = False
    roundings: float = 3.0
    form: str = ""
    tightness: int = ATOM
    operands: tuple[int, ...] = ()
    latex: str = ""
    latex_tightness: int = ATOM
    latex_operands: tuple[int, ...] = ()

    @property
    def arity(self) -> int:
        """How many inputs it takes."""
        return len(self.partials)

    def __call__(self, *arguments: Any) -> Any:
        """Apply to numbers, or to symbols where any argument is one."""
        for argument in arguments:
            if isinstance(argument, Symbol):
                return argument.applied(self, arguments)
        return self.value(*arguments)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"


def is_zero(value: Any) -> bool:
    """Whether this is the number 0, or a symbol of it; what varies is not."""
    number = value.constant if isinstance(value, Symbol) else value
    return isinstance(number, float) and number == 0


def unless_zero(factor: Any, product: Any) -> Any:
    """Return a product, but 0 where a factor is 0, whatever the rest; of symbols the product as it is."""
    return product if isinstance(product, Symbol) else np.where(np.equal(factor, 0), 0.0, product)


def number(text: str, like: Any) -> Any:
    """Return the text of a number or a constant as a symbol beside symbols, else as a float."""
    return like.literal(text) if isinstance(like, Symbol) else CONSTANTS.get(text) or float(text)
