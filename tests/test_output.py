"""What is written, and where to: formats, files, terminals, pipes, consoles."""

import csv
import io
import json
import os
import re
import signal
import stat
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from program import COMMAND, call, environment, is_trouble, listing, run, shell, terminal

FORMATS = ["table", "plain", "csv", "tsv", "json", "jsonl", "markdown"]
COMMANDS = {
    "eval": ["eval", "sigmoid", "-1.5", "0.1", "nan", "inf", "--with-derivative"],
    "gradcheck": ["gradcheck", "relu", "softmax"],
    "descend": ["descend", "bowl", "--steps", "3"],
}
NAMES = {
    "eval": ["x", "value", "derivative"],
    "gradcheck": [
        "function",
        "entry",
        "x",
        "stated",
        "numerical",
        "error",
        "relative",
        "left",
        "right",
        "verdict",
    ],
    "descend": ["step", "x0", "x1", "value", "gradient_norm"],
}


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


@pytest.mark.parametrize("command", COMMANDS)
def test_a_table_holds_every_cell(command: str) -> None:
    """A table drops nothing that plain has."""
    done = call(*COMMANDS[command], "-f", "table")
    assert done.code == 0
    plain = {cell for row in call(*COMMANDS[command]).rows for cell in row}
    assert plain <= {*done.text.split(), ""}


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
        (["gradcheck", "tanh", "sigmoid"], {"verdict"}),
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


# Files


SUFFIXES = {
    ".txt": "plain",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("suffix", [*SUFFIXES, ".CSV"])
def test_the_suffix_decides(tmp_path: Path, command: str, suffix: str) -> None:
    """-o FILE writes what -f prints, in the format of the suffix; stdout stays empty."""
    file = tmp_path / f"y{suffix}"
    done = call(*COMMANDS[command], "-o", str(file))
    assert (done.code, done.out) == (0, b"")
    assert file.read_bytes() == call(*COMMANDS[command], "-f", SUFFIXES[suffix.lower()]).out


def test_format_overrules_the_suffix(tmp_path: Path) -> None:
    """-f wins over the suffix, and `-o -` is stdout."""
    assert call("eval", "identity", "1", "-o", str(tmp_path / "y.csv"), "-f", "json").code == 0
    assert json.loads((tmp_path / "y.csv").read_text()) == [{"x": 1.0, "value": 1.0}]
    assert call("eval", "identity", "1", "-o", "-") == call("eval", "identity", "1")


def test_replacing_keeps_mode_and_link(tmp_path: Path) -> None:
    """An existing file is replaced and keeps its mode; a link stays one, and what it names is replaced."""
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old" * 1000)
    real.chmod(0o640)
    link.symlink_to("real.csv")
    inode = real.stat().st_ino
    assert run("eval", "identity", "1", "-o", "link.csv", cwd=tmp_path).code == 0
    assert real.read_text() == "x,value\n1.0,1.0\n"
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.stat().st_ino != inode  # a new file took its place, at once
    assert {path.name for path in tmp_path.iterdir()} == {"real.csv", "link.csv"}


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    """The umask decides the mode of a new file; a dangling link is followed to where it points."""
    (tmp_path / "link.csv").symlink_to("new.csv")
    assert shell("umask 027; actcli eval identity 1 -o link.csv", tmp_path).code == 0
    assert stat.S_IMODE((tmp_path / "new.csv").lstat().st_mode) == 0o640


@pytest.mark.parametrize(
    "line", [["eval", "identity", "1"], ["descend", "--steps", "0"], ["plot", "tanh"]], ids=str
)
def test_a_fifo_is_written_not_replaced(tmp_path: Path, line: list[str]) -> None:
    """A FIFO gets the bytes, and is one afterwards."""
    fifo = tmp_path / "pipe.csv"
    os.mkfifo(fifo)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(fifo.read_bytes()))
    reader.start()
    done = run(*line, "-o", "pipe.csv", cwd=tmp_path)
    os.close(os.open(fifo, os.O_RDWR))  # wakes the reader if nobody has written
    reader.join()
    assert done.code == 0
    assert len(found[0]) > 10
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("eval identity 1", "/dev/stdout"),
        ("eval identity 1", ">(cat)"),
        ("eval identity 1 -f csv", "/proc/self/fd/1"),
        ("eval identity 1 -f csv", ">(cat)"),
        ("plot tanh", "/dev/fd/1"),
    ],
)
def test_an_open_pipe_is_written(tmp_path: Path, line: str, place: str) -> None:
    """A pipe that has only a number for a name is a FIFO like any other."""
    done = shell(f"{{ actcli {line} -o {place}; sleep 0.1; }} | cat", tmp_path)
    assert done.err == ""
    assert done.out
    assert listing(tmp_path) == {}


def test_a_device_is_written(tmp_path: Path) -> None:
    """/dev/null takes results and pictures, and stays a device."""
    for line in (["eval", "tanh", "1"], ["plot", "tanh"]):
        assert run(*line, "-o", "/dev/null", cwd=tmp_path).code == 0
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize(
    "line", ["eval tanh 0:20000 -o old.csv", "plot tanh -o old.png", "descend --history old.csv"]
)
def test_a_failing_write_changes_nothing(tmp_path: Path, line: str) -> None:
    """When the disk fills up in the middle, the old file stays whole and no other appears."""
    for name in ("old.csv", "old.png"):
        (tmp_path / name).write_text("keep me")
    before = listing(tmp_path)
    done = shell(f"ulimit -f 0; trap '' XFSZ; actcli {line}", tmp_path)
    assert done.code == 2
    assert done.err.startswith("error: cannot write 'old.")
    assert listing(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["-y.csv", "y\n.csv", "ü活.csv", "a b.csv", "n" * 250 + ".csv"], ids=lambda name: ascii(name[:9])
)
def test_any_file_name_is_written(tmp_path: Path, name: str) -> None:
    """Every name that the file system takes is one for -o."""
    assert run("eval", "identity", "1", f"--output={name}", cwd=tmp_path).code == 0
    assert (tmp_path / name).read_text() == "x,value\n1.0,1.0\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_an_interrupted_write_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Stopped in the middle of a file, the program leaves no part of it; Ctrl-C is 130 and quiet."""
    line = [*COMMAND, "eval", "tanh", "0:3:1e-6", "-o", "y.csv"]
    with subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, env=environment()) as process:
        while process.poll() is None and not any(tmp_path.iterdir()):
            time.sleep(0.005)
        process.send_signal(number)
        _, err = process.communicate()
    assert err == b""
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert listing(tmp_path) == {}


# Terminals and pipes

LONG = ["eval", "identity", "-1.2345678901234567e-300", "1.7976931348623157e+308", "--with-derivative"]
RICH = re.compile(r"\| +rich$", re.MULTILINE)
ESCAPE = re.compile(rb"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("columns", ["20", "40", "80", "120", "0", "abc", "1", "-5"])
def test_a_terminal_shows_every_digit(tmp_path: Path, columns: str) -> None:
    """However narrow the terminal, a table shows each number whole, under or beside its name."""
    line = COMMANDS["gradcheck"] if columns in ("80", "120") else LONG
    done = terminal(*line, cwd=tmp_path, env={"COLUMNS": columns})
    assert done.code == 0
    shown = ESCAPE.sub(b"", done.out).decode().split()
    assert {cell for row in call(*line).rows for cell in row} <= {*shown, ""}
    assert set(NAMES[line[0]]) <= set(shown)


def test_a_wide_table_fits_its_terminal(tmp_path: Path) -> None:
    """Where the rows fit they stand under one header, no line longer than the terminal."""
    done = terminal("eval", "tanh", "1:3", cwd=tmp_path, columns=40)
    lines = ESCAPE.sub(b"", done.out).decode().splitlines()
    assert lines[0].split() == ["x", "value"]
    assert len(lines) == 5
    assert max(map(len, lines)) <= 40


def test_quiet_is_bare_on_a_terminal_too(tmp_path: Path) -> None:
    """`eval sigmoid 1.5 -q` prints the bare value wherever stdout leads."""
    done = terminal("eval", "sigmoid", "1.5", "-q", cwd=tmp_path)
    assert done.out == b"0.8175744761936437\n"


def test_a_pipe_imports_no_rich(tmp_path: Path) -> None:
    """Piped output never loads rich, colour wanted or not; a terminal's does."""
    env = {"PYTHONPROFILEIMPORTTIME": "1", "FORCE_COLOR": "1"}
    for command in COMMANDS.values():
        assert not RICH.search(run(*command, cwd=tmp_path, env=env).err)
    assert RICH.search(terminal("eval", "tanh", "1", cwd=tmp_path, env=env).err)


VERDICT = ["gradcheck", "tanh"]
GREEN = b"\x1b[32m"


@pytest.mark.parametrize(
    ("env", "extra", "colored"),
    [
        ({}, [], True),
        ({}, ["--color", "never"], False),
        ({"NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": ""}, [], True),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False),
        ({"TERM": "dumb"}, [], False),
        ({"TERM": "dumb"}, ["--color", "always"], True),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
    ],
    ids=str,
)
def test_a_terminal_is_coloured_as_asked(
    tmp_path: Path, env: dict[str, str], extra: list[str], colored: bool
) -> None:
    """--color decides, then NO_COLOR, then FORCE_COLOR, then TERM; without colour there is no escape."""
    done = terminal(*VERDICT, *extra, cwd=tmp_path, env=env)
    assert (GREEN in done.out) is colored
    assert (b"\x1b" in done.out) is colored


@pytest.mark.parametrize(
    ("env", "extra", "colored"),
    [
        ({}, ["-f", "table"], False),
        ({"FORCE_COLOR": "0"}, ["-f", "table"], False),
        ({"FORCE_COLOR": "1"}, ["-f", "table"], True),
        ({}, ["-f", "table", "--color", "always"], True),
        ({"FORCE_COLOR": "1", "GITHUB_ACTIONS": "true"}, [], False),
        ({"FORCE_COLOR": "1"}, ["-f", "json", "--color", "always"], False),
        ({"FORCE_COLOR": "1"}, ["-f", "csv", "--color", "always"], False),
    ],
    ids=str,
)
def test_a_pipe_is_coloured_only_as_a_table(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], extra: list[str], colored: bool
) -> None:
    """Only a table takes colour, and piped only when it is forced; the machine's formats never do."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert (GREEN in call(*VERDICT, *extra).out) is colored


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp932"])
def test_any_console_is_served(tmp_path: Path, encoding: str) -> None:
    """A console that lacks our characters gets ASCII ones: no crash and no digit lost."""
    env = {"PYTHONIOENCODING": encoding}
    shown = run("eval", "tanh", "1", "-f", "table", cwd=tmp_path, env=env).out
    assert shown.isascii()
    assert shown.split()[-1] == b"0.7615941559557649"
    assert run("eval", "活é", "1", cwd=tmp_path, env=env).code == 2


def test_a_path_is_printed_on_any_console(tmp_path: Path) -> None:
    """The path of a picture is printed as far as the console can; the picture has its right name."""
    done = run("plot", "tanh", "-o", "活é.png", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert (done.code, done.err) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["活é.png"]


FAILING = "gradcheck tanh --rtol 0 --samples 10000"
PIPES = {
    f"{FAILING} | true": 1,
    "eval tanh 0:1:1e-5 | true": 0,
    "eval tanh 0:1:1e-5 | head -1": 0,
    "--help | true": 0,
}
PIPES |= {"gradcheck tanh | true": 0, f"{FAILING} -f json | true": 1, "descend --lr 3 -q --steps 9 | true": 1}
PIPES |= {
    "plot tanh -o - | true": 0,
    "completion bash | head -1": 0,
    f"{FAILING} -o /dev/stdout -f csv | true": 1,
}


@pytest.mark.parametrize(("line", "code"), PIPES.items(), ids=str)
def test_a_closed_pipe_is_quiet(tmp_path: Path, line: str, code: int) -> None:
    """Nobody reading is no error: the verdict's own code, and no word about the pipe."""
    done = shell(f"actcli {line}", tmp_path)
    assert done.code == code
    assert all(line.startswith(("FAIL ", "1 checked", "took", "diverged")) for line in done.err.splitlines())


FULL = ["--version", "--help", "eval --help", "completion bash", "eval tanh 0:9", "eval tanh 1 -f table"]
FULL += ["gradcheck tanh", FAILING, "descend", "plot tanh -o -"]


CLOSED = [f"{line} >&-" for line in ("--version", "--help", "eval tanh 1", FAILING, "plot tanh -o -")]


@pytest.mark.parametrize("line", [*(f"{line} >/dev/full" for line in FULL), *CLOSED])
def test_unwritten_results_are_trouble(tmp_path: Path, line: str) -> None:
    """A full disk or a closed stdout is never taken for success, nor for a verdict."""
    is_trouble(shell(f"actcli {line}", tmp_path), "stdout" if line.endswith(">&-") else "No space left")


@pytest.mark.parametrize("line", ["plot tanh", "descend --history h.csv", "descend --plot p.png"])
def test_a_closed_stdout_leaves_no_files(tmp_path: Path, line: str) -> None:
    """Where the result cannot be printed, nothing is left on the disk either."""
    is_trouble(shell(f"actcli {line} >&-", tmp_path), "stdout")
    assert listing(tmp_path) == {}


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"], ids=["closed", "full"])
@pytest.mark.parametrize(("line", "code"), [("eval tnah 1", 2), ("--stpes", 2), (FAILING, 1), ("descend", 0)])
def test_an_unheard_word_changes_nothing(tmp_path: Path, line: str, code: int, stderr: str) -> None:
    """Without a stderr the exit code is the same, and the talk never lands on stdout."""
    done = shell(f"actcli {line} {stderr}", tmp_path)
    assert done.code == code
    assert not re.search(b"error:|FAIL|took", done.out)


def test_every_stream_may_be_closed(tmp_path: Path) -> None:
    """A file is written with no stream open at all; points from a closed stdin are none."""
    assert shell("actcli eval tanh 0 -o y.csv <&- >&- 2>&-", tmp_path).code == 0
    assert (tmp_path / "y.csv").read_text() == "x,value\n0.0,0.0\n"
    is_trouble(shell("actcli eval tanh - <&-", tmp_path), "stdin")


@pytest.mark.parametrize("line", ["descend --plot - -o -", "descend --history - -o -"])
def test_stdout_carries_one_thing(tmp_path: Path, line: str) -> None:
    """Two results for one stdout are refused: a picture with rows behind it is neither."""
    is_trouble(run(*line.split(), cwd=tmp_path))
