"""Parametric functions at the ends of their parameters' domains: no warning, no nan, the right digits."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
import oracle
import pytest
from mpmath import mpc
from oracle import exact, limit, ulps

from actcli.activations import ACTIVATIONS, Activation
from actcli.activations._spec import Implementation
from actcli.errors import InputError
from actcli.formula.constant import constant
from actcli.formula.domain import check_all
from actcli.formula.implementation import implementation
from actcli.formula.parse import parse
from actcli.target import resolve

BOUNDS = (4.0, 4.0, 10.0)
SIZES = (0.0, 5e-324, 1e-300, 1e-3, 0.7, 3.0, 30.0, 745.0, 1e10, 1e300)
POINTS = np.array([sign * size for size in SIZES for sign in (1.0, -1.0)])
INSIDE = (1e-3, 0.3, 7.3, 1e3)
CASES = 4  # a function: more would take longer than they find
CHECKED = 3  # points of a case that the oracle sees
PARAMETRIC = [a for a in ACTIVATIONS.values() if a.elementwise and a.parameters]


def allowed(activation: Activation, parameters: dict[str, float]) -> bool:
    """Whether the parameters lie in their domains."""
    try:
        check_all(activation.name, activation.parameters, parameters)
    except InputError:
        return False
    return True


def numbers(activation: Activation, name: str) -> Iterator[float]:
    """Yield the ends of a parameter's domain, or the numbers next to them, and some others."""
    left, right = activation.parameters[name].domain[1:-1].split(",")
    for end, inwards in ((left, math.inf), (right, -math.inf)):
        least = constant(end.strip(), activation.defaults)
        yield from (least, math.nextafter(least, inwards))
    yield from (sign * size for size in INSIDE for sign in (1.0, -1.0))


def cases(activation: Activation, random: np.random.Generator) -> list[dict[str, float]]:
    """Return each end of each domain with the other parameters as they are, and a sample of all together."""
    names = list(activation.parameters)
    tried = {name: list(numbers(activation, name)) for name in names}
    alone = [{**activation.defaults, name: number} for name in names for number in tried[name][:4]]
    every = [dict(zip(names, row, strict=True)) for row in product(*tried.values())]
    order = random.permutation(len(every))[: 6 * CASES]
    together = [every[k] for k in order if allowed(activation, every[k])][:CASES]
    return [case for case in alone if allowed(activation, case)] + together


def code_of(activation: Activation, order: int) -> Implementation:
    """Return the code of the value or a derivative."""
    return implementation(activation, order, lambda text: parse(text, ACTIVATIONS))


@pytest.fixture(autouse=True)
def _numpy_raises() -> Iterator[None]:
    """Whatever numpy would warn of is an error here, underflow excepted."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


@pytest.fixture
def _digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 + exp(-219) to the power of 1e308 is no power of 1."""
    monkeypatch.setattr(oracle, "FIRST_PRECISION", 1200)


@pytest.mark.usefixtures("_digits")
@pytest.mark.parametrize("activation", PARAMETRIC, ids=lambda a: a.name)
def test_numbers_are_right_with_any_parameters(activation: Activation) -> None:
    """4 ulps for the value and the first derivative, 10 for the second; nan where nothing real is right."""
    random = np.random.default_rng(len(activation.name))
    for case in cases(activation, random):
        points = random.permutation(POINTS)
        right = [exact(activation, float(x), **case) for x in points[:CHECKED]]
        for order, bound in enumerate(BOUNDS):
            own = activation.value is not None  # quick: may as well show all points
            got = code_of(activation, order)(points if own else points[:CHECKED], **case)
            assert not (own and np.isnan(got).any()), (case, order)
            for x, y, terms in zip(points, got, right, strict=False):
                if isinstance(terms[0], mpc):
                    assert order or math.isnan(y), (case, x)
                else:
                    assert ulps(float(y), terms[order]) <= bound, (case, order, x, y)


@pytest.mark.parametrize("activation", [a for a in PARAMETRIC if a.value], ids=lambda a: a.name)
def test_limits_are_right_with_any_parameters(activation: Activation) -> None:
    """At +-inf own code gives the limit; nan goes through."""
    for case in cases(activation, np.random.default_rng(len(activation.name)))[::3]:
        right = [limit(activation, sign, **case) for sign in (1, -1)]
        for order in range(len(BOUNDS)):
            got = code_of(activation, order)(np.array([np.inf, -np.inf, np.nan]), **case)
            expected = [right[0][order], right[1][order], math.nan]
            np.testing.assert_array_equal(got, expected, err_msg=f"{case}, order {order}")


def test_the_cap_is_not_below_the_floor() -> None:
    """The ends of a domain may be other parameters: hard_tanh of low > high is none."""
    assert float(resolve("hard_tanh", {"low": 2.0, "high": 2.0})(5.0)) == 2.0
    assert float(resolve("hard_tanh", {"low": 1.0, "high": 3.0})(5.0)) == 3.0
    with pytest.raises(InputError, match=r"high of hard_tanh must lie in \[low, inf\), not 1"):
        resolve("hard_tanh", {"low": 2.0})


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("laplace", {"sigma": 1e-310}),
        ("laplace", {"sigma": 1.7e308}),
        ("hard_sigmoid", {"width": 1.7e308}),
        ("selu", {"lambd": 1e200}),
        ("lecun_tanh", {"height": -1.7e308}),
        ("tanh_softcap", {"c": 5e-324}),
        ("sinc", {"omega": 0.0}),
    ],
)
def test_what_nobody_needs_is_refused(name: str, parameters: dict[str, float]) -> None:
    """Beyond its domain a parameter is an error, not a wrong number."""
    with pytest.raises(InputError, match="must lie in"):
        resolve(name, parameters)
