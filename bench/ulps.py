"""Measured errors of the elementwise functions: rewrites docs/ulps.md and actcli/activations/_bounds.json.

    python bench/ulps.py [FUNCTION ...]

Audits (actcli audit) of value and two derivatives: float64 and float32 at hard points, the 16-bit types at
every value. Of functions that are not named, the last results stay. All of them take some 20 minutes.
"""

import json
import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import actcli
from actcli.activations import ACTIVATIONS
from actcli.auditing import Audit, AuditSettings, audit, exhaust, exhaustive
from actcli.facts import ERRORS
from actcli.target import resolve

DRAWN = {"float64": 1000, "float32": 300}  # random points; the types that are not here are exhausted
SEED = 2026
ORDERS = {"f": "value", "f'": "derivative", "f''": "second derivative"}
COLUMNS = ("float64", "float32", "float16", "bfloat16")
BOUNDS = Path(actcli.__file__).parent / "activations" / ERRORS
TABLE = Path(__file__).parents[1] / "docs" / "ulps.md"
ABOVE = f"""# Measured errors

The largest errors that `python bench/ulps.py` found, with numpy {version("numpy")}:
in ulps of the correctly rounded result, from the exact one, rounded up to two digits; where the right result
is subnormal or 0, in units of the smallest number. 0.5 is no error: that much rounding itself costs.

- float16 and bfloat16: all values there are.
- float64: {DRAWN["float64"]} random numbers of all magnitudes and both signs, seed {SEED}, and the hard ones:
  subnormals, kinks and their neighbours, where exponentials and squares over- or underflow.
- float32: {DRAWN["float32"]} random numbers, and the hard ones.

Parameters are at their defaults. inf, nan and -0.0 are right wherever nothing else is said. Next to the zeros
of derivatives errors count in ulps of the result, too, and not of the terms that cancel there.

| function | | {" | ".join(COLUMNS)} |
|---|---|{"---:|" * len(COLUMNS)}
"""


def measured(name: str) -> list[str]:
    """Return the lines of a function: one for each order."""
    found = []
    for order, symbol in enumerate(ORDERS):
        cells = [cell(audited(name, order, dtype)) for dtype in COLUMNS]
        found.append(f"| {name} | {symbol} | {' | '.join(cells)} |")
    return found


def audited(name: str, order: int, dtype: str) -> Audit:
    function = resolve(name)
    if dtype in DRAWN:
        plan = AuditSettings(order=order, dtype=dtype, points=DRAWN[dtype], seed=SEED)
        return audit(function, None, plan)
    plan = AuditSettings(order=order, dtype=dtype)
    *_, last = exhaust(function, None, plan)
    return exhaustive(function, None, plan, last.tally)


def cell(found: Audit) -> str:
    """Write the largest error, with what else there is to say of it."""
    tally = found.tally
    error = rounded_up(max(tally.normal.ulps, tally.near_zero.ulps, tally.subnormal.ulps))
    wrong = f", {tally.special_count} specials wrong" if tally.special_count else ""
    return f"{error:.2g}{wrong}"


def rounded_up(error: float) -> float:
    """Return the next number of two digits: never less than what was measured."""
    if not 0 < error < math.inf:
        return error
    digits = 1 - math.floor(math.log10(error))
    return math.ceil(error * 10**digits) / 10**digits


def read() -> dict[str, list[str]]:
    """Return the lines of the last table, by function."""
    found: dict[str, list[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else ():
        if (name := line.strip("| ").split(" ")[0]) in ACTIVATIONS and line.startswith("| "):
            found.setdefault(name, []).append(line)
    return found


def write(table: dict[str, list[str]]) -> None:
    """Write the table, and its float64 column as data."""
    kept = {name: table[name] for name in ACTIVATIONS if name in table}
    TABLE.write_text(ABOVE + "".join(f"{line}\n" for lines in kept.values() for line in lines), "utf-8")
    rows = (f"{json.dumps(name)}: {json.dumps(bounds(lines))}" for name, lines in kept.items())
    BOUNDS.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


def bounds(lines: list[str]) -> dict[str, float]:
    errors = (float(line.split(" | ")[2]) for line in lines)
    return dict(zip(ORDERS.values(), errors, strict=True))


def main(names: list[str]) -> None:
    table, known = read(), [name for name, a in ACTIVATIONS.items() if a.elementwise]
    wanted = [name for name in known if name in names] if names else known
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(measured, name): name for name in wanted}
        for count, job in enumerate(as_completed(jobs), start=1):
            table[jobs[job]] = job.result()
            write(table)  # an interrupt loses little
            print(f"{count} of {len(jobs)}: {jobs[job]}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
