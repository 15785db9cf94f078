"""Gradient checkers behind one question: whether a slope is right, at a point in a type.

Each answers True (accepted), False (rejected) or None (no verdict: it refuses the point, or says that it can
tell nothing there). All get the same numbers: value and stated derivative are computed by numpy in float64
and rounded once to the type.
"""

import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata

import numpy as np

from actcli.checking import Check, Settings, check
from actcli.function import Function

Map = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A function with the derivative that is stated, which may be wrong, at a point in a type."""

    function: Function
    stated: Map
    x: float
    dtype: str

    @property
    def point(self) -> np.ndarray:
        """The point as an array of one number."""
        return np.array([self.x], dtype=self.dtype)

    def value(self, x: np.ndarray) -> np.ndarray:
        """Compute the function in the type of x."""
        return self._rounded(self.function.orders[0], x)

    def slope(self, x: np.ndarray) -> np.ndarray:
        """Compute the stated derivative in the type of x."""
        return self._rounded(self.stated, x)

    def _rounded(self, f: Map, x: np.ndarray) -> np.ndarray:
        x = np.asarray(x)
        with np.errstate(all="ignore"):
            return f(x.astype(np.float64).reshape(-1)).astype(x.dtype).reshape(x.shape)


def actcli(q: Question) -> bool | None:
    """Check the catalogue's function or the formula, with the derivative that is stated."""
    function = replace(q.function, orders=(q.function.orders[0], q.stated))
    return _answer(check(function, Settings(at=np.array([q.x]), dtype=q.dtype)))


def actcli_code(q: Question) -> bool | None:
    """Check code alone, as a user's: neither formula nor kinks are known."""
    orders = (q.function.orders[0], q.stated)
    function = Function(name="code", orders=orders, backward=lambda x, upstream: (upstream * q.stated(x[0]),))
    return _answer(check(function, Settings(at=np.array([q.x]), dtype=q.dtype)))


def _answer(found: Check) -> bool | None:
    """Return the verdict, or none where the check says that it proves nothing."""
    return None if found.ok and found.is_vacuous else found.ok


def torch_gradcheck(q: Question) -> bool:
    """torch.autograd.gradcheck with its defaults, but that it shall answer instead of raise."""
    import torch

    class Given(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            ctx.save_for_backward(x)
            return torch.from_numpy(q.value(x.detach().numpy()))

        @staticmethod
        def backward(ctx, upstream):  # type: ignore[no-untyped-def]
            (x,) = ctx.saved_tensors
            return upstream * torch.from_numpy(q.slope(x.detach().numpy()))

    x = torch.from_numpy(q.point).requires_grad_()
    return torch.autograd.gradcheck(Given.apply, (x,), raise_exception=False)


def jax_check_grads(q: Question) -> bool:
    """jax.test_util.check_grads of order 1, both modes, with its defaults."""
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    def call(f: Map, x):  # type: ignore[no-untyped-def]
        return jax.pure_callback(f, jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    given = jax.custom_jvp(lambda x: call(q.value, x))
    given.defjvp(lambda x, t: (given(x[0]), t[0] * call(q.slope, x[0])))
    try:
        check_grads(given, (q.point,), order=1)
    except AssertionError:
        return False
    return True


def scipy_derivative(q: Question) -> bool:
    """scipy.differentiate.derivative: accepted within its error estimate and its own tolerances."""
    from scipy.differentiate import derivative

    found = derivative(q.value, q.point)
    kind, df = np.finfo(q.dtype), float(found.df[0])
    off = abs(df - float(q.slope(q.point)[0]))
    return bool(off <= float(found.error[0]) + float(kind.eps) ** 0.5 * abs(df) + float(kind.smallest_normal))


def chainer_rule(q: Question) -> bool:
    """chainer.gradient_check.check_backward: central, eps 1e-3, atol 1e-5, rtol 1e-4.

    Of one number, its random direction of length 1 is that number's. Source: chainer 7, gradient_check.py.
    """
    low, high = _around(q, (-1e-3, 1e-3))
    return _close(q, (high - low) / 2e-3)


def chainer_detecting(q: Question) -> bool | None:
    """The same with detect_nondifferentiable: a parabola must fit five values within 1 % of their range.

    Source: chainer 7, gradient_check.py, which then takes the five-point formula.
    """
    ys = _around(q, (-1e-3, -0.5e-3, 0.0, 0.5e-3, 1e-3))
    if len(set(np.isfinite(ys))) == 2:
        return None
    if np.isfinite(ys).all() and np.ptp(ys):
        _, (residual, *_) = np.polynomial.polynomial.polyfit(range(5), ys, deg=2, full=True)
        if len(residual) and np.sqrt(residual[0] / 5) > 1e-2 * np.ptp(ys):
            return None
    return _close(q, (-ys[4] + 8 * ys[3] - 8 * ys[1] + ys[0]) / 6e-3)


def _around(q: Question, offsets: tuple[float, ...]) -> np.ndarray:
    x = np.float64(q.point[0]) + np.array(offsets)
    return q.value(x.astype(q.dtype)).astype(np.float64)


def _close(q: Question, numerical: float) -> bool:
    return bool(np.allclose(numerical, np.float64(q.slope(q.point)[0]), atol=1e-5, rtol=1e-4))


Checker = Callable[[Question], bool | None]
CHECKERS: dict[str, Checker] = {
    "actcli": actcli,
    "actcli, of code alone": actcli_code,
    "torch.autograd.gradcheck": torch_gradcheck,
    "jax.test_util.check_grads": jax_check_grads,
    "scipy.differentiate.derivative": scipy_derivative,
    "chainer's rule": chainer_rule,
    "chainer's rule, with its detector": chainer_detecting,
}
PACKAGES = {
    "torch": "torch.autograd.gradcheck",
    "jax": "jax.test_util.check_grads",
    "scipy": "scipy.differentiate.derivative",
}


def installed() -> dict[str, Checker]:
    """Return the checkers whose packages are here."""
    missing = set()
    for package, name in PACKAGES.items():
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            missing.add(name)
    return {name: checker for name, checker in CHECKERS.items() if name not in missing}


@contextlib.contextmanager
def quiet():  # type: ignore[no-untyped-def]
    """Keep numpy's and torch's warnings (of float32, of overflow) to themselves."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
