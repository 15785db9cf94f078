"""The house: which module may import which, and what stays out of start-up."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import actcli

PACKAGE = Path(actcli.__file__).parent

# What a part may import of the others: the arrows of docs/design.md, written from the user's side.
KNOWLEDGE = ("activations", "objectives", "optimizers", "differences", "bugs", "causes")
ALLOWED = {
    "errors": set(),
    "numerics": set(),
    "registry": {"errors"},
    "points": {"errors", "formula"},
    "report": {"errors"},
    "suite": set(),
    "picture": {"errors"},
    "formula": {"errors", "numerics"},
    "activations": {"errors", "registry", "formula", "numerics"},
    "objectives": {"errors", "registry"},
    "optimizers": {"errors", "registry"},
    "differences": {"errors", "registry"},
    "floats": set(),
    "blocks": {"floats"},
    "function": {"blocks", "errors", "floats", "formula"},
    "joints": {"formula", "function"},
    "builders": {"errors", "activations", "formula", "function", "joints"},
    "catalogue": {"errors", "activations", "objectives", "builders", "formula", "function"},
    "frameworks": {"errors", "activations", "catalogue", "formula"},
    "compounds": {"errors", "activations", "builders", "catalogue", "formula", "function"},
    "target": {
        "errors",
        "activations",
        "objectives",
        "builders",
        "catalogue",
        "compounds",
        "formula",
        "frameworks",
        "function",
        "userland",
    },
    "facts": {"activations", "catalogue", "formula", "function", "joints"},
    "codegen": {"errors", "registry", "activations", "formula"},
    "userland": {"errors", "floats", "function"},
    "programs": {"errors", "floats", "function"},
    "partials": {"errors", "builders", "formula", "function", "joints"},
    "bugs": {"errors", "registry", "formula", "function"},
    "causes": {"errors", "registry", "activations", "checking", "formula", "function", "target"},
    "checking": {
        "errors",
        "causes",
        "differences",
        "floats",
        "formula",
        "function",
        "numerics",
        "partials",
        "target",
        "userland",
    },
    "auditing": {"errors", "activations", "floats", "formula", "function"},
    "descent": {"errors", "function", "optimizers", "differences"},
    "tracing": {"errors", "formula"},
    "pictures": {"errors", "checking", "descent", "differences", "function", "picture", "tracing"},
    "render": {"errors", "registry", "report", "picture", "suite"},
}
FREE = {"cli", "__init__", "__main__"}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def part_of(module: str) -> str:
    """actcli.render.grid belongs to render."""
    return module.split(".")[1] if "." in module else "__init__"


def imports(path: Path) -> set[str]:
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "actcli":
            names += [f"actcli.{alias.name}" for alias in node.names]
    return set(names) - {"actcli"}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_follow_the_arrows(path: Path) -> None:
    """A module imports only what the design lets its part import."""
    part = path.parts[0].removesuffix(".py")
    if part in FREE:
        return
    used = {part_of(name) for name in imports(path) if name.split(".")[0] == "actcli"}
    assert used <= ALLOWED[part] | {part}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_figures_import_matplotlib(path: Path) -> None:
    """No part but render/figure imports matplotlib."""
    found = any(name.split(".")[0] == "matplotlib" for name in imports(path))
    assert not found or path.parts[:2] == ("render", "figure")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_the_command_line_writes(path: Path) -> None:
    """The library never prints, exits or touches the streams."""
    names = {
        node.id for node in ast.walk(ast.parse((PACKAGE / path).read_text())) if isinstance(node, ast.Name)
    }
    assert path.parts[0] in ("cli", "__main__.py") or not names & {"print", "exit", "quit", "input"}
    # The user's code is run there: its prints must not reach our results, its imports need a path.
    runs_guests = path.parts == ("userland", "_home.py")
    assert path.parts[0] in ("cli", "__main__.py") or runs_guests or "sys" not in imports(path)


@pytest.mark.parametrize("package", KNOWLEDGE)
def test_knowledge_siblings_do_not_meet(package: str) -> None:
    """A family of definitions never imports another family of its package: they share _spec alone."""
    for path in (PACKAGE / package).glob("[!_]*.py"):
        inner = {n for n in imports(path.relative_to(PACKAGE)) if n.startswith(f"actcli.{package}")}
        assert inner <= {f"actcli.{package}._spec"}, path.name


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a command line leaves in sys.modules."""
    code = (
        "import sys\nfrom actcli.__main__ import main\n"
        f"main({list(arguments)!r})\nprint(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.splitlines()}


HEAVY = {"numpy", "matplotlib", "rich", "scipy", "mpmath", "ml_dtypes"}


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (("--version",), set()),
        (("--help",), set()),
        (("eval", "sigmoid", "1.5"), {"numpy"}),
        (("gradcheck", "tanh"), {"numpy"}),
        (("list",), {"numpy"}),
        (("list", "-f", "json"), {"numpy"}),
        (("show", "gelu"), {"numpy"}),
        (("show", "laplace", "-f", "json"), {"numpy"}),
        (("descend",), {"numpy"}),
        (("eval", "sigmoid", "1.5", "-f", "table"), {"numpy", "rich"}),
        (("plot", "tanh", "-o", os.devnull), {"numpy", "matplotlib"}),
    ],
)
def test_start_up_stays_light(arguments: tuple[str, ...], allowed: set[str]) -> None:
    """A command loads none of the heavy libraries that it does not need."""
    assert not loaded_by(*arguments) & (HEAVY - allowed)


def test_version_does_without_typer() -> None:
    """`actcli --version` answers before Typer is imported."""
    assert "typer" not in loaded_by("--version")


def test_importing_the_library_loads_no_numpy() -> None:
    """`import actcli` costs nothing; its names load what they need."""
    code = "import sys, actcli; assert 'numpy' not in sys.modules; actcli.gradcheck; sys.modules['numpy']"
    subprocess.run([sys.executable, "-c", code], check=True)
