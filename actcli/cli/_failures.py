"""What gradcheck says beside its table: failures, what they come to, and how to see the same again."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actcli import __version__
from actcli.cli._write import say
from actcli.errors import ExitCode

if TYPE_CHECKING:
    from actcli.causes import Found
    from actcli.checking import Check, Finding, Settings
    from actcli.function import Function, Habit
    from actcli.suite import Case, Suite

_TOLD = {"batch": "batch", "ignores upstream": "upstream"}  # habits, by the causes that say the same
_named = re.compile(r"[^:]+:(\w+)").match  # file.py:name


@dataclass(frozen=True, kw_only=True)
class Told:
    """A check, with a line for each finding that fails, and the likely cause of the first."""

    check: "Check"
    failures: tuple[str, ...] = ()
    cause: "Found | None" = None


def told(found: "Check") -> Told:
    """Return the check with what is to be said of its failures; who passes waits for no causes."""
    if found.ok:
        return Told(check=found)
    from actcli.causes import likely
    from actcli.checking._words import sentence

    failing = [(f, part) for f, (part, _) in zip(found.findings, found.telling, strict=True) if f.fails]
    failing = [(f, part) for f, part in failing if not is_flow(f)] or failing
    causes = {id(part): likely(part) for _, part in failing}
    lines = tuple(sentence(f, causes[id(part)]) for f, part in failing)
    return Told(check=found, failures=lines, cause=causes[id(failing[0][1])])


def is_flow(f: "Finding") -> bool:
    """Whether it is what a backward pass makes of an upstream gradient: wrong where the slopes are."""
    return f.entry.startswith(("upstream", "product"))


def tell(found: Sequence[Told], quiet: bool) -> int:
    """Say each failure in a line, then what was proved and how; return the exit code."""
    from actcli.checking._words import why_vacuous

    checks = [one.check for one in found]
    for line in (line for one in found for line in one.failures):
        say(f"FAIL {line}")
    for check in checks:
        if check.is_vacuous:
            say(f"warning: {label(check)}: the check proves nothing: {why_vacuous(check)}")
    if not quiet:
        for note in dict.fromkeys(note for one in found for note in _notes(one)):
            say(f"note: {note}")
        say(summary_of(checks))
        say(", ".join(f"{key} {value}".strip() for key, value in _said(checks[0].settings)))
    return ExitCode.OK if all(check.ok for check in checks) else ExitCode.NO


def summary_of(checks: "Sequence[Check]") -> str:
    """Say how much was checked, what was not, and the result."""
    count = sum(found.comparisons for found in checks)
    failed = sum(not found.ok for found in checks)
    result = f"{failed} failed" if failed else "all right" if count else "nothing could be compared"
    slopes = f"{count} comparison{'s' * (count != 1)}"
    return f"{len(checks)} checked in {slopes}{_apart(checks)}: {result}"


def _apart(checks: "Sequence[Check]") -> str:
    from actcli.checking import Verdict

    words = {
        Verdict.KINK: "at kinks",
        Verdict.JUMP: "at jumps",
        Verdict.VERTICAL: "at vertical tangents",
        Verdict.VACUOUS: "vacuous",
        Verdict.OVERFLOW: "left out: overflow",
        Verdict.OUTSIDE: "left out: outside the domain",
    }
    counts = {word: sum(found.counts.get(verdict, 0) for found in checks) for verdict, word in words.items()}
    said = "; ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f" ({said})" if said else ""


def _notes(one: Told) -> "Iterator[str]":
    """Yield what the evidence says of itself, and what the user's code does that a check should know."""
    from actcli.objectives import OBJECTIVES

    found, cause = one.check, one.cause.name if one.cause else ""
    known = OBJECTIVES.get(found.function.name)
    if known is not None and known.inputs:  # its other numbers are fixed
        yield f"{known.name}: {known.summary}"
    yield from (part.seen.note for part in found.parts if part.seen.note)
    for habit in found.function.habits:
        if habit.matters or not (found.ok or _is_known(habit, found.function, cause)):
            yield f"{found.function.name}: {habit.sentence}"


def _is_known(habit: "Habit", function: "Function", cause: str) -> bool:
    """Whether a habit is what the failure's cause says, or what is checked as such: a vector function."""
    is_vector = habit.name == "not elementwise" and not function.elementwise
    return is_vector or (bool(cause) and _TOLD.get(habit.name) == cause)


def conditions(settings: "Settings") -> dict[str, str]:
    """Return what it takes to see the same again."""
    import numpy as np

    given = {"step": settings.step, "rtol": settings.rtol, "atol": settings.atol}
    guests = {name: getattr(sys.modules.get(name), "__version__", None) for name in ("torch", "jax")}
    return {
        "seed": str(settings.seed),
        "dtype": settings.dtype,
        "order": str(settings.order),
        "method": settings.method.name if settings.method else "auto",
        **{name: repr(value) for name, value in given.items() if value is not None},
        "actcli": __version__,
        "numpy": np.__version__,
        **{name: str(version) for name, version in guests.items() if version},
        "Python": ".".join(map(str, sys.version_info[:3])),
    }


def _said(settings: "Settings") -> "Iterator[tuple[str, str]]":
    """Yield the conditions as a line has them: a type needs no name, the first order no word."""
    for key, value in conditions(settings).items():
        if (key, value) != ("order", "1"):
            yield ("", value) if key == "dtype" else (key, value)


def suite_of(found: Sequence[Told]) -> "Suite":
    """Return the checks for machines that run tests."""
    from actcli.suite import Suite

    return Suite(
        name="gradcheck",
        cases=tuple(map(_case, found)),
        summary=summary_of([one.check for one in found]),
        properties=conditions(found[0].check.settings),
    )


def _case(one: Told) -> "Case":
    from actcli.checking._words import why_vacuous
    from actcli.suite import Case

    check = one.check
    file, line = _code(check.function)
    return Case(
        name=label(check),
        verdict=str(check.worst.verdict),
        failures=one.failures,
        skipped=f"the check proves nothing: {why_vacuous(check)}" if check.is_vacuous else "",
        notes=tuple(_notes(one)),
        file=file,
        line=line,
    )


def label(found: "Check") -> str:
    """Return the function's name, with the variable if it has several."""
    function, name = found.function, found.settings.wrt
    return f"{function.name} by {name}" if len(function.variables) > 1 and name else function.name


def _code(function: "Function") -> tuple[str, int | None]:
    """Return the file below here, and its line, where the user's code of that name is written, if any."""
    called = _named(function.name)
    if called is None:
        return "", None
    ours = [file for file in function.files if file.startswith(os.getcwd() + os.sep)]
    places = ((os.path.relpath(file), _line_of(called[1], file)) for file in ours)
    return next(((file, line) for file, line in places if line), ("", None))


def _line_of(name: str, file: str) -> int | None:
    """Return the line of a file where a name is defined, or bound."""
    with open(file, encoding="utf-8", errors="replace") as source:
        for number, text in enumerate(source, start=1):
            if re.match(rf"(async +)?(def|class) +{name}\b|{name}\s*=", text):
                return number
    return None
