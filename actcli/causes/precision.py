"""Numbers that were rounded on the way."""

import numpy as np

from actcli.causes._spec import Case, Cause, number

_SINGLE = float(np.finfo(np.float32).eps)
_WORST = 64  # units of rounding that a few operations may add up to
_BOTH = 0.1  # of the errors at least are in either direction
_MANY = 8  # points from which on the size of the errors is no accident


def _float32(case: Case) -> str | None:
    there = case.failing()
    apart, size = there.stated - there.measured, np.fmax(1.0, np.abs(there.measured))
    if not there.stated.any() or not np.all(np.abs(apart) <= _WORST * _SINGLE * size):
        return None
    off, unit = (number(float(f"{part:.1e}")) for part in (np.max(np.abs(apart) / size), _SINGLE / 2))
    errors = f"errors up to {off}, of 1 or of a larger slope, where float32 rounds by {unit}"
    if np.array_equal(there.stated, there.stated.astype(np.float32)):
        return f"float32 arithmetic: the stated derivative has 24 bits at {case.all_wrong}; {errors}"
    scattered = min(np.mean(apart > 0), np.mean(apart < 0)) > _BOTH
    if apart.size >= _MANY and scattered and np.max(np.abs(apart) / size) > _SINGLE / _WORST:
        return f"float32 arithmetic in the middle: {errors}, in both directions at {case.all_wrong}"
    return None


FLOAT32 = Cause(name="float32", summary="float32 arithmetic on the way", rank=30, explain=_float32)
