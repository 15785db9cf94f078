"""What every registry promises, and every definition in it."""

import dataclasses
import runpy
from pathlib import Path

import pytest

from actcli.activations import ACTIVATIONS
from actcli.differences import DIFFERENCES
from actcli.errors import UnknownNameError
from actcli.objectives import OBJECTIVES
from actcli.optimizers import OPTIMIZERS
from actcli.registry import Registry
from actcli.render import FORMATS
from actcli.render.ci import CI

KNOWN = {
    "activations": (
        ACTIVATIONS,
        "identity step exponential sinh cosh sigmoid tanh softsign relu leaky_relu elu softplus silu gelu "
        "softmax log_softmax",
    ),
    "objectives": (OBJECTIVES, "sphere bowl rosenbrock himmelblau beale quadratic1d simplenet"),
    "optimizers": (OPTIMIZERS, "gd momentum nesterov adagrad rmsprop adam"),
    "differences": (DIFFERENCES, "central forward backward five_point complex_step richardson"),
    "suites": (CI, "junit github"),
    "formats": (FORMATS, "table plain csv tsv json jsonl markdown"),
}
REGISTRIES = pytest.mark.parametrize(("registry", "names"), KNOWN.values(), ids=KNOWN)
EVERY = [
    pytest.param(definition, id=f"{kind}-{name}")
    for kind, (registry, _) in KNOWN.items()
    for name, definition in registry.items()
]


@REGISTRIES
def test_finds_every_definition(registry: Registry, names: str) -> None:
    """A registry holds what is written in its package: nothing is lost silently."""
    assert set(names.split()) <= set(registry)


@REGISTRIES
def test_unknown_names_are_errors_with_a_way_out(registry: Registry, names: str) -> None:
    """A wrong name raises UnknownNameError, which is a KeyError, and tips the nearest right one."""
    right = names.split()[0]
    with pytest.raises(UnknownNameError) as caught:
        registry[right + "x"]
    assert right in caught.value.tip
    assert registry.get("no such thing") is None


@REGISTRIES
def test_registries_are_read_only(registry: Registry, names: str) -> None:
    """Nothing can be added to a registry but by writing it down."""
    with pytest.raises(TypeError):
        registry["x"] = 1  # type: ignore[index]


@pytest.mark.parametrize("definition", EVERY)
def test_definitions_are_frozen(definition: object) -> None:
    """A definition is a frozen value."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        definition.lr = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("definition", EVERY)
def test_definitions_say_what_they_are(definition: object) -> None:
    """Name and summary are there, in a form that can be typed and printed."""
    assert definition.name.replace("_", "").isalnum()  # type: ignore[attr-defined]
    assert definition.name.islower()  # type: ignore[attr-defined]
    assert definition.summary.strip()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_cite_their_source(name: str) -> None:
    """Every activation has a formula or a property, a source, and parameters that cannot be changed."""
    activation = ACTIVATIONS[name]
    assert bool(activation.formula) != bool(activation.property)
    assert activation.source
    with pytest.raises(TypeError):
        activation.parameters["a"] = 2.0  # type: ignore[index]


@pytest.mark.parametrize("alias", ["swish1", "exp", "linear", "heaviside", "logistic"])
def test_aliases_find_the_same_value(alias: str) -> None:
    """An alias is another name of the same value, and no entry of its own."""
    assert ACTIVATIONS[alias] is ACTIVATIONS[ACTIVATIONS[alias].name]
    assert alias not in set(ACTIVATIONS)


def test_two_things_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is taken twice is an error, not a silent replacement."""
    package = tmp_path / "twice"
    package.mkdir()
    (package / "__init__.py").touch()
    record = "from actcli.render._spec import Format\nX = Format(name='x', summary='', render=print)\n"
    (package / "one.py").write_text(record)
    (package / "two.py").write_text(record)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="two formats are called 'x'"):
        len(Registry("twice", "format", type(FORMATS["csv"])))


def test_the_index_of_the_catalogue_is_fresh() -> None:
    """`actcli/activations/_index.py` is what `bench/write_index.py` writes: no name is missing from it."""
    root = Path(__file__).parents[1]
    written = runpy.run_path(str(root / "bench" / "write_index.py"))["text"]()
    assert (root / "actcli" / "activations" / "_index.py").read_text(encoding="utf-8") == written
