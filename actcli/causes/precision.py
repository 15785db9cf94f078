"""Numbers that were rounded on the way, and slopes that are difference quotients themselves."""

import numpy as np

from actcli.causes._spec import Case, Cause, number

_SINGLE = float(np.finfo(np.float32).eps)
_WORST = 64  # units of rounding that a few operations may add up to
_MANY = 8  # points from which on the size of the errors is no accident


def _float32(case: Case) -> str | None:
    stated, wrong = case.stated, case.wrong
    apart = np.abs(stated - case.measured)[wrong]
    if not apart.size or not np.all(apart <= _WORST * _SINGLE * np.fmax(1.0, np.abs(case.measured[wrong]))):
        return None
    single = stated == stated.astype(np.float32).astype(np.float64)
    relative = apart / np.abs(case.measured[wrong])
    worst, unit = number(float(f"{np.max(relative):.1e}")), number(float(f"{_SINGLE / 2:.1e}"))
    errors = f"relative errors up to {worst}, where float32 rounds by {unit}"
    if single[wrong].all():
        return f"float32 arithmetic: the stated derivative has 24 bits at {case.all_wrong}; {errors}"
    signs = np.sign(stated - case.measured)[wrong]
    scattered = min(np.mean(signs > 0), np.mean(signs < 0)) > 0.1
    if apart.size >= _MANY and scattered and np.median(relative) > _SINGLE / 100:
        return f"float32 arithmetic in the middle: {errors}, in both directions at {case.all_wrong}"
    return None


FLOAT32 = Cause(name="float32", summary="float32 arithmetic on the way", rank=30, explain=_float32)
