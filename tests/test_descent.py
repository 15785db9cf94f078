"""Descent: objectives with published values, update rules to the letter, and honest endings."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import call

from actcli.descent import Stop, descend
from actcli.errors import InputError
from actcli.objectives import OBJECTIVES
from actcli.optimizers import OPTIMIZERS
from actcli.target import resolve

START = np.array([-7.0, 2.0])


def ends_at(optimizer: str, steps: int, **settings: float) -> tuple[float, ...]:
    """Where the bowl x^2/20 + y^2 is after some steps from (-7, 2)."""
    outcome = descend(
        resolve("bowl"), OPTIMIZERS[optimizer].with_settings(settings), steps=steps, start=START
    )
    return tuple(outcome.trace[-1].x)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_have_their_published_value(name: str) -> None:
    """Away from its minimum an objective has the value of the literature: no other formula would do."""
    objective = OBJECTIVES[name]
    point, value = objective.evidence
    assert float(objective.value(np.array(point))) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_minima_are_minima(name: str) -> None:
    """At a stated minimum the gradient vanishes and every direction leads up."""
    objective = OBJECTIVES[name]
    for minimum in np.array(objective.minima):
        assert np.linalg.norm(objective.gradient(minimum)) < 1e-4
        around = minimum + 0.01 * np.vstack([np.eye(len(minimum)), -np.eye(len(minimum))])
        assert np.all(objective.value(around) > objective.value(minimum))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_formula_value_and_gradient_agree(name: str) -> None:
    """The formula's text, the value and the gradient are three descriptions of one function (by mpmath)."""
    mpmath = pytest.importorskip("mpmath")
    objective = OBJECTIVES[name]
    variables = objective.inputs or [f"x{i}" for i in range(len(objective.start))]
    for point in np.random.default_rng(3).uniform(-3, 3, (20, len(variables))):
        exact = [mpmath.mpf(float(v)) for v in point]

        def formula(*values: object) -> object:
            words = {"exp": mpmath.exp, "log": mpmath.log}
            return eval(objective.formula, words | dict(zip(variables, values, strict=True)))

        assert float(objective.value(point)) == pytest.approx(float(formula(*exact)), rel=1e-13)
        for i, slope in enumerate(objective.gradient(point)):
            order = tuple(int(i == j) for j in range(len(variables)))
            assert slope == pytest.approx(float(mpmath.diff(formula, exact, order)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_take_batches(name: str) -> None:
    """Value and gradient of many points at once are those of each."""
    objective = OBJECTIVES[name]
    points = np.random.default_rng(4).uniform(-2, 2, (3, 4, len(objective.start)))
    values, gradients = objective.value(points), objective.gradient(points)
    assert values.shape == (3, 4)
    for index in np.ndindex(3, 4):
        assert values[index] == objective.value(points[index])
        assert np.array_equal(gradients[index], objective.gradient(points[index]))


def test_the_notes_descent() -> None:
    """From (-3, 4), 20 steps of 0.1 on x0^2 + x1^2 end at 0.8^20 times the start."""
    outcome = descend(resolve("sphere"), OPTIMIZERS["gd"], steps=20)
    assert len(outcome.trace) == 21
    assert outcome.trace[0].x.tolist() == [-3.0, 4.0]
    assert outcome.trace[-1].x == pytest.approx([-3 * 0.8**20, 4 * 0.8**20], rel=1e-14)
    assert outcome.trace[-1].x == pytest.approx([-0.0345876451, 0.0461168602], abs=1e-9)
    assert outcome.stop is Stop.STEPS


def test_numerical_gradients_lead_the_same_way() -> None:
    """Central differences with h = 1e-4 give nearly the same path, and not the very same."""
    outcome = descend(resolve("rosenbrock"), OPTIMIZERS["adam"], steps=50, numerical=True)
    analytic = descend(resolve("rosenbrock"), OPTIMIZERS["adam"], steps=50)
    assert outcome.path == pytest.approx(analytic.path, abs=1e-5)
    assert not np.array_equal(outcome.path, analytic.path)


@pytest.mark.parametrize(
    ("optimizer", "settings", "first"),
    [
        ("gd", {"lr": 0.95}, (-7 + 0.95 * 0.7, 2 - 0.95 * 4)),
        ("momentum", {"lr": 0.1}, (-6.93, 1.6)),
        ("nesterov", {"lr": 0.1}, (-7 + 0.1 * 1.9 * 0.7, 2 - 0.1 * 1.9 * 4)),
        ("adagrad", {"lr": 1.5}, (-5.5, 0.5)),
        ("rmsprop", {"lr": 0.1}, (-6.0, 1.0)),
        ("adam", {"lr": 0.3}, (-6.7, 1.7)),
    ],
)
def test_first_steps_are_those_of_pytorch(optimizer: str, settings: dict, first: tuple) -> None:
    """The first step, worked out by hand from the published rule in PyTorch's form."""
    assert ends_at(optimizer, 1, **settings) == pytest.approx(first, rel=1e-7)


TORCH = {
    "gd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
}


@pytest.mark.parametrize("name", TORCH)
def test_paths_are_those_of_pytorch(name: str) -> None:
    """Thirty steps end where torch.optim's do, with its own defaults for all but lr."""
    torch = pytest.importorskip("torch", reason="torch is compared with where it is installed")
    x = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    kind, arguments = TORCH[name]
    optimizer = getattr(torch.optim, kind)([x], lr=0.1, **arguments)
    for _ in range(30):
        optimizer.zero_grad()
        (x[0] ** 2 / 20 + x[1] ** 2).backward()
        optimizer.step()
    assert ends_at(name, 30, lr=0.1) == pytest.approx(x.tolist(), rel=1e-11)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_reach_the_minimum(name: str) -> None:
    """Every optimizer finds the bottom of the sphere."""
    outcome = descend(resolve("sphere"), OPTIMIZERS[name], steps=20_000, tolerance=1e-6)
    assert outcome.stop is Stop.CONVERGED
    assert np.linalg.norm(outcome.trace[-1].x) < 1e-6


@given(st.sampled_from(sorted(OPTIMIZERS)), st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5))
def test_a_descent_changes_nothing_it_is_given(name: str, start: list[float]) -> None:
    """The caller's array is as it was, and a zero learning rate moves nothing."""
    given_start = np.array(start)
    function = resolve("sphere", dimension=len(start))
    outcome = descend(function, OPTIMIZERS[name].with_settings({"lr": 0.0}), steps=3, start=given_start)
    assert given_start.tolist() == start
    assert all(step.x.tolist() == start for step in outcome.trace)


def test_a_runaway_stops_and_says_where() -> None:
    """Growth beyond 10^12 times the start ends a descent: the rows so far are there."""
    outcome = descend(resolve("sphere"), OPTIMIZERS["gd"].with_settings({"lr": 10.0}), steps=1000)
    assert outcome.diverged
    assert outcome.stop is Stop.RUNAWAY
    assert [step.number for step in outcome.trace] == list(range(len(outcome.trace)))
    assert np.linalg.norm(outcome.trace[-2].x) <= 5e12
    expected = math.ceil(math.log(1e12) / (2 * math.log(19)))  # the value grows by 19^2 a step
    assert outcome.trace[-1].number == expected


def test_leaving_the_finite_numbers_stops_without_a_warning() -> None:
    """An overflow in one step is a divergence, not a warning."""
    outcome = descend(resolve("rosenbrock"), OPTIMIZERS["gd"].with_settings({"lr": 1e300}), steps=5)
    assert outcome.stop is Stop.NOT_FINITE
    assert outcome.trace[-1].number == 1


def test_zero_steps_are_the_start_alone() -> None:
    """Asked for no steps, a descent is its start."""
    outcome = descend(resolve("beale"), OPTIMIZERS["gd"], steps=0)
    assert [step.number for step in outcome.trace] == [0]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("settings", [{"lr": -1.0}, {"lr": math.nan}, {"lr": math.inf}, {"nonsense": 1.0}])
def test_bad_hyper_parameters_are_input_errors(name: str, settings: dict) -> None:
    """A hyper-parameter that is unknown, negative or not finite is refused."""
    with pytest.raises(InputError):
        OPTIMIZERS[name].with_settings(settings)


def test_the_start_has_the_objectives_length() -> None:
    """Two variables need two numbers; the sphere takes any number of them."""
    with pytest.raises(InputError, match="has 2 numbers, not 3"):
        descend(resolve("rosenbrock"), OPTIMIZERS["gd"], steps=1, start=np.zeros(3))
    wide = resolve("sphere", dimension=5)
    assert descend(wide, OPTIMIZERS["gd"], steps=1, start=np.ones(5)).path.shape == (2, 5)


@pytest.mark.parametrize("numerical", [False, True])
@pytest.mark.parametrize("target", ["x0**2 + x1**2", "a**2 + b**2", "sum(w**2)", "dot(v, v)"])
def test_formulas_descend_like_objectives(target: str, numerical: bool) -> None:
    """A formula, of coordinates or of one vector, takes the very path of the sphere."""
    gd, start = OPTIMIZERS["gd"], np.array([-3.0, 4.0])
    outcome = descend(resolve(target), gd, steps=20, start=start, numerical=numerical)
    assert outcome.path == pytest.approx(descend(resolve("sphere"), gd, steps=20).path, rel=1e-6)


def test_a_formula_needs_a_start() -> None:
    """What is no objective has no start of its own; and a vector value has no way down."""
    for target, start, message in (
        ("a**2", None, "no start"), ("x*y", [1.0], "has 2 numbers"), ("softmax", [1.0, 2.0], "vector"),
        ("x*y", [[1.0]], "one row"), ("dot(x, w)", [1.0], "vector"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=message):
            descend(resolve(target), OPTIMIZERS["gd"], steps=1, start=start)


def test_outside_the_domain_a_descent_ends() -> None:
    """Where a function has no value a descent is over, as diverged."""
    assert descend(resolve("log(x)"), OPTIMIZERS["gd"], steps=3, start=[-1.0]).stop is Stop.NOT_FINITE


def test_the_table_has_the_variables_names() -> None:
    """The columns are named like the variables, also where one has the name of a result."""
    for target, names in (("a**2 + b**2", "a,b"), ("sum(w**2)", "w0,w1"), ("x0**2 + value**2", "x0,value")):
        header = call("descend", target, "--start", "1,2", "--steps", "1", "-f", "csv").text.splitlines()[0]
        assert header == f"step,{names},{'value_' if 'value' in names else 'value'},gradient_norm"
