"""A check: every comparison made, and what is to be said of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from actcli.checking._finding import Finding, Verdict
from actcli.checking._gather import gather
from actcli.checking._part import Part, judged
from actcli.checking._rate import rate_of
from actcli.checking._settings import Settings
from actcli.checking._values import precision_of
from actcli.checking._words import brief, lines_of
from actcli.function import Function

_LEFT_OUT = (Verdict.OVERFLOW, Verdict.OUTSIDE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """What gradcheck found: all comparisons, in parts, a part for each kind of slope."""

    function: Function
    settings: Settings
    parts: tuple[Part, ...]

    def __bool__(self) -> bool:
        """Whether nothing fails: `assert gradcheck(f, df)`."""
        return self.ok

    def __repr__(self) -> str:
        """Return a line with the first failure: what a failed `assert gradcheck(f, df)` shows."""
        return brief(self)

    def __str__(self) -> str:
        """Return a line for each failure, with its likely cause, or one that says that nothing fails."""
        return "\n".join(lines_of(self))

    @cached_property
    def ok(self) -> bool:
        """Whether nothing fails."""
        return not any(part.fails.any() for part in self.parts)

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many comparisons ended with each verdict, of those that occur."""
        sums = {verdict: sum(int(np.sum(p.where(verdict))) for p in self.parts) for verdict in Verdict}
        return {verdict: count for verdict, count in sums.items() if count}

    @property
    def comparisons(self) -> int:
        """How many slopes could be compared."""
        return sum(part.codes.size for part in self.parts) - self.left_out

    @property
    def left_out(self) -> int:
        """How many could not, for want of a finite value."""
        return sum(self.counts.get(verdict, 0) for verdict in _LEFT_OUT)

    @property
    def is_vacuous(self) -> bool:
        """Whether the check proves nothing: no slope at all was told from others."""
        return not set(self.counts) - {Verdict.VACUOUS, *_LEFT_OUT}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The worst comparison of each part that fails, or else of all; then every joint."""
        return tuple(replace(part.finding(k), rate=self._rate(part, k)) for part, k in self.telling)

    def _rate(self, part: Part, k: int) -> float | None:
        """Return the rate of the remainder where it can be seen: where the sides meet."""
        seen = part.seen
        if part.verdict(k) not in (Verdict.OK, Verdict.WRONG) or not np.isfinite(seen.stated[k]):
            return None
        if not np.isnan(seen.slopes.corner[k]):
            return None
        eps = precision_of(self.function, self.settings).eps
        return rate_of(seen.curve(k), float(seen.x[k]), float(seen.stated[k]), eps)

    @cached_property
    def telling(self) -> tuple[tuple[Part, int], ...]:
        """Where the findings are: the part, and the place in it."""
        worst = [(part, int(np.argmax(part.excess))) for part in self.parts if part.codes.size]
        worst = [pair for pair in worst if pair[0].excess[pair[1]] > -2]
        failing = [(part, k) for part, k in worst if part.fails[k]]
        if len(failing) > 1:  # what fails with 1 flowing in fails with any number
            failing = [(part, k) for part, k in failing if not part.seen.flows] or failing
        first = failing or sorted(worst, key=lambda pair: -float(pair[0].excess[pair[1]]))[:1]
        joints = [(part, k) for part in self.parts for k in part.joints()]
        left_out = [(part, 0) for part in self.parts[:1]]
        return tuple([*first, *joints] or left_out)

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that fail."""
        return tuple(finding for finding in self.findings if finding.fails)

    @property
    def worst(self) -> Finding:
        """The finding that says most: the first that fails, else the first."""
        return (*self.wrong, *self.findings)[0]

    @property
    def kinks(self) -> tuple[Finding, ...]:
        """The findings at kinks, jumps and vertical tangents, with both one-sided slopes."""
        return tuple(finding for finding in self.findings if finding.corner is not None)

    def everything(self) -> Iterator[Finding]:
        """Yield every comparison."""
        for part in self.parts:
            yield from map(part.finding, range(part.codes.size))


def check(function: Function, settings: Settings | None = None) -> Check:
    """Compare the derivative that `function` states with numerical differentiation of its values.

    A point beside a kink is looked at from its own side; at the kink both one-sided slopes are measured, and
    the stated derivative passes when it lies between them. The complex step differentiates the formula
    instead of the values. Raises InputError: the function has no derivative of that order, or the method
    needs complex numbers and the formula does not take them.
    """
    settings = settings or Settings()
    with np.errstate(all="ignore"):  # what overflows is judged as such
        parts = tuple(judged(part, settings) for part in gather(function, settings))
    return Check(function=function, settings=settings, parts=parts)
