"""The records of the catalogue: functions with formula, implementation and facts; units, losses, flavours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from actcli.numerics import Array

Implementation = Callable[..., Array]


@dataclass(frozen=True)
class Parameter:
    """A parameter: its default as formula text ("sqrt(1/2)", rounded once to float64) and where it may lie.

    The domain is an interval in the usual notation, "(0, inf)"; a closed end, "inf]", takes inf itself.
    """

    default: str
    domain: str = "(-inf, inf)"
    whole: bool = False  # a count


@dataclass(frozen=True, kw_only=True)
class Kink:
    """A point where the function or one of its first two derivatives jumps, and the convention there.

    `at` is a formula in the parameters. `side` says which one-sided limit the derivatives report at the point
    itself: "left", "right", or "mean" for half their sum. `order` is the lowest derivative that can jump
    there: 0 for a step, 1 for a corner, 2 where the slope is continuous but its own slope is not. A second
    kink at the same point, of a higher order, is another convention from that derivative on.
    """

    at: str
    side: Literal["left", "right", "mean"]
    order: Literal[0, 1, 2] = 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every entry of the catalogue has: a name, a formula, where it comes from, and who calls it what.

    `formula` is the specification, in the language of formulas. Where none can be written (a sort), it is
    empty and `property` says in words what defines the function; tests hold the code to it. `spellings` are
    the frameworks' names, "torch": "nn.functional.gelu"; where a framework means something else, a Flavour
    says what.
    """

    name: str
    summary: str
    formula: str = ""
    property: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    source: str

    def __post_init__(self) -> None:
        for name in ("parameters", "spellings"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @cached_property
    def defaults(self) -> Mapping[str, float]:
        """The parameters' defaults, as numbers."""
        from actcli.formula.constant import constant  # only who asks waits for the language

        return MappingProxyType({name: constant(p.default) for name, p in self.parameters.items()})


@dataclass(frozen=True, kw_only=True)
class Activation(Entry):
    """An activation function: a formula (the specification) and its stable implementation.

    The implementations take a float64 array `x` of any shape and the parameters by name, never change `x`,
    and return float64: correct on all finite numbers and at both infinities, nan in, nan out, no warnings.
    What an elementwise function does not implement is computed from `stable`, the formula in a form that does
    not cancel (by default the formula itself), to the last bit but slower.

    A vector function (`elementwise=False`) works along the last axis, (..., n) -> (..., k); its `derivative`
    is the Jacobian, of shape (..., k, n) with d y_i / d x_j at [..., i, j], and `product(x, upstream)` is the
    Jacobian's product with an upstream gradient (sum over i of upstream_i * d y_i / d x_j), without forming
    the matrix.

    What is random has a `sample` that draws: from x, numpy's random generator and the parameters by name to
    the parameters, arrays of x's shape, that value and derivatives take in place of their own.
    """

    stable: str = ""
    value: Implementation | None = None
    derivative: Implementation | None = None
    second_derivative: Implementation | None = None
    product: Implementation | None = None
    sample: Callable[..., Mapping[str, Array]] | None = None
    elementwise: bool = True
    kinks: tuple[Kink, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.elementwise and (self.product is None or self.value is None or self.derivative is None):
            raise ValueError(f"{self.name} is a vector function: it needs its code")


@dataclass(frozen=True, kw_only=True)
class Compound(Entry):
    """A unit or a loss that is made of functions of the catalogue: its formula is all there is to it.

    Its inputs are the variables of the formula. With `halves` they are the halves of one vector, in the order
    of the alphabet: a, the first, and b.
    """

    halves: bool = False


@dataclass(frozen=True, kw_only=True)
class Flavour:
    """What a framework means by a function: `name` is function@framework, `of` the catalogue's own name.

    `parameters` are its defaults, as formula texts; `kinks` replace the conventions of the function, where
    they are given. `note` says what differs, and how it is known.
    """

    name: str
    of: str
    spelling: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    kinks: tuple[Kink, ...] | None = None
    note: str = ""
    aliases: tuple[str, ...] = ()
