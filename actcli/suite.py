"""Suite: what a command found, for machines that run tests; for the formats of `render.ci` to write."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Case:
    """What became of one thing that was tested: it fails by its `failures`, a line each.

    `verdict` says the worst of them in a word. `skipped` says why it was not really tested,
    `notes` what else its code does. `file` and `line` are where that is, if it is known.
    """

    name: str
    verdict: str
    failures: tuple[str, ...] = ()
    skipped: str = ""
    notes: tuple[str, ...] = ()
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A command's cases, for machines that run tests: what they come to, and under which conditions."""

    name: str
    cases: tuple[Case, ...]
    summary: str
    properties: Mapping[str, str] = field(default_factory=dict)
