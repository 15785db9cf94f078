"""The user's own Python as functions: file.py:name and package.module:name."""

from actcli.userland._build import of_python

__all__ = ["of_python"]
