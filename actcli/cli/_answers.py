"""What eval answers: columns of values, derivatives and gradients, or one bare array."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.errors import InputError, UnknownNameError
from actcli.function import Function
from actcli.report import Column, Report

AnyArray = npt.NDArray[Any]
Columns = dict[str, Column]

_ORDERS = ("value", "derivative", "second_derivative")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a function. Raises InputError for what contradicts itself."""

    order: int
    with_derivative: bool
    jacobian: bool
    upstream: AnyArray | None
    wrt: tuple[str, ...]
    verbose: bool
    axis: int

    def __post_init__(self) -> None:
        if self.with_derivative and self.order:
            raise InputError("--with-derivative goes with --order 0")
        if self.jacobian and self.order > 1:
            raise InputError("--jacobian is the first derivative: there is no other --order of it")
        if self.upstream is not None and (self.order or self.with_derivative or self.jacobian):
            raise InputError("--upstream runs backward: there are no other derivatives with it")
        if self.wrt and self.slopes == 0 and self.upstream is None:
            raise InputError("--wrt picks derivatives: it goes with --with-derivative, --order or --upstream")

    @property
    def slopes(self) -> int:
        """The highest derivative that is asked for."""
        return max(self.order, int(self.with_derivative), int(self.jacobian), int(self.upstream is not None))

    def check(self, function: Function) -> None:
        """Raise InputError for what the function does not have."""
        for name in self.wrt:
            if name not in function.inputs:
                known = (*function.inputs, *function.parameters)
                raise UnknownNameError(f"variable of {function.name}:", name, known)
        several = len(function.inputs) > 1
        if function.elementwise and self.jacobian:
            raise InputError(f"{function.name} is elementwise: its Jacobian is diagonal", "--with-derivative")
        if several and (self.jacobian or self.order > 2):
            message = f"{function.name} has several variables: there are its gradient and its Hessian"
            raise InputError(message, "--order 1, --order 2, or --upstream")
        if function.elementwise:
            return
        asks_matrix = (self.order or self.with_derivative) and not self.jacobian
        if asks_matrix and (self.order > 1 or not _joins(function)):
            message = f"{function.name} is a vector function: its derivative is a matrix"
            raise InputError(message, "--upstream 1" if several else "--jacobian")
        if self.verbose:
            raise InputError(f"{function.name} is a vector function: --verbose is for functions of numbers")

    def names(self, function: Function) -> tuple[str, ...]:
        """Return the inputs that derivatives are taken by."""
        return tuple(name for name in function.inputs if not self.wrt or name in self.wrt)


def bare(function: Function, x: tuple[AnyArray, ...], asked: Question) -> AnyArray:
    """Return the one array that answers, in the shape of the inputs. Raises InputError for several."""
    if asked.with_derivative:
        tip = "--order 1"
        raise InputError("a .npy file holds bare results: --with-derivative has no place in it", tip)
    if asked.jacobian:
        return function(*x, order=1, axis=asked.axis)
    if asked.upstream is not None:
        found = list(_gradients(function, x, asked).values())
    else:
        found = list(_derivatives(function, x, asked.order, asked).values())
    if len(found) > 1:
        raise InputError(f"a .npy file holds one array, and these are {len(found)}", "--wrt NAME")
    return found[0]


def report(function: Function, x: tuple[AnyArray, ...], asked: Question) -> Report:
    """Return a row for each point, or for each entry of a vector."""
    if asked.jacobian:
        places, results = _jacobian(function, x[0], asked.axis)
    elif function.elementwise:
        places, results = _points(function, x, asked)
    else:
        places, results = _vectors(function, x, asked)
    return Report(columns={**places, **_named_apart(results, places)}, results=_shown(results, places, asked))


def _named_apart(results: Columns, places: Columns) -> Columns:
    """Return the results, with a name of their own where an input has the same."""
    return {f"{name}_" if name in places else name: column for name, column in results.items()}


def _shown(results: Columns, places: Columns, asked: Question) -> tuple[str, ...]:
    """Return what --quiet keeps: of a backward pass, the gradients."""
    names = _named_apart(results, places)
    return tuple(name for name in names if asked.upstream is None or name.startswith("gradient"))


def _points(function: Function, x: tuple[AnyArray, ...], asked: Question) -> tuple[Columns, Columns]:
    wide = np.broadcast_arrays(*x)
    flat = tuple(part.reshape(-1) for part in wide)
    places: Columns = dict(zip(function.inputs, flat, strict=True))
    results: Columns = {}
    if not asked.order:
        results["value"] = function(*flat)
    if asked.verbose:
        results |= _branches(function, flat)
    if asked.upstream is not None:
        results["upstream"] = np.broadcast_to(_fitted(asked.upstream, wide[0].shape), wide[0].shape).reshape(
            -1
        )
        results |= {name: part.reshape(-1) for name, part in _gradients(function, x, asked).items()}
    elif asked.slopes:
        results |= _derivatives(function, flat, asked.slopes, asked)
    return places, results


def _derivatives(function: Function, x: tuple[AnyArray, ...], order: int, asked: Question) -> Columns:
    """Return the derivatives of one order by name: of several inputs the gradient or the Hessian."""
    alone = len(function.inputs) == 1
    if order == 0 or (alone and function.elementwise):
        name = _ORDERS[order] if order < len(_ORDERS) else f"derivative_{order}"
        return {name: function(*x, order=order, axis=asked.axis)}
    names, place = asked.names(function), function.inputs.index
    if order == 1:
        gradient = function.gradient(*x, axis=asked.axis)
        return {"derivative" if alone else f"d/d{a}": gradient[place(a)] for a in names}
    from actcli.partials import slope_of

    rows = {a: slope_of(function, a).gradient(*x) for a in names}
    return {f"d2/d{a}d{b}": rows[a][place(b)] for k, a in enumerate(names) for b in names[k:]}


def _gradients(function: Function, x: tuple[AnyArray, ...], asked: Question) -> dict[str, AnyArray]:
    assert asked.upstream is not None
    shape = function(*x, axis=asked.axis).shape
    upstream = _fitted(asked.upstream, shape)
    found = zip(function.inputs, function.gradient(*x, upstream=upstream, axis=asked.axis), strict=True)
    alone = len(function.inputs) == 1
    wanted = asked.names(function)
    return {"gradient" if alone else f"gradient_{name}": part for name, part in found if name in wanted}


def _fitted(upstream: AnyArray, shape: tuple[int, ...]) -> AnyArray:
    """Return the upstream gradient, a lone number without axes. Raises InputError if it does not fit."""
    upstream = upstream.reshape(()) if upstream.size == 1 else upstream
    try:
        np.broadcast_to(upstream, shape)
    except ValueError:
        message = f"--upstream has {_count(upstream.shape)}, and the value {_count(shape)}"
        raise InputError(message, "as many, or one for all") from None
    return upstream


def _count(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) + f" number{'s'[: shape != (1,)]}" if shape else "1 number"


def _branches(function: Function, x: tuple[AnyArray, ...]) -> Columns:
    """Return which branch is taken: the value of each condition under its text. Raises InputError."""
    from actcli.formula import operations as op
    from actcli.formula.calls import expanded
    from actcli.formula.evaluate import forward
    from actcli.formula.text import text_of

    root = expanded(function.graph)
    conditions = dict.fromkeys(node.inputs[0] for node in root.order if node.operation is op.where)
    if not conditions:
        raise InputError(f"{function.name} has no branches for --verbose to show: its formula has no where")
    wide = (part.astype(np.float64) for part in x)
    values = dict(zip(root.order, forward(root, dict(zip(function.inputs, wide, strict=True))), strict=True))
    return {text_of(c): np.broadcast_to(values[c], x[0].shape).tolist() for c in conditions}


def _vectors(function: Function, x: tuple[AnyArray, ...], asked: Question) -> tuple[Columns, Columns]:
    """Return a row for each entry; what is one number for each vector stands alone, or beside them all.

    So does a value that is shorter or longer than its input, but not beside its gradient.
    """
    value = function(*x, axis=asked.axis)
    joins, length = _joins(function), value.shape[asked.axis]
    fits = joins or all(part.shape[asked.axis] in (1, length) for part in x)
    beside = bool(asked.slopes) or (fits and not joins)
    rows = [np.moveaxis(part, asked.axis, -1) for part in (x if beside else (value,))]
    try:
        *batch, n = np.broadcast_shapes(*(row.shape for row in rows))
    except ValueError:
        message = "vectors of different lengths have no rows in common"
        raise InputError(message, "--wrt NAME --output FILE.npy has one gradient") from None

    def column(part: AnyArray) -> AnyArray:
        return np.broadcast_to(np.moveaxis(part, asked.axis, -1), (*batch, n)).reshape(-1)

    entries = zip(function.inputs, x if beside else (), strict=False)
    places = _numbered(tuple(batch), n) | {name: column(part) for name, part in entries}
    results = {"value": value} if fits or not beside else {}
    if asked.upstream is not None:
        upstream = np.broadcast_to(_fitted(asked.upstream, value.shape), value.shape)
        results |= ({"upstream": upstream} if fits else {}) | _gradients(function, x, asked)
    elif asked.slopes:
        results = (results if asked.with_derivative else {}) | _derivatives(function, x, 1, asked)
    return places, {name: column(part) for name, part in results.items()}


def _joins(function: Function) -> bool:
    """Whether the value is one number for each vector, of any length."""
    defaults = function.defaults
    try:
        values = [
            function(*(np.ones(1 if name in defaults else n) for name in function.inputs)) for n in (2, 4)
        ]
    except InputError:  # it does not take any length
        return False
    return all(value.shape == (1,) for value in values)


def _jacobian(function: Function, x: AnyArray, axis: int) -> tuple[Columns, Columns]:
    jacobian = function(x, order=1, axis=axis)
    *batch, k, n = jacobian.shape
    rows = jacobian.reshape(-1, n)
    outputs = np.tile(np.arange(k), rows.shape[0] // k if k else 0)
    results = {f"d/d{function.inputs[0]}{j}": rows[:, j] for j in range(n)}
    return {**_numbered(tuple(batch), k), "output": outputs}, results


def _numbered(batch: tuple[int, ...], n: int) -> Columns:
    """Return the column that numbers the vectors of a batch; a single vector needs none."""
    return {"vector": np.repeat(np.arange(np.prod(batch, dtype=int)), n)} if batch and n else {}
