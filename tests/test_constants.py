"""No digit of the catalogue is taken on trust: each constant is published, or follows from what it is for."""

import re

import numpy as np
import pytest
from mpmath import mp, mpf
from oracle import exact

from actcli import resolve
from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.activations._spec import Entry

ENTRIES = {**ACTIVATIONS, **COMPOUNDS}
EVIDENT = {"0", "1", "2"}
# What stands in formulas, as published; 3 and 6 of the hard functions make a line of slope 1/6 through 1/2
LITERALS = {
    "clipped_gelu": {"10"},  # arXiv:2004.09602
    "gelu_tanh": {"0.044715", "3"},  # arXiv:1606.08415
    "quick_gelu": {"1.702"},  # arXiv:1606.08415
    "hard_silu": {"3", "6"},  # arXiv:1905.02244
    "relu6": {"6"},  # arXiv:1704.04861
    "sinc": {"6"},  # sin(h)/h = 1 - h**2/6 + ..., which gives its derivatives at 0
    "sparse_plus": {"4"},  # arXiv:1901.02324
    "sqnl": {"4"},  # Wuraola & Patel 2018
}
DEFAULTS = {
    "aria2": {"beta": 0.5},
    "clipped_relu": {"z": 20.0},
    "e_swish": {"beta": 1.375},
    "hard_sigmoid": {"width": 6.0, "beta": 0.5},
    "hardshrink": {"lambd": 0.5},
    "leaky_relu": {"alpha": 0.01},
    "lecun_tanh": {"height": 1.7159, "width": 1.5},  # Efficient BackProp, section 4.4: 1.7159*tanh(2*x/3)
    "maxout": {"groups": 2.0},
    "plu": {"alpha": 0.1},
    "prelu": {"a": 0.25},
    "rrelu": {"lower": 0.125, "upper": float(mpf(1) / 3)},
    "softshrink": {"lambd": 0.5},
    "squareplus": {"b": 4.0},
    "swiglu_oai": {"alpha": 1.702, "limit": 7.0},
    "tanh_softcap": {"c": 30.0},
    # these are ours: the parameters are learned, and nobody starts from a published number
    "soft_exponential": {"alpha": 0.5},
    "srelu": {"ar": 0.2, "al": 0.2},
}
DERIVED = {"laplace", "selu", "star_relu"}  # held to their defining properties below


def literals(formula: str) -> set[str]:
    """Return the numbers in a formula that need a source."""
    return set(re.findall(r"(?<![\w.])\d+\.?\d*(?:e-?\d+)?", formula)) - EVIDENT


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_every_number_is_published(entry: Entry) -> None:
    """The numbers of formulas and the defaults of parameters are those of the papers and the frameworks."""
    assert literals(entry.formula) == LITERALS.get(entry.name, set())
    if entry.name not in DERIVED:
        plain = {
            name: value for name, value in entry.defaults.items() if abs(value) not in (0.0, 1.0, np.inf)
        }
        assert plain == DEFAULTS.get(entry.name, {})


def test_selu_keeps_mean_0_and_variance_1() -> None:
    """Its constants solve the fixed-point equations of Klambauer et al. for a normal input, in 33 digits."""
    with mp.workdps(40):
        tail, far = mp.sqrt(mp.e) * mp.ncdf(-1), mp.e**2 * mp.ncdf(-2)
        alpha = 1 / mp.sqrt(2 * mp.pi) / (mpf(1) / 2 - tail)
        lambd = 1 / mp.sqrt(mpf(1) / 2 + alpha**2 * (far - 2 * tail + mpf(1) / 2))
        stated = {name: parameter.default for name, parameter in ACTIVATIONS["selu"].parameters.items()}
        assert stated == {"lambd": mp.nstr(lambd, 33), "alpha": mp.nstr(alpha, 33)}
    assert [float(normal_mean("selu", k)) for k in (1, 2)] == pytest.approx([0.0, 1.0], abs=1e-14)


def test_star_relu_keeps_mean_0_and_variance_1() -> None:
    """relu(z)**2 of a normal z has mean 1/2 and variance 5/4; its constants are rounded to 4 digits."""
    scale = 1 / np.sqrt(1.25)
    defaults = ACTIVATIONS["star_relu"].defaults
    assert dict(defaults) == {"s": round(scale, 4), "b": round(-scale / 2, 4)}
    assert float(normal_mean("star_relu", 1)) == pytest.approx(0.0, abs=5e-5)
    assert float(normal_mean("star_relu", 2)) == pytest.approx(1.0, abs=1e-4)


def normal_mean(name: str, power: int) -> mpf:
    """Return the mean of a power of the function's value, for a standard normal input."""
    activation = ACTIVATIONS[name]
    with mp.workdps(20):
        return mp.quad(lambda z: exact(activation, z)[0] ** power * mp.npdf(z), [-12, -4, 0, 4, 12])


def test_laplace_meets_the_squared_rectifier() -> None:
    """At mu it has relu2's value and slope: that is where MEGA's constants come from."""
    mu = ACTIVATIONS["laplace"].defaults["mu"]
    laplace, relu2 = (exact(ACTIVATIONS[name], mu) for name in ("laplace", "relu2"))
    assert [float(v) for v in laplace[:2]] == pytest.approx([float(v) for v in relu2[:2]], rel=3e-16)
    assert mu**2 == pytest.approx(0.5, rel=3e-16)


def test_lecun_tanh_goes_through_1_at_1() -> None:
    """The scale 1.7159 is 1/tanh(2/3), in 5 digits."""
    assert float(exact(ACTIVATIONS["lecun_tanh"], 1.0)[0]) == pytest.approx(1.0, abs=3e-5)


@pytest.mark.parametrize(
    ("name", "gap", "where"), [("gelu_tanh", 4.73236e-4, -2.6989), ("quick_gelu", 2.03349e-2, -2.2704)]
)
def test_how_far_the_approximations_of_gelu_are_off(name: str, gap: float, where: float) -> None:
    """Their largest distance from gelu is the known one."""

    def distance(x: float) -> mpf:
        return abs(exact(ACTIVATIONS[name], x)[0] - exact(ACTIVATIONS["gelu"], x)[0])

    grid = where + np.linspace(-0.3, 0.3, 61)
    distances = [float(distance(x)) for x in grid]
    assert max(distances) == pytest.approx(gap, rel=3e-6)
    assert grid[int(np.argmax(distances))] == pytest.approx(where, abs=0.011)


def test_soft_exponential_is_the_three_functions_it_lies_between() -> None:
    """The logarithm for alpha = -1, the identity for 0, the exponential for 1."""
    x = np.array([0.25, 1.0, 7.5])
    for alpha, function in ((-1.0, np.log), (0.0, np.positive), (1.0, np.exp)):
        assert resolve("soft_exponential", {"alpha": alpha})(x) == pytest.approx(
            function(x), rel=3e-16, abs=0
        )
