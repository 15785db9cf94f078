"""Derivatives that keep the stated conventions: at a kink the limit that is named, where it is known."""

import math

from actcli.activations._spec import Activation, Kink
from actcli.codegen._lower import Read, lowered, settled
from actcli.formula import operations as op
from actcli.formula.calls import expanded
from actcli.formula.constant import constant
from actcli.formula.derive import derivative, substituted
from actcli.formula.graph import Node, literal, number_text, variable
from actcli.formula.implementation import INPUT
from actcli.formula.sides import decided
from actcli.formula.simplify import simplified

_BESIDE = "x+-"  # no name that a formula could have


def with_conventions(slope: Node, activation: Activation, read: Read) -> Node:
    """Return the derivative's graph, at each kink that is a number with the limit that is stated there."""
    exact = derivative(expanded(read(activation.formula)), INPUT)
    for kink in _of_the_slope(activation):
        if read(kink.at).variables:
            continue
        at = constant(kink.at)
        stated, own = _limit(exact, at, kink.side), _here(slope, at)
        if stated is not own:
            slope = op.where(op.equal(variable(INPUT), _number(at)), stated, slope)
    return slope


def moved(activation: Activation, read: Read) -> list[str]:
    """Return the kinks that parameters move: there the code takes one of the sides."""
    return [kink.at for kink in _of_the_slope(activation) if read(kink.at).variables]


def _of_the_slope(activation: Activation) -> list[Kink]:
    """Return the kinks of value and slope; of two at one point the one of the higher order comes last."""
    return sorted((kink for kink in activation.kinks if kink.order <= 1), key=lambda kink: kink.order)


def _limit(exact: Node, at: float, side: str) -> Node:
    chosen = decided(exact, INPUT, _BESIDE)
    left, right = (_here(chosen, at, math.nextafter(at, end)) for end in (-math.inf, math.inf))
    return {"left": left, "right": right, "mean": lowered(simplified((left + right) / literal("2")))}[side]


def _here(root: Node, at: float, beside: float | None = None) -> Node:
    """Return a graph at a point: a number, or a term in the parameters.

    With `beside` what jumps is decided there, exactly; else at the point, by floats, as the code will do it.
    """
    places = {INPUT: at} if beside is None else {INPUT: at, _BESIDE: beside}
    there = substituted(root, {name: _number(place) for name, place in places.items()})
    return lowered(simplified(settled(there, exact=beside is not None)))


def _number(value: float) -> Node:
    return literal(number_text(value))
