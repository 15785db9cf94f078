"""Prose that runs: the README's commands, the examples of the help texts, the changelog's version."""

import math
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from program import call

import actcli
from actcli.cli.app import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def sessions() -> list[tuple[str, str]]:
    """The README's commands with the output it shows below each."""
    found = []
    for block in CONSOLE:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell line in which `actcli` is this Python's."""
    program = f'actcli() {{ {shlex.quote(sys.executable)} -P -m actcli "$@"; }}; '
    env = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    return subprocess.run(
        ["bash", "-c", program + command], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def assert_same(got: str, shown: str) -> None:
    """Texts are equal, numbers nearly so: the last digits depend on the processor's instructions."""
    assert NUMBER.sub("#", got) == NUMBER.sub("#", shown)
    for a, b in zip(NUMBER.findall(got), NUMBER.findall(shown), strict=True):
        assert math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-9), (a, b)


@pytest.mark.parametrize(
    ("command", "shown"), sessions(), ids=lambda text: text.splitlines()[0][:60] if text else "-"
)
def test_readme_commands_print_what_it_shows(command: str, shown: str, tmp_path: Path) -> None:
    """Each command of the README exits 0 and prints what stands below it."""
    (tmp_path / "docs" / "pictures").mkdir(parents=True)
    done = run(command, tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same(done.stdout, shown)


def test_readme_pictures_exist() -> None:
    """Every picture that the README shows is in the repository."""
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_readme_library_example_runs(tmp_path: Path) -> None:
    """The README's use of the library works."""
    code = next(
        block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "import actcli" in block
    )
    subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, check=True, capture_output=True)


LAYERS = """
import math
import numpy as np

class Gelu:
    def forward(self, x):
        self.x = x
        return x * self.cdf(x)

    def backward(self, dout):
        density = np.exp(-self.x**2 / 2) / math.sqrt(2 * math.pi)
        return dout * (self.cdf(self.x) + self.x * density)

    def cdf(self, x):
        return 0.5 * np.vectorize(math.erfc)(-x / math.sqrt(2))
"""


def help_examples() -> list[str]:
    """The runnable lines at the top of each command's help, each once."""
    texts = [call("--help").text, *(call(command, "--help").text for command in COMMANDS)]
    lines = [line.strip() for text in texts for line in text.splitlines() if line.startswith("  actcli ")]
    return list(dict.fromkeys(lines))


@pytest.mark.parametrize("example", help_examples())
def test_help_examples_run(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example in a help text works as it stands, given the files it reads."""
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", np.linspace(-1, 1, 5))
    Path("mylayers.py").write_text(LAYERS)
    done = call(*shlex.split(example.partition(">")[0])[1:])
    assert done.code == 0, done.err


def test_changelog_is_of_this_version() -> None:
    """The newest entry of the changelog is the version of the package."""
    newest = re.search(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == actcli.__version__
