"""Random and damaged formulas: each is a graph or is refused, and nothing is run.

    python bench/fuzz_formulas.py [COUNT [SEED]]

What parses is evaluated, differentiated both ways and written down. An audit hook stops the program when
parsing imports, executes, opens or compiles anything, but for the syntax tree itself. Needs the test extra.
Prints how many there were of each outcome, and the slowest text. Minutes for 200,000.
"""

import random
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from formulas import mutated, random_formula
from test_formula_refusals import ARITIES, used

_ALLOWED = ("builtins.id", "object.__getattr__", "cpython.", "gc.", "sys._getframe", "time.", "array.__new__")
_armed = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Stop at any event but those that happen by themselves; ast.parse compiles no code but a tree."""
    if not _armed or event.startswith(_ALLOWED):
        return
    if event == "compile" and arguments[1] in ("<unknown>", b"<unknown>"):
        return
    print(f"while a formula was used: {event} {arguments!r}", flush=True)
    raise SystemExit(1)


def main() -> None:
    global _armed
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    warnings.simplefilter("error")
    source, outcomes, slowest = random.Random(seed), Counter[str](), (0.0, "")
    used("sigmod(x) + D(tanh, x)*max(x)**2")  # what is imported once, is now
    sys.addaudithook(_watch)
    for k in range(count):
        text = random_formula(source, ARITIES, source.randrange(1, 60))
        text = mutated(source, text) if k % 2 else text
        start = time.perf_counter()
        _armed = True
        outcomes[used(text)] += 1
        _armed = False
        slowest = max(slowest, (time.perf_counter() - start, text))
    for outcome, times in outcomes.most_common():
        print(f"{times:8}  {outcome}")
    print(f"slowest: {slowest[0]:.3f} s  {slowest[1]!r}")


if __name__ == "__main__":
    main()
