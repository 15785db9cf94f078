"""actcli audit: code against its formula in arbitrary precision."""

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._emit import STDOUT, Output
from actcli.cli._subjects import orders_of, pairs_of, rows_of
from actcli.cli._write import say
from actcli.errors import ExitCode, InputError
from actcli.points import not_negative, settings, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from actcli.auditing import Audit
    from actcli.cli._subjects import Row
    from actcli.report import Column, Report

_STYLES = {"ok": "green", "failed": "bold red"}
_MOST_POINTS = 10**7


def audit(
    targets: opt.Targets = None,
    all: Annotated[
        bool, typer.Option("--all", help="Audit every function of one number.", show_default=False)
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="TARGET",
            help="Audit against the formula of that function, or against a formula, not its own.",
        ),
    ] = None,
    command: Annotated[
        str | None,
        typer.Option(
            "--command",
            metavar="COMMAND",
            help="Audit a program: it reads the .npy file {input} and writes {output}; no shell is used.",
        ),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(
            "--order", metavar="N,...", help="0, 1, 2: values or derivatives; all that there are without."
        ),
    ] = None,
    max_ulp: Annotated[
        str | None,
        typer.Option(
            "--max-ulp", metavar="N", help="Give a verdict: no error above N ulp, no wrong special."
        ),
    ] = None,
    points: Annotated[
        str, typer.Option("--points", metavar="N", help="About N random points, beside the fixed ones.")
    ] = "1000",
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="The seed of the points.")] = "0",
    exhaustive: Annotated[
        bool,
        typer.Option("--exhaustive", help="Audit all values of a type of 16 or 32 bits.", show_default=False),
    ] = False,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume", metavar="FILE", help="Keep the state of --exhaustive there, and take it up again."
        ),
    ] = None,
    param: opt.Param = None,
    dtype: opt.TypeOf = "float64",
    verbose: Annotated[
        bool,
        typer.Option("--verbose", help="Add the worst result, and the right one.", show_default=False),
    ] = False,
    format: opt.Format = None,
    quiet: opt.Quiet = False,
    output: opt.OutputFile = STDOUT,
    color: opt.Color = "auto",
    help: opt.Help = False,
) -> int:
    """Audit code against its formula, in ulps of the correctly rounded result.

    \b
    actcli audit sigmoid gelu --points 50
    actcli audit relu --max-ulp 4 --points 50
    actcli audit elu -p alpha=2 --order 1 --dtype float32 --points 50
    actcli audit mylayers.py:Gelu --against gelu --order 0 --points 50
    actcli audit relu --dtype bfloat16 --exhaustive --order 0
    actcli audit --command "cp {input} {output}" --against identity --points 50

    The right result is the formula's in arbitrary precision. A row has the largest error and what 99.9 % of
    them do not exceed; the largest where the result is subnormal or 0, in units of the smallest number; and
    how many values of inf, nan and -0.0 are wrong. Next to a zero of a derivative other than x = 0 an error
    counts in ulps of the largest term; --verbose has the plain one. Of user code float64 is asked and
    rounded; a program gets the type itself. With --max-ulp there is a verdict: exit 1 when that is exceeded
    or a special value is wrong.
    """  # noqa: D301
    from actcli.auditing import AuditSettings

    bound = None if max_ulp is None else not_negative(max_ulp, "--max-ulp")
    size, start = whole(points, "--points", 1, _MOST_POINTS), whole(seed, "--seed", 0, 2**63)
    plan = AuditSettings(dtype=dtype, points=size, seed=start, max_ulp=bound)
    out = Output(format=format, quiet=quiet, file=output, color=color)
    if resume is not None and not exhaustive:
        raise InputError("--resume is for --exhaustive")
    pairs = pairs_of(targets or [], all, against, command, settings(param or [], "--param"))
    rows = rows_of(pairs, plan, orders_of(order))
    found = _exhausted(rows, resume, quiet) if exhaustive else _sampled(rows, quiet)
    out.emit(_report(found, verbose))
    return _verdict(found, quiet)


def _sampled(rows: "list[Row]", quiet: bool) -> "list[Audit]":
    from actcli.auditing import audit as audited
    from actcli.auditing import crew

    with _bar(len(rows), quiet) as advance, crew(os.cpu_count() or 1, len(rows) * rows[0][2].points) as many:
        return [audited(*row, crew=many, advance=advance) for row in rows]


def _exhausted(rows: "list[Row]", resume: str | None, quiet: bool) -> "list[Audit]":
    from actcli.auditing import exhaust, exhaustive
    from actcli.cli._state import State

    state, found = State(resume), []
    with _bar(len(rows), quiet) as advance:
        for function, against, plan in rows:
            key = State.key(function, against, plan)
            progress = state.get(key)
            for reached in exhaust(function, against, plan, since=progress, advance=advance):
                state.put(key, progress := reached)
            found.append(exhaustive(function, against, plan, progress.tally))
    return found


@contextmanager
def _bar(rows: int, quiet: bool) -> "Iterator[Callable[[float], None]]":
    """Show on a terminal how far it has come, on stderr; else nothing."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda share: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("audit", total=rows)
        yield lambda share: progress.advance(task, share)


def _report(found: "list[Audit]", verbose: bool) -> "Report":
    from actcli.report import Report

    tallies = [one.tally for one in found]
    columns: dict[str, Column] = {
        "function": [one.function for one in found],
        "order": [one.settings.order for one in found],
        "max_ulp": [_rough(one.max_ulp) for one in found],
        "p99.9": [_rough(one.percentile) for one in found],
        "x": [tally.normal.x for tally in tallies],
        "subnormal": [_rough(tally.subnormal.ulps) for tally in tallies],
        "special": [tally.special_count for tally in tallies],
        "points": [tally.points for tally in tallies],
    }
    if verbose:
        columns["got"] = [tally.normal.got for tally in tallies]
        columns["right"] = [tally.normal.right for tally in tallies]
        columns["near_zero"] = [_rough(tally.near_zero.ulps) for tally in tallies]
    results = ["function", "order", "max_ulp"]
    if found[0].settings.max_ulp is not None:
        columns["verdict"] = ["ok" if one.ok else "failed" for one in found]
        results.append("verdict")
    return Report(columns=columns, results=tuple(results), styles=_STYLES)


def _rough(ulps: float) -> float:
    """Three digits of an error are all that mean anything."""
    return float(f"{ulps:.3g}")


def _verdict(found: "list[Audit]", quiet: bool) -> int:
    judging = found[0].settings.max_ulp is not None
    failed = [one for one in found if not one.ok]
    if judging or not quiet:
        for one in failed:
            say(f"{'FAIL' if judging else 'note:'} {_sentence(one)}")
    if not quiet:
        points = sum(one.tally.points for one in found)
        worst = max(max(one.max_ulp, one.tally.subnormal.ulps) for one in found)
        wrong = "failed" if judging else "with wrong special values"
        result = f"within {_rough(worst):g} ulp"
        if failed:
            result = f"{len(failed)} {wrong}, the largest error is {_rough(worst):g} ulp"
        say(f"{len(found)} audited at {points} points: {result}")
    return ExitCode.NO if judging and failed else ExitCode.OK


def _sentence(one: "Audit") -> str:
    """Say what is wrong, the specials first."""
    tally, bound = one.tally, one.settings.max_ulp
    name = f"{one.function}, order {one.settings.order}"
    if tally.special_count:
        first = tally.specials[0]
        more = f", and at {tally.special_count - 1} more points" if tally.special_count > 1 else ""
        return f"{name}, at x = {first.x}: {first.got}, right is {first.right}{more}"
    worst = max(tally.normal, tally.subnormal, key=lambda w: w.ulps)
    return (
        f"{name}, at x = {worst.x}: {worst.got}, right is {worst.right}: {_rough(worst.ulps)} ulp > {bound:g}"
    )
