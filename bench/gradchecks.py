"""Gradient checkers beside each other: how many right derivatives they reject, how many wrong ones they pass.

    python bench/gradchecks.py [-o docs/gradchecks.md] [--misses] [--times ACTCLI]

gradcheckcases.py says what is right and what is wrong, gradchecktruth.py what is detectable, gradcheckers.py
how each checker is asked. With --misses, actcli's misses are listed on stderr. With --times, the speeds are
measured too; ACTCLI is the installed program. Exit code 1: actcli rejects a right derivative, or passes a
wrong one.
"""

import argparse
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import numpy as np
from gradcheckcases import right_ones, wrong_ones
from gradcheckers import Checker, Question, installed, quiet
from startup import pairs

from actcli.checking import Settings, check
from actcli.target import resolve

Asked = Iterable[tuple[str, object, Question]]

TORCH = """
import torch
x = torch.linspace(-10, 10, 100, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(torch.nn.functional.gelu, (x,))
"""

RUNS = 9


@dataclass
class Tally:
    """What a checker answered: by kind how many were asked, missed and refused, and the misses."""

    asked: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)


def tally(checker: Checker, questions: Asked, *, expected: bool) -> Tally:
    """Ask a checker everything; an exception other than its own verdict is none."""
    result = Tally()
    for kind, place, q in questions:
        result.asked[kind] += 1
        try:
            answer = checker(q)
        except Exception as error:  # of a checker: it has no verdict
            answer = None
            result.misses.append(f"{place}, {kind}: {type(error).__name__}: {str(error)[:100]}")
        result.refused[kind] += answer is None
        if answer is (not expected):
            result.missed[kind] += 1
            result.misses.append(f"{place}, {kind}: stated {float(q.slope(q.point)[0])!r}")
    return result


def table(title: str, word: str, tallies: dict[str, Tally]) -> str:
    """Return a table: a row for each kind, a column for each checker; refusals in brackets."""
    first = next(iter(tallies.values()))
    lines = [
        f"## {title}",
        "",
        f"| {word} | asked | " + " | ".join(tallies) + " |",
        "|---|---:|" + "---:|" * len(tallies),
    ]
    for kind in first.asked:
        cells = [_cell(t.missed[kind], t.refused[kind]) for t in tallies.values()]
        lines.append(f"| {kind} | {first.asked[kind]} | " + " | ".join(cells) + " |")
    cells = [f"**{_cell(t.missed.total(), t.refused.total())}**" for t in tallies.values()]
    return "\n".join([*lines, f"| **all** | **{first.asked.total()}** | " + " | ".join(cells) + " |", ""])


def _cell(missed: int, refused: int) -> str:
    return f"{missed} (+{refused})" if refused else str(missed)


def summary(rejected: dict[str, Tally], passed: dict[str, Tally]) -> str:
    """Return the table of tables: a row for each checker."""
    lines = [
        "| | right ones rejected | wrong ones passed | no verdict: right, wrong |",
        "|---|---:|---:|---:|",
    ]
    for name, r in rejected.items():
        p = passed[name]
        counts = f"{r.missed.total()} of {r.asked.total()} | {p.missed.total()} of {p.asked.total()}"
        lines.append(f"| {name} | {counts} | {r.refused.total()}, {p.refused.total()} |")
    return "\n".join([*lines, ""])


def misses(word: str, tallies: dict[str, Tally]) -> Iterator[str]:
    """Yield what actcli got wrong."""
    for name, found in tallies.items():
        if name.startswith("actcli"):
            yield from (f"{name}: {word}: {miss}" for miss in found.misses)


def header(right: int, wrong: int) -> str:
    """Return what stands above the tables."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "torch", "jax", "scipy"))
    text = f"""
{right} right derivatives and {wrong} wrong ones, point by point: who rejects the right, who passes the
wrong? Right is what equals the formula's slope in high precision. The wrong ones have a bug planted, and
all of them can be told from the right by the function's values alone, in the type in question. All
checkers have their defaults and the same numbers; jax has tolerances for each type, torch warns of all
but float64, and rows of narrow types stand apart for that. *Of code alone*, actcli is told neither
formula nor kinks, as of any user's code, and so allows for roundings inside of it. In brackets: no
verdict, because the checker finds the point not differentiable (chainer), or says that its check proves
nothing there (actcli: vacuous, outside the domain), or stops. Made by `python bench/gradchecks.py -o
docs/gradchecks.md`, with {versions}; chainer's rule is written again. How it is measured:
bench/gradcheckcases.py and bench/gradchecktruth.py.
"""
    return "# Gradient checkers, beside each other\n\n" + textwrap.fill(" ".join(text.split()), 105) + "\n"


def times(program: str) -> Iterator[str]:
    """Yield the rows of the table of speeds; `program` is the installed actcli."""
    yield "| | s | against | s | ratio |"
    yield "|---|---:|---|---:|---:|"
    ours, theirs = _seconds(_million), _seconds(_three_thousand)
    yield _row("gelu at 1,000,000 points", ours, "torch.autograd.gradcheck at 3,000", theirs)
    script = [sys.executable, "-c", TORCH]
    plain = [str(Path(program).parent / "python"), "-c", "import typer, numpy"]
    yardsticks = (
        (script, "a script: torch's gradcheck of its gelu"),
        (plain, '`python -c "import typer, numpy"`'),
    )
    with tempfile.TemporaryDirectory() as folder:
        for command, name in yardsticks:
            ours, theirs = pairs([program, "gradcheck", "gelu"], command, RUNS, folder)
            yield _row("`actcli gradcheck gelu`, the whole process", ours, name, theirs)


def _row(ours: str, a: float, theirs: str, b: float) -> str:
    return f"| {ours} | {a:.2f} | {theirs} | {b:.2f} | {a / b:.2f} |"


def _seconds(work: Callable[[], bool]) -> float:
    start = time.perf_counter()
    assert work()
    return time.perf_counter() - start


def _million() -> bool:
    return check(resolve("gelu"), Settings(at=np.linspace(-10, 10, 10**6))).ok


def _three_thousand() -> bool:
    import torch

    x = torch.linspace(-10, 10, 3000, dtype=torch.float64, requires_grad=True)
    return torch.autograd.gradcheck(torch.nn.functional.gelu, (x,))


def main() -> int:
    parser = argparse.ArgumentParser(description="Gradient checkers beside each other.")
    parser.add_argument("-o", type=argparse.FileType("w", encoding="utf-8"), default=sys.stdout, dest="out")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--times", metavar="ACTCLI")
    options = parser.parse_args()
    with quiet():
        right, wrong = right_ones(), wrong_ones()
        rejected = {name: tally(checker, right, expected=True) for name, checker in installed().items()}
        passed = {name: tally(checker, wrong, expected=False) for name, checker in installed().items()}
    print(header(len(right), len(wrong)), summary(rejected, passed), sep="\n", file=options.out)
    print(table("Right derivatives rejected", "kind of point", rejected), file=options.out)
    print(table("Wrong derivatives passed", "planted bug", passed), file=options.out)
    if options.times:
        print("## Speed", "", *times(options.times), sep="\n", file=options.out)
    if options.misses:
        for word, tallies in (("rejected", rejected), ("passed", passed)):
            print(*misses(word, tallies), sep="\n", file=sys.stderr)
    undetected = passed["actcli"].missed.total() + passed["actcli"].refused.total()
    return int(bool(rejected["actcli"].misses) or undetected > 0)


if __name__ == "__main__":
    sys.exit(main())
