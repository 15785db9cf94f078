"""The study notes that the project grew out of: every number and picture they hold, by one command each."""

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
