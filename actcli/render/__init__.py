"""Formats: how a report becomes text. Pictures are in `figure`."""

from actcli.registry import Registry
from actcli.render._spec import Format, Screen

__all__ = ["FORMATS", "Format", "Screen"]

FORMATS = Registry("actcli.render", "format", Format)
