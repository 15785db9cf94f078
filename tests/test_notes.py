"""The study notes that the project grew out of: every number and picture they hold, by one command each."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from program import call

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def values(*arguments: str) -> np.ndarray:
    """The numbers that a command prints, row by row."""
    done = call(*arguments)
    assert done.code == 0, done
    return np.array([[float(cell) for cell in row] for row in done.rows])


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ("tanh", "tanh.png"),
        ("tanh --with-derivative", "tanh-with-derivative.png"),
        ("tanh sigmoid --derivative-only", "tanh-sigmoid-derivative.png"),
        ("sigmoid --with-derivative --layout columns --range -10:10", "sigmoid-with-derivative.png"),
        ("sinh cosh tanh --range -2:2", "sinh-cosh-tanh.png"),
        ("relu --range -100:100", "relu.png"),
        ("relu softplus --range -10:10", "relu-softplus.png"),
        ("softmax --at 1,2,3", "softmax.png"),
    ],
)
def test_each_picture_is_one_command(arguments: str, name: str) -> None:
    """A picture of the notes is drawn without a display, under the name that its path says."""
    done = call("plot", *arguments.split())
    assert (done.code, done.out.decode().strip()) == (0, name)
    assert Path(name).read_bytes().startswith(PNG)


def test_the_values_of_tanh() -> None:
    """At 1.5 and -4, tanh is within 4 ulps of the correctly rounded values."""
    ((_, one), (_, four)) = values("eval", "tanh", "1.5", "-4")
    assert abs(one - 0.9051482536448664) <= 4 * math.ulp(one)
    assert abs(four - -0.999329299739067) <= 4 * math.ulp(four)


def test_the_slope_of_sigmoid_is_s_times_1_minus_s() -> None:
    """The derivative of sigmoid is s(1 - s), with its maximum 0.25 at 0; the slope a steepens it."""
    x, s, slope = values("eval", "sigmoid", "-10:10:0.5", "--with-derivative").T
    assert slope == pytest.approx(s * (1 - s), rel=1e-10)
    assert slope.max() == 0.25
    assert x[slope.argmax()] == 0
    steep = values("eval", "sigmoid", "-10:10:0.5", "-p", "a=3", "--with-derivative")
    assert steep[:, 1] == pytest.approx(1 / (1 + np.exp(-3 * x)), rel=1e-14)
    assert steep[:, 2].max() == 0.75


def test_relu_on_whole_numbers_and_its_convention() -> None:
    """On -100 … 100 relu is max(x, 0); at 0 its derivative is 0, and the convention is said."""
    done = call("eval", "relu", "-100:100", "--with-derivative")
    table = np.array([[float(cell) for cell in row] for row in done.rows])
    assert table[:, 1].tolist() == [max(x, 0) for x in range(-100, 101)]
    assert table[:, 2].tolist() == [float(x > 0) for x in range(-100, 101)]
    assert "relu has no derivative at 0; shown is that from the left, by convention" in done.err


def test_softplus_has_the_slope_sigmoid() -> None:
    """The derivative of softplus is sigmoid, to the last bit."""
    slopes = values("eval", "softplus", "-30:30:0.25", "--order", "1")
    assert np.array_equal(slopes, values("eval", "sigmoid", "-30:30:0.25"))


def test_softmax_rows_sum_to_one() -> None:
    """Over an axis of a batch softmax sums to 1 within two roundings, also where exp would overflow."""
    np.save("x.npy", np.random.default_rng(5).normal(0, 300, (50, 7)))
    for axis, name in (("1", "rows.npy"), ("0", "columns.npy")):
        assert call("eval", "softmax", "--input", "x.npy", "--axis", axis, "-o", name).code == 0
        assert np.abs(np.load(name).sum(axis=int(axis)) - 1).max() <= 2 * math.ulp(1.0)


def test_the_jacobian_of_softmax() -> None:
    """The Jacobian is diag(y) - y yT, and symmetric."""
    y = values("eval", "softmax", "0.3,2.9,4.0")[:, 1]
    jacobian = values("eval", "softmax", "0.3,2.9,4.0", "--jacobian")[:, 1:]
    assert jacobian == pytest.approx(np.diag(y) - np.outer(y, y), rel=1e-12)
    assert np.array_equal(jacobian, jacobian.T)


def test_the_central_difference() -> None:
    """The notes' central difference with h = 1e-4 is one method and one step."""
    row = call("gradcheck", "tanh", "--at", "1.5", "--method", "central", "--step", "1e-4").rows[0]
    expected = (math.tanh(1.5001) - math.tanh(1.4999)) / 2e-4
    assert float(row[3]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("gradient", ["analytic", "numerical"])
def test_the_descent(gradient: str) -> None:
    """From (-3, 4), 20 steps of 0.1 end at 0.8^20 times the start; the path is a picture."""
    options = ("--lr", "0.1", "--steps", "20", "--gradient", gradient, "--plot", "path.png")
    table = values("descend", *options)
    assert table[:, 0].tolist() == list(range(21))
    assert table[0, 1:3].tolist() == [-3, 4]
    assert table[-1, 1:3] == pytest.approx([-3 * 0.8**20, 4 * 0.8**20], rel=1e-9)
    assert Path("path.png").read_bytes().startswith(PNG)


def test_the_dropped_square_is_caught() -> None:
    """The derivative of tanh is 1/cosh(x)**2: checked, 1/cosh(x) fails."""
    assert call("gradcheck", "tanh", "--derivative", "1/cosh(x)").code == 1
    assert call("gradcheck", "tanh", "--derivative", "1/cosh(x)**2").code == 0


def test_partial_derivatives_of_a_plane_and_of_powers() -> None:
    """Of b0 + b1 x1 + b2 x2 they are b1 and b2; with powers b1 m x1^(m-1) and b2 n x2^(n-1)."""
    plane = ("b0 + b1*x1 + b2*x2", "b0=1", "b1=2", "b2=3", "x1=2", "x2=5")
    assert values("eval", *plane, "--wrt", "x1,x2", "--order", "1", "-q").tolist() == [[2, 3]]
    powers = ("b0 + b1*x1**m + b2*x2**n", *plane[1:], "m=3", "n=2")
    assert values("eval", *powers, "--wrt", "x1,x2", "--order", "1", "-q").tolist() == [[24, 30]]
    bound = (powers[0], "-p", "b0=1", "-p", "b1=2", "-p", "b2=3", "-p", "m=3", "-p", "n=2")
    assert values("eval", *bound, "x1=2", "x2=5", "--order", "1", "-q").tolist() == [[24, 30]]


def test_the_relu_layer() -> None:
    """On [[1, -0.5], [-2, 3]]: the mask, the values forward and the gradient backward; the input stays."""
    Path("m.csv").write_text("1.0,-0.5\n-2.0,3.0\n")
    done = call("eval", "relu", "--input", "m.csv", "--upstream", "1", "--verbose", "-f", "csv")
    assert done.text.splitlines() == [
        "x,value,x > 0,upstream,gradient",
        "1.0,1.0,True,1.0,1.0",
        "-0.5,0.0,False,1.0,0.0",
        "-2.0,0.0,False,1.0,0.0",
        "3.0,3.0,True,1.0,1.0",
    ]
    assert Path("m.csv").read_text() == "1.0,-0.5\n-2.0,3.0\n"


def traced(*arguments: str) -> list[dict[str, object]]:
    """The rows of a trace."""
    done = call("trace", *arguments, "-f", "json")
    assert done.code == 0, done
    return list(json.loads(done.text))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["exp(x)", "exp(-x)", "--range", "-2:2"], "exp_x,exp_-x.png"),
        (["(exp(x) - exp(-x))/(exp(x) + exp(-x))", "--parts", "--range", "-2:2", "-o", "t3.png"], "t3.png"),
        (["tanh", "--parts", "--ylim", "-5:5"], "tanh-parts.png"),
        (["2*x**2 + 2", "--tangent", "5", "--range", "-10:10", "-o", "c1.png"], "c1.png"),
        (["x0**2 + x1**2", "--kind", "surface", "-o", "g3.png"], "g3.png"),
        (["x0**2 + x1**2", "--kind", "field", "--range", "-2:2", "-o", "g5.png"], "g5.png"),
    ],
)
def test_each_picture_of_a_formula_is_one_command(arguments: list[str], name: str) -> None:
    """The pictures of formulas: exponentials, parts, tangents, surfaces and fields."""
    done = call("plot", *arguments)
    assert (done.code, done.text.strip()) == (0, name), done
    assert Path(name).read_bytes().startswith(PNG)


def test_the_intermediate_values_of_tanh() -> None:
    """As typed, the quotient ends in the notes' own digits; on the way are their exponentials."""
    for x, end in (("1.5", 0.9051482536448664), ("-4", -0.9993292997390669)):
        values = {str(row["operation"]): float(str(row["value"])) for row in traced("tanh", x, "--expand")}
        assert values["exp(x)"] == np.exp(float(x))
        assert list(values.values())[-1] == end
    shown = [f"{row['value']:.2f}" for row in traced("tanh", "1.5", "--expand")]
    assert {"4.48", "0.22", "4.26", "4.70"} <= set(shown)


def test_the_derivative_of_tanh_ends_in_1_minus_y_squared() -> None:
    """The quotient rule step by step, and the derivative's text."""
    assert [row["rule"] for row in traced("tanh(x)", "1.5")][-1] == "1 - v1**2"
    rules = {row["rule"] for row in traced("tanh", "1.5", "--expand")}
    assert {"1/v5", "-v6/v5"} <= rules or {"1/v4", "-v5/v4"} <= rules, rules
    assert call("show", "tanh", "-q").text.splitlines()[1] == "1 - tanh(x)**2"


def test_the_tangents_of_the_notes() -> None:
    """2x^2 + 2 and 2x^3 + 4 at 5; 0.01x^2 + 0.1x at 5 and 10, with slopes 0.2 and 0.3."""
    for formula, slope, intercept in (("2*x**2 + 2", 20, -48), ("2*x**3 + 4", 150, -496)):
        done = call("plot", formula, "--tangent", "5", "--range", "-10:10", "-o", "t.png", "-f", "plain")
        assert [float(cell) for cell in done.rows[0][3:5]] == [slope, intercept]
    bowl = ("plot", "0.01*x**2 + 0.1*x", "--range", "0:20", "--tangent", "5", "--tangent", "10")
    slopes = [float(row[3]) for row in call(*bowl, "-o", "g2.png", "-f", "plain").rows]
    assert slopes == pytest.approx([0.2, 0.3], rel=1e-15)
    for place, slope in (("5", 0.2), ("10", 0.3)):
        row = call(
            "gradcheck", "0.01*x**2 + 0.1*x", "--at", place, "--method", "central", "--step", "1e-4"
        ).rows[0]
        assert float(row[3]) == pytest.approx(slope, abs=2e-12)


def test_the_chain_rule_on_a_square_of_a_sum() -> None:
    """With z = t^2, t = x + y: dz/dx = 2(x + y); and (2x + y)^2 has 4(2x + y)."""
    assert {row["node"]: row["gradient"] for row in traced("(x + y)**2", "x=3", "y=1")} == {
        "x": 8.0,
        "y": 8.0,
        "v1": 8.0,
        "v2": 1.0,
    }
    assert traced("(2*x + y)**2", "x=3", "y=1")[0]["gradient"] == 4 * (2 * 3 + 1)
    assert [row["rule"] for row in traced("(x + y)**2", "x=3", "y=1")][-1] == "2*v1"


def test_sigmoid_as_a_graph_collapses_to_y_times_1_minus_y() -> None:
    """The nodes x * -1, exp, + 1 and 1/x, whose backward passes multiply to dout*y*(1 - y)."""
    rows = traced("sigmoid", "1.5", "--expand", "--upstream", "2")
    assert [row["operation"] for row in rows] == ["", "-1*x", "exp(v1)", "1 + v2", "1/v3"]
    y = float(str(rows[-1]["value"]))
    assert rows[0]["gradient"] == pytest.approx(2 * y * (1 - y), rel=1e-14)


def test_the_derivative_of_a_sine_is_written() -> None:
    """The text of d sin(x)/dx is cos(x)."""
    assert call("show", "sin(x)", "-q").text.splitlines()[1] == "cos(x)"


def test_a_partial_power_rule_is_written() -> None:
    """d(a x^n + b) = a n x^(n-1); b0 + b1 x1^m + b2 x2^n has b2 n x2^(n-1)."""
    assert call("show", "a*x**n + b", "--wrt", "x", "-q").text.splitlines()[1] == "a*n*x**(n - 1)"
    shown = call("show", "b0 + b1*x1**m + b2*x2**n", "--wrt", "x2", "-q").text.splitlines()[1]
    assert shown == "b2*n*x2**(n - 1)"


def test_the_square_that_the_notes_drop_is_caught() -> None:
    """The derivative of tanh is 1/cosh^2, and not the note's last line, 1/cosh: a square is forgotten."""
    done = call("gradcheck", "tanh", "--derivative", "1/cosh(x)")
    assert done.code == 1
    assert "to the power 1/2 at all 100 wrong points: a square is forgotten" in done.err
    assert call("gradcheck", "tanh", "--derivative", "1/cosh(x)**2").code == 0


def test_the_central_difference_of_the_notes() -> None:
    """With h = 1e-4, x0^2 + x1^2 has at (3, 4) the slopes 6 and 8, to 1e-11."""
    places = ("--at", "x0=3", "--at", "x1=4")
    done = call("gradcheck", "x0**2 + x1**2", *places, "--method", "central", "--step", "1e-4")
    assert done.code == 0
    assert [float(row[3]) for row in done.rows] == pytest.approx([6, 8], abs=1e-11)


def test_the_gradient_of_the_simple_net_cell_by_cell() -> None:
    """W, 2x3, and dW as the book that the notes follow prints them; x = (0.6, 0.9), t = (0, 0, 1)."""
    w = [0.47355232, 0.9977393, 0.84668094, 0.85557411, 0.03563661, 0.69422093]
    dw = [0.21924763, 0.14356247, -0.36281009, 0.32887144, 0.2153437, -0.54421514]
    Path("W.csv").write_text(",".join(map(str, w)) + "\n")
    done = call("gradcheck", "simplenet", "--input", "W.csv", "-f", "json")
    assert done.code == 0, done
    rows = json.loads(done.text)
    assert [row["note"][:8] for row in rows] == [f"d/dW{i}{j} at"[:8] for i in (0, 1) for j in (0, 1, 2)]
    for name in ("stated", "numerical"):
        assert [row[name] for row in rows] == pytest.approx(dw, abs=1e-8)


PYTHON = """
import numpy as np

class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout

def function_2(x):
    return np.sum(x**2)

def numerical_gradient(x):
    h = 1e-4
    grad = np.zeros_like(x)
    for k in range(x.size):
        kept = x[k]
        x[k] = kept + h
        above = function_2(x)
        x[k] = kept - h
        below = function_2(x)
        grad[k] = (above - below) / (2*h)
        x[k] = kept
    return grad

def turned(x):
    return 2*x[::-1]
"""


def test_the_layer_of_the_notes_writes_into_the_gradient_it_is_given() -> None:
    """Its derivative passes, and that it changes what flows in is said."""
    Path("layer.py").write_text(PYTHON)
    done = call("gradcheck", "layer.py:Relu")
    assert done.code == 0
    assert "note: layer.py:Relu: backward writes into the upstream gradient it is given: [1, 1, 1" in done.err


def test_the_numerical_gradient_of_the_notes_cuts_integers_off() -> None:
    """At (3, 4) in floats it is (6, 8), and passes; of the integers it is 25000, and that is said."""
    Path("layer.py").write_text(PYTHON)
    gradient = ("gradcheck", "layer.py:function_2", "--derivative", "layer.py:numerical_gradient")
    done = call(*gradient, "--at", "3,4")
    assert done.code == 0, done
    assert "numerical_gradient of the integers [3, 4, -2, 1] gives [25000, 35000, -15000, 5000]" in done.err
    assert call(*gradient[:-1], "layer.py:turned", "--samples", "5").code == 1
    done = call("gradcheck", "softmax", "--derivative", "layer.py:turned")
    assert (done.code, "a gradient is stated for one value" in done.err) == (2, True)
