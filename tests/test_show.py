"""show: formulas and derivatives as text that reads back."""

import json
from pathlib import Path
from typing import Any

import pytest
import sympy
from program import call, is_trouble, terminal

from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.cli._entries import families, record
from actcli.formula.parse import parse
from actcli.formula.precise import precise
from actcli.frameworks import in_framework, names


def formulas(*arguments: str) -> list[str]:
    """The formulas that show prints, alone."""
    done = call("show", *arguments, "-q")
    assert done.code == 0, done
    return done.text.splitlines()


@pytest.mark.parametrize(
    ("target", "derivatives"),
    [
        ("sin(x)", ["cos(x)", "-sin(x)"]),
        ("tanh(x)", ["1 - tanh(x)**2", "-2*tanh(x)*(1 - tanh(x)**2)"]),
        ("2*x**2 + 2", ["4*x", "4"]),
        ("0.01*x**2 + 0.1*x", ["0.02*x + 0.1", "0.02"]),
        ("(x + 1)**2", ["2*(x + 1)", "2"]),
        ("1/x", ["-1/x**2", "2/x**3"]),
        ("max(x, 0)", ["where(x > 0, 1, 0)", "0"]),
    ],
)
def test_derivatives_are_written_as_a_person_would(target: str, derivatives: list[str]) -> None:
    """No 1*x, no x + 0; like factors and terms are gathered, numbers folded."""
    assert formulas(target, "--order", "2")[1:] == derivatives


def test_tanh_ends_in_1_minus_y_squared() -> None:
    """The catalogue's tanh shows its quotient, and the derivative that the quotient rule ends in."""
    assert formulas("tanh") == ["(exp(x) - exp(-x))/(exp(x) + exp(-x))", "1 - tanh(x)**2"]


@pytest.mark.parametrize("name", [name for name, a in ACTIVATIONS.items() if a.elementwise])
def test_what_is_shown_is_the_derivative(name: str) -> None:
    """Each shown text reads back, and at high precision is sympy's derivative of the formula's text."""
    x = sympy.Symbol("x", real=True)
    parameters = ACTIVATIONS[name].defaults
    names = {key: sympy.Float(value, 60) for key, value in parameters.items()} | {"x": x}
    names["where"] = lambda c, a, b: sympy.Piecewise((a, c), (b, True))
    names |= {"abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min, "sign": sympy.sign}
    names["clip"] = lambda a, b, c: sympy.Min(sympy.Max(a, b), c)
    names |= {"log1p": lambda a: sympy.log(1 + a), "expm1": lambda a: sympy.exp(a) - 1}
    formula = sympy.sympify(ACTIVATIONS[name].formula, locals=names, rational=True)
    for order, text in enumerate(formulas(name, "--order", "2")):
        for place in (-1.75, 0.625):
            expected = sympy.diff(formula, x, order).subs(x, sympy.Rational(place)).evalf(40)
            shown = precise(parse(text, ACTIVATIONS), {**parameters, "x": place})
            assert float(shown) == pytest.approx(float(expected), rel=1e-15, abs=0)


def test_several_variables_have_gradient_and_hessian() -> None:
    """Order 1 is a row a variable, order 2 a row a pair; --wrt picks, also parameters."""
    table = json.loads(call("show", "x**2*y", "--order", "2", "-f", "json").text)
    assert {row["by"]: row["formula"] for row in table} == {
        "": "x**2*y",
        "x": "2*x*y",
        "y": "x**2",
        "x x": "2*y",
        "x y": "2*x",
        "y y": "0",
    }
    assert formulas("b0 + b1*x1 + b2*x2", "--wrt", "x1,x2") == ["b0 + b1*x1 + b2*x2", "b1", "b2"]
    assert formulas("elu", "--wrt", "alpha")[1] == "where(x > 0, 0, exp(x) - 1)"


def test_latex_is_a_line_each() -> None:
    """-f latex prints what a paper takes."""
    lines = call("show", "x*exp(-x)/2", "-f", "latex").text.splitlines()
    assert lines[0] == r"\frac{x \, e^{-x}}{2}"
    assert len(lines) == 2
    assert call("show", "alpha*x_1", "--wrt", "x_1", "-f", "latex").text.splitlines()[0] == r"\alpha \, x_{1}"


def test_vector_functions_show_their_formula() -> None:
    """The derivative of a vector function is a matrix, no formula of one number: asked for, it is refused."""
    assert formulas("softmax") == ["exp(x/temperature)/sum(exp(x/temperature))"]
    is_trouble(call("show", "softmax", "--order", "1"), "of a vector")


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("tnah",), "unknown function 'tnah'"),
        (("x*y", "--wrt", "z"), "unknown variable 'z'"),
        (("x*y", "--order", "10"), "--order"),
        (("x*",), "formula"),
        (("x*y", "-f", "latx"), "unknown format"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], fragment: str) -> None:
    """What cannot be shown says why, with exit code 2."""
    done = call("show", *arguments)
    assert done.code == 2
    assert fragment in done.err.splitlines()[0]


def card(*arguments: str) -> dict[str, Any]:
    """The card of a function, as JSON."""
    done = call("show", *arguments, "-f", "json")
    assert done.code == 0, done
    return json.loads(done.text)


@pytest.mark.parametrize("name", [*ACTIVATIONS, *COMPOUNDS])
def test_every_entry_has_a_card(name: str) -> None:
    """A card names the entry and its source, and reads the same in every format."""
    found = card(name)
    entry = ACTIVATIONS[name] if name in ACTIVATIONS else COMPOUNDS[name]
    assert (found["name"], found["source"]) == (name, entry.source)
    rows = dict(row for row in call("show", name).rows if len(row) == 2)
    assert rows["source"] == entry.source
    assert rows.get("formula", entry.formula) == entry.formula


def test_every_framework_s_function_has_a_card() -> None:
    """Its card, too, says who calls the function what; gelu@jax is gelu_tanh, and that by name."""
    for name in names():
        found = record(in_framework(name), None)
        assert found["name"] == name
        assert name in [flavour["name"] for flavour in found["frameworks"]]
    rows = dict(row for row in call("show", "gelu@jax").rows if len(row) == 2)
    assert rows["torch"].startswith("nn.functional.gelu(approximate='tanh')")
    assert "mlx" in rows


def test_parameters_stand_in_the_derivatives() -> None:
    """Of sin(omega*x) it is omega*cos(omega*x), though a formula's sin has none."""
    for given in ((), ("-p", "omega=30")):
        texts = [slope["formula"] for slope in card("sin", *given)["derivatives"]]
        assert texts == ["omega*cos(omega*x)", "-omega**2*sin(omega*x)"]


def test_a_card_says_what_there_is_to_know() -> None:
    """Formula, derivatives, parameters, facts, conventions, frameworks."""
    found = card("elu", "--order", "1")
    assert found["derivatives"] == [{"order": 1, "by": "x", "formula": "where(x > 0, 1, alpha*exp(x))"}]
    assert found["facts"]["range"] == [-1.0, "inf"]
    assert found["family"] in families()
    assert {"torch", "jax"} <= {flavour["name"].partition("@")[2] for flavour in found["frameworks"]}
    rows = dict(call("show", "gelu").rows)
    assert rows["range"] == "[-0.16997120747990366, inf)"
    assert rows["limits"] == "0 at -inf, inf at inf"


def test_parameters_change_the_facts() -> None:
    """With a parameter set, the facts are those of that function; a framework's defaults are set ones."""
    assert card("elu", "-p", "alpha=2")["facts"]["range"] == [-2.0, "inf"]
    assert card("elu", "-p", "alpha=2")["parameters"]["alpha"]["number"] == 2
    assert card("leaky_relu@keras")["facts"]["slopes"] == [0.2, 1.0]
    is_trouble(call("show", "elu", "-p", "beta=2"), "no parameter")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("SiLU", "silu"), ("ReLU6", "relu6"), ("HardSwish", "hard_silu"), ("LogSoftmax", "log_softmax")],
)
def test_spellings_of_frameworks_are_recognised(typed: str, meant: str) -> None:
    """Capitals and underscores apart, a name, an alias or a framework's spelling leads to the function."""
    assert call("show", typed).err.endswith(f"tip: did you mean {meant}?\n")


def test_a_card_fits_a_terminal(tmp_path: Path) -> None:
    """On a terminal what is long goes on below, in its column."""
    for columns in (60, 100):
        lines = terminal(
            "show", "gelu", cwd=tmp_path, columns=columns, env={"NO_COLOR": "1"}
        ).text.splitlines()
        assert max(map(len, lines)) <= columns
        assert lines[2].split() == ["name", "gelu"]


def test_a_picture_can_go_with_it(tmp_path: Path) -> None:
    """--plot writes the file, of vectors too, and the card is printed all the same."""
    for name in ("tanh", "softmax"):
        path = tmp_path / f"{name}.png"
        done = call("show", name, "--plot", str(path), "-o", str(tmp_path / "card.txt"))
        assert done.code == 0, done
        assert path.read_bytes().startswith(b"\x89PNG")
    mine = tmp_path / "mine.py"
    mine.write_text("def double(x):\n    return 2 * x\n")
    done = call("show", f"{mine}:double", "--plot", str(tmp_path / "m.svg"))
    assert (done.code, done.text, done.err.count("has no formula to show")) == (0, "", 1)
    assert "<svg" in (tmp_path / "m.svg").read_text()
    is_trouble(call("show", "tanh", "--plot", "tanh.gif"), "suffix")
    is_trouble(call("show", "tanh", "--plot", "-", "-o", "-"), "stdout")
