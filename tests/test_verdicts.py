"""Verdicts: right derivatives pass at whatever points, wrong ones fail, and each is called what it is.

What is right is known without actcli: closed forms by hand in numpy, slopes by mpmath, derivatives by sympy.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from program import call

from actcli import gradcheck, resolve
from actcli.activations import ACTIVATIONS
from actcli.checking import Check, Settings, check
from actcli.floats import FLOATS

Map = Callable[[np.ndarray], np.ndarray]


def words(found: Check) -> set[str]:
    """The verdicts on all comparisons."""
    return {str(verdict) for verdict in found.counts}


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def sech2(x: np.ndarray) -> np.ndarray:
    return 1 - np.tanh(x) ** 2


def shrink(x: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) > 0.5, x, 0)


# What a checker with one difference quotient makes wrong alarm of: a target, the same by hand, the point.
HARD = {
    "relu at 0": ("relu", lambda x: np.maximum(x, 0), lambda x: x > 0, 0.0, "float64", "kink"),
    "relu at 1e-7": ("relu", lambda x: np.maximum(x, 0), lambda x: x > 0, 1e-7, "float64", "ok"),
    "relu at -1e-7": ("relu", lambda x: np.maximum(x, 0), lambda x: x > 0, -1e-7, "float64", "ok"),
    "leaky_relu at 0": (
        *("leaky_relu", lambda x: np.where(x > 0, x, 0.01 * x), lambda x: np.where(x > 0, 1, 0.01)),
        *(0.0, "float64", "kink"),
    ),
    "hardshrink at 0.5": ("hardshrink", shrink, lambda x: np.abs(x) > 0.5, 0.5, "float64", "jump"),
    "softplus in float32": ("softplus", lambda x: np.log1p(np.exp(x)), logistic, 1.3, "float32", "ok"),
    "softplus(300) in float32": (
        *("softplus", lambda x: np.logaddexp(x, np.float32(0)), logistic, 300.0, "float32", "ok"),
    ),
    "tanh in float32": ("tanh", np.tanh, sech2, 1.3, "float32", "ok"),
    "tanh in float16": ("tanh", np.tanh, sech2, 0.3, "float16", "ok"),
    "silu at 1e8": (
        *("silu", lambda x: x * logistic(x), lambda x: logistic(x) * (1 + x * (1 - logistic(x)))),
        *(1e8, "float64", "ok"),
    ),
    "sqrt at 1e-12": ("sqrt(x)", np.sqrt, lambda x: 0.5 / np.sqrt(x), 1e-12, "float64", "ok"),
    "log at -1": ("log(x)", np.log, lambda x: 1 / x, -1.0, "float64", "outside domain"),
}


@pytest.mark.parametrize("case", HARD)
def test_no_wrong_alarm(case: str) -> None:
    """What the checkers in use reject passes, by formula and by hand, and is called what it is."""
    target, f, df, x, dtype, word = HARD[case]
    for found in (gradcheck(target, at=[x], dtype=dtype), gradcheck(f, df, at=[x], dtype=dtype)):
        assert found.ok
        assert words(found) == {word}


MISSED = {
    "0.09 % off": ("1.0009/cosh(x)**2", lambda x: 1.0009 * sech2(x), 0.3),
    "half where saturated": ("0.5/cosh(x)**2", lambda x: 0.5 * sech2(x), 7.0),
}


@pytest.mark.parametrize("case", MISSED)
def test_no_wrong_pass(case: str) -> None:
    """What a relative or an absolute tolerance lets pass is wrong, by formula and by hand."""
    text, df, x = MISSED[case]
    for found in (gradcheck("tanh", text, at=[x]), gradcheck(np.tanh, df, at=[x])):
        assert not found.ok
        assert words(found) == {"wrong"}


def ends(found: Check) -> tuple[str, float, float, bool]:
    """The verdict at one point, the slopes on both sides, and whether it fails."""
    finding = next(found.everything())
    assert finding.left is not None
    assert finding.right is not None
    return str(finding.verdict), finding.left, finding.right, finding.fails


def constant(number: float) -> Map:
    return lambda x: np.full_like(x, number)


INF, NAN = math.inf, math.nan
STEEP: dict[str, tuple[str, Map, dict[float, bool]]] = {  # which slopes at 0 fail
    "cbrt": ("cbrt(x)", np.cbrt, {INF: False, -INF: True, 0.0: True, 1e9: True}),
    "sign*sqrt": ("sign(x)*sqrt(abs(x))", lambda x: np.sign(x) * np.sqrt(np.abs(x)), {INF: False, 0.0: True}),
    "-cbrt": ("-cbrt(x)", lambda x: -np.cbrt(x), {INF: True, -INF: False, 0.0: True}),
    "a cusp": ("sqrt(abs(x))", lambda x: np.sqrt(np.abs(x)), {0.0: False, 7.0: False, INF: False, NAN: True}),
}


@pytest.mark.parametrize("case", STEEP)
def test_vertical_tangents(case: str) -> None:
    """Where the slope grows without bound, the stated one passes between the sides' infinite slopes alone."""
    text, f, stated = STEEP[case]
    for number, fails in stated.items():
        for target in (text, f):
            word, left, right, failed = ends(gradcheck(target, constant(number), at=[0.0]))
            assert (word, failed) == ("vertical tangent", fails), number
            assert math.isinf(left)
            assert math.isinf(right)


def leap(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0.25, 2 * x + 1, x)


@pytest.mark.parametrize("target", ["where(x > 0.25, 2*x + 1, x)", leap], ids=["formula", "code"])
@pytest.mark.parametrize(
    ("number", "fails"),
    [(1.0, False), (1.5, False), (2.0, False), (INF, False), (0.99, True), (2.01, True), (-INF, True)],
)
def test_jumps(target: Any, number: float, fails: bool) -> None:
    """Across a gap pass the slopes between those of its branches, and the infinite one that leads up."""
    found = gradcheck(target, constant(number), at=[0.25])
    word, left, right, failed = ends(found)
    assert (word, failed) == ("jump", fails)
    assert (left, right) == pytest.approx((1.0, 2.0), abs=1e-6)


KINKS = {
    "relu": (lambda x: np.maximum(x, 0), 0.0, (0.0, 1.0)),
    "relu6, low": (lambda x: np.clip(x, 0, 6), 0.0, (0.0, 1.0)),
    "relu6, high": (lambda x: np.clip(x, 0, 6), 6.0, (1.0, 0.0)),
    "abs": (np.abs, 0.0, (-1.0, 1.0)),
    "max(x, 0.3)": (lambda x: np.maximum(x, 0.3), 0.3, (0.0, 1.0)),
    "two parabolas": (lambda x: np.where(x > 2, (x - 2) ** 2 + 3 * x, x**2 - x + 4), 2.0, (3.0, 3.0)),
    "a steep one": (lambda x: np.where(x > 1, 1e4 * (x - 1), 1 - x), 1.0, (-1.0, 1e4)),
    "elu, alpha 2": (lambda x: np.where(x > 0, x, 2 * np.expm1(x)), 0.0, (2.0, 1.0)),
}


@pytest.mark.parametrize("case", KINKS)
def test_kinks_of_code_are_found(case: str) -> None:
    """Nobody says where code has its kinks: what lies between both slopes passes there, and nothing else."""
    f, at, (left, right) = KINKS[case]
    low, high = min(left, right), max(left, right)
    margin = 1e-6 * max(1.0, abs(high))
    for number in (low, (low + high) / 2, high):
        found = gradcheck(f, constant(number), at=[at])
        assert found.ok
        assert words(found) == ({"kink"} if left != right else {"ok"})
    if left != right:
        assert ends(found)[1:3] == pytest.approx((left, right), rel=1e-6, abs=1e-6)
    for number in (low - margin, high + margin, NAN):
        found = gradcheck(f, constant(number), at=[at])
        assert not found.ok
        assert words(found) == {"wrong"}


BESIDE = [sign * d for d in (1e-3, 1e-7, 1e-9, 1e-12) for sign in (-1, 1)]


@pytest.mark.parametrize("at", [0.0, 0.3, -2.0])
@pytest.mark.parametrize("code", [False, True], ids=["formula", "code"])
def test_points_beside_kinks_have_their_own_slope(at: float, code: bool) -> None:
    """However near, a point beside a kink has the slope of its side, 3 or -1."""
    x = at + np.array(BESIDE)
    f = (
        (lambda x: np.where(x > at, 3 * (x - at), at - x))
        if code
        else f"where(x > {at}, 3*(x - {at}), {at} - x)"
    )
    assert gradcheck(f, lambda x: np.where(x > at, 3.0, -1.0), at=x).ok
    for left, right in ((-1.0, -1.0), (3.0, 3.0), (3.0, -1.0)):
        wrong = gradcheck(f, lambda x, pair=(left, right): np.where(x > at, pair[1], pair[0]), at=x)
        for finding in wrong.everything():
            off = (left != -1.0) if finding.x < at else (right != 3.0)
            assert finding.fails is off or (code and abs(finding.x - at) < 1e-6), finding


def test_overflow_is_no_verdict_on_the_derivative() -> None:
    """Where values are infinite nothing can be compared, by formula and by hand."""
    for found in (gradcheck("exp(x)", at=[800.0]), gradcheck(np.exp, np.exp, at=[800.0])):
        assert found.ok
        assert words(found) == {"overflow"}
        assert found.is_vacuous


def test_vacuous_points_prove_nothing() -> None:
    """Too small for its own values to tell it from half of it: the check says so, and a line if all are."""
    found = gradcheck(np.tanh, lambda x: 1 / np.cosh(x) ** 2, at=[20.0, 30.0, 40.0])
    assert found.ok
    assert found.is_vacuous
    assert words(found) == {"vacuous"}
    assert "proves nothing" in str(found)
    told = gradcheck(np.tanh, lambda x: 1 / np.cosh(x) ** 2, at=[1.0, 20.0])
    assert words(told) == {"ok", "vacuous"}
    assert not told.is_vacuous
    done = call("gradcheck", "numpy:tanh", "--derivative", "1/cosh(x)**2", "--at", "20,40")
    assert done.code == 0
    assert "vacuous" in done.err
    # A formula is known beyond its floats: there even these tell the derivative from half of it.
    assert words(gradcheck("tanh", "1/cosh(x)**2", at=[20.0])) == {"ok"}
    assert words(gradcheck("tanh", "0.5/cosh(x)**2", at=[20.0])) == {"wrong"}


def test_noise_is_named() -> None:
    """A function or a derivative that answers differently when asked again fails as such."""
    draw = np.random.default_rng(0)
    for f, df in (
        (lambda x: np.sin(x) + 1e-3 * draw.standard_normal(x.shape), np.cos),
        (lambda x: np.sin(x) * (1 + 1e-12 * draw.standard_normal(x.shape)), np.cos),
        (np.sin, lambda x: np.cos(x) * (1 + 1e-3 * draw.standard_normal(x.shape))),
    ):
        found = gradcheck(f, df, samples=10)
        assert not found.ok
        assert words(found) <= {"noisy", "ok"}  # at 0 the sine is 0, with any noise


# Code as people write it, its derivative too, and the function for mpmath.
NAIVE: dict[str, tuple[Map, Map, Callable[[Any], Any]]] = {
    "sigmoid": (logistic, lambda x: logistic(x) * (1 - logistic(x)), lambda x: 1 / (1 + mp.exp(-x))),
    "tanh": (np.tanh, sech2, mp.tanh),
    "softplus": (lambda x: np.log(1 + np.exp(x)), logistic, lambda x: mp.log(1 + mp.exp(x))),
    "silu": (
        lambda x: x * logistic(x),
        lambda x: logistic(x) + x * logistic(x) * (1 - logistic(x)),
        lambda x: x / (1 + mp.exp(-x)),
    ),
    "mish": (
        lambda x: x * np.tanh(np.log1p(np.exp(x))),
        lambda x: np.tanh(np.log1p(np.exp(x))) + x * sech2(np.log1p(np.exp(x))) * logistic(x),
        lambda x: x * mp.tanh(mp.log1p(mp.exp(x))),
    ),
    "elu": (
        lambda x: np.where(x > 0, x, np.exp(x) - 1),
        lambda x: np.where(x > 0, 1, np.exp(x)),
        lambda x: x if x > 0 else mp.expm1(x),
    ),
    "relu6": (lambda x: np.clip(x, 0, 6), lambda x: (x > 0) & (x < 6), lambda x: min(max(x, 0), 6)),
    "hardshrink": (shrink, lambda x: np.abs(x) > 0.5, lambda x: x if abs(x) > 0.5 else 0 * x),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), mp.sqrt),
    "log": (np.log, lambda x: 1 / x, mp.log),
    "cube": (lambda x: x**3, lambda x: 3 * x**2, lambda x: x**3),
    "inverse": (lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 1 / x),
    "softsign": (
        lambda x: x / (1 + np.abs(x)),
        lambda x: 1 / (1 + np.abs(x)) ** 2,
        lambda x: x / (1 + abs(x)),
    ),
    "hypot": (
        lambda x: np.sqrt(1 + x * x) - 1,
        lambda x: x / np.sqrt(1 + x * x),
        lambda x: mp.sqrt(1 + x * x),
    ),
    "tiny tanh": (lambda x: 1e-20 * np.tanh(x), lambda x: 1e-20 * sech2(x), lambda x: mp.tanh(x) / 10**20),
}  # fmt: skip
SIZES = (
    *(1e-300, 1e-12, 1e-7, 1e-3, 0.3, 0.5, 0.500001, 1, 2.5, 6, 6 - 1e-9, 6 - 1e-12, 7, 12, 20, 40, 100, 1e3),
    *(1e8, 1e16, 1e100, 1e300),
)
WILD = [0.0, *SIZES, *(-size for size in SIZES)]


@pytest.mark.parametrize("name", NAIVE)
def test_code_held_to_be_right_is(name: str) -> None:
    """The derivatives by hand are those that mpmath finds."""
    _, df, exact = NAIVE[name]
    x = np.array([0.3, 0.7, 1.9, -0.4, -1.3, -2.2])
    if name in ("sqrt", "log"):
        x = np.abs(x)
    with mpmath.workdps(40):
        slopes = [float(mp.diff(exact, float(t))) for t in x]
    assert df(x).astype(float) == pytest.approx(slopes, rel=1e-9)


def does_not_overflow(f: Map, x: Any) -> bool:
    """Whether all numbers on the way are finite, the exponential inside of a sigmoid too."""
    with np.errstate(all="ignore", over="raise"):
        try:
            f(x)
        except FloatingPointError:
            return False
    return True


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize("name", NAIVE)
def test_right_code_never_fails(name: str, dtype: str) -> None:
    """Whatever the point, from 1e-300 to 1e300: where nothing overflows on the way."""
    f, df, _ = NAIVE[name]
    x = np.array([t for t in WILD if abs(t) < FLOATS[dtype].largest]).astype(dtype)
    with np.errstate(all="ignore"):
        finite = np.isfinite(df(x).astype(float)) | ~np.isfinite(f(x.astype(float)))
    finite &= [does_not_overflow(df, x[k : k + 1]) for k in range(x.size)]
    found = gradcheck(f, df, at=x[finite].astype(float), dtype=dtype)
    assert found.ok, str(found)
    assert "wrong" not in words(found)


PLANTED: dict[str, Callable[[Map], Map]] = {
    "0.09 % off": lambda df: lambda x: 1.0009 * df(x),
    "the sign": lambda df: lambda x: -1.0 * df(x),
    "an offset": lambda df: lambda x: df(x) + 1e-3,
    "half where saturated": lambda df: lambda x: np.where(np.abs(x) > 4, 0.5, 1.0) * df(x),
}


@pytest.mark.parametrize("name", NAIVE)
def test_right_code_made_wrong_always_fails(name: str) -> None:
    """With the points that are taken by default."""
    f, df, _ = NAIVE[name]
    assert gradcheck(f, df).ok
    for bug, planted in PLANTED.items():
        assert not gradcheck(f, planted(df)).ok, bug


POINTS = [0.0, 1e-300, 1e-7, 0.3, -2.5, 7.0, -12.0, 745.0, -1e8, 1e100]


@pytest.mark.parametrize("name", [name for name, a in ACTIVATIONS.items() if a.elementwise])
def test_the_catalogue_passes_at_hard_points(name: str) -> None:
    """In wide and narrow numbers, also at and beside its kinks."""
    function = resolve(name)
    near = [c.at + d for c in function.corners[:3] for d in (0.0, 1e-7, -1e-12)]
    for dtype, orders in (("float64", (1, 2)), ("float16", (1,))):
        x = np.array([t for t in (*POINTS, *near) if abs(t) < FLOATS[dtype].largest])
        for order in orders:
            found = check(function, Settings(at=x, dtype=dtype, order=order))
            assert found.ok, str(found)


SWAYING: dict[str, tuple[str, Map, Map]] = {
    "sin(1e5*x)": ("1e5*cos(1e5*x)", lambda x: np.sin(1e5 * x), lambda x: 1e5 * np.cos(1e5 * x)),
    "sin(x**5)": ("5*x**4*cos(x**5)", lambda x: np.sin(x**5), lambda x: 5 * x**4 * np.cos(x**5)),
    "1e16 + x": ("1", lambda x: 1e16 + x, np.ones_like),
    "1e16*x": ("1e16", lambda x: 1e16 * x, lambda x: np.full_like(x, 1e16)),
}


@pytest.mark.parametrize("text", SWAYING)
def test_no_step_is_too_wide_or_too_narrow(text: str) -> None:
    """What sways fast, or hides in the last digits of large numbers, is judged as what is tame."""
    slope, f, df = SWAYING[text]
    assert gradcheck(text, slope, samples=20).ok
    assert not gradcheck(text, f"1.0009*({slope})", samples=20).ok
    assert gradcheck(f, df, samples=20).ok
    wrong = gradcheck(f, lambda x: 1.0009 * df(x), samples=20)
    assert wrong.is_vacuous if text == "1e16 + x" else not wrong.ok  # these floats are 2 apart


@pytest.mark.parametrize("x", [0.3, -1.2, 2.5])
@pytest.mark.parametrize("target", ["tanh", np.tanh], ids=["formula", "code"])
def test_the_remainder_tells(target: Any, x: float) -> None:
    """Beside a right slope Taylor's remainder falls as h**2, beside a wrong one as h."""
    (right, *_) = gradcheck(target, sech2, at=[x]).findings
    (wrong, *_) = gradcheck(target, lambda x: 1.01 * sech2(x), at=[x]).findings
    assert right.rate == pytest.approx(2.0, abs=0.1)
    assert wrong.rate == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("method", "reaching", "staying"),
    [("central", -1, None), ("forward", -1, 1), ("backward", 1, -1), ("five_point", 1, None)],
)
def test_at_the_kink_is_not_within_a_step(method: str, reaching: int, staying: int | None) -> None:
    """A step of one's own that reaches over a kink is told from the kink, and from one that does not."""
    option = ("--method", method, "--step", "1e-4")
    row = call("gradcheck", "relu", "--at", f"{reaching * 5e-5}", *option).rows[0]
    assert "within h of the kink" in row[-1]
    row = call("gradcheck", "relu", "--at", "0", *option).rows[0]
    assert "within h" not in row[-1]
    assert "kink" in row[-1]
    if staying:
        assert "kink" not in call("gradcheck", "relu", "--at", f"{staying * 5e-5}", *option).rows[0][-1]


_SMOOTH = (
    *("sin({})", "cos({})", "exp({})", "tanh({})", "atan({})", "erf({})"),
    *("sqrt(1.5 + ({})**2)", "log(2.0 + ({})**2)"),
)
_LEAF = st.sampled_from(("x", "x", "x", "0.5", "2.0", "3.0", "0.25"))
FORMULAS = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.builds(str.format, st.sampled_from(_SMOOTH), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
        st.builds("({} / (1.5 + ({})**2))".format, inner, inner),
    ),
    max_leaves=8,
).filter(lambda text: "x" in text and "(" in text)


@given(FORMULAS)
@settings(max_examples=15)
def test_any_smooth_formula_is_judged_rightly(text: str) -> None:
    """Its derivative by sympy passes, and fails a millionth off: unless there is nothing to compare."""
    exact = sympy.diff(sympy.sympify(text, rational=True), sympy.Symbol("x"))
    slope = re.sub(r"\bE\b", "exp(1)", str(exact))
    assert gradcheck(text, slope, samples=6).ok, slope
    wrong = gradcheck(text, f"(1 + 1e-6)*({slope})", samples=6)
    assert not wrong.ok or wrong.is_vacuous or slope == "0", slope


@pytest.mark.parametrize("target", ["sqrt(x)", np.sqrt], ids=["formula", "code"])
@pytest.mark.parametrize(("number", "fails"), [(INF, False), (0.0, True), (-INF, True), (1e4, True)])
def test_a_tangent_at_the_end_of_a_domain(target: Any, number: float, fails: bool) -> None:
    """The root has one side at 0, and that is vertical: an infinite slope passes, no other does."""
    found = gradcheck(target, constant(number), at=[0.0])
    assert words(found) == {"vertical tangent"}
    assert found.ok is not fails


# Right code where its numbers are coarse, or where it is steep close by.
COARSE: dict[str, tuple[Map, Map, list[float]]] = {
    "a sine far out": (np.sin, np.cos, [1e10, 1e11, 1.3e12, 1e14, -1.7e14]),
    "a fast sine": (lambda x: np.sin(1e5 * x), lambda x: 1e5 * np.cos(1e5 * x), [0.3, 5.867, 7.0, 1e5]),
    "beside a singularity": (
        lambda x: (x - 1) * np.log(np.abs(x - 1)),
        lambda x: np.log(np.abs(x - 1)) + 1,
        [1 + 1e-12, 1 - 1e-9, 1 + 1e-3],
    ),
    "beside an end": (np.arcsin, lambda x: 1 / np.sqrt(1 - x * x), [1 - 1e-15, 1 - 1e-12, 0.5]),
    "float32 inside": (
        lambda x: np.tanh(x.astype(np.float32)),
        lambda x: 1 - np.tanh(x.astype(np.float32)) ** 2,
        [-8.0, -4.1, -1.3, 0.2, 0.7, 3.3, 9.1],
    ),
}


@pytest.mark.parametrize("name", COARSE)
def test_coarse_numbers_are_no_failure(name: str) -> None:
    """What its values cannot tell is vacuous, not wrong."""
    f, df, at = COARSE[name]
    found = gradcheck(f, df, at=at)
    assert found.ok, str(found)


# Wrong code beside large values elsewhere: they are no excuse.
ELSEWHERE: dict[str, tuple[Map, Map, list[float]]] = {
    "a peak": (
        lambda x: 1e12 * np.exp(-20 * np.abs(x)) + x,
        lambda x: -2e13 * np.sign(x) * np.exp(-20 * np.abs(x)) + 1.01,
        [5.0, 6.0, 9.0, -9.0],
    ),
    "a narrow bell": (
        lambda x: 1 / (x * x + 1e-12),
        lambda x: -2.4 * x / (x * x + 1e-12) ** 2,
        [4.1, 5.5],
    ),
    "a tail": (np.exp, lambda x: 1.02 * np.exp(x), [-20.0, -29.0, -30.0]),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_large_values_elsewhere_are_no_excuse(name: str) -> None:
    """The noise of the values there is what counts, not the size of others."""
    f, df, at = ELSEWHERE[name]
    found = gradcheck(f, df, at=at)
    assert [finding.fails for finding in found.everything()] == [True] * len(at)
