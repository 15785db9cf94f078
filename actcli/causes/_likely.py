"""The likely cause: all of them asked, those that say most first."""

import numpy as np

from actcli.causes._spec import Case, Cause, Found, case_of
from actcli.checking._part import Part
from actcli.errors import InputError
from actcli.registry import Registry

CAUSES = Registry("actcli.causes", "cause", Cause)


def likely(part: Part) -> Found | None:
    """Return the likely cause of what fails in a part of a check; None: nothing fails, or none is likely.

    A cause is likely when it explains every failing point, and every right one, within the bounds of the
    evidence, and when chance would do that in less than one case of 1000.
    """
    if not part.fails.any():
        return None
    case = case_of(part)
    with np.errstate(all="ignore"):
        for cause in sorted(CAUSES.values(), key=lambda cause: cause.rank):
            if sentence := _asked(cause, case):
                return Found(cause.name, sentence)
    return None


def _asked(cause: Cause, case: Case) -> str | None:
    """Ask a cause; the user's code may refuse the numbers that it wants to try."""
    try:
        return cause.explain(case)
    except InputError:
        return None
