"""Kinds of arrays that a user's function may take: numpy's, and torch's and jax's with their gradients."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from actcli.floats import FLOATS
from actcli.function import Array

Flow = Callable[[str, Callable[..., Any], Sequence[Array], Array | None], tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How arrays are handed over, in a `dtype`, and taken back.

    What is handed over is always a copy: user code may write into it.

    `flow` returns the gradients, by the framework's own differentiation, from an upstream gradient or from
    ones; numpy has none. It raises what the framework raises where a function cannot be differentiated.
    """

    make: Callable[[str, Array], Any]
    numbers: Callable[[Any], Any] = lambda result: result
    flow: Flow | None = None
    dtype: str = "float64"

    def array(self, x: Array) -> Any:
        """Return a copy as an array of this kind."""
        return self.make(self.dtype, x)


def kinds_of(thing: Any, place: str, module: ModuleType) -> list[Kind]:
    """Return the kinds to try, the likeliest first.

    What comes out of a framework, or is wrapped by one, is that framework's. Else the frameworks that the
    user's file imports are tried, then numpy: a numpy function fails on arrays that are being tracked.
    """
    own = {_root(place), _root(getattr(thing, "__module__", "")), _root(type(thing).__module__)}
    for name, kind in _FRAMEWORKS.items():
        if name in own:
            return [kind]
    roots = {
        _root(getattr(value, "__name__", ""))
        for value in vars(module).values()
        if isinstance(value, ModuleType)
    }
    roots |= {_root(getattr(value, "__module__", "")) for value in vars(module).values()}
    return [*(kind for name, kind in _FRAMEWORKS.items() if name in roots), NUMPY]


def _root(name: object) -> str:
    return str(name).partition(".")[0]


def _torch_leaf(dtype: str, x: Array) -> Any:
    torch = importlib.import_module("torch")
    return torch.from_numpy(x.copy()).to(getattr(torch, dtype)).requires_grad_()


def _torch_numbers(result: Any) -> Any:
    torch = importlib.import_module("torch")
    if not isinstance(result, torch.Tensor):
        return result
    result = result.detach().cpu()
    return (result if result.is_complex() else result.double()).numpy()


def _torch_flow(
    dtype: str, f: Callable[..., Any], x: Sequence[Array], upstream: Array | None
) -> tuple[Any, ...]:
    torch = importlib.import_module("torch")
    leaves = [_torch_leaf(dtype, part) for part in x]
    y = f(*(leaf.clone() for leaf in leaves))  # clones: a function may work in place
    if not isinstance(y, torch.Tensor):
        raise TypeError(f"a Tensor was expected, not {type(y).__name__}")
    if not y.requires_grad:
        return tuple(torch.zeros_like(leaf) for leaf in leaves)
    seed = (
        torch.ones_like(y)
        if upstream is None
        else torch.from_numpy(upstream.copy()).to(y.dtype).reshape(y.shape)
    )
    return tuple(torch.autograd.grad(y, leaves, seed, allow_unused=True, materialize_grads=True))


def _jax_array(dtype: str, x: Array) -> Any:
    return importlib.import_module("jax").numpy.array(x, dtype)


def _jax_flow(
    dtype: str, f: Callable[..., Any], x: Sequence[Array], upstream: Array | None
) -> tuple[Any, ...]:
    jax = importlib.import_module("jax")
    y, pull = jax.vjp(f, *(_jax_array(dtype, part) for part in x))
    if not jax.numpy.issubdtype(y.dtype, jax.numpy.floating):
        return tuple(map(np.zeros_like, x))  # whole numbers, of a step: nothing flows back
    return tuple(
        pull(
            jax.numpy.ones_like(y)
            if upstream is None
            else jax.numpy.array(upstream, y.dtype).reshape(y.shape)
        )
    )


NUMPY = Kind(make=lambda dtype, x: x.astype(FLOATS[dtype].dtype, order="C"))
TORCH = Kind(
    make=lambda dtype, x: _torch_leaf(dtype, x).clone(),
    numbers=_torch_numbers,
    flow=_torch_flow,
)
_FRAMEWORKS = {"torch": TORCH, "jax": Kind(make=_jax_array, flow=_jax_flow)}
