"""Programs and other people's code as derivatives: how often they run, and what rounding is allowed them."""

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from program import call
from test_userland import needs

from actcli import gradcheck
from actcli.bugs import BUGS, plant
from actcli.checking import Settings, Verdict, check
from actcli.target import resolve

PROGRAM = """
import math, sys
import numpy as np
what, read, write = sys.argv[1:4]
open("runs.txt", "a").write("x")
x = np.load(read)
erf = np.vectorize(math.erf)
y = {
    "tanh": lambda: np.tanh(x),
    "slope": lambda: 1 - np.tanh(x) ** 2,
    "wrong": lambda: 1 - np.tanh(x),
    "gelu": lambda: 0.5 * (1 + erf(x / 2**0.5)) + x * np.exp(-x * x / 2) / (2 * np.pi) ** 0.5,
    "short": lambda: x[:-1],
}[what]()
np.save(write, y.astype(x.dtype))
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("prog.py").write_text(PROGRAM)


def program(what: str) -> str:
    return f"{shlex.quote(sys.executable)} prog.py {what} {{input}} {{output}}"


def test_a_program_is_run_a_dozen_times() -> None:
    """All points of a step go through one call; a right derivative passes, a wrong one is named."""
    done = call("gradcheck", "--command", program("tanh"), "--derivative-command", program("slope"))
    assert done.code == 0, done
    assert len(Path("runs.txt").read_text()) <= 14


def test_the_program_of_a_derivative_may_cancel() -> None:
    """1 + erf far below 0 keeps no digit: that is rounding, whatever the catalogue's own formula does."""
    done = call("gradcheck", "gelu", "--derivative-command", program("gelu"))
    assert done.code == 0, done
    done = call("gradcheck", "gelu", "--derivative-command", program("wrong"))
    assert done.code == 1


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (program("short"), "returns shape (99,) for shape (100,)"),
        ("nosuch {input} {output}", "cannot run 'nosuch'"),
        ("nosuch {input}", "--derivative-command 'nosuch {input}' does not say where {output} goes"),
        (program("none"), "ends with exit code 1: KeyError: 'none'"),
    ],
)
def test_programs_that_fail_are_one_line(command: str, says: str) -> None:
    """No traceback."""
    done = call("gradcheck", "tanh", "--derivative-command", command)
    assert (done.code, says in done.err) == (2, True), done


def test_python_that_cancels_states_a_right_derivative() -> None:
    """Of a function of the catalogue too, in float64 and in float32."""

    def slope(x: np.ndarray) -> np.ndarray:
        from math import erf, pi

        phi = np.exp(-x * x / 2) / np.sqrt(2 * pi)
        return 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2))) + x * phi

    for dtype in ("float64", "float32"):
        assert gradcheck("gelu", slope, dtype=dtype)
    assert not gradcheck("gelu", lambda x: np.where(x < 2, slope(x), 1.001 * slope(x)))


def test_an_upstream_gradient_flows_into_functions_of_several_inputs() -> None:
    """Each of the derivatives is checked with it; the one that ignores it fails, and is named."""
    found = check(plant(BUGS["upstream"], resolve("x*sin(y)")))
    assert [finding.entry for finding in found.wrong] == ["d/dx, upstream", "d/dy, upstream"]
    assert "the upstream gradient is not used" in str(found)

    class Mul:
        def forward(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
            self.x, self.y = x, y
            return x * np.sin(y)

        def backward(self, dout: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return dout * np.sin(self.y), self.x * np.cos(self.y)

    found = gradcheck(Mul())
    assert [finding.entry for finding in found.wrong] == ["d/dy, upstream"]


class Softmax:
    """A softmax whose backward pass multiplies by a factor."""

    def factor(self) -> float:
        """1, where it is right."""
        return 1.0

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Keep the result for the way back."""
        e = np.exp(x - x.max(-1, keepdims=True))
        self.y = e / e.sum(-1, keepdims=True)
        return self.y

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Return y*(dout - sum(dout*y)), times the factor."""
        return self.factor() * self.y * (dout - (dout * self.y).sum(-1, keepdims=True))


def test_vectors_are_noisy_in_what_they_state_too() -> None:
    """The values stay; the backward pass gives other numbers each time."""
    draw = np.random.default_rng(0)

    class Noisy(Softmax):
        def factor(self) -> float:
            return 1 + 1e-3 * float(draw.random())

    assert set(gradcheck(Noisy(), samples=8).counts) == {Verdict.NOISY}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_vectors_are_checked_in_narrow_types(dtype: str) -> None:
    """What float32 loses of y*(1 - y) is allowed, half of it is not."""

    class Half(Softmax):
        def factor(self) -> float:
            return 0.5

    assert gradcheck(Softmax(), dtype=dtype, samples=40)
    assert not gradcheck(Half(), dtype=dtype, samples=40)


NETS = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Linear(4, 3)

    def forward(self, x):
        return torch.tanh(self.inner(x))

net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4), torch.nn.GELU())
"""


@needs("torch")
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_modules_of_random_weights_are_their_own_reference(dtype: str) -> None:
    """In float64 they have the same weights, rounded: made once, and not drawn again."""
    Path("nets.py").write_text(NETS)
    for name in ("Net", "net"):
        function = resolve(f"nets.py:{name}", dtype=dtype)
        assert function.finer is not None
        x = np.array([[0.5, -1.0, 2.0, 0.25][: function.length or 4]])
        narrow, wide = function(x.astype(dtype)).astype(float), function.finer(x)
        assert narrow == pytest.approx(wide, rel=1e-2, abs=1e-3)
        assert check(function, Settings(dtype=dtype, samples=3, wrt=function.inputs[0])).ok
