"""Bad input: one line that names the bad thing, exit 2, and nothing else anywhere."""

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import call, is_trouble, listing, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with something to overwrite in it."""
    (tmp_path / "old.csv").write_bytes(b"keep,me\n")
    (tmp_path / "points.csv").write_bytes(b"1\n")
    (tmp_path / "inner.csv").mkdir()
    return tmp_path


# What begins a command line, and bad ends: each is echoed in quotes.
VALUES = {
    "": ["evl", "[/x]"],
    "eval": ["tnah 1"],
    "gradcheck": ["tnah"],
    "plot tanh": ["tnah"],
    "completion": ["tcsh"],
    "eval leaky_relu 1 -p": ["alpha", "=1", "[/x]"],
    "eval tanh": ["abc", "''", "1e400", "1_000", "-1_000", "٣", "−4", "5:-5", "0:1:0", "[/x]"],
    "eval tanh 1 --order": ["10", "1.0"],
    "eval tanh 1 --dtype": ["float128"],
    "gradcheck tanh --dtype": ["''", "int8"],
    "eval tanh 1 --format": ["jsn"],
    "eval tanh 1 -o": ["none/y.csv", "inner.csv", "y.xyz", "/dev/full"],
    "eval tanh --input": ["none.csv", "inner.csv"],
    "plot tanh -o": ["y.xyz", "none/y.png", "./", "/dev/full"],
    "plot tanh --range": ["''", "1:1", "5:-5"],
    "plot tanh --dpi": ["0", "1e9", "1000000000"],
    "plot tanh --size": ["0x0"],
    "gradcheck tanh --step": ["0"],
    "gradcheck tanh --rtol": ["-1"],
    "gradcheck tanh --atol": ["-1e-3"],
    "gradcheck tanh --samples": ["0"],
    "gradcheck tanh --inject": ["sgn"],
    "gradcheck tanh --plot": ["y.xyz", "none/y.png"],
    "descend --lr": ["nan", "inf"],
    "descend --steps": ["-3", "1.5"],
    "descend --optimizer": ["nosuch"],
    "descend --history": ["none/y.csv", "y.xyz"],
    "descend --plot": ["y.xyz"],
    "descend": ["nosuch"],
}
# Command lines whose error line must hold something else.
LINES = {
    "": "no command",
    "--stpes 3": "--stpes",
    "eval": "TARGET",
    "eval [/x] 1": "'['",
    "gradcheck [red]a": "'['",
    "eval tanh 1 --order 10": "--order",
    "eval x*y x=1": "y has no value",
    "eval x*y x=1 y=2 z=3": "'z'",
    "eval x*y x=1,2 y=1,2,3": "x has 2, y has 3",
    "gradcheck tanh relu --derivative 1": "one TARGET",
    "eval tanh 1 --ordr 1": "--ordr",
    "eval leaky_relu 1 -p slope=1": "'slope'",
    "eval leaky_relu 1 -p alpha=one": "'one'",
    "eval tanh": "no points",
    "eval tanh 1 --input points.csv": "two sources",
    "eval tanh 1 -": "two sources",
    "eval tanh - --input points.csv": "two sources",
    "eval tanh -": "stdin is empty",
    "eval tanh :": "':'",
    "eval tanh -inf:inf": "'-inf'",
    "eval tanh 0:1:1e-12": "1000000000001",
    "eval tanh 1 oops -o old.csv": "'oops'",
    "plot tanh --range 0:inf": "'inf'",
    "gradcheck": "--all",
    "descend rosenbrock --start 1,2,3": "rosenbrock",
    "descend --plot p.png --history none/h.csv": "'none/h.csv'",
    "descend --history h.csv -o none/y.csv": "'none/y.csv'",
}
# Relatives of the above, tried without a process of their own.
MORE_VALUES = {
    "eval": ["TANHH 1"],
    "eval leaky_relu 1 -p": ["''", "'alpha 1'"],
    "eval tanh": ["' '", "1e", "0x10", "'1 2'", ".", "1d", "+", "1e400:2", "1:2:3:4", "5:4.999", "1.e+"],
    "eval tanh 1 2": ["oops", "0:1e-3:-0", "1e999999999"],
    "eval tanh 1 --order": ["-1", "''", "10000000000000000000000000000000000000"],
    "eval tanh 1 --dtype": ["''", "f4", "object"],
    "eval tanh 1 --format": ["''", "JSON", "xml"],
    "eval tanh 1 --color": ["red", "''"],
    "eval tanh 1 -o": [".", "none/y.npy", "old.csv/y.csv", "noext", "..", "y.npz", "none/"],
    "eval tanh --input": [".", "points.csv/x.csv", "''", "none.npy"],
    "eval softmax 1,2 --axis": ["x", "1.0", "''"],
    "plot tanh -o": ["y", "."],
    "plot tanh --range": ["5", ":", "a:b", "1:2:3"],
    "plot tanh --ylim": ["2:1", "nan"],
    "plot tanh --tangent": ["inf", "''", "x"],
    "plot tanh --size": ["8", "x", "8x5x2"],
    "plot tanh --dpi": ["-1", "150.5", "nan"],
    "plot tanh --layout": ["rows"],
    "gradcheck tanh --step": ["nan", "-1", "x", "inf"],
    "gradcheck tanh --rtol": ["inf", "nan", "''"],
    "gradcheck tanh --samples": ["1e3", "-1", "1000001", "1.5"],
    "gradcheck tanh --seed": ["-1", "x"],
    "gradcheck tanh --inject": ["''"],
    "gradcheck tanh --input": ["none.npy", "inner.csv"],
    "gradcheck tanh --format": ["junti"],
    "gradcheck --derivative 1 --command": ["''", "cp"],
    "gradcheck tanh --order": ["0", "3"],
    "gradcheck tanh --method": ["newton", "''"],
    "descend --lr": ["-inf", "''", "1e400", "0.1x"],
    "descend --steps": ["1e18", "''", "1e3", "10000000"],
    "descend --start": ["''", "a"],
    "descend --tol": ["-1"],
    "descend --gradient": ["nosuch"],
    "descend --optimizer": ["''"],
    "eval relu 1 --upstream": ["abc", "none.csv"],
    "eval elu 1 --order 1 --wrt": ["q", "''"],
    "gradcheck x*y --wrt": ["q"],
}
MORE_LINES = {
    "eval '' 1": "is empty",
    "plot tanh ''": "is empty",
    "descend ''": "is empty",
    "descend -4": "-4 has no start",
    "descend x*y --start 1": "has 2 numbers, not 1",
    "descend softmax --start 1,2": "softmax is a vector",
    "eval x*y 1": "'1'",
    "eval x*y x=1 x=2 y=1": "twice",
    "eval x*y x=one y=1": "'one'",
    "eval x*y --input points.csv": "variables x, y",
    "eval x*y x=1 y=1 --order 3": "Hessian",
    "eval x*y x=1 y=1 -p z=3": "'z'",
    "eval x*y x=1 y=1 --order 1 -o y.npy": "these are 2",
    "eval dot(x,w) x=1,2 w=1,2 --jacobian": "several variables",
    "eval relu 1,2,3 --upstream 1,2": "2 numbers, and the value 3",
    "eval relu 1 --upstream 1 --order 1": "--upstream",
    "eval tanh 1 --wrt x": "--wrt",
    "eval tanh 1 --verbose": "no branches",
    "gradcheck x*y --derivative 1": "several variables",
    "gradcheck x*y --at 1": "'1'",
    "gradcheck tanh --derivative 1+y": "'y'",
    "gradcheck softmax --derivative 1": "softmax is a vector",
    "eval tanh 1 --order": "--order",
    "eval tanh 1 -z": "-z",
    "eval leaky_relu 1 -p alpha=": "''",
    "eval leaky_relu 1 -p alpha=nan": "not nan",
    "eval leaky_relu 1 -p alpha=1_0": "'1_0'",
    "eval leaky_relu 1 -p alpha=1 -p alpha=2": "'alpha'",
    "eval tanh 1 -p a=1": "'a'",
    "eval tanh 1,,2": "''",
    "eval tanh 1:": "'1:'",
    "eval tanh 0:1e308:1e-300": "too many points",
    "eval tanh 0:9999999 1": "10000001",
    "eval tanh 1 --jacobian": "tanh",
    "eval softmax 1,2 --with-derivative": "softmax",
    "eval softmax 1,2 --order 1": "softmax",
    "eval softmax 1,2 --axis 1": "axis 1",
    "eval tanh 1 --with-derivative -o y.npy": ".npy",
    "eval tanh 1 -o ''": "no name",
    "eval tanh 0:1 --with-derivative --order 1": "--order",
    "eval tnah 1 -o old.csv": "'tnah'",
    "plot": "no function",
    "plot tanh -o ''": "name",
    "plot tanh --range -1e308:1e308": "1e300",
    "plot tanh --size 1e9x1e9": "1e+09",
    "plot tanh --with-derivative --derivative-only": "--derivative-only",
    "gradcheck tanh --all": "--all",
    "gradcheck tanh --at nan": "finite",
    "descend --start 1,nan": "'nan'",
    "descend bowl --start 1": "bowl",
    "descend --set nosuch=1": "'nosuch'",
    "descend --history h.csv --plot none/p.png": "'none/p.png'",
}


def cases(values: dict[str, list[str]], lines: dict[str, str]) -> list[tuple[str, str]]:
    """Return command lines with what their error line must hold."""
    table = [(f"{start} {end}".strip(), echoed(end)) for start, ends in values.items() for end in ends]
    return [*table, *lines.items()]


def echoed(end: str) -> str:
    """Return what is echoed of the first word of a bad end."""
    return f"'{shlex.split(end)[0]}'"


@pytest.mark.parametrize(("line", "fragment"), cases(VALUES, LINES)[::12], ids=str)
def test_trouble_is_one_line_of_a_process(folder: Path, line: str, fragment: str) -> None:
    """Bad input ends the process with one line that names it and exit 2, and leaves the folder as it was."""
    before = listing(folder)
    is_trouble(run(*shlex.split(line), cwd=folder), fragment)
    assert listing(folder) == before


@pytest.mark.parametrize(
    ("line", "fragment"), [*cases(VALUES, LINES), *cases(MORE_VALUES, MORE_LINES)], ids=str
)
def test_trouble_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch, line: str, fragment: str) -> None:
    """The same holds for all bad input, run sooner."""
    monkeypatch.chdir(folder)
    before = listing(folder)
    is_trouble(call(*shlex.split(line)), fragment)
    assert listing(folder) == before


ESC = "\x1b]0;pwn\x07[/x]"
SAFE = r"\x1b]0;pwn\x07[/x]"
HOSTILE = {
    "command": ([ESC], SAFE),
    "option": (["eval", "tanh", "1", "--" + ESC], "--" + SAFE),
    "name": (["eval", ESC, "1"], r"'\x1b'"),
    "point": (["eval", "tanh", ESC], SAFE),
    "parameter": (["eval", "elu", "1", "-p", ESC + "=1"], SAFE),
    "value of a parameter": (["eval", "elu", "1", "-p", "alpha=" + ESC], SAFE),
    "setting": (["descend", "--set", ESC + "=1"], SAFE),
    "format": (["eval", "tanh", "1", "-f", ESC], SAFE),
    "input": (["eval", "tanh", "--input", ESC + ".csv"], SAFE),
    "output": (["eval", "tanh", "1", "-o", ESC + "/y.csv"], SAFE),
    "picture": (["plot", "tanh", "-o", "y." + ESC], SAFE),
    "newline": (["eval", "a\nerror: b", "1"], r"'\n'"),
    "option with a newline": (["eval", "tanh", "1", "--a\nerror: b"], "--a"),
    "bidi": (["eval", "a\u202eb", "1"], "U+202E"),
    "variable": (["eval", "x*y", "x=1", "y=" + ESC], SAFE),
    "option with bidi": (["eval", "tanh", "1", "--a\u202eb"], r"--a\u202eb"),
    "one argument too many": (["descend", "sphere", "a\u2028b"], r"a\u2028b"),
    "no text": ([b"eval", b"\xff", b"1"], "U+DCFF"),
    "option of no text": ([b"eval", b"tanh", b"--\xff"], "no such option: --"),
    "long name": (["eval", "a" * 5000, "1"], "aaa…aaa"),
    "long number": (["eval", "tanh", "9" * 4400], "999…999"),
}


@pytest.mark.parametrize(("arguments", "fragment"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str | bytes], fragment: str
) -> None:
    """Terminal escapes, markup, and what is no text or too much of it, are shown, and do nothing."""
    monkeypatch.chdir(tmp_path)
    texts = [text for text in arguments if isinstance(text, str)]
    done = run(*arguments, cwd=tmp_path) if texts != arguments or texts[0] == ESC else call(*texts)
    is_trouble(done, fragment)
    assert len(done.err) < 400
    assert listing(tmp_path) == {}


ODD = {"１.５": "U+FF11 FULLWIDTH DIGIT ONE", "٣": "U+0663", "-٣": "U+0663", "−4": "U+2212 MINUS SIGN"}
ODD |= {"1\u00a0": "U+00A0 NO-BREAK SPACE", "“1”": "U+201C", "1:−2": "U+2212", "1,²": "U+00B2"}


@pytest.mark.parametrize(("text", "name"), ODD.items(), ids=ascii)
def test_odd_characters_are_named(text: str, name: str) -> None:
    """A digit of another script, or a sign that only looks like a minus, is named by its code point."""
    done = call("eval", "tanh", text)
    is_trouble(done, "number")
    assert name in done.err


NEAR = {"evl tanh 1": "eval", "eval tnah 1": "tanh", "eval tanh 1 --ordr 1": "--order"}
NEAR |= {"eval tanh 1 -f jsn": "json", "descend rosenbrok": "rosenbrock", "descend --optimizer adm": "adam"}
NEAR |= {
    "gradcheck tanh --method centrl": "central",
    "plot sigmod": "sigmoid",
    "descend --stpes 3": "--steps",
}


@pytest.mark.parametrize(("line", "right"), NEAR.items(), ids=str)
def test_typos_get_the_nearest_right_thing(line: str, right: str) -> None:
    """A typo's tip names what was probably meant."""
    done = call(*shlex.split(line))
    is_trouble(done)
    assert re.search(rf"^  tip: did you mean .*{right}\b", done.err, re.MULTILINE)


EXTREME = """descend --start 1e300,1
descend --start 1e308,-1e308
descend --lr 1e308
gradcheck exp --at 710
gradcheck sinh --at -800,1e300
gradcheck tanh --step 1e300
eval cosh 1e308 -1e308 --order 2
eval softmax 1e308,-1e308 --jacobian
gradcheck softmax --at 5e-324
gradcheck silu sinh --method forward --step 0.1
descend sphere --start 1e200,1,1 --plot - -o /dev/null -f csv
descend quadratic1d --start 1e200 --plot - -o /dev/null -f csv
descend --start 1e200,1 --plot - -o /dev/null -f csv
descend quadratic1d --lr 1000 --plot - -o /dev/null -f csv
plot step --range 0:1 -o -
plot relu --tangent 0 -o -"""


@pytest.mark.parametrize("line", EXTREME.splitlines())
def test_extreme_numbers_are_no_bug(line: str) -> None:
    """Numbers at the ends of the range get an answer, and no warning of numpy's: here that is an error."""
    assert call(*line.split()).code in (0, 1)


def test_a_step_that_moves_nothing_proves_nothing() -> None:
    """With x + h == x the numerical slope is 0 or noise: the answer is no, or trouble, and never yes."""
    assert call("gradcheck", "tanh", "--step", "1e-300", "--method", "central").code != 0


COMMANDS = ["eval", "gradcheck", "descend"]
TYPED = """tanh softmax relu bowl -1 1e308 nan 1:3 0 - -- = [/x] 5e-324 --order 2 --jacobian --axis -p
  alpha=0 -q --dtype float16 -f json table --at --samples --step 1e-300 --method richardson --lr
  --start 1e300,1 --set --steps --optimizer adam --tol --input --with-derivative --wrt --upstream
  --verbose x=1,2 y=3 x*y log(x) where(x>0,x,1) --derivative --inject sign kink junit github"""
WORDS = [*COMMANDS, *shlex.split(TYPED), "", "\x1b"]


@given(st.sampled_from(COMMANDS), st.lists(st.sampled_from(WORDS), max_size=8))
def test_no_command_line_is_a_bug(command: str, words: list[str]) -> None:
    """Whatever is typed is done, answered with no, or trouble in one line."""
    done = call(command, *words, stdin=b"1 2 3")
    assert done.code in (0, 1) or is_trouble(done) is None
