"""Functions as frameworks have them: defaults, slopes at kinks, names."""

from dataclasses import replace

import numpy as np
import oracle
import pytest
from program import call

from actcli.activations import ACTIVATIONS, COMPOUNDS, FLAVOURS
from actcli.activations._spec import Kink
from actcli.checking import check
from actcli.errors import UnknownNameError
from actcli.formula.parse import parse
from actcli.formula.sides import limit
from actcli.frameworks import flavours_of, in_framework
from actcli.target import resolve

# What their documents say, or what follows from it by hand.
VALUES = """
leaky_relu@torch          -1    -0.01
leaky_relu@jax            -1    -0.01
leaky_relu@onnx           -1    -0.01
leaky_relu@keras          -1    -0.2
leaky_relu@keras_layers   -1    -0.3
leaky_relu@tensorflow     -1    -0.2
leaky_relu@tf             -1    -0.2
leaky_relu@chainer        -2    -0.4
lrelu@keras               -1    -0.2
prelu@torch               -4    -1
prelu@keras               -4    0
rrelu@torch               -48   -11
hard_sigmoid@torch        1     0.6666666666666666
hard_sigmoid@onnx         1     0.7
hard_sigmoid@chainer      -1    0.3
hard_sigmoid@chainer      2.6   1
hard_sigmoid@keras2       -2.5  0
hard_sigmoid@paddle       1     0.6666667
hard_tanh@jax             2     1
lecun_tanh@paddle         0     0
gelu@torch                1     0.8413447460685429
gelu@keras                1     0.8413447460685429
gelu@jax                  1     0.8411919906082768
gelu@flax                 1     0.8411919906082768
gelu@keras_ops            1     0.8411919906082768
gelu@tinygrad             1     0.8411919906082768
softplus@torch            25    25
softplus@jax              25    25.000000000013888
softplus@torch            20    20.000000002061153
selu@onnx                 1     1.0507010221481323
selu@tinygrad             1     1.0507
selu@mlx                  2     2.1014
selu@torch                1     1.0507009873554805
sinc@torch                0.5   0.6366197723675814
sinc@jax                  0.5   0.6366197723675814
elu@torch                 1     1
"""

# Function, point, order, and what automatic differentiation returns there: a one-sided limit or a mean.
SLOPES = """
relu@torch                0   1   0
relu@jax                  0   1   0
relu6@jax                 6   1   0
leaky_relu@torch          0   1   0.01
leaky_relu@jax            0   1   1
leaky_relu@keras          0   1   1
leaky_relu@chainer        0   1   1
prelu@torch               0   1   0.25
rrelu@torch               0   1   0.22916666666666666
abs@torch                 0   1   0
abs@jax                   0   1   1
hard_tanh@torch           -1  1   0
hard_tanh@torch           1   1   0
hard_tanh@jax             -1  1   1
hard_tanh@keras           1   1   1
hard_sigmoid@torch        -3  1   0
hard_sigmoid@jax          3   1   0
hard_sigmoid@chainer      2.5 1   0
hard_silu@torch           -3  1   0
hard_silu@jax             3   1   1
hardshrink@torch          0.5 1   0
softshrink@keras          -0.5 1  0
thresholded_relu@keras    1   1   0
sparse_sigmoid@jax        -1  1   0.25
sparse_sigmoid@keras      1   1   0.25
elu@torch                 0   2   0
elu@jax                   0   2   1
selu@torch                0   1   1.7580993408473766
selu@torch                0   2   0
selu@jax                  0   2   1.7580993408473766
softsign@torch            0   2   0
softsign@jax              0   2   -2
softplus@torch            20  1   0.9999999979388464
"""

# Kinks that are no floats: the oracle has two sides only at the kink itself.
ROUNDED = {"clipped_gelu": "gelu(10) is 10 only when it is rounded"}


def rows(table: str) -> list:
    return [
        pytest.param(*line.split(), id=" ".join(line.split()[:-1])) for line in table.strip().splitlines()
    ]


@pytest.mark.parametrize(("name", "x", "value"), rows(VALUES))
def test_values_are_the_published_ones(name: str, x: str, value: str) -> None:
    """A flavour's value at a point is the one that its framework's documents give."""
    assert float(resolve(name)(float(x))) == pytest.approx(float(value), rel=3e-16)


@pytest.mark.parametrize(("name", "x", "order", "slope"), rows(SLOPES))
def test_derivatives_at_kinks_are_the_frameworks(name: str, x: str, order: str, slope: str) -> None:
    """At a kink the derivative is exactly the limit that the framework's differentiation returns."""
    assert float(resolve(name)(float(x), order=int(order))) == float(slope)


@pytest.mark.parametrize("name", FLAVOURS)
def test_flavours_say_what_they_are(name: str) -> None:
    """A record names a function of the catalogue, changes something of it, and says what."""
    flavour = FLAVOURS[name]
    assert flavour.of in [*ACTIVATIONS, *COMPOUNDS]
    assert flavour.note
    assert flavour.spelling
    other = flavour.of != name.partition("@")[0]
    assert flavour.parameters or flavour.kinks is not None or other or "(" in flavour.spelling


@pytest.mark.parametrize("name", [name for name, flavour in FLAVOURS.items() if flavour.kinks is not None])
def test_conventions_change_nothing_but_kinks(name: str) -> None:
    """Away from kinks a flavour's derivatives are those of the function, to the last bit."""
    flavour = resolve(name)
    plain = resolve(FLAVOURS[name].of, dict(flavour.parameters))
    x = np.array([np.nan, -np.inf, np.inf, -1e300, -2.25, -1e-300, 5e-324, 0.75, 3.5, 1e9])
    for order in (0, 1, 2):
        np.testing.assert_array_equal(flavour(x, order=order), plain(x, order=order))


@pytest.mark.parametrize("side", ["left", "right", "mean"])
@pytest.mark.parametrize("name", [a.name for a in ACTIVATIONS.values() if a.elementwise and a.kinks])
def test_one_sided_limits_are_exact(name: str, side: str) -> None:
    """Any function's derivatives at any of its kinks, from any side, are the exact limits, rounded once."""
    if name in ROUNDED:
        pytest.skip(ROUNDED[name])
    activation, formula = ACTIVATIONS[name], parse(ACTIVATIONS[name].formula, ACTIVATIONS)
    for corner in resolve(name).corners:
        seen = replace(activation, kinks=(Kink(at=repr(corner.at), side=side, order=0),))
        _, *truth = oracle.exact(seen, corner.at)
        for order in (1, 2):
            got = limit(formula, order, corner.at, side, activation.defaults)
            assert got == oracle.rounded(truth[order - 1]), (corner, order)


def test_a_rounded_kink_is_seen_from_the_side_that_is_asked_for() -> None:
    """The joint of clip(a*x + 1/2, 0, 1) with a rounded 1/6 is no float: -3 stands for it."""
    formula = parse("clip(a*x + 1/2, 0, 1)")
    for side, slope in (("left", 0.0), ("right", 1 / 6), ("mean", 1 / 12)):
        assert limit(formula, 1, -3.0, side, {"a": 1 / 6}) == slope


@pytest.mark.parametrize(
    ("text", "at", "left", "right"),
    [
        ("x*clip(x + 3, 0, 6)/6", -3.0, 0.0, -0.5),
        ("abs(x)", 0.0, -1.0, 1.0),
        ("x*sign(x - 2)", 2.0, -1.0, 1.0),
        ("max(x, 1) + min(x, 1)*3", 1.0, 3.0, 1.0),
        ("x*floor(x)", 5.0, 4.0, 5.0),
        ("x*relu(x - 2)", 2.0, 0.0, 2.0),
    ],
)
def test_every_choice_of_the_language_has_two_sides(text: str, at: float, left: float, right: float) -> None:
    """Comparisons, abs, sign, max, min, clip and floor are decided beside the point, all else at it."""
    formula = parse(text, ACTIVATIONS)
    expected = {"left": left, "right": right, "mean": (left + right) / 2}
    assert {side: limit(formula, 1, at, side, {}) for side in expected} == expected


def test_parameters_given_override_the_flavours() -> None:
    """The user's parameter counts, not the framework's default; the name says what was changed."""
    assert float(resolve("leaky_relu@keras", {"alpha": 0.5})(-1.0)) == -0.5
    assert resolve("leaky_relu@keras", {"alpha": 0.5}).name == "leaky_relu@keras(alpha=0.5)"
    assert resolve("leaky_relu@keras", {"alpha": 0.2}).name == "leaky_relu@keras"
    assert float(resolve("elu@torch", {"alpha": 3.0})(0.0, order=1)) == 3.0
    assert resolve("lrelu@tf").name == "leaky_relu@tensorflow"


def test_every_spelling_is_a_target() -> None:
    """What a record spells is a TARGET, and means the function itself where no record says otherwise."""
    for entry in (*ACTIVATIONS.values(), *COMPOUNDS.values()):
        for flavour in flavours_of(entry):
            assert in_framework(flavour.name).name == flavour.name
    assert float(resolve("gelu@torch")(1.5)) == float(resolve("gelu")(1.5))


@pytest.mark.parametrize("name", FLAVOURS)
def test_flavours_pass_gradcheck(name: str) -> None:
    """Their slopes at kinks lie between the slopes measured on both sides."""
    assert check(resolve(name)).ok


@pytest.mark.parametrize(
    ("name", "what", "tip"),
    [
        ("leaky_relu@kers", "unknown flavour 'leaky_relu@kers'", "leaky_relu@keras"),
        ("leeky_relu@keras", "unknown function 'leeky_relu@keras'", "leaky_relu@keras"),
        ("plu@torch", "unknown flavour 'plu@torch'", "plu alone"),
    ],
)
def test_unknown_flavours_are_errors_with_a_way_out(name: str, what: str, tip: str) -> None:
    """A wrong framework or function is one line, and the nearest right names."""
    with pytest.raises(UnknownNameError) as caught:
        resolve(name)
    assert what in str(caught.value)
    assert tip in caught.value.tip


def test_flavours_are_targets_everywhere(tmp_path) -> None:
    """Each command takes function@framework, and two of them go into one picture."""
    done = call("eval", "leaky_relu@keras", "-1", "0", "1", "--with-derivative")
    assert [line.split()[-1] for line in done.text.splitlines()] == ["0.2", "1.0", "1.0"]
    assert "from the right" in done.err
    picture = tmp_path / "both.svg"
    assert call("plot", "leaky_relu", "leaky_relu@keras", "-o", str(picture)).code == 0
    assert "leaky_relu@keras" in picture.read_text()
    assert call("gradcheck", "leaky_relu@keras", "hard_tanh@jax").code == 0
    assert call("show", "leaky_relu@keras").code == 0
    assert call("trace", "elu@jax", "0.5").code == 0
    assert "1.0" in call("trace", "leaky_relu@jax", "0").text
