"""Function: parameters, types and shapes, and the formula on complex numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from actcli.activations import ACTIVATIONS
from actcli.checking import Settings, check
from actcli.errors import InputError
from actcli.target import resolve

SEVERAL_KINDS = ("identity", "gelu", "step", "elu", "golu", "soft_clipping")  # with code, kinks, by formula
VECTOR = [name for name, activation in ACTIVATIONS.items() if not activation.elementwise]
FLOATS = hnp.arrays(
    st.sampled_from([np.float16, np.float32, np.float64]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
    elements=st.floats(-50, 50, width=16),
)


@pytest.mark.parametrize("name", SEVERAL_KINDS)
@settings(deadline=None, max_examples=60)
@given(x=FLOATS)
def test_shape_and_type_are_kept_and_rounded_once(name: str, x: np.ndarray) -> None:
    """The result has the input's shape and type, and is the float64 result rounded once."""
    before = x.copy()
    for order in (0, 1, 2):
        y = resolve(name)(x, order=order)
        assert (y.shape, y.dtype) == (x.shape, x.dtype)
        with np.errstate(over="ignore"):
            rounded = resolve(name)(x.astype(np.float64), order=order).astype(x.dtype)
        assert np.array_equal(y, rounded, equal_nan=True)
    assert np.array_equal(x, before, equal_nan=True)


@pytest.mark.parametrize("name", ["gelu", "step", "golu"])
def test_large_arrays_are_the_same_in_blocks_and_threads(name: str) -> None:
    """Blocks and threads change nothing: each element is what it is alone, in any memory order."""
    x = np.random.default_rng(0).normal(size=(700, 500)).T
    y = resolve(name)(x)
    assert y.shape == x.shape
    picks = [(0, 0), (499, 699), (250, 350), (65, 535), (66, 0)]
    for pick in picks:
        assert y[pick] == resolve(name)(x[pick])


@pytest.mark.parametrize("name", VECTOR)
@settings(deadline=None, max_examples=30)  # each vector is computed alone, too
@given(
    x=hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=3), elements=st.floats(-30, 30)),
    data=st.data(),
)
def test_vectors_lie_along_the_axis(name: str, x: np.ndarray, data: st.DataObject) -> None:
    """Along any axis each vector is treated as it is alone; the Jacobian's axes come last."""
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    function = resolve(name)
    x = np.concatenate([x, -x], axis=axis) if name == "maxout" else x  # of an even length
    y, jacobian = function(x, axis=axis), function(x, order=1, axis=axis)
    rows = np.moveaxis(x, axis, -1)
    outputs = np.moveaxis(y, axis, -1)
    assert outputs.shape[:-1] == rows.shape[:-1]
    assert jacobian.shape == (*outputs.shape, rows.shape[-1])
    for index in np.ndindex(rows.shape[:-1]):
        assert np.array_equal(outputs[index], function(rows[index]))
        assert np.array_equal(jacobian[index], function(rows[index], order=1))


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, np.bool_])
def test_whole_numbers_become_float64(dtype: type) -> None:
    """Integers and booleans are not truncated: they are computed as float64."""
    assert resolve("sigmoid")(np.array([0, 1], dtype)).dtype == np.float64
    assert resolve("sigmoid")(np.array([0, 1], dtype))[1] == resolve("sigmoid")(1.0)


@pytest.mark.parametrize("bad", [np.array([1j]), np.array(["a"]), np.array([None]), np.longdouble([1])])
def test_other_types_are_refused(bad: np.ndarray) -> None:
    """What is no real number of a type we compute in is an InputError."""
    with pytest.raises(InputError):
        resolve("tanh")(bad)


def test_parameters_bind_and_show() -> None:
    """A parameter that is set counts, and is part of the name; one that the function lacks is refused."""
    leaky = resolve("leaky_relu", {"alpha": 0.2})
    assert leaky([-2.0, 3.0]).tolist() == [-0.4, 3.0]
    assert leaky.name == "leaky_relu(alpha=0.2)"
    assert resolve("leaky_relu", {"alpha": 0.01}).name == "leaky_relu"
    with pytest.raises(InputError, match="relu has no parameter 'alpha'"):
        resolve("relu", {"alpha": 1.0})


def test_orders_and_axes_that_do_not_exist_are_refused() -> None:
    """There is no third derivative, no axis 5, and no softmax of a single number without an axis."""
    with pytest.raises(InputError, match="order 10"):
        resolve("tanh")([1.0], order=10)
    with pytest.raises(InputError, match="axis 5"):
        resolve("softmax")(np.zeros((2, 2)), axis=5)
    with pytest.raises(InputError, match="vectors"):
        resolve("softmax")(1.0)


@pytest.mark.parametrize(
    "name", [name for name, a in ACTIVATIONS.items() if a.formula and "erf" not in a.formula]
)
def test_the_formula_on_reals_is_the_function(name: str) -> None:
    """The formula, as typed, gives the function's values on moderate numbers (gelu's has no complex erfc)."""
    function = resolve(name)
    x = np.linspace(-5, 5, 101)
    assert function.on_complex(x) == pytest.approx(function(x), rel=1e-12, abs=1e-15)


def test_bound_parameters_do_not_change() -> None:
    """A function's parameters are read-only: values and formula cannot drift apart."""
    with pytest.raises(TypeError):
        resolve("elu").parameters["alpha"] = 3.0  # type: ignore[index]


def test_several_inputs_broadcast() -> None:
    """Several inputs broadcast, and keep their type; what does not fit is refused."""
    product = resolve("x*y")
    assert product(np.float32([[1], [2]]), np.float32([3, 4])).tolist() == [[3, 4], [6, 8]]
    assert product(np.float32([1]), np.float32([3])).dtype == np.float32
    with pytest.raises(InputError, match="do not fit"):
        product([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="takes 2 inputs"):
        product([1.0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, ">f8"])
def test_gradients_have_the_inputs_type(dtype: str) -> None:
    """The gradient has the shape and type of the input, whatever the upstream has; so has a formula's."""
    x = np.array([[1, -0.5], [-2, 3]], dtype)
    (gradient,) = resolve("relu").gradient(x, upstream=[2.0, 3.0])
    assert (gradient.dtype, gradient.tolist()) == (x.dtype, [[2, 0], [0, 3]])
    (same,) = resolve("where(x > 0, x, 0)").gradient(x, upstream=[2.0, 3.0])
    assert np.array_equal(same, gradient)
    with pytest.raises(InputError, match="upstream"):
        resolve("relu").gradient(x, upstream=[1.0, 2.0, 3.0])


def test_one_backward_pass_gives_the_gradient() -> None:
    """The gradients by all inputs are those worked out by hand, and 0 by one that does not count."""
    x, y = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    by_x, by_y = resolve("x**2*y + 0*sin(y)").gradient(x, y)
    assert by_x.tolist() == [6, -4]
    assert by_y.tolist() == [1, 4]


def test_vectors_of_several_inputs() -> None:
    """A product joins two vectors along the axis; its gradients are each other."""
    dot = resolve("dot(x, w)")
    x, w = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.0, 3.0])
    assert dot(x, w).tolist() == [[8], [26]]
    by_x, by_w = dot.gradient(x, w)
    assert by_x.tolist() == [[1, 2, 3]] * 2
    assert np.array_equal(by_w, x)
    with pytest.raises(InputError, match="do not fit"):
        dot(np.ones(3), np.ones(2))


def test_a_free_parameter_is_an_input() -> None:
    """A parameter that is freed stands behind x with its number as the default; others stay bound."""
    elu = resolve("elu", {"alpha": 2.0}, free=("alpha", "nonsense"))
    assert (elu.inputs, dict(elu.defaults), elu.name) == (("x", "alpha"), {"alpha": 2.0}, "elu(alpha=2.0)")
    assert elu.gradient([-1.0, 1.0], [2.0])[1] == pytest.approx([np.expm1(-1), 0])
    line = resolve("a*x + b", {"a": 3.0, "b": 1.0}, free=("b",))
    assert (line.inputs, dict(line.defaults), dict(line.parameters)) == (("x", "b"), {"b": 1.0}, {"a": 3.0})


def test_a_sphere_of_other_dimensions_has_no_formula() -> None:
    """The formula of an objective is that of its own dimension, and never passes for another's."""
    assert resolve("sphere").graph.variables == ("x0", "x1")
    with pytest.raises(InputError, match="no formula"):
        _ = resolve("sphere", dimension=3).graph


@pytest.mark.parametrize(
    ("text", "corners"),
    [
        ("relu(x) + relu(x - 0.02)", [0.0, 0.02]),
        ("relu(x - 150)", [150.0]),
        ("clip(x, -1e5, 3)", [-1e5, 3.0]),
        ("where(x > 1, x, x**2)", [1.0]),
        ("where(x > 1, x, x)", []),
        ("abs(x)*abs(x)*abs(x)", []),
        ("x*sigmoid(x)", []),
    ],
)
def test_joints_of_formulas_are_found(text: str, corners: list[float]) -> None:
    """Kinks lie where branches change, to the last bit, near and far; what is joined smoothly is none."""
    assert [corner.at for corner in resolve(text).corners] == corners


def test_of_many_joints_the_nearest_to_0_are_kept() -> None:
    """A formula of countless joints has those around 0, on both sides."""
    found = [corner.at for corner in resolve("floor(10*x)").corners]
    assert {-10.0, -0.1, 0.0, 0.1, 10.0} <= set(found)


def test_derivatives_go_beyond_the_implemented_ones() -> None:
    """A catalogue function has derivatives up to order 9: the higher ones by its formula."""
    x = np.array([-1.5, 0.25, 2.0])
    assert resolve("gelu")(x, order=5).tolist() == resolve("D(gelu, x, 5)")(x).tolist()


@pytest.mark.parametrize(
    "text", ["log(1 + exp(x))", "sqrt(x**2 + 1) - x", "(exp(x) - 1 - x)/x**2", "1 - tanh(x)**2"]
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_formulas_that_cancel_are_not_wrong(text: str, seed: int) -> None:
    """What a formula as typed loses is allowed for; a derivative off by a thousandth still is wrong."""
    function = resolve(text)
    assert check(function, Settings(seed=seed)).ok
    slope = function.orders[1]
    wrong = replace(function, orders=(function.orders[0], lambda x: 1.001 * slope(x)))
    assert not check(wrong, Settings(seed=seed)).ok
