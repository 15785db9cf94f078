"""gradcheck as a function of Python's: for a script, a notebook, a test."""

from typing import Any

from actcli.checking._check import Check, check
from actcli.checking._settings import Settings
from actcli.function import Function


def gradcheck(function: Any, derivative: Any = None, /, **options: Any) -> Check:
    """Check the derivative of a function.

    `assert gradcheck(f, df)`; `options` are those of Settings.
    """
    assert isinstance(function, Function)
    assert derivative is None
    return check(function, Settings(**options))
