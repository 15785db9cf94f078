"""Wrong in one region alone: where saturated, on one side of a number, near 0, far out."""

import numpy as np

from actcli.causes._spec import Case, Cause, Mask, number, scaled, shifted

_LEAST = 3  # wrong points, and as many right ones elsewhere
_STRAY = 0.1  # of the points of the region may be right: two formulas can cross
_ABRUPT = 1e-3  # of the largest error: what fades out below that ends at no border
_SMALL = 0.01  # of the largest slope: there a function counts as saturated


def _saturated(case: Case) -> str | None:
    size = np.abs(case.measured)
    largest, bound = float(np.max(size, initial=0.0)), float(np.max(size[case.wrong], initial=0.0))
    if case.is_flow or not 0 < bound <= _SMALL * largest or not _is_region(case, size <= bound):
        return None
    small, large = (number(float(f"{size:.1e}")) for size in (bound, largest))
    where = f"slopes of {small} and less beside others of {large}"
    return f"only where the function is saturated: {case.all_wrong} have {where}{_rule(case)}"


def _branch(case: Case) -> str | None:
    for name, row in case.places.items():
        for at in _borders(case, name):
            on_it = case.wrong & (row == at)
            for inside, other, side in ((row > at, row < at, ">"), (row < at, row > at, "<")):
                if _is_region(case, inside | on_it) and _is_split(case, inside, other):
                    where = f"{name} {side}{'=' if on_it.any() else ''} {number(at)}"
                    return f"one branch: {case.all_wrong} have {where}, the others are right{_rule(case)}"
    return _threshold(case)


def _threshold(case: Case) -> str | None:
    """Look for any number that all wrong points lie on one side of, and all right ones on the other."""
    for name, row in case.places.items():
        for side, other, sign in (("<=", ">=", 1.0), (">=", "<=", -1.0)):
            bounds = [sign * each for each in (row[case.wrong], row[~case.wrong])]
            if min(each.size for each in bounds) < _LEAST or not bounds[0].max() < bounds[1].min():
                continue
            wrong, right = (number(sign * float(each)) for each in (bounds[0].max(), bounds[1].min()))
            if _is_abrupt(case, row == sign * bounds[0].max()):
                others = f"the right ones {name} {other} {right}"
                return f"one branch: {case.all_wrong} have {name} {side} {wrong}, {others}{_rule(case)}"
    return None


def _is_abrupt(case: Case, edge: Mask) -> bool:
    """Whether the error ends at the last wrong point, or by a factor; one that fades out is no region's."""
    error = np.abs(case.stated - case.measured)
    last, largest = (float(np.max(error[case.wrong & those], initial=0.0)) for those in (edge, True))
    return last >= _ABRUPT * largest or bool(_rule(case))


def _is_split(case: Case, inside: Mask, other: Mask) -> bool:
    """Whether points are wrong on one side and right on the other: on the border alone are no sides."""
    return bool((case.wrong & inside).any() and (~case.wrong & other).any())


def _borders(case: Case, name: str) -> list[float]:
    """Return where branches may meet: at 0, and at the known corners of a function of one number."""
    known = case.function.corners if case.function.inputs == (name,) else ()
    return sorted({0.0, *(corner.at for corner in known)}, key=abs)


def _far(case: Case) -> str | None:
    row = np.abs(case.x)
    bound = float(np.min(row[case.wrong], initial=np.inf))
    if not _is_region(case, row >= bound):
        return None
    return f"only far out: {case.all_wrong} have |{case.part.seen.name}| >= {number(bound)}{_rule(case)}"


def _near(case: Case) -> str | None:
    row = np.abs(case.x)
    bound = float(np.max(row[case.wrong], initial=0.0))
    if not _is_region(case, row <= bound) or not _is_abrupt(case, row == bound):
        return None
    return f"only near 0: {case.all_wrong} have |{case.part.seen.name}| <= {number(bound)}{_rule(case)}"


def _is_region(case: Case, inside: Mask) -> bool:
    """Whether all wrong points lie inside, hardly a right one does, and enough of both kinds are known."""
    wrong, right = case.wrong, ~case.wrong
    enough = np.sum(wrong) >= _LEAST and np.sum(right & ~inside) >= _LEAST
    return bool(enough and inside[wrong].all() and np.sum(right & inside) <= _STRAY * np.sum(wrong))


def _rule(case: Case) -> str:
    """Say what is stated there, where that is plain."""
    there = case.failing()
    k = int(np.argmin(there.allowed / np.abs(there.measured)))
    stated = float(there.stated[k])
    factor, offset = (
        float(part[k]) for part in (there.stated / there.measured, there.stated - there.measured)
    )
    if there.explained(scaled(factor), fitted=1):
        return f"; stated there is {number(factor)} times the measured slope"
    if there.explained(shifted(offset), fitted=1):
        return f"; stated there is {number(abs(offset))} too {'large' if offset > 0 else 'small'}"
    return f"; stated there is {number(stated)} everywhere" if np.all(there.stated == stated) else ""


SATURATED = Cause(name="saturated", summary="wrong only where saturated", rank=40, explain=_saturated)

BRANCH = Cause(
    name="branch", summary="wrong on one side of a number, such as 0 or a corner", rank=41, explain=_branch
)

FAR = Cause(name="far", summary="wrong far out only", rank=42, explain=_far)

NEAR = Cause(name="near", summary="wrong near 0 only", rank=43, explain=_near)
