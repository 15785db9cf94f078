"""Formulas: whole arrays beside the same numpy expression by hand, and one point with its gradient.

    python bench/formulas.py [ELEMENTS]

Peers run in turn with ours, in one process; the medians' ratio is ours over theirs. By hand means numpy's own
expression with its temporaries, on one core; actcli works in blocks that stay in the cache, on all cores.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from actcli.formula.evaluate import backward, forward
from actcli.formula.parse import parse
from actcli.target import resolve

TEXTS = (
    "x + 1",
    "x**2 + 3*x + 1",
    "1/(1 + exp(-x))",
    "x*exp(-x**2/2) - sin(x)/(1 + x**2)",
    "log1p(exp(-abs(x))) + where(x > 0, x, 0)",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
)
NUMPY = {"exp": np.exp, "sin": np.sin, "log1p": np.log1p, "abs": np.abs, "where": np.where}
LONG = " + ".join(f"sin({k}*x)*exp(-{k}*y)/{k + 1}" for k in range(1, 6)) + " - tanh(x*y)**2 + sqrt(1 + x**2)"


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def arrays(count: int) -> None:
    x = np.random.default_rng(0).uniform(-3, 3, count)
    print(f"{'formula':45} {'ns':>6}  {'by hand':>7}  {'ratio':>5}")
    for text in TEXTS:
        ours, code = resolve(text), compile(text, "by hand", "eval")
        names = {**NUMPY, "x": x}
        run = [(seconds(lambda f=ours: f(x)), seconds(lambda c=code, n=names: eval(c, n))) for _ in range(9)]
        a, b = (statistics.median(times) / count * 1e9 for times in zip(*run[2:], strict=True))
        print(f"{text:45} {a:6.2f}  {b:7.2f}  {a / b:5.2f}")


def point() -> None:
    root = parse(LONG)
    names = {name: np.array([0.7]) for name in root.variables}
    runs = [seconds(lambda: backward(root, forward(root, names))) for _ in range(2000)]
    print(
        f"\nvalue and gradient of {len(root.order)} nodes at a point: {statistics.median(runs) * 1e6:.0f} us"
    )


if __name__ == "__main__":
    arrays(int(sys.argv[1]) if len(sys.argv) > 1 else 10**7)
    point()
