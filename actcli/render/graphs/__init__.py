"""Formats of graphs: how boxes and arrows become text."""

from actcli.registry import Registry
from actcli.render.graphs._spec import GraphFormat

__all__ = ["GRAPHS", "GraphFormat"]

GRAPHS = Registry("actcli.render.graphs", "format", GraphFormat)
