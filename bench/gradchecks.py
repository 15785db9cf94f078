"""Gradient checkers beside each other: how many right derivatives they reject, and how many wrong ones they pass.

    python bench/gradchecks.py [-o docs/gradchecks.md] [--misses] [--times ACTCLI]

*Right* are the catalogue's derivatives, each of them first held to the formula in high precision (the tests'
oracle, tests/oracle.py): equal to it within 8 roundings of it and of x, or at a kink between both one-sided slopes. *Wrong* are
the same with a bug planted (PLANTS), where it can be detected.

A bug is *detectable* at a point when it is off by more than 1e-6 of the slope and by more than 100 times what
the function's own rounded values leave unsure. That is asked of no checker: it is the least error that the
five-point formula can have there, central or to one side, over steps of all sizes that are powers of two. Its truncation is computed in high
precision; its rounding counts 4 roundings of each value and of its argument, in the type in question, and one
of the smallest numbers of that type. At a kink the distance is that to the nearest of both one-sided slopes.

With --misses, actcli's misses are listed on stderr. With --times, the speeds are measured too; ACTCLI is the
installed program. Exit code 1: actcli rejects a right derivative or passes a wrong one.
"""

import argparse
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import mpmath
import numpy as np
from mpmath import mpf

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import oracle
from gradcheckers import CHECKERS, Checker, Map, Question, installed, quiet

from actcli.activations import ACTIVATIONS
from actcli.activations._spec import Kink
from actcli.floats import FLOATS
from actcli.target import resolve

MARGIN = 100.0  # times what the values leave unsure
RELATIVE = 1e-6
ROUNDINGS = 4.0  # units of the last place that a value may be off
PRECISION = 1500  # bits
EACH = 60  # wrong derivatives planted by each bug, at most

SMOOTH = ("tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "mish", "softplus", "softsign", "log_sigmoid", "exponential", "erf", "cos")
KINKED = ("relu", "leaky_relu", "relu6", "hard_sigmoid", "hard_swish", "softshrink", "elu", "selu", "hard_tanh", "abs")
FORMULAS = ("sqrt(x)", "log(x)", "x**2", "1/x", "sin(1e5*x)", "x**3 - x", "sqrt(1 + x**2)")
POINTS = {
    "ordinary points": (0.3, -1.7, 2.5),
    "zero": (0.0,),
    "saturated": (20.0, -20.0, 40.0, -40.0, 1e3, -1e3),
    "tiny and huge": (1e-300, -1e-300, 1e-12, 1e-3, 1e8, -1e8, 1e300, -1e300),
}
NARROW = (0.0, 0.3, -1.7, 2.5, 5.0, -5.0, 20.0, -20.0, 1e3)
AWAY = (1e-3, 1e-7, 1e-12)
STENCILS = (
    ((-2, 1 / mpf(12)), (-1, -2 / mpf(3)), (1, 2 / mpf(3)), (2, -1 / mpf(12))),
    ((0, -25 / mpf(12)), (1, mpf(4)), (2, mpf(-3)), (3, 4 / mpf(3)), (4, -1 / mpf(4))),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A function at a point in a type, and the kind of point."""

    target: str
    x: float
    dtype: str
    kind: str

    def question(self, stated: Map | None = None) -> Question:
        """Ask for the function's own derivative, or for another one."""
        function = resolve(self.target)
        return Question(function=function, stated=stated or function.orders[1], x=self.x, dtype=self.dtype)

    def __str__(self) -> str:
        return f"{self.target} at {self.x!r} in {self.dtype} ({self.kind})"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The exact slopes from both sides, the second derivative, and what rounded values leave unsure."""

    left: mpf
    right: mpf
    bend: mpf
    unsure: mpf

    def off(self, slope: float) -> mpf:
        """How far outside of the slopes a stated one lies."""
        low, high = min(self.left, self.right), max(self.left, self.right)
        return max(low - mpf(slope), mpf(slope) - high, mpf(0))

    def detects(self, slope: float) -> bool:
        """Whether a slope is off by more than can be excused."""
        size = max(abs(self.left), abs(self.right))
        return bool(self.off(slope) > max(RELATIVE * size, MARGIN * self.unsure))


def places() -> Iterator[Place]:
    """Yield the points: of each function those where value and slope are finite in the type."""
    seen = set()
    for target in (*SMOOTH, *KINKED, *FORMULAS):
        for dtype in ("float64", "float32", "float16"):
            for kind, x in _points(target, dtype):
                x = float(np.array(x).astype(dtype))
                place = Place(target=target, x=x, dtype=dtype, kind=kind)
                if (target, x, dtype) not in seen and _is_finite(place):
                    seen.add((target, x, dtype))
                    yield place


def _points(target: str, dtype: str) -> Iterator[tuple[str, float]]:
    kinks = [corner.at for corner in resolve(target).corners if corner.order == 1] if target in KINKED else []
    yield from (("at kinks", k) for k in kinks)
    if dtype != "float64":
        yield from ((dtype, x) for x in (*NARROW, *(k + s * 1e-2 for k in kinks for s in (-1, 1))))
        return
    yield from (("near kinks", k + s * d) for k in kinks for d in AWAY for s in (-1, 1))
    if target == "sin(1e5*x)":
        yield from (("fast oscillation", x) for x in (0.0, 1e-3, 0.3, -1.7, 2.5, 20.0, 1e3))
        return
    yield from ((kind, x) for kind, points in POINTS.items() for x in points)


def _is_finite(place: Place) -> bool:
    q = place.question()
    with np.errstate(all="ignore"):
        return bool(np.isfinite([*q.point, *q.value(q.point), *q.slope(q.point)]).all())


def record(target: str, side: str, x: float) -> SimpleNamespace:
    """Return a formula for the oracle; where pieces meet at x, it is decided on that side."""
    known = ACTIVATIONS.get(target)
    formula, defaults = (known.formula, known.defaults) if known else (target, {})
    return SimpleNamespace(formula=formula, defaults=defaults, kinks=(Kink(at=repr(x), side=side),))  # type: ignore[arg-type]


@cache
def truth(target: str, x: float, dtype: str) -> Truth:
    """Return the exact slopes, and the least error of a five-point formula over all steps, sides apart."""
    sides = [oracle.exact(record(target, side, x), x) for side in ("left", "right")]
    (_, left, bend), (_, right, _) = (tuple(map(mpf, terms)) for terms in sides)
    with mpmath.workprec(PRECISION):
        central, ahead, behind = (_least(target, x, dtype, *way) for way in ((0, left), (1, right), (-1, left)))
        unsure = min(central, ahead, behind) if left == right else max(ahead, behind)
    return Truth(left=left, right=right, bend=bend, unsure=unsure)


def _least(target: str, x: float, dtype: str, side: int, slope: mpf) -> mpf:
    kind, stencil = FLOATS[dtype], STENCILS[abs(side)]
    if side < 0:
        stencil = tuple((-a, -w) for a, w in stencil)
    best = mpf("inf")
    for h in _steps(x, kind.epsilon, kind.smallest):
        with mpmath.workprec(PRECISION):
            values = [oracle.value_of(record(target, "left", x), mpf(x) + a * h) for a, _ in stencil]
            if any(isinstance(v, mpmath.mpc) or not abs(v) <= kind.largest for v in values):
                continue
            quotient = sum(w * v for (_, w), v in zip(stencil, values, strict=True)) / h
            lost = [ROUNDINGS * kind.epsilon * (abs(v) + abs(x * slope)) + kind.smallest for v in values]
            rounding = sum(abs(w) * e for (_, w), e in zip(stencil, lost, strict=True)) / h
            best = min(best, abs(quotient - slope) + rounding)
    return best


def _steps(x: float, eps: float, smallest: float) -> list[mpf]:
    """Return powers of two about the size of x and below, and below 1, so that x + h is no rounded number."""
    own = math.frexp(x)[1] if x else 0
    digits = -math.frexp(eps)[1]
    powers = {*range(own - digits + 4, own + 1, 3), *(k for k in range(-40, 1, 3) if k > own - digits + 3)}
    return [mpf(2) ** k for k in powers if 2.0**k > smallest]


def _where(inside: Callable[[np.ndarray], np.ndarray], wrong: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda x, f, d: np.where(inside(x), wrong(x, f, d), d)


PLANTS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]] = {
    "sign": lambda x, f, d: -d,
    "factor 2": lambda x, f, d: 2 * d,
    "factor 1/2": lambda x, f, d: d / 2,
    "factor 1.0009": lambda x, f, d: 1.0009 * d,
    "offset 1e-3": lambda x, f, d: d + 1e-3,
    "the value instead": lambda x, f, d: f,
    "the square root (a power forgotten)": lambda x, f, d: np.sign(d) * np.sqrt(np.abs(d)),
    "the square (a power too many)": lambda x, f, d: d * np.abs(d),
    "0": lambda x, f, d: 0 * d,
    "half where saturated": _where(lambda x: np.abs(x) > 4, lambda x, f, d: d / 2),
    "one branch": _where(lambda x: x < 0, lambda x, f, d: 0.9 * d - 1e-2),
    "in float16 on the way": lambda x, f, d: d.astype(np.float16).astype(np.float64) * (1 + 2.0**-9),
}


def planted(place: Place, plant: str) -> Map:
    """Return the derivative with a bug in it; at a kink: beyond both slopes by a half."""
    value, slope = resolve(place.target).orders[:2]

    def wrong(x: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return PLANTS[plant](x, value(x), slope(x))

    return wrong


def beyond(place: Place, sign: int) -> Map:
    """Return the derivative with another number at the kink alone, outside of both slopes."""
    exact, slope = truth(place.target, place.x, place.dtype), resolve(place.target).orders[1]
    ends = float(exact.left), float(exact.right)
    there = max(ends) + 0.25 if sign > 0 else min(ends) - 0.25
    return lambda x: np.where(x == place.x, there, slope(x))


def right_ones() -> list[tuple[str, Place, Question]]:
    """Return (kind, place, question) of right derivatives, and of four special points; each is verified."""
    found = []
    for place in places():
        q = place.question()
        exact, stated = truth(place.target, place.x, place.dtype), float(q.slope(q.point)[0])
        kind = FLOATS[place.dtype]
        if exact.off(stated) > 8 * kind.epsilon * (abs(mpf(stated)) + abs(place.x * exact.bend)) + 4 * kind.smallest:
            raise SystemExit(f"not right: {place}: {stated!r}, exactly {mpmath.nstr(exact.left, 17)}")
        found.append((place.kind, place, q))
    for target, x, kind in SPECIAL:
        place = Place(target=target, x=x, dtype="float64", kind=kind)
        found.append((kind, place, place.question()))
    return found


SPECIAL = (
    ("step", 0.0, "jumps and vertical tangents"),
    ("hard_shrink", 0.5, "jumps and vertical tangents"),
    ("sqrt(x)", 0.0, "jumps and vertical tangents"),
    ("cbrt(x)", 0.0, "jumps and vertical tangents"),
    ("sqrt(x)", -1.0, "outside the domain"),
    ("log(x)", -1.0, "outside the domain"),
    ("log(x)", -1e-300, "outside the domain"),
)


def wrong_ones() -> list[tuple[str, Place, Question]]:
    """Return (plant, place, question) of detectable wrong derivatives, up to EACH of a plant."""
    spots, found = list(places()), []
    for plant in PLANTS:
        hits = [(place, place.question(planted(place, plant))) for place in spots]
        found += _thinned(plant, [hit for hit in hits if _detectable(*hit)])
    kinks = [place for place in spots if place.kind == "at kinks"]
    hits = [(place, place.question(beyond(place, sign))) for place in kinks for sign in (-1, 1)]
    return found + _thinned("outside both slopes at a kink", [hit for hit in hits if _detectable(*hit)])


def _thinned(plant: str, hits: list[tuple[Place, Question]]) -> list[tuple[str, Place, Question]]:
    chosen = np.unique(np.linspace(0, len(hits) - 1, EACH).round().astype(int)) if hits else []
    return [(plant, *hits[k]) for k in chosen]


def _detectable(place: Place, q: Question) -> bool:
    stated = float(q.slope(q.point)[0])
    return math.isfinite(stated) and truth(place.target, place.x, place.dtype).detects(stated)


@dataclass
class Tally:
    """What a checker answered: by kind how many were asked, missed and refused, and the misses."""

    asked: Counter[str]
    missed: Counter[str]
    refused: Counter[str]
    misses: list[str]


def tally(checker: Checker, questions: list[tuple[str, Place, Question]], expected: bool) -> Tally:
    """Ask a checker everything; an exception other than its own verdict is none."""
    result = Tally(Counter(), Counter(), Counter(), [])
    for kind, place, q in questions:
        result.asked[kind] += 1
        try:
            answer = checker(q)
        except Exception as error:  # of a checker: it has no verdict
            answer = None
            result.misses.append(f"{place}: {kind}: {type(error).__name__}: {str(error)[:100]}")
        result.refused[kind] += answer is None
        if answer is (not expected):
            result.missed[kind] += 1
            result.misses.append(f"{place}: {kind}: stated {float(q.slope(q.point)[0])!r}")
    return result


def table(title: str, word: str, tallies: dict[str, Tally]) -> str:
    """Return a table: a row for each kind, a column for each checker; refusals in brackets."""
    first = next(iter(tallies.values()))
    lines = [f"## {title}", "", f"| {word} | asked | " + " | ".join(tallies) + " |", "|---|---:|" + "---:|" * len(tallies)]
    for kind in first.asked:
        cells = [_cell(t.missed[kind], t.refused[kind]) for t in tallies.values()]
        lines.append(f"| {kind} | {first.asked[kind]} | " + " | ".join(cells) + " |")
    cells = [f"**{_cell(t.missed.total(), t.refused.total())}**" for t in tallies.values()]
    return "\n".join([*lines, f"| **all** | **{first.asked.total()}** | " + " | ".join(cells) + " |", ""])


def _cell(missed: int, refused: int) -> str:
    return f"{missed} (+{refused})" if refused else str(missed)


def main() -> int:
    parser = argparse.ArgumentParser(description="Gradient checkers beside each other.")
    parser.add_argument("-o", type=argparse.FileType("w", encoding="utf-8"), default=sys.stdout, dest="out")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    checkers = {name: f for name, f in installed().items() if options.only in name}
    with quiet():
        right, wrong = right_ones(), wrong_ones()
        rejected = {name: tally(checker, right, True) for name, checker in checkers.items()}
        passed = {name: tally(checker, wrong, False) for name, checker in checkers.items()}
    print(table("Right derivatives rejected", "kind of point", rejected), file=options.out)
    print(table("Wrong derivatives passed", "planted bug", passed), file=options.out)
    if options.misses:
        for side, t in (("REJECTED", rejected), ("PASSED", passed)):
            for name in t:
                if name.startswith("actcli"):
                    print(*(f"{name}: {side} {miss}" for miss in t[name].misses), sep="\n", file=sys.stderr)
    return int(bool(rejected["actcli"].misses or passed["actcli"].misses))


if __name__ == "__main__":
    sys.exit(main())
