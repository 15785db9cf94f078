"""trace: the graph in numbers, and its texts for people and for other programs."""

import json
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program import call, is_trouble, shell, terminal

from actcli import resolve
from actcli.activations import ACTIVATIONS
from actcli.formula.calls import expanded
from actcli.formula.parse import openings, parse
from actcli.pictures.diagrams import diagram
from actcli.tracing import Trace, trace

APPLES = "(apple*n_apple + orange*n_orange)*tax"
PRICES = ("apple=100", "n_apple=2", "orange=150", "n_orange=3", "tax=1.1")
PNG = b"\x89PNG\r\n\x1a\n"


def rows(*arguments: str) -> list[dict[str, object]]:
    """The rows of a trace, as JSON has them."""
    done = call("trace", *arguments, "-f", "json")
    assert done.code == 0, done
    return list(json.loads(done.text))


def gradients(*arguments: str) -> dict[str, float]:
    """What arrives at each node."""
    return {str(row["node"]): float(str(row["gradient"])) for row in rows(*arguments)}


def test_the_apples_cost_715_yen() -> None:
    """The book's example: 715 yen; what arrives at each price and number is the book's too."""
    found = rows(APPLES, *PRICES)
    assert found[-1]["value"] == pytest.approx(715, rel=1e-15)
    arrived = gradients(APPLES, *PRICES)
    expected = {"apple": 2.2, "n_apple": 110, "orange": 3.3, "n_orange": 165, "tax": 650}
    assert {name: arrived[name] for name in expected} == pytest.approx(expected, rel=1e-15)
    assert [row["operation"] for row in found if row["rule"] == "tax"] == ["v3*tax"]


def test_every_node_has_its_local_derivative() -> None:
    """Operations come in the order of evaluation, with rules in the labels, numbers, and their product."""
    table = [(r["node"], r["operation"], r["input"], r["rule"]) for r in rows("sigmoid", "1.5", "--expand")]
    assert table == [
        ("x", "", "", ""),
        ("v1", "-1*x", "x", "-1"),
        ("v2", "exp(v1)", "v1", "v2"),
        ("v3", "1 + v2", "v2", "1"),
        ("v4", "1/v3", "v3", "-v4/v3"),
    ]
    for row in rows("sigmoid", "1.5", "--expand")[1:]:
        assert row["share"] == float(str(row["gradient"])) * float(str(row["local"]))


def test_catalogue_functions_open_level_by_level() -> None:
    """Without --expand a catalogue function is one node with its derivative; --depth N opens N levels."""
    assert [r["operation"] for r in rows("x*gelu(x)", "1")] == ["", "gelu(x)", "x*v1", "x*v1"]
    assert rows("gelu(x)", "1")[1]["rule"] == "D(gelu, x, 1)"
    assert len(rows("gelu", "1", "--depth", "0")) == 2
    assert len(rows("gelu", "1", "--depth", "1")) == len(rows("gelu", "1", "--expand")) > 5


def test_what_is_used_twice_adds_up() -> None:
    """The gradient of a node that is used more than once is the sum of its shares, and the sum is shown."""
    x = rows("x*x + x", "3")[0]
    assert (x["gradient"], x["sum"]) == (7.0, "3.0 + 3.0 + 1.0")
    assert "sum" not in rows("exp(x)", "3")[0]


def test_the_upstream_gradient_scales_all() -> None:
    """What arrives at the output is --upstream, and everything below it is multiplied by it."""
    once, thrice = gradients("x*sin(x)", "2"), gradients("x*sin(x)", "2", "--upstream", "3")
    assert {node: 3 * g for node, g in once.items()} == pytest.approx(thrice, rel=1e-15)


def test_several_points_and_vectors_are_traced_entry_by_entry() -> None:
    """Each point has its rows, numbered; of a vector each entry, and what joins a vector only one."""
    assert [(r["point"], r["node"], r["value"]) for r in rows("x*y", "x=1,2", "y=3")] == [
        *((0, "x", 1.0), (0, "y", 3.0), (0, "v1", 3.0), (0, "v1", 3.0)),
        *((1, "x", 2.0), (1, "y", 3.0), (1, "v1", 6.0), (1, "v1", 6.0)),
    ]
    joined = [r for r in rows("softmax", "1,2,3", "--expand") if r["operation"] == "sum(v2)"]
    assert len(joined) == 1
    assert joined[0]["rule"] == "a matrix"
    assert joined[0]["value"] == pytest.approx(math.e + math.e**2 + math.e**3)


@pytest.mark.parametrize("name", [name for name, a in ACTIVATIONS.items() if a.elementwise])
def test_the_traced_gradient_is_the_stated_derivative(name: str) -> None:
    """What arrives at x is the derivative, to the conditioning of the formula as typed."""
    root = expanded(parse(ACTIVATIONS[name].formula, ACTIVATIONS), -1, openings(ACTIVATIONS))
    given = {"x": np.linspace(-4.05, 4.05, 60), **ACTIVATIONS[name].defaults}
    found = trace(root, name, {key: given[key] for key in root.variables})
    stated = resolve(name)(given["x"], order=1)
    size = _size(found)
    arrived = next(stage.gradient for stage in found.stages if stage.label == "x")
    assert np.all(np.abs(arrived - stated) <= 16 * np.finfo(float).eps * size)


def _size(found: Trace) -> np.ndarray:
    """The largest number that a rounding error may have been relative to, value and gradient together."""
    with np.errstate(invalid="ignore"):  # an infinite parameter, a branch that is not taken
        sizes = [np.abs(s.gradient) * np.maximum(1, np.abs(s.value)) for s in found.stages]
    sizes = [np.where(s.gradient == 0, 0, size) for s, size in zip(found.stages, sizes, strict=True)]
    shares = [np.abs(e.share) for s in found.stages for e in s.edges]
    return np.max(np.broadcast_arrays(*sizes, *shares), axis=0)


NAMES = ("x", "y")
LEAVES = st.sampled_from([*NAMES, "0.25"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["sin", "tanh", "exp"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
    ),
    max_leaves=8,
)


@given(text=TREES, x=st.floats(-1, 1), y=st.floats(-1, 1))
@settings(max_examples=60, deadline=None)
def test_shares_add_up_to_gradients(text: str, x: float, y: float) -> None:
    """At every node but the last, what arrives is the sum of what its users send; the last gets 1."""
    root = parse(f"{text} + x*y")
    found = trace(root, text, {"x": x, "y": y})
    for stage in found.stages[:-1]:
        shares = [e.share for user in found.stages for e in user.edges if e.target == stage.label]
        assert abs(stage.gradient - np.sum(shares, axis=0)) <= 1e-14 * np.sum(np.abs(shares), axis=0)
    assert found.stages[-1].gradient == 1.0


@given(text=TREES)
@settings(max_examples=60, deadline=None)
def test_diagrams_hold_every_operand(text: str) -> None:
    """The diagram of any formula has one arrow for each operand, between boxes that exist."""
    found = trace(parse(f"{text} + x*y"), text, {"x": 0.5, "y": -0.5})
    drawn = diagram(found)
    keys = [box.key for box in drawn.boxes]
    assert len(keys) == len(set(keys))
    assert len(drawn.arrows) == sum(len(stage.operands) for stage in found.stages)
    assert {a.source for a in drawn.arrows} | {a.target for a in drawn.arrows} <= set(keys)


def test_a_kink_follows_the_convention() -> None:
    """At the kink of relu the gradient is 0: the branch not taken gets nothing, however steep it is."""
    assert gradients("relu", "0", "--expand")["x"] == 0.0
    assert gradients("where(x > 0, 1/x, x)", "0")["x"] == 1.0
    assert gradients("max(x, 0)", "0")["x"] == 0.0


def test_the_tree_reads_from_the_output_down(tmp_path: Path) -> None:
    """--tree prints the output first, its inputs below it, and what is used twice once in full."""
    lines = call("trace", "exp(x)*exp(x)", "0", "--tree").text.splitlines()
    assert lines[0].startswith("v2 = v1*v1  = 1  ∂ 1")
    assert lines[1].startswith("├─ v1 = exp(x)  = 1  ∂ 2")
    assert lines[3].endswith("(as above)")
    ascii_only = shell("actcli trace 'x*2' 3 --tree", tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert ascii_only.code == 0
    assert ascii_only.out.isascii()
    assert call("trace", "x*2", "3", "--tree").out == call("trace", "x*2", "3", "-f", "tree").out


def test_mermaid_and_dot_name_every_box_and_arrow() -> None:
    """Texts for other programs: a node a box, an arrow an operand; signs of theirs are written as codes."""
    mermaid = call("trace", "n_1*2", "n_1=3", "-f", "mermaid").text
    assert mermaid.startswith("flowchart LR\n")
    assert mermaid.count("-->") == 2
    assert "n#95;1" in mermaid
    dot = call("trace", "x*x", "3", "-f", "dot").text
    assert dot.startswith("digraph {")
    assert dot.count("n0 -> n1") == 2


def test_suffixes_choose_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """-o takes mermaid, dot and tables by their suffix."""
    monkeypatch.chdir(tmp_path)
    for name, start in (("g.mmd", "flowchart"), ("g.dot", "digraph"), ("g.csv", "node,operation")):
        assert call("trace", "x*x", "3", "-o", name).code == 0
        assert Path(name).read_text().startswith(start)


def test_the_picture_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--plot draws boxes and arrows, the same bytes each time, and the table goes on to stdout."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b.png", "c.svg"):
        assert call("trace", APPLES, *PRICES, "--plot", name).out
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    assert Path("a.png").read_bytes().startswith(PNG)
    assert b"<svg" in Path("c.svg").read_bytes()


def test_the_table_fits_a_terminal(tmp_path: Path) -> None:
    """For people numbers have six digits, or what --digits says, and fit 80 columns."""
    done = terminal("trace", APPLES, *PRICES, "--color", "never", cwd=tmp_path, columns=80)
    assert done.text.splitlines()[0].split()[:3] == ["node", "operation", "value"]
    assert max(map(len, done.text.splitlines())) <= 80
    assert "0.905148 " in terminal("trace", "tanh", "1.5", cwd=tmp_path).text
    precise = terminal("trace", "tanh", "1.5", "--digits", "17", cwd=tmp_path, columns=120).text
    assert repr(math.tanh(1.5)) in precise or "0.90514825364486" in precise


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("x*y", "x=1"), "y has no value"),
        (("x*y", "x=1", "y=2", "z=3"), "unknown variable"),
        (("x*y", "1"), "is the value of no variable"),
        (("x",), "unknown function 'x'"),
        (("3", "1"), "is a constant"),
        (("x*x",), "no points"),
        (("x*y", "x=1,2", "y=1,2,3"), "do not fit together"),
        (("x*x", "1", "-f", "nope"), "unknown format 'nope'"),
        (("x*x", "1", "--tree", "-f", "csv"), "exclude each other"),
        (("x*x", "1", "--depth", "-1"), "--depth"),
        (("x*x", "1", "--upstream", "a"), "--upstream"),
        (("x*x", "1", "--plot", "-"), "only one of"),
        (("x*x", "1", "--plot", "x.txt"), "suffix"),
        (("x*x", "1", "--digits", "0"), "--digits"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], fragment: str) -> None:
    """What cannot be traced says why, in one line, with exit code 2."""
    is_trouble(call("trace", *arguments), fragment)


@pytest.mark.parametrize("x", [1.5, -4.0, 0.0, 20.0])
def test_as_typed_means_as_typed(x: float) -> None:
    """Nothing is simplified before it is evaluated: 1 - tanh(x)**2 loses at 20 what it loses in numpy."""
    found = rows("1 - tanh(x)**2", str(x))
    assert found[-1]["value"] == 1 - np.tanh(x) ** 2
    if x == 20.0:
        with mpmath.workdps(40):
            assert found[-1]["value"] == 0.0 < float(mpmath.sech(x) ** 2)
