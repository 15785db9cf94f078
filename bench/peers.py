"""Accuracy beside torch, jax, keras and scipy: the largest error of each on the same points, in ulps.

    python bench/peers.py [-n POINTS] [-s SEED] [-o docs/peers.md] [FUNCTION ...]

Every function that one of them has too, value and two derivatives (theirs by automatic differentiation), in
float64, with the framework's defaults. The oracle is that of the tests (tests/oracle.py). Left out are points
and results that are subnormal (jax has none) and the kinks, where conventions differ. What is not installed
has an empty column. Exit code 1: someone is better by more than half an ulp.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import oracle
from frameworks import ELEMENTWISE, FRAMEWORKS, framework_function

from actcli.activations import ACTIVATIONS
from actcli.frameworks import flavour_of, in_framework
from actcli.target import resolve

PEERS = ("torch", "jax", "keras", "scipy")
SCIPY = {"sigmoid": "expit", "log_sigmoid": "log_expit", "softplus": "softplus", "erf": "erf"}
ORDERS = ("f", "f'", "f''")
SMALLEST = sys.float_info.min
MARGIN = 0.5  # ulps, within which two are equally good

Compute = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Row:
    """A function of the catalogue with parameters, the name of its TARGET, and who has it too."""

    target: str
    parameters: tuple[tuple[str, float], ...]
    peers: dict[str, Compute] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The function, with the parameters that are not its defaults."""
        return resolve(self.target, dict(self.parameters)).name


def rows(wanted: Iterable[str]) -> list[Row]:
    """Collect the functions that peers share, one row for each function and set of parameters."""
    found: dict[tuple[str, tuple[tuple[str, float], ...]], Row] = {}

    def row(name: str, parameters: dict[str, float]) -> Row:
        key = (name, tuple(parameters.items()))
        return found.setdefault(key, Row(*key))

    for name in ELEMENTWISE:
        of, framework = flavour_of(name).of, name.partition("@")[2]
        if not wanted or of in wanted:
            peer = row(of, dict(in_framework(name).defaults)).peers
            if (compute := installed(name, framework)) is not None:
                peer.setdefault(framework.partition("_")[0], compute)
    for name, function in SCIPY.items():
        if (not wanted or name in wanted) and (special := scipy_function(function)):
            row(name, dict(ACTIVATIONS[name].defaults)).peers["scipy"] = special
    return [row for row in found.values() if row.peers]


def installed(name: str, framework: str) -> Compute | None:
    """Return a framework's function with its derivatives, or None where it is not installed."""
    try:
        compute, f = FRAMEWORKS[framework](), framework_function(name)
    except ImportError:
        return None
    return lambda x, order: compute(f, x, order)


def scipy_function(name: str) -> Compute | None:
    """Return a function of scipy.special, which has no derivatives; None where there is none."""
    try:
        from scipy import special
    except ImportError:
        return None
    f = getattr(special, name, None)
    return f and (lambda x, order: f(x) if order == 0 else np.full_like(x, np.nan))


def truths(row: tuple[str, tuple[tuple[str, float], ...]], points: np.ndarray) -> list[tuple[object, ...]]:
    """Return the exact value and derivatives at each point."""
    return [oracle.exact(ACTIVATIONS[row[0]], float(x), **dict(row[1])) for x in points]


def worst(got: np.ndarray, exact: list[object]) -> float:
    """Return the largest error, in ulps, over the results that are normal numbers or 0."""
    normal = ((y, t) for y, t in zip(got, exact, strict=True) if t == 0 or abs(t) >= SMALLEST)  # type: ignore
    return max(oracle.ulps(float(y), t) for y, t in normal)


def errors(row: Row, points: np.ndarray, exact: list[tuple[object, ...]], order: int) -> dict[str, float]:
    """Return the largest errors of actcli and of each peer that has this derivative."""
    true = [terms[order] for terms in exact]
    found = {"actcli": worst(resolve(row.target, dict(row.parameters))(points, order=order), true)}
    for peer, compute in row.peers.items():
        if peer == "scipy" and order:
            continue
        try:
            found[peer] = worst(compute(points, order), true)
        except RuntimeError:  # a derivative that is not implemented
            continue
    return found


def lines(row: Row, points: np.ndarray, exact: list[tuple[object, ...]]) -> Iterator[tuple[str, bool]]:
    """Yield a line of the table for each order, and whether a peer is better there."""
    for order, name in enumerate(ORDERS):
        found = errors(row, points, exact, order)
        beaten = found["actcli"] > min(found.values()) + MARGIN
        cells = [shown(found.get(who, math.nan)) for who in ("actcli", *PEERS)]
        cells[0] = f"{cells[0]} **worse**" if beaten else cells[0]
        yield f"| {row.label} | {name} | " + " | ".join(cells) + " |", beaten


def shown(error: float) -> str:
    """Write an error: two digits behind the point, a power of ten where it is large."""
    if math.isnan(error):
        return ""
    return f"{error:.2f}" if error < 1000 else f"{error:.1e}"


def header(count: int) -> str:
    """Return what stands above the table."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", *PEERS) if version(name))
    return (
        "# How accurate, beside others\n\n"
        f"The largest error in ulps of the correctly rounded result, float64, over {count} points of all\n"
        "magnitudes; 1e15 and more means: 0, or wrong in all digits; inf: no number where there is one, or\n"
        "the reverse. Made by `python bench/peers.py -o docs/peers.md`, which says what is measured, with\n"
        f"{versions}.\n\n"
        f"| function | | actcli | {' | '.join(PEERS)} |\n|---|---|{'---:|' * (1 + len(PEERS))}\n"
    )


def version(name: str) -> str:
    """Return the installed version of a package, or nothing."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def usable(row: Row, points: np.ndarray) -> np.ndarray:
    """Leave out subnormal points and the kinks."""
    kinks = [corner.at for corner in resolve(row.target, dict(row.parameters)).corners]
    return points[((np.abs(points) >= SMALLEST) | (points == 0)) & ~np.isin(points, kinks)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Accuracy beside torch, jax, keras and scipy.")
    parser.add_argument("functions", nargs="*")
    parser.add_argument("-n", type=int, default=1000, dest="count")
    parser.add_argument("-s", type=int, default=2026, dest="seed")
    parser.add_argument("-o", type=argparse.FileType("w", encoding="utf-8"), default=sys.stdout, dest="out")
    options = parser.parse_args()
    table, points = rows(options.functions), oracle.hard_points(options.count, options.seed)
    print(header(len(points)), end="", file=options.out)
    beaten = False
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:  # jax does not bear a fork
        places = [usable(row, points) for row in table]
        exact = pool.map(truths, [(row.target, row.parameters) for row in table], places)
        for row, place, truth in zip(table, places, exact, strict=True):
            for line, worse in lines(row, place, truth):
                print(line, file=options.out, flush=True)
                beaten |= worse
    return int(beaten)


if __name__ == "__main__":
    sys.exit(main())
