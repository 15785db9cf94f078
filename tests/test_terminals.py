"""Who reads it: terminals, pipes that close, consoles without a character, nobody."""

import re
from pathlib import Path

import pytest
from program import COMMANDS, NAMES, call, is_trouble, listing, run, shell, terminal

LONG = ["eval", "identity", "-1.2345678901234567e-300", "1.7976931348623157e+308", "--with-derivative"]
RICH = re.compile(r"\| +rich$", re.MULTILINE)
ESCAPE = re.compile(rb"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("columns", ["20", "40", "80", "120", "0", "abc", "1", "-5"])
def test_a_terminal_shows_every_digit(tmp_path: Path, columns: str) -> None:
    """However narrow the terminal, a table shows each number whole, under or beside its name."""
    line = COMMANDS["eval"] if columns in ("80", "120") else LONG
    done = terminal(*line, cwd=tmp_path, env={"COLUMNS": columns})
    assert done.code == 0
    shown = ESCAPE.sub(b"", done.out).decode().split()
    assert {word for row in call(*line).rows for cell in row for word in cell.split()} <= set(shown)
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


FAILING = "gradcheck tanh --rtol 0 --samples 3000"
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
    assert all(
        line.startswith(("FAIL ", "1 checked", "seed ", "took", "diverged")) for line in done.err.splitlines()
    )


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
