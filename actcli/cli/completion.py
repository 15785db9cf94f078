"""actcli completion: the shell scripts that complete commands, options and names."""

from typing import Annotated

import typer

from actcli.cli import _options as opt


def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="{choices}.")],
    help: opt.Help = False,
) -> int:
    """Print the completion script of a shell."""
    return 0
