"""actcli eval: values and derivatives at points."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from actcli.cli import _options as opt
from actcli.cli._conventions import say_conventions
from actcli.cli._emit import STDOUT, Output, emit_array, is_npy
from actcli.errors import ExitCode, InputError, UnknownNameError
from actcli.points import settings, whole

if TYPE_CHECKING:
    import numpy.typing as npt

    from actcli.function import Function
    from actcli.report import Column, Report

_PLACES = ("vector", "output", "x")  # columns that say where, not what
_ORDERS = ("value", "derivative", "second_derivative")


def evaluate(
    target: opt.Target,
    points: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[POINTS]...", help="Numbers and ranges: 1.5  -1,0,2  -5:5  0:1:0.1; - is stdin."
        ),
    ] = None,
    with_derivative: Annotated[
        bool, typer.Option("--with-derivative", help="Add the derivative.", show_default=False)
    ] = False,
    order: Annotated[
        str, typer.Option("--order", metavar="N", help="0, 1, 2, ...: the derivative to evaluate.")
    ] = "0",
    jacobian: Annotated[
        bool,
        typer.Option(
            "--jacobian", help="Print a vector function's matrix of derivatives.", show_default=False
        ),
    ] = False,
    axis: Annotated[
        str, typer.Option("--axis", metavar="N", help="Where the vectors of a batch lie.")
    ] = "-1",
    param: opt.Param = None,
    dtype: opt.Dtype = None,
    input: Annotated[
        str | None, typer.Option("--input", "-i", metavar="FILE", help="Read the points: .npy, .csv or .txt.")
    ] = None,
    format: opt.Format = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:
    """Evaluate a function and its derivatives.

    \b
    actcli eval sigmoid 1.5
    actcli eval tanh -4 -1e-3 -inf --with-derivative
    actcli eval leaky_relu -2:2 --param alpha=0.2 --format csv
    actcli eval softmax 1,2,3 --jacobian
    actcli eval gelu --input x.npy --output y.npy

    For a vector function (softmax) the points are one vector, also from stdin; the lines of a file, or the
    rows of an array, are a batch. A .npy output holds the bare results, in the shape and type of the input.
    """  # noqa: D301
    from actcli.cli._inputs import read_points
    from actcli.target import resolve

    if with_derivative and order != "0":
        raise InputError("--with-derivative goes with --order 0")
    if jacobian and order not in ("0", "1"):
        raise InputError("--jacobian is the first derivative: there is no other --order of it")
    function = resolve(target, settings(param or [], "--param"))
    n = 1 if jacobian else whole(order, "--order", 0, 2)
    _check_kind(function, n + with_derivative, jacobian)
    bare = format is None and is_npy(output)
    if bare and with_derivative:
        raise InputError("a .npy file holds bare results: --with-derivative has no place in it", "--order 1")
    out = Output(format="plain" if bare else format, quiet=quiet, file=output, color=color)
    x = _typed(read_points(points or [], input, vectors=not function.elementwise), dtype)
    where = whole(axis, "--axis", -32, 31)
    if bare:
        emit_array(function(x, order=n, axis=where), output)
    else:
        out.emit(_report(function, x, n, where, with_derivative))
    if not quiet:
        say_conventions(function, x, n + with_derivative)
    return ExitCode.OK


def _check_kind(function: "Function", order: int, jacobian: bool) -> None:
    if function.elementwise and jacobian:
        raise InputError(f"{function.name} is elementwise: its Jacobian is diagonal", "--with-derivative")
    if not function.elementwise and order and not jacobian:
        raise InputError(f"{function.name} is a vector function: its derivative is a matrix", "--jacobian")


def _typed(x: "npt.NDArray[Any]", dtype: str | None) -> "npt.NDArray[Any]":
    import numpy as np

    from actcli.function import DTYPES

    if dtype is not None and dtype not in DTYPES:
        raise UnknownNameError("type", dtype, DTYPES)
    wanted = dtype or ("float64" if x.dtype.kind in "biu" else x.dtype)
    with np.errstate(over="ignore"):  # beyond a narrow type's range lies inf
        return x.astype(wanted, copy=False)


def _report(
    function: "Function", x: "npt.NDArray[Any]", order: int, axis: int, with_derivative: bool
) -> "Report":
    from actcli.report import Report

    if not function.elementwise:
        columns = (_jacobian if order else _vectors)(function, x, axis)
        return Report(columns=columns, results=tuple(name for name in columns if name not in _PLACES))
    flat = x.reshape(-1)
    columns = {"x": flat, _ORDERS[order]: function(flat, order=order)}
    if with_derivative:
        columns["derivative"] = function(flat, order=1)
    return Report(columns=columns, results=tuple(columns)[1:])


def _vectors(function: "Function", x: "npt.NDArray[Any]", axis: int) -> "dict[str, Column]":
    import numpy as np

    y = function(x, axis=axis)
    entries = {"x": np.moveaxis(x, axis, -1).reshape(-1), "value": np.moveaxis(y, axis, -1).reshape(-1)}
    return {**_batch(x, x.shape[axis], axis), **entries}


def _jacobian(function: "Function", x: "npt.NDArray[Any]", axis: int) -> "dict[str, Column]":
    import numpy as np

    jacobian = function(x, order=1, axis=axis)
    n = x.shape[axis]
    rows = jacobian.reshape(x.size, n)
    outputs = np.tile(np.arange(n), x.size // n if n else 0)
    return {**_batch(x, n, axis), "output": outputs, **{f"d/dx{j}": rows[:, j] for j in range(n)}}


def _batch(x: "npt.NDArray[Any]", n: int, axis: int) -> "dict[str, Column]":
    """Return the column that numbers the vectors of a batch; a single vector needs none."""
    import numpy as np

    return {"vector": np.arange(x.size) // n} if x.ndim > 1 and n else {}
