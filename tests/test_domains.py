"""Where parameters may lie: one rule, for parameters by name and in formulas."""

import numpy as np
import pytest
from program import call, is_trouble

from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.activations._spec import Parameter
from actcli.errors import FormulaError, InputError
from actcli.formula.domain import check, check_all
from actcli.target import resolve


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        ("(0, inf)", (5e-324, 1.7e308), (0.0, -1.0, np.inf, np.nan)),
        ("[0, 1]", (0.0, 1.0, 0.5), (-5e-324, np.nextafter(1, 2), np.nan)),
        ("(-inf, inf]", (np.inf, -1.7e308), (-np.inf, np.nan)),
        ("[1/3, sqrt(2))", (1 / 3, 1.4), (0.333, 2**0.5)),
        ("(low, inf)", (2.5,), (2.0, 1.5)),
    ],
)
def test_domains_hold_what_they_say(domain: str, inside: tuple, outside: tuple) -> None:
    """A round end is out, a square one in, an infinite square one takes inf itself; nan is nowhere."""
    parameter = Parameter("1", domain)
    for value in inside:
        check("f", "a", parameter, {"a": value, "low": 2.0})
    for value in outside:
        with pytest.raises(InputError) as caught:
            check("f", "a", parameter, {"a": value, "low": 2.0})
        assert str(caught.value) == f"a of f must lie in {domain}, not {value:g}"


def test_counts_are_whole() -> None:
    """A whole parameter refuses fractions."""
    check("f", "n", Parameter("2", "[1, inf)", whole=True), {"n": 3.0})
    with pytest.raises(InputError, match=r"n of f must be a whole number, not 2\.5"):
        check("f", "n", Parameter("2", "[1, inf)", whole=True), {"n": 2.5})


def test_parameters_are_refused_alike_by_name_and_in_formulas() -> None:
    """One rule: `-p z=-1` and clipped_relu(x, z=-1) are refused in the same words."""
    words = "z of clipped_relu must lie in (0, inf), not -1"
    with pytest.raises(InputError) as by_name:
        resolve("clipped_relu", {"z": -1.0})
    with pytest.raises(FormulaError) as in_formula:
        resolve("1 + clipped_relu(x, z=-1)")
    assert str(by_name.value) == words
    assert words in str(in_formula.value)
    is_trouble(call("eval", "clipped_relu", "1", "-p", "z=-1"), words)


def test_a_threshold_may_be_infinite() -> None:
    """A closed infinite end takes inf, by name as well as in a formula."""
    for target, given in (("softplus@torch", {"threshold": np.inf}), ("softplus(x, threshold=inf)", {})):
        assert float(resolve(target, given)(25.0)) == 25.000000000013888


@pytest.mark.parametrize("name", [*ACTIVATIONS, *COMPOUNDS])
def test_defaults_lie_in_their_domains(name: str) -> None:
    """The catalogue obeys its own domains, which are intervals."""
    entry = ACTIVATIONS.get(name) or COMPOUNDS[name]
    check_all(name, entry.parameters, entry.defaults)
