"""Jacobians too large to be measured whole: their products along random directions."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from actcli.checking._evidence import Array, Evidence, Mask
from actcli.checking._fan import Ground
from actcli.checking._measure import measured
from actcli.checking._rows import Numbers, Rows
from actcli.checking._slopes import Places, Slopes, joined
from actcli.checking._tolerance import allowed
from actcli.checking._values import precision_of
from actcli.differences._spec import Curve

_TOLD = 1e-9  # the probability that the note speaks of
_SUPPOSED = 2.0**-12  # the step by which rounding is divided where a method chooses its own
_AT_ONCE = 20_000  # numbers of the rows that are moved together
_BLOCK = 2**21  # numbers of the points that the function is called with


@dataclass(frozen=True, kw_only=True)
class _Probe:
    """Where rows are moved to: x + t*v, and what is looked at there: the sum of the values times u."""

    rows: Rows
    u: Array
    v: Array

    def along(self, places: Numbers) -> Callable[[Places], Curve]:
        """Return the curves of some of the rows, (..., s)."""
        return lambda some: self.curve(places[some])

    def curve(self, rows: Numbers) -> Curve:
        """Return the sums as functions of t, a few t at a time: a point is large."""
        x, u, v = self.rows.x[rows], self.u[rows], self.v[rows]
        values = self.rows.at(rows)
        height = max(1, _BLOCK // max(1, x.size))

        def along(t: Array) -> Array:
            flat = t.reshape(-1, len(x))
            parts = (flat[low : low + height, :, None] for low in range(0, len(flat), height))
            return np.concatenate([np.sum(values(x + part * v) * u, axis=-1) for part in parts]).reshape(
                t.shape
            )

        return along


def directions(rows: Rows, values: Array, noisy: Mask) -> Evidence:
    """Return the evidence on u^T J v, the slope of sum(u*f(x + t*v)) at t = 0, for random u and v.

    Each row has its own, uniform on spheres of radius sqrt(k) and sqrt(n): they favour no axis. Source: one
    random direction at a time, Vieira 2017, How to test gradient implementations.
    """
    found = [_along(rows, values, noisy, d) for d in range(rows.settings.directions)]
    first, m = found[0], len(rows.x)
    x = np.concatenate([seen.x for seen in found])
    every = replace(
        first,
        x=x,
        places={"t": x},
        values=np.concatenate([seen.values for seen in found]),
        stated=np.concatenate([seen.stated for seen in found]),
        own=np.concatenate([seen.own for seen in found]),
        noisy=np.concatenate([seen.noisy for seen in found]),
        slopes=joined([seen.slopes for seen in found]),
        curve=lambda e: found[e // m].curve(e % m),
        entry=lambda e: f"direction {e // m}" + (f", row {e % m}" if m > 1 else ""),
    )
    return replace(every, note=_note(every, rows, values))


def _along(rows: Rows, values: Array, noisy: Mask, number: int) -> Evidence:
    """Return the evidence along one direction of each row."""
    draw = np.random.default_rng((rows.settings.seed, number))
    u, v = _on_sphere(draw, values), _on_sphere(draw, rows.x)
    flow, precision = rows.flow(u), precision_of(rows.function, rows.settings)
    stated, at = (flow * v).sum(axis=1), np.zeros(len(rows.x))
    # Rounded are the terms of the sum, and the numbers that the function is given.
    size = np.abs(u * values).sum(axis=1) + np.abs(flow * rows.x).sum(axis=1)
    seen = stated if precision == rows.settings.precision else np.full_like(stated, np.nan)  # it is rounded
    ground = Ground(x=at, stated=seen, noise=precision.eps * size, precision=precision)
    return _evidence(_Probe(rows=rows, u=u, v=v), ground, stated, flow, values, noisy)


def _evidence(
    probe: _Probe, ground: Ground, stated: Array, flow: Array, values: Array, noisy: Mask
) -> Evidence:
    rows, at = probe.rows, ground.x
    return Evidence(
        function=rows.function,
        name="t",
        x=at,
        places={"t": at},
        values=(probe.u * values).sum(axis=1),
        stated=stated,
        own=rows.settings.precision.eps * np.abs(flow * probe.v).sum(axis=1),
        noisy=np.asarray(noisy.any(axis=1)),
        slopes=joined([_slopes(probe, ground, some) for some in _runs(*rows.x.shape)]),
        curve=lambda row: probe.curve(np.array([row])),
    )


def _slopes(probe: _Probe, ground: Ground, some: Numbers) -> Slopes:
    settings = probe.rows.settings
    if settings.is_auto:
        return measured(probe.along(some), ground[some], whole=True)
    estimate = settings.estimator.estimate(probe.curve(some), ground.x[some], ground.precision, settings.step)
    return Slopes.smooth(
        replace(estimate, error=estimate.error + ground.noise[some] / (settings.step or _SUPPOSED))
    )


def _runs(m: int, n: int) -> Iterator[Numbers]:
    size = max(1, _AT_ONCE // n)
    return (np.arange(low, min(low + size, m)) for low in range(0, m, size))


def _on_sphere(draw: "np.random.Generator", like: Array) -> Array:
    """Draw rows that are as long as rows of ones."""
    drawn = draw.standard_normal(like.shape)
    return np.asarray(drawn / np.sqrt(np.mean(drawn**2, axis=1, keepdims=True)))


def slipping(resolution: float, error: float, count: int) -> float:
    """Bound the probability that a Jacobian with an entry wrong by `error` passes along `count` directions.

    (q*(1 + log(1/q)))**count with q = resolution/error < 1, else 1. For an error E of the Jacobian, u^T E v
    is below the resolution r only where the length w of E v is small, or else u nearly at right angles to it.
    A coordinate of a random point on a sphere of radius sqrt(n) lies within a of 0 with a probability of at
    most a (in high dimensions sqrt(2/pi)*a): so P(w <= a) <= a/error, P(|u^T E v| <= r) <= r/w given w, and
    the bound is the largest mean of min(1, r/w). Source: derived here.
    """
    q = resolution / error
    return float((q * (1 - math.log(q))) ** count if 0 < q < 1 else q > 0)


def _note(seen: Evidence, rows: Rows, values: Array) -> str:
    """Say how large an error is found nearly for sure: for which the bound falls to one in 10^9."""
    settings = rows.settings
    measured = seen.slopes.measured
    apart = allowed(seen.stated, measured, seen.own, settings) + measured.error
    r = float(np.max(apart, where=np.isfinite(apart), initial=0.0))
    low, high = 0.0, 1.0
    for _ in range(60):
        q = (low + high) / 2
        low, high = (q, high) if slipping(q, 1.0, settings.directions) <= _TOLD else (low, q)
    entries = values.size * rows.x.shape[1]
    return (
        f"{settings.directions} random directions instead of {entries} entries: an entry wrong by"
        f" {r / low:.1g} or more slips by with a probability of at most {_TOLD:g}"
    )
