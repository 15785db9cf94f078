"""actcli gradcheck: stated derivatives against numerical ones."""

from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output
from actcli.cli._write import say
from actcli.errors import ExitCode, InputError
from actcli.points import not_negative, points, positive, settings, whole

if TYPE_CHECKING:
    from actcli.checking import Check, Finding
    from actcli.evidence import Settings
    from actcli.function import Function
    from actcli.report import Column, Report
_STYLES = {"ok": "green", "kink": "yellow", "overflow": "yellow", "wrong": "bold red"}
_MOST_SAMPLES = 10**6


def gradcheck(
    targets: opt.Targets = None,
    all: Annotated[bool, typer.Option("--all", help="Check every function.", show_default=False)] = False,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="POINTS", help="Check there; for a vector function: one vector."),
    ] = None,
    samples: Annotated[
        str, typer.Option("--samples", metavar="N", help="Else at N points of [-10, 10].")
    ] = "100",
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="The seed of the samples.")] = "0",
    method: Annotated[str, typer.Option("--method", metavar="METHOD", help="{methods} or auto.")] = "auto",
    step: Annotated[
        str | None, typer.Option("--step", metavar="H", help="The step; chosen point by point without.")
    ] = None,
    rtol: Annotated[
        str | None,
        typer.Option("--rtol", metavar="R", help="Allow atol + rtol*|numerical|, and nothing else."),
    ] = None,
    atol: Annotated[str | None, typer.Option("--atol", metavar="A", help="See --rtol.")] = None,
    order: Annotated[
        str, typer.Option("--order", metavar="N", help="1 or 2: the derivative to check.")
    ] = "1",
    param: opt.Param = None,
    dtype: opt.TypeOf = "float64",
    format: opt.Format = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:
    """Check stated derivatives against numerical ones.

    \b
    actcli gradcheck gelu
    actcli gradcheck --all --format json
    actcli gradcheck relu --at -1,0,1 --method central --step 1e-4
    actcli gradcheck tanh --order 2 --dtype float32

    A row a function: its worst point, and its kinks with the slopes on both sides, between which the stated
    derivative passes. Without --rtol and --atol a difference is judged by what truncation and rounding
    explain. Exit 1 when a derivative is wrong.
    """  # noqa: D301
    from actcli.differences import DIFFERENCES
    from actcli.evidence import Settings

    plan = Settings(
        at=None if at is None else points([at]),
        samples=whole(samples, "--samples", 1, _MOST_SAMPLES),
        seed=whole(seed, "--seed", 0, 2**63),
        method=DIFFERENCES[method],
        step=None if step is None else positive(step, "--step"),
        rtol=None if rtol is None else not_negative(rtol, "--rtol"),
        atol=None if atol is None else not_negative(atol, "--atol"),
        order=whole(order, "--order", 1, 2),
        dtype=dtype,
    )
    out = Output(format=format, quiet=quiet, file=output, color=color)
    functions = _functions(targets or [], all, settings(param or [], "--param"))
    checks = [found for function in functions if (found := _checked(function, plan, all))]
    if not checks:
        raise InputError("there is nothing to check in this way")
    out.emit(_report(checks))
    return _verdict(checks, quiet)


def _functions(names: list[str], every: bool, parameters: dict[str, float]) -> "list[Function]":
    from actcli.activations import ACTIVATIONS
    from actcli.target import resolve

    if every == bool(names):
        raise InputError("gradcheck takes names or --all", "for example: actcli gradcheck gelu")
    if every:
        known = [name for name in ACTIVATIONS if parameters.keys() <= ACTIVATIONS[name].parameters.keys()]
        return [resolve(name, parameters) for name in known]
    return [resolve(name, parameters) for name in names]


def _checked(function: "Function", plan: "Settings", every: bool) -> "Check | None":
    from actcli.checking import gradcheck as check

    try:
        return check(function, plan)
    except InputError as error:
        if not every:
            raise
        say(f"note: skipped: {error.message}")
        return None


def _report(checks: "list[Check]") -> "Report":
    """Return a row a function: its worst point, and a note of its kinks or of the Jacobian's entry."""
    from actcli.report import Report

    rows = [found.worst for found in checks]
    columns: dict[str, Column] = {
        "function": [f.function for f in rows],
        "x": [f.x for f in rows],
        "stated": [f.stated for f in rows],
        "numerical": [f.numerical for f in rows],
        "error": [_rough(f.error) for f in rows],
        "relative": [_rough(f.relative_error) for f in rows],
        "verdict": [str(f.verdict) for f in rows],
    }
    notes = [_note(found) for found in checks]
    if any(notes):
        columns["note"] = notes
    return Report(columns=columns, results=("function", "verdict"), styles=_STYLES)


def _note(found: "Check") -> str:
    kinks = "; ".join(f"kink at {f.corner}: {f.left}, {f.right}" for f in found.kinks)
    return kinks or found.worst.entry


def _rough(error: float) -> float:
    """Two digits of an error are all that mean anything."""
    return float(f"{error:.1e}")


def _verdict(checks: "list[Check]", quiet: bool) -> int:
    wrong = [finding for found in checks for finding in found.wrong]
    for finding in wrong:
        say(f"FAIL {_sentence(finding)}")
    if not quiet:
        points, left_out = sum(f.comparisons for f in checks), sum(f.left_out for f in checks)
        failed = sum(not found.ok for found in checks)
        result = f"{failed} wrong" if failed else "all right" if points else "nothing could be compared"
        overflow = f" ({left_out} left out: overflow)" if left_out else ""
        say(f"{len(checks)} checked at {points} points{overflow}: {result}")
    return ExitCode.NO if wrong else ExitCode.OK


def _sentence(f: "Finding") -> str:
    place = f"{f.function} at x = {f.x}" + (f" ({f.entry})" if f.entry else "")
    if f.corner is not None:
        return f"{place}: stated {f.stated} lies outside the one-sided slopes {f.left} and {f.right}"
    apart = f"{_rough(f.error)} apart (relative {_rough(f.relative_error)}), {_rough(f.allowed)} allowed"
    return f"{place}: stated {f.stated}, numerical {f.numerical}: {apart}"
