"""The rules table: an operation is one row, with its value, its local derivatives, and how it is written.

The local derivatives are written with the graph's own operators, in the inputs a, b, ... and the output y;
they run on numbers (backpropagation) as well as on nodes (symbolic derivatives). At a tie the second
argument counts, so that max(x, 0) has slope 0 at 0; abs and hypot have slope 0 there; comparisons, sign
and floor have no slope anywhere. Where two forms are equal the one that cancels less stands, but for tanh:
1 - y**2 is what is taught, and what it loses in the far tails is part of the lesson; the catalogue's
derivative loses nothing.
"""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from actcli import numerics
from actcli.formula import _exact
from actcli.formula._operation import (
    ATOM,
    COMPARISON,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Operation,
    Rule,
    is_zero,
    number,
    unless_zero,
)


def _numpy(value: Any) -> Any:
    """Return Python's own floats as numpy's, which divide by 0."""
    return np.float64(value) if isinstance(value, float) else value


def _row(name: str, value: Callable[..., Any], *partials: Rule | None, **more: Any) -> Operation:
    return Operation(name=name, value=value, partials=partials, **more)


def _comparison(form: str, compare: Callable[[Any, Any], Any], latex: str) -> Operation:
    return _row(
        form, compare, None, None,
        exact=lambda _, a, b: compare(a, b), roundings=0.0,
        continued=lambda a, b: compare(np.real(a), np.real(b)),
        form=f"{{0}} {form} {{1}}", tightness=COMPARISON, operands=(SUM, SUM),
        latex=f"{{0}} {latex} {{1}}", latex_tightness=COMPARISON,
    )  # fmt: skip


# Rows that rules name before they stand
log: Operation
cos: Operation
cosh: Operation
sign: Operation
where: Operation

# The operators
neg = _row(
    "neg", operator.neg, lambda a, y: -1, exact=lambda _, a: -a, roundings=0.0,
    form="-{0}", tightness=SIGN, operands=(SIGN,), latex="-{0}", latex_tightness=SIGN,
)  # fmt: skip
add = _row(
    "add", operator.add, lambda a, b, y: 1, lambda a, b, y: 1, exact=lambda _, a, b: a + b,
    roundings=1.0,
    form="{0} + {1}", tightness=SUM, operands=(SUM, PRODUCT), latex="{0} + {1}", latex_tightness=SUM,
)  # fmt: skip
sub = _row(
    "sub", operator.sub, lambda a, b, y: 1, lambda a, b, y: -1, exact=lambda _, a, b: a - b,
    roundings=1.0,
    form="{0} - {1}", tightness=SUM, operands=(SUM, PRODUCT), latex="{0} - {1}", latex_tightness=SUM,
)  # fmt: skip
mul = _row(
    "mul", operator.mul, lambda a, b, y: b, lambda a, b, y: a, exact=lambda _, a, b: a * b,
    roundings=1.0,
    form="{0}*{1}", tightness=PRODUCT, operands=(PRODUCT, SIGN), latex=r"{0} \cdot {1}",
    latex_tightness=PRODUCT, latex_operands=(PRODUCT, POWER),
)  # fmt: skip
div = _row(
    "div", operator.truediv, lambda a, b, y: 1 / _numpy(b), lambda a, b, y: -y / b, exact=_exact.divided,
    roundings=1.0,
    form="{0}/{1}", tightness=PRODUCT, operands=(PRODUCT, SIGN), latex=r"\frac{{{0}}}{{{1}}}",
    latex_tightness=POWER, latex_operands=(0, 0),
)  # fmt: skip
power = _row(
    "pow", operator.pow,
    lambda a, b, y: 0 if is_zero(b) else unless_zero(b, b * a ** (b - 1)),
    lambda a, b, y: unless_zero(y, y * log(a)),
    exact=_exact.power, roundings=2.0, form="{0}**{1}", tightness=POWER, operands=(POWER + 1, SIGN),
    latex="{{{0}}}^{{{1}}}", latex_tightness=POWER, latex_operands=(POWER + 1, 0),
)  # fmt: skip

# Exponentials and logarithms
exp = _row(
    "exp", np.exp, lambda a, y: y, exact=_exact.exp, roundings=1.4, latex="e^{{{0}}}",
    latex_tightness=POWER, latex_operands=(0,),
)  # fmt: skip
expm1 = _row("expm1", np.expm1, lambda a, y: exp(a), exact=_exact.expm1, roundings=1.5)
log = _row("log", np.log, lambda a, y: 1 / a, roundings=1.2)
log1p = _row("log1p", np.log1p, lambda a, y: 1 / (1 + a), roundings=1.5)
log2 = _row(
    "log2", np.log2, lambda a, y: 1 / (a * log(number("2", a))), exact=_exact.log2,
    latex=r"\log_{{2}}\left({0}\right)", latex_operands=(0,),
)  # fmt: skip
log10 = _row(
    "log10", np.log10, lambda a, y: 1 / (a * log(number("10", a))),
    latex=r"\log_{{10}}\left({0}\right)", latex_operands=(0,),
)  # fmt: skip
logaddexp = _row(
    "logaddexp", np.logaddexp, lambda a, b, y: exp(a - y), lambda a, b, y: exp(b - y), exact=_exact.logaddexp
)

# Roots
sqrt = _row(
    "sqrt", np.sqrt, lambda a, y: 1 / (2 * y), roundings=1.0, latex=r"\sqrt{{{0}}}", latex_operands=(0,)
)
cbrt = _row(
    "cbrt", np.cbrt, lambda a, y: 1 / (3 * y**2), exact=_exact.cbrt, latex=r"\sqrt[3]{{{0}}}",
    latex_operands=(0,),
)  # fmt: skip
hypot = _row(
    "hypot", np.hypot, lambda a, b, y: unless_zero(a, a / y), lambda a, b, y: unless_zero(b, b / y),
    latex=r"\sqrt{{{0}^{{2}} + {1}^{{2}}}}", latex_operands=(ATOM, ATOM),
)  # fmt: skip

# Trigonometric and hyperbolic functions, and their inverses
sin = _row("sin", np.sin, lambda a, y: cos(a), exact=_exact.angle("sin"), roundings=1.1)
cos = _row("cos", np.cos, lambda a, y: -sin(a), exact=_exact.angle("cos"), roundings=1.1)
tan = _row("tan", np.tan, lambda a, y: 1 + y**2, exact=_exact.angle("tan"))
asin = _row("asin", np.arcsin, lambda a, y: 1 / sqrt((1 - a) * (1 + a)))
acos = _row("acos", np.arccos, lambda a, y: -1 / sqrt((1 - a) * (1 + a)))
atan = _row("atan", np.arctan, lambda a, y: 1 / (1 + a**2), roundings=1.1)
atan2 = _row(
    "atan2", np.arctan2, lambda a, b, y: b / hypot(a, b) / hypot(a, b),
    lambda a, b, y: -a / hypot(a, b) / hypot(a, b),
)  # fmt: skip
sinh = _row("sinh", np.sinh, lambda a, y: cosh(a), exact=_exact.sinh, roundings=2.4)
cosh = _row("cosh", np.cosh, lambda a, y: sinh(a), exact=_exact.cosh, roundings=2.0)
tanh = _row("tanh", np.tanh, lambda a, y: 1 - y**2, exact=_exact.tanh)
asinh = _row("asinh", np.arcsinh, lambda a, y: 1 / hypot(1, a))
acosh = _row("acosh", np.arccosh, lambda a, y: 1 / (sqrt(a - 1) * sqrt(a + 1)))
atanh = _row("atanh", np.arctanh, lambda a, y: 1 / ((1 - a) * (1 + a)))

# The error function
erf = _row(
    "erf", numerics.erf, lambda a, y: 2 / sqrt(number("pi", a)) * exp(-(a**2)), exact=_exact.erf,
    roundings=2.6,
)  # fmt: skip
erfc = _row(
    "erfc", numerics.erfc, lambda a, y: -2 / sqrt(number("pi", a)) * exp(-(a**2)), exact=_exact.erfc,
    roundings=4.0,
)  # fmt: skip

# Pieces
absolute = _row(
    "abs", np.abs, lambda a, y: sign(a), exact=lambda _, a: abs(a), roundings=0.0,
    continued=lambda a: np.where(np.real(a) < 0, -a, a), latex=r"\left|{0}\right|", latex_operands=(0,),
)  # fmt: skip
sign = _row(
    "sign", np.sign, lambda a, y: 0, exact=_exact.sign, roundings=0.0, continued=lambda a: np.sign(np.real(a))
)
floor = _row(
    "floor", np.floor, lambda a, y: 0, roundings=0.0, continued=lambda a: np.floor(np.real(a)),
    latex=r"\left\lfloor {0} \right\rfloor", latex_operands=(0,),
)  # fmt: skip
less = _comparison("<", operator.lt, "<")
less_equal = _comparison("<=", operator.le, r"\leq")
greater = _comparison(">", operator.gt, ">")
greater_equal = _comparison(">=", operator.ge, r"\geq")
equal = _comparison("==", operator.eq, "=")
not_equal = _comparison("!=", operator.ne, r"\neq")
where = _row(
    "where", np.where, None, lambda c, a, b, y: where(c, 1, 0), lambda c, a, b, y: where(c, 0, 1),
    exact=lambda _, c, a, b: a if c else b, roundings=0.0,
)  # fmt: skip
maximum = _row(
    "max", np.maximum, lambda a, b, y: where(a > b, 1, 0), lambda a, b, y: where(a > b, 0, 1),
    exact=lambda mp, a, b: a if a > b or mp.isnan(a) else b, roundings=0.0,
    continued=lambda a, b: np.where(np.real(a) > np.real(b), a, b),
)  # fmt: skip
minimum = _row(
    "min", np.minimum, lambda a, b, y: where(a < b, 1, 0), lambda a, b, y: where(a < b, 0, 1),
    exact=lambda mp, a, b: a if a < b or mp.isnan(a) else b, roundings=0.0,
    continued=lambda a, b: np.where(np.real(a) < np.real(b), a, b),
)  # fmt: skip
clip = _row(
    "clip", np.clip, lambda a, b, c, y: where(a > b, where(a < c, 1, 0), 0),
    lambda a, b, c, y: where(a > b, 0, where(b < c, 1, 0)),
    lambda a, b, c, y: where(maximum(a, b) < c, 0, 1),
    exact=lambda mp, a, b, c: a if mp.isnan(a) else min(max(a, b), c), roundings=0.0,
    continued=lambda a, b, c: np.where(np.real(a) > b, np.where(np.real(a) < c, a, c), np.minimum(b, c)),
)  # fmt: skip


# Vectors lie along the last axis; what joins one leaves an axis of length 1, so that it fits beside vectors.
def _vector(
    name: str, value: Callable[..., Any], pullback: Callable[..., tuple[Any, ...]], inputs: int
) -> Operation:
    return Operation(name=name, value=value, partials=(None,) * inputs, pullback=pullback, reduces=True)


def _first(mask: Any) -> Any:
    """Keep the first True of each vector."""
    return mask & (np.cumsum(mask, axis=-1) == 1)


total = _vector("sum", lambda a: np.sum(a, axis=-1, keepdims=True), lambda a, y, g: (g,), 1)
mean = _vector(
    "mean",
    lambda a: np.mean(a, axis=-1, keepdims=True),
    lambda a, y, g: (g / np.shape(a)[-1],),
    1,
)
dot = _vector("dot", lambda a, b: np.sum(a * b, axis=-1, keepdims=True), lambda a, b, y, g: (g * b, g * a), 2)
largest = _vector(
    "max", lambda a: np.max(a, axis=-1, keepdims=True), lambda a, y, g: (np.where(_first(a == y), g, 0.0),), 1
)
smallest = _vector(
    "min", lambda a: np.min(a, axis=-1, keepdims=True), lambda a, y, g: (np.where(_first(a == y), g, 0.0),), 1
)

OPERATIONS: tuple[Operation, ...] = tuple(row for row in globals().values() if isinstance(row, Operation))

CALLS: Mapping[str, Mapping[int, Operation]] = MappingProxyType(
    {
        name: {row.arity: row for row in OPERATIONS if row.name == name}
        for name in (row.name for row in OPERATIONS if not row.form)
    }
)
