"""Where a framework's function is the catalogue's, but for the derivatives that it reports at kinks.

All are measured, keras on jax; what is not said here is as the function's own record says.
"""

from actcli.activations._spec import Flavour, Kink

_RIGHT_AT_0 = (Kink(at="0", side="right"),)
_BEND_FROM_RIGHT = (Kink(at="0", side="right", order=2),)
_LEFT_THEN_FLAT = (Kink(at="0", side="left"), *_BEND_FROM_RIGHT)
_INSIDE = (Kink(at="low", side="right"), Kink(at="high", side="left"))
_MEANS = (Kink(at="-1", side="mean"), Kink(at="1", side="mean"))
_FLAT_OUTSIDE = (Kink(at="-1", side="left", order=2), Kink(at="1", side="right", order=2))

LEAKY_RELU_JAX = Flavour(
    name="leaky_relu@jax",
    of="leaky_relu",
    spelling="nn.leaky_relu",
    kinks=_RIGHT_AT_0,
    note="where(x >= 0, ...): the slope at 0 is 1",
)
ELU_TORCH = Flavour(
    name="elu@torch",
    of="elu",
    spelling="nn.functional.elu",
    kinks=_LEFT_THEN_FLAT,
    note="the second derivative at 0 is 0",
)
CELU_TORCH = Flavour(
    name="celu@torch",
    of="celu",
    spelling="nn.functional.celu",
    kinks=_BEND_FROM_RIGHT,
    note="the second derivative at 0 is 0",
)
SELU_TORCH = Flavour(
    name="selu@torch",
    of="selu",
    spelling="nn.functional.selu",
    kinks=_LEFT_THEN_FLAT,
    note="the second derivative at 0 is 0",
)
SPARSE_SIGMOID_JAX = Flavour(
    name="sparse_sigmoid@jax",
    of="sparse_sigmoid",
    spelling="nn.sparse_sigmoid",
    kinks=_MEANS,
    note="the slope at -1 and 1 is 1/4, the mean of both sides",
)
SPARSE_SIGMOID_KERAS = Flavour(
    name="sparse_sigmoid@keras",
    of="sparse_sigmoid",
    spelling="activations.sparse_sigmoid",
    kinks=_MEANS,
    note="the slope at -1 and 1 is 1/4, the mean of both sides (on jax)",
)
SPARSE_PLUS_JAX = Flavour(
    name="sparse_plus@jax",
    of="sparse_plus",
    spelling="nn.sparse_plus",
    kinks=_FLAT_OUTSIDE,
    note="the second derivative at -1 and 1 is 0",
)
SPARSE_PLUS_KERAS = Flavour(
    name="sparse_plus@keras",
    of="sparse_plus",
    spelling="activations.sparse_plus",
    kinks=_FLAT_OUTSIDE,
    note="the second derivative at -1 and 1 is 0 (on jax)",
)
HARD_TANH_JAX = Flavour(
    name="hard_tanh@jax",
    of="hard_tanh",
    spelling="nn.hard_tanh",
    kinks=_INSIDE,
    note="the slope at both bounds is 1",
)
HARD_TANH_KERAS = Flavour(
    name="hard_tanh@keras",
    of="hard_tanh",
    spelling="activations.hard_tanh",
    kinks=_INSIDE,
    note="the slope at both bounds is 1 (on jax)",
)
ABS_JAX = Flavour(
    name="abs@jax",
    of="abs",
    spelling="numpy.abs",
    kinks=_RIGHT_AT_0,
    note="the slope at 0 is 1",
)
ABS_KERAS = Flavour(
    name="abs@keras",
    of="abs",
    spelling="ops.abs",
    kinks=_RIGHT_AT_0,
    note="the slope at 0 is 1 (on jax)",
)
SOFTSIGN_JAX = Flavour(
    name="softsign@jax",
    of="softsign",
    spelling="nn.soft_sign",
    kinks=_BEND_FROM_RIGHT,
    note="the second derivative at 0 is -2",
)
SOFTSIGN_KERAS = Flavour(
    name="softsign@keras",
    of="softsign",
    spelling="activations.softsign",
    kinks=_BEND_FROM_RIGHT,
    note="the second derivative at 0 is -2 (on jax)",
)
