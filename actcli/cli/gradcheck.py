"""actcli gradcheck: stated derivatives against numerical ones."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output
from actcli.cli._places import names_of, read_places
from actcli.cli._write import say
from actcli.errors import ExitCode, InputError
from actcli.points import not_negative, positive, settings, whole

if TYPE_CHECKING:
    from actcli.checking import Check, Finding, Settings
    from actcli.function import Function
    from actcli.report import Column, Report
_STYLES = {
    "ok": "green",
    "kink": "yellow",
    "overflow": "yellow",
    "outside domain": "yellow",
    "wrong": "bold red",
}
_MOST_KINKS = 5
_MOST_SAMPLES = 10**6


def gradcheck(
    targets: opt.Targets = None,
    all: Annotated[bool, typer.Option("--all", help="Check every activation.", show_default=False)] = False,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="[NAME=]POINTS",
            help="Check there, named for each of several variables; for a vector function: one vector.",
        ),
    ] = None,
    wrt: Annotated[
        str | None,
        typer.Option(
            "--wrt", metavar="NAME,...", help="Check derivatives by these variables or parameters alone."
        ),
    ] = None,
    derivative: Annotated[
        str | None,
        typer.Option(
            "--derivative",
            metavar="TARGET",
            help="Check this derivative, worked out by hand, instead of the function's own.",
        ),
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
    actcli gradcheck mylayers.py:Gelu
    actcli gradcheck --all --format json
    actcli gradcheck relu --at -1,0,1 --method central --step 1e-4
    actcli gradcheck tanh --order 2 --dtype float32
    actcli gradcheck tanh --derivative "1/cosh(x)**2"
    actcli gradcheck "x*sin(y)" --at x=1,2 --at y=3
    actcli gradcheck "x*sin(y)" --wrt y --derivative "x*cos(y)"

    A row a function, or a variable of several: its worst point, and its kinks with the slopes on both sides,
    between which the stated derivative passes. Points where the function overflows or has no value are left
    out. Without --rtol and --atol a difference is judged by what truncation and rounding explain. Exit 1 when
    a derivative is wrong.
    """  # noqa: D301
    from actcli.checking import Settings
    from actcli.differences import DIFFERENCES

    plan = Settings(
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
    names = names_of(wrt)
    functions = _functions(targets or [], all, settings(param or [], "--param"), names)
    if derivative is not None:
        functions = [_stating(functions, derivative, plan.order, names)]
    checks = [found for function in functions for found in _checked(function, plan, at or [], names, all)]
    if not checks:
        raise InputError("there is nothing to check in this way")
    out.emit(_report(checks))
    return _verdict(checks, quiet)


def _functions(
    names: list[str], every: bool, parameters: dict[str, float], free: tuple[str, ...]
) -> "list[Function]":
    from actcli.activations import ACTIVATIONS, COMPOUNDS
    from actcli.target import resolve

    if every == bool(names):
        raise InputError("gradcheck takes names or --all", "for example: actcli gradcheck gelu")
    if every:
        entries = (*ACTIVATIONS.values(), *COMPOUNDS.values())
        names = [entry.name for entry in entries if parameters.keys() <= entry.parameters.keys()]
    return [resolve(name, parameters, free=free) for name in names]


def _stating(functions: "list[Function]", text: str, order: int, wrt: tuple[str, ...]) -> "Function":
    """Return the one function with the derivative of that text; the function's parameters are known to it."""
    from actcli.partials import stating
    from actcli.target import resolve

    if len(functions) != 1:
        raise InputError("--derivative is checked against one TARGET")
    (function,) = functions
    if text.strip() in function.inputs:
        text = f"({text})"  # a variable, where a name alone would be a function of the catalogue
    stated = resolve(text)
    names = {*stated.inputs, *stated.parameters}
    known = {name: value for name, value in function.parameters.items() if name in names}
    return stating(function, resolve(text, known) if known else stated, order, ",".join(wrt) or None)


def _checked(
    function: "Function", plan: "Settings", at: list[str], wrt: tuple[str, ...], every: bool
) -> "list[Check]":
    """Check the derivatives by each of the variables. A function that cannot be is skipped of --all."""
    import numpy as np

    from actcli.checking import check

    try:
        if at:
            plan = replace(plan, at=np.stack(np.broadcast_arrays(*read_places(at, None, function))))
        return [check(function, replace(plan, wrt=name)) for name in wrt or function.inputs]
    except InputError as error:
        if not every:
            raise
        say(f"note: skipped: {error.message}")
        return []


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
    worst, kinks = found.worst, [_kink(f) for f in found.kinks]
    if len(kinks) > _MOST_KINKS:
        kinks[_MOST_KINKS:] = [f"and {len(kinks) - _MOST_KINKS} more"]
    if len(worst.places) > 1:
        kinks.insert(0, f"{worst.entry} at {_place(worst)}")
    return "; ".join(kinks) or worst.entry


def _kink(f: "Finding") -> str:
    """Say both slopes; of a jump there are none."""
    if math.inf in (abs(f.left or 0.0), abs(f.right or 0.0)):
        return f"jump at {f.corner}"
    return f"kink at {f.corner}: {f.left}, {f.right}"


def _place(f: "Finding") -> str:
    return ", ".join(f"{name} = {value}" for name, value in f.places.items())


def _rough(error: float) -> float:
    """Two digits of an error are all that mean anything."""
    return float(f"{error:.1e}")


def _verdict(checks: "list[Check]", quiet: bool) -> int:
    wrong = [finding for found in checks for finding in found.wrong]
    for finding in wrong:
        say(f"FAIL {_sentence(finding)}")
    if not quiet:
        points = sum(f.comparisons for f in checks)
        failed = sum(not found.ok for found in checks)
        result = f"{failed} wrong" if failed else "all right" if points else "nothing could be compared"
        say(f"{len(checks)} checked at {points} points{_left_out(checks)}: {result}")
    return ExitCode.NO if wrong else ExitCode.OK


def _left_out(checks: "list[Check]") -> str:
    from actcli.checking import Verdict

    words = {"overflow": Verdict.OVERFLOW, "outside the domain": Verdict.OUTSIDE}
    counts = {word: sum(f.counts.get(verdict, 0) for f in checks) for word, verdict in words.items()}
    said = "; ".join(f"{count} left out: {why}" for why, count in counts.items() if count)
    return f" ({said})" if said else ""


def _sentence(f: "Finding") -> str:
    place = f"{f.function} at {_place(f)}" + (f" ({f.entry})" if f.entry else "")
    if f.corner is not None:
        return f"{place}: stated {f.stated} lies outside the one-sided slopes {f.left} and {f.right}"
    apart = f"{_rough(f.error)} apart (relative {_rough(f.relative_error)}), {_rough(f.allowed)} allowed"
    return f"{place}: stated {f.stated}, numerical {f.numerical}: {apart}"
