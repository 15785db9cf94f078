"""Right derivatives at hard points, and wrong ones that can be told from them.

*Right* are the catalogue's derivatives, each of them first held to the formula in high precision (the tests'
oracle, tests/oracle.py): equal to it within 8 roundings of it and of x, or at a kink between both one-sided
slopes. *Wrong* are the same with a bug planted (PLANTS), where it can be detected; gradchecktruth.py says
when that is so.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import mpmath
import numpy as np
from gradcheckers import Map, Question
from gradchecktruth import truth
from mpmath import mpf

from actcli.floats import FLOATS
from actcli.target import resolve

EACH = 40  # wrong derivatives planted by each bug, at most

SMOOTH = (
    "tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "mish", "softplus", "softsign", "log_sigmoid",
    "exponential", "erf", "cos",
)  # fmt: skip
KINKED = (
    "relu", "leaky_relu", "relu6", "hard_sigmoid", "hard_swish", "softshrink", "elu", "selu", "hard_tanh",
    "abs",
)  # fmt: skip
FORMULAS = ("sqrt(x)", "log(x)", "x**2", "1/x", "sin(1e5*x)", "x**3 - x", "sqrt(1 + x**2)")
POINTS = {
    "ordinary points": (0.3, -1.7, 2.5),
    "zero": (0.0,),
    "saturated": (20.0, -20.0, 40.0, -40.0, 1e3, -1e3),
    "tiny and huge": (1e-300, -1e-300, 1e-12, 1e-3, 1e8, -1e8, 1e300, -1e300),
}
NARROW = (0.0, 0.3, -1.7, 2.5, 5.0, -5.0, 20.0, -20.0, 1e3)
AWAY = (1e-3, 1e-7, 1e-12)


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


def _where(
    inside: Callable[[np.ndarray], np.ndarray], wrong: Callable[..., np.ndarray]
) -> Callable[..., np.ndarray]:
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
    "rounded to float16 on the way": lambda x, f, d: d.astype(np.float16).astype(np.float64),
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
        if (
            exact.off(stated)
            > 8 * kind.epsilon * (abs(mpf(stated)) + abs(place.x * exact.bend)) + 4 * kind.smallest
        ):
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
