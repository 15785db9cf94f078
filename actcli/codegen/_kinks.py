"""Derivatives that keep the stated conventions: at a kink the limit that is named, where it can be written."""

import math

from actcli.activations._spec import Activation, Kink
from actcli.codegen._lower import Read, decided_choices, lowered
from actcli.formula import operations as op
from actcli.formula.calls import expanded
from actcli.formula.constant import constant
from actcli.formula.derive import derivative, substituted
from actcli.formula.graph import Node, literal, number_text, variable
from actcli.formula.implementation import INPUT
from actcli.formula.sides import one_sided
from actcli.formula.simplify import simplified


def with_conventions(slope: Node, activation: Activation, read: Read) -> Node:
    """Return the derivative's graph with the stated limit at each kink that is a number and needs a line."""
    exact = derivative(expanded(read(activation.formula)), INPUT)
    for kink in _of_the_slope(activation):
        if read(kink.at).variables:
            continue
        at = constant(kink.at)
        stated, own = _there(one_sided(exact, at, kink.side), at), _there(slope, at)
        if stated is not own and not _depends_on_a_choice(stated):
            slope = op.where(op.equal(variable(INPUT), _number(at)), stated, slope)
    return slope


def unstated(activation: Activation, read: Read) -> list[str]:
    """Return the kinks that parameters move: there the code takes one of the sides."""
    return [kink.at for kink in _of_the_slope(activation) if read(kink.at).variables]


def _of_the_slope(activation: Activation) -> list[Kink]:
    """Return the kinks of value and slope; of two at one point the one of the higher order comes last."""
    return sorted((kink for kink in activation.kinks if kink.order <= 1), key=lambda kink: kink.order)
