"""Where a function is to be evaluated: POINTS for its one input, or NAME=POINTS for each of several."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from actcli.errors import InputError, UnknownNameError, quoted
from actcli.points import points

if TYPE_CHECKING:
    import numpy.typing as npt

    from actcli.function import Function

    Arrays = tuple[npt.NDArray[Any], ...]

_is_assignment = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)", re.ASCII | re.DOTALL).fullmatch


def read_places(texts: Sequence[str], file: str | None, function: "Function") -> "Arrays":
    """Return an array for each input of the function; an input with a default may go without.

    What has no name is for the one input that is left. Raises InputError: a value too many or too few, an
    unknown name, or counts that do not fit together.
    """
    import numpy as np

    found = _named(texts, function)
    left = [name for name in function.inputs if name not in found and name not in function.defaults]
    others = [text for text in texts if not _is_assignment(text)]
    named = left or list(function.inputs[:1])  # of a constant: an input that it does not need
    if len(named) == 1 and (others or file is not None or (left and len(function.inputs) == 1)):
        from actcli.cli._inputs import read_points

        found[named[0]] = read_points(others, file, vectors=not function.elementwise)
    elif file is not None:
        raise InputError(f"--input holds one variable, and {_has(function)}", _example(function))
    elif others:
        raise InputError(
            f"{quoted(others[0])} is the value of no variable: {_has(function)}", _example(function)
        )
    elif left:
        raise InputError(f"{left[0]} has no value: {_has(function)}", _example(function))
    defaults = {name: np.array([value]) for name, value in function.defaults.items()}
    wanted = {name: {**defaults, **found}[name] for name in function.inputs}
    return _fitting(wanted) if function.elementwise else tuple(wanted.values())


def names_of(text: str | None) -> tuple[str, ...]:
    """Return the names of a comma list."""
    return tuple(name.strip() for name in text.split(",")) if text is not None else ()


def _named(texts: Sequence[str], function: "Function") -> "dict[str, npt.NDArray[Any]]":
    found: dict[str, Any] = {}
    for match in filter(None, map(_is_assignment, texts)):
        name, text = match.groups()
        if name not in function.inputs:
            _refuse_halves(name, function)
            raise UnknownNameError(f"variable of {function.name}:", name, function.inputs)
        if name in found:
            raise InputError(f"{name} is given twice")
        found[name] = points([text], f"a value of {name}")
    return found


def _refuse_halves(name: str, function: "Function") -> None:
    if function.halves and name in function.halves.inputs:
        halves = " and ".join(function.halves.inputs)
        tip = f"the halves {halves} are given as one vector: 1,2,3,4"
        raise InputError(f"{function.name} takes one vector, not its half {name}", tip)


def _fitting(found: "dict[str, npt.NDArray[Any]]") -> "Arrays":
    """Raise InputError unless the arrays broadcast; a lone number goes with any."""
    import numpy as np

    try:
        np.broadcast_shapes(*(part.shape for part in found.values()))
    except ValueError:
        counts = ", ".join(f"{name} has {part.size}" for name, part in found.items())
        raise InputError(f"the numbers of values do not fit together: {counts}", "as many, or one") from None
    return tuple(found.values())


def _has(function: "Function") -> str:
    several = "s" * (len(function.inputs) > 1)
    return f"{function.name} has the variable{several} {', '.join(function.inputs)}"


def _example(function: "Function") -> str:
    return f"for example {' '.join(f'{name}=1' for name in function.inputs)}"
