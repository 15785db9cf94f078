"""Pictures: what is drawn, and the same bytes wherever it is drawn."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from actcli.curves import View, bars, curves
from actcli.descent import descend
from actcli.errors import InputError
from actcli.objectives import OBJECTIVES
from actcli.optimizers import OPTIMIZERS
from actcli.paths import path
from actcli.picture import Line, Panel, Paper, Picture
from actcli.target import resolve

SIGNATURES = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF"}


def plot(folder: Path, *arguments: str, **env: str) -> bytes:
    """The picture that the program writes into a folder, with some of the environment set."""
    command = [sys.executable, "-P", "-m", "actcli", "plot", *arguments, "-o", "picture.svg"]
    subprocess.run(command, cwd=folder, env={**os.environ, **env}, check=True, capture_output=True)
    return (folder / "picture.svg").read_bytes()


def only_panel(*names: str, **view: object) -> Panel:
    (panel,) = curves([resolve(name) for name in names], View(**view)).panels
    return panel


@pytest.mark.parametrize("kind", SIGNATURES)
def test_same_picture_same_bytes(kind: str) -> None:
    """Drawing twice gives the same bytes, of the right kind."""
    from actcli.render.figure import draw

    picture = curves([resolve("tanh")], View(what="both"))
    one, two = draw(picture, kind, Paper()), draw(picture, kind, Paper())
    assert one.data == two.data
    assert one.data.startswith(SIGNATURES[kind])


@pytest.mark.parametrize(
    "rc",
    [
        b"savefig.dpi: 30\nlines.linewidth: 9\n",
        b"text.usetex: True\n",
        b"\xff\xfe not text",
        b"nonsense: 1\n",
    ],
)
def test_no_setting_of_the_users_counts(rc: bytes, tmp_path: Path) -> None:
    """A matplotlibrc in the working directory, MPLBACKEND and HOME change nothing."""
    hostile, clean = tmp_path / "hostile", tmp_path / "clean"
    hostile.mkdir()
    clean.mkdir()
    (hostile / "matplotlibrc").write_bytes(rc)
    expected = plot(clean, "relu")
    assert plot(hostile, "relu", MPLBACKEND="nonsense", HOME="/nonexistent", PYTHONHASHSEED="7") == expected


def test_titles_are_literal() -> None:
    """A title is text, not mathematics; a label may start with an underscore."""
    from actcli.render.figure import draw

    line = Line(x=[0, 1], y=[0, 1], color=0, label="_a $b$")
    drawing = draw(Picture(title=r"$\foo$ x^{2$", panels=(Panel(title="$x", lines=(line,)),)), "svg", Paper())
    assert rb"<!-- $\foo$ x^{2$ -->" in drawing.data
    assert rb"<!--  _a $b$ -->" in drawing.data
    assert drawing.missing == ""


def test_missing_characters_are_reported() -> None:
    """A title that no font can show is drawn all the same, and its characters are named."""
    from actcli.render.figure import draw

    assert draw(Picture(title="\U0001e900", panels=(Panel(),)), "png", Paper()).missing == "\U0001e900"


def test_a_kink_is_a_dot_and_a_jump_a_gap() -> None:
    """At 0, relu has a filled dot; its derivative breaks, with an open dot at the limit not taken."""
    value = only_panel("relu")
    assert [(dot.x, dot.y, dot.open) for dot in value.dots] == [(0.0, 0.0, False)]
    slope = only_panel("relu", what="derivative")
    assert {(dot.x, dot.y, dot.open) for dot in slope.dots} == {(0.0, 0.0, False), (0.0, 1.0, True)}
    (line,) = slope.lines
    assert np.isnan(line.y[line.x == 0]).all()
    assert set(line.y[line.x < 0]) == {0.0}
    assert set(line.y[line.x > 0]) == {1.0}


def test_smooth_functions_have_no_marks() -> None:
    """Neither tanh, nor elu with alpha = 1, nor softsign's slope, has a kink to show."""
    assert only_panel("tanh", what="both").dots == ()
    assert only_panel("elu", what="both").dots == ()
    assert only_panel("softsign", what="both").dots == ()


def test_curves_are_the_functions() -> None:
    """The drawn points are values of math.tanh and of its derivative, over the whole interval."""
    value, slope = only_panel("tanh", what="both", interval=(-2.0, 3.0)).lines
    assert (value.x[0], value.x[-1]) == (-2.0, 3.0)
    assert value.y == pytest.approx(np.tanh(value.x), rel=1e-14)
    assert slope.y == pytest.approx(1 / np.cosh(slope.x) ** 2, rel=1e-13)
    assert (value.style, slope.style, slope.label) == ("solid", "dashed", "tanh'")


def test_the_tangent_touches() -> None:
    """The tangent of softplus at 1 has the slope sigmoid(1) and meets the curve there."""
    panel = only_panel("softplus", tangents=(1.0,))
    line, (dot,) = panel.lines[1], panel.dots
    slope = (line.y[1] - line.y[0]) / (line.x[1] - line.x[0])
    assert slope == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert line.y[0] + slope * (1 - line.x[0]) == pytest.approx(np.log1p(np.e))
    assert (dot.x, dot.y) == (1.0, pytest.approx(np.log1p(np.e)))
    assert "0.7311x" in line.label


def test_columns_show_one_without_and_one_with_the_derivative() -> None:
    """With the derivative, the columns are the values alone and both; without, one function each."""
    functions = [resolve("sigmoid"), resolve("tanh")]
    both = curves(functions, View(what="both", layout="columns")).panels
    assert [len(panel.lines) for panel in both] == [2, 4]
    each = curves(functions, View(layout="columns")).panels
    assert [panel.title for panel in each] == ["sigmoid", "tanh"]


def test_overflow_is_a_gap_and_not_an_error() -> None:
    """Where cosh overflows there is nothing to draw."""
    (line,) = only_panel("cosh", interval=(-1000.0, 1000.0)).lines
    assert np.isnan(line.y[0])
    assert np.isfinite(line.y[500])


def test_bars_show_input_output_and_argmax() -> None:
    """For softmax: the input, the output that sums to 1, and the one-hot argmax."""
    panels = bars([resolve("softmax")], np.array([1.0, 2.0, 3.0])).panels
    assert panels[0].bars == (1.0, 2.0, 3.0)
    assert panels[1].bars == pytest.approx(np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum())
    assert panels[2].bars == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(("name", "labels"), [("sphere", 2), ("quadratic1d", 1)])
def test_paths_show_start_and_end(name: str, labels: int) -> None:
    """The path of a descent has its start and end marked, over contours or over the curve."""
    outcome = descend(OBJECTIVES[name], OPTIMIZERS["gd"], steps=20)
    (panel,) = path(OBJECTIVES[name], outcome, name).panels
    named = {dot.label: (dot.x, dot.y) for dot in panel.dots}
    first, last = outcome.trace[0], outcome.trace[-1]
    assert named["start"][0] == first.x[0]
    assert named["end"][0] == last.x[0]
    assert named["start"][1] == (first.x[1] if labels == 2 else first.value)
    assert (panel.contours is not None) == (labels == 2)


def test_a_divergence_does_not_take_the_picture_along() -> None:
    """A runaway path leaves the picture: the limits stay near the objective's box."""
    outcome = descend(OBJECTIVES["rosenbrock"], OPTIMIZERS["gd"], steps=20)
    (panel,) = path(OBJECTIVES["rosenbrock"], outcome, "").panels
    assert outcome.diverged
    assert max(map(abs, (*panel.xlim, *panel.ylim))) < 50


def test_a_jump_at_the_edge_is_no_slope() -> None:
    """From 0 to 1, step is 1 but for its value at 0, which stands alone."""
    panel = only_panel("step", interval=(0.0, 1.0))
    assert {(dot.x, dot.y, dot.open) for dot in panel.dots} == {(0.0, 0.0, False), (0.0, 1.0, True)}
    (line,) = panel.lines
    assert set(line.y[1:]) == {1.0}
    assert np.isnan(line.y[0])


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("exponential", {"tangents": (709.7,)}),
        ("exponential", {"tangents": (1000.0,)}),
        ("sinh", {"interval": (1000.0, 2000.0)}),
    ],
)
def test_what_overflows_is_not_drawn_as_nothing(name: str, view: dict) -> None:
    """Where there is nothing to draw, that is said."""
    with pytest.raises(InputError, match="overflows"):
        only_panel(name, **view)


@pytest.mark.parametrize(
    "bad",
    [
        {"interval": (-1e308, 1e308)},
        {"interval": (0.0, 1e-320)},
        {"interval": (1.0, 1.0000000000000002)},
        {"tangents": (1.0,), "what": "derivative"},
    ],
)
def test_what_cannot_be_drawn_is_an_input_error(bad: dict) -> None:
    """Views beyond what can be drawn are refused."""
    with pytest.raises(InputError):
        View(**bad)


@pytest.mark.parametrize(
    "bad", [{"size": (1000.0, 1000.0)}, {"size": (0.1, 5.0)}, {"size": (8.0, 5.0), "dpi": 10**6}]
)
def test_sizes_are_bounded(bad: dict) -> None:
    """A picture of gigabytes, or of nothing, is refused before it is drawn."""
    with pytest.raises(InputError):
        Paper(**bad)
