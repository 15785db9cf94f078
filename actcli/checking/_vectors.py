"""Vector functions: the Jacobian, entry by entry, and its product with an upstream gradient."""

from collections.abc import Callable, Iterator

import numpy as np

from actcli.checking._directions import directions
from actcli.checking._evidence import Array, Evidence, Mask
from actcli.checking._jacobian import Jacobian, jacobian, lost_by_code
from actcli.checking._rows import Rows, vectors_of
from actcli.checking._settings import Settings, uniform
from actcli.checking._slopes import Slopes
from actcli.differences._spec import Curve, Estimate
from actcli.function import Function

_MOST_INPUTS = 1000
_MOST_ENTRIES = 10**6


def vector(function: Function, place: int, settings: Settings) -> Iterator[Evidence]:
    """Yield the evidence on the Jacobian, d y_i / d x_j, and on its product with an upstream gradient.

    Where it is too large, yield that on the product along random directions.
    """
    points = vectors_of(function, settings)
    rows = Rows(function=function, settings=settings, points=points, place=place)
    values = rows.values()
    noisy = _other(values, rows.values())
    n = rows.x.shape[1]
    if n > _MOST_INPUTS or values.size * n > _MOST_ENTRIES:
        yield directions(rows, values, noisy)
        return
    whole = jacobian(rows, values)
    own = np.zeros(whole.shape)
    if function.whole:
        noisy = noisy | _other(whole.stated.reshape(whole.shape), rows.jacobian()).any(axis=2)
        own = lost_by_code(whole, values, settings.precision.eps) + _change(rows, whole)
    yield _entries(rows, whole, values, noisy, own)
    yield _product(rows, whole, values, noisy, own)


def _other(a: Array, b: Array) -> Mask:
    """Return where the same call has given other numbers; nan is as good as nan."""
    return np.asarray((a != b) & ~(np.isnan(a) & np.isnan(b)))


def _change(rows: Rows, whole: Jacobian) -> Array:
    """Return by how much what is stated changes to the next floats, on the side where that is less."""
    stated = whole.stated.reshape(whole.shape)
    a, b, c, d = (np.abs(rows.shaken(t).jacobian() - stated) for t in (-2, -1, 1, 2))
    change = np.fmin(np.fmax(a, b), np.fmax(c, d))
    return np.where(np.isfinite(change), change, 0.0)


def _entries(rows: Rows, whole: Jacobian, values: Array, noisy: Mask, own: Array) -> Evidence:
    def places(e: int) -> tuple[int, int, int]:
        row, output, j = np.unravel_index(e, whole.shape)
        return int(row), int(output), int(j)

    def curve(e: int) -> Curve:
        row, output, j = places(e)
        return rows.one(row, j, np.eye(whole.shape[1])[output])

    def entry(e: int) -> str:
        row, output, j = places(e)
        return f"dy{output}/d{rows.label(row, j)}"

    x, y, off = np.broadcast_arrays(rows.x[:, None, :], values[..., None], noisy[..., None])
    return _evidence(rows, x, y, whole.stated, off, whole.slopes, curve, entry, own.reshape(-1))


def _product(rows: Rows, whole: Jacobian, values: Array, noisy: Mask, own: Array) -> Evidence:
    upstream = uniform(rows.settings.seed + 1, values.size).reshape(values.shape)
    m, n = rows.x.shape

    def curve(e: int) -> Curve:
        return rows.one(e // n, e % n, upstream[e // n])

    def entry(e: int) -> str:
        weights = rows.function.weights
        return f"d{rows.label(e // n, e % n)}" if weights else f"product, {rows.label(e // n, e % n)}"

    sums = np.broadcast_to((upstream * values).sum(axis=1, keepdims=True), (m, n))
    off = np.broadcast_to(noisy.any(axis=1, keepdims=True), (m, n))
    slopes, rounded = _summed(whole, upstream, rows.settings.precision.eps)
    lost = rounded + (np.abs(upstream)[..., None] * own).sum(axis=1).reshape(-1)
    return _evidence(rows, rows.x, sums, rows.flow(upstream), off, slopes, curve, entry, lost)


def _summed(whole: Jacobian, upstream: Array, eps: float) -> tuple[Slopes, Array]:
    """Return the slopes of all outputs times upstream gradients, summed, and what rounding does to them.

    At joints the two sides are the least and the greatest sum: what is stated chooses for each output alone.
    """
    slopes = whole.slopes

    def parts(numbers: Array) -> Array:
        return upstream[..., None] * numbers.reshape(whole.shape)

    value = slopes.measured.value
    joint = slopes.joint.reshape(whole.shape).max(axis=1)
    sides = [parts(np.where(slopes.joint, side, value)) for side in (slopes.left, slopes.right)]
    left, right = (
        np.where(joint, end(*sides).sum(axis=1), np.nan).reshape(-1) for end in (np.minimum, np.maximum)
    )
    error = np.abs(parts(slopes.measured.error)).sum(axis=1).reshape(-1)
    summed = Slopes(
        measured=Estimate(parts(value).sum(axis=1).reshape(-1), error),
        joint=joint.reshape(-1),
        corner=np.fmax.reduce(slopes.corner.reshape(whole.shape), axis=1).reshape(-1),
        left=left,
        right=right,
        within=np.fmax.reduce(slopes.within.reshape(whole.shape), axis=1).reshape(-1),
    )
    return summed, eps * np.abs(parts(value)).sum(axis=1).reshape(-1)


def _evidence(
    rows: Rows,
    x: Array,
    values: Array,
    stated: Array,
    noisy: Mask,
    slopes: Slopes,
    curve: Callable[[int], Curve],
    entry: Callable[[int], str],
    own: Array,
) -> Evidence:
    flat = x.reshape(-1)
    return Evidence(
        function=rows.function,
        name=rows.name,
        x=flat,
        places={rows.name: flat},
        values=values.reshape(-1),
        stated=stated.reshape(-1),
        own=own,
        noisy=noisy.reshape(-1),
        slopes=slopes,
        curve=curve,
        entry=entry,
    )
