"""From a picture to a file, or to stdout."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from actcli.cli._emit import STDOUT
from actcli.cli._write import check_stdout, check_target, is_device, say, write_file, write_stdout
from actcli.errors import InputError, quoted

if TYPE_CHECKING:
    from actcli.picture import Diagram, Paper, Picture


def check_picture(path: str) -> str:
    """Return the kind of picture that the file's suffix asks for. Raises InputError or OutputError."""
    from actcli.picture import SUFFIXES

    if path == STDOUT:
        check_stdout()
        if sys.stdout.isatty():
            raise InputError("a picture is no text for a terminal", "-o FILE, or pipe it into a program")
        return "png"
    check_target(path)
    suffix = os.path.splitext(path)[1].lower()
    if suffix in SUFFIXES:
        return suffix[1:]
    if is_device(path):
        return "png"
    raise InputError(f"no kind of picture is known by the suffix of {quoted(path)}", ", ".join(SUFFIXES))


def save_picture(
    picture: "Picture | Diagram", path: str, paper: "Paper", announce: Callable[[], None] = lambda: None
) -> None:
    """Draw the picture and write it, `announce` as in write_file. Raises InputError or OutputError."""
    from actcli.render.figure import draw

    drawing = draw(picture, check_picture(path), paper)
    if drawing.missing:
        say(f"note: no font here has {quoted(drawing.missing)}; boxes stand in their place")
    if path == STDOUT:
        write_stdout(drawing.data)
    else:
        write_file(path, [drawing.data], announce)
