"""Another function in the place of the derivative."""

from collections.abc import Callable, Mapping

import numpy as np

from actcli.activations import ACTIVATIONS
from actcli.causes._spec import Case, Cause, fixed, number
from actcli.formula.derive import derivative
from actcli.formula.evaluate import forward
from actcli.function import Array
from actcli.target import resolve

_MOST_ORDER = 3
_ORDINAL = ("value", "first derivative", "second derivative", "third derivative")
_IN_VALUE: Mapping[str, Callable[[Array], Array]] = {
    "1 - y**2": lambda y: np.asarray(1 - y**2),
    "y*(1 - y)": lambda y: np.asarray(y * (1 - y)),
}
_SLIPS: Mapping[str, Mapping[str, Callable[[Array], Array]]] = {
    "1 - y**2": {
        "1 - y": lambda y: np.asarray(1 - y),
        "1 + y**2": lambda y: np.asarray(1 + y**2),
        "y**2": lambda y: np.asarray(y**2),
    },
    "y*(1 - y)": {
        "1 - y": lambda y: np.asarray(1 - y),
        "y*(1 + y)": lambda y: np.asarray(y * (1 + y)),
        "1 - y**2": lambda y: np.asarray(1 - y**2),
    },
}
_NEAR = 0.1  # of its own size: so near is the value of what approximates a function
_FEW = 8  # points that most other functions fail at
_ROUGH = 1e-6
_TWO = 2  # inputs
_LEAST = 3  # points


def _value(case: Case) -> str | None:
    if not case.explained(fixed(case.values)):
        return None
    if _is_second(case):
        return None  # another order
    what = "stated is what the function itself returns"
    return f"the value instead of the derivative: {what} at {case.all_wrong}"


def _is_second(case: Case) -> bool:
    """Whether the slopes are those of the first derivative, not of the function's own values."""
    if not case.plain or len(case.function.inputs) > 1:
        return False
    own = case.function.orders[0](case.x)
    return not np.allclose(own, case.values, rtol=_ROUGH, equal_nan=True)


def _order(case: Case) -> str | None:
    if _is_second(case) and case.explained(fixed(case.values)):
        return f"another order: stated is the first derivative at {case.all_wrong}"
    if not case.plain or case.function.make_graph is None:
        return None
    for order in range(1, _MOST_ORDER + 1):
        root = derivative(case.function.graph, case.part.seen.name, order)
        other = np.broadcast_to(forward(root, case.places)[-1], case.x.shape)
        if case.explained(fixed(other), tried=_MOST_ORDER, unsure=case.rounding):
            return f"another order: stated is the {_ORDINAL[order]} at {case.all_wrong}"
    return None


def _x_for_y(case: Case) -> str | None:
    """Look for rules in the value y that give the slopes, but were given the input instead."""
    for text, rule in _IN_VALUE.items():
        if _is_rule(case, rule) and case.explained(
            fixed(rule(case.x)), tried=len(_IN_VALUE), unsure=case.rounding
        ):
            return f"x in the place of the value y: the derivative is {text}, not of x, at {case.all_wrong}"
    return None


def _is_rule(case: Case, rule: Callable[[Array], Array]) -> bool:
    """Whether a rule in the value y gives the slopes."""
    return bool(np.all(np.abs(rule(case.values) - case.measured) <= case.allowed + case.rounding))


def _slip(case: Case) -> str | None:
    """Look for rules in the value y that are nearly those that give the slopes."""
    for text, rule in _IN_VALUE.items():
        for wrong, slip in _SLIPS[text].items() if _is_rule(case, rule) else ():
            if case.explained(fixed(slip(case.values)), tried=len(_SLIPS[text]), unsure=case.rounding):
                return f"a slip in a rule: with y = f(x), {wrong} is stated for {text} at {case.all_wrong}"
    return None


def _swapped(case: Case) -> str | None:
    """Look whether the derivatives by two of several inputs stand in each other's place."""
    names = case.function.inputs
    if not case.plain or len(names) < _TWO or np.sum(case.wrong) < _LEAST or np.ptp(case.measured) == 0:
        return None
    slopes = case.function.gradient(*case.places.values())
    for name, slope in zip(names, slopes, strict=True):
        if np.all(np.abs(slope - case.measured) <= case.allowed + case.rounding):
            own = case.part.seen.name
            return f"swapped inputs: the slope by {own} is stated for {name}, at {case.all_wrong}"
    return None


def _of_kind(kind: str) -> Callable[[Case], str | None]:
    """Return what looks for another function that is to this one of that kind."""

    def explain(case: Case) -> str | None:
        found = _another(case)
        return None if found is None or found[0] != kind else f"{found[1]} at {case.all_wrong}"

    return explain


def _another(case: Case) -> tuple[str, str] | None:
    """Return the function of the catalogue whose derivative, or value, is stated: its kind and a sentence."""
    if not case.plain or len(case.function.inputs) > 1 or not case.wrong.any():
        return None
    if np.all(case.stated == case.stated[0]):  # many functions have a constant slope somewhere
        return None
    few = np.linspace(0, case.at.size - 1, min(_FEW, case.at.size)).astype(int)
    x, stated = case.x[few], case.stated[few]
    names = [name for name, entry in ACTIVATIONS.items() if entry.elementwise and entry.sample is None]
    for order in (1, 0):
        for name in names:
            rule = resolve(name).orders[order]
            if not np.all(np.abs(rule(x) - stated) <= _ROUGH * (1 + np.abs(stated))):
                continue
            if case.explained(fixed(rule(case.x)), tried=2.0 * len(names)):
                return _called(case, name) if order else ("other", f"another function: {_of_value(name)}")
    return None


def _of_value(name: str) -> str:
    return f"stated is the value of {name}, not its derivative,"


def _called(case: Case, name: str) -> tuple[str, str]:
    """Return what the other function is to the one that is checked."""
    stated, values = f"stated is the derivative of {name}", resolve(name)(case.x)
    if case.function.name.startswith(f"{name}("):
        return "default", f"a parameter's default: {stated} as it is by default,"
    gap, size = (float(np.max(np.abs(part))) for part in (values - case.values, case.values))
    if not gap <= _NEAR * max(size, 1.0):
        return "other", f"another function: {stated}"
    within = number(float(f"{gap:.1e}"))
    return "approximation", f"an approximation: {stated}, which is within {within} of the function,"


VALUE = Cause(name="value", summary="the value instead of the derivative", rank=11, explain=_value)

ORDER = Cause(name="order", summary="a derivative of another order", rank=12, explain=_order)

X_FOR_Y = Cause(
    name="x_for_y",
    summary="the input in a rule that wants the value: 1 - x**2 for 1 - y**2",
    rank=24,
    explain=_x_for_y,
)

SLIP = Cause(
    name="slip",
    summary="a slip in a rule of the value y: 1 - y for 1 - y**2",
    rank=23,
    explain=_slip,
)

SWAPPED = Cause(
    name="swapped", summary="derivatives by two inputs in each other's place", rank=9, explain=_swapped
)

DEFAULT = Cause(
    name="default",
    summary="the derivative with a parameter at its default",
    rank=26,
    explain=_of_kind("default"),
)

APPROXIMATION = Cause(
    name="approximation",
    summary="the derivative of a function of the catalogue that is an approximation of this one",
    rank=26,
    explain=_of_kind("approximation"),
)

OTHER = Cause(
    name="other",
    summary="the derivative, or the value, of another function of the catalogue",
    rank=26,
    explain=_of_kind("other"),
)
