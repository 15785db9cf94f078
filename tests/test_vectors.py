"""Vector functions: against their formulas in arbitrary precision, or the properties that define them."""

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf
from oracle import exact_vector, ulps
from program import call, is_trouble

from actcli.activations import ACTIVATIONS, Activation
from actcli.errors import InputError
from actcli.formula.parse import parse
from actcli.target import resolve
from actcli.tracing import trace

VECTOR = [activation for activation in ACTIVATIONS.values() if not activation.elementwise]
WRITTEN = [activation for activation in VECTOR if activation.formula]
PROJECTIONS = {"sparsemax": 1, "entmax15": 2}
SHARES = [ACTIVATIONS[name] for name in ("softmax", "softmin", *PROJECTIONS)]
INF, NAN = np.inf, np.nan


def each(activations: list[Activation]) -> list:
    return [pytest.param(activation, id=activation.name) for activation in activations]


@pytest.fixture(autouse=True)
def _numpy_raises() -> Iterator[None]:
    """No test may provoke a floating-point warning: each is an error here, underflow excepted."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


def value(activation: Activation, x: np.ndarray, **parameters: float) -> np.ndarray:
    return activation.value(np.asarray(x, float), **{**activation.defaults, **parameters})


def jacobian(activation: Activation, x: np.ndarray, **parameters: float) -> np.ndarray:
    return activation.derivative(np.asarray(x, float), **{**activation.defaults, **parameters})


def product(activation: Activation, x: np.ndarray, upstream: np.ndarray, **parameters: float) -> np.ndarray:
    return activation.product(x, upstream, **{**activation.defaults, **parameters})


def hard_vectors(count: int) -> Iterator[list[float]]:
    """Rows of 1 to 5 entries: near ties, huge spreads, far offsets, fading tails, both ends of the line."""
    random = np.random.default_rng(7)
    yield from (
        [1e308, -1e308],
        [1.7e308, -1.7e308, 0.0],
        [1e308, 1e308],
        [0.0, -744.5, -745.2],
        [5e-324, 0.0, -0.0],
    )
    for k in range(count):
        row = random.normal(size=random.integers(1, 6)) * 10.0 ** random.choice(
            [-300, -8, 0, 0, 0.5, 1, 2, 2, 2.5, 2.9, 300]
        )
        row += random.choice([0.0, 10.0 ** random.uniform(0, 8)])
        if k % 3 == 0:
            row[0] = row.max() + random.choice([0.0, random.uniform(30, 740)])
        yield row.tolist()


def apart(got: np.ndarray, truth: list) -> float:
    """Return the largest error in ulps; infinite where a number is missing."""
    flat = np.ravel(got)
    assert len(flat) == len(truth)
    return max(ulps(float(g), t) for g, t in zip(flat, truth, strict=True))


def worst(activation: Activation, row: list[float], **parameters: float) -> float:
    """Return the largest error of the outputs and of the Jacobian's entries against the formula."""
    outputs, entries = exact_vector(activation, row, **parameters)
    flat = [entry for line in entries for entry in line]
    with np.errstate(over="ignore"):
        return max(
            apart(value(activation, row, **parameters), outputs),
            apart(jacobian(activation, row, **parameters), flat),
        )


@pytest.mark.parametrize("activation", each(WRITTEN))
def test_vector_functions_are_their_formulas(activation: Activation) -> None:
    """Outputs and every entry of the Jacobian: 4 ulps, whatever the spread of the entries."""
    for row in hard_vectors(60):
        error = worst(activation, row)
        assert error <= 4.0, f"{error} at {row!r}"


@pytest.mark.parametrize("temperature", [0.1, 3.7, 1e-3, 1.7e308, 5e-324])
def test_a_temperature_costs_no_digits(temperature: float) -> None:
    """x/temperature is not rounded before its exponential is taken: 4 ulps for every temperature."""
    for k, row in enumerate(hard_vectors(25)):
        near = [entry * temperature for entry in row] if k % 2 and 1e-3 <= temperature < 10 else row
        error = worst(ACTIVATIONS["softmax"], near, temperature=temperature)
        assert error <= 4.0, f"{error} at {near!r}"


@pytest.mark.parametrize(
    "row",
    [
        [-math.log(2), -math.log(2)],
        [-math.log(3)] * 3,
        [-0.5, -1.0, -3.2],
        [-1.0986122886681098, -1.0986122886681096, -1.09861228866811],
        [-1e-17, -40.0, -INF],
        *np.random.default_rng(1).normal(size=(5, 6)).tolist(),
    ],
)
def test_logsumexp_of_logarithms_of_probabilities(row: list[float]) -> None:
    """Where the maximum and the logarithm cancel, what is left is right to 4 ulps, however little it is."""
    row = (np.array(row) - math.log(sum(math.exp(entry) for entry in row))).tolist()
    with mpmath.workprec(400):
        truth = mpmath.log(mpmath.fsum(mpmath.exp(mpf(entry)) for entry in row))
    assert abs(truth) < 1e-15
    assert apart(value(ACTIVATIONS["logsumexp"], row), [truth]) <= 4.0


def projected(x: list, support: np.ndarray, power: int) -> list:
    """Return max(x/power - tau, 0)**power with the tau that gives the entries of the support the sum 1."""
    z = [mpf(entry) / power for entry in x]
    inside = [entry for entry, within in zip(z, support, strict=True) if within]
    mean = mpmath.fsum(inside) / len(inside)
    variance = mpmath.fsum((entry - mean) ** 2 for entry in inside) / len(inside)
    gap = mpf(1) / len(inside) if power == 1 else mpmath.sqrt(mpf(1) / len(inside) - variance)
    return [max(entry - mean + gap, mpf(0)) ** power for entry in z]


@pytest.mark.parametrize("name", PROJECTIONS)
def test_projections_meet_their_conditions(name: str) -> None:
    """The shares are those of the one tau that their own support asks for, and who has none lies below it.

    These are the conditions of Karush, Kuhn and Tucker for the property; the problem is convex, so they
    suffice. Values and Jacobian: 4 ulps, also where a share is about to vanish.
    """
    power, activation = PROJECTIONS[name], ACTIVATIONS[name]
    brinks = [[1.0, 1e-30, 0.2], [1.0, 1e-322], [0.5, -0.5 + 2**-50, -0.1], [2.0, 2.0**-40, 0.0]]
    for row in (*hard_vectors(80), *brinks):
        got = value(activation, row)
        with mp.workprec(4500):
            truth, support = projected(row, got > 0, power), got > 0
            assert all(
                abs(t) < mpf(2) ** -3000 for t, within in zip(truth, support, strict=True) if not within
            )
            step = mpf(2) ** -2200
            columns = [
                projected([entry + step * (i == j) for i, entry in enumerate(map(mpf, row))], support, power)
                for j in range(len(row))
            ]
            slopes = [
                (columns[j][i] - truth[i]) / step if support[i] else mpf(0)
                for i in range(len(row))
                for j in range(len(row))
            ]
            slopes = [mpf(0) if abs(slope) < mpf(2) ** -1100 else slope for slope in slopes]
        error = max(apart(got, truth), apart(jacobian(activation, row), slopes))
        assert error <= 4.0, f"{error} at {row!r}"


@pytest.mark.parametrize("name", PROJECTIONS)
def test_projections_are_the_best_of_all_shares(name: str) -> None:
    """No other point of the simplex is as near (sparsemax), or has a larger sum with entropy (entmax15)."""

    def worth(p: np.ndarray, x: np.ndarray) -> np.ndarray:
        if name == "sparsemax":
            return -((p - x) ** 2).sum(axis=-1)
        return (p * x + 4 / 3 * (p - p**1.5)).sum(axis=-1)

    random = np.random.default_rng(4)
    for scale in (0.1, 1.0, 3.0):
        x = random.normal(size=6) * scale
        best = value(ACTIVATIONS[name], x)
        assert best.sum() == pytest.approx(1.0, abs=4e-16)
        others = random.dirichlet(np.full(6, 0.3), size=3000)
        nearby = 0.999 * best + 0.001 * others
        assert worth(best, x) >= max(worth(others, x).max(), worth(nearby, x).max())


@pytest.mark.parametrize("name", PROJECTIONS)
def test_whether_an_entry_has_a_share_is_decided_exactly(name: str) -> None:
    """An entry on the brink has none; a unit in the last place above it has one."""
    power = PROJECTIONS[name]
    for rest in ([0.0], [0.0, -0.25], [0.0, -0.125, -0.5]):
        edge = {1: -(1 + sum(-r for r in rest)), 2: -2.0} if len(rest) == 1 else {}
        brink = edge.get(power, min(rest) - 1.0)
        low, high = brink - 2.0, 0.0
        while np.nextafter(low, high) < high:
            middle = (low + high) / 2
            gaps = [(Fraction(r) - Fraction(middle)) / power for r in rest if r > middle]
            low, high = (low, middle) if sum(gap**power for gap in gaps) < 1 else (middle, high)
        without, within = (value(ACTIVATIONS[name], [*rest, entry])[-1] for entry in (low, high))
        assert without == 0.0
        assert within > 0.0


def test_published_values() -> None:
    """Sparsemax where keras 3.15 is wrong, ONNX's and the papers' examples."""
    sparsemax, entmax = ACTIVATIONS["sparsemax"], ACTIVATIONS["entmax15"]
    assert value(sparsemax, [0.1, 0.2, 0.3]) == pytest.approx([0.7 / 3, 1 / 3, 1.3 / 3], rel=1e-15)
    assert value(sparsemax, [1.0, 1.2, 0.9]) == pytest.approx([0.3, 0.5, 0.2], rel=1e-15)
    assert value(sparsemax, [0.0, 0.0, 2.0]).tolist() == [0, 0, 1]
    assert value(entmax, [0.0, 1.0]) == pytest.approx([(7**0.5 - 1) ** 2 / 16, (7**0.5 + 1) ** 2 / 16])
    assert value(ACTIVATIONS["hardmax"], [[3, 0, 1, 2], [2, 5, 1, 0], [0, 1, 3, 2]]).argmax(-1).tolist() == [
        0,
        1,
        2,
    ]
    assert value(ACTIVATIONS["hardmax"], [3.0, 3, 3, 1]).tolist() == [1, 0, 0, 0]
    assert value(ACTIVATIONS["maxout"], [1, 4, 3, 2, -1, -5], groups=3).tolist() == [4, 2]
    assert value(ACTIVATIONS["crelu"], [1.5, -2.0]).tolist() == [1.5, 0, 0, 2]


def test_lengths_that_change() -> None:
    """Maxout's slopes go to the first of equal entries, crelu's stop at 0; a length must be divisible."""
    assert jacobian(ACTIVATIONS["maxout"], [1, 4, 2, 2]).tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]
    assert jacobian(ACTIVATIONS["crelu"], [1.5, 0.0]).tolist() == [[1, 0], [0, 0], [0, 0], [0, 0]]
    assert jacobian(ACTIVATIONS["crelu"], [-1.5, INF]).tolist() == [[0, 0], [0, 1], [-1, 0], [0, 0]]
    with pytest.raises(InputError, match="cannot be divided by 2"):
        resolve("maxout")([1.0, 2.0, 3.0])


@pytest.mark.parametrize("activation", each(SHARES))
def test_long_rows_stay_accurate(activation: Activation) -> None:
    """A row of 5,000 entries, near ties or spread: the same numbers contiguous or not, and they sum to 1."""
    random = np.random.default_rng(3)
    batch = np.stack([random.normal(size=5000) * scale for scale in (1e-3, 1.0, 30.0)])
    got = value(activation, batch)
    strided = value(activation, np.asfortranarray(batch))
    assert np.array_equal(got, strided)
    for row in got:
        assert abs(ulps(1.0, mpmath.fsum(map(mpf, row.tolist())))) <= 2.0


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_long_rows_are_right(name: str) -> None:
    """A row of 5,000 entries, near ties or spread: 4 ulps."""
    random = np.random.default_rng(3)
    batch = np.stack([random.normal(size=5000) * scale for scale in (1e-3, 1.0, 30.0)])
    for row, outputs in zip(batch, value(ACTIVATIONS[name], batch), strict=True):
        with mpmath.workprec(200):
            whole = mpmath.log(mpmath.fsum(mpmath.exp(mpf(float(v))) for v in row))
            logarithms = [mpf(float(v)) - whole for v in row[:50]]
            truth = logarithms if name == "log_softmax" else [mpmath.exp(t) for t in logarithms]
            assert apart(outputs[:50], truth) <= 4.0


@pytest.mark.parametrize("activation", each(SHARES))
def test_shares_sum_to_one(activation: Activation) -> None:
    """The exact sum of a row of shares is 1 within 2 ulps, for few entries as for hundreds."""
    random = np.random.default_rng(5)
    for n in (1, 2, 10, 600):
        rows = value(activation, random.normal(size=(20, n)) * 3.0)
        assert max(abs(ulps(1.0, mpmath.fsum(map(mpf, row.tolist())))) for row in rows) <= 2.0


@pytest.mark.parametrize("activation", each(VECTOR))
def test_a_product_is_the_jacobian_times_the_upstream(activation: Activation) -> None:
    """The product equals upstream @ Jacobian, to a few ulps of its largest term, for any batch shape."""
    random = np.random.default_rng(11)
    x = random.normal(size=(3, 4, 6)) * random.choice([0.3, 5.0], size=(3, 4, 1))
    upstream = random.normal(size=value(activation, x).shape)
    terms = upstream[..., :, np.newaxis] * jacobian(activation, x)
    got = product(activation, x, upstream)
    assert got.shape == x.shape
    assert np.all(np.abs(got - terms.sum(axis=-2)) <= 8 * 2.2e-16 * np.abs(terms).max(axis=-2))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", *PROJECTIONS])
def test_limits_of_shares(name: str) -> None:
    """One +inf takes everything; -inf gets nothing; where the limit depends on the path stands nan."""
    activation, shares = ACTIVATIONS[name], np.exp if name == "log_softmax" else np.asarray
    for row, share in [
        ([INF, 0.0, -INF], [1.0, 0.0, 0.0]),
        ([-INF, 3.0, -INF], [0.0, 1.0, 0.0]),
        ([INF, 1.0, INF], [NAN, NAN, NAN]),
        ([-INF, -INF], [NAN, NAN]),
        ([0.0, NAN, INF], [NAN, NAN, NAN]),
        ([INF], [1.0]),
    ]:
        assert np.array_equal(shares(value(activation, row)), share, equal_nan=True)
        assert np.array_equal(np.isnan(jacobian(activation, row)), np.tile(np.isnan(share), (len(row), 1)))
        grown = product(activation, np.array(row), np.ones(len(row)))
        assert np.array_equal(np.isnan(grown), np.isnan(share))
    assert jacobian(activation, [INF, 0.0, -INF])[0, 0] == 0.0


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [
        ("softmin", [-INF, 0.0, INF], [1, 0, 0]),
        ("softmin", [INF, INF], [NAN, NAN]),
        ("logsumexp", [INF, 0.0, INF], [INF]),
        ("logsumexp", [-INF, -INF], [-INF]),
        ("logsumexp", [-INF, 2.0], [2.0]),
        ("logsumexp", [NAN, INF], [NAN]),
        ("logsumexp", [1.7e308, 1.7e308], [1.7e308]),
        ("hardmax", [1.0, INF, INF], [0, 1, 0]),
        ("hardmax", [-INF, -INF], [1, 0]),
        ("hardmax", [1.0, NAN], [NAN, NAN]),
        ("maxout", [1.0, NAN, INF, -INF], [NAN, INF]),
        ("crelu", [-INF, NAN], [0, NAN, INF, NAN]),
        ("crelu", [INF, -0.0], [INF, 0, 0, 0]),
    ],
)
def test_special_rows(name: str, row: list[float], expected: list[float]) -> None:
    """Infinite entries give the limit where there is one, nan goes through, and a zero of crelu is +0."""
    got = value(ACTIVATIONS[name], row)
    assert np.array_equal(got, expected, equal_nan=True)
    assert not np.signbit(got[got == 0]).any()
    assert jacobian(ACTIVATIONS[name], row).shape == (len(expected), len(row))


@pytest.mark.parametrize("activation", each(VECTOR))
def test_any_batch_of_vectors(activation: Activation) -> None:
    """Rows are independent, whatever the batch's shape; n = 0 gives no slopes; x is what it was."""
    x = np.random.default_rng(2).normal(size=(2, 3, 4))
    x.flags.writeable = False
    k = value(activation, x).shape[-1]
    assert np.array_equal(value(activation, x)[1, 2], value(activation, x[1, 2]))
    assert jacobian(activation, x).shape == (2, 3, k, 4)
    assert np.array_equal(jacobian(activation, x)[1, 2], jacobian(activation, x[1, 2]))
    assert not np.shares_memory(value(activation, x), x)
    for shape in ((0,), (3, 0), (0, 4)):
        empty = np.zeros(shape)
        found = value(activation, empty)
        assert found.shape[:-1] == shape[:-1]
        assert jacobian(activation, empty).shape == (*found.shape, shape[-1])
        assert product(activation, empty, np.zeros_like(found)).shape == shape


@pytest.mark.parametrize("activation", each([a for a in VECTOR if not a.formula]))
def test_what_has_no_formula_is_an_operation_all_the_same(activation: Activation) -> None:
    """In a formula it evaluates, backpropagates, is opened into itself, and reads back as it is written."""
    name, x = activation.name, np.array([0.3, -0.2, 1.1, 0.9])
    function = resolve(f"2*{name}(x/2)")
    assert function(x).tolist() == (2 * value(activation, x / 2)).tolist()
    g = np.arange(1.0, 1 + len(function(x)))
    assert function.gradient(x, upstream=g)[0] == pytest.approx(product(activation, x / 2, g), rel=1e-15)
    assert function(x, order=1) == pytest.approx(jacobian(activation, x / 2), rel=1e-15)
    stages = trace(parse(f"{name}(x)", ACTIVATIONS), name, {"x": x}, np.ones(len(g))).stages
    assert stages[-1].text == f"{name}(x)"
    assert call("trace", f"{name}(x)", "0.5,0.25,0.1,0", "--expand").code == 0


def test_commands_take_what_has_no_formula(tmp_path: Path) -> None:
    """Eval shows outputs of another length alone, gradients beside inputs; gradcheck and plot take them."""
    assert call("eval", "maxout", "1,2,3,4").out == b"2.0\n4.0\n"
    assert call("eval", "crelu", "-1,2").out == b"0.0\n2.0\n1.0\n0.0\n"
    assert call("eval", "crelu", "-1,2", "--upstream", "1").out == b"-1.0\t-1.0\n2.0\t1.0\n"
    assert call("eval", "logsumexp", "0,0").out == b"0.6931471805599453\n"
    assert call("eval", "logsumexp", "0,0", "--with-derivative", "-q").out == b"0.6931471805599453\t0.5\n" * 2
    is_trouble(call("eval", "maxout", "1,2,3"), "cannot be divided by 2")
    is_trouble(call("eval", "softmax", "1,2", "-p", "temperature=0"), "temperature")
    is_trouble(call("eval", "D(sparsemax, x)", "1"), "vector function")
    is_trouble(call("gradcheck", "sparsemax", "--method", "complex_step"), "complex")
    assert call("gradcheck", *(a.name for a in VECTOR), "--samples", "5").code == 0
    assert call("plot", "maxout", "crelu", "-o", str(tmp_path / "bars.svg")).code == 0
