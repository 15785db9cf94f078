"""Why a derivative is wrong: causes, each with what speaks for it."""

from actcli.causes._likely import CAUSES, likely
from actcli.causes._spec import Case, Cause, Found

__all__ = ["CAUSES", "Case", "Cause", "Found", "likely"]
