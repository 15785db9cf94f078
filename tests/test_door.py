"""gradcheck as a function of Python's: what it takes, what it says, and how a test shows it."""

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from test_userland import needs

from actcli import InputError, UnknownNameError, gradcheck, resolve
from actcli.checking import Verdict
from actcli.differences import DIFFERENCES
from actcli.programs import function_of


def double(x: np.ndarray) -> np.ndarray:
    return 2 * x


def squares(x: np.ndarray) -> float:
    return float(np.sum(x**2))


def product(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return x * y


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max())
    return e / e.sum()


def softmax_jacobian(x: np.ndarray) -> np.ndarray:
    y = softmax(x)
    return np.diag(y) - np.outer(y, y)


class Cube:
    """A layer whose derivative is right, or wrong by a factor."""

    def __init__(self, factor: float = 3.0) -> None:
        self.factor = factor

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Keep x."""
        self.x = x
        return x**3

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Go back."""
        return dout * self.factor * self.x**2


def scaled(x: np.ndarray, factor: float = 1.0) -> np.ndarray:
    return factor * np.sin(x)


RIGHT = {
    "a name": ("tanh",),
    "two formulas": ("tanh", "1/cosh(x)**2"),
    "its variable": ("x**2/2", "x"),
    "a Function": (resolve("silu"),),
    "two Functions": (resolve("x**3"), resolve("3*x**2")),
    "two callables": (np.sin, np.cos),
    "a formula and a callable": ("sin(x)", np.cos),
    "a callable and a formula": (np.sin, "cos(x)"),
    "a partial": (partial(scaled, factor=2.0), partial(lambda x, k: k * np.cos(x), k=2.0)),
    "a class": (Cube,),
    "an object": (Cube(),),
    "an object and a formula": (Cube(5.0), "3*x**2"),
    "a gradient": (squares, double),
    "a Jacobian": (softmax, softmax_jacobian),
    "the catalogue's Jacobian": ("softmax", softmax_jacobian),
    "several inputs": (product, lambda x, y: (y, x)),
    "dot": (lambda x, y: np.sum(x * y), lambda x, y: (y, x)),
}
WRONG = {
    "a formula": ("tanh", "1/cosh(x)"),
    "a callable": (np.sin, np.sin),
    "an object": (Cube(2.0),),
    "a gradient": (squares, lambda x: x),
    "a Jacobian": (softmax, lambda x: np.diag(softmax(x))),
    "several inputs": (product, lambda x, y: (x, y)),
    "one of them": (product, lambda x, y: (y, 0.5 * x)),
}


@pytest.mark.parametrize("pair", RIGHT.values(), ids=RIGHT)
def test_right_derivatives_pass(pair: tuple[object, ...]) -> None:
    """Whatever kind of thing the function is, and its derivative."""
    assert gradcheck(*pair, samples=10)


@pytest.mark.parametrize("pair", WRONG.values(), ids=WRONG)
def test_wrong_derivatives_fail(pair: tuple[object, ...]) -> None:
    """And it is said where, in one line: both numbers, and how far they are apart."""
    found = gradcheck(*pair, samples=10)
    assert not found
    assert "\n" not in repr(found)
    pattern = r"^<Check: .* at x = .*: stated .*, numerical .* \+- .*: .* apart \(.* %\)"
    assert re.match(pattern, repr(found))


def test_options_are_settings() -> None:
    """With a method by its name, a type as the frameworks have them, and points as they come."""
    found = gradcheck("tanh", at=0.5, method="central", step=1e-3, seed=3)
    assert found.settings.method is DIFFERENCES["central"]
    assert found.settings.seed == 3
    assert [f.x for f in found.everything()] == [0.5]
    assert gradcheck("tanh", at=[0, 1], method="auto", dtype=np.float32).settings.dtype == "float32"
    assert gradcheck(product, lambda x, y: y, wrt="x", samples=5)
    assert gradcheck("elu", wrt="alpha", samples=5)


def fails(x: np.ndarray) -> np.ndarray:
    raise ZeroDivisionError("by me")


REFUSED = {
    "no derivative": ((np.sin,), {}, "sin states no derivative: gradcheck(f, df) takes it as df"),
    "nothing to call": ((3,), {}, "'int' is no function: its type is int"),
    "no such option": (("tanh",), {"tolerance": 1}, "unknown option of gradcheck 'tolerance'"),
    "no such method": (("tanh",), {"method": "guess"}, "unknown method 'guess'"),
    "no such type": (("tanh",), {"dtype": int}, "unknown type 'int'"),
    "no points": (("tanh",), {"at": "here"}, "the points of a check must be numbers"),
    "no such name": (("tanhh",), {}, "unknown function 'tanhh'"),
    "a gradient for a Jacobian": ((softmax, double), {}, "double returns shape (4,): the Jacobian of 4"),
    "one for two": ((product, lambda x, y: y), {}, "<lambda> returns 1 derivatives for 2 inputs"),
    "code that raises": ((fails, double), {}, "ZeroDivisionError: by me"),
}


@pytest.mark.parametrize(("pair", "options", "line"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_checked_is_refused(pair: tuple, options: dict, line: str) -> None:
    """In one line that says why."""
    with pytest.raises(InputError, match=re.escape(line)):
        gradcheck(*pair, **options)


def test_errors_of_the_users_code_are_the_cause() -> None:
    """With the place in their file, and their own traceback."""
    with pytest.raises(InputError, match=r"test_door.py, line \d+: ZeroDivisionError: by me") as told:
        gradcheck(fails, double)
    assert isinstance(told.value.__cause__, ZeroDivisionError)
    assert isinstance(UnknownNameError("a", "b", ["c"]), InputError)


def test_what_is_printed_stays_where_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """A notebook shows it."""

    def chatty(x: np.ndarray) -> np.ndarray:
        print("here")
        return x**2

    assert gradcheck(chatty, double, samples=2)
    assert "here" in capsys.readouterr().out


def test_a_check_says_what_fails_and_what_else_there_is() -> None:
    """Printed, it is a line for each failure with the likely cause, and the habits of the code."""

    class Relu:
        def forward(self, x: np.ndarray) -> np.ndarray:
            self.mask = x <= 0
            return np.where(self.mask, 0, x)

        def backward(self, dout: np.ndarray) -> np.ndarray:
            dout[self.mask] = 0
            return 2 * dout

    first, note = str(gradcheck(Relu)).splitlines()
    assert first.startswith("Relu at x = ")
    assert "; likely cause: a constant factor: " in first
    assert (
        note
        == "note: backward writes into the upstream gradient it is given: [1, 1, 1, 1] becomes [0, 1, 1, 0]"
    )
    assert re.fullmatch(r"tanh is right in \d+ comparisons", str(gradcheck("tanh")))


def test_a_failed_assertion_shows_the_line(tmp_path: Path) -> None:
    """What pytest prints of `assert gradcheck(f, df)`; of code that raises, the line in the user's file."""
    (tmp_path / "test_mine.py").write_text(
        "import numpy as np\nfrom actcli import gradcheck\n\n"
        "def test_right():\n    assert gradcheck(np.sin, np.cos)\n\n"
        "def test_wrong():\n    assert gradcheck(np.tanh, lambda x: 1 - np.tanh(x), at=[0.5])\n\n"
        "def broken(x):\n    return x.nothing\n\n"
        "def test_broken():\n    assert gradcheck(broken, np.cos)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "."]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    text = done.stdout
    line = r"assert <Check: tanh at x = 0.5: stated 0.537882842739990\d*, numerical 0.78644773296\d* \+- "
    assert re.search(line, text)
    assert "return x.nothing" in text
    assert "test_mine.py, line 11: AttributeError" in text
    assert "2 failed, 1 passed" in text


@needs("torch")
def test_torch_goes_through_the_door() -> None:
    """Functions, Modules and classes of them, in double precision or in the type asked for."""
    torch = pytest.importorskip("torch")
    assert gradcheck(torch.tanh, samples=10)
    assert gradcheck(torch.nn.GELU, samples=10)
    assert gradcheck(torch.nn.Linear(4, 2), samples=5, dtype=torch.float32)
    assert not gradcheck(torch.sin, torch.sin, samples=10)


def test_noise_is_a_verdict() -> None:
    """Not a refusal: who forgot a seed is told by the check."""
    draw = np.random.default_rng(0).random
    found = gradcheck(lambda x: np.sin(x) + 1e-3 * draw(x.shape), np.cos, samples=10)
    assert not found
    assert set(found.counts) == {Verdict.NOISY}
    assert "two evaluations at the same point differ" in repr(found)
    assert "returns other numbers each time" in str(found)


PROGRAM = """
import sys
import numpy as np

which, source, target, *upstream = sys.argv[1:]
x = np.load(source)
assert x.dtype == np.float32
y = np.tanh(x) if which == "value" else 1 - np.tanh(x) ** 2
np.save(target, y * np.load(upstream[0]) if upstream else y)
"""


def test_programs_are_functions(tmp_path: Path) -> None:
    """Of arrays in one call, in the type asked for; the derivative's may take the upstream gradient."""
    (tmp_path / "p.py").write_text(PROGRAM)
    command = f"{sys.executable} {tmp_path / 'p.py'}"
    back = f"{command} slope {{input}} {{output}} {{upstream}}"
    f = function_of(f"{command} value {{input}} {{output}}", back, "float32")
    x = np.linspace(-2, 2, 5, dtype=np.float32)
    slope = 1 - np.tanh(x.astype(float)) ** 2
    assert f(x) == pytest.approx(np.tanh(x), rel=1e-6)
    assert f(x, order=1) == pytest.approx(slope, rel=1e-5)
    assert f.gradient(x, upstream=np.arange(5.0))[0] == pytest.approx(np.arange(5.0) * slope, rel=1e-5)
    assert (f.elementwise, f.whole, str(tmp_path / "p.py") in f.files) == (True, True, True)
    with pytest.raises(InputError, match=r"--derivative-command 'p' does not say where \{input\} goes"):
        function_of(f"{command} value {{input}} {{output}}", "p")
    with pytest.raises(InputError, match="states no derivative"):
        function_of("p {input} {output}").gradient(x)
