"""What is seen at a glance."""

import numpy as np

from actcli.causes._spec import Case, Cause, number
from actcli.checking._finding import Verdict
from actcli.checking._slopes import Joint

_KINDS = {Joint.KINK: "kink", Joint.JUMP: "jump", Joint.VERTICAL: "vertical tangent"}
_ENOUGH = 3  # right points, without which nothing is said of the others


def _nan(case: Case) -> str | None:
    seen, at = case.part.seen, np.concatenate([case.at[case.wrong], case.joints])
    stated, x, name = seen.stated[at], seen.x[at], seen.name
    if not stated.size or np.isfinite(stated).any():
        return None
    what = "nan" if np.isnan(stated).all() else "not finite"
    where = (
        f"{name} from {number(x.min())} to {number(x.max())}" if x.size > 1 else f"{name} = {number(x[0])}"
    )
    return f"the stated derivative is {what} at {_counted(x.size, case)}, {where}"


def _counted(count: int, case: Case) -> str:
    """Return how many failing points, those at joints too, in words."""
    if not case.joints.size:
        return case.all_wrong
    return f"all {count} wrong points" if count > 1 else "the wrong point"


def _noise(case: Case) -> str | None:
    noisy = int(np.sum(case.part.where(Verdict.NOISY)))
    if noisy:
        return f"randomness: two evaluations differ at {noisy} of the points"
    if case.plain or not _flows_differ(case):
        return None
    return "randomness: the same gradient flowing in twice, other numbers flow back"


def _flows_differ(case: Case) -> bool:
    """Run the backward pass of a vector function, someone's own code, twice at the same points."""
    function, size = case.function, case.part.codes.size
    shape = case.shape
    if len(function.inputs) > 1 or function.elementwise or not function.whole or shape is None:
        return False
    x = case.part.seen.x.reshape(shape)[:, 0, :] if size else case.part.seen.x
    a, b = (function.gradient(x)[0] for _ in range(2))
    return not np.array_equal(a, b, equal_nan=True)


def _kink(case: Case) -> str | None:
    if not case.joints.size or case.wrong.any():
        return None
    seen, k = case.part.seen, int(case.joints[0])
    kind = _KINDS[Joint(int(seen.slopes.joint[k]))]
    sides = float(seen.slopes.left[k]), float(seen.slopes.right[k])
    low, high = np.fmin(*sides), np.fmax(*sides)  # of one side at the end of a domain
    count = len(set(seen.slopes.corner[case.joints].tolist()))
    more = f" (and at {count - 1} more like it)" if count > 1 else ""
    where = f"{seen.name} = {number(float(seen.slopes.corner[k]))}{more}"
    stated = number(float(seen.stated[k]))
    if low == high:
        return f"the value at the {kind} alone: at {where} the slope is {number(low)}, and {stated} is stated"
    passing = f"any number from {number(low)} to {number(high)} would do"
    return f"the value at the {kind} alone: at {where} {passing}, and {stated} is none"


def _corner(case: Case) -> str | None:
    """Look at corners where the slopes of both sides agree."""
    corners = [corner.at for corner in case.function.corners] if case.function.elementwise else []
    x, right = case.x[case.wrong], int(np.sum(~case.wrong))
    if not x.size or case.joints.size or right < _ENOUGH or not np.isin(x, corners).all():
        return None
    stated, measured = (float(part[case.wrong][0]) for part in (case.stated, case.measured))
    numbers = f"stated {number(stated)}, where both sides have {number(measured)}"
    return f"the value at the corner alone: at {case.part.seen.name} = {number(float(x[0]))} {numbers}"


NOISE = Cause(name="noise", summary="two evaluations of the same point differ", rank=0, explain=_noise)

NAN = Cause(name="nan", summary="the stated derivative is no finite number", rank=1, explain=_nan)

KINK = Cause(name="kink", summary="wrong at kinks alone: outside of both slopes", rank=2, explain=_kink)

CORNER = Cause(
    name="corner", summary="wrong at corners alone, where both slopes agree", rank=6, explain=_corner
)
