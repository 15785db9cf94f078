"""The facts of the catalogue: fresh, and right by other means than those that computed them."""

import json
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import actcli
from actcli.activations import ACTIVATIONS
from actcli.cli._formulas import rows_of_entry, texts
from actcli.facts import FILE, PROPERTIES, Facts, derivatives_of, encoded, facts_of
from actcli.facts.derive import facts, fingerprint
from actcli.function import Function
from actcli.target import resolve

NAMES = [name for name, activation in ACTIVATIONS.items() if activation.elementwise]
STORED = json.loads((Path(actcli.__file__).parent / "activations" / FILE).read_text())
SPREAD = np.sort(np.random.default_rng(0).normal(0, 8, 300))
each = pytest.mark.parametrize("name", NAMES)


def known(name: str) -> tuple[Facts, Function]:
    found = facts_of(name)
    assert found is not None, f"{name} has no facts: python bench/derive_facts.py"
    return found, resolve(name)


def at(function: Function, x: npt.ArrayLike, order: int = 0) -> npt.NDArray[np.float64]:
    return function(np.asarray(x, np.float64), order=order)


@each
def test_facts_are_fresh(name: str) -> None:
    """A change of formula, parameters or kinks asks for the facts to be computed anew."""
    assert STORED.get(name, {}).get("fingerprint") == fingerprint(ACTIVATIONS[name], ACTIVATIONS), (
        "stale: python bench/derive_facts.py"
    )


@each
def test_derivatives_are_fresh(name: str) -> None:
    """The texts of the derivatives are those that calculus gives."""
    rows = texts(rows_of_entry(ACTIVATIONS[name], 2))
    assert [text for order, _, text in rows if order] == list(derivatives_of(name))


def test_facts_are_of_functions_that_exist() -> None:
    """What has left the catalogue leaves the file."""
    assert set(STORED) == set(NAMES)


@pytest.mark.parametrize("name", ["elu", "tanh", "hardshrink", "sin"])
def test_facts_are_what_the_functions_give(name: str) -> None:
    """Computed again, they are those of the file, to the digits that quadrature keeps."""
    new = encoded(facts(ACTIVATIONS[name], {}, ACTIVATIONS))
    for key, value in STORED[name]["facts"].items():
        if isinstance(value, (float, int)) and not isinstance(value, bool):
            assert new[key] == pytest.approx(value, rel=1e-12)
        else:
            assert json.loads(json.dumps(new[key])) == value, key


# Published, or closed forms: range, extremum, gains
@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("relu", "gain", math.sqrt(2)),
        ("relu", "mean", 1 / math.sqrt(2 * math.pi)),
        ("tanh", "gain", 1.5925374197228312),  # timm and flax keep the square of 1/gain for it
        ("selu", "gain", 1.0),  # Klambauer 2017: the fixed point of mean 0 and variance 1
        ("selu", "mean", 0.0),
        ("leaky_relu", "gain", math.sqrt(2 / (1 + 0.01**2))),
        ("identity", "gain", 1.0),
        ("exponential", "mean", math.exp(0.5)),
        ("gelu", "mean", 1 / (2 * math.sqrt(math.pi))),
        ("sigmoid", "lipschitz", 0.25),
        ("gelu", "lipschitz", 1.1289041451851548),
        ("silu", "lipschitz", 1.0998393201288668),
        ("softsign", "lipschitz", 1.0),
    ],
)
def test_published_numbers(name: str, key: str, expected: float) -> None:
    """Gains, means and Lipschitz constants that are known in closed form, or were published."""
    assert getattr(known(name)[0], key) == pytest.approx(expected, rel=1e-13, abs=1e-14)


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("silu", -1.278464542761074, -0.278464542761074),
        ("gelu", -0.751791524693564, -0.169971207479904),
        ("mish", -1.192431, -0.308843),
        ("elish", -0.881374, -0.171573),
        ("tanhexp", -1.07886, -0.353286),
        ("serf", -1.19306, -0.348437),
        ("smish", -1.394519, -0.249994),
        ("logish", -1.372454, -0.252769),
        ("golu", -0.567143, -0.097260),
        ("colu", -0.725, -0.377157),
        ("hard_silu", -1.5, -0.375),
        ("hard_mish", -1.0, -0.5),
        ("hard_elish", -0.442854, -0.099673),
    ],
)
def test_published_minima(name: str, x: float, y: float) -> None:
    """The one minimum of a self-gated function, where others found it."""
    digits = 1e-13 if len(repr(x)) > 12 else 3e-3 if name == "colu" else 2e-6
    found, _ = known(name)
    (lowest,) = (point for point in found.extrema if point[0] == "minimum")
    assert lowest[1:] == pytest.approx((x, y), rel=digits)
    assert found.range[0] == lowest[2]
    assert found.attained[0]


@each
def test_values_and_slopes_stay_within_their_bounds(name: str) -> None:
    """No value lies outside of the range, no slope outside of its bounds; and they come near them."""
    found, function = known(name)
    for order, (low, high) in enumerate([found.range, found.slopes]):
        values = at(function, SPREAD, order)
        slack = 1e-14 * np.abs(values)
        assert (low - slack <= values).all()
        assert (values <= high + slack).all()
        corners = [
            c + side * 1e-3 for c in (0.0, *(corner.at for corner in function.corners)) for side in (-1, 1)
        ]
        far = at(function, [-1e6, -30.0, 30.0, 1e6, *corners], order)
        reach = [*values, *far, *(y for _, _, y in found.extrema if not order)]
        for end in (low, high):
            assert not math.isfinite(end) or min(np.abs(np.array(reach) - end)) < 2e-2 * max(1, abs(end))


@each
def test_limits_are_what_the_implementation_gives_at_infinity(name: str) -> None:
    """The limits come from the formula far out, the implementation's from its own rules."""
    found, function = known(name)
    for order, pair in enumerate([found.limits, found.slope_limits]):
        for end, limit in zip((-math.inf, math.inf), pair, strict=True):
            got = float(at(function, [end], order)[0])
            assert math.isnan(got) if limit is None else got == limit


@each
def test_shape_holds_at_samples(name: str) -> None:
    """Symmetry, monotonicity and convexity are seen in values, slopes and chords."""
    found, function = known(name)
    y, mirrored = at(function, SPREAD), at(function, -SPREAD)
    sign = {"odd": -1, "even": 1, "point": -1}.get(found.symmetry)
    twice = 2 * (found.centre or 0.0)
    assert sign is None or np.allclose(mirrored, twice + sign * y, rtol=1e-13, atol=1e-15)
    assert sign is not None or not np.allclose(mirrored, np.abs(y), rtol=1e-3)
    steps = np.diff(y)
    rises, falls = bool((steps > 0).any()), bool((steps < 0).any())
    ways = {(True, False): ("increasing", "nondecreasing"), (False, True): ("decreasing", "nonincreasing")}
    assert found.monotonicity in ways.get((rises, falls), ("none", "constant"))
    middle = at(function, (SPREAD[2:] + SPREAD[:-2]) / 2) - (y[2:] + y[:-2]) / 2
    size = 1e-12 * (1 + np.abs(y[2:]) + np.abs(y[:-2]))
    if found.convexity in ("convex", "linear"):
        assert (middle <= size).all()
    elif found.convexity == "none" and found.smoothness >= 0:
        assert (middle > size).any()
        assert (middle < -size).any()


@each
def test_extrema_are_local(name: str) -> None:
    """Beside an extremum the values are on one side of it."""
    found, function = known(name)
    for kind, x, y in found.extrema:
        beside = at(function, [x - 1e-3, x, x + 1e-3])
        assert beside[1] == pytest.approx(y, rel=1e-14, abs=1e-300)
        assert (np.sign(beside[[0, 2]] - y) == (1 if kind == "minimum" else -1)).all()


@each
def test_saturation_ends_where_the_slope_is_a_hundredth(name: str) -> None:
    """Outside of the edge the slope is below 0.01, inside it is not."""
    found, function = known(name)
    for low, high in found.saturation:
        edge, out = (high, -1) if low == -math.inf else (low, 1)
        if math.isfinite(edge):
            step = 1e-9 * max(1.0, abs(edge))
            outside, inside = np.abs(at(function, [edge + out * step, edge - out * step], 1))
            assert outside < 0.01 <= inside * (1 + 1e-6)
    if not found.saturation:
        assert np.abs(at(function, [-1e8, 1e8], 1)).min() >= 0.01 or found.oscillates


@each
def test_moments_by_another_quadrature(name: str) -> None:
    """The midpoint rule finds the same mean and gains, as far as it sees past kinks."""
    found, function = known(name)
    step = 0.02
    z = step * (np.arange(-450, 450) + 0.5)  # in the middle, between the places where kinks are
    mass = step * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    value, slope = at(function, z), at(function, z, 1)
    assert found.mean == pytest.approx(np.sum(mass * value), rel=2e-3, abs=2e-3)
    for gain, part in ((found.gain, value), (found.backward_gain, slope)):
        square = np.sum(mass * part**2)
        assert square < 1e-9 if gain is None else gain == pytest.approx(1 / math.sqrt(square), rel=2e-3)


@each
def test_smoothness_agrees_with_the_kinks(name: str) -> None:
    """What jumps is written down as a kink, of that order; with other parameters a kink may be more."""
    found, _ = known(name)
    lowest = min((kink.order for kink in ACTIVATIONS[name].kinks), default=3)
    assert found.smoothness >= lowest - 1
    assert found.smoothness >= 2 or lowest <= found.smoothness + 1


def test_every_property_tells_functions_apart() -> None:
    """A property that all functions have, or none, would be no filter."""
    for word in PROPERTIES:
        having = [name for name in NAMES if word in known(name)[0].properties]
        assert 0 < len(having) < len(NAMES), word
