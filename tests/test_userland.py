"""The user's own Python: what a name may be, how it is called, and how its errors are told."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from program import call, is_trouble, listing, run

from actcli.checking import check
from actcli.errors import InputError
from actcli.target import resolve

LAYERS = """
import numpy as np

class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        dx = dout
        return dx

class Sigmoid:
    def __init__(self):
        self.out = None

    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        self.out = out
        return out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out

class WrongSigmoid(Sigmoid):
    def backward(self, dout):
        return dout * self.out

class Elu:
    def __init__(self, alpha, beta=1.0):
        self.alpha, self.beta = alpha, beta

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x * self.beta, self.alpha * np.expm1(x))

    def backward(self, dout):
        return dout * np.where(self.x > 0, self.beta, self.alpha * np.exp(self.x))

class Mul:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        return dout * self.y, dout * self.x

class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        self.y = e / e.sum(axis=-1, keepdims=True)
        return self.y

    def backward(self, dout):
        return self.y * (dout - (dout * self.y).sum(axis=-1, keepdims=True))

class Typo:
    def forwad(self, x):
        return x

class Once:
    used = False

    def forward(self, x):
        assert not self.used, "used twice"
        self.used = True
        return x

    def backward(self, dout):
        return dout

once = Once()
sigmoid = Sigmoid()

def swish(x, beta=1.0, times=1):
    return sum(x / (1 + np.exp(-beta * x)) for _ in range(times))

def greedy(x):
    x[...] = np.abs(x)
    return x

def gate(x, y):
    return x / (1 + np.exp(-y))

def flat_softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()

def matrix_softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def one_hot(x):
    return (x == x.max()) * 1

def centred_log(x):
    return np.log(x) - np.log(x).mean()

def columns(x):
    m, n = x.shape
    return np.tanh(x)

def logs(x):
    return np.log(x)

def ints(x):
    return np.sign(x).astype(int)

@np.vectorize
def slowly(x):
    return x if x > 0 else 0.5 * x
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the layers of a student's notes."""
    (tmp_path / "layers.py").write_text(LAYERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "mine.py") -> str:
    """Write a user's file, and return what comes before the name in a TARGET."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return f"{name}:"


@pytest.mark.parametrize("name", ["Relu", "Sigmoid", "sigmoid", "Softmax", "once"])
def test_layers_state_their_derivative(folder: Path, name: str) -> None:
    """A class, or an object, with forward and backward passes gradcheck when its backward is right."""
    assert check(resolve(f"layers.py:{name}")).ok


def test_a_wrong_backward_is_found(folder: Path) -> None:
    """Exit 1, and the line that says where."""
    done = run("gradcheck", "layers.py:WrongSigmoid", cwd=folder)
    assert done.code == 1
    assert done.rows[0][0] == "layers.py:WrongSigmoid"
    assert "FAIL layers.py:WrongSigmoid at x = " in done.err


def test_eval_and_plot_take_the_users_code(folder: Path) -> None:
    """Values, derivatives, Jacobians and pictures are those of any function; from a module, too."""
    assert call("eval", "layers.py:Relu", "-1", "2", "--with-derivative").rows == [
        ["-1.0", "0.0", "0.0"],
        ["2.0", "2.0", "1.0"],
    ]
    ours = call("eval", "layers.py:Softmax", "1,2,3", "--jacobian")
    assert np.allclose(np.array(ours.rows, float)[:, 1:], resolve("softmax")([1.0, 2.0, 3.0], order=1))
    done = call("plot", "layers.py:Sigmoid", "layers.py:swish", "-o", "y.svg")
    assert (done.code, (folder / "y.svg").stat().st_size > 1000) == (0, True)


def test_a_function_is_its_value_alone(folder: Path) -> None:
    """A numpy function states no derivative: gradcheck says so, with the way out."""
    function = resolve("layers.py:swish")
    assert (len(function.orders), function.name, function.make_graph) == (1, "layers.py:swish", None)
    done = call("gradcheck", "layers.py:swish")
    is_trouble(done, "no derivative of order 1")
    assert "--derivative" in done.err
    with pytest.raises(InputError, match="no derivative"):
        function.gradient([1.0])


def test_parameters_go_to_the_constructor_or_by_keyword(folder: Path) -> None:
    """A parameter counts, shows in the name, and is whole where the signature's default is."""
    elu = resolve("layers.py:Elu", {"alpha": 0.5})
    assert elu([-1.0, 2.0]).tolist() == [0.5 * np.expm1(-1.0), 2.0]
    assert (elu.name, dict(elu.parameters)) == ("layers.py:Elu(alpha=0.5)", {"alpha": 0.5, "beta": 1.0})
    assert check(elu).ok
    swish = resolve("layers.py:swish", {"times": 2.0})
    assert swish([1.0]) == 2 * resolve("layers.py:swish")([1.0])
    assert resolve("layers.py:gate", {"y": 0.0}).inputs == ("x",)


def test_several_inputs(folder: Path) -> None:
    """Arguments without a default are inputs; a layer's backward returns a gradient for each."""
    gate = resolve("layers.py:gate")
    assert (gate.inputs, gate.elementwise) == (("x", "y"), True)
    assert gate([2.0, 4.0], 0.0).tolist() == [1.0, 2.0]
    dx, dy = resolve("layers.py:Mul").gradient([2.0, 3.0], [5.0, 7.0], upstream=[1.0, 10.0])
    assert (dx.tolist(), dy.tolist()) == ([5.0, 70.0], [2.0, 30.0])


@pytest.mark.parametrize("name", ["flat_softmax", "matrix_softmax", "Softmax"])
def test_vector_functions_work_along_the_last_axis(folder: Path, name: str) -> None:
    """However it treats a matrix, or if it takes nothing else: each row is treated as it is alone."""
    function, x = resolve(f"layers.py:{name}"), np.arange(24.0).reshape(2, 3, 4) % 5
    assert not function.elementwise
    assert np.allclose(function(x), resolve("softmax")(x), rtol=1e-14)
    assert np.allclose(function(x, axis=0), resolve("softmax")(x, axis=0), rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "elementwise"),
    [
        ("one_hot", False),
        ("centred_log", False),
        ("columns", True),
        ("logs", True),
        ("ints", True),
        ("slowly", True),
    ],
)
def test_what_is_elementwise_is_found_out(folder: Path, name: str, elementwise: bool) -> None:
    """One number moved far changes no other result, also where only a largest, or a positive one counts."""
    function = resolve(f"layers.py:{name}")
    assert function.elementwise is elementwise
    assert function([2.0, 1.0]).dtype == np.float64


def test_nothing_of_ours_is_changed(folder: Path) -> None:
    """Code that writes into what it is given writes into a copy, forwards and backwards."""
    x, upstream = np.array([-1.0, 2.0]), np.array([3.0, 4.0])
    assert resolve("layers.py:greedy")(x).tolist() == [1.0, 2.0]
    assert resolve("layers.py:Relu").gradient(x, upstream=upstream)[0].tolist() == [0.0, 4.0]
    assert (x.tolist(), upstream.tolist()) == ([-1.0, 2.0], [3.0, 4.0])


def test_each_call_has_a_fresh_object(folder: Path) -> None:
    """What a layer keeps from one call is not there in the next, and a given object is left as it was."""
    once = resolve("layers.py:once")
    assert once([1.0]) == once([1.0]) == once.gradient([1.0])[0]


def test_large_arrays_come_in_one_piece(tmp_path: Path) -> None:
    """The user's code sees the whole array, in the caller's thread, in float64; the type is kept."""
    text = (
        "from threading import current_thread, main_thread\ndef f(x):\n"
        "    assert current_thread() is main_thread()\n    assert x.dtype == 'float64'\n"
        "    assert x.size < 10 or x.size == 400000\n    return x\n"
    )
    write(tmp_path, text)
    y = resolve(f"{tmp_path}/mine.py:f")(np.ones((1000, 400), np.float32))
    assert (y.shape, y.dtype) == ((1000, 400), np.float32)


def test_prints_go_to_stderr(folder: Path) -> None:
    """What the user's code prints is heard, not mixed with results, and not repeated by our trials."""
    write(folder, "print('loaded')\ndef f(x):\n    print('called')\n    return x\n")
    done = run("eval", "mine.py:f", "1", cwd=folder)
    assert (done.code, done.text, done.err) == (0, "1.0\t1.0\n", "loaded\ncalled\n")


def test_nothing_is_left_behind(folder: Path) -> None:
    """No bytecode lies beside the user's files, and the interpreter's settings are what they were."""
    write(folder, "K = 3.0\n", "helper.py")
    write(folder, "from helper import K\ndef f(x):\n    import late\n    return K * x + late.L\n")
    write(folder, "L = 1\n", "late.py")
    before = listing(folder), list(sys.path), sys.dont_write_bytecode
    assert resolve("mine.py:f")([2.0]) == 7.0
    assert (listing(folder), sys.path, sys.dont_write_bytecode) == before


# How a file comes by the K of its own folder: the file with K, and what the user's file and function say.
HELPERS = {
    "a module": ("helper.py", "from helper import K", ""),
    "a package": ("helper/__init__.py", "from helper import K", ""),
    "a part of a package": ("helper/part.py", "from helper.part import K", ""),
    "a module, late": ("helper.py", "", "from helper import K"),
    "a package, late": ("helper/__init__.py", "", "from helper import K"),
    "a part of a package, late": ("helper/part.py", "import helper", "from helper.part import K"),
    "a place of its own": (
        "lib/helper.py",
        "import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))",
        "from helper import K",
    ),
}


@pytest.mark.parametrize(("helper", "first", "late"), HELPERS.values(), ids=HELPERS)
def test_helpers_of_one_name_do_not_meet(folder: Path, helper: str, first: str, late: str) -> None:
    """Two files with a helper of the same name each get their own, whenever they import it."""
    for name, k in (("a", 2), ("b", 5)):
        write(folder, f"K = {k}\n", f"{name}/{helper}")
        write(folder, f"{first}\ndef f(x):\n    {late}\n    return K * x\n", f"{name}/mine.py")
    a, b = (resolve(f"{name}/mine.py:f") for name in "ab")
    assert [f([1.0])[0] for f in (a, b, a)] == [2.0, 5.0, 2.0]
    assert not [name for name in sys.modules if name.startswith(("helper", "_actcli_"))]
    assert call("gradcheck", "a/mine.py:f", "--derivative", "b/mine.py:f").code == 1


def test_packages_of_two_working_directories_do_not_meet(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """package.module:name is what it names in the working directory, and imports relatively when called."""
    functions = []
    for name, k in (("a", 2), ("b", 5)):
        write(folder, f"K = {k}\n", f"{name}/pack/constants.py")
        write(folder, "def f(x):\n    from .constants import K\n    return K * x\n", f"{name}/pack/shapes.py")
        monkeypatch.chdir(folder / name)
        functions.append(resolve("pack.shapes:f"))
    assert [f([1.0])[0] for f in functions] == [2.0, 5.0]


def test_a_helper_is_the_same_from_call_to_call(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a function imports is what its file imported; the program's own module of that name stays."""
    write(folder, "class Thing:\n    pass\n", "helper.py")
    text = (
        "from helper import Thing\ndef f(x):\n    import helper\n"
        "    assert helper.Thing is Thing\n    return x\n"
    )
    target = write(folder, text) + "f"
    function = resolve(target)
    ours = ModuleType("helper")
    monkeypatch.setitem(sys.modules, "helper", ours)
    assert function([1.0]) == function([1.0]) == 1.0
    assert sys.modules["helper"] is ours


@pytest.mark.parametrize("added", ["by us", "by the file"])
def test_installed_packages_stay(folder: Path, monkeypatch: pytest.MonkeyPatch, added: str) -> None:
    """What lies in a virtualenv below the folder is imported once: torch cannot be imported twice."""
    place = folder / ".venv/lib/site-packages"
    write(folder, "", f"{place.relative_to(folder)}/installed_one/__init__.py")
    if added == "by us":
        monkeypatch.syspath_prepend(place)
    mine = write(
        folder,
        f"import sys\nsys.path.append({str(place)!r})\nimport installed_one\ndef f(x):\n    return x\n",
    )
    resolve(f"{mine}f")
    assert "installed_one" in sys.modules
    monkeypatch.delitem(sys.modules, "installed_one")


@pytest.mark.parametrize(
    "name", ["a folder/my file.py", "C:/mine.py", "é/ñ.py", "a.b/c.d.py", "../{}/up.py", "./sub/../here.py"]
)
def test_paths_are_taken_as_they_are(folder: Path, name: str) -> None:
    """Spaces, colons, dots and other letters are part of a path: the last colon splits."""
    target = write(folder, "def f(x):\n    return 2 * x\n", name.format(folder.name))
    assert resolve(f"{target}f")([1.5]) == 3.0


def test_modules_are_found_from_the_working_directory(folder: Path) -> None:
    """package.module:name is imported as python -m would: relative imports work."""
    write(folder, "", "userpack/__init__.py")
    write(folder, "K = 5\n", "userpack/constants.py")
    write(folder, "from .constants import K\ndef f(x):\n    return K * x\n", "userpack/shapes.py")
    assert resolve("userpack.shapes:f")([2.0]) == 10.0
    assert resolve("numpy:tanh")([0.5]) == np.tanh(0.5)
    done = run("eval", "userpack.shapes:f", "2", cwd=folder)
    assert done.text == "2.0\t10.0\n"


# What is wrong in a file, and the line that it earns; {} is the rest of the file's name.
BROKEN = {
    "def f(x):\n    return x / (1 / 0)": "mine.py, line 2: ZeroDivisionError: division by zero",
    "def f(x):\n    return g(x)\ndef g(x):\n    return [][0]": "mine.py, line 4: IndexError: list index",
    "import nowhere_at_all": "mine.py, line 1: ModuleNotFoundError: No module named 'nowhere_at_all'",
    "def f(x)\n    return x": "mine.py, line 1: SyntaxError: expected ':'",
    "import sys\nsys.exit(3)": "mine.py, line 2: SystemExit: 3",
    "def f(x):\n    raise SystemExit": "mine.py, line 2: SystemExit",
    "def f(x):\n    return f(x)": "mine.py, line 2: RecursionError: maximum recursion depth",
    "def f(x):\n    raise ValueError('a\\nb\\x1b[31m')": r"mine.py, line 2: ValueError: a b\x1b[31m",
    "def f(x):\n    if x > 0:\n        return x": "mine.py, line 2: ValueError: The truth value",
    "def f(x):\n    raise ValueError('a' * 999)": "aaa…",
    "class E(Exception):\n    def __str__(self):\n        1 / 0\nraise E": "mine.py, line 4: E",
    "x = 1\nraise BaseException('odd')": "mine.py, line 2: BaseException: odd",
    "def f(x):\n    return x + 1j": "mine.py:f returns complex numbers",
    "def f(x):\n    pass": "mine.py:f returns None, not an array of numbers",
    "def f(x):\n    return ['a'] * len(x)": "mine.py:f returns list, not an array of numbers",
    "def f(x):\n    return [[1], [1, 2]]": "mine.py: ValueError: setting an array element",
    "def f(x):\n    return 3.0": "mine.py:f returns shape (1,) for shape (4,)",
    "import numpy\ndef f(x):\n    return numpy.array([1.0])": "mine.py:f returns shape (1,) for shape (4,)",
    "def f(x):\n    return x[:, None]": "mine.py:f returns shape (4, 1) for shape (4,)",
    "import numpy\ndef f(x):\n    return x + numpy.random.rand()": "mine.py:f returns other numbers",
    "f = 3": "'f' is no function: its type is int",
    "import math as f": "'f' is no function: its type is module",
    "def f():\n    return 1": "'f' takes no array",
    "def f(x, *, k):\n    return k * x": "'f' needs the parameter 'k'",
    "def ff(x):\n    return x": "mine.py has no 'f'",
    "": "mine.py has no 'f'",
    "class f:\n    def __init__(self, w):\n        pass": "'f' needs the parameter 'w'",
    "class f:\n    def __init__(self):\n        self.y\n": "mine.py, line 3: AttributeError: 'f' object",
    "class f:\n    def forwrd(self, x):\n        return x": "'f' has no method forward",
    "def __getattr__(name):\n    return 1 / 0": "mine.py, line 2: ZeroDivisionError",
}


@pytest.mark.parametrize(("text", "line"), BROKEN.items(), ids=range(len(BROKEN)))
def test_the_users_errors_are_shown_as_theirs(folder: Path, text: str, line: str) -> None:
    """One line with the last place in the user's file, or with what its name is; exit 2, no traceback."""
    write(folder, text)
    is_trouble(call("eval", "mine.py:f", "1"), line)


def test_a_vector_may_give_one_number(folder: Path) -> None:
    """What keeps one number of a row works on vectors, also where it takes few values; no audit takes it."""
    largest = write(folder, "def f(x):\n    return 1.0 * (x.max(axis=-1, keepdims=True) > 1)") + "f"
    assert [call("eval", largest, points).rows for points in ("0,1", "0,2")] == [[["0.0"]], [["1.0"]]]
    ends = write(folder, "def f(x):\n    return x[..., [0, -1]]", "ends.py") + "f"
    assert call("eval", ends, "0,1,2").rows == [["0.0"], ["2.0"]]
    total = write(folder, "def f(x):\n    return x.sum()", "total.py") + "f"
    assert [call("eval", total, points).rows for points in ("0,1", "0,2")] == [[["1.0"]], [["2.0"]]]
    is_trouble(call("audit", largest, "--against", "silu"), "no audit for vector functions yet: mine.py:f")


BACKWARD = {
    "return 1 / 0": "mine.py, line 5: ZeroDivisionError",
    "return d, d": "mine.py:f goes back with shape (2, 2) for shape (2,)",
    "return d[:1]": "mine.py:f goes back with shape (1,) for shape (2,)",
    "pass": "mine.py:f: backward returns None",
}


@pytest.mark.parametrize(("body", "line"), BACKWARD.items(), ids=BACKWARD)
def test_errors_on_the_way_back(folder: Path, body: str, line: str) -> None:
    """A backward that raises, or returns no gradient of x, is told in the same way."""
    write(
        folder,
        f"class f:\n    def forward(self, x):\n        return x\n    def backward(self, d):\n        {body}",
    )
    is_trouble(call("eval", "mine.py:f", "1", "2", "--with-derivative"), line)


NOWHERE = {
    "layrs.py:f": ("cannot read 'layrs.py': No such file", "layers.py"),
    "layers.py:relu": ("layers.py has no 'relu'", "Relu"),
    "layers.py:Typo": ("'Typo' has no method forward", "forwad"),
    "layers.py:Elu": ("'Elu' needs the parameter 'alpha'", "--param alpha=NUMBER"),
    "layers.py:swish -p gamma=1": ("'swish' has no parameter 'gamma'", "beta, times"),
    "layers.py:sigmoid -p gamma=1": ("'sigmoid' has no parameter 'gamma'", "none"),
    "nowhere_at_all:f": ("there is no module 'nowhere_at_all'", "file.py:name"),
    "layers.nowhere:f": ("there is no module 'layers.nowhere'", "file.py:name"),
    "a/b:f": ("'a/b' is neither a .py file nor a module", "file.py:name"),
    "numpy:tanhh": ("numpy has no 'tanhh'", "tanh"),
    "old.py:f": ("cannot read 'old.py': Is a directory", ""),
    ":f": ("':f' is not a file or module and a name", "file.py:name"),
    "layers.py:": ("'layers.py:' is not a file or module and a name", "file.py:name"),
    "layers:": ("'layers:' is not a file or module and a name", "file.py:name"),
    "layers.py": ("'layers.py' is not a file or module and a name", "file.py:name"),
    "layers.py:swish()": ("'layers.py:swish()' is not a file or module and a name", "file.py:name"),
}


@pytest.mark.parametrize(("line", "said"), NOWHERE.items(), ids=NOWHERE)
def test_what_is_not_there_is_named(folder: Path, line: str, said: tuple[str, str]) -> None:
    """No such file, module, name or parameter: with the nearest right thing."""
    (folder / "old.py").mkdir()
    target, *others = line.split()
    done = call("eval", target, "1", *others)
    is_trouble(done, said[0])
    assert said[1] in done.err


def test_warnings_are_the_users(folder: Path) -> None:
    """Of nan and inf numpy says nothing; what the user's code warns of, it does once it is used."""
    write(folder, "import warnings\ndef f(x):\n    warnings.warn('mind the gap')\n    return x\n")
    function = resolve("mine.py:f")
    with pytest.warns(UserWarning, match="mind the gap"):
        function([1.0])
    assert np.isnan(resolve("layers.py:logs")([-1.0])[0])


def test_keyboard_interrupts_are_not_errors(folder: Path) -> None:
    """Ctrl-C while the user's code runs ends the program as anywhere else."""
    write(folder, "raise KeyboardInterrupt")
    assert call("eval", "mine.py:f", "1").code == 130


def test_nothing_runs_unasked(folder: Path) -> None:
    """A name or a formula never imports a file of the working directory."""
    write(folder, "raise SystemExit", "tanh.py")
    assert call("eval", "tanh", "1").code == 0
    assert call("eval", "tanh(x)", "1").code == 0


@pytest.mark.parametrize("framework", ["torch", "jax"])
def test_frameworks_that_are_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch, framework: str) -> None:
    """Named by the TARGET or imported by the user's file, what is missing is told with the way to get it."""
    monkeypatch.setitem(sys.modules, framework, None)
    for target in (f"{framework}:tanh", write(folder, f"import {framework}\n") + "f"):
        done = call("eval", target, "1")
        is_trouble(done, f"{framework} is not installed here")
        assert f"pip install {framework}" in done.err


TORCH = """
import numpy as np
import torch
import torch.nn.functional as F

def square(x):
    return x * x

def hidden(x):
    return x.detach() ** 2

def in_place(x):
    return F.relu_(x)

def step(x):
    return (x > 0).double()

def soft(x):
    return F.softmax(x, dim=-1)

def array_relu(x):
    out = x.copy()
    out[x <= 0] = 0
    return out

def array_bug(x):
    return np.tanh(x) / np.nothing

def tensor_bug(x):
    return torch.tanh(x) / torch.nothing

class Scaled(torch.nn.Module):
    def __init__(self, scale: int = 1):
        super().__init__()
        self.drop = torch.nn.Dropout()
        self.scale = range(scale)

    def forward(self, x):
        return self.drop(torch.tanh(x)) * len(self.scale)

prelu = torch.nn.PReLU()

class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a=1.0):
        ctx.a, y = a, torch.exp(a * x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0] * ctx.a, None

class WrongExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.exp(x)

    @staticmethod
    def backward(ctx, g):
        return g

class Layer:
    def forward(self, x):
        self.mask = x > 0
        return torch.relu(x)

    def backward(self, dout):
        return dout * self.mask
"""


def needs(framework: str) -> pytest.MarkDecorator:
    """Skip where a framework is not installed."""
    return pytest.mark.skipif(
        importlib.util.find_spec(framework) is None, reason=f"{framework} is not installed"
    )


@needs("torch")
def test_torch_states_its_own_derivative(folder: Path) -> None:
    """Functions, modules and autograd Functions: in float64, as for inference, in place or not."""
    mine = write(folder, TORCH)
    right = ["square", "in_place", "step", "soft", "Scaled", "prelu", "Exp", "Layer"]
    for target in [
        *(mine + name for name in right),
        "torch:tanh",
        "torch.nn.functional:silu",
        "torch.nn:PReLU",
    ]:
        assert check(resolve(target)).ok, target
    for name in ("hidden", "WrongExp"):
        assert not check(resolve(mine + name)).ok, name
    assert resolve(f"{mine}Scaled", {"scale": 2.0})([0.5]) == pytest.approx(2 * np.tanh(0.5), rel=1e-15)
    assert resolve(f"{mine}Exp", {"a": 2.0})([1.0], order=1) == pytest.approx(2 * np.exp(2.0))
    assert not resolve(f"{mine}soft").elementwise


@needs("torch")
def test_a_numpy_function_beside_torch(folder: Path) -> None:
    """It is what it takes that counts; and of two failures the one that is no mix-up of arrays is told."""
    mine = write(folder, TORCH)
    assert resolve(f"{mine}array_relu")([-1.0, 2.0]).tolist() == [0.0, 2.0]
    for name in ("array_bug", "tensor_bug"):
        with pytest.raises(InputError, match="has no attribute 'nothing'"):
            resolve(mine + name)


JAX = """
import jax
import jax.numpy as jnp
import numpy as np

def swish(x, beta=1.0):
    return x * jax.nn.sigmoid(beta * x)

@jax.jit
def jitted(x):
    return jnp.tanh(x)

def soft(x):
    return jax.nn.softmax(x)

def step(x):
    return (x > 0).astype(int)

def array_tanh(x):
    return x * np.tanh(x)

class Layer:
    def forward(self, x):
        self.y = jnp.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)
"""


@needs("jax")
def test_jax_states_its_own_derivative(folder: Path) -> None:
    """Functions, jitted or not, in float64, which is jax's choice again afterwards."""
    jax = importlib.import_module("jax")
    chosen = jax.config.jax_enable_x64  # another test may have
    mine = write(folder, JAX)
    for target in [*(mine + name for name in ["swish", "jitted", "soft", "step", "Layer"]), "jax.nn:softmax"]:
        assert check(resolve(target)).ok, target
    assert resolve(f"{mine}swish", {"beta": 2.0})([1.0]) == pytest.approx(1 / (1 + np.exp(-2.0)), rel=1e-15)
    assert len(resolve(f"{mine}array_tanh").orders) == 1
    assert jax.config.jax_enable_x64 == chosen
