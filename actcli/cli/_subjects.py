"""What an audit is asked to audit: functions, the catalogue or a program, each against its formula."""

from dataclasses import replace
from typing import TYPE_CHECKING

from actcli.cli._write import say
from actcli.errors import InputError
from actcli.points import whole

if TYPE_CHECKING:
    from actcli.auditing import AuditSettings, Subject
    from actcli.function import Function

    Pair = tuple[Subject, Function | None]  # what is audited, and against what; None: its own formula
    Row = tuple[Subject, Function | None, AuditSettings]


def pairs_of(
    names: list[str], every: bool, against: str | None, command: str | None, given: dict[str, float]
) -> "list[Pair]":
    """Return what is audited, and against what. Raises InputError."""
    if bool(names) + every + (command is not None) != 1:
        raise InputError("audit takes names, --all or --command", "for example: actcli audit gelu")
    if every and against is not None:
        raise InputError("--all is audited against its own formulas: no --against")
    if every:
        return [(function, None) for function in _catalogue(given)]
    if command is not None:
        return [_program(command, against, given)]
    return [_resolved(name, against, given) for name in names]


def _catalogue(given: dict[str, float]) -> "list[Function]":
    """Return the functions of the catalogue that take these parameters, and say which have no audit."""
    from actcli.activations import ACTIVATIONS
    from actcli.target import resolve

    named = [name for name in ACTIVATIONS if given.keys() <= ACTIVATIONS[name].parameters.keys()]
    ready = [name for name in named if ACTIVATIONS[name].elementwise and ACTIVATIONS[name].formula]
    if left := [name for name in named if name not in ready]:
        say(f"note: left out, being no formulas of one number: {', '.join(left)}")
    found = []
    for name in ready:
        try:
            found.append(resolve(name, given))
        except InputError as error:  # a parameter of that name, but with another domain
            say(f"note: left out: {error.message}")
    if not found:
        raise InputError("there is nothing to audit in this way")
    return found


def _program(command: str, against: str | None, given: dict[str, float]) -> "Pair":
    from actcli.programs import of_program
    from actcli.target import resolve

    if against is None:
        raise InputError("--command needs --against: a function or a formula")
    return of_program(command), resolve(against, given)


def _resolved(name: str, against: str | None, given: dict[str, float]) -> "Pair":
    """Return a function and what it is audited against; of the parameters each has those that it takes."""
    from actcli.target import resolve

    if against is None:
        return resolve(name, given), None
    taken = [{key for key in given if _takes(resolve(text), key)} for text in (name, against)]
    for key in given.keys() - taken[0] - taken[1]:
        raise InputError(f"neither {name} nor {against} has a parameter {key}")
    subject, right = (
        resolve(text, {key: given[key] for key in sorted(keys)})
        for text, keys in zip((name, against), taken, strict=True)
    )
    return subject, right


def _takes(function: "Function", key: str) -> bool:
    return key in function.parameters or (len(function.inputs) > 1 and key in function.inputs)


def orders_of(text: str | None) -> tuple[int, ...] | None:
    """Return the orders asked for, None for all. Raises InputError."""
    if text is None:
        return None
    return tuple(sorted({whole(part, "--order", 0, 2) for part in text.split(",")}))


def rows_of(pairs: "list[Pair]", plan: "AuditSettings", orders: tuple[int, ...] | None) -> "list[Row]":
    """Return a row for each function and order; of those not asked for, the ones that it has."""
    from actcli.auditing import ORDERS
    from actcli.function import Function

    return [
        (function, right, replace(plan, order=k))
        for function, right in pairs
        for k in orders or ORDERS
        if orders or k < (len(function.orders) if isinstance(function, Function) else 1)
    ]
