"""The user's own Python as functions: file.py:name and package.module:name."""

from actcli.userland._build import of_object, of_python
from actcli.userland._slopes import with_slopes

__all__ = ["of_object", "of_python", "with_slopes"]
