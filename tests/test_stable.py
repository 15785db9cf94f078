"""The stable form of a formula is the formula, derivatives included: what has no code of its own is them."""

import math

import mpmath
import pytest
from oracle import exact, neighbours

from actcli.activations import ACTIVATIONS, Activation
from actcli.formula.constant import constant
from actcli.formula.derive import derivative
from actcli.formula.parse import parse
from actcli.formula.precise import precise

STABLE = [a for a in ACTIVATIONS.values() if a.elementwise and a.stable]
# 0, where abs, max and min have no derivative; where the forms change branch; tails; and the ordinary
PLACES = (
    0.0,
    1e-20,
    -1e-20,
    0.5,
    -0.75,
    1.4375,
    -1.5,
    *neighbours([2.0, -2.0], 1),
    37.5,
    -37.5,
    800.0,
    -800.0,
)
APPROXIMATE = {"tanhshrink": 2e-16, "sinc": 1e-21}  # a continued fraction and a series, broken off
FADED = 1e-320  # what is smaller is 0 in all types; beyond 2,560 bits the oracle is none


def places(activation: Activation) -> list[float]:
    """Return hard places and the neighbours of kinks, but no kink itself: there a convention decides."""
    kinks = {constant(kink.at, dict(activation.defaults)) for kink in activation.kinks}
    near = neighbours((at for at in kinks if math.isfinite(at)), 1)
    return [x for x in dict.fromkeys((*PLACES, *near)) if x not in kinks]


def worst(activation: Activation, order: int) -> float:
    """Return the largest relative distance of the stable form from what the oracle says of the formula."""
    root = derivative(parse(activation.stable, ACTIVATIONS), "x", order)
    largest = 0.0
    for x in places(activation):
        right, got = exact(activation, x)[order], precise(root, {**activation.defaults, "x": x})
        with mpmath.workprec(200):
            largest = max(largest, float(abs(got - right) / max(abs(right), FADED)))
    return largest


@pytest.mark.parametrize("activation", STABLE, ids=lambda a: a.name)
def test_the_stable_form_has_the_derivatives_of_the_formula(activation: Activation) -> None:
    """Value and two derivatives agree in 25 digits, also at 0 and beside kinks."""
    for order in range(3):
        assert worst(activation, order) <= APPROXIMATE.get(activation.name, 1e-25), order


def test_a_tie_would_be_seen() -> None:
    """With max and abs, whose derivatives at 0 are those of one side or none, softplus' is wrong at 0."""
    softplus = ACTIVATIONS["softplus"]
    tied = Activation(
        name="tied",
        summary="",
        source="",
        formula=softplus.formula,
        stable="max(x, 0) + log1p(exp(-abs(x)))",
        parameters=softplus.parameters,
    )
    assert worst(tied, 0) <= 1e-25
    assert worst(tied, 1) > 0.1
