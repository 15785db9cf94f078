"""What the user's code does besides computing."""

from collections.abc import Callable

import numpy as np

from actcli.causes._spec import Case, Cause


def _of(*names: str) -> Callable[[Case], str | None]:
    """Return what looks for the first of these habits."""

    def explain(case: Case) -> str | None:
        return next((habit.sentence for habit in case.function.habits if habit.name in names), None)

    return explain


def _of_flow(*names: str) -> Callable[[Case], str | None]:
    """Return what looks for habits that show only where a gradient flows in."""
    found = _of(*names)
    return lambda case: None if case.plain else found(case)


IN_PLACE = Cause(
    name="in_place", summary="writes into what it is given", rank=27, explain=_of("input", "upstream")
)

NONLINEAR = Cause(
    name="nonlinear",
    summary="the gradient that flows in is not multiplied but mixed or bent",
    rank=28,
    explain=_of_flow("nonlinear", "mixes entries"),
)


def _integers(case: Case) -> str | None:
    """Look at whole numbers alone: what fails elsewhere fails as a float."""
    x = case.part.seen.x[case.part.fails]
    return _of("integers")(case) if np.array_equal(x, np.rint(x)) else None


INTEGERS = Cause(name="integers", summary="integers are cut off", rank=44, explain=_integers)
