"""list: the catalogue, by family, property, framework and text."""

import json
from pathlib import Path

import pytest
from program import call, is_trouble, terminal

from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.cli._entries import families, frameworks, properties
from actcli.frameworks import in_framework


def names(*arguments: str) -> list[str]:
    """The names that list prints, alone."""
    done = call("list", *arguments, "-q")
    assert done.code == 0, done
    return done.text.splitlines()


def test_everything_is_listed_once() -> None:
    """A row for each function, unit and loss, under the name that the catalogue gives it."""
    assert names() == [*ACTIVATIONS, *COMPOUNDS]


def test_families_share_out_the_catalogue() -> None:
    """Each entry has one family; several can be asked for."""
    found = [name for family in families() for name in names("--family", family)]
    assert sorted(found) == sorted([*ACTIVATIONS, *COMPOUNDS])
    assert set(names("--family", "units,losses")) == set(COMPOUNDS)


def test_properties_are_all_wanted() -> None:
    """Of several properties a function must have each."""
    odd = names("--property", "odd,bounded")
    assert {"tanh", "softsign", "erf"} <= set(odd)
    assert not {"sigmoid", "identity", "sinh"} & set(odd)
    assert set(odd) == set(names("--property", "odd")) & set(names("--property", "bounded"))
    assert set(names("--property", "parametric")) >= {"elu", "leaky_relu"}


def test_what_a_framework_means_goes_by_its_name() -> None:
    """Of a framework the names are TARGETs, with its spelling and what differs."""
    found = json.loads(call("list", "--framework", "keras", "--text", "leaky", "-f", "json").text)
    assert "leaky_relu@keras" in [entry["name"] for entry in found]
    rows = call("list", "--framework", "torch", "-f", "csv").text.splitlines()
    assert rows[0] == "name,spelling,formula,note"
    assert any(row.startswith("gelu@torch,nn.functional.gelu,") for row in rows)
    for framework in frameworks():
        listed = names("--framework", framework)
        assert listed
        assert all(in_framework(name).name == name for name in listed)


def test_text_looks_everywhere() -> None:
    """A word is found in names, aliases, sources and spellings, capitals or not."""
    assert "gelu" in names("--text", "GELU_erf")
    assert "gelu" in names("--text", "1606.08415")
    assert "elu" in names("--text", "functional.elu")
    done = call("list", "--text", "no such thing")
    assert (done.code, done.text) == (0, "")
    assert done.err == "note: the catalogue holds nothing like that\n"


def test_json_has_everything() -> None:
    """JSON is strict, an object an entry, facts and frameworks inside; jsonl has one a line."""
    found = {entry["name"]: entry for entry in json.loads(call("list", "-f", "json").text)}
    assert list(found) == names()
    relu = found["relu"]
    assert relu["facts"]["range"] == [0.0, "inf"]
    assert relu["kinks"] == [{"at": "0", "order": 1, "side": "left"}]
    assert found["elu"]["parameters"]["alpha"]["number"] == 1.0
    assert all(set(entry["properties"]) <= {*properties()} for entry in found.values())
    lines = call("list", "-f", "jsonl").text.splitlines()
    assert [json.loads(line) for line in lines] == [*found.values()]


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("arguments", [(), ("--framework", "jax")])
def test_a_terminal_has_one_line_an_entry(tmp_path: Path, columns: int, arguments: tuple[str, ...]) -> None:
    """The table fits: long formulas are cut, no name is."""
    done = terminal("list", *arguments, cwd=tmp_path, columns=columns, env={"NO_COLOR": "1"})
    lines = done.text.splitlines()
    header, _, *rows = lines
    assert header.startswith("name")
    assert [row.split()[0] for row in rows] == names(*arguments)
    assert max(map(len, lines)) <= columns


def test_columns_without_room_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow table says which columns it leaves out; a wide one, and other formats, leave out none."""
    monkeypatch.setenv("COLUMNS", "80")
    assert call("list", "-f", "table").err == "note: no room for properties: -f csv has all\n"
    done = call("list", "--framework", "torch", "-f", "table")
    assert done.err == "note: no room for note: -f csv has all\n"
    assert call("list").err == call("list", "-q", "-f", "table").err == ""
    monkeypatch.setenv("COLUMNS", "160")
    assert call("list", "-f", "table").err == ""


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("--family", "rectifier"), "unknown family 'rectifier'"),
        (("--property", "odd,bouncy"), "unknown property 'bouncy'"),
        (("--framework", "tourch"), "unknown framework 'tourch'"),
        (("-f", "yaml"), "unknown format 'yaml'"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], fragment: str) -> None:
    """A name that is none says so, with the nearest right ones."""
    is_trouble(call("list", *arguments), fragment)
