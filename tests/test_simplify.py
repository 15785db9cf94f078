"""What simplifying makes of derivatives: texts as a book has them, and code that does not cancel."""

import numpy as np
import pytest

from actcli.activations import ACTIVATIONS
from actcli.codegen import LANGUAGES
from actcli.codegen.source import source
from actcli.formula.derive import derivative
from actcli.formula.parse import parse
from actcli.formula.simplify import simplified
from actcli.formula.text import text_of
from actcli.target import resolve


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("(x/sqrt(2))**2", "x**2/2"),
        ("x*sqrt(pi)/pi*sqrt(pi)", "x"),
        ("(a + 2*b)/2", "a/2 + b"),
        ("2*(x + 1)", "2*(x + 1)"),
        ("a*(b + c) - a*b", "a*c"),
        ("1/(1 + x) - x/(1 + x)**2", "1/(1 + x)**2"),
        ("1/hypot(1, x) - x**2/hypot(1, x)**3", "1/hypot(1, x)**3"),
        ("sqrt(x)**2", "sqrt(x)**2"),
        ("x**100000000000*2", "2*x**100000000000"),
    ],
)
def test_sums_and_products_are_gathered(formula: str, text: str) -> None:
    """Constants leave powers, like terms meet, quotients join where one is left; roots keep their domain."""
    assert text_of(simplified(parse(formula))) == text


@pytest.mark.parametrize(
    ("formula", "order", "text"),
    [
        ("x/sqrt(1 + x**2)", 1, "1/sqrt(1 + x**2)**3"),
        ("log(1 + exp(x))", 2, "exp(x)/(1 + exp(x))**2"),
        ("x*erfc(-x/sqrt(2))/2", 1, "erfc(-x/sqrt(2))/2 + x*exp(-x**2/2)/(sqrt(pi)*sqrt(2))"),
    ],
)
def test_derivatives_are_short(formula: str, order: int, text: str) -> None:
    """The derivatives of common functions read as in a table of them."""
    assert text_of(simplified(derivative(parse(formula), "x", order))) == text


@pytest.mark.parametrize("name", ["softsign", "isru", "isrlu", "log_sigmoid"])
def test_code_keeps_its_digits_far_out(name: str) -> None:
    """The printed slope does not cancel where the function is almost flat."""
    found: dict[str, object] = {}
    exec(source(ACTIVATIONS[name], LANGUAGES["numpy"], ACTIVATIONS), found)
    x = np.array([-1e90, -1e9, -1e5, -30.0, 30.0, 600.0])
    slope = found[f"{name}_derivative"](x)  # type: ignore[operator]
    np.testing.assert_allclose(slope, resolve(name)(x, order=1), rtol=2e-15)
