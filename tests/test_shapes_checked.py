"""gradcheck of vectors, batches, large inputs and weights: what is right passes, one wrong entry does not."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actcli.checking import Check, Settings, Verdict, check
from actcli.checking._directions import slipping
from actcli.errors import InputError, UnknownNameError
from actcli.function import Function
from actcli.target import resolve

LAYERS = '''
import numpy as np

class Affine:
    """The affine layer of Saitoh 2016, section 5.6.2."""
    def __init__(self, W, b):
        self.W, self.b, self.x, self.dW, self.db = W, b, None, None, None
    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b
    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)

class Mean(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dW = self.dW / len(dout)
        return dx

class FirstRow(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.db = dout[0]
        return dx

class Transposed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dW = self.dW.T
        return dx

class Elu:
    def __init__(self, alpha=1.0, error=1.0):
        self.alpha, self.error = alpha, error
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * np.expm1(x))
    def backward(self, dout):
        self.dalpha = self.error * np.sum(dout * np.where(self.x > 0, 0, np.expm1(self.x)))
        return dout * np.where(self.x > 0, 1, self.alpha * np.exp(self.x))

class Listed:
    """Weights and gradients in lists, of Saitoh 2018, section 1.3."""
    def __init__(self):
        W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        self.params, self.grads, self.x = [W], [np.zeros_like(W)], None
    def forward(self, x):
        self.x = x
        return np.dot(x, self.params[0])
    def backward(self, dout):
        self.grads[0][...] = np.dot(self.x.T, dout)
        return np.dot(dout, self.params[0].T)

W, b = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]]), np.zeros(3)
affine, mean, first_row, transposed = (kind(W, b) for kind in (Affine, Mean, FirstRow, Transposed))
half = Elu(error=0.5)

def largest(x):
    return np.max(x)
'''


@pytest.fixture
def layers(tmp_path: Path) -> str:
    file = tmp_path / "layers.py"
    file.write_text(LAYERS, encoding="utf-8")
    return str(file)


def spoilt(function: Function, entry: int, factor: float) -> Function:
    """Return the function with one entry of each gradient off by a factor."""

    def backward(x: tuple[np.ndarray, ...], upstream: np.ndarray) -> tuple[np.ndarray, ...]:
        (found,) = function.backward(x, upstream)
        found = found.copy()
        found[..., entry] *= factor
        return (found,)

    return replace(function, backward=backward)


def at(target: str, *points: float, **options: object) -> Check:
    return check(resolve(target), Settings(at=np.array([points]), **options))


def entries(found: Check) -> dict[str, Verdict]:
    """Return the verdict of each entry of the Jacobian and of the product."""
    return {finding.entry: finding.verdict for finding in found.everything()}


def test_ties_are_kinks_of_the_tied_entries_alone() -> None:
    """max(1, 1) has a kink in both; the stated subgradient passes. Beside the tie there is none."""
    tied = entries(at("maxout", 1.0, 1.0, 2.0, 3.0))
    assert {entry for entry, verdict in tied.items() if verdict is Verdict.KINK} == {
        "dy0/dx0",
        "dy0/dx1",
        "product, x0",
        "product, x1",
    }
    for beside in (1e-3, 1e-5, 1e-7, 1e-9):
        assert set(entries(at("maxout", 1.0, 1.0 + beside, 2.0, 3.0)).values()) == {Verdict.OK}


def test_a_subgradient_beyond_the_slopes_of_a_tie_fails() -> None:
    """At a tie of max the slopes are 0 and 1: a stated 1.5 lies beyond them."""
    right = resolve("maxout")

    def jacobian(x: np.ndarray) -> np.ndarray:
        return 1.5 * right.orders[1](x)

    found = check(replace(right, orders=(right.orders[0], jacobian)), Settings(at=np.array([[1.0, 1.0]])))
    (wrong,) = found.wrong
    assert (wrong.stated, wrong.left, wrong.right) == (1.5, pytest.approx(0.0), pytest.approx(1.0))


def test_sparse_functions_have_kinks_and_jumps() -> None:
    """At the edge of sparsemax's support there are kinks; where hardmax ties, jumps."""
    assert Verdict.KINK in entries(at("sparsemax", 1.0, 0.0, 0.0)).values()
    assert Verdict.JUMP in entries(at("hardmax", 3.0, 3.0, 0.0)).values()
    assert at("sparsemax", 1.0, 0.0, 0.0).ok
    assert at("hardmax", 3.0, 3.0, 0.0).ok


@pytest.mark.parametrize("target", ["softmax", "maxout", "swiglu"])
def test_curves_have_the_slopes_measured(target: str) -> None:
    """The curve of an entry is the function along it: its own quotient is the measured slope."""
    for part in check(resolve(target), Settings(samples=2)).parts:
        for k in range(part.codes.size):
            curve, x, h = part.seen.curve(k), part.seen.x[k], 1e-6
            quotient = (curve(np.array([x + h])) - curve(np.array([x - h])))[0] / (2 * h)
            assert quotient == pytest.approx(part.seen.slopes.measured.value[k], rel=1e-5, abs=1e-8)


def test_rows_are_a_batch() -> None:
    """The points of a vector function are vectors, as many as rows, and a wrong row is named."""
    right = resolve("softmax")

    def jacobian(x: np.ndarray) -> np.ndarray:
        return right.orders[1](x) * np.where(x[..., :1, None] > 3, 1.01, 1.0)

    found = check(
        replace(right, orders=(right.orders[0], jacobian)),
        Settings(at=np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])),
    )
    assert found.comparisons == 2 * 9 + 2 * 3
    assert found.wrong[0].entry.endswith("row 1")


@pytest.mark.parametrize(("target", "parameter"), [("softmax", "temperature"), ("swiglu_oai", "alpha")])
def test_a_parameter_is_one_number_for_the_vector(target: str, parameter: str) -> None:
    """Derivatives by a parameter of a vector function: one slope for each output, and the wrong one fails."""
    function = resolve(target, free=(parameter,))
    found = check(function, Settings(wrt=parameter, samples=5))
    assert found.ok
    assert {finding.entry for finding in found.everything()} >= {f"dy0/d{parameter}", f"product, {parameter}"}

    def backward(x: tuple[np.ndarray, ...], upstream: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(2 * part for part in function.backward(x, upstream))

    assert not check(replace(function, backward=backward), Settings(wrt=parameter, samples=5)).ok


def test_a_wrong_entry_of_a_large_jacobian_is_found() -> None:
    """3000 inputs have a Jacobian of 9 million entries: random directions find a slope that is 0.1 % off."""
    x = np.random.default_rng(5).standard_normal((1, 3000))
    found = check(resolve("softmax"), Settings(at=x))
    assert found.ok
    assert "9000000 entries" in found.parts[0].seen.note
    assert not check(spoilt(resolve("softmax"), 17, 1.001), Settings(at=x, directions=4)).ok


def test_many_kinks_on_the_way_are_no_error() -> None:
    """Along a direction a unit of thousands of gates crosses kinks at any step: right gradients pass."""
    x = np.random.default_rng(6).standard_normal((1, 6000))
    assert check(resolve("reglu"), Settings(at=x, directions=8)).ok


@pytest.mark.parametrize(("outputs", "inputs"), [(1, 2), (1, 40), (2, 2), (5, 3), (30, 40)])
def test_the_probability_of_slipping_by_is_a_bound(outputs: int, inputs: int) -> None:
    """Of random directions, no more than the bound says see less of one wrong entry than a resolution."""
    draw = np.random.default_rng(7)
    u, v = (draw.standard_normal((20_000, size)) for size in (outputs, inputs))
    u, v = (part / np.sqrt(np.mean(part**2, axis=1, keepdims=True)) for part in (u, v))
    for resolution in (0.001, 0.03, 0.3):
        missed = float(np.mean(np.abs(u[:, 0] * v[:, 0]) <= resolution))
        assert missed <= slipping(resolution, 1.0, 1) + 3 * math.sqrt(missed / len(u))
    assert slipping(0.01, 1.0, 3) == pytest.approx(slipping(0.01, 1.0, 1) ** 3)
    assert slipping(2.0, 1.0, 16) == 1.0
    assert slipping(0.0, 1.0, 16) == 0.0


@pytest.mark.parametrize(
    ("name", "cells"), [("affine", {"dW[0,0]", "dW[1,2]", "db[2]"}), ("Elu", {"dalpha"}), ("Listed", set())]
)
def test_right_gradients_of_weights_pass(layers: str, name: str, cells: set[str]) -> None:
    """A layer's own gradients of its weights are checked cell by cell, by whichever convention it keeps."""
    function = resolve(f"{layers}:{name}")
    found = check(function, Settings())
    assert found.ok
    assert not found.is_vacuous
    assert cells <= {finding.entry for finding in found.everything()}
    assert len(function.variables) > len(function.inputs)


@pytest.mark.parametrize(("name", "weight"), [("mean", "W"), ("first_row", "b"), ("half", "alpha")], ids=str)
def test_wrong_gradients_of_weights_fail(layers: str, name: str, weight: str) -> None:
    """A mean over the batch, the first row in place of the sum, a half: wrong by that weight alone."""
    function = resolve(f"{layers}:{name}")
    assert check(function, Settings(wrt="x")).ok
    found = check(function, Settings(wrt=weight))
    assert {wrong.verdict for wrong in found.wrong} == {Verdict.WRONG}
    assert any(wrong.entry.startswith(f"d{weight}") for wrong in found.wrong)


def test_weights_are_left_as_they_were(layers: str) -> None:
    """A check moves copies: the layer's own weights are the same afterwards."""
    function = resolve(f"{layers}:affine")
    before = check(function, Settings(wrt="W"))
    assert function.layer is not None
    assert function.layer.weights["W"].tolist() == [[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]]
    assert before.counts == check(function, Settings(wrt="W")).counts


def test_what_does_not_fit_is_an_input_error(layers: str) -> None:
    """A gradient of another shape, rows of another length, an unknown weight: one line each."""
    with pytest.raises(InputError, match=r"for W a gradient of shape \(3, 2\) for shape \(2, 3\)"):
        check(resolve(f"{layers}:transposed"), Settings(wrt="W"))
    with pytest.raises(InputError, match="rows of 2 numbers, not of 3"):
        check(resolve(f"{layers}:affine"), Settings(wrt="W", at=np.ones((1, 3))))
    with pytest.raises(UnknownNameError):
        check(resolve(f"{layers}:affine"), Settings(wrt="V"))
    with pytest.raises(InputError, match="one direction"):
        Settings(directions=0)


def test_simplenet_is_checked_cell_by_cell() -> None:
    """The notes' simpleNet: the book's W, its loss and its dW; every cell is checked."""
    function = resolve("simplenet")
    w = np.array([0.47355232, 0.9977393, 0.84668094, 0.85557411, 0.03563661, 0.69422093])
    slopes = [0.21924763, 0.14356247, -0.36281009, 0.32887144, 0.2153437, -0.54421514]
    assert float(function(*w)) == pytest.approx(0.92806853663411326, rel=1e-6)
    found = check(function, Settings(at=w[:, None]))
    assert found.ok
    numerical = [part.seen.slopes.measured.value[0] for part in found.parts]
    assert numerical == pytest.approx(slopes, abs=1e-8)
    assert [part.seen.entry(0) for part in found.parts] == [f"d/dW{i}{j}" for i in range(2) for j in range(3)]
    assert check(function, Settings(samples=20)).ok
