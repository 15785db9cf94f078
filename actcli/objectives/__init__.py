"""Functions to descend: bowls, valleys, landscapes of several minima, and the loss of a network."""

from actcli.objectives._spec import Objective
from actcli.registry import Registry

__all__ = ["OBJECTIVES", "Objective"]

OBJECTIVES = Registry("actcli.objectives", "objective", Objective)
