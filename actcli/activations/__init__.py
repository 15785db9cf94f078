"""The catalogue: one family a file, each member a record of formula, implementation and facts."""

from actcli.activations._spec import Activation, Compound, Flavour
from actcli.registry import Registry

__all__ = ["ACTIVATIONS", "COMPOUNDS", "FLAVOURS", "Activation", "Compound", "Flavour"]

ACTIVATIONS = Registry("actcli.activations", "function", Activation)
COMPOUNDS = Registry("actcli.activations", "unit or loss", Compound)
FLAVOURS = Registry("actcli.activations", "flavour", Flavour)
