"""An independent oracle: an activation's formula text, evaluated with its derivatives in arbitrary precision.

The derivatives come by forward differentiation: a `Jet` carries a value and its first two derivatives through
the formula, and knows nothing but the rules of calculus. Precision is doubled until two evaluations agree.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
from mpmath import mp, mpf

FIRST_PRECISION = 160
LAST_PRECISION = 2560  # 1024 bits before the point and 1074 behind it can cancel: what is still 0 then is 0
AGREEMENT = mpf(2) ** -90
HUGE = mpf(10) ** 1000  # beyond float64 with any finite parameter, and exp(-HUGE) is 0 next to it


def is_zero(a: Any) -> bool:
    """Tell a zero known exactly (the derivative of a constant) from one that precision may still resolve."""
    return isinstance(a, int) and a == 0


def times(a: Any, b: Any) -> Any:
    """Multiply, keeping an exact zero exact."""
    return 0 if is_zero(a) or is_zero(b) else a * b


@dataclass
class Side:
    """From where a tie is decided: -1 or 1, or 0 at the point itself; and whether there was one."""

    sign: int = 0
    tied: bool = False


@dataclass(frozen=True, eq=False, repr=False)  # mpf*jet asks for a repr, and 1e308 digits take time
class Jet:
    """A value and its first and second derivative; `side` decides a comparison that is a tie."""

    f: Any
    d: Any = 0
    s: Any = 0
    side: Side = field(default_factory=Side)

    def _join(self, other: Any) -> Jet | None:
        if isinstance(other, np.ndarray):
            return None
        return other if isinstance(other, Jet) else Jet(other, side=self.side)

    def __add__(self, other: Any) -> Any:
        b = self._join(other)
        return NotImplemented if b is None else Jet(self.f + b.f, self.d + b.d, self.s + b.s, self.side)

    def __mul__(self, other: Any) -> Any:
        b = self._join(other)
        if b is None:
            return NotImplemented
        second = times(self.s, b.f) + times(2, times(self.d, b.d)) + times(self.f, b.s)
        return Jet(times(self.f, b.f), times(self.d, b.f) + times(self.f, b.d), second, self.side)

    def __pow__(self, n: Any) -> Jet:
        return self.chain(self.f**n, n * self.f ** (n - 1), n * (n - 1) * self.f ** (n - 2))

    def __neg__(self) -> Jet:
        return self * -1

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __truediv__(self, other: Any) -> Any:
        b = self._join(other)
        if b is None:
            return NotImplemented
        inverse = mpf(1) / b.f if b.f else mp.nan  # 0 in a branch that is not taken
        return self * b.chain(inverse, -(inverse**2), 2 * inverse**3)

    def __rtruediv__(self, other: Any) -> Any:
        return Jet(other, side=self.side) / self

    def __eq__(self, other: object) -> bool:
        """Tell whether the value itself is that number: what stands at a removable singularity."""
        return bool(self.f == other)

    __hash__ = None  # type: ignore[assignment]
    __radd__ = __add__
    __rmul__ = __mul__

    def chain(self, g: Any, g1: Any, g2: Any) -> Jet:
        """Compose with a function that has value g and derivatives g1, g2 here."""
        second = times(g2, times(self.d, self.d)) + times(g1, self.s)
        return Jet(g, times(g1, self.d), second, self.side)

    def sign(self) -> int:
        """Return the sign of the value, or of the one-sided limit towards it."""
        if self.f:
            return int(mpmath.sign(self.f))
        self.side.tied = True
        return self.side.sign * int(mpmath.sign(self.d))

    def __gt__(self, other: Any) -> bool:
        return (self - other).sign() > 0

    def __ge__(self, other: Any) -> bool:
        return (self - other).sign() >= 0

    def __lt__(self, other: Any) -> bool:
        return (self - other).sign() < 0

    def __le__(self, other: Any) -> bool:
        return (self - other).sign() <= 0


def _rule(triple: Callable[[Any], tuple[Any, Any, Any]]) -> Callable[[Any], Any]:
    def apply(a: Any) -> Any:
        if isinstance(a, np.ndarray):
            return np.array([apply(entry) for entry in a], dtype=object)
        return a.chain(*triple(a.f)) if isinstance(a, Jet) else triple(a)[0]

    return apply


def _exp(u: Any) -> Any:
    if abs(u) < 1e4:
        return mpmath.exp(u)
    if mpmath.mag(u) > 8192:  # as good as 0 or infinity; exp(u) of such a u is so all the more
        u = mpmath.sign(u) * mpf(2) ** (8192 if mpmath.mag(u) < 2**1024 else 8256)
    with mpmath.extraprec(int(mpmath.mag(u))):  # the same, but mpmath's own takes 100 times as long for 1e308
        n = int(mpmath.nint(u / mp.ln2))
        rest = u - n * mp.ln2
    return mpmath.ldexp(mpmath.exp(rest), n)


def _hyperbolic(u: Any) -> tuple[Any, Any]:
    if abs(u) < 1e4:
        return mpmath.sinh(u), mpmath.cosh(u)
    up, down = _exp(u), _exp(-u)
    return (up - down) / 2, (up + down) / 2


def _erf_slopes(u: Any) -> tuple[Any, Any]:
    slope = 2 / mpmath.sqrt(mp.pi) * _exp(-u * u)
    return slope, -2 * u * slope


def _erfc(u: Any) -> Any:
    if abs(u) < 1e9:
        return mpmath.erfc(u)
    return _exp(-u * u) if u > 0 else mpf(2)  # mpmath cannot take much larger ones; both round to 0 and 2


def _absolute(a: Any) -> Any:
    return a * a.sign() if isinstance(a, Jet) else abs(a)


def _asinh_slopes(u: Any) -> tuple[Any, Any]:
    slope = 1 / mpmath.sqrt(1 + u**2)
    return slope, -u * slope**3


def _tanh(u: Any) -> tuple[Any, Any, Any]:
    if abs(u) < 1:
        value = mpmath.tanh(u)
        slope = 1 - value**2
    else:  # mpmath's own takes seconds for 1e1000
        e = _exp(-2 * abs(u))
        value, slope = mpmath.sign(u) * (1 - e) / (1 + e), 4 * e / (1 + e) ** 2
    return value, slope, -2 * value * slope


def _sign(a: Any) -> Any:
    return a.sign() if isinstance(a, Jet) else mpmath.sign(a)


NAMESPACE: dict[str, Any] = {
    "exp": _rule(lambda u: (_exp(u),) * 3),
    "expm1": _rule(lambda u: (mpmath.expm1(u), *(_exp(u),) * 2)),
    "log": _rule(lambda u: (mpmath.log(u), 1 / u, -1 / u**2)),
    "log1p": _rule(lambda u: (mpmath.log1p(u), 1 / (1 + u), -1 / (1 + u) ** 2)),
    "sqrt": _rule(lambda u: (mpmath.sqrt(u), 1 / (2 * mpmath.sqrt(u)), -1 / (4 * u * mpmath.sqrt(u)))),
    "sinh": _rule(lambda u: (*(both := _hyperbolic(u)), both[0])),
    "cosh": _rule(lambda u: (*(both := _hyperbolic(u)[::-1]), both[0])),
    "tanh": _rule(_tanh),
    "erf": _rule(lambda u: (1 - _erfc(u) if abs(u) > 1 else mpmath.erf(u), *_erf_slopes(u))),
    "erfc": _rule(lambda u: (_erfc(u), *(-slope for slope in _erf_slopes(u)))),
    "sin": _rule(lambda u: (mpmath.sin(u), mpmath.cos(u), -mpmath.sin(u))),
    "cos": _rule(lambda u: (mpmath.cos(u), -mpmath.sin(u), -mpmath.cos(u))),
    "atan": _rule(lambda u: (mpmath.atan(u), 1 / (1 + u**2), -2 * u / (1 + u**2) ** 2)),
    "asinh": _rule(lambda u: (mpmath.asinh(u), *_asinh_slopes(u))),
    "abs": _absolute,
    "sign": _sign,
    "clip": lambda a, low, high: max(low, min(high, a)),
    "where": lambda condition, a, b: a if condition else b,
    "sum": np.sum,
    "max": lambda *a: max(a[0] if len(a) == 1 else a),
    "min": lambda *a: min(a[0] if len(a) == 1 else a),
    "pi": mp.pi,
    "e": mp.e,
    "inf": mp.inf,
    "mpf": mpf,
}


@functools.cache
def _in_decimals(formula: str) -> CodeType:
    """Compile with every number but 0, which is exact, as the decimal it is: 1/3 and 0.1 are no floats."""
    number = r"(?<![\w.])(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"
    text = re.sub(number, lambda found: found[0] if found[0] == "0" else f"mpf('{found[0]}')", formula)
    return compile(text, formula, "eval")


def _evaluate(formula: str, parameters: Mapping[str, float], x: Any) -> Any:
    names = NAMESPACE | {name: mpf(value) if value else 0 for name, value in parameters.items()} | {"x": x}
    return eval(_in_decimals(formula), {"__builtins__": {}}, names)


def value_of(activation: Any, x: Any) -> Any:
    """Return the formula's value at the working precision, without derivatives."""
    return _evaluate(activation.formula, activation.defaults, x)


def _agree(a: Any, b: Any) -> bool:
    return is_zero(a) or (a != 0 and bool(abs(a - b) <= AGREEMENT * abs(a)))


def _settled(compute: Callable[[], tuple[Any, ...]], smallest: Any) -> tuple[Any, ...]:
    """Compute at two precisions, doubled until the results agree and none is 0 (or there is no more)."""
    size = int(mpmath.mag(smallest)) if smallest else 0
    precision = FIRST_PRECISION + (-size if size < 0 else size if size > 1100 else 0)  # beyond floats: x - 1
    while True:
        with mpmath.workprec(precision):
            check = compute()
        with mpmath.workprec(precision + 64):
            result = compute()
            if precision >= LAST_PRECISION or all(map(_agree, result, check)):
                return result
        precision *= 2


def _jets(formula: str, parameters: Mapping[str, float], x: Any, side: Side) -> Jet:
    result = _evaluate(formula, parameters, Jet(mpf(x), 1, 0, side))
    return result if isinstance(result, Jet) else Jet(result)


@functools.cache
def _exact(
    formula: str, parameters: tuple[tuple[str, float], ...], x: Any, sides: tuple[int, ...]
) -> tuple[Any, ...]:
    def compute() -> tuple[Any, ...]:
        seen = [Side(sign) for sign in sides]
        jets = [_jets(formula, dict(parameters), x, side) for side in seen]
        value = _jets(formula, dict(parameters), x, Side()).f if seen[0].tied else jets[0].f
        slope, bend = sum(jet.d for jet in jets), sum(jet.s for jet in jets)
        return value, *(0 if is_zero(term) else term / mpf(len(jets)) for term in (slope, bend))

    return _settled(compute, x)


def exact(activation: Any, x: float | mpf, **parameters: float) -> tuple[Any, Any, Any]:
    """Return the formula's value and two derivatives at x; at a kink, by the convention stated there."""
    parameters = {**activation.defaults, **parameters}
    sides = (-1,)
    for kink in activation.kinks:
        if x == _evaluate(kink.at, parameters, None):
            sides = {"left": (-1,), "right": (1,), "mean": (-1, 1)}[kink.side]
    value, slope, bend = _exact(activation.formula, tuple(parameters.items()), x, sides)
    return value, slope, bend


def exact_vector(
    activation: Any, x: Sequence[float], **parameters: float
) -> tuple[list[Any], list[list[Any]]]:
    """Return a vector formula's outputs and their Jacobian, [i][j] = d y_i / d x_j."""
    n, bound = len(x), {**activation.defaults, **parameters}

    def column(j: int) -> list[Jet]:
        """Move entry j alone; what joins a vector has one output."""
        moved = np.array([Jet(mpf(v), int(i == j)) for i, v in enumerate(x)], dtype=object)
        return list(np.ravel(np.asarray(_evaluate(activation.formula, bound, moved), dtype=object)))

    def compute() -> tuple[Any, ...]:
        columns = [column(j) for j in range(n)]
        return (*(y.f for y in columns[0]), *(y.d for outputs in zip(*columns, strict=True) for y in outputs))

    flat = list(_settled(compute, mpf(1)))
    k = len(flat) // (n + 1)
    return flat[:k], [flat[k + i * n : k + (i + 1) * n] for i in range(k)]


def limit(activation: Any, sign: int, **parameters: float) -> tuple[float, float, float]:
    """Return what value and derivatives tend to at +-inf: nan where two huge arguments disagree (sin).

    What is large and still grows by half when the argument is squared, as logarithms do, tends to infinity.
    """
    ends = [exact(activation, sign * scale, **parameters) for scale in (HUGE, 2 * HUGE, 3 * HUGE, HUGE**2)]
    a, b, c = (_tends([rounded(term) for term in terms]) for terms in zip(*ends, strict=True))
    return a, b, c


def _tends(terms: Sequence[float]) -> float:
    near, *_, far = terms
    if math.isfinite(near) and abs(near) > 1000.0 and far / near > 1.5:
        return math.copysign(math.inf, far)
    return far if len(set(terms)) == 1 else math.nan


def rounded(value: Any) -> float:
    """Return the nearest float64, inf where that is out of range."""
    try:
        return float(value)
    except OverflowError:
        return float(mpmath.sign(value)) * np.inf


def ulps(got: float, value: Any) -> float:
    """|got - value| in units of the last place of the nearest float64 (at least the least subnormal)."""
    nearest = rounded(value)
    if not np.isfinite(nearest) or not np.isfinite(got):
        return 0.0 if got == nearest else np.inf
    with mpmath.workprec(FIRST_PRECISION):
        return float(abs(mpf(float(got)) - value) / mpf(math.ulp(nearest)))


def neighbours(points: Iterable[float], steps: int = 2) -> list[float]:
    """Return the points and the floats next to them."""
    found = []
    for point in points:
        up = down = point
        found.append(point)
        for _ in range(steps):
            up, down = math.nextafter(up, math.inf), math.nextafter(down, -math.inf)
            found += [up, down]
    return found


TURNS = (
    *(0.0, 0.5, 1.0, 2.0, 4.0, 2.0**0.5),
    *(0.7517915246935645, 1.2784645427610738, 2.3993572805154675),  # zeros of gelu', silu', silu''
    *(34.64101615137755, 36.7368005696771, 37.5, 38.4, 38.48, 38.56, 40.0),  # where a normal density fades
    *(300.0, 354.0, 372.0, 600.0, 708.39, 709.782712893384, 710.4758600739439, 744.44, 745.13, 751.5, 800.0),
    *(2.0**26, 2.0**53, 1.3e154, 1e300, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308),
)


def hard_points(count: int, seed: int = 0) -> npt.NDArray[np.float64]:
    """Choose arguments where float64 goes wrong: all magnitudes, fading tails, zeros, joints, edges."""
    random = np.random.default_rng(seed)
    share = max(count // 8, 1)
    turn = random.choice(np.array(TURNS), share)
    samples = [
        10.0 ** random.uniform(-323, 308.2, share),
        10.0 ** random.uniform(-20, 3, share),
        random.uniform(0, 40, 2 * share),
        random.uniform(0, 4, 2 * share),
        random.uniform(700, 760, share // 2),
        random.uniform(34, 39.5, share // 2),
        turn * (1 + random.choice([-1, 1], share) * 10.0 ** random.uniform(-16, -1, share) * (turn < 1e300)),
    ]
    edges = [abs(x) for x in neighbours(TURNS) if np.isfinite(x)]
    positive = np.concatenate(samples)
    return np.concatenate([positive * random.choice([-1.0, 1.0], positive.size), edges, -np.array(edges)])
