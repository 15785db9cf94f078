"""Each function's derivatives by two more roads than the oracle's: sympy's calculus, and differences.

Both start from the formula's text. sympy differentiates it by its own rules; numerical differentiation in
mpmath knows no rules at all. A wrong digit in a constant of the code, or a wrong rule, shows in either.
"""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mpf
from oracle import exact, value_of

from actcli.activations import ACTIVATIONS, Activation
from actcli.target import resolve

ELEMENTWISE = [a for a in ACTIVATIONS.values() if a.elementwise]
EVERY = pytest.mark.parametrize("activation", ELEMENTWISE, ids=lambda a: a.name)
PLACES = (
    -4.40625,
    -1.75,
    -0.3125,
    0.28125,
    0.71875,
    2.375,
)  # no joint of a formula: dyadic, and no round number
X = sympy.Symbol("x", real=True)


def _piecewise(condition: Any, a: Any, b: Any) -> Any:
    return sympy.Piecewise((a, condition), (b, True))


SYMPY = {
    "where": _piecewise,
    "abs": lambda a: _piecewise(a > 0, a, -a),
    "max": lambda a, b: _piecewise(a > b, a, b),
    "min": lambda a, b: _piecewise(a < b, a, b),
    "clip": lambda a, low, high: _piecewise(a < low, low, _piecewise(a > high, high, a)),
    "sign": lambda a: _piecewise(a > 0, 1, -1),
    "log1p": lambda a: sympy.log(1 + a),
    "expm1": lambda a: sympy.exp(a) - 1,
    "inf": sympy.oo,
}


@cache
def in_sympy(name: str) -> Any:
    """Return the formula, its decimals as fractions, the parameters as the floats that they are."""
    activation = ACTIVATIONS[name]
    names: dict[str, Any] = {**SYMPY, "x": X}
    for key, number in activation.defaults.items():
        names[key] = sympy.oo if np.isinf(number) else sympy.Rational(Fraction(number))
    return sympy.sympify(activation.formula, locals=names, rational=True)


@EVERY
def test_sympy_agrees(activation: Activation) -> None:
    """Value and two derivatives are sympy's of the same text, to the last digits."""
    formula = in_sympy(activation.name)
    for order in range(3):
        got = resolve(activation.name)(PLACES, order=order)
        for place, y in zip(PLACES, got, strict=True):
            truth = float(formula.subs(X, sympy.Rational(place)).evalf(40))
            assert y == pytest.approx(truth, rel=1e-14, abs=1e-300), (order, place)
        formula = sympy.diff(formula, X)


@EVERY
def test_differences_agree(activation: Activation) -> None:
    """The derivatives are the slopes of the formula's values, measured in 60 digits."""
    with mpmath.workdps(60):
        for order in (1, 2):
            got = resolve(activation.name)(PLACES, order=order)
            for place, y in zip(PLACES, got, strict=True):
                slope = mpmath.diff(lambda x: value_of(activation, x), mpf(place), order)
                assert y == pytest.approx(float(slope), rel=1e-13, abs=1e-25), (order, place)


def test_a_wrong_digit_would_be_seen() -> None:
    """The oracle differs by far more than its tolerance for a constant that is off in its last digit."""
    gelu = next(a for a in ELEMENTWISE if a.name == "gelu_tanh")
    assert "0.044715" in gelu.formula
    wrong = gelu.formula.replace("0.044715", "0.044716")
    right, off = (float(exact(replace(gelu, formula=f), 1.5)[0]) for f in (gelu.formula, wrong))
    assert abs(right - off) > 1e-7
