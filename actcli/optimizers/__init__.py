"""Optimizers: from a gradient to the next step."""

from actcli.optimizers._spec import Optimizer
from actcli.registry import Registry

__all__ = ["OPTIMIZERS", "Optimizer"]

OPTIMIZERS = Registry("actcli.optimizers", "optimizer", Optimizer)
