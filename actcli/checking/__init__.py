"""gradcheck: a function's stated derivative against numerical differentiation of its values."""

from actcli.checking._check import Check, check
from actcli.checking._door import gradcheck
from actcli.checking._finding import Finding, Verdict
from actcli.checking._settings import Settings

__all__ = ["Check", "Finding", "Settings", "Verdict", "check", "gradcheck"]
