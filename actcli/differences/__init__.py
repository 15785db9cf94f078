"""Numerical differentiation: ways to estimate a slope from values."""

from actcli.differences._spec import Difference
from actcli.registry import Registry

__all__ = ["DIFFERENCES", "Difference"]

DIFFERENCES = Registry("actcli.differences", "method", Difference)
