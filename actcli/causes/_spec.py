"""The shape of a cause: what it says of the failing points of a check, or nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actcli.checking._finding import Verdict
from actcli.checking._part import Part
from actcli.checking._slopes import Joint
from actcli.function import Array, Function

Mask = npt.NDArray[np.bool_]
Rule = Callable[[Array], Array]  # from the true slopes to those that the cause would have stated

_entry = re.compile(r"(?:dy(\d+)/d|product, ).+?(\d*)(?:, row \d+)?").fullmatch
_MOST_POINTS = 500  # of each kind: more say nothing new
_CHANCE = 3.0  # a cause stands when chance would agree in one case of 1000, in powers of ten
_ROUNDING = 16 * float(np.finfo(np.float64).eps)


class Found(NamedTuple):
    """A likely cause: its name, and a sentence that goes on from "likely cause: "."""

    name: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a cause must explain: points of a part, those that are wrong and those that are right.

    `at` are their numbers in the part, `wrong` says which are which; at joints, which have two slopes, none
    is. The arrays are those of the part at these points. `joints` are the failing points at joints.
    """

    part: Part
    at: npt.NDArray[np.intp]
    wrong: Mask
    joints: npt.NDArray[np.intp]

    @property
    def function(self) -> Function:
        """The function whose derivative is stated."""
        return self.part.seen.function

    @cached_property
    def entry(self) -> str:
        """The name of the first of the slopes: "" where there is one at each point."""
        return self.part.seen.entry(0)

    @property
    def is_flow(self) -> bool:
        """Whether the slopes are what flows back through a vector function, no entries of its Jacobian."""
        return self.entry.startswith("product")

    @cached_property
    def shape(self) -> tuple[int, int, int] | None:
        """The shape of the Jacobians, (m, k, n), or of what flows back, (m, 1, n); None: there are none."""
        size = self.part.codes.size
        last = _entry(self.part.seen.entry(size - 1))
        if last is None:
            return None
        outputs, inputs = int(last[1] or 0) + 1, int(last[2] or 0) + 1
        rows, rest = divmod(size, outputs * inputs)
        return None if rest else (rows, outputs, inputs)

    @cached_property
    def x(self) -> Array:
        """The input that moves."""
        return self.part.seen.x[self.at]

    @cached_property
    def stated(self) -> Array:
        """The slopes stated."""
        return self.part.seen.stated[self.at]

    @cached_property
    def measured(self) -> Array:
        """The slopes measured."""
        return self.part.seen.slopes.measured.value[self.at]

    @cached_property
    def allowed(self) -> Array:
        """How far apart they may be."""
        return self.part.allowed[self.at]

    @cached_property
    def values(self) -> Array:
        """The function's values."""
        return self.part.seen.values[self.at]

    @cached_property
    def places(self) -> dict[str, Array]:
        """All inputs by name."""
        return {name: row[self.at] for name, row in self.part.seen.places.items()}

    @property
    def plain(self) -> bool:
        """Whether each slope is that of a number by a number: of no vector, and by no upstream gradient."""
        return self.function.elementwise and not self.part.seen.flows

    @property
    def all_wrong(self) -> str:
        """The failing points, in words."""
        count, total = int(np.sum(self.wrong)), int(np.sum(self.part.fails)) - self.joints.size
        if count < total:
            return f"all {count} points looked at of the {total} wrong ones"
        return f"all {count} wrong points" if count > 1 else "the wrong point"

    @property
    def rounding(self) -> float:
        """What rounding may amount to in formulas that cancel numbers of the size of the largest slope."""
        sizes = np.abs(self.measured)
        return _ROUNDING * float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))

    def explained(
        self, rule: Rule, *, fitted: int = 0, tried: float = 1.0, unsure: Array | float = 0.0
    ) -> bool:
        """Whether a rule explains all points, right ones too, and chance would not.

        A point counts by how much farther it is off than the rule's own uncertainty. `fitted` numbers of the
        rule were taken from as many points, which prove nothing; it is one of `tried` rules. `unsure` is how
        far off the rule's slopes may be for reasons of their own.
        """
        slack = self._slack(rule) + unsure
        if not np.all(np.abs(rule(self.measured) - self.stated) <= slack):
            return False
        off = np.abs(self.stated - self.measured) / slack
        proof = np.sort(np.log10(np.clip(off[self.wrong], 1.0, 1e16)))
        return bool(np.sum(proof[: max(0, proof.size - fitted)]) >= _CHANCE + np.log10(tried))

    def failing(self) -> "Case":
        """Return the case of the wrong points alone."""
        at = self.at[self.wrong]
        return replace(self, at=at, wrong=np.ones(at.shape, bool))

    def _slack(self, rule: Rule) -> Array:
        """Return how well a rule's slopes are known: as well as the measured ones that it starts from."""
        claim, a = rule(self.measured), self.allowed
        moved = [np.abs(rule(self.measured + d) - claim) for d in (a, -a)]
        return np.asarray(a + np.fmax(moved[0], moved[1]) + _ROUNDING * np.abs(claim))


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A way in which derivatives are wrong.

    `explain` returns a sentence with its evidence where the cause explains all failing points better than
    chance, else None. Causes of a lower `rank` say more, and are tried first.
    """

    name: str
    summary: str
    rank: int
    explain: Callable[[Case], str | None]
    aliases: tuple[str, ...] = ()


def case_of(part: Part) -> Case:
    """Return what is to be explained; of very many points, evenly chosen ones."""
    joint = part.seen.slopes.joint != Joint.SMOOTH
    finite = np.isfinite(part.seen.slopes.measured.value)
    wrong = np.flatnonzero(part.fails & ~joint)
    right = np.flatnonzero(part.where(Verdict.OK) & ~joint & finite)
    wrong, right = (each[:: max(1, -(-each.size // _MOST_POINTS))] for each in (wrong, right))
    return Case(
        part=part,
        at=np.concatenate([wrong, right]),
        wrong=np.arange(wrong.size + right.size) < wrong.size,
        joints=np.flatnonzero(part.fails & joint),
    )


def scaled(factor: Array | float) -> Rule:
    """Return the rule that multiplies the slope."""
    return lambda m: np.asarray(m * factor)


def shifted(offset: Array | float) -> Rule:
    """Return the rule that adds to the slope."""
    return lambda m: np.asarray(m + offset)


def fixed(slopes: Array) -> Rule:
    """Return the rule of slopes that have nothing to do with the true ones."""
    return lambda m: slopes


def number(value: float) -> str:
    """Return a number with as many digits as one wants to read."""
    return f"{value:.6g}"
