"""Rows of vectors: a vector function at them, and as a function of some of their entries."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from actcli.checking._evidence import Array
from actcli.checking._settings import VECTOR_LENGTH, Settings, in_type, points_of, rows_of, uniform
from actcli.checking._slopes import Places
from actcli.checking._values import as_float64, values_of
from actcli.differences._spec import Curve
from actcli.errors import InputError
from actcli.floats import FLOATS
from actcli.function import Function

Numbers = npt.NDArray[np.intp]

_FEWEST, _ENTRIES = 3, 10**5  # sampled rows, and of all their Jacobians
_ALONE = 8  # times fewer rows of code that is called for each
_BATCHES = 3
_BATCH = 3  # rows: a gradient that is not their sum shows


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A function at points, (m, n) for each input, of which the entries of one move."""

    function: Function
    settings: Settings
    points: tuple[Array, ...]
    place: int

    @property
    def name(self) -> str:
        """The input that moves."""
        return self.function.inputs[self.place]

    @property
    def x(self) -> Array:
        """The numbers that move, (m, n)."""
        return self.points[self.place]

    def label(self, row: int, j: int) -> str:
        """Return the name of an entry: x3, of a batch that the user gave x3, row 2, of a weight W[0,1]."""
        if self.function.weights:
            own = self.function.weights.get(self.name)
            shape = (-1, self.function.length) if own is None else own.shape
            cell = np.unravel_index(j, (self.x.shape[1] // shape[1], shape[1]) if own is None else shape)
            return self.name + (f"[{','.join(map(str, cell))}]" if cell else "")
        number = str(j) if self.x.shape[1] > 1 or self.name not in self.function.defaults else ""
        given = self.settings.at is not None and len(self.x) > 1
        return f"{self.name}{number}" + (f", row {row}" if given else "")

    def shaken(self, t: float) -> "Rows":
        """Return the same with all numbers of all inputs off by a few last digits, up or down."""
        kind = FLOATS[self.settings.dtype]
        ways = (np.where(np.arange(part.shape[1]) % 3, 2.0, -2.0) for part in self.points)
        moved = (part * (1 + t * kind.epsilon * way) for part, way in zip(self.points, ways, strict=True))
        return replace(self, points=tuple(kind.round(part).astype(np.float64) for part in moved))

    def values(self) -> Array:
        """Return the values, (m, k)."""
        return values_of(self.function, self.settings)(*self.points)

    def column(self, j: int) -> Curve:
        """Return the values of all rows as a function of entry j: (..., m) to (..., m, k)."""
        return lambda t: self._at(slice(None), np.full(len(self.x), j), t)

    def along(self, rows: Numbers, outputs: Numbers, j: Numbers) -> Callable[[Places], Curve]:
        """Return the curves of some of these: single outputs, each by an entry of its row, (..., s)."""

        def curve(some: Places) -> Curve:
            r, i, c = rows[some], outputs[some], j[some]
            return lambda t: np.asarray(self._at(r, c, t)[..., np.arange(len(r)), i])

        return curve

    def one(self, row: int, j: int, upstream: Array) -> Curve:
        """Return a row's values times an upstream gradient, summed, as a function of its entry j alone."""

        def along(t: Array) -> Array:
            places = np.zeros(t.size, np.intp)
            y = self._at(places + row, places + j, t.reshape(-1))
            return np.asarray(np.where(upstream, y * upstream, 0.0).sum(axis=-1).reshape(t.shape))

        return along

    def jacobian(self) -> Array:
        """Return the Jacobian that is stated, (m, k, n). Raises InputError where none is."""
        if len(self.function.inputs) == 1:
            return as_float64(self.function(*self._typed(), order=1))
        units = np.eye(self.values().shape[1])
        return np.stack([self.flow(unit) for unit in units], axis=1)

    def flow(self, upstream: Array) -> Array:
        """Return the gradient that is stated, (m, n), from an upstream one. Raises InputError."""
        return as_float64(self.function.gradient(*self._typed(), upstream=upstream)[self.place])

    def _typed(self) -> tuple[npt.NDArray[np.floating], ...]:
        return tuple(part.astype(self.settings.dtype) for part in self.points)

    def at(self, rows: Places) -> Callable[[Array], Array]:
        """Return the values of rows as a function of the numbers that move: (..., s, n) to (..., s, k)."""
        before, after = (
            [part[rows] for part in parts]
            for parts in (self.points[: self.place], self.points[self.place + 1 :])
        )
        f = values_of(self.function, self.settings)
        return lambda x: f(*before, x, *after)

    def _at(self, rows: Places, j: Numbers, t: Array) -> Array:
        """Return the values of rows whose entries j are t, (..., s) to (..., s, k)."""
        x = self.x[rows]
        moved = np.broadcast_to(x, (*t.shape, x.shape[1])).astype(t.dtype)  # or complex
        moved[..., np.arange(len(x)), j] = t
        return self.at(rows)(moved)


def vectors_of(function: Function, settings: Settings) -> tuple[Array, ...]:
    """Return the points, (m, n) for each input; one with a default is a single number of each row.

    Raises InputError.
    """
    if function.weights:
        return _of_layer(function, settings)
    if settings.at is not None and len(function.inputs) == 1:
        return (rows_of(settings),)
    rows = points_of(function, settings)
    length = (function.length or VECTOR_LENGTH) if settings.at is None else len(rows[0])
    most = len(rows[0]) if settings.at is not None else max(_FEWEST, _ENTRIES // length**2)
    if function.alone and settings.at is None:
        most = min(most, max(_FEWEST, settings.samples // _ALONE))
    whole = tuple(row.reshape(-1, length)[:most] for row in rows)
    for name, part in zip(function.inputs, whole, strict=True):
        if name in function.defaults and (part != part[:, :1]).any():
            raise InputError(f"{name} is one number for the whole vector")
    return tuple(
        _ready(function, settings, name, part) for name, part in zip(function.inputs, whole, strict=True)
    )


def _ready(function: Function, settings: Settings, name: str, part: Array) -> Array:
    """Return the rows of an input as it takes them; what nobody differentiates by are labels, mostly."""
    if name in function.defaults:
        return part[:, :1]
    if name in function.unstated and settings.at is None:  # softmax and cross entropy wants a sum of 1
        return in_type(np.abs(part) / np.abs(part).sum(axis=1, keepdims=True), settings)
    return part


def _of_layer(function: Function, settings: Settings) -> tuple[Array, ...]:
    """Return batches of a layer's input, one if points are given, and its own weights beside each."""
    if settings.at is None:  # of numbers up to 1: a layer sums many, and what saturates proves little
        drawn = uniform(settings.seed, _BATCHES * _BATCH * function.length)
        x = np.round(drawn.reshape(_BATCHES, -1), 3) + 0.0
    elif settings.at.shape[1] == function.length:
        x = settings.at.reshape(1, -1)
    else:
        given = settings.at.shape[1]
        raise InputError(f"{function.name} takes rows of {function.length} numbers, not of {given}")
    own = (np.broadcast_to(w.reshape(-1), (len(x), w.size)) for w in function.weights.values())
    return tuple(in_type(part, settings) for part in (x, *own))
