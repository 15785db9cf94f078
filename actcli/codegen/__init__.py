"""Source code of formulas and their derivatives, for people who write kernels: one language a file."""

from actcli.codegen._spec import Language
from actcli.registry import Registry

__all__ = ["LANGUAGES", "Language"]

LANGUAGES = Registry("actcli.codegen", "language", Language)
