"""actcli completion: the shell scripts that complete commands, options and names."""

from typing import Annotated

import typer

from actcli.cli import _options as opt
from actcli.cli._write import write_stdout
from actcli.errors import ExitCode


def completion(
    ctx: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="{shells}.", show_default=False)],
    help: opt.Help = False,
) -> int:
    """Print the completion script of a shell.

    \b
    actcli completion bash > ~/.local/share/bash-completion/completions/actcli
    actcli completion zsh > ~/.zfunc/_actcli
    actcli completion fish > ~/.config/fish/completions/actcli.fish
    actcli completion powershell >> $PROFILE

    Make the folder first where there is none, and start the shell anew. Without bash-completion, source the
    file in ~/.bashrc. For zsh, ~/.zshrc has fpath+=~/.zfunc before it runs compinit. To try one in this shell
    alone: source <(actcli completion bash), or zsh. No TAB ever starts Python.
    """  # noqa: D301
    from actcli.cli.shells import SHELLS, tree

    write_stdout([SHELLS[shell].script(tree(ctx.find_root().command))])
    return ExitCode.OK
