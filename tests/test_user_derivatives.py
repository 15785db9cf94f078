"""Derivatives of the user's code: by its parameters, not by labels, alike in command and library."""

import math
import traceback
from dataclasses import replace

import numpy as np
import pytest
from program import call

from actcli import InputError, gradcheck
from actcli.checking import Settings, Verdict, check
from actcli.target import resolve

CODE = """
import numpy as np


def saddle(x, y):
    return x**2 * np.sin(y)


def both(x, y):
    return 2 * x * np.sin(y), x**2 * np.cos(y)


def one_wrong(x, y):
    return 2 * x * np.sin(y), x * np.cos(y)


def square(v):
    return np.array([v[0] * v[1], v[1] ** 2])


def jacobian(v):
    return np.array([[v[1], v[0]], [0, 2 * v[1]]])


def transposed(v):
    return jacobian(v).T


def scaled(v, s=1.0):
    return s * np.array([v[0] * v[1], v[1] ** 2])


def scaled_jacobian(v, s=1.0):
    return s * jacobian(v)


def elu(x, beta=1.0, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(beta * x) - 1))


def by_alpha(x, beta=1.0, alpha=1.0):
    return np.where(x > 0, 0, np.exp(beta * x) - 1)


def by_alpha_wrong(x, beta=1.0, alpha=1.0):
    return np.where(x > 0, 0, np.exp(beta * x))


def softmax(x, T=1.0):
    e = np.exp(x / T - np.max(x / T))
    return e / e.sum()


def jacobians(x, T=1.0):
    y = softmax(x, T)
    slope = (np.diag(y) - np.outer(y, y)) / T
    return slope, -(slope @ x)[:, None] / T


def noisy(x):
    return np.tanh(x) + 1e-9 * np.random.randn(*np.shape(x))


class Crossentropy:
    def forward(self, x, t):
        e = np.exp(x - x.max(-1, keepdims=True))
        self.p, self.t = e / e.sum(-1, keepdims=True), t
        return -np.sum(t * (x - x.max() - np.log(e.sum())))

    def backward(self, d=1):
        return (self.p - self.t) * d


class Explicit(Crossentropy):
    def backward(self, d=1):
        return (self.p - self.t) * d, None


class Swapped(Crossentropy):
    def backward(self, d=1):
        return (self.t - self.p) * d


class Crelu:
    def forward(self, x):
        self.x = x
        return np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis=-1)

    def backward(self, d):
        n = self.x.shape[-1]
        return d[..., :n] * (self.x > 0) - d[..., n:] * (self.x < 0)


class Outside(Crelu):
    def backward(self, d):
        return super().backward(d) + (self.x == 0) * 1.5 * d[..., : self.x.shape[-1]]


class Leaky:
    def __init__(self, alpha=0.25):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, d):
        return d * np.where(self.x > 0, 1, self.alpha)


class Nothing:
    def forward(self, x):
        return x

    def backward(self, d):
        pass


class Convolution:
    def forward(self, x):
        return np.convolve(x, [0.5, -1.0, 2.0], "same")

    def backward(self, d):
        return np.convolve(d, [2.0, -1.0, 0.5], "same")
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("user") / "mine.py"
    path.write_text(CODE)
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    {
        "saddle --derivative {0}:both": 0,
        "saddle --derivative {0}:one_wrong": 1,
        "square --derivative {0}:jacobian --at 1,2": 0,
        "square --derivative {0}:transposed --at 1,2": 1,
        "scaled --derivative {0}:scaled_jacobian --at 1,2 --param s=3": 0,
        "elu --wrt alpha --derivative {0}:by_alpha": 0,
        "elu --wrt alpha --derivative {0}:by_alpha --param alpha=0.5 --param beta=2": 0,
        "elu --wrt alpha --derivative {0}:by_alpha_wrong": 1,
        "softmax --wrt T --derivative {0}:jacobians": 0,
        "softmax --wrt x,T --derivative {0}:jacobians --param T=2": 0,
        "Crossentropy": 0,
        "Explicit": 0,
        "Swapped": 1,
        "Crelu --at 0": 0,
        "Crelu --at -1,0,2": 0,
        "Outside --at 0": 1,
        "Convolution": 0,
    }.items(),
)
def test_the_command_judges(code: str, arguments: str, exit_code: int) -> None:
    done = call("gradcheck", *f"{{0}}:{arguments}".format(code).split())
    assert done.code == exit_code, done


def test_the_library_judges_alike(code: str) -> None:
    """A derivative is a text or an object: both go one way."""
    assert gradcheck(f"{code}:saddle", f"{code}:both")
    assert not gradcheck(f"{code}:saddle", f"{code}:one_wrong")
    assert gradcheck(f"{code}:square", f"{code}:jacobian", at=[[1, 2]])
    assert gradcheck("elu", f"{code}:by_alpha", wrt="alpha")

    def power(x: np.ndarray, p: float = 2.0) -> np.ndarray:
        return (1 + x**2) ** p

    def by_power(x: np.ndarray, p: float = 2.0) -> np.ndarray:
        return (1 + x**2) ** p * np.log1p(x**2)

    assert gradcheck(power, by_power, wrt="p")
    assert not gradcheck(power, power, wrt="p")


@pytest.mark.parametrize(
    ("arguments", "message"),
    {
        "Crossentropy --wrt t": "mine.py:Crossentropy goes back with no gradient for t",
        "Leaky --wrt alpha": "leaves that by self.alpha in self.dalpha",
        "Nothing": "mine.py:Nothing: backward returns None",
        "square --derivative {0}:jacobian": "the Jacobian of 2 values by 4 numbers has shape (2, 4)",
        "saddle --derivative {0}:both --derivative {0}:both": "--derivative is given more than once",
        "saddle --derivative {0}:another": "has no 'another'",
    }.items(),
)
def test_what_cannot_be_checked_is_one_line(code: str, arguments: str, message: str) -> None:
    done = call("gradcheck", *f"{{0}}:{arguments}".format(code).split())
    assert done.code == 2
    assert message in done.err
    assert len(done.err.splitlines()) <= 2


@pytest.mark.parametrize("at", [[0.0], [0.0, 0.0], [0.0, 1.0]])
def test_the_product_of_crelu_at_its_kink(at: list[float]) -> None:
    """u0*relu'(0) - u1*relu'(-0) is right for any two subgradients, whatever the sign of u."""
    for seed in range(4):
        found = check(resolve("crelu"), Settings(at=np.array([at]), seed=seed))
        assert found, found
        assert {Verdict.KINK} <= {finding.verdict for finding in found.everything()}


def test_digits_of_noise_differ(code: str) -> None:
    """Noise of 1e-9 shows: the numbers of both calls are not the same ones."""
    function = resolve(f"{code}:noisy", noisy=True)
    (habit,) = function.habits
    first, _, second = habit.sentence.partition("0.2] ")[2].partition(", then ")
    assert first
    assert first != second


def test_a_traceback_ends_with_the_tip() -> None:
    with pytest.raises(InputError) as raised:
        gradcheck(math.tanh, lambda x: 1 - math.tanh(x) ** 2)
    assert traceback.format_exception(raised.value)[-1].startswith("tip: it is called with whole arrays")


def test_code_called_row_by_row_is_called_seldom(code: str) -> None:
    """A call that takes its time is not made tens of thousands of times; more samples are more rows."""
    function = resolve(f"{code}:Convolution")
    assert function.alone
    calls = []

    def counted(x: np.ndarray) -> np.ndarray:
        calls.extend(x)
        return function.orders[0](x)

    found = check(replace(function, orders=(counted, *function.orders[1:])), Settings())
    assert found
    assert len(calls) < 3000
    assert found.counts[Verdict.OK] >= 10 * 4 * 4
    assert check(function, Settings(samples=200)).counts[Verdict.OK] > found.counts[Verdict.OK]
