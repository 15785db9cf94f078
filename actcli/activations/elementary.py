"""Elementary functions: identity, step, exponential, hyperbolic sine and cosine."""

import numpy as np

from actcli.activations._spec import Activation, Kink
from actcli.numerics import Array, constant_like


def _identity(x: Array) -> Array:
    return np.array(x, dtype=np.float64)


def _one(x: Array) -> Array:
    return constant_like(x, 1.0)


def _zero(x: Array) -> Array:
    return constant_like(x, 0.0)


def _step(x: Array) -> Array:
    return np.heaviside(x, 0.0)


def _exponential(x: Array) -> Array:
    with np.errstate(over="ignore"):  # inf is the right answer from 709.79 on
        return np.exp(x)


def _sinh(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.sinh(x)


def _cosh(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.cosh(x)


IDENTITY = Activation(
    name="identity",
    summary="The input itself: a linear layer's activation",
    formula="x",
    value=_identity,
    derivative=_one,
    second_derivative=_zero,
    aliases=("linear",),
    source="Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.2.2.1",
)

STEP = Activation(
    name="step",
    summary="0 up to 0 and 1 above: the threshold of the first artificial neurons",
    formula="where(x > 0, 1, 0)",
    value=_step,
    derivative=_zero,
    second_derivative=_zero,
    kinks=(Kink(at="0", side="left", order=0),),
    aliases=("heaviside", "binary_step"),
    source="McCulloch & Pitts 1943, A logical calculus of the ideas immanent in nervous activity",
)

EXPONENTIAL = Activation(
    name="exponential",
    summary="Its own derivative; positive, for rates and counts",
    formula="exp(x)",
    value=_exponential,
    derivative=_exponential,
    second_derivative=_exponential,
    aliases=("exp",),
    source="NIST DLMF 4.2.19",
)

SINH = Activation(
    name="sinh",
    summary="Hyperbolic sine: odd, linear near 0, exponential far out",
    formula="sinh(x)",
    value=_sinh,
    derivative=_cosh,
    second_derivative=_sinh,
    source="NIST DLMF 4.28.1",
)

COSH = Activation(
    name="cosh",
    summary="Hyperbolic cosine: even, a parabola near 0, exponential far out",
    formula="cosh(x)",
    value=_cosh,
    derivative=_sinh,
    second_derivative=_cosh,
    source="NIST DLMF 4.28.2",
)
