"""The program: `actcli`, or `python -m actcli`."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; `argv` is without the program's name."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        from actcli.cli._boundary import guarded, print_version  # noqa: PLC0415  # Ctrl-C is caught meanwhile

        if arguments in (["--version"], ["-V"]):
            return guarded(print_version)  # Typer alone would take four times as long
        from actcli.cli.app import run

        return guarded(lambda: run(arguments))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
