"""Whole arrays: time per element beside SciPy's kernels, where SciPy has the function.

    python bench/arrays.py [ELEMENTS]

Peers run in turn with ours, in one process; the medians' ratio is ours over theirs. SciPy's kernels run on
one core and are less accurate (see bench/ulps.py); actcli uses all cores from 262144 elements on.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import scipy.special

from actcli.target import resolve

PEERS: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "sigmoid": ("expit(x)", scipy.special.expit),
    "silu": ("x*expit(x)", lambda x: x * scipy.special.expit(x)),
    "gelu": ("x*ndtr(x)", lambda x: x * scipy.special.ndtr(x)),
    "softplus": ("logaddexp(0, x)", lambda x: np.logaddexp(0.0, x)),
    "tanh": ("np.tanh(x)", np.tanh),
    "softmax": ("softmax(x, -1)", lambda x: scipy.special.softmax(x, axis=-1)),
    "log_softmax": ("log_softmax(x, -1)", lambda x: scipy.special.log_softmax(x, axis=-1)),
}


def seconds(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> float:
    start = time.perf_counter()
    f(x)
    return time.perf_counter() - start


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    x = np.random.default_rng(0).normal(scale=4, size=(count // 100, 100))
    print(f"{'function':12} {'ns':>6}  {'peer':20} {'ns':>6}  {'ratio':>5}")
    for name, (peer, theirs) in PEERS.items():
        ours = resolve(name)
        pairs = [(seconds(ours, x), seconds(theirs, x)) for _ in range(12)][2:]
        a, b = (statistics.median(times) / x.size * 1e9 for times in zip(*pairs, strict=True))
        print(f"{name:12} {a:6.1f}  {peer:20} {b:6.1f}  {a / b:5.2f}")


if __name__ == "__main__":
    main()
