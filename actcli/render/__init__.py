"""Formats: how a report becomes text. Pictures are in `figure`."""

from actcli.registry import Registry
from actcli.render._spec import Format

FORMATS = Registry("actcli.render", "format", Format)
