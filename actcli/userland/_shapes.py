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
from actcli.floats import FLOATS
from actcli.function import Array
from actcli.userland._calls import Callee
from actcli.userland._code import LENGTH, Code
from actcli.userland._home import Home

# Numbers of both signs; then, for what takes logarithms, numbers in (0, 1); and how far one of them is moved.
PROBES = ((np.array([-1.3, 0.4, 1.9, -0.2]), 10.0), (np.array([0.6, 0.3, 0.8, 0.5]), 0.15))
_about_kinds = re.compile(r"Tensor|ndarray|Trace[rd]|JAX").search
_about_shapes = re.compile(r"shape|dimension|broadcast|size").search
_LONGEST = 10**4
_MOST_LENGTHS = 8  # that are tried
_about_numbers = re.compile(r"truth value|scalar").search


@dataclass(frozen=True)
class Shapes:
    """How a function is handed rows (elementwise: all its numbers as one): a `batch` at once, or each alone.

    Alone, a row is a vector (`ndim` 1) or, for what takes nothing else, a matrix of one row (2). What returns
    other numbers each time is `noisy`: elementwise is then what keeps the shape.
    """

    elementwise: bool
    batch: bool
    ndim: int
    noisy: bool = False

    def apply(self, f: Callable[..., tuple[Array, ...]], *rows: Array) -> tuple[Array, ...]:
        """Apply `f` to all rows of the arrays; each of its results has a row for each of theirs."""
        if self.batch:
            return f(*rows)
        alone = [f(*(_shaped(row, self.ndim) for row in each)) for each in zip(*rows, strict=True)]
        return tuple(np.stack([_shaped(row, 1) for row in part]) for part in zip(*alone, strict=True))


def settled(name: str, home: Home, callee: Callee, noisy: bool = False) -> tuple[Code, Shapes]:
    """Find out which kind of arrays a function takes, and what it makes of their shapes.

    The answers are found by calls with a few fixed numbers, whose prints and warnings are dropped: they show
    when the function is used. Raises InputError: what the function raises, a shape that does not fit, or
    numbers that differ from call to call, unless it may be `noisy`.
    """
    with quiet():
        code, ndim = _taking(name, home, callee)
        if _is_noisy(code, ndim):
            if not noisy:
                raise InputError(f"{code.name} returns other numbers each time", "seed what is random in it")
            x = numbers(code, PROBES[0][0], ndim)
            keeps = code.value(*x).shape == x[0].shape
            return code, Shapes(elementwise=keeps, batch=False, ndim=ndim, noisy=True)
        if _is_elementwise(code, ndim):
            return code, Shapes(elementwise=True, batch=False, ndim=ndim)
        _check_reduction(code, ndim)
        return code, Shapes(elementwise=False, batch=_takes_batches(code, ndim), ndim=ndim)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings(action="ignore"):
        yield


def _taking(name: str, home: Home, callee: Callee) -> tuple[Code, int]:
    """Return the function with the first kind, number of dimensions and length that it takes."""
    errors = list[InputError]()
    lengths = [LENGTH]
    for length in lengths:
        for ndim, kind in product((1, 2), callee.kinds):
            code = Code(name=name, home=home, callee=callee, kind=kind, length=length)
            try:
                code.can_take(*numbers(code, PROBES[0][0], ndim))
            except InputError as error:
                errors.append(error)
            else:
                return code, ndim
        if length == LENGTH:
            lengths += _lengths_in(errors)
    # That numpy's function fails on tensors, or torch's on an array, says nothing of what is wrong with it.
    told = next((error for error in errors if not _about_kinds(error.message)), errors[0])
    if not told.tip and _about_numbers(told.message):
        told.tip = "it is called with whole arrays; @numpy.vectorize gives it one number at a time"
    raise told


def _lengths_in(errors: list[InputError]) -> list[int]:
    """Return the numbers that errors about shapes name: a layer of fixed weights says how many it takes."""
    said = " ".join(error.message for error in errors if _about_shapes(error.message))
    lengths = {int(number) for number in re.findall(r"\d+", said.partition(": ")[2])}
    return sorted(length for length in lengths - {LENGTH} if 0 < length <= _LONGEST)[:_MOST_LENGTHS]


def _is_noisy(code: Code, ndim: int) -> bool:
    """Whether two calls with the same numbers return others."""
    probes = [numbers(code, base, ndim) for base, _ in PROBES]
    return any(not same(code.value(*x), code.value(*x)) for x in probes)


def _is_elementwise(code: Code, ndim: int) -> bool:
    """Whether moving one number, far up or down, changes no other result."""
    for base, far in PROBES:
        x = numbers(code, base, ndim)
        y = code.value(*x)
        if y.shape != x[0].shape or code.length != LENGTH:
            return False
        for k, j, to in product(range(len(x)), range(base.size), (base.min() - far, base.max() + far)):
            others = np.arange(base.size) != j
            moved = [np.where(others, part, to) if i == k else part for i, part in enumerate(x)]
            if not same(code.value(*moved)[..., others], y[..., others]):
                return False
        if not np.isnan(y).any():
            break
    return True


def _check_reduction(code: Code, ndim: int) -> None:
    """Raise InputError where the one number of a row is the same for any row: it is a constant, misshapen."""
    probes = [numbers(code, factor * base, ndim) for base, _ in PROBES for factor in (1, -1, 10)]
    shape, first = probes[0][0].shape, code.value(*probes[0])
    if first.shape != shape and all(same(first, code.value(*x)) for x in probes):
        raise code.odd(first.shape, shape)


def _takes_batches(code: Code, ndim: int) -> bool:
    """Whether a matrix is worked on row by row, as each row is alone."""
    base = PROBES[0][0]
    rows = [np.stack([part, 0.7 * part[::-1]]) for part in numbers(code, base, 1)]
    one_by_one = Shapes(elementwise=False, batch=False, ndim=ndim).apply(lambda *x: (code.value(*x),), *rows)[
        0
    ]
    try:
        together = code.value(*rows)
    except InputError:
        return False
    rtol = max(1e-5, 8 * FLOATS[code.kind.dtype].epsilon)
    return together.shape == one_by_one.shape and np.allclose(together, one_by_one, rtol, equal_nan=True)


def numbers(code: Code, base: Array, ndim: int) -> list[Array]:
    """Return numbers for each input, none the same as the next one's."""
    row = np.resize(base, code.length)
    if code.length > base.size:
        row = row + 0.01 * (np.arange(code.length) // base.size)
    return [_shaped(np.roll(row, k), ndim) for k in range(len(code.callee.inputs))]


def _shaped(row: Array, ndim: int) -> Array:
    return row.reshape((1,) * (ndim - 1) + (-1,))


def same(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=True)
