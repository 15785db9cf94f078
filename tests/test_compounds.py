"""Gated units and losses: functions made of functions of the catalogue."""

import importlib.util
import json
from pathlib import Path

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from oracle import ulps
from program import call, is_trouble

from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.checking import Settings, check
from actcli.differences import DIFFERENCES
from actcli.errors import FormulaError, InputError, UnknownNameError
from actcli.formula.parse import parse
from actcli.objectives import OBJECTIVES
from actcli.target import resolve

UNITS = [name for name, compound in COMPOUNDS.items() if compound.halves]
LOSSES = [name for name in COMPOUNDS if name not in UNITS]
PAIRS = [(1.5, -0.5), (-2.0, 3.0), (0.25, 0.75), (8.0, -9.0), (-30.0, 40.0), (12.5, 6.5), (1e-9, -1e-9)]


def sigmoid(x: mpf) -> mpf:
    return 1 / (1 + mpmath.exp(-x))


def selu(x: mpf) -> mpf:
    scale, alpha = mpf("1.0507009873554804934193349852946"), mpf("1.6732632423543772848170429916717")
    return scale * (x if x > 0 else alpha * mpmath.expm1(x))


def swiglu_oai(a: mpf, b: mpf) -> mpf:
    a, b = min(a, 7), max(-7, min(b, 7))
    return a * sigmoid(mpf(1.702) * a) * (b + 1)


EXACTLY = {
    "bilinear": lambda a, b: a * b,
    "glu": lambda a, b: a * sigmoid(b),
    "gtu": lambda a, b: mpmath.tanh(a) * sigmoid(b),
    "reglu": lambda a, b: a * max(b, 0),
    "geglu": lambda a, b: a * b * mpmath.erfc(-b / mpmath.sqrt(2)) / 2,
    "swiglu": lambda a, b: a * b * sigmoid(b),
    "seglu": lambda a, b: a * selu(b),
    "swiglu_oai": swiglu_oai,
}


def test_the_catalogue_has_them_all() -> None:
    """Every unit has an oracle here, and halves that its formula names first a, then b."""
    assert set(EXACTLY) == set(UNITS)
    assert set(LOSSES) == {"mse", "bce_with_logits", "softmax_cross_entropy"}
    for name in UNITS:
        variables = parse(COMPOUNDS[name].formula, ACTIVATIONS).variables
        assert [v for v in variables if v not in COMPOUNDS[name].parameters] == ["a", "b"]


def test_every_name_means_one_thing() -> None:
    """No name or alias of a unit or a loss is one of a function or an objective; all cite a source."""
    taken = {*OBJECTIVES, *ACTIVATIONS, *(alias for a in ACTIVATIONS.values() for alias in a.aliases)}
    for compound in COMPOUNDS.values():
        assert not {compound.name, *compound.aliases} & taken
        assert compound.source
        assert all(resolve(alias).formula == compound.formula for alias in compound.aliases)
    assert all("half" in COMPOUNDS[name].summary or name == "bilinear" for name in UNITS)


@pytest.mark.parametrize("name", UNITS)
def test_units_are_what_they_say(name: str) -> None:
    """Values and gradients against arbitrary precision: 8 ulps, the first half being a, the second b.

    What swiglu_oai hands its sigmoid is rounded before: the exponential makes that |alpha*a| roundings.
    """
    bound = 64 if name == "swiglu_oai" else 8
    a, b = map(np.array, zip(*PAIRS, strict=True))
    function, x = resolve(name), np.concatenate([a, b])
    got, (slopes,) = function(x), function.gradient(x)
    assert got.shape == (len(PAIRS),)
    with mpmath.workdps(60):
        for k, pair in enumerate(PAIRS):
            assert ulps(float(got[k]), EXACTLY[name](*map(mpf, pair))) <= bound
            for half, order in enumerate([(1, 0), (0, 1)]):
                slope = mpmath.diff(EXACTLY[name], tuple(map(mpf, pair)), order)
                assert float(slopes[k + half * len(PAIRS)]) == pytest.approx(float(slope), rel=1e-14)


@pytest.mark.parametrize("name", UNITS)
def test_a_jacobian_is_two_diagonals(name: str) -> None:
    """The Jacobian's product is the backward pass; rows of a batch are independent, along any axis."""
    function = resolve(name)
    x, g = np.random.default_rng(3).normal(size=(3, 8)), np.random.default_rng(4).normal(size=(3, 4))
    matrix = function(x, order=1)
    assert matrix.shape == (3, 4, 8)
    assert np.count_nonzero(matrix[0]) <= 8
    assert np.einsum("mi,mij->mj", g, matrix) == pytest.approx(function.gradient(x, upstream=g)[0], rel=1e-14)
    assert np.array_equal(function(x.T, axis=0), function(x).T)
    assert np.array_equal(function(x[1]), function(x)[1])
    assert function(np.zeros((2, 0))).shape == (2, 0)
    assert function(x.astype(np.float32)).dtype == np.float32


def test_halves_have_no_names_to_give_them_by() -> None:
    """Who names the halves is told how they are given."""
    done = call("eval", "glu", "a=1,2", "b=3,4")
    assert done.code == 2
    assert "the halves a and b are given as one vector: 1,2,3,4" in done.err


@pytest.mark.parametrize("name", UNITS)
def test_no_unit_halves_an_odd_number(name: str) -> None:
    """An odd length is one clear line; so is a lone number."""
    with pytest.raises(InputError, match="3 numbers have no halves"):
        resolve(name)([1.0, 2.0, 3.0])
    is_trouble(call("eval", name, "1,2,3"), "have no halves")
    is_trouble(call("eval", name, "1,2,3", "--jacobian"), "have no halves")
    is_trouble(call("gradcheck", name, "--at", "1,2,3"), "have no halves")


def test_cross_entropy_to_the_last_digits() -> None:
    """The value is -sum(t*log(p)) and the gradient p - t, each to 4 ulps of its largest term."""
    random = np.random.default_rng(2)
    for scale in (0.1, 3.0, 40.0, 300.0):
        x = random.normal(size=5) * scale
        for t in (np.eye(5)[x.argmax()], np.eye(5)[1], random.dirichlet(np.ones(5))):
            function = resolve("softmax_cross_entropy")
            got, (by_x, by_t) = function(x, t), function.gradient(x, t)
            with mpmath.workprec(2000):
                whole = mpmath.fsum(mpmath.exp(mpf(v)) for v in x)
                logs = [mpf(v) - mpmath.log(whole) for v in x]
                assert (
                    ulps(float(got[0]), -mpmath.fsum(a * mpf(b) for a, b in zip(logs, t, strict=True))) <= 4
                )
                for k, (log, target) in enumerate(zip(logs, map(mpf, t), strict=True)):
                    p = mpmath.exp(log)
                    left = p - mpmath.fsum(map(mpf, t)) * p if target == 1 else p  # of a sum of t near 1
                    truth = p * mpmath.fsum(map(mpf, t)) - target
                    assert abs(mpf(float(by_x[k])) - truth) <= 1e-15 * max(abs(truth), p * (1 - p), abs(left))
                    assert ulps(float(by_t[k]), -log) <= 4


def test_the_certain_class_has_a_gradient_all_the_same() -> None:
    """Where p - t cancels, because the right class is nearly certain, the gradient keeps its digits."""
    by_x, _ = resolve("softmax_cross_entropy").gradient([50.0, 0.0, 1.0], [1.0, 0.0, 0.0])
    with mpmath.workdps(60):
        rest = mpmath.exp(-50) + mpmath.exp(-49)
        truths = [-rest / (1 + rest), mpmath.exp(-50) / (1 + rest), mpmath.exp(-49) / (1 + rest)]
    assert all(ulps(float(g), t) <= 4 for g, t in zip(by_x, truths, strict=True))


def test_losses_are_means_over_the_entries() -> None:
    """Mse and bce_with_logits of published sizes, stable for large logits, one number for each vector."""
    assert resolve("mse")([1.0, 2.0], [0.0, 2.0]).tolist() == [0.5]
    assert [g.tolist() for g in resolve("mse").gradient([1.0, 2.0], [0.0, 2.0])] == [[1, 0], [-1, 0]]
    bce = resolve("bce_with_logits")
    x, t = np.array([800.0, -800.0, 0.3, -2.0, 40.0]), np.array([1.0, 0.0, 0.25, 1.0, 1.0])
    with mpmath.workdps(400):
        logs = [(mpmath.log(1 + mpmath.exp(mpf(v))), mpmath.log(1 + mpmath.exp(-mpf(v)))) for v in x]
        truth = [(1 - mpf(p)) * up + mpf(p) * down for (up, down), p in zip(logs, t, strict=True)]
        terms = [
            (sigmoid(mpf(v)) * (1 - mpf(p)) / 5, sigmoid(-mpf(v)) * mpf(p) / 5)
            for v, p in zip(x, t, strict=True)
        ]
        slopes = [up - down for up, down in terms]
        assert ulps(float(bce(x, t)[0]), mpmath.fsum(truth) / 5) <= 4
    by_x, _ = bce.gradient(x, t)
    for got, slope, pair in zip(by_x, slopes, terms, strict=True):
        assert abs(mpf(float(got)) - slope) <= max(4 * 2.0**-52 * max(pair), mpf("5e-324"))
    assert ulps(float(by_x[4]), slopes[4]) <= 4
    assert resolve("mse")(np.ones((4, 3)), np.zeros(3)).shape == (4, 1)
    with pytest.raises(InputError, match="lengths"):
        resolve("mse")([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", COMPOUNDS)
@pytest.mark.parametrize("method", ["auto", "complex_step"])
def test_gradcheck_passes(name: str, method: str) -> None:
    """Stated gradients agree with measured ones; only a formula without complex numbers is refused."""
    settings = Settings(samples=60, method=DIFFERENCES[method]) if method != "auto" else Settings(samples=60)
    if method == "complex_step" and name == "geglu":
        with pytest.raises(InputError, match="complex"):
            check(resolve(name), settings)
        return
    assert check(resolve(name), settings).ok


def test_names_are_found_and_suggested() -> None:
    """A wrong name is told the nearest unit or loss; a formula that calls one is told its formula."""
    with pytest.raises(UnknownNameError) as caught:
        resolve("swiglo")
    assert "swiglu" in caught.value.tip
    with pytest.raises(FormulaError, match="TARGET of its own") as refused:
        resolve("1 + mse(x)")
    assert "mean((y - t)**2)" in refused.value.tip
    with pytest.raises(InputError, match="no parameter 'alpha'"):
        resolve("glu", {"alpha": 1.0})
    assert "swiglu, " in call("eval", "--help").text.replace("\n", " ")


def test_parameters_are_bound_and_differentiated() -> None:
    """Swiglu_oai's parameters change it, show in its name, and have a gradient of their own."""
    function = resolve("swiglu_oai", {"limit": 1.0})
    assert function.name == "swiglu_oai(limit=1.0)"
    assert function([5.0, -9.0]).tolist() == [0.0]
    by_x, by_alpha = resolve("swiglu_oai", free=["alpha"]).gradient([1.0, 2.0, 3.0, 4.0], [1.702])
    pairs = ((1.0, 3.0), (2.0, 4.0))
    with mpmath.workdps(40):
        slopes = [mpmath.diff(lambda c, a=a, b=b: a * sigmoid(c * a) * (b + 1), mpf(1.702)) for a, b in pairs]
    assert by_x.shape == (4,)
    assert by_alpha.tolist() == pytest.approx([float(sum(slopes))], rel=1e-13)
    is_trouble(call("eval", "swiglu_oai", "1,2", "-p", "limit=-1"), "limit")


def test_commands_take_them(tmp_path: Path) -> None:
    """Eval, gradcheck, trace and plot take units and losses as they take functions."""
    assert call("eval", "bilinear", "1,2,3,4").out == b"3.0\n8.0\n"
    assert (
        call("eval", "bilinear", "1,2,3,4", "--jacobian", "-q").out
        == b"3.0\t0.0\t1.0\t0.0\n0.0\t4.0\t0.0\t2.0\n"
    )
    assert call("eval", "bilinear", "1,2,3,4", "--upstream", "1,10", "-q").out == b"3.0\n40.0\n1.0\n20.0\n"
    assert call("eval", "mse", "y=1,2", "t=0,2").out == b"0.5\n"
    rows = json.loads(call("eval", "mse", "y=1,2", "t=0,2", "--with-derivative", "-f", "json").text)
    assert rows == [
        {"y": 1.0, "t": 0.0, "value": 0.5, "d/dy": 1.0, "d/dt": -1.0},
        {"y": 2.0, "t": 2.0, "value": 0.5, "d/dy": 0.0, "d/dt": 0.0},
    ]
    assert call("eval", "mse", "y=1,2", "t=0,2", "--order", "1", "--wrt", "y", "-q").out == b"1.0\n0.0\n"
    np.save(tmp_path / "x.npy", np.arange(12.0).reshape(6, 2))
    name = str(tmp_path / "y.npy")
    assert call("eval", "bilinear", "-i", str(tmp_path / "x.npy"), "--axis", "0", "-o", name).code == 0
    assert np.load(name).tolist() == [[0, 7], [16, 27], [40, 55]]
    assert call("trace", "bilinear", "a=2", "b=3").code == 0
    is_trouble(call("trace", "bilinear", "1,2"), "variables a, b")
    is_trouble(call("plot", "mse"), "no picture")
    for more in ([], ["--at", "1,2,3,4"]):
        assert call("plot", "glu", *more, "-o", str(tmp_path / "glu.svg")).code == 0


TORCH = {
    "glu": lambda f, x: f.glu(x),
    "mse": lambda f, x, t: f.mse_loss(x, t),
    "bce_with_logits": lambda f, x, t: f.binary_cross_entropy_with_logits(x, t),
    "softmax_cross_entropy": lambda f, x, t: f.cross_entropy(x, t),
}


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
@pytest.mark.parametrize("name", TORCH)
def test_torch_agrees(name: str) -> None:
    """Torch has the same numbers and the same gradients."""
    import torch

    random = np.random.default_rng(8)
    given = [random.normal(size=6) * 3.0, random.dirichlet(np.ones(6))][: len(resolve(name).inputs)]
    theirs = [torch.tensor(part, requires_grad=True) for part in given]
    value = TORCH[name](torch.nn.functional, *theirs)
    value.sum().backward()
    assert resolve(name)(*given) == pytest.approx(np.atleast_1d(value.detach().numpy()), rel=1e-13)
    for ours, their in zip(resolve(name).gradient(*given), theirs, strict=True):
        assert ours == pytest.approx(their.grad.numpy(), rel=1e-12, abs=1e-15)
