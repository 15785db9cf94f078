"""What is found, in words: a line for each failure, and a check as Python shows it."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from actcli.checking._evidence import UPSTREAM
from actcli.checking._finding import Finding, Verdict

if TYPE_CHECKING:
    from actcli.causes import Found
    from actcli.checking._check import Check

_ENTRIES = {UPSTREAM: "backward, of an upstream gradient"}
_MOST_SHOWN = 220  # characters: a test's report leaves out the middle of longer ones
_AS_ONE = 0.25  # a rate so near to 1 is that of a wrong slope


def sentence(f: Finding, cause: "Found | None" = None) -> str:
    """Say in a line where a finding is, what is stated and measured there, and why it is probably so."""
    entry = f" ({_ENTRIES.get(f.entry, f.entry)})" if f.entry else ""
    says = f"{f.function} at {place_of(f)}{entry}: {_difference(f)}"
    return f"{says}{_remainder(f)}" if cause is None else f"{says}; likely cause: {cause.sentence}"


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
        if len(slopes_of(f)) == 1 or f.left == f.right:
            return f"{stated}, where the slope is {slopes_of(f)[0]}: a {kind_of(f)}"
        where = f"a {kind_of(f)} within {f.within:.1g}" if f.within else f"the {kind_of(f)}"
        return f"{stated} lies outside of the slopes {f.left:.6g} and {f.right:.6g} on both sides of {where}"
    if math.isnan(f.error):
        return f"{stated}, numerical {measured(f)}"
    apart = f"{f.error:.2g} apart ({100 * f.relative_error:.3g} %)"
    return f"{stated}, numerical {measured(f)} +- {f.allowed:.2g}: {apart}"


def slopes_of(f: Finding) -> list[str]:
    """Return the slopes on both sides of a joint; at the end of a domain there is one."""
    sides = [side for side in (f.left, f.right) if side is not None]
    return [f"{side:.6g}" for side in sides if not math.isnan(side)] or ["nan"]


def kind_of(f: Finding) -> str:
    """Return what kind of joint it is."""
    return str(f.verdict if f.verdict in (Verdict.JUMP, Verdict.VERTICAL) else Verdict.KINK)


def _remainder(f: Finding) -> str:
    """Say how Taylor's remainder falls where that shows by itself that the slope is wrong."""
    if f.rate is None or abs(f.rate - 1) > _AS_ONE:
        return ""
    return f"; Taylor's remainder falls as h^{f.rate:.1f}, not as h^2"


def brief(check: "Check") -> str:
    """Return a check in one line, as short as a test's report shows: the first failure, or that none is."""
    said = _passing(check) if check.ok else _shortly(check)
    return f"<Check: {said if len(said) <= _MOST_SHOWN else said[: _MOST_SHOWN - 3] + '...'}>"


def _shortly(check: "Check") -> str:
    """Return the first failure, of its likely cause the sentence, or where that is too long, the name."""
    from actcli.causes import likely  # causes look at checks

    finding, part = next(
        (f, part) for f, (part, _) in zip(check.findings, check.telling, strict=True) if f.fails
    )
    cause = likely(part)
    said = sentence(finding, cause)
    if cause is None or len(said) <= _MOST_SHOWN:
        return said
    return sentence(finding, cause._replace(sentence=cause.name))


def lines_of(check: "Check") -> Iterator[str]:
    """Yield a line for each failure, with its likely cause, and one for each habit of the user's code."""
    if check.ok:
        yield _passing(check)
        return
    yield from _failures(check)
    yield from (f"note: {habit.sentence}" for habit in check.function.habits)


def _failures(check: "Check") -> Iterator[str]:
    from actcli.causes import likely  # causes look at checks

    for finding, (part, _) in zip(check.findings, check.telling, strict=True):
        if finding.fails:
            yield sentence(finding, likely(part))


def _passing(check: "Check") -> str:
    if check.is_vacuous:
        return f"{check.function.name}: the check proves nothing: {why_vacuous(check)}"
    return f"{check.function.name} is right in {check.comparisons} comparisons"


def why_vacuous(check: "Check") -> str:
    """Say of a check that proves nothing whether there was anything to compare."""
    if check.comparisons:
        return "the evidence is too coarse, at every point, to tell the stated slope from half of it"
    return "nothing could be compared: the function has no finite value and slope at any of the points"
