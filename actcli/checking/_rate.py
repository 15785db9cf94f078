"""The rate at which Taylor's remainder falls: what tells a right derivative from a wrong one by itself."""

import numpy as np

from actcli.differences._spec import Curve, power_of_two

_LEVELS = 24  # steps, each half of the one before
_WIDEST = 2.0**-4  # of 1, or of x where that is smaller
_CLEAR = 64.0  # roundings that a remainder must exceed to mean anything


def rate_of(f: Curve, x: float, slope: float, eps: float) -> float | None:
    """Return the power of h by which |f(x + h) - f(x) - h*slope| falls: 2 for the right slope, else 1.

    None where rounding hides it: of a straight line with its right slope nothing remains. Source: Vieira
    2017, How to test gradient implementations.
    """
    width = float(power_of_two(np.array(_WIDEST * min(max(abs(x), 2.0**-20), 1.0) if x else _WIDEST)))
    h = width * 0.5 ** np.arange(_LEVELS)
    t = x + np.concatenate([[0.0], h])
    with np.errstate(all="ignore"):
        y = f(t[:, None])[:, 0]
        remainder = np.abs(y[1:] - y[0] - (t[1:] - x) * slope)
        floor = _CLEAR * eps * (np.abs(y[1:]) + abs(y[0]) + h * abs(slope))
        seen = np.flatnonzero((remainder[1:] > floor[1:]) & (remainder[:-1] > floor[:-1]))
        if not seen.size:
            return None
        k = int(seen[-1])
        found = float(np.log2(remainder[k] / remainder[k + 1]))
    return found if np.isfinite(found) else None
