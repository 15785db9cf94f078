"""Measuring a Jacobian: column by column, and the entries that this leaves open one by one."""

from dataclasses import dataclass

import numpy as np

from actcli.checking._evidence import Array, Mask
from actcli.checking._fan import Ground
from actcli.checking._measure import measured
from actcli.checking._rows import Rows
from actcli.checking._slopes import Slopes
from actcli.checking._values import precision_of
from actcli.differences._spec import Curve, Estimate, Precision, spread

_SIZES = 2.0 ** -np.array([3.0, 10.0, 17.0, 24.0])  # of the steps at which the sides are compared
_LEVEL = 1 / 16  # smooth sides differ by 1/128 of it from one size to the next
_SUPPOSED = 2.0**-12  # the step by which the rounding of the user's code is divided
_MOST = 1000  # entries that are looked at one by one
_MOST_OF_CODE = 100  # of the user's, which may take its time
_AT_ONCE = 20_000  # numbers of the rows that these entries are in


@dataclass(frozen=True, kw_only=True)
class Jacobian:
    """The slopes of all k outputs by all n entries of an input, stated and measured: m*k*n numbers each."""

    stated: Array
    slopes: Slopes
    shape: tuple[int, int, int]


def jacobian(rows: Rows, values: Array) -> Jacobian:
    """Measure the Jacobian: the columns, in as many evaluations as there are entries in a row.

    An entry where the two sides differ at fine steps too, or where the column disagrees with what is stated,
    is measured by itself, from both sides.
    """
    settings, precision = rows.settings, precision_of(rows.function, rows.settings)
    stated, columns, rough = rows.jacobian(), [], []
    for j in range(rows.x.shape[1]):
        f, x = rows.column(j), rows.x[:, j]
        columns.append(settings.estimator.estimate(f, x, precision, settings.step))
        rough.append(_rough(f, x, precision))
    value = np.stack([c.value for c in columns], axis=-1)
    noise = _noise(rows, values, value, precision)
    error = np.stack([c.error for c in columns], axis=-1) + (noise / _SUPPOSED)[..., None]
    slopes = Slopes.smooth(Estimate(value.reshape(-1), error.reshape(-1)))
    found = Jacobian(stated=stated.reshape(-1), slopes=slopes, shape=stated.shape)
    if not settings.estimator.needs_complex:
        eps = settings.precision.eps
        lost = lost_by_code(found, values, eps) if rows.function.whole else eps * np.abs(value)
        _look_closer(rows, found, np.stack(rough, axis=-1).reshape(-1), noise, lost.reshape(-1))
    return found


def _noise(rows: Rows, values: Array, slopes: Array, precision: Precision) -> Array:
    """Return how far off rounding may have the values, (m, k), which may be sums that cancel: dy/dx_j x_j.

    The user's code may cancel numbers of the size of x besides.
    """
    if rows.function.exact:
        return np.zeros_like(values)
    size = np.einsum("mij,mj->mi", np.abs(np.nan_to_num(slopes)), np.abs(rows.x))
    if rows.function.whole:
        size = np.maximum(size, np.abs(rows.x).max(axis=1, initial=1.0, keepdims=True))
    return np.asarray(precision.eps * size)


def _rough(f: Curve, x: Array, precision: Precision) -> Mask:
    """Return where the slopes of the two sides do not come together as the step shrinks, (m, k)."""
    h = _SIZES[:, None] * np.maximum(1.0, np.abs(x) * 2.0**-12)
    here, above, below = f(x[None]), f(x + h), f(x - h)
    width = spread(h, above)
    gap = np.abs(above - here - (here - below)) / width
    moved = precision.eps * spread(np.abs(x) + h, above) * np.abs(above - below) / width
    noise = (4 * precision.eps * np.fmax(np.abs(above), np.abs(below)) + moved + precision.smallest) / width
    return np.asarray((gap[1:] > _LEVEL * gap[:-1] + 4 * noise[1:]).any(axis=0))


def lost_by_code(found: Jacobian, values: Array, eps: float) -> Array:
    """Return how far off rounding may have what code states, (m, k, n).

    It is supposed to add terms as large as the output, or as its largest slope: 1 - y**2, y*(1 - y), or a
    product of matrices.
    """
    slopes = np.abs(found.slopes.measured.value.reshape(found.shape)).max(axis=2, initial=0.0)
    terms = np.nan_to_num(np.fmax(np.abs(values), slopes), posinf=0.0)
    return np.broadcast_to(eps * terms[..., None], found.shape)


def _look_closer(rows: Rows, found: Jacobian, rough: Mask, noise: Array, lost: Array) -> None:
    """Measure entries one by one, the rough ones first; the quotients of a method stand elsewhere."""
    value, error = found.slopes.measured.value, found.slopes.measured.error
    with np.errstate(invalid="ignore"):
        apart = ~(np.abs(found.stated - value) <= error + lost) & rows.settings.is_auto
    wanted = np.flatnonzero(rough | apart)
    most = _MOST_OF_CODE if rows.function.whole else _MOST
    wanted = wanted[np.argsort(~rough[wanted], kind="stable")][:most]
    size = max(1, _AT_ONCE // rows.x.shape[1])
    for low in range(0, len(wanted), size):
        some = wanted[low : low + size]
        row, output, j = np.unravel_index(some, found.shape)
        ground = Ground(
            x=rows.x[row, j],
            stated=found.stated[some],
            noise=noise[row, output],
            precision=precision_of(rows.function, rows.settings),
        )
        found.slopes.put(some, measured(rows.along(row, output, j), ground, whole=True))
