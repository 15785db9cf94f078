"""show --code: what is printed compiles, runs, and errs by what its inputs' last digits are worth."""

import ctypes
import json
import math
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from mpmath import mpf
from oracle import exact, ulps
from program import call, is_trouble
from scipy import special

from actcli.activations import ACTIVATIONS
from actcli.codegen import LANGUAGES
from actcli.codegen.source import source

Array = npt.NDArray[np.float64]
NAMES = [name for name, activation in ACTIVATIONS.items() if activation.elementwise]
POINTS = np.array(
    [-29.3, -11.9, -6.4, -3.7, -2.3, -0.9, -0.31, -0.0625, 0.0625, 0.27, 1.1, 2.6, 3.3, 7.2, 21.7]
)
UNITS = 16  # ulps that the code may err, and beside them twice what a last digit of x is worth
# Where the derivative of the form that does not cancel cancels itself: ulps at |x| <= 30.
COARSE = {"isrlu": 2e3, "isru": 2e3}


# Each function, and what has parameters also with others than the defaults.
CASES = [
    (name, moved) for moved in (False, True) for name in NAMES if ACTIVATIONS[name].parameters or not moved
]


def parameters_of(name: str, moved: bool) -> dict[str, float]:
    """The defaults, or numbers beside them; all parameters have a say."""
    defaults = ACTIVATIONS[name].defaults
    return {k: min(1.4 * v, 20.0) or 0.3 for k, v in defaults.items()} if moved else {**defaults}


@cache
def truth(name: str, moved: bool = False) -> tuple[Any, ...]:
    """The value, slope and bend at each point, by the oracle."""
    return tuple(exact(ACTIVATIONS[name], x, **parameters_of(name, moved)) for x in POINTS)


def assert_right(name: str, moved: bool, order: int, got: Array) -> None:
    for x, y, jet in zip(POINTS, got, truth(name, moved), strict=True):
        worth = float(abs(x * jet[order + 1] / jet[order])) if jet[order] else 0.0
        bound = UNITS + 2 * worth + (COARSE.get(name, 0.0) if order else 0.0)
        assert ulps(float(y), mpf(jet[order])) <= bound, (name, order, x)


def stem(text: str) -> str:
    """The name that the code gives to the function."""
    return next(word for word in text.replace("(", " ").split() if word.endswith("_derivative"))[
        : -len("_derivative")
    ]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The C code of all functions, compiled at once: without a warning."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler is installed")
    folder = tmp_path_factory.mktemp("code")
    texts = (source(ACTIVATIONS[name], LANGUAGES["c"], ACTIVATIONS) for name in NAMES)
    (folder / "code.c").write_text("".join(texts))
    flags = ["-std=c99", "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, "code.c", "-o", "code.so", "-lm"], cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "code.so"))


@pytest.mark.parametrize(("name", "moved"), CASES)
def test_c_compiles_and_is_right(name: str, moved: bool, library: ctypes.CDLL) -> None:
    """The C code of every function is right, its parameters being arguments; nan in, nan out."""
    parameters = [ctypes.c_double(value) for value in parameters_of(name, moved).values()]
    own = stem(source(ACTIVATIONS[name], LANGUAGES["c"], ACTIVATIONS))
    for order, function in enumerate((own, f"{own}_derivative")):
        code = getattr(library, function)
        code.restype = ctypes.c_double
        got = [code(ctypes.c_double(x), *parameters) for x in (*POINTS.tolist(), math.nan)]
        assert_right(name, moved, order, np.array(got[:-1]))
        assert math.isnan(got[-1])


@pytest.mark.parametrize(("name", "moved"), CASES)
def test_numpy_runs_and_is_right(name: str, moved: bool) -> None:
    """The numpy code takes arrays and numbers, warns of nothing, and keeps shape and type; nan stays nan."""
    given = parameters_of(name, moved) if moved else {}
    text = source(ACTIVATIONS[name], LANGUAGES["numpy"], ACTIVATIONS)
    scope: dict[str, Any] = {}
    exec(text, scope)
    for order, function in enumerate((stem(text), f"{stem(text)}_derivative")):
        got = scope[function](POINTS, **given)
        assert (got.dtype, got.shape) == (np.float64, POINTS.shape)
        assert_right(name, moved, order, got)
        assert np.shape(scope[function]([[0.0, -800.0], [800.0, math.inf]])) == (2, 2)
        assert np.isnan(scope[function](math.nan))


@pytest.mark.parametrize(("name", "moved"), CASES)
def test_slopes_at_kinks_keep_the_convention(name: str, moved: bool) -> None:
    """At 0 and at kinks that are numbers stands the stated limit: no choice of pieces invents a slope."""
    activation, given = ACTIVATIONS[name], parameters_of(name, moved)
    text = source(activation, LANGUAGES["numpy"], ACTIVATIONS)
    scope: dict[str, Any] = {}
    exec(text, scope)
    numbers = (kink.at for kink in activation.kinks if kink.at.lstrip("-").isdecimal())
    for at in dict.fromkeys((0.0, *map(float, numbers))):
        got, stated = scope[f"{stem(text)}_derivative"](at, **given), exact(activation, at, **given)[1]
        assert float(got) == pytest.approx(float(stated), rel=1e-12, abs=1e-15), at


def test_kinks_that_parameters_move_are_confessed() -> None:
    """The header says where the derivative is that of one of the sides, and nowhere else."""
    said = "at x = -c, c the derivative is that of one of the sides"
    assert said in source(ACTIVATIONS["plu"], LANGUAGES["c"], ACTIVATIONS)
    assert "of the sides" not in source(ACTIVATIONS["relu6"], LANGUAGES["c"], ACTIVATIONS)


@pytest.mark.parametrize(
    ("formula", "value", "slope"),
    [
        ("x*sin(x)", lambda x: x * np.sin(x), lambda x: np.sin(x) + x * np.cos(x)),
        ("2*gelu(z) - z", lambda x: x * special.erf(x / 2**0.5), None),
        ("abs(t) + 1", lambda x: np.abs(x) + 1, np.sign),
        ("2 + 3", lambda x: 5 + 0 * x, lambda x: 0 * x),
    ],
)
def test_formulas_have_code_too(formula: str, value: Any, slope: Any) -> None:
    """A formula of one variable, whatever its name, becomes f(x) and f_derivative(x)."""
    scope: dict[str, Any] = {}
    exec(call("show", formula, "--code", "numpy").text, scope)
    x = np.append(POINTS, 0.0)
    assert np.allclose(scope["f"](x), value(x), rtol=1e-12, atol=1e-15)
    assert slope is None or np.allclose(scope["f_derivative"](x), slope(x), rtol=1e-12, atol=1e-15)


def test_parameters_of_a_formula_become_numbers() -> None:
    """What -p sets stands as a number: two variables become one."""
    assert "return 2.0 * np.cosh(x)" in call("show", "a*sinh(t)", "--code", "numpy", "-p", "a=2").text


HARNESS = """
import json, sys
import numpy as np
{setup}
results = {{}}
for name, (stem, text) in json.load(sys.stdin).items():
    scope = {{}}
    exec(text, scope)
    x = {array}(np.array({points} + [np.nan]))
    both = (scope[stem](x), scope[stem + "_derivative"](x))
    results[name] = [np.asarray(y).astype(np.float64).tolist() for y in both]
    assert all(len(part) == len(x) for part in results[name])
print(json.dumps(results))
"""
SETUPS = {
    "torch": ("import torch", "torch.from_numpy"),
    "jax": ("import jax; jax.config.update('jax_enable_x64', True); import jax.numpy as jnp", "jnp.asarray"),
}


@pytest.mark.parametrize("framework", SETUPS)
def test_frameworks_run_it(framework: str) -> None:
    """The torch and jax code of all functions, in one process that has the framework."""
    pytest.importorskip(framework, reason=f"{framework} is not installed")
    texts = {name: source(ACTIVATIONS[name], LANGUAGES[framework], ACTIVATIONS) for name in NAMES}
    setup, array = SETUPS[framework]
    code = HARNESS.format(setup=setup, array=array, points=POINTS.tolist())
    given = json.dumps({name: (stem(text), text) for name, text in texts.items()})
    done = subprocess.run(
        [sys.executable, "-c", code], input=given, capture_output=True, text=True, check=True
    )
    for name, results in json.loads(done.stdout).items():
        for order, got in enumerate(results):
            expected = np.array([*(float(jet[order]) for jet in truth(name)), np.nan])
            assert np.allclose(got, expected, rtol=1e-9, atol=1e-12, equal_nan=True), (name, order)


def test_the_command_prints_it(tmp_path: Path) -> None:
    """--code prints the source with a header, parameters as arguments, defaults as they were set."""
    text = call("show", "elu", "--code", "numpy", "-p", "alpha=2").text
    assert "def elu(x, alpha=2.0):" in text
    assert "Clevert" in text
    path = tmp_path / "gelu.c"
    assert call("show", "gelu", "--code", "c", "-o", str(path)).code == 0
    assert "double gelu_derivative(double x)" in path.read_text()
    assert "def leaky_relu_keras(x, alpha=0.2):" in call("show", "leaky_relu@keras", "--code", "torch").text


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("gelu", "--code", "fortran"), "unknown language 'fortran'"),
        (("softmax", "--code", "c"), "vector"),
        (("glu", "--code", "c"), "no function of one number"),
        (("x*sin(y)", "--code", "c"), "no formula of one number"),
        (("sum(x)", "--code", "c"), "no formula of one number"),
        (("gelu", "--code", "c", "-f", "json"), "exclude each other"),
        (("elu", "--code", "c", "-p", "beta=1"), "no parameter"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], fragment: str) -> None:
    """What has no code says why."""
    is_trouble(call("show", *arguments), fragment)
