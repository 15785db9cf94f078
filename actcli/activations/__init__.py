"""Activation functions: one family a file, each member a record of formula, implementation and facts."""

from actcli.activations._spec import Activation
from actcli.registry import Registry

__all__ = ["ACTIVATIONS", "Activation"]

ACTIVATIONS = Registry("actcli.activations", "function", Activation)
