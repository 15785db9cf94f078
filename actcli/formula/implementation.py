"""The code of a catalogue function: its own where it has some, else what its formula says, rounded once."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from actcli.formula.kinks import Convention, sided

if TYPE_CHECKING:
    from actcli.formula.graph import Node

INPUT = "x"  # what the formulas of a catalogue call their input
_ULPS = (4.0, 4.0, 10.0)  # what may be lost, by order


class Definition(Protocol):
    """What formulas need to know of a function of the catalogue; its formula is in x and the parameters."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def formula(self) -> str: ...  # noqa: D102
    @property
    def elementwise(self) -> bool: ...  # noqa: D102
    @property
    def stable(self) -> str: ...  # noqa: D102
    @property
    def parameters(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def defaults(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def kinks(self) -> Sequence[Convention]: ...  # noqa: D102
    @property
    def value(self) -> Callable[..., Any] | None: ...  # noqa: D102
    @property
    def derivative(self) -> Callable[..., Any] | None: ...  # noqa: D102
    @property
    def second_derivative(self) -> Callable[..., Any] | None: ...  # noqa: D102
    @property
    def product(self) -> Callable[..., Any] | None: ...  # noqa: D102


def implementation(definition: Definition, order: int, read: "Callable[[str], Node]") -> Callable[..., Any]:
    """Return the code of an elementwise function's value or derivative: its own, or its formula's.

    The code takes an array x and the parameters by name. `read` makes graphs of formulas.
    """
    own = (definition.value, definition.derivative, definition.second_derivative)
    code = own[order] if order < len(own) else None
    if code is not None:
        return code

    @cache
    def root() -> "Node":
        from actcli.formula.derive import derivative

        return derivative(read(definition.stable or definition.formula), INPUT, order)

    def from_formula(x: Any, **parameters: float) -> Any:
        from actcli.formula.rounded import rounded  # who has code of his own does not wait for it

        return rounded(root(), x, parameters, _ULPS[min(order, 2)])

    return sided(from_formula, order, definition.kinks, lambda: read(definition.formula))
