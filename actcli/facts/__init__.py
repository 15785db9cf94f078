"""Facts about the functions of the catalogue, computed from them: range, limits, shape, slopes, gain."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pkgutil import get_data
from types import MappingProxyType
from typing import Any

SATURATED = 0.01  # a function saturates where its slope stays below this
HOME = "actcli.activations"
FILE = "_facts.json"  # written by bench/derive_facts.py
ERRORS = "_bounds.json"  # written after an audit: {"gelu": {"value": 0.6, "derivative": 1.2}}

Pair = tuple[float | None, float | None]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an elementwise function, with these `parameters`.

    `range` is the smallest interval that holds all values, `attained` whether each end is one of them; a
    function of finitely many has them as `values`. `limits` and `slope_limits` are those at -inf and inf,
    None where there is none. `symmetry` "point" is about (0, `centre`). `slopes` are the infimum and
    supremum of the derivative, `lipschitz` the larger size, inf where the function jumps. `extrema` are
    strict local ones, (kind, x, y), of an oscillating function those nearest to 0. `saturation` are the
    outermost intervals on which |f'| < 0.01. With z from N(0, 1), `mean` is E f(z), `gain` 1/sqrt(E f(z)**2)
    and `backward_gain` 1/sqrt(E f'(z)**2), None where that is infinite. It has `smoothness` continuous
    derivatives, inf where all are, -1 where it jumps. `origin` is its value and slope at 0.
    """

    parameters: Mapping[str, float]
    range: tuple[float, float]
    attained: tuple[bool, bool]
    values: tuple[float, ...]
    limits: Pair
    slope_limits: Pair
    symmetry: str
    centre: float | None
    monotonicity: str
    convexity: str
    slopes: tuple[float, float]
    lipschitz: float
    extrema: tuple[tuple[str, float, float], ...]
    oscillates: bool
    saturation: tuple[tuple[float, float], ...]
    mean: float | None
    gain: float | None
    backward_gain: float | None
    smoothness: float
    origin: tuple[float, float]

    @property
    def properties(self) -> tuple[str, ...]:
        """The words that a catalogue is filtered by; each is one of PROPERTIES."""
        return tuple(word for word, holds in PROPERTIES.items() if holds(self))


def _is_monotonic(facts: Facts) -> bool:
    return facts.monotonicity not in ("none", "constant")


PROPERTIES: Mapping[str, Any] = {
    "bounded": lambda f: math.isfinite(f.range[0]) and math.isfinite(f.range[1]),
    "unbounded": lambda f: not (math.isfinite(f.range[0]) and math.isfinite(f.range[1])),
    "nonnegative": lambda f: f.range[0] >= 0,
    "odd": lambda f: f.symmetry == "odd",
    "even": lambda f: f.symmetry == "even",
    "monotonic": _is_monotonic,
    "increasing": lambda f: f.monotonicity == "increasing",
    "convex": lambda f: f.convexity in ("convex", "linear"),
    "smooth": lambda f: f.smoothness == math.inf,
    "differentiable": lambda f: f.smoothness >= 1,
    "continuous": lambda f: f.smoothness >= 0,
    "lipschitz": lambda f: math.isfinite(f.lipschitz),
    "saturating": lambda f: bool(f.saturation),
    "oscillating": lambda f: f.oscillates,
    "zero-at-0": lambda f: f.origin[0] == 0,
    "identity-at-0": lambda f: f.origin == (0, 1),
}


def facts_of(name: str) -> Facts | None:
    """Return the facts of a catalogue function, computed before (bench/derive_facts.py); None without any."""
    found = _stored(FILE).get(name)
    return None if found is None else _decoded(found["facts"])


def encoded(facts: Facts) -> dict[str, Any]:
    """Return the facts as JSON has them: infinite numbers are texts."""
    return {field.name: _written(getattr(facts, field.name)) for field in fields(facts)}


def _decoded(found: Mapping[str, Any]) -> Facts:
    return Facts(**{key: _read(value) for key, value in found.items()})


def _written(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_written(item) for item in value]
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _read(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(map(_read, value))
    return float(value) if value in ("inf", "-inf") else value


def derivatives_of(name: str) -> tuple[str, ...]:
    """Return the first derivatives of a catalogue function as texts, written before; none where none are."""
    return tuple(_stored(FILE).get(name, {}).get("derivatives", ()))


def errors_of(name: str) -> Mapping[str, float]:
    """Return the largest errors measured of a function in float64, in ulps, by what was measured."""
    return _stored(ERRORS).get(name, {})  # type: ignore[no-any-return]


@cache
def _stored(file: str) -> dict[str, Any]:
    try:
        data = get_data(HOME, file)
    except FileNotFoundError:
        data = None
    return json.loads(data) if data else {}
