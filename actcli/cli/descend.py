"""actcli descend: gradient descent, step by step."""

from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output, emit_array, is_npy
from actcli.cli._picture import check_picture, save_picture
from actcli.cli._write import check_target, say
from actcli.errors import ExitCode, InputError, UnknownNameError
from actcli.points import finite, not_negative, vector, whole
from actcli.points import settings as pairs

if TYPE_CHECKING:
    from actcli.descent import Outcome
    from actcli.function import Function
    from actcli.optimizers import Optimizer
    from actcli.report import Column, Report
_MOST_STEPS = 10**6


def descend(
    target: Annotated[
        str,
        typer.Argument(metavar="[TARGET]", help="A formula, FILE.py:NAME, or an objective: {objectives}."),
    ] = "sphere",
    lr: Annotated[str, typer.Option("--lr", metavar="LR", help="The learning rate.")] = "0.1",
    steps: Annotated[str, typer.Option("--steps", metavar="N", help="How many steps to take.")] = "20",
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="X0,X1,...",
            help="Where to start, in the order of the variables; an objective has its own.",
        ),
    ] = None,
    optimizer: Annotated[str, typer.Option("--optimizer", metavar="NAME", help="{optimizers}.")] = "gd",
    set: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=NUMBER", help="Set a hyper-parameter, like momentum=0.8; repeatable."
        ),
    ] = None,
    gradient: Annotated[
        str, typer.Option("--gradient", metavar="KIND", help="{gradients} (central, h = 1e-4).")
    ] = ("analytic"),
    tol: Annotated[
        str | None, typer.Option("--tol", metavar="T", help="Stop when the gradient's norm is at most T.")
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option("--plot", metavar="FILE", help="Draw the path over contours: .png, .svg or .pdf."),
    ] = None,
    history: Annotated[
        str | None,
        typer.Option("--history", metavar="FILE", help="Save the table too: .csv, .json, .npy, ..."),
    ] = None,
    param: opt.Param = None,
    format: opt.Format = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:
    """Descend a function, step by step.

    \b
    actcli descend --lr 0.1 --steps 20
    actcli descend rosenbrock --optimizer adam --lr 0.02 --steps 500 --plot path.png
    actcli descend bowl --start -7,2 --optimizer momentum --set momentum=0.8
    actcli descend himmelblau --lr 0.01 --tol 1e-6 --format csv
    actcli descend "x0**2 + 2*x1**2" --start -3,4

    A row a step: position, value, gradient norm; row 0 is the start, the last row the end. Why it stopped
    goes to stderr; exit 1 when it diverged. Update rules and hyper-parameters are PyTorch's, but for lr.
    """  # noqa: D301
    out = Output(format=format, quiet=quiet, file=output, color=color)
    if [plot, history, output].count(STDOUT) > 1:
        raise InputError("only one of table, picture and history can go to stdout", "-o FILE for the table")
    if plot is not None:
        check_picture(plot)
    if history is not None:
        _check_history(history)
    method = _optimizer(optimizer, lr, set or [])
    parameters = pairs(param or [], "--param")
    function, outcome = _descended(target, parameters, method, steps, start, gradient, tol)
    report = _report(function, outcome)
    out.emit(report)
    if history is not None:
        _save_history(report, history)
    if plot is not None:
        _save_picture(function, method, outcome, plot)
    if not quiet or outcome.diverged:
        say(f"{outcome.stop.value}, at step {outcome.trace[-1].number}")
    return ExitCode.NO if outcome.diverged else ExitCode.OK


def _optimizer(name: str, lr: str, settings: list[str]) -> "Optimizer":
    from actcli.optimizers import OPTIMIZERS

    chosen = pairs(settings, "--set")
    if "lr" in chosen:
        raise InputError("lr is not for --set: it has an option of its own", "--lr")
    return OPTIMIZERS[name].with_settings({"lr": finite(lr, "--lr"), **chosen})


def _descended(
    target: str,
    parameters: dict[str, float],
    optimizer: "Optimizer",
    steps: str,
    start: str | None,
    gradient: str,
    tol: str | None,
) -> "tuple[Function, Outcome]":
    from actcli.descent import GRADIENTS
    from actcli.descent import descend as run
    from actcli.target import resolve

    if gradient not in GRADIENTS:
        raise UnknownNameError("kind of gradient", gradient, GRADIENTS)
    first = None if start is None else vector(start, "--start")
    function = resolve(target, parameters, dimension=None if first is None else len(first))
    outcome = run(
        function,
        optimizer,
        steps=whole(steps, "--steps", 0, _MOST_STEPS),
        start=first,
        tolerance=None if tol is None else not_negative(tol, "--tol"),
        numerical=gradient == "numerical",
    )
    return function, outcome


def _report(function: "Function", outcome: "Outcome") -> "Report":
    import numpy as np

    from actcli.report import Report

    path, inputs = outcome.path, function.inputs
    names = inputs if function.elementwise else [f"{inputs[0]}{i}" for i in range(path.shape[1])]
    results: dict[str, Column] = {
        "value": np.array([step.value for step in outcome.trace]),
        "gradient_norm": np.array([step.gradient_norm for step in outcome.trace]),
    }
    columns: dict[str, Column] = {
        "step": [step.number for step in outcome.trace],
        **dict(zip(names, path.T, strict=True)),
        **{f"{name}_" if name in names else name: column for name, column in results.items()},
    }
    return Report(columns=columns, results=tuple(columns)[1:])


def _check_history(file: str) -> None:
    if is_npy(file):
        check_target(file)
    else:
        Output(format=None, quiet=False, file=file, color="never")


def _save_history(report: "Report", file: str) -> None:
    """Write the table: in the format of the suffix, or as a .npy matrix of its columns."""
    import numpy as np

    if is_npy(file):
        emit_array(np.column_stack(list(report.columns.values())), file)
    else:
        Output(format=None, quiet=False, file=file, color="never").emit(report)


def _save_picture(function: "Function", optimizer: "Optimizer", outcome: "Outcome", file: str) -> None:
    from actcli.picture import Paper
    from actcli.pictures.paths import path

    title = f"{function.name}, {optimizer.name}, lr = {optimizer.lr:g}"
    save_picture(path(function, outcome, title), file, Paper())
