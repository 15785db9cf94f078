"""What a user's function makes of shapes: found out by calling it with a few numbers."""

import contextlib
import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from actcli.errors import InputError
from actcli.function import Array
from actcli.userland._calls import Callee
from actcli.userland._code import Code
from actcli.userland._home import Home

# Numbers of both signs; then, for what takes logarithms, numbers in (0, 1); and how far one of them is moved.
_PROBES = ((np.array([-1.3, 0.4, 1.9, -0.2]), 10.0), (np.array([0.6, 0.3, 0.8, 0.5]), 0.15))
_about_kinds = re.compile(r"Tensor|ndarray|Trace[rd]|JAX").search
_about_numbers = re.compile(r"truth value|scalar").search


@dataclass(frozen=True)
class Shapes:
    """How a function is handed rows (elementwise: all its numbers as one): a `batch` at once, or each alone.

    Alone, a row is a vector (`ndim` 1) or, for what takes nothing else, a matrix of one row (2).
    """

    elementwise: bool
    batch: bool
    ndim: int

    def apply(self, f: Callable[..., tuple[Array, ...]], *rows: Array) -> tuple[Array, ...]:
        """Apply `f` to all rows of the arrays; each of its results has a row for each of theirs."""
        if self.batch:
            return f(*rows)
        alone = [f(*(_shaped(row, self.ndim) for row in each)) for each in zip(*rows, strict=True)]
        return tuple(np.stack([_shaped(row, 1) for row in part]) for part in zip(*alone, strict=True))


def settled(name: str, home: Home, callee: Callee) -> tuple[Code, Shapes]:
    """Find out which kind of arrays a function takes, and what it makes of their shapes.

    The answers are found by calls with a few fixed numbers, whose prints and warnings are dropped: they show
    when the function is used. Raises InputError: what the function raises, a shape that does not fit, or
    numbers that differ from call to call.
    """
    with _quiet():
        code, ndim = _taking(name, home, callee)
        if _is_elementwise(code, ndim):
            return code, Shapes(elementwise=True, batch=False, ndim=ndim)
        _check_reduction(code, ndim)
        return code, Shapes(elementwise=False, batch=_takes_batches(code, ndim), ndim=ndim)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings(action="ignore"):
        yield


def _taking(name: str, home: Home, callee: Callee) -> tuple[Code, int]:
    """Return the function with the first kind and number of dimensions that it takes."""
    errors = []
    for ndim, kind in product((1, 2), callee.kinds):
        code = Code(name=name, home=home, callee=callee, kind=kind)
        try:
            code.can_take(*_numbers(code, _PROBES[0][0], ndim))
        except InputError as error:
            errors.append(error)
        else:
            return code, ndim
    # That numpy's function fails on tensors, or torch's on an array, says nothing of what is wrong with it.
    told = next((error for error in errors if not _about_kinds(error.message)), errors[0])
    if not told.tip and _about_numbers(told.message):
        told.tip = "it is called with whole arrays; @numpy.vectorize gives it one number at a time"
    raise told


def _is_elementwise(code: Code, ndim: int) -> bool:
    """Whether moving one number, far up or down, changes no other result."""
    for base, far in _PROBES:
        x = _numbers(code, base, ndim)
        y = code.value(*x)
        if not _same(y, code.value(*x)):
            raise InputError(f"{code.name} returns other numbers each time", "seed what is random in it")
        if y.shape != x[0].shape:
            return False
        for k, j, to in product(range(len(x)), range(base.size), (base.min() - far, base.max() + far)):
            others = np.arange(base.size) != j
            moved = [np.where(others, part, to) if i == k else part for i, part in enumerate(x)]
            if not _same(code.value(*moved)[..., others], y[..., others]):
                return False
        if not np.isnan(y).any():
            break
    return True


def _check_reduction(code: Code, ndim: int) -> None:
    """Raise InputError where the one number of a row is the same for any row: it is a constant, misshapen."""
    probes = [_numbers(code, factor * base, ndim) for base, _ in _PROBES for factor in (1, -1, 10)]
    shape, first = probes[0][0].shape, code.value(*probes[0])
    if first.shape != shape and all(_same(first, code.value(*x)) for x in probes):
        raise code.odd(first.shape, shape)


def _takes_batches(code: Code, ndim: int) -> bool:
    """Whether a matrix is worked on row by row, as each row is alone."""
    base = _PROBES[0][0]
    rows = [np.stack([part, part[::-1]]) for part in _numbers(code, base, 1)]
    one_by_one = Shapes(elementwise=False, batch=False, ndim=ndim).apply(lambda *x: (code.value(*x),), *rows)[
        0
    ]
    try:
        together = code.value(*rows)
    except InputError:
        return False
    return together.shape == one_by_one.shape and np.allclose(together, one_by_one, equal_nan=True)


def _numbers(code: Code, base: Array, ndim: int) -> list[Array]:
    """Return numbers for each input, none the same as the next one's."""
    return [_shaped(np.roll(base, k), ndim) for k in range(len(code.callee.inputs))]


def _shaped(row: Array, ndim: int) -> Array:
    return row.reshape((1,) * (ndim - 1) + (-1,))


def _same(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=True)
