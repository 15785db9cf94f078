"""Formats of graphs: how boxes and arrows become text."""

from actcli.registry import Registry
from actcli.render._spec import Format

__all__ = ["GRAPHS"]

GRAPHS = Registry("actcli.render.graphs", "format", Format)
