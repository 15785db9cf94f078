"""Gradcheck as its users meet it: rows, lines on stderr, formats for CI, and what it is asked to check."""

import json
import os
import re
import shlex
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from program import Done, call, is_trouble

import actcli
from actcli.bugs import BUGS
from actcli.causes import CAUSES
from actcli.render import FORMATS
from actcli.render.ci import CI

DOCS = (Path(__file__).parent.parent / "docs" / "gradcheck.md").read_text(encoding="utf-8")
README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
LAYERS = """import numpy as np


class Bad:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dout):
        return dout / np.cosh(self.x)


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        return np.where(self.mask, 0.0, x)

    def backward(self, dout):
        dout[self.mask] = 0.0
        return dout


class Affine:
    def __init__(self):
        self.W = np.array([[1.0, 2.0], [3.0, 4.0]])

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = -self.x.T @ dout
        return dout @ self.W.T
"""
FAIL = re.compile(r"^FAIL (.*)$", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with layers in it."""
    (tmp_path / "layers.py").write_text(LAYERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def objects(done: Done) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(done.text)
    return found


def test_what_fails_comes_last(folder: Path) -> None:
    """Rows stand as they were typed, but what fails stands behind what passes, the worst last."""
    done = call("gradcheck", "layers.py:Bad", "tanh", "relu", "-f", "json")
    assert [row["function"] for row in objects(done)] == ["tanh", "relu", "layers.py:Bad"]
    assert [row["verdict"] for row in objects(done)] == ["ok", "ok", "wrong"]
    assert done.code == 1
    bad = call("gradcheck", "x*y", "--at", "x=1", "--at", "y=2", "--inject", "offset", "-f", "json")
    errors = [row["error"] for row in objects(bad)]
    assert errors == sorted(errors, key=float)


def test_a_note_says_where_the_kink_is() -> None:
    """At the kink and within a step of it are told apart; both slopes are named."""
    line = ["gradcheck", "relu", "--at", "-1,0,1e-5", "-v", "-f", "json"]
    fixed = objects(call(*line, "--method", "central", "--step", "1e-4"))
    assert [row["note"] for row in fixed] == [
        "",
        "at the kink at 0: slopes 0, 1",
        "within h of the kink at 0: slopes 0, 1",
    ]
    assert [row["verdict"] for row in objects(call(*line))] == ["ok", "kink", "ok"]


def test_verbose_has_a_row_for_each_point() -> None:
    """--verbose shows each point with what is allowed there; with -q x and the verdict."""
    rows = objects(call("gradcheck", "tanh", "--at", "0.5,1,2", "-v", "-f", "json"))
    assert [row["x"] for row in rows] == [0.5, 1.0, 2.0]
    for row in rows:
        assert float(str(row["error"])) <= float(str(row["allowed"])) < 1e-9
    assert call("gradcheck", "tanh", "--at", "1", "-v", "-q").rows == [["tanh", "1.0", "ok"]]
    few = call("gradcheck", "tanh", "sigmoid", "-v", "--samples", "7").rows
    assert len(few) == 14


@pytest.mark.parametrize("kind", [*FORMATS, *CI])
def test_failures_are_lines_whatever_the_format(folder: Path, kind: str) -> None:
    """Stderr has one FAIL line for each failure, with place, both numbers and the likely cause."""
    done = call("gradcheck", "layers.py:Bad", "relu", "--at", "0.5,1,2", "-f", kind)
    (line,) = FAIL.findall(done.err)
    assert re.match(
        r"layers\.py:Bad at x = \S+: stated \S+, numerical \S+ \+- \S+: \S+ apart \(\S+ %\)", line
    )
    assert done.code == 1
    quiet = call("gradcheck", "layers.py:Bad", "relu", "--at", "0.5,1,2", "-f", kind, "-q")
    assert quiet.err == f"FAIL {line}\n"


def test_a_cause_is_named() -> None:
    """A planted sign is called one, on stderr and in the note."""
    done = call("gradcheck", "tanh", "--inject", "sign", "-f", "json")
    assert "likely cause: " in done.err
    assert re.search(r"likely cause: sign$", str(objects(done)[0]["note"]))


def test_the_last_line_says_how_to_see_it_again() -> None:
    """Seed, type, method, step and versions stand on stderr, and not with -q."""
    last = call("gradcheck", "tanh", "--seed", "7", "--dtype", "float32").err.splitlines()[-1]
    python = ".".join(map(str, sys.version_info[:3]))
    assert last == (
        f"seed 7, float32, method auto, actcli {actcli.__version__}, numpy {np.__version__}, Python {python}"
    )
    step = call("gradcheck", "tanh", "--method", "central", "--step", "1e-4", "--rtol", "1").err
    assert "method central, step 0.0001, rtol 1.0, " in step
    assert call("gradcheck", "tanh", "-q").err == ""


def test_the_summary_says_what_was_left_out() -> None:
    """Points at kinks, and those left out, are counted; the result is all right, or how many are wrong."""
    err = call("gradcheck", "relu", "log(x)", "--at", "-1,0,2").err
    assert re.search(
        r"^2 checked in \d comparisons \(1 at kinks; .*outside the domain\): all right$", err, re.M
    )
    assert ": 1 failed\n" in call("gradcheck", "tanh", "--inject", "half").err


@pytest.mark.parametrize("kind", ["plain", "junit", "github"])
def test_a_check_that_proves_nothing_says_so(kind: str) -> None:
    """Where every point is vacuous the exit code is 0, and a warning is on stderr even with -q."""
    line = ["numpy:tanh", "--derivative", "1/cosh(x)**2", "--at", "40,50"]  # values alone, which end in ones
    done = call("gradcheck", *line, "-q", "-f", kind)
    assert done.code == 0
    assert done.err.startswith("warning: numpy:tanh: the check proves nothing: ")
    assert len(done.err.splitlines()) == 1
    words = {"plain": "vacuous", "junit": "<skipped message=", "github": "::warning title="}
    assert words[kind] in done.text


def test_junit_is_valid(folder: Path) -> None:
    """JUnit's XML has a case for each check, the failure with its line of code, and the conditions."""
    done = call("gradcheck", "where(x < 0, exp(x), 1 + x)", "layers.py:Bad", "-f", "junit")
    suite = ET.fromstring(done.text).find("testsuite")
    assert suite is not None
    assert [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["2", "1", "0", "0"]
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == ["where(x < 0, exp(x), 1 + x)", "layers.py:Bad"]
    assert [cases[1].get(key) for key in ("file", "line")] == ["layers.py", "4"]
    failure = cases[1].find("failure")
    assert failure is not None
    assert failure.get("type") == "wrong"
    assert FAIL.findall(done.err) == [failure.text] == [failure.get("message")]
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert properties["seed"] == "0"
    assert properties["actcli"] == actcli.__version__
    assert cases[0].find("failure") is None


def test_each_variable_is_a_case_of_its_own(folder: Path) -> None:
    """Of several variables, and of a layer's weights, each has its case, named by it."""
    done = call("gradcheck", "layers.py:Affine", "x*y", "--samples", "3", "-f", "junit")
    cases = {
        case.get("name"): case.find("failure") is None for case in ET.fromstring(done.text).iter("testcase")
    }
    named = {
        "layers.py:Affine by x": True,
        "layers.py:Affine by W": False,
        "x*y by x": True,
        "x*y by y": True,
    }
    assert cases == named


def test_the_suffix_xml_means_junit(folder: Path) -> None:
    """-o gradcheck.xml writes JUnit's XML; the exit code stays that of the verdict."""
    assert call("gradcheck", "tanh", "layers.py:Bad", "-o", "gradcheck.xml").code == 1
    assert ET.parse("gradcheck.xml").getroot().tag == "testsuites"


def test_github_annotates_the_code(folder: Path) -> None:
    """Each failure is an error beside its code, percent signs escaped; then a notice of the whole."""
    error, notice = call("gradcheck", "layers.py:Bad", "tanh", "-f", "github").text.splitlines()
    head, _, message = error.removeprefix("::").partition("::")
    assert head == "error file=layers.py,line=4,title=gradcheck layers.py%3ABad%3A wrong"
    assert re.search(r"\(\S+ %25\)", message)
    assert re.fullmatch(r"::notice title=actcli gradcheck::2 checked in .*: 1 failed \(seed 0, .*\)", notice)


def test_points_come_from_files(folder: Path) -> None:
    """--input has points, a column for each of several variables, a row for each vector."""
    Path("x.csv").write_text("0.5\n1\n")
    Path("xy.csv").write_text("x,y\n1,2\n3,4\n")
    np.save("batch.npy", np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]], np.float32))
    assert [row[1] for row in call("gradcheck", "tanh", "-i", "x.csv", "-v").rows] == ["0.5", "1.0"]
    several = call("gradcheck", "x*y", "--wrt", "x", "--input", "xy.csv", "-v")
    assert [row[-1] for row in several.rows] == ["d/dx at x = 1, y = 2", "d/dx at x = 3, y = 4"]
    assert call("gradcheck", "softmax", "-i", "batch.npy").code == 0
    one = np.array([[0.47355232, 0.9977393, 0.84668094], [0.85557411, 0.03563661, 0.69422093]])
    np.save("W.npy", one)
    cells = call("gradcheck", "simplenet", "-i", "W.npy")
    assert (cells.code, len(cells.rows)) == (0, 6)
    stated = [float(row[2]) for row in cells.rows]
    book = [0.21924763, 0.14356247, -0.36281009, 0.32887144, 0.2153437, -0.54421514]
    assert np.allclose(stated, book, atol=1e-8)


@pytest.mark.parametrize(
    ("line", "fragment"),
    [
        ("x*y --input x.csv --at x=1", "two sources"),
        ("x*y --input x.csv", "inputs x, y"),
        ("tanh --input x.csv --at 1", "two sources"),
        ("tanh --input none.csv", "'none.csv'"),
        ("tanh --inject sgn", "'sgn'"),
        ("identity --inject saturated", "changes nothing"),
        ("tanh --command 'cp {input} {output}'", "--command"),
        ("--command 'cp {input}'", "{output}"),
        ("--command 'none-such {input} {output}' --derivative 1", "'none-such'"),
        ("tanh --derivative 1 --derivative-command 'cp {input} {output}'", "exclude each other"),
        ("tanh relu --derivative-command 'cp {input} {output}'", "one TARGET"),
        ("tanh --plot y.xyz", "'y.xyz'"),
        ("tanh --plot - -o -", "stdout"),
        ("tanh --format junti", "'junti'"),
        ("dot(x,w) --at x=1,2,3 --at w=1,2", "length"),
    ],
    ids=str,
)
def test_trouble_is_one_line(folder: Path, line: str, fragment: str) -> None:
    """What cannot be checked ends with one line and exit 2, and writes nothing."""
    Path("x.csv").write_text("0.5\n1\n2\n")
    before = sorted(os.listdir())
    is_trouble(call("gradcheck", *shlex.split(line)), fragment)
    assert sorted(os.listdir()) == before


def test_a_typo_of_a_bug_gets_the_nearest() -> None:
    """--inject sgn tips sign."""
    assert "did you mean sign" in call("gradcheck", "tanh", "--inject", "sgn").err


def test_programs_are_checked() -> None:
    """A program's value, with a derivative by hand or by another program; or its derivative of a TARGET."""
    same = "cp {input} {output}"
    ones = f"{shlex.quote(sys.executable)} -c 'import numpy, sys; a, b = sys.argv[1:];"
    ones += " numpy.save(b, numpy.ones_like(numpy.load(a)))' {input} {output}"
    line = ["gradcheck", "--samples", "3"]
    assert call(*line, "--command", same, "--derivative", "1").code == 0
    assert call(*line, "--command", same, "--derivative-command", ones).code == 0
    assert call(*line, "identity", "--derivative-command", ones).code == 0
    assert call(*line, "x**2/2", "--derivative-command", same).code == 0
    assert call(*line, "x**2", "--derivative-command", same).code == 1


def test_habits_are_notes(folder: Path) -> None:
    """A backward that writes into the upstream gradient passes, and a note says what it does."""
    done = call("gradcheck", "layers.py:Relu")
    assert done.code == 0
    assert re.search(r"^note: layers\.py:Relu: backward writes into the upstream gradient", done.err, re.M)
    assert "note:" not in call("gradcheck", "layers.py:Relu", "-q").err


@pytest.mark.parametrize("columns", [80, 120])
def test_a_table_is_readable(folder: Path, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """At 80 and 120 columns a row is a line under one header, with at most a note below it."""
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = call("gradcheck", "relu", "tanh", "softmax", "layers.py:Bad", "-f", "table").text.splitlines()
    assert shown[0].split()[:5] == ["function", "x", "stated", "numerical", "error"]
    assert max(map(len, shown)) <= columns
    rows = [text for text in shown[2:] if not text.startswith("  ")]
    assert [text.split()[0] for text in rows] == ["relu", "tanh", "softmax", "layers.py:Bad"]
    assert any("kink at 0: slopes 0, 1" in text for text in shown)


def test_a_table_goes_without_what_it_can_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table too wide goes without the relative errors, before it falls apart into blocks."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = call("gradcheck", "exp(x)/(1 + x**2) - sin(x)", "--at", "-0.123", "-f", "table").text
    assert shown.splitlines()[0].split() == ["function", "x", "stated", "numerical", "error", "verdict"]


def test_a_picture_is_drawn(folder: Path) -> None:
    """--plot draws the worst, and says which that is when there are several."""
    done = call("gradcheck", "tanh", "layers.py:Bad", "--plot", "y.svg")
    assert Path("y.svg").stat().st_size > 1000
    assert "note: the picture is that of layers.py:Bad" in done.err


VERDICTS = re.findall(r"^\| ([a-z ]+) \| .* \| `(gradcheck .*)` \|$", DOCS, re.MULTILINE)


@pytest.mark.parametrize(("verdict", "line"), VERDICTS, ids=str)
def test_the_page_has_an_example_of_each_verdict(verdict: str, line: str) -> None:
    """Each verdict's example ends with that word."""
    done = call(*shlex.split(line), "-q")
    assert done.rows[-1][-1] == verdict
    assert done.code == (verdict in ("wrong", "noisy"))


def test_the_page_says_all_words() -> None:
    """docs/gradcheck.md explains every verdict, bug and cause, in the registries' own words."""
    from actcli.checking import Verdict

    assert [verdict for verdict, _ in VERDICTS] == list(Verdict)
    for bug in BUGS.values():
        assert f"| {bug.name} | {bug.summary} | {bug.needs} |" in DOCS
    for cause in CAUSES.values():
        assert f"| {cause.name} | {cause.summary} |" in DOCS


@pytest.mark.parametrize("page", [README, DOCS], ids=["readme", "docs"])
def test_the_pytest_examples_pass(page: str) -> None:
    """The tests that the pages show pass."""
    (code,) = [text for text in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "def test_" in text]
    names: dict[str, object] = {}
    exec(code, names)
    for name, test in names.items():
        if name.startswith("test_"):
            test()  # type: ignore[operator]
