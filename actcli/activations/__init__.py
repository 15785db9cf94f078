"""The catalogue: one family a file, each member a record of formula, implementation and facts."""

from actcli.activations import _index
from actcli.activations._spec import Activation, Compound, Flavour
from actcli.registry import Registry

__all__ = ["ACTIVATIONS", "COMPOUNDS", "FLAVOURS", "Activation", "Compound", "Flavour"]

ACTIVATIONS = Registry("actcli.activations", "function", Activation, _index.ACTIVATIONS)
COMPOUNDS = Registry("actcli.activations", "unit or loss", Compound, _index.COMPOUNDS)
FLAVOURS = Registry("actcli.activations", "flavour", Flavour, _index.FLAVOURS)
