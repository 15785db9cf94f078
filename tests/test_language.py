"""The page on formulas: it names what the language has."""

import re
from pathlib import Path

from actcli.formula._operation import CONSTANTS
from actcli.formula.operations import CALLS

PAGE = (Path(__file__).parent.parent / "docs" / "formulas.md").read_text(encoding="utf-8")


def test_the_page_names_every_function_and_constant() -> None:
    """The table of docs/formulas.md has each name of the language."""
    shown = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", PAGE))))
    assert {*CALLS, *CONSTANTS, "D"} <= shown
