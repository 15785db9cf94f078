"""actcli eval: values and derivatives at points."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from actcli.cli import _options as opt
from actcli.cli._conventions import say_conventions, say_domain, say_typed
from actcli.cli._emit import STDOUT, Output, emit_array, is_npy
from actcli.cli._places import names_of, read_places
from actcli.errors import ExitCode, UnknownNameError
from actcli.points import is_meant_as_points, settings, whole

if TYPE_CHECKING:
    import numpy.typing as npt

    from actcli.cli._answers import Question
    from actcli.function import Function

    Arrays = tuple[npt.NDArray[Any], ...]


def evaluate(
    target: opt.Target,
    points: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[POINTS]...",
            help="Numbers and ranges: 1.5  -1,0,2  -5:5  0:1:0.1; - is stdin. By name: x=1,2 y=3.",
        ),
    ] = None,
    with_derivative: Annotated[
        bool,
        typer.Option(
            "--with-derivative", help="Add the derivative, or of several variables each.", show_default=False
        ),
    ] = False,
    order: Annotated[
        str,
        typer.Option(
            "--order",
            metavar="N",
            help="0, 1, 2, ...: the derivative; of several variables, 2 is the Hessian.",
        ),
    ] = "0",
    wrt: Annotated[
        str | None,
        typer.Option(
            "--wrt",
            metavar="NAME,...",
            help="Take derivatives by these variables alone, or by a parameter, at its value.",
        ),
    ] = None,
    upstream: Annotated[
        str | None,
        typer.Option(
            "--upstream",
            metavar="G|FILE",
            help="Run the backward pass from these numbers, at the output: the gradient at the input.",
        ),
    ] = None,
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
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="S", help="Draw the slopes of a random function: rrelu."),
    ] = None,
    dtype: opt.Dtype = None,
    input: Annotated[
        str | None, typer.Option("--input", "-i", metavar="FILE", help="Read the points: .npy, .csv or .txt.")
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            help="Add a column for each condition of the formula: relu's mask is x > 0.",
            show_default=False,
        ),
    ] = False,
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
    actcli eval "x**2 + y" x=1,2 y=3 --order 1
    actcli eval relu -2,3 --upstream 1 --verbose
    actcli eval elu -1 -p alpha=2 --wrt alpha --order 1
    actcli eval rrelu -3:-1 --seed 1 --with-derivative
    actcli eval gelu --input x.npy --output y.npy

    For a vector function (softmax) the points are one vector, also from stdin; the lines of a file, or the
    rows of an array, are a batch. A .npy output holds the bare results, in the shape and type of the input.
    """  # noqa: D301
    from actcli.cli._answers import Question
    from actcli.target import resolve

    function = resolve(target, settings(param or [], "--param"), free=names_of(wrt), seed=_seed(seed))
    asked = Question(
        order=whole(order, "--order", 0, 9),
        with_derivative=with_derivative,
        jacobian=jacobian,
        upstream=_upstream(upstream, not function.elementwise),
        wrt=names_of(wrt),
        verbose=verbose,
        axis=whole(axis, "--axis", -32, 31),
    )
    asked.check(function)
    npy = format is None and is_npy(output)
    out = Output(format="plain" if npy else format, quiet=quiet, file=output, color=color)
    x = tuple(_typed(part, dtype) for part in read_places(points or [], input, function))
    has_nan = _write(function, x, asked, None if npy else out, output)
    if not quiet:
        say_conventions(function, x[0], asked.slopes)
        say_typed(function, asked.slopes)
    if has_nan and not quiet:
        say_domain(function, x, asked.axis)
    return ExitCode.OK


def _write(function: "Function", x: "Arrays", asked: "Question", out: Output | None, file: str) -> bool:
    """Write the answer, a bare array where there is no other output; return whether nan is in it."""
    import numpy as np

    from actcli.cli._answers import bare, report

    if out is None:
        array = bare(function, x, asked)
        emit_array(array, file)
        return bool(np.isnan(array).any())
    table = report(function, x, asked)
    out.emit(table)
    return any(np.isnan(np.asarray(table.columns[name])).any() for name in table.results)


def _seed(text: str | None) -> int | None:
    return None if text is None else whole(text, "--seed", 0, 2**63)


def _upstream(text: str | None, vectors: bool) -> "npt.NDArray[Any] | None":
    from actcli.cli._inputs import read_points

    if text is None:
        return None
    return read_points([text], None) if is_meant_as_points(text) else read_points([], text, vectors)


def _typed(x: "npt.NDArray[Any]", dtype: str | None) -> "npt.NDArray[Any]":
    import numpy as np

    from actcli.floats import DTYPES, FLOATS

    if dtype is not None and dtype not in DTYPES:
        raise UnknownNameError("type", dtype, DTYPES)
    if dtype is None:
        return x.astype(np.float64) if x.dtype.kind in "biu" else x
    return FLOATS[dtype].round(x)
