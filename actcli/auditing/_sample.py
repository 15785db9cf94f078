"""Points where floating-point code goes wrong: all magnitudes, fading tails, joints, edges, specials."""

import math
from collections.abc import Sequence

import numpy as np

from actcli.floats import Array, FloatType

_STEPS = 2  # neighbours on each side of a joint or an edge
_WIDTHS = (4.0, 10.0, 40.0)  # half-widths of what is sampled densely; float64 also knows 760
_TURNS = (0.5, 1.0, 2.0, 3.0, 6.0, 2.0**0.5, math.pi / 2, math.pi)  # where formulas turn


def hard_points(kind: FloatType, corners: Sequence[float], count: int, seed: int) -> Array:
    """Return about `count` random numbers of a type and its hard ones, each once, with nan and +-inf."""
    random = np.random.default_rng(seed)
    share = -(-count // 8)
    top, bottom = kind.top * math.log(2), kind.bottom * math.log(2)  # where exponentials come to their ends
    drawn = [
        np.exp(random.uniform(bottom, top, 2 * share)),
        np.exp(random.uniform(math.log(1e-20), math.log(1e3), share)),
        *(random.uniform(0, width, share) for width in _WIDTHS),
        random.uniform(0, 1.02 * max(top, -bottom), share),
        np.sqrt(random.uniform(0, 2 * max(top, -bottom), share)),
    ]
    signs = random.choice([-1.0, 1.0], sum(part.size for part in drawn))
    fixed = _with_neighbours(kind, np.array([*_edges(kind), *corners]))
    every = np.concatenate([np.concatenate(drawn) * signs, fixed, -fixed])
    rounded = kind.round(every).astype(np.float64)
    return np.concatenate([_once(rounded[np.isfinite(rounded)]), [math.inf, -math.inf, math.nan]])


def _edges(kind: FloatType) -> list[float]:
    """Return 0, the ends of the type, and where exponentials and squares of it over- or underflow."""
    top, bottom = kind.top * math.log(2), -kind.bottom * math.log(2)
    normal = -math.log(kind.smallest_normal)
    exponents = [top, bottom, normal, top / 2, bottom / 2, (top + bottom) / 2]
    gaps = [kind.epsilon, 1 / kind.epsilon, -math.log(kind.epsilon), -math.log(kind.epsilon) / 2]
    roots = [math.sqrt(2 * e) for e in exponents[:3]] + [math.sqrt(e) for e in exponents[:3]]
    ends = [0.0, kind.smallest, kind.smallest_normal, kind.largest, math.sqrt(kind.smallest_normal)]
    return [*ends, math.sqrt(kind.largest), *exponents, *gaps, *roots, *_TURNS]


def _with_neighbours(kind: FloatType, x: Array) -> Array:
    near = kind.round(x)
    found, up, down, ends = [near], near, near, kind.round([np.inf, -np.inf])
    with np.errstate(all="ignore"):  # beyond the largest lies inf
        for _ in range(_STEPS):
            up, down = np.nextafter(up, ends[0]), np.nextafter(down, ends[1])
            found += [up, down]
    return np.concatenate(found).astype(np.float64)


def _once(x: Array) -> Array:
    """Return each number once, -0.0 beside 0.0, in ascending order."""
    return np.concatenate([[-0.0], np.unique(x + 0.0)])
