"""Formats for machines that run tests: how a suite becomes text."""

from actcli.registry import Registry
from actcli.render._spec import Format

__all__ = ["CI"]

CI = Registry("actcli.render.ci", "format", Format)
