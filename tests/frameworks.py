"""The frameworks that are installed: their functions, by our names, and the derivatives they compute."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from actcli.activations import ACTIVATIONS
from actcli.frameworks import flavour_of, names

os.environ.setdefault("KERAS_BACKEND", "jax")

# What a framework's function must be told: where it has no defaults, or is another function by default.
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "thresholded_relu@torch": lambda f, x: f(x, 1.0, 0.0),
    "thresholded_relu@keras": lambda f, x: f(x, 1.0, 0.0),
    "prelu@torch": lambda f, x: f(x, x.new_tensor([0.25])),
    "gelu_erf@jax": lambda f, x: f(x, approximate=False),
    "gelu_tanh@torch": lambda f, x: f(x, approximate="tanh"),
    "gelu_tanh@keras": lambda f, x: f(x, approximate=True),
}


class Torch:
    """Torch, its derivatives by autograd. Raises ImportError where it is not installed."""

    def __init__(self) -> None:
        self.torch = importlib.import_module("torch")

    def __call__(self, f: Callable[[Any], Any], x: np.ndarray, order: int = 0) -> np.ndarray:
        """Return the value of an elementwise function, or its derivative of that order."""
        at = self.torch.tensor(x, dtype=self.torch.float64, requires_grad=True)
        y = f(at)
        for _ in range(order):
            if y is not None and y.requires_grad:
                y = self.torch.autograd.grad(y.sum(), at, create_graph=True, allow_unused=True)[0]
            else:
                y = self.torch.zeros_like(at)
        return np.zeros_like(x) if y is None else y.detach().numpy(force=True)


class Jax:
    """Jax, its derivatives by grad. Raises ImportError where it is not installed."""

    def __init__(self) -> None:
        self.jax = importlib.import_module("jax")
        self.jax.config.update("jax_enable_x64", True)

    def __call__(self, f: Callable[[Any], Any], x: np.ndarray, order: int = 0) -> np.ndarray:
        """Return the value of an elementwise function, or its derivative of that order."""
        for _ in range(order):
            f = self.jax.grad(lambda at, g=f: g(at).sum())
        return np.asarray(f(self.jax.numpy.asarray(x, dtype="float64")))


class Keras(Jax):
    """Keras on jax. Raises ImportError where it is not installed, or runs on another backend."""

    def __init__(self) -> None:
        super().__init__()
        keras = importlib.import_module("keras")
        if keras.backend.backend() != "jax":
            raise ImportError("keras runs on another backend than jax")
        keras.config.set_floatx("float64")


FRAMEWORKS: dict[str, type[Torch] | type[Jax]] = {
    "torch": Torch,
    "jax": Jax,
    "keras": Keras,
    "keras_layers": Keras,
    "keras_ops": Keras,
}
SPELLED = [
    name for name in names() if name.partition("@")[2] in FRAMEWORKS and flavour_of(name).of in ACTIVATIONS
]
ELEMENTWISE = [name for name in SPELLED if ACTIVATIONS[flavour_of(name).of].elementwise]
VECTORS = [name for name in SPELLED if not ACTIVATIONS[flavour_of(name).of].elementwise]


def framework_function(name: str) -> Callable[..., Any]:
    """Return the framework's function that a name like gelu@torch stands for, with its own defaults."""
    framework, spelling = (
        name.partition("@")[2].partition("_")[0],
        flavour_of(name).spelling.partition("(")[0],
    )
    found: Any = importlib.import_module(framework)
    for part in spelling.split("."):
        found = getattr(found, part)
    if isinstance(found, type):  # a layer
        found = found()
    call = CALLS.get(name)
    return found if call is None else lambda x: call(found, x)
