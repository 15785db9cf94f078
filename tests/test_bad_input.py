"""Bad input: one line that names the bad thing, exit 2, and nothing else anywhere."""

import pickle
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from program import COMMAND, Done, environment, listing, run, shell

HUGE = b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000000000000,), }\n"


def npy_header(text: bytes) -> bytes:
    """Return the beginning of a .npy file with this header."""
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


FILES = {
    "old.csv": b"keep,me\n",
    "empty.csv": b"",
    "blank.txt": b" \n\n",
    "comments.txt": b"# nothing\n",
    "header.csv": b"x,y\n",
    "words.txt": b"1\n2\nthree\n",
    "escape.txt": b"1\n\x1b[2J[/x]\n",
    "wide.txt": "1\n٣\n".encode(),
    "mixed.csv": b"1.5,oops\n2,3\n",
    "binary.txt": b"\x00\x01\x02\xff",
    "utf16.txt": "1 2".encode("utf-16"),
    "latin.csv": b"1\n\xe9\n",
    "nul.csv": b"1\x002\n",
    "big.csv": b"1\n1e400\n",
    "points.csv": b"1\n",
    "points.dat": b"1\n",
    "words.npy": b"not an array",
    "blank.npy": b"",
    "archive.npy": b"PK\x03\x04 and no archive",
    "header.npy": npy_header(b"{'a': (          "),
    "huge.npy": npy_header(HUGE) + bytes(16),
    "negative.npy": npy_header(HUGE.replace(b"10000000000000000000000", b"-1")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with bad files in it, and one to overwrite."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    np.save(tmp_path / "whole.npy", np.arange(100.0))
    (tmp_path / "short.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:-1])
    np.save(tmp_path / "pickle.npy", np.array([1, "a"], dtype=object), allow_pickle=True)
    (tmp_path / "bare.npy").write_bytes(pickle.dumps([1.0]))
    np.save(tmp_path / "complex.npy", np.array([1j]))
    np.save(tmp_path / "text.npy", np.array(["a"]))
    np.save(tmp_path / "scalar.npy", np.array(1.5))
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "memory.txt").symlink_to("/proc/self/mem")  # opens, and fails when it is read
    (tmp_path / "inner.csv").mkdir()
    return tmp_path


def check(done: Done, fragment: str) -> None:
    """Assert the shape of trouble: one error line that holds `fragment`, at most a tip, nothing else."""
    assert done.out == b""
    lines = done.err.splitlines()
    errors = [line for line in lines if line.startswith("error:")]
    assert len(errors) == 1, done.err
    assert lines[0] == errors[0]
    assert fragment in errors[0]
    assert all(line.startswith("  tip: ") for line in lines[1:])
    assert len(lines) <= 2
    assert not re.search(r"[^\S \n]|[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.err)
    assert done.code == 2


# A command line, and what its error line must hold.
BAD = [
    ("", "no command"),
    ("evl tanh 1", "'evl'"),
    ("--stpes 3", "--stpes"),
    ("eval", "NAME"),
    ("eval tnah 1", "'tnah'"),
    ("eval '' 1", "''"),
    ("eval tanh 1 --ordr 1", "--ordr"),
    ("eval tanh 1 --order", "--order"),
    ("eval tanh 1 -z", "-z"),
    ("gradcheck tnah", "'tnah'"),
    ("plot tanh tnah", "'tnah'"),
    ("completion tcsh", "'tcsh'"),
    # parameters
    ("eval leaky_relu 1 -p slope=1", "'slope'"),
    ("eval tanh 1 -p a=1", "'a'"),
    ("eval leaky_relu 1 -p alpha", "'alpha'"),
    ("eval leaky_relu 1 -p =1", "'=1'"),
    ("eval leaky_relu 1 -p alpha=", "''"),
    ("eval leaky_relu 1 -p alpha=one", "'one'"),
    ("eval leaky_relu 1 -p alpha=nan", "'nan'"),
    ("eval leaky_relu 1 -p alpha=1_0", "'1_0'"),
    ("eval leaky_relu 1 -p alpha=1 -p alpha=2", "'alpha'"),
    # numbers
    ("eval tanh abc", "'abc'"),
    ("eval tanh ''", "''"),
    ("eval tanh ' '", "' '"),
    ("eval tanh 1e400", "'1e400'"),
    ("eval tanh -1e400", "-1e400'"),
    ("eval tanh 1_000", "'1_000'"),
    ("eval tanh -1_000", "-1_000"),
    ("eval tanh 1e", "'1e'"),
    ("eval tanh 0x10", "'0x10'"),
    ("eval tanh 1,,2", "''"),
    ("eval tanh '1 2'", "'1 2'"),
    ("eval tanh .", "'.'"),
    ("eval tanh 1d", "'1d'"),
    ("eval tanh 1 2 oops", "'oops'"),
    # sources of points
    ("eval tanh", "no points"),
    ("eval tanh 1 --input points.csv", "two sources"),
    ("eval tanh 1 -", "two sources"),
    ("eval tanh - --input points.csv", "two sources"),
    ("eval tanh -", "stdin is empty"),
    # ranges
    ("eval tanh :", "':'"),
    ("eval tanh 1:", "'1:'"),
    ("eval tanh a:b", "'a'"),
    ("eval tanh 5:-5", "'5:-5'"),
    ("eval tanh nan:1", "'nan'"),
    ("eval tanh -inf:inf", "inf'"),
    ("eval tanh 0:1:0", "'0:1:0'"),
    ("eval tanh 0:1:-1", "'0:1:-1'"),
    ("eval tanh 1:2:3:4", "'1:2:3:4'"),
    ("eval tanh 0:1:1e-12", "1000000000001"),
    ("eval tanh 0:1e308:1e-300", "too many points"),
    ("eval tanh 0:9999999 1", "10000001"),
    ("plot tanh --range ''", "''"),
    ("plot tanh --range 5", "'5'"),
    ("plot tanh --range 1:1", "'1:1'"),
    ("plot tanh --range 5:-5", "'5:-5'"),
    ("plot tanh --range 0:inf", "'inf'"),
    ("plot tanh --range -1e308:1e308", "1e300"),
    ("plot tanh --ylim 1:nan", "'nan'"),
    ("plot tanh --tangent inf", "'inf'"),
    # input files
    ("eval tanh --input none.csv", "'none.csv'"),
    ("eval tanh --input loop.csv", "'loop.csv'"),
    ("eval tanh --input memory.txt", "'memory.txt'"),
    ("eval tanh --input inner.csv", "'inner.csv'"),
    ("eval tanh --input .", "'.'"),
    ("eval tanh --input empty.csv", "'empty.csv' is empty"),
    ("eval tanh --input blank.txt", "'blank.txt' is empty"),
    ("eval tanh --input comments.txt", "'comments.txt' holds no numbers"),
    ("eval tanh --input header.csv", "'header.csv' holds no numbers"),
    ("eval tanh --input words.txt", "'words.txt', line 3"),
    ("eval tanh --input escape.txt", r"'\x1b[2J[/x]'"),
    ("eval tanh --input wide.txt", "'wide.txt', line 2"),
    ("eval tanh --input mixed.csv", "'oops'"),
    ("eval tanh --input binary.txt", "'binary.txt' is not text"),
    ("eval tanh --input utf16.txt", "'utf16.txt' is not text"),
    ("eval tanh --input latin.csv", "'latin.csv' is not text"),
    ("eval tanh --input nul.csv", "'nul.csv' is not text"),
    ("eval tanh --input big.csv", "'1e400'"),
    ("eval tanh --input points.dat", "'points.dat'"),
    *((f"eval tanh --input {name}.npy", f"'{name}.npy'") for name in ("words", "blank", "archive", "header")),
    *((f"eval tanh --input {name}.npy", f"'{name}.npy'") for name in ("huge", "negative", "short", "pickle")),
    *((f"eval tanh --input {name}.npy", f"'{name}.npy'") for name in ("bare", "complex", "text")),
    ("eval softmax --input scalar.npy", "softmax"),
    # choices
    ("eval tanh 1 --order 3", "'3'"),
    ("eval tanh 1 --order -1", "'-1'"),
    ("eval tanh 1 --order 1.0", "'1.0'"),
    ("eval tanh 1 --dtype float128", "'float128'"),
    ("eval tanh 1 --dtype ''", "''"),
    ("gradcheck tanh --dtype ''", "''"),
    ("gradcheck tanh --dtype int8", "'int8'"),
    ("eval tanh 1 --format jsn", "'jsn'"),
    ("eval tanh 1 --color red", "'red'"),
    ("eval tanh 1 --jacobian", "tanh"),
    ("eval softmax 1,2 --with-derivative", "softmax"),
    ("eval softmax 1,2 --axis 1", "axis 1"),
    ("eval softmax 1,2 --axis x", "'x'"),
    ("eval tanh 1 --with-derivative -o y.npy", ".npy"),
    # output files
    ("eval tanh 1 -o none/y.csv", "'none/y.csv'"),
    ("eval tanh 1 -o none/y.npy", "'none/y.npy'"),
    ("eval tanh 1 -o old.csv/y.csv", "'old.csv/y.csv'"),
    ("eval tanh 1 -o inner.csv", "'inner.csv'"),
    ("eval tanh 1 -o .", "'.'"),
    ("eval tanh 1 -o ''", "no name"),
    ("eval tanh 1 -o y.xyz", "'y.xyz'"),
    ("eval tanh 1 -o /dev/full", "'/dev/full'"),
    ("eval tnah 1 -o old.csv", "'tnah'"),
    ("eval tanh 1 oops -o old.csv", "'oops'"),
    ("plot tanh -o y.xyz", "'y.xyz'"),
    ("plot tanh -o y", "'y'"),
    ("plot tanh -o none/y.png", "'none/y.png'"),
    ("plot tanh -o ./", "'./'"),
    ("plot tanh -o /dev/full", "'/dev/full'"),
    ("descend --history none/y.csv", "'none/y.csv'"),
    ("descend --history y.xyz", "'y.xyz'"),
    ("descend --plot y.xyz", "'y.xyz'"),
    ("descend --history h.csv --plot none/p.png", "'none/p.png'"),
    ("descend --plot p.png --history none/h.csv", "'none/h.csv'"),
    ("descend --history h.csv -o none/y.csv", "'none/y.csv'"),
    # pictures
    ("plot", "no function"),
    ("plot tanh --dpi 0", "'0'"),
    ("plot tanh --dpi 1e9", "'1e9'"),
    ("plot tanh --dpi 1000000000", "'1000000000'"),
    ("plot tanh --size 0x0", "'0x0'"),
    ("plot tanh --size 8", "'8'"),
    ("plot tanh --size 1e9x1e9", "1e+09"),
    ("plot tanh --layout rows", "'rows'"),
    # gradcheck
    ("gradcheck", "--all"),
    ("gradcheck tanh --all", "--all"),
    ("gradcheck tanh --step 0", "'0'"),
    ("gradcheck tanh --step nan", "'nan'"),
    ("gradcheck tanh --rtol -1", "'-1'"),
    ("gradcheck tanh --atol -1e-3", "'-1e-3'"),
    ("gradcheck tanh --rtol inf", "'inf'"),
    ("gradcheck tanh --samples 0", "'0'"),
    ("gradcheck tanh --samples 1e3", "'1e3'"),
    ("gradcheck tanh --seed -1", "'-1'"),
    ("gradcheck tanh --order 0", "'0'"),
    ("gradcheck tanh --method newton", "'newton'"),
    ("gradcheck tanh --at nan", "finite"),
    # descend
    ("descend nosuch", "'nosuch'"),
    ("descend --optimizer nosuch", "'nosuch'"),
    ("descend --gradient nosuch", "'nosuch'"),
    ("descend --set nosuch=1", "'nosuch'"),
    ("descend --lr nan", "'nan'"),
    ("descend --lr inf", "'inf'"),
    ("descend --lr -inf", "'-inf'"),
    ("descend --steps -3", "'-3'"),
    ("descend --steps 1.5", "'1.5'"),
    ("descend --steps 1e18", "'1e18'"),
    ("descend --tol -1", "'-1'"),
    ("descend --start ''", "''"),
    ("descend --start 1,nan", "'nan'"),
    ("descend bowl --start 1", "bowl"),
    ("descend rosenbrock --start 1,2,3", "rosenbrock"),
]


@pytest.mark.parametrize(("line", "fragment"), BAD, ids=[line or "(nothing)" for line, _ in BAD])
def test_trouble_is_one_line(folder: Path, line: str, fragment: str) -> None:
    """Bad input ends with one line that names it and exit 2, and leaves the folder as it was."""
    before = listing(folder)
    check(run(*shlex.split(line), cwd=folder), fragment)
    assert listing(folder) == before


ESC = "\x1b]0;pwn\x07[/x]"
SAFE = r"\x1b]0;pwn\x07[/x]"
HOSTILE = {
    "command": ([ESC], SAFE),
    "top option": (["--" + ESC], "--" + SAFE),
    "option": (["eval", "tanh", "1", "--" + ESC], "--" + SAFE),
    "name": (["eval", ESC, "1"], SAFE),
    "markup name": (["eval", "[/x]", "1"], "'[/x]'"),
    "red name": (["gradcheck", "[red]a"], "'[red]a'"),
    "point": (["eval", "tanh", ESC], SAFE),
    "parameter": (["eval", "elu", "1", "-p", ESC + "=1"], SAFE),
    "value of a parameter": (["eval", "elu", "1", "-p", "alpha=" + ESC], SAFE),
    "setting": (["descend", "--set", ESC + "=1"], SAFE),
    "format": (["eval", "tanh", "1", "-f", ESC], SAFE),
    "input": (["eval", "tanh", "--input", ESC + ".csv"], SAFE),
    "output": (["eval", "tanh", "1", "-o", ESC + "/y.csv"], SAFE),
    "suffix": (["eval", "tanh", "1", "-o", "y." + "\x1b[2J"], r"\x1b[2J"),
    "picture": (["plot", "tanh", "-o", "y." + "\x1b[2J"], r"\x1b[2J"),
    "newline": (["eval", "a\nerror: b", "1"], r"a\nerror: b"),
    "option with a newline": (["eval", "tanh", "1", "--a\nerror: b"], "--a"),
    "bidi": (["eval", "a\u202eb", "1"], r"a\u202eb"),
    "c1 control": (["eval", "a\x9b2J", "1"], r"a\x9b2J"),
    "no text": ([b"eval", b"\xff", b"1"], r"'\xff'"),
    "option of no text": ([b"eval", b"tanh", b"--\xff"], r"--\xff"),
    "long name": (["eval", "a" * 5000, "1"], "aaa…'"),
    "long number": (["eval", "tanh", "9" * 4400], "999…'"),
}


@pytest.mark.parametrize(("arguments", "fragment"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_escaped(folder: Path, arguments: list[str | bytes], fragment: str) -> None:
    """Terminal escapes, markup and what is no text are shown, and do nothing."""
    before = listing(folder)
    done = run(*arguments, cwd=folder)
    check(done, fragment)
    assert len(done.err) < 400
    assert listing(folder) == before


ODD = {"１.５": "U+FF11 FULLWIDTH DIGIT ONE", "٣": "U+0663", "-٣": "U+0663", "−4": "U+2212 MINUS SIGN"}
ODD |= {"1\u00a0": "U+00A0 NO-BREAK SPACE", "“1”": "U+201C"}


@pytest.mark.parametrize(("text", "name"), ODD.items(), ids=ascii)
def test_odd_characters_are_named(folder: Path, text: str, name: str) -> None:
    """A digit of another script, or a sign that only looks like a minus, is named by its code point."""
    done = run("eval", "tanh", text, cwd=folder)
    check(done, "number")
    assert name in done.err


NEAR = {"evl tanh 1": "eval", "eval tnah 1": "tanh", "eval tanh 1 --ordr 1": "--order"}
NEAR |= {"eval tanh 1 -f jsn": "json", "descend rosenbrok": "rosenbrock", "descend --optimizer adm": "adam"}
NEAR |= {
    "gradcheck tanh --method centrl": "central",
    "plot sigmod": "sigmoid",
    "descend --stpes 3": "--steps",
}


@pytest.mark.parametrize(("line", "right"), NEAR.items(), ids=NEAR)
def test_typos_get_the_nearest_right_thing(folder: Path, line: str, right: str) -> None:
    """A typo's tip names what was probably meant."""
    done = run(*shlex.split(line), cwd=folder)
    assert done.code == 2
    assert re.search(rf"^  tip: did you mean .*{right}\b", done.err, re.MULTILINE)


STDIN = {"blank": b" \n", "comments": b"# 1\n", "word": b"1\n2\nx\n", "nul": b"1\x002", "binary": b"\xff\xfe"}
STDIN |= {"underscore": b"1_0", "overflow": b"1 1e400", "semicolon": b"1;2", "escape": b"\x1b[2J"}


@pytest.mark.parametrize("text", STDIN.values(), ids=STDIN)
def test_bad_stdin_is_trouble(tmp_path: Path, text: bytes) -> None:
    """What stdin holds is checked like an argument."""
    check(run("eval", "tanh", "-", cwd=tmp_path, stdin=text), "stdin")


FULL = ["--version", "--help", "eval --help", "completion bash", "eval tanh 0:9", "eval tanh 1 -f table"]
FULL += ["gradcheck tanh", "gradcheck tanh --rtol 0 --samples 10000", "descend", "plot tanh -o -"]


@pytest.mark.parametrize("line", FULL)
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"], ids=["full", "closed"])
def test_unwritten_results_are_trouble(tmp_path: Path, line: str, stdout: str) -> None:
    """A full disk or a closed stdout is never taken for success, nor for a verdict."""
    done = shell(f"actcli {line} {stdout}", tmp_path)
    errors = [line for line in done.err.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert "Traceback" not in done.err
    assert done.code == 2


@pytest.mark.parametrize("line", ["plot tanh", "descend --history h.csv", "descend --plot p.png"])
def test_a_closed_stdout_leaves_no_files(tmp_path: Path, line: str) -> None:
    """Where the result cannot be printed, nothing is left on the disk either."""
    assert shell(f"actcli {line} >&-", tmp_path).code == 2
    assert listing(tmp_path) == {}


def test_closed_stdin_is_trouble(tmp_path: Path) -> None:
    """Points from a closed stdin are none."""
    check(shell("actcli eval tanh - <&-", tmp_path), "stdin")


@pytest.mark.parametrize("line", ["eval tnah 1", "--stpes", "eval tanh x"])
@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"], ids=["closed", "full"])
def test_errors_that_cannot_be_shown_keep_their_code(tmp_path: Path, line: str, stderr: str) -> None:
    """Without a stderr an error still exits 2, and never lands on stdout."""
    done = shell(f"actcli {line} {stderr}", tmp_path)
    assert (done.code, done.out) == (2, b"")


def test_every_stream_may_be_closed(tmp_path: Path) -> None:
    """A file is written with no stream open at all."""
    assert shell("actcli eval tanh 0 -o y.csv <&- >&- 2>&-", tmp_path).code == 0
    assert (tmp_path / "y.csv").read_text() == "x,value\n0.0,0.0\n"


def test_a_bug_is_one_line_unless_debugged(tmp_path: Path) -> None:
    """An error of ours exits 70 with one line; ACTCLI_DEBUG=1 shows the traceback."""
    code = (
        "import sys; import actcli.cli.app as a; a.app = lambda **k: 1 / 0\n"
        "from actcli.__main__ import main; sys.exit(main(['eval', 'tanh', '1']))"
    )
    for debug, traceback in (("", False), ("1", True)):
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            cwd=tmp_path,
            env=environment({"ACTCLI_DEBUG": debug}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == ""
        assert ("Traceback" in done.stderr) is traceback
        assert traceback or done.stderr.startswith("error: internal error: ZeroDivisionError")
        assert traceback or done.returncode == 70


def test_modules_of_the_working_folder_are_not_ours(tmp_path: Path) -> None:
    """A numpy.py, rich.py or matplotlibrc that happens to lie there changes nothing."""
    for name in ("numpy.py", "rich.py", "typer.py", "csv.py"):
        (tmp_path / name).write_text("raise SystemExit('hijacked')\n")
    assert COMMAND[1] == "-P"
    assert run("eval", "identity", "1", "-f", "table", cwd=tmp_path).code == 0
