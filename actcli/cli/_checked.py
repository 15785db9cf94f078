"""What gradcheck is asked to check: functions, whose derivative is stated by whom, and where."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from actcli.cli._places import read_places
from actcli.cli._write import say
from actcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from actcli.checking import Check, Settings
    from actcli.function import Function


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was typed: None or empty where it was not. Checked when made: raises InputError."""

    targets: tuple[str, ...] = ()
    every: bool = False
    command: str | None = None
    derivative: str | None = None
    derivative_command: str | None = None
    bug: str | None = None
    parameters: dict[str, float]
    wrt: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    file: str | None = None

    def __post_init__(self) -> None:
        if bool(self.targets) + self.every + (self.command is not None) != 1:
            raise InputError(
                "gradcheck takes one of these: names, --all, --command", "for example: actcli gradcheck gelu"
            )
        if self.derivative is not None and self.derivative_command is not None:
            raise InputError("--derivative and --derivative-command exclude each other")
        stated = "--derivative" if self.derivative is not None else "--derivative-command"
        if self.states and (self.every or len(self.targets) > 1):
            raise InputError(f"{stated} is checked against one TARGET")

    @property
    def states(self) -> bool:
        """Whether someone else states the derivative."""
        return self.derivative is not None or self.derivative_command is not None


def checks_of(asked: Asked, plan: "Settings") -> "list[Check]":
    """Check what was asked, by each of the variables. What cannot be is skipped of --all, and said so."""
    found = []
    for function in _functions(asked, plan):
        try:
            found += _checks(function, asked, plan)
        except InputError as error:
            if not asked.every:
                raise
            say(f"note: skipped: {error.message}")
    if not found:
        raise InputError("there is nothing to check in this way")
    return found


def _checks(function: "Function", asked: Asked, plan: "Settings") -> "list[Check]":
    from actcli.checking import check

    if asked.states:
        function = _stating(function, asked, plan)
    if asked.bug is not None:
        from actcli.bugs import BUGS, plant

        function = plant(BUGS[asked.bug], function)
    if asked.at or asked.file is not None:
        plan = replace(plan, at=_places(function, asked))
    return [check(function, replace(plan, wrt=name)) for name in asked.wrt or function.variables]


def _functions(asked: Asked, plan: "Settings") -> "Iterator[Function]":
    from actcli.target import resolve

    if asked.command is not None:
        from actcli.programs import function_of

        yield function_of(asked.command, asked.derivative_command, plan.dtype)
        return
    for name in _catalogue(asked) if asked.every else asked.targets:
        yield resolve(name, asked.parameters, free=asked.wrt, dtype=plan.dtype, noisy=True)


def _catalogue(asked: Asked) -> list[str]:
    """Return the names of what has the parameters that are set."""
    from actcli.activations import ACTIVATIONS, COMPOUNDS

    entries = (*ACTIVATIONS.values(), *COMPOUNDS.values())
    return [entry.name for entry in entries if asked.parameters.keys() <= entry.parameters.keys()]


def _stating(function: "Function", asked: Asked, plan: "Settings") -> "Function":
    """Return the function with the derivative that a text or a program states."""
    from actcli.checking._door import stating_by
    from actcli.partials import stating

    wrt = ",".join(asked.wrt) or None
    if asked.derivative is not None:
        return stating_by(function, asked.derivative, replace(plan, wrt=wrt))
    if asked.command is not None or asked.derivative_command is None:
        return function  # its program has come with its own
    from actcli.programs import function_of

    program = function_of(asked.derivative_command, asked.derivative_command, plan.dtype)
    stated = stating(function, program, plan.order, wrt)
    return replace(stated, backward=program.backward) if len(function.inputs) == plan.order == 1 else stated


def _places(function: "Function", asked: Asked) -> "npt.NDArray[Any]":
    """Return the points, a row for each input; of a vector function of one input, the batch."""
    import numpy as np

    count = len(function.inputs)
    if asked.file is not None and count - len(function.defaults) > 1:
        if asked.at:
            raise InputError("points from two sources: --at and --input", "give one of them")
        return _columns(function, asked.file)
    places = read_places(asked.at, asked.file, function)
    if not function.elementwise and count == 1:
        return places[0].reshape(-1, places[0].shape[-1])
    try:
        return np.stack(np.broadcast_arrays(*places)).reshape(count, -1)
    except ValueError:
        lengths = ", ".join(
            f"{name} has {part.size}" for name, part in zip(function.inputs, places, strict=True)
        )
        raise InputError(f"vectors are checked that are of one length: {lengths}") from None


def _columns(function: "Function", file: str) -> "npt.NDArray[Any]":
    """Return the columns of a file, one for each of several inputs; or all its numbers are one point."""
    from actcli.cli._inputs import read_points

    array, count = read_points([], file, vectors=True), len(function.inputs)
    if array.size == count:
        return array.reshape(count, 1)
    if array.ndim == 2 and array.shape[1] == count and function.elementwise:
        return array.T
    names = ", ".join(function.inputs)
    raise InputError(f"the file's shape is {array.shape}, and {function.name} has the inputs {names}")
