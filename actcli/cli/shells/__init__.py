"""Completion: one file a shell, each a record of how its script is written.

To write the committed scripts anew, in the root of the checkout:

    for to in bash:actcli.bash zsh:_actcli fish:actcli.fish powershell:actcli.ps1; do
      actcli completion ${to%:*} > completions/${to#*:}
    done
"""

from actcli.cli.shells._spec import Shell, tree
from actcli.registry import Registry

__all__ = ["SHELLS", "Shell", "tree"]

SHELLS = Registry("actcli.cli.shells", "shell", Shell)
