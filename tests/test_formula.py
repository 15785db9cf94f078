"""The formula language: values are numpy's, derivatives are those of sympy, texts read back."""

import cmath
import math
import threading

import mpmath
import numpy as np
import pytest
from formulas import (
    EXACT_LITERALS,
    VARIABLES,
    Tie,
    by_numpy,
    by_sympy,
    compiled,
    formulas,
    slope_and_condition,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mp
from oracle import ulps

from actcli.activations import ACTIVATIONS
from actcli.errors import FormulaError, InputError
from actcli.formula.calls import expanded
from actcli.formula.derive import derivative
from actcli.formula.evaluate import backward, forward, on_complex
from actcli.formula.graph import Node, variable
from actcli.formula.parse import parse
from actcli.formula.precise import precise
from actcli.formula.simplify import simplified
from actcli.formula.text import latex_of, text_of
from actcli.target import resolve

POINTS = st.fixed_dictionaries(dict.fromkeys(VARIABLES, st.floats(-4, 4)))
settings.register_profile(
    "formulas", deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
UNROUNDED = settings(settings.get_profile("formulas"), max_examples=100)


def graph_of(text: str) -> Node:
    """Parse; a formula with a constant that is infinite or no number is none to test."""
    try:
        return parse(text, ACTIVATIONS)
    except FormulaError as error:
        assume("infinite" not in str(error))
        raise


def gradients(root: Node, names: dict, upstream: object = 1.0) -> dict[str, np.ndarray]:
    """Return the gradient towards each variable, 0 where none arrives."""
    values = forward(root, names)
    flowed = backward(root, values, upstream)
    place = {node: k for k, node in enumerate(root.order)}
    found = {name: flowed[place[variable(name)]] for name in root.variables}
    return {name: np.zeros(()) if g is None else np.asarray(g) for name, g in found.items()}


def is_finite(root: Node, point: dict[str, float]) -> bool:
    """Whether no part of the formula overflows or leaves its domain there, in floats."""
    return all(
        np.isfinite(np.float64(v)) for v in forward(root, {n: np.float64(v) for n, v in point.items()})
    )


@settings(UNROUNDED, max_examples=600)
@given(text=formulas(), points=st.lists(POINTS, min_size=1, max_size=5))
def test_values_are_those_of_numpy(text: str, points: list[dict[str, float]]) -> None:
    """A formula's value is what numpy makes of the same text, bit for bit."""
    names = {name: np.array([point[name] for point in points]) for name in VARIABLES}
    root = graph_of(text)
    try:
        expected = by_numpy(text, names)
    except (ZeroDivisionError, OverflowError, TypeError):  # Python's own, of constants
        assume(False)
    assume(not np.iscomplexobj(expected))
    got = np.asarray(forward(root, names)[-1])
    assert np.array_equal(got, expected, equal_nan=True)
    assert np.array_equal(np.signbit(got), np.signbit(expected)) or np.isnan(got).any()


@settings(UNROUNDED, max_examples=150)
@given(text=formulas(10), points=st.lists(POINTS, min_size=2, max_size=2))
def test_gradients_are_those_of_sympy(text: str, points: list[dict[str, float]]) -> None:
    """Backpropagation gives sympy's derivative, but for what rounding does to the formula as typed."""
    root = graph_of(text)
    points = [point for point in points if root.variables and is_finite(root, point)]
    assume(points)
    expression, numbers = by_sympy(text)
    checked = 0
    for name in root.variables:
        exact = compiled(expression.diff(name), numbers)
        for point in points:
            got = float(gradients(root, {n: np.float64(v) for n, v in point.items()})[name])
            with mpmath.workprec(200):
                try:
                    _, slope, condition = slope_and_condition(text, point, name)
                except (Tie, ZeroDivisionError):
                    continue
                with mpmath.workprec(2500):
                    truth = exact(point)
                if truth is None:
                    continue
                assert abs(slope - truth) <= mp.mpf(10) ** -25 * (abs(truth) + condition) + mp.mpf(10) ** -290
                allowed = 64 * (condition + abs(truth)) * mp.mpf(2) ** -53 + mp.mpf(10) ** -290
                if np.isfinite(got) or abs(truth) + condition < 1e290:
                    assert abs(mp.mpf(got) - truth) <= allowed, (name, point, got, float(truth))
                checked += 1
    assume(checked)


@settings(UNROUNDED, max_examples=70)
@given(text=formulas(6, EXACT_LITERALS), point=POINTS, order=st.integers(1, 3))
def test_derivatives_are_those_of_sympy(text: str, point: dict[str, float], order: int) -> None:
    """The symbolic derivative, of the first to the third order, is sympy's to 20 digits, also simplified."""
    root = graph_of(text)
    assume("x" in root.variables and is_finite(root, point))
    expression, numbers = by_sympy(text)
    found = derivative(root, "x", order)
    with mpmath.workprec(3000):
        try:
            slope_and_condition(text, point, "x")
        except (Tie, ZeroDivisionError):
            assume(False)
        truth = compiled(expression.diff("x", order), numbers)(point)
        assume(truth is not None)
        for graph in (found, simplified(found)):
            got = precise(graph, point)
            assert abs(got - truth) <= mp.mpf(10) ** -20 * abs(truth) + mp.mpf(10) ** -700


@settings(UNROUNDED, max_examples=200)
@given(text=formulas(10), point=POINTS)
def test_simplified_keeps_the_value(text: str, point: dict[str, float]) -> None:
    """What is simplified has the same exact value, wherever both are finite."""
    root = graph_of(text)
    assume(is_finite(root, point))
    before, after = precise(root, point), precise(simplified(root), point)
    if mp.isfinite(before) and mp.isfinite(after):
        with mpmath.workprec(200):
            assert abs(before - after) <= mp.mpf(10) ** -25 * abs(before) + mp.mpf(10) ** -700


@settings(UNROUNDED, max_examples=300)
@given(text=formulas(), order=st.integers(0, 1))
def test_texts_read_back(text: str, order: int) -> None:
    """A formula's text, or its derivative's, is parsed to the same object; and LaTeX can be written."""
    root = derivative(graph_of(text), "x", order)
    for graph in (root, simplified(root)):
        written = text_of(graph)
        assert latex_of(graph)
        assume(len(written) <= 1000)
        try:
            again = parse(written, ACTIVATIONS)
        except FormulaError as error:
            assume("nested too deeply" not in str(error) and "infinite" not in str(error))
            raise
        assert again is graph


def test_a_zero_gradient_absorbs() -> None:
    """0 times an infinite partial is 0: in a dead branch, at the corner of a power, beside a choice."""
    cases = {
        "where(x > 0, sqrt(x), 0*x)": (-1.0, 0.0),
        "sqrt(max(x, 0))": (-1.0, 0.0),
        "where(x > 0, log(x), x)": (0.0, 1.0),
        "x**2": (0.0, 0.0),
        "x**0": (0.0, 0.0),
        "max(x, 0)": (0.0, 0.0),
        "min(x, 0)": (0.0, 0.0),
        "abs(x)": (0.0, 0.0),
        "clip(x, 0, 1)": (0.0, 0.0),
        "clip(x, 0, 1) + x": (0.5, 2.0),
        "1/(1 + exp(-x))": (-800.0, 0.0),
        "floor(x) + sign(x) + x": (1.5, 1.0),
    }
    for text, (x, slope) in cases.items():
        assert gradients(parse(text), {"x": np.array([x])})["x"] == slope, text
        for order in (1, 2, 3, 4):
            assert not mp.isnan(precise(derivative(parse("x**2"), "x", order), {"x": 0.0}))


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("asin(x)", 1 - 1e-12, lambda x: 1 / mp.sqrt(1 - x * x)),
        ("acos(x)", 1e-12 - 1, lambda x: -1 / mp.sqrt(1 - x * x)),
        ("atanh(x)", 1 - 1e-12, lambda x: 1 / (1 - x * x)),
        ("asinh(x)", 1e200, lambda x: 1 / mp.sqrt(1 + x * x)),
        ("atan2(x, 1e200)", 1e200, lambda x: 1 / (2 * x)),
        ("hypot(x, 1e200)", 1e200, lambda x: 1 / mp.sqrt(2)),
        ("acosh(x)", 1 + 1e-12, lambda x: 1 / mp.sqrt(x * x - 1)),
        ("erf(x)", 5.0, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
        ("erfc(x)", 5.0, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    ],
)
def test_local_derivatives_do_not_cancel(text: str, x: float, slope: object) -> None:
    """Near the edge of a domain and far out a local derivative keeps all its digits."""
    got = float(gradients(parse(text), {"x": np.float64(x)})["x"])
    with mpmath.workprec(1200):
        truth = slope(mp.mpf(x))  # type: ignore[operator]
        assert abs(got - truth) <= 16 * mp.mpf(2) ** -52 * abs(truth)


ELEMENTWISE = [a for a in ACTIVATIONS.values() if a.elementwise]
VECTOR = [a for a in ACTIVATIONS.values() if not a.elementwise]
HARD = (*(1e300, 750.3, 707.9, 36.7, 20.1, 3.3, 1.0, 0.3, 1e-9, 1e-300),)
EDGES = [s * x for x in HARD for s in (1.0, -1.0)]


@pytest.mark.parametrize("name", [a.name for a in ELEMENTWISE])
def test_derivatives_of_the_catalogue_are_the_stated_ones(name: str) -> None:
    """The formula's symbolic derivatives, exactly, are what is implemented: 4, 4 and 10 ulps."""
    activation, corners = ACTIVATIONS[name], {corner.at for corner in resolve(name).corners}
    formula, places = parse(activation.formula, ACTIVATIONS), [x for x in EDGES if x not in corners]
    for order, bound in enumerate((4, 4, 10)):
        graph = derivative(formula, "x", order)
        got = resolve(name)(places, order=order)
        for x, y in zip(places, got, strict=True):
            truth = precise(graph, {"x": x, **activation.defaults})
            assert ulps(float(y), truth) <= bound, (order, x)


@pytest.mark.parametrize("name", [a.name for a in ELEMENTWISE])
def test_gradients_of_opened_formulas_are_the_stated_derivatives(name: str) -> None:
    """Backpropagation through a function's formula as typed gives its stated derivative."""
    x = np.array([0.3, -0.7, 1.1, -2.2, 3.3, -4.4])
    got = gradients(expanded(parse(f"{name}(x)", ACTIVATIONS)), {"x": x})["x"]
    np.testing.assert_allclose(
        np.broadcast_to(got, x.shape),
        resolve(name)(x, order=1),
        rtol=1e-11,  # as typed, 1 - tanh**2 loses digits
        atol=1e-300,
    )
    direct = gradients(parse(f"{name}(x)", ACTIVATIONS), {"x": x})["x"]
    np.testing.assert_allclose(np.broadcast_to(direct, x.shape), np.broadcast_to(got, x.shape), rtol=1e-11)


@pytest.mark.parametrize("name", [a.name for a in VECTOR if a.formula])
def test_products_of_opened_vector_formulas_are_the_stated_ones(name: str) -> None:
    """Backpropagation through softmax's formula is its product with the Jacobian, over batches too."""
    x, g = np.random.default_rng(0).normal(size=(2, 3, 5))
    g = g[..., : resolve(name)(x).shape[-1]]
    for graph in (parse(f"{name}(x)", ACTIVATIONS), expanded(parse(f"{name}(x)", ACTIVATIONS))):
        got = gradients(graph, {"x": x}, g)["x"]
        np.testing.assert_allclose(got, ACTIVATIONS[name].product(x, g), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        *("sum(x)", "mean(x**2)", "dot(x, y)", "max(x)", "min(x)*x", "x/sum(exp(x))", "sum(x + mean(x))"),
        *("dot(x, x)/dot(y, y)", "sum(x - max(x))", "softmax(x*y)", "dot(softmax(x), y)", "x*dot(x, 2)"),
        *(
            "sum(sum(x) + sum(y))",
            "log_softmax(x)*mean(y)",
            "sum(where(x > mean(x), x, mean(x)))",
            "sum(2*sum(x))",
        ),
        *("max(x, mean(x))", "sqrt(mean((x - mean(x))**2))", "(x - mean(x))/sqrt(mean((x - mean(x))**2))"),
    ],
)
def test_gradients_of_vectors_are_differences(text: str) -> None:
    """The upstream gradient's product with the Jacobian, over batches, is what central differences give."""
    random = np.random.default_rng(1)
    root = parse(text, ACTIVATIONS)
    names = {"x": random.normal(size=(2, 4)), "y": random.normal(size=(2, 4))}
    upstream = random.normal(size=np.shape(forward(root, names)[-1]))
    for name, got in gradients(root, names, upstream).items():
        h = 1e-5
        for index in np.ndindex(2, 4):
            ends = []
            for s in (h, -h):
                moved = {n: v.copy() for n, v in names.items()}
                moved[name][index] += s
                ends.append(np.sum(upstream * forward(root, moved)[-1]))
            assert np.broadcast_to(got, (2, 4))[index] == pytest.approx(
                (ends[0] - ends[1]) / (2 * h), abs=1e-8
            )


def test_exponents_saturate() -> None:
    """What is beyond any exponent is 0 or infinite as good as, and takes no time."""
    for text, x in [
        ("exp(-exp(x))", 1e6),
        ("exp(-exp(exp(x)))", 1e300),
        ("2**-(3**x)", 1e300),
        ("erfc(exp(x))", 1e3),
    ]:
        assert float(precise(parse(text), {"x": x})) == 0.0
    assert precise(parse("x**exp(exp(x)) - 1"), {"x": 1e300}) > 1e300
    assert precise(parse("tanh(exp(x))"), {"x": 1e300}) == 1
    assert 0 < precise(parse("x + 1e-9999"), {"x": 0.0}) < mp.mpf("1.1e-9999")


def test_literals_are_decimals_in_high_precision() -> None:
    """1.702 is 1702/1000 there, and the nearest float in floats; a variable is the float that it is."""
    with mpmath.workprec(200):
        assert abs(precise(parse("1.702"), {}) - mp.mpf(1702) / 1000) < mp.mpf(2) ** -150
        assert abs(precise(parse("0.1 + 0.2 - 0.3"), {})) < mp.mpf(2) ** -1000
        assert precise(parse("x - 0.1"), {"x": 0.1}) > 5e-18
        assert abs(precise(parse("pi"), {}) - mp.pi) < mp.mpf(2) ** -90
    assert forward(parse("0.1 + 0.2"), {})[-1] == 0.1 + 0.2
    assert forward(parse("9**20"), {})[-1] == 9.0**20
    with pytest.raises(InputError, match="vectors"):
        precise(parse("sum(x)"), {"x": 1.0})


def test_equal_formulas_are_one_object_in_threads_too() -> None:
    """The same text gives the same graph, whoever parses it at the same time."""
    assert parse("x*exp(x) + exp(x)") is parse(" x * exp( x)+exp(x )")
    assert len(parse("exp(x) + exp(x)*exp(x)").order) == 4
    texts = [f"x*{k}.5 + D(silu, y*{k}, 3)*tanh({k}*x)" for k in range(60)]
    found: list[list[Node]] = [[] for _ in range(8)]
    together = threading.Barrier(8)

    def work(mine: list[Node]) -> None:
        together.wait()
        mine.extend(parse(text, ACTIVATIONS) for text in texts)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(a is b for mine in found for a, b in zip(found[0], mine, strict=True))


def test_long_formulas_are_walked_without_recursion() -> None:
    """A graph of 20,000 links is made, walked and freed."""
    root = variable("x")
    for k in range(20_000):
        root = root + float(k)
    assert len(root.order) == 40_001
    assert gradients(root, {"x": np.ones(2)})["x"] == 1.0
    del root


@pytest.mark.parametrize(
    "name", ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "atan", "asinh"]
)
def test_calls_are_those_of_mathematics(name: str) -> None:
    """Each name means what it means in Python's math and cmath; numbers without a point are floats too."""
    root = parse(f"{name}(x)")
    assert forward(root, {"x": 0.7})[-1] == pytest.approx(getattr(math, name)(0.7), rel=1e-15)
    if hasattr(cmath, name):
        assert on_complex(root, {"x": 0.7 + 0.2j}) == pytest.approx(
            getattr(cmath, name)(0.7 + 0.2j), rel=1e-14
        )


@pytest.mark.parametrize(
    "text", ["x*exp(x)", "max(x, 0.1)*x", "clip(x, 0.0, 0.5)*x", "abs(x)**3", "logistic(x)"]
)
def test_complex_steps_give_the_slope(text: str) -> None:
    """The formula on complex numbers is the continuation that a complex step needs, or is refused."""
    root = expanded(parse(text.replace("logistic", "sigmoid"), ACTIVATIONS))
    x = np.array([-0.7, 0.3, 2.0])
    slope = np.imag(on_complex(root, {"x": x + 1e-30j})) / 1e-30
    np.testing.assert_allclose(slope, gradients(root, {"x": x})["x"], rtol=1e-14)
    with pytest.raises(InputError, match="complex"):
        on_complex(parse("erf(x)"), {"x": x + 1j})


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("dot(x + sum(x), 2)", (3,)),
        ("dot(log_softmax(x), 2)", (4,)),
        ("dot(x + sum(x), y)", (3, 1)),
        ("dot(x + sum(y), y)", (3, 1)),
        ("softmax(x)*y - mean(x)*max(y)", (3, 1)),
        ("sum(x*x) + sum(y)", (3, 2)),
    ],
)
def test_what_is_stretched_beside_a_vector_counts_for_each_entry(text: str, lengths: tuple[int, ...]) -> None:
    """A number beside a vector, and a vector joined to a number, get the gradient of every entry."""
    root = parse(text, ACTIVATIONS)
    point = {name: np.linspace(0.5, 2.0, n) for name, n in zip(root.variables, lengths, strict=True)}
    values = forward(root, point)
    found = backward(root, values, np.ones(np.shape(values[-1])))
    arrived = {node.text: g for node, g in zip(root.order, found, strict=True) if node.text in node.variables}
    for name, x in point.items():
        for k in range(len(x)):
            step = 1e-6 * (np.arange(len(x)) == k)
            ends = [np.sum(forward(root, {**point, name: x + sign * step})[-1]) for sign in (1, -1)]
            assert arrived[name][k] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-7, abs=1e-8)


def test_high_derivatives_have_tails() -> None:
    """Where the formula as typed is inf/inf, a derivative beyond the implemented ones is still right."""
    assert forward(parse("D(sigmoid, x, 3)", ACTIVATIONS), {"x": np.array([-800.0, 0.0, 800.0])})[
        -1
    ].tolist() == [0.0, -0.125, 0.0]


def test_gathering_keeps_the_domain() -> None:
    """Roots are not multiplied into powers, and nothing cancels with inf: no value appears."""
    for text in ("x**0.5*x**0.5", "x**0.5*x**1.5", "inf - inf + x"):
        root = simplified(parse(text))
        assert np.isnan(forward(root, {"x": np.array([-2.0])})[-1]).all(), text_of(root)


def test_a_vector_operation_on_what_became_constant_is_refused() -> None:
    """A parameter that stands for a number leaves no vector to sum."""
    for text in ("softmax(a)*x", "sum(a)*x"):
        with pytest.raises(InputError, match="needs a vector"):
            resolve(text, {"a": 2.0})
