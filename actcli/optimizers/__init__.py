"""Optimizers: from a gradient to the next step."""

from actcli.optimizers._spec import Optimizer
from actcli.registry import Registry

OPTIMIZERS = Registry("actcli.optimizers", "optimizer", Optimizer)
