"""What is written: every format holds every number."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from program import COMMANDS, NAMES, call

FORMATS = ["table", "plain", "csv", "tsv", "json", "jsonl", "markdown"]


def no_constants(text: str) -> Any:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise AssertionError(text)


def records(text: str, kind: str) -> list[list[str]]:
    """Read a format's rows back, with independent readers: the header first where there is one."""
    if kind in ("json", "jsonl"):
        lines = text.splitlines() if kind == "jsonl" else [text]
        parsed = [
            json.loads(line, parse_constant=no_constants, parse_float=str, parse_int=str) for line in lines
        ]
        objects = parsed[0] if kind == "json" else parsed
        return [list(objects[0]), *([str("" if v is None else v) for v in o.values()] for o in objects)]
    if kind == "csv":
        return list(csv.reader(io.StringIO(text)))
    if kind == "markdown":
        cells = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()]
        return [cells[0], *cells[2:]]
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "table"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_format_says_the_same(command: str, kind: str) -> None:
    """Each format holds the rows of plain, cell for cell, under the same column names."""
    plain = records(call(*COMMANDS[command], "-f", "plain").text, "plain")
    found = records(call(*COMMANDS[command], "-f", kind).text, kind)
    assert found == (plain if kind == "plain" else [NAMES[command], *plain])


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"gradcheck"}))
def test_a_table_holds_every_cell(command: str) -> None:
    """A table drops nothing that plain has; gradcheck's has 7 digits of each number."""
    done = call(*COMMANDS[command], "-f", "table")
    assert done.code == 0
    plain = {word for row in call(*COMMANDS[command]).rows for cell in row for word in cell.split()}
    assert plain <= set(done.text.split())


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_json_is_strict(kind: str) -> None:
    """Finite numbers are JSON's, the others strings, and whole numbers stay whole."""
    text = call("eval", "identity", "1", "nan", "inf", "-inf", "1e22", "-f", kind).text
    objects = [
        json.loads(line, parse_constant=no_constants)
        for line in ([text] if kind == "json" else text.splitlines())
    ]
    objects = objects[0] if kind == "json" else objects
    assert objects == [{"x": v, "value": v} for v in (1.0, "nan", "inf", "-inf", 1e22)]
    steps = json.loads(call("descend", "--steps", "2", "-f", "json").text)
    assert [row["step"] for row in steps] == [0, 1, 2]
    assert all(type(row["step"]) is int for row in steps)


DIGITS = {"float64": 17, "float32": 9, "float16": 5}  # with so many every float of the type reads back
KINDS = {"float64": np.float64, "float32": np.float32, "float16": np.float16}


@given(st.lists(st.floats(), min_size=1, max_size=9), st.sampled_from(list(KINDS)), st.sampled_from(FORMATS))
@example([-0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1e16, 1e22], "float64", "json")
@example([-0.0, 1e-45, 3.4028234663852886e38, 0.1, 16777216.0, 1e16], "float32", "json")
@example([-0.0, 6e-8, 65504.0, 0.1, 2049.0], "float16", "json")
def test_every_number_reads_back(numbers: list[float], dtype: str, kind: str) -> None:
    """Whatever the format, each number has the shortest digits that read back to the same float."""
    text = call("eval", "identity", "-q", "--dtype", dtype, "-f", kind, "--", *map(repr, numbers)).text
    shown = text.split()[-len(numbers) :] if kind == "table" else [row[0] for row in records(text, kind)]
    with np.errstate(over="ignore"):
        expected = np.array(numbers).astype(dtype)
    assert [str(KINDS[dtype](cell)) for cell in shown[-len(numbers) :]] == [str(v) for v in expected]
    assert all(significant(cell) <= DIGITS[dtype] for cell in shown[-len(numbers) :])


def significant(cell: str) -> int:
    """Return how many digits a number's text has, but for zeros before and behind."""
    return len(re.sub(r"e.*|\D", "", cell).strip("0"))


@pytest.mark.parametrize("kind", FORMATS)
def test_quiet_leaves_the_results(kind: str) -> None:
    """-q leaves the value alone, of gradcheck the verdict, of descend all but the step; and no talk."""
    for line, kept in [
        (["eval", "tanh", "0.5", "1.5"], {"value"}),
        (["gradcheck", "tanh", "sigmoid"], {"function", "verdict"}),
        (["descend", "--steps", "2"], {"x0", "x1", "value", "gradient_norm"}),
    ]:
        done = call(*line, "-q", "-f", kind)
        assert (done.code, done.err) == (0, "")
        if kind not in ("plain", "table"):
            assert set(records(done.text, kind)[0]) == kept


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_is_a_table_too(tmp_path: Path, kind: str) -> None:
    """No points from an empty array give no rows, and JSON an empty list."""
    np.save(tmp_path / "x.npy", np.zeros((0, 3)))
    done = call("eval", "tanh", "--input", str(tmp_path / "x.npy"), "-f", kind)
    assert done.code == 0
    assert kind != "json" or json.loads(done.text) == []
    assert kind not in ("plain", "jsonl") or done.text == ""
