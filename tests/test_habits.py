"""What a user's code does besides computing, found with numbers; and the types that it computes in."""

from pathlib import Path

import numpy as np
import pytest
from test_userland import LAYERS, needs, write

from actcli.checking import Settings, Verdict, check
from actcli.errors import InputError
from actcli.function import Habit
from actcli.partials import stating
from actcli.target import resolve

HABITS = """
import numpy as np

class Layer:
    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, dout):
        return dout * 3 * self.x**2

class Doubles(Layer):
    def backward(self, dout):
        self.x *= 2
        return dout * 3 * (self.x / 2) ** 2

class Ignores(Layer):
    def backward(self, dout):
        return 3 * self.x**2

class Bends(Layer):
    def backward(self, dout):
        return dout**2 * 3 * self.x**2

class Averages(Layer):
    def backward(self, dout):
        return dout.mean() * 3 * self.x**2

class Truncates(Layer):
    def backward(self, dout):
        dx = np.zeros_like(self.x)
        dx += (dout * 3.5 * self.x**2).astype(dx.dtype)
        return dx

class Shares:
    def forward(self, x):
        e = np.exp(x)
        self.y = e / e.sum(axis=-1, keepdims=True)
        return self.y

    def backward(self, dout):
        dx = self.y * (dout - (dout * self.y).sum(axis=-1, keepdims=True))
        return dx / len(dx) if dx.ndim == 2 else dx

class Single(Layer):
    def backward(self, dout):
        return (dout * 3 * self.x**2).astype(np.float32)

def greedy(x):
    x[x < 0] = 0
    return x

def numerical_gradient(x, h=1e-4):
    grad = np.zeros_like(x)
    for i in range(x.size):
        here = x[i]
        x[i] = here + h
        above = np.sum(x**2)
        x[i] = here - h
        below = np.sum(x**2)
        grad[i] = (above - below) / (2 * h)
        x[i] = here
    return grad

def single(x):
    return np.tanh(x.astype(np.float32))

def flat_softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()

draw = np.random.default_rng(0).random

def dropout(x):
    return x * (draw(x.shape) > 0.5)

def noise(x):
    return np.tanh(x) + 1e-3 * draw(x.shape)

def is_single(x):
    return np.tanh(x) if x.dtype == np.float32 else np.tanh(x) * np.nan

def step(x):
    return (x > 0) * 1.0
"""

# What each does, in words that its sentence has.
FOUND = {
    "Doubles": ["backward writes into the input of forward: [-1.3, 0.4, 1.9, -0.2] becomes [-2.6, 0.8, "],
    "Ignores": ["backward ignores the upstream gradient: [1, -1, 2, 0.5] gives [5.07, 0.48, "],
    "Bends": ["backward is not linear in the upstream gradient"],
    "Averages": ["backward mixes the entries of the upstream gradient"],
    "Truncates": [
        "after a forward of the integers [3, 4, -2, 1] backward gives [31, 56, 14, 3], as floats [31.5"
    ],
    "Shares": ["forward is not elementwise", "backward does not take rows one by one"],
    "Single": ["backward computes in float32 somewhere"],
    "greedy": ["greedy writes into its input: [-1.3, 0.4, 1.9, -0.2] becomes [0, 0.4, 1.9, 0]"],
    "numerical_gradient": ["of the integers [3, 4, -2, 1] gives [25000, 35000, -15000, 5000], as floats"],
    "single": ["single computes in float32 somewhere: of float64 inputs it returns -0.8617231845855713"],
    "flat_softmax": ["flat_softmax is not elementwise", "flat_softmax does not take rows one by one"],
    "step": [],
    "Layer": [],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with code of every habit."""
    (tmp_path / "habits.py").write_text(HABITS)
    (tmp_path / "layers.py").write_text(LAYERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(target: str) -> list[str]:
    return [habit.sentence for habit in resolve(target, noisy=True).habits]


@pytest.mark.parametrize("name", FOUND)
def test_habits_are_found_with_numbers(folder: Path, name: str) -> None:
    """Each habit has its sentence, once, and no other is seen."""
    sentences = said(f"habits.py:{name}")
    assert len(sentences) == len(FOUND[name])
    for sentence, part in zip(sentences, FOUND[name], strict=True):
        assert part in sentence


def test_the_relu_of_the_notes_writes_into_the_upstream_gradient(folder: Path) -> None:
    """Its derivative is right, and still the habit matters: a network's gradient changes under its hands."""
    relu = resolve("layers.py:Relu")
    assert check(relu).ok
    given = "[1, 1, 1, 1] becomes [0, 1, 1, 0]"
    sentence = f"backward writes into the upstream gradient it is given: {given}"
    assert relu.habits == (Habit("upstream", sentence, matters=True),)
    assert said("layers.py:Sigmoid") == said("layers.py:swish") == said("layers.py:Mul") == []


def test_a_stated_derivative_brings_its_habits(folder: Path) -> None:
    """They are looked for when somebody asks, and then once."""
    stated = stating(resolve("x**2"), resolve("habits.py:single"))
    (folder / "habits.py").unlink()
    assert [habit.name for habit in stated.habits] == ["float32"]
    assert stated.habits is stated.habits


def test_noise_is_refused_but_where_it_is_looked_for(folder: Path) -> None:
    """A gradient check calls it noisy; who wants numbers is told."""
    for name in ("dropout", "noise"):
        with pytest.raises(InputError, match="returns other numbers each time"):
            resolve(f"habits.py:{name}")
        function = resolve(f"habits.py:{name}", noisy=True)
        assert function.elementwise
        assert [habit.name for habit in function.habits] == ["noisy"]
        assert "returns other numbers each time: for [-1.3, 0.4, 1.9, -0.2] [" in function.habits[0].sentence


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_code_is_called_with_arrays_of_the_type(folder: Path, dtype: str) -> None:
    """And its own results are taken as they are: those of float32 arithmetic, not float64's rounded."""
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    body = f"    assert x.dtype.name == '{dtype}'\n    return (x + x.dtype.type(1)) - x.dtype.type(1)"
    write(folder, f"def f(x):\n{body}")
    f = resolve("mine.py:f", dtype=dtype)
    y = f(np.array([1e-3], np.float32))
    eps = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23}[dtype]
    assert y[0] == np.round(1e-3 / eps) * eps
    write(folder, "def f(x):\n    return x.dtype.itemsize + 0*x")
    assert resolve("mine.py:f", dtype="float32")([1.0]) == 4.0
    assert resolve("mine.py:f")([1.0]) == 8.0


TORCH = """
import torch

def f(x):
    return torch.tanh(x)

def sees(x):
    return x * 0 + torch.finfo(x.dtype).bits

torch.manual_seed(0)
layer = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh())

def single(x):
    return torch.tanh(x.float())

def total(x):
    return (x**2).sum()
"""


@needs("torch")
def test_torch_computes_in_the_type(folder: Path) -> None:
    """Functions and Modules, with their parameters."""
    mine = write(folder, TORCH)
    for dtype, bits in (("float32", 32), ("bfloat16", 16), ("float64", 64)):
        assert resolve(f"{mine}sees", dtype=dtype)([1.0]) == bits
    x = np.array([[0.3, -1.0, 2.0, 0.7]], np.float32)
    single, double = resolve(f"{mine}layer", dtype="float32")(x), resolve(f"{mine}layer")(x.astype(float))
    assert single.dtype == np.float32
    assert np.allclose(single, double, rtol=1e-5)
    assert [habit.name for habit in resolve(f"{mine}single").habits] == ["float32"]
    assert np.array_equal(resolve(f"{mine}total").gradient([1.0, 2.0])[0], [2.0, 4.0])


@needs("jax")
def test_jax_computes_in_the_type(folder: Path) -> None:
    """Also what it makes itself is no float64 then."""
    mine = write(folder, "import jax.numpy as jn\ndef sees(x):\n    return 0 * x + jn.ones(1).dtype.itemsize")
    for dtype, size in (("float32", 4), ("float64", 8)):
        assert resolve(f"{mine}sees", dtype=dtype)([1.0]) == size


@needs("torch")
def test_torch_is_checked(folder: Path) -> None:
    """In every type; a sum of a vector's entries is a function of the vector."""
    mine = write(folder, TORCH)
    for name in ("f", "layer", "total"):
        for dtype in ("float64", "float32"):
            found = check(resolve(mine + name, dtype=dtype), Settings(dtype=dtype, samples=10))
            assert found.ok, (name, dtype)
            assert found.counts.get(Verdict.OK, 0) >= 5


AFFINE = """
import numpy as np

class Affine:
    W = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W)

    def backward(self, dout):
        return np.dot(dout, self.W.T)

def function_2(x):
    return x[0]**2 + x[1]**2
"""


def test_layers_of_fixed_weights_say_how_many_numbers_they_take(folder: Path) -> None:
    """The affine layer of the notes, two numbers to three; and the notes' function of a point."""
    affine = resolve(write(folder, AFFINE) + "Affine")
    assert (affine.elementwise, affine.length) == (False, 2)
    assert affine([1.0, 2.0]).tolist() == [3.5, -0.5, 0.5]
    assert check(affine, Settings(samples=5)).ok
    assert resolve("mine.py:function_2")([3.0, 4.0]).tolist() == [25.0]
