"""Every spelling of torch, jax and keras against the framework itself: values, derivatives, kinks.

Runs where the frameworks are installed; elsewhere the tests are skipped, with the reason.
"""

import numpy as np
import pytest
from frameworks import CALLS, ELEMENTWISE, FRAMEWORKS, VECTORS, Jax, Torch, framework_function

from actcli.activations import FLAVOURS
from actcli.frameworks import names
from actcli.target import resolve

TOLERANCE = 1e-12  # absolute and relative: how right the tails are, bench/peers.py measures

# (function@framework, order): the framework's known fault or gap, and how near it comes (None: not at all).
NARROW = {
    (f"{name}@keras", order): ("keras.ops casts float64 to float32", 1e-5)
    for name in ("arctan", "asinh", "cos", "cosh", "sin", "sinc", "sinh", "tanh")
    for order in range(3)
}
FAULTS = NARROW | {
    ("hard_sigmoid@torch", 1): ("its backward multiplies by 1/6 in float32", 1e-8),
    ("hard_sigmoid@torch", 2): ("it states no second derivative", None),
    ("sinc@torch", 2): ("nan at 0", None),
    ("celu@jax", 2): ("1/4 at 0, where the limits are 1 and 0", None),
    ("celu@keras", 2): ("1/4 at 0, where the limits are 1 and 0", None),
}
WRONG = {"sparsemax@keras": "does not add up to 1 (keras 3.15, issue 23425)"}


def framework_of(name: str) -> Torch | Jax:
    """Return the framework of function@framework, or skip."""
    try:
        return FRAMEWORKS[name.partition("@")[2]]()
    except ImportError as error:
        pytest.skip(str(error))


def points(name: str) -> np.ndarray:
    """Spread points over the line, on all kinks and on both sides of them."""
    kinks = np.array([corner.at for corner in resolve(name).corners])
    beside = [kinks - 1e-9, kinks + 1e-9]  # nearer than that, what they add to x is rounded to the kink
    return np.unique(np.concatenate([np.linspace(-9, 9, 73), [-30.0, 25.0], kinks, *beside]))


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_functions_are_the_frameworks(name: str, order: int) -> None:
    """A function@framework is what the framework computes: value, slope and bend, at kinks as well."""
    framework = framework_of(name)
    why, tolerance = FAULTS.get((name, order), ("", TOLERANCE))
    if tolerance is None:
        pytest.skip(f"a fault of the framework: {why}")
    x = points(name)
    theirs = framework(framework_function(name), x, order)
    np.testing.assert_allclose(resolve(name)(x, order=order), theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    ("name", "order"), [case for case, (_, nearest) in FAULTS.items() if nearest is None]
)
def test_faults_are_still_there(name: str, order: int) -> None:
    """What is not compared is wrong in the framework still: else it must be compared."""
    framework, x = framework_of(name), points(name)
    try:
        theirs = framework(framework_function(name), x, order)
    except RuntimeError:
        return  # "derivative for ... is not implemented"
    assert not np.allclose(resolve(name)(x, order=order), theirs, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("framework", ["torch", "jax"])
@pytest.mark.parametrize("name", ["elu", "celu"])
def test_parameters_mean_the_same(name: str, framework: str) -> None:
    """With another parameter than the default, too, slopes at kinks are the framework's."""
    compute = framework_of(f"{name}@{framework}")
    f, x = framework_function(f"{name}@{framework}"), points(name)
    ours = resolve(f"{name}@{framework}", {"alpha": 2.0})
    for order in (0, 1):
        theirs = compute(lambda at: f(at, alpha=2.0), x, order)
        np.testing.assert_allclose(ours(x, order=order), theirs, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("name", VECTORS)
def test_vector_functions_are_the_frameworks(name: str) -> None:
    """A vector function works on each row as the framework's does along the last axis."""
    framework, f = framework_of(name), framework_function(name)
    x = np.array([[0.1, 0.2, 0.3, -1.0], [5.0, -2.0, 0.0, 0.0], [-700.0, 1.0, 2.0, 3.0]])
    axis = "dim" if isinstance(framework, Torch) else "axis"
    theirs, ours = framework(lambda at: f(at, **{axis: -1}), x), resolve(name)(x)
    agrees = np.allclose(ours, theirs.reshape(ours.shape), rtol=TOLERANCE, atol=TOLERANCE)
    assert agrees == (name not in WRONG), WRONG.get(name)


def test_the_lists_name_what_there_is() -> None:
    """Calls and faults are of names that resolve, and so is every record of a flavour."""
    assert {name for name, _ in FAULTS} | set(CALLS) | set(WRONG) | set(FLAVOURS) <= set(names())
