"""What no formula is: each is refused by a line of its own, with its place, and nothing is ever run."""

import random
import time

import numpy as np
import pytest
from formulas import mutated, random_formula

from actcli.activations import ACTIVATIONS
from actcli.errors import FormulaError, InputError
from actcli.formula import operations as op
from actcli.formula.derive import derivative
from actcli.formula.evaluate import backward, forward
from actcli.formula.parse import parse
from actcli.formula.text import text_of

ARITIES = {name: max(by) for name, by in op.CALLS.items()} | dict.fromkeys(ACTIVATIONS, 1)

# text | what the message says | what is marked | what the tip says
REFUSED = r"""
sigmod(x) | unknown function 'sigmod' | sigmod | sigmoid
1 + expp(x) | unknown function 'expp' | expp | exp
x(2) | unknown function 'x' | x | x*(
exec(x) | unknown function 'exec' | exec |
open(x) | unknown function 'open' | open |
eval(x) | unknown function 'eval' | eval |
exp(x, x) | exp takes 1 argument, not 2 | exp(x, x) | exp(x)
exp() | exp takes 1 argument, not 0 | exp() | exp(x)
atan2(x) | atan2 takes 2 arguments, not 1 | atan2(x) | atan2(a, b)
max(x, y, z) | max takes 2 or 1 arguments, not 3 | max(x, y, z) |
where(x > 0) | where takes 3 arguments, not 1 | where(x > 0) | where(x > 0, a, b)
sigmoid(x, 2) | sigmoid takes 1 argument, not 2 | sigmoid(x, 2) | sigmoid(x, a=1)
sigmoid(x, b=2) | sigmoid has no parameter 'b' | b=2 | sigmoid(x, a=1)
sigmoid(x, a=1, a=2) | a is set twice | a=2 |
sigmoid(x, a=x) | a must be a constant | a=x |
sigmoid(x, a=inf) | a of sigmoid must be finite, not inf | a=inf |
exp(x, a=2) | exp has no parameters | a=2 |
tanh | tanh is a function, and needs an argument | tanh | tanh(x)
x + where | where is a function | where | where(x > 0, a, b)
(x + 1 | this parenthesis is never closed | ( |
x + 1) | this parenthesis closes nothing | ) |
__import__('os') | cannot hold "'" | ' | no texts
__import__(os) | unknown function '__import__' | __import__ |
x.real | no attributes | x.real |
x.__class__ | no attributes | x.__class__ |
x[0] | cannot hold '[' | [ | subscripts
(lambda: 1)() | cannot hold ':' | : | lambda
[x for x in y] | cannot hold '[' | [ | lists
sum(x for x in y) | no loops | (x for x in y) |
f'{x}' | cannot hold "'" | ' |
"a" | cannot hold '"' | " |
x if y else z | no if and else | x if y else z |
(x := 1) | cannot hold ':' | : | walrus
y = x**2 | no assignment | = | right of the =
x # c | cannot hold '#' | # | comments
1j | 1j is no number | 1j | complex
2.5J*x | 2.5J is no number | 2.5J | complex
9**9**9**9 | infinite | 9**9**9 |
1/0 | infinite | 1/0 |
exp(1000)*x | infinite | exp(1000) |
1e400 | overflows | 1e400 | inf
1e99999 | 1e99999 is no number | 1e99999 | decimal
x > 0 | can only be the first argument of where | x > 0 |
exp(x > 0) | can only be the first argument of where | x > 0 |
where(0 < x < 1, 1, 2) | one comparison at a time | 0 < x < 1 | where(
where(x > 0 and x < 1, 1, 2) | no 'and' | x > 0 and x < 1 |
where(not x > 0, 1, 2) | no 'not' | not x > 0 |
where(x, 1, 2) | where needs a comparison | x |
where(x in y, 1, 2) | where needs a comparison | x in y |
x and y | no 'and' | x and y |
not x | no 'not' | not x |
exp(*x) | no starred arguments | *x |
exp(**x) | no starred arguments | **x |
sigmoid(x, **y) | no starred arguments | **y |
2x | 2x is no number | 2x | 2*x
2exp(x) | 2exp is no number | 2exp | 2*exp
2 x | an operator is missing | x | 2*x
x y | an operator is missing | y | 2*x
exp(x)exp(y) | an operator is missing | e | 2*x
2(x) | only a name can be called | 2(x) |
(x)(y) | unknown function | x | x*(
1_000 | 1_000 is no number | 1_000 | decimal
0x10 | 0x10 is no number | 0x10 | decimal
True | True is no number | True | decimal
None | None is no number | None | decimal
... | ... is no number | ... | decimal
x^2 | cannot hold '^' | ^ | **
x//2 | cannot hold '//' | // | floor
x % 2 | cannot hold '%' | % | floor
x @ y | cannot hold '@' | @ | dot
~x | cannot hold '~' | ~ |
|x - 1|+y | cannot hold '|' | \| | abs
x; y | cannot hold ';' | ; | one formula
1,5 | a comma | 1,5 |
1 + | missing at the end | |
x +* y | out of place | * |
D(tan, x) | D takes a function of the catalogue | tan |
D(tanh, x, 10) | a whole number from 0 to 9 | 10 |
D(tanh) | D is written | D(tanh) | D(tanh, x, 2)
D(softmax, x) | softmax is a vector function | D(softmax, x) |
softmax(2) | of a constant | softmax(2) |
sum(2) | of a constant | sum(2) |
"""


def refusal(text: str) -> FormulaError:
    """Return the error, after checking that it can be shown: one line, ASCII, a mark under the text."""
    with pytest.raises(FormulaError) as caught:
        parse(text, ACTIVATIONS)
    error = caught.value
    lines = (error.message, error.tip, *error.excerpt)
    assert all(line.isascii() and line.isprintable() for line in lines), lines
    assert not error.excerpt or set(error.excerpt[1]) <= {" ", "^"}
    return error


@pytest.mark.parametrize("row", REFUSED.strip().splitlines(), ids=lambda row: row.split(" | ")[0])
def test_each_refusal_names_the_thing_and_its_place(row: str) -> None:
    """A text that is no formula has a message of its own, a mark under the wrong part, and a way out."""
    text, message, marked, tip = (cell.strip() for cell in row.rsplit(" |", 3))
    error = refusal(text)
    assert message in error.message
    assert tip in error.tip
    shown, marks = error.excerpt
    place = marks.index("^")
    assert shown[place : len(marks)].strip() == marked.removeprefix("\\")


@pytest.mark.parametrize(
    ("text", "message", "tip"),
    [
        ("x \u2212 1", "U+2212 MINUS SIGN", "write -"),
        ("2\u00d7x", "U+00D7 MULTIPLICATION SIGN", "write *"),
        ("x\u2060", "U+2060 WORD JOINER", "ASCII"),
        ("x\u00a0+ 1", "U+00A0 NO-BREAK SPACE", "ASCII"),
        ("\u03b1*x", "U+03B1 GREEK SMALL LETTER ALPHA", "write alpha"),
        ("x\u00b2", "U+00B2 SUPERSCRIPT TWO", "write **2"),
        ("\uff58 + 1", "U+FF58 FULLWIDTH LATIN SMALL LETTER X", "ASCII"),
        ("\u0445", "U+0445 CYRILLIC SMALL LETTER HA", "ASCII"),
        ("x\udcff", "U+DCFF", "ASCII"),
        ("x\n", "cannot hold '\\n'", "one line"),
        ("x\x1b[2J", "cannot hold '\\x1b'", ""),
        ("x\0", "cannot hold '\\x00'", ""),
        ("", "empty", ""),
        (" \t ", "empty", ""),
        ("(" * 10_000 + "x" + ")" * 10_000, "20001 characters, at most 1000", ""),
        ("(" * 300 + "x" + ")" * 300, "at most 50 levels", ""),
        ("-" * 900 + "x", "at most 50 levels", ""),
        ("2**" * 300 + "x", "at most 50 levels", ""),
        ("+".join(map(str, range(260))), "more than 500 parts", ""),
    ],
)
def test_characters_and_sizes_are_refused(text: str, message: str, tip: str) -> None:
    """What is not ASCII is named, with what is meant; what is too long or too deep is not even parsed."""
    start = time.process_time()  # not what others use
    error = refusal(text)
    assert message in error.message
    assert tip in error.tip
    assert time.process_time() - start < 0.5


def used(text: str) -> str:
    """Parse and use a text in every way: return what became of it. Raises all that is no InputError."""
    x = np.array([0.5, -1.5, 2.0])
    try:
        root = parse(text, ACTIVATIONS)
    except FormulaError:
        return "refused"
    names = dict.fromkeys(root.variables, x)
    try:
        values = forward(root, names)
        backward(root, values, np.ones(np.shape(values[-1])))
        text_of(derivative(root, root.variables[0], 2) if root.variables else root)
    except InputError:
        return "parsed, not differentiated"
    return "parsed"


def test_any_text_is_a_formula_or_refused() -> None:
    """Random and damaged texts give a graph or a FormulaError, never another error, each in no time."""
    source, slowest = random.Random(2026), 0.0
    outcomes = set()
    for k in range(900):
        text = random_formula(source, ARITIES, source.randrange(1, 25))
        text = mutated(source, text) if k % 2 else text
        start = time.process_time()
        outcomes.add(used(text))
        slowest = max(slowest, time.process_time() - start)
    assert outcomes == {"refused", "parsed", "parsed, not differentiated"}
    assert slowest < 1.0
