"""What is found, in words: a line for each failure, and a check as Python shows it."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from actcli.checking._finding import Finding, Verdict

if TYPE_CHECKING:
    from actcli.causes import Found
    from actcli.checking._check import Check


def sentence(f: Finding, cause: "Found | None" = None) -> str:
    """Say in a line where a finding is, what is stated and measured there, and why it is probably so."""
    entry = f" ({f.entry})" if f.entry else ""
    says = f"{f.function} at {place_of(f)}{entry}: {_difference(f)}"
    return says if cause is None else f"{says}; likely cause: {cause.sentence}"


def place_of(f: Finding) -> str:
    """Say where it is: all coordinates by name, in full."""
    return ", ".join(f"{name} = {short(value)}" for name, value in f.places.items())


def short(number: float) -> str:
    """Return a number in full, a whole one as such."""
    return repr(number).removesuffix(".0")


def measured(f: Finding) -> str:
    """Return the numerical derivative in the digits that it is good for, and one more."""
    if not (math.isfinite(f.numerical) and f.numerical and f.allowed > 0):
        return short(f.numerical)
    digits = math.ceil(math.log10(max(abs(f.numerical) / f.allowed, 1.0))) + 1
    return f"{f.numerical:.{min(max(digits, 3), 17)}g}"


def _difference(f: Finding) -> str:
    if f.verdict is Verdict.NOISY:
        return "two evaluations at the same point differ"
    stated = f"stated {short(f.stated)}"
    if f.left is not None and f.right is not None:
        kind = f.verdict if f.verdict in (Verdict.JUMP, Verdict.VERTICAL) else Verdict.KINK
        return (
            f"{stated} lies outside of the slopes {f.left:.6g} and {f.right:.6g} on both sides of the {kind}"
        )
    if math.isnan(f.error):
        return f"{stated}, numerical {measured(f)}"
    apart = f"{f.error:.2g} apart ({100 * f.relative_error:.3g} %)"
    return f"{stated}, numerical {measured(f)} +- {f.allowed:.2g}: {apart}"


def brief(check: "Check") -> str:
    """Return a check in one line, as short as a test's report shows: the first failure, or that none is."""
    said = next(_failures(check), _passing(check))
    return f"<Check: {said}>"


def lines_of(check: "Check") -> Iterator[str]:
    """Yield a line for each failure, with its likely cause, and one for each habit of the user's code."""
    if check.ok:
        yield _passing(check)
        return
    yield from _failures(check)
    yield from (f"note: {habit.sentence}" for habit in check.function.habits)


def _failures(check: "Check") -> Iterator[str]:
    from actcli.causes import likely  # causes look at checks

    yield from (sentence(part.finding(k), likely(part)) for part, k in check.telling if part.fails[k])


def _passing(check: "Check") -> str:
    vacuous = ", but proves nothing: no slope is large enough to be told from half of it"
    said = vacuous if check.is_vacuous else ""
    return f"{check.function.name} is right in {check.comparisons} comparisons{said}"
