"""Functions to descend: bowls, valleys and landscapes of several minima."""

from actcli.objectives._spec import Objective
from actcli.registry import Registry

__all__ = ["OBJECTIVES", "Objective"]

OBJECTIVES = Registry("actcli.objectives", "objective", Objective)
