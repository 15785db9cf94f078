"""A user's function with one kind of arrays: float64 in, float64 out, and every way it can fail."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError
from actcli.function import Array
from actcli.userland._calls import Callee
from actcli.userland._home import Home
from actcli.userland._kinds import Kind

LENGTH = 4


@dataclass(frozen=True, kw_only=True)
class Code:
    """A user's function of float64 arrays, with the kind of arrays that it was found to take.

    A vector has `length` numbers where nobody says how many; a layer of fixed weights takes no others. What
    it raises, and what it returns that is no array of real numbers, is an InputError.
    """

    name: str
    home: Home
    callee: Callee
    kind: Kind
    length: int = LENGTH

    @property
    def has_gradient(self) -> bool:
        """Whether it goes backwards: by hand, or by its framework."""
        return self.callee.backward is not None or self.kind.flow is not None

    @property
    def wide(self) -> "Code | None":
        """The same code called in float64, if it is called in another type."""
        if self.kind.dtype == "float64":
            return None
        home, kind = replace(self.home, dtype="float64"), replace(self.kind, dtype="float64")
        return replace(self, home=home, kind=kind, callee=self.callee.wide or self.callee)

    def value(self, *x: Array) -> Array:
        """Call it forwards: the result has a row of numbers for each row of the first input.

        Of one row it may be a number without a shape.
        """
        y, rows = self._forwards(x), x[0].shape[:-1]
        if y.shape == () and math.prod(rows) == 1:
            return y.reshape((*rows, 1))
        if y.ndim != x[0].ndim or y.shape[:-1] != rows or not y.size:
            raise self.odd(y.shape, x[0].shape)
        return y

    def gradient(self, x: Sequence[Array], upstream: Array) -> tuple[Array, ...]:
        """Call it forwards and backwards: a gradient for each input, in its shape, nan if it has none."""
        pairs = zip(x, self.parts(x, upstream), strict=True)
        gradients = tuple(np.full_like(a, np.nan) if b is None else self.floats(b) for a, b in pairs)
        for part, gradient in zip(x, gradients, strict=True):
            if gradient.shape != part.shape:
                raise self.odd(gradient.shape, part.shape, "goes back with shape")
        return gradients

    def parts(self, x: Sequence[Array], upstream: Array) -> tuple[Any, ...]:
        """Return what it goes back with, for each input; None for the last ones may be left out."""
        with self.home.running():
            found = self._backwards(x, upstream)
            found = tuple(found) if len(x) > 1 and isinstance(found, tuple | list) else (found,)
            found = tuple(None if part is None else self.kind.numbers(part) for part in found)
        if all(part is None for part in found):
            raise InputError(f"{self.name}: backward returns None", "it returns the gradient of its input")
        if len(found) > len(x):
            raise InputError(f"{self.name} goes back with {len(found)} gradients for {len(x)} inputs")
        return found + (None,) * (len(x) - len(found))

    def can_take(self, *x: Array) -> None:
        """Raise InputError where it does not take this kind of arrays."""
        if self.callee.backward is None and self.kind.flow is not None:
            with self.home.running():
                self.kind.flow(self.kind.dtype, self.callee.forward, x, None)
        self._forwards(x)

    def _forwards(self, x: Sequence[Array]) -> Array:
        with self.home.running():
            result = self.kind.numbers(self.callee.forward(*map(self.kind.array, x)))
        return self.floats(result)

    def _backwards(self, x: Sequence[Array], upstream: Array) -> Any:
        if self.callee.backward is not None:
            return self.callee.backward(self.kind, x, upstream)
        assert self.kind.flow is not None  # who asks has seen has_gradient
        parts = self.kind.flow(self.kind.dtype, self.callee.forward, x, upstream)
        return parts if len(x) > 1 else parts[0]

    def floats(self, result: Any) -> Array:
        array = result if type(result) is np.ndarray else self._array(result)
        if array.dtype.kind == "c":
            raise InputError(f"{self.name} returns complex numbers")
        if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
            given = "None" if result is None else type(result).__name__
            raise InputError(f"{self.name} returns {given}, not an array of numbers")
        return array.astype(np.float64)

    def _array(self, result: Any) -> npt.NDArray[Any]:
        with self.home.running():  # the conversion may be theirs
            return np.asarray(result)

    def odd(self, given: tuple[int, ...], taken: tuple[int, ...], verb: str = "returns shape") -> InputError:
        """Return the error of a shape that does not fit."""
        return InputError(f"{self.name} {verb} {given} for shape {taken}")
