"""Bugs to plant in a derivative, so that a check can be seen to catch them."""

from actcli.bugs._spec import Bug, plant
from actcli.registry import Registry

__all__ = ["BUGS", "Bug", "plant"]

BUGS = Registry("actcli.bugs", "bug", Bug)
