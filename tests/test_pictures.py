"""Pictures: what is drawn, and the same bytes wherever it is drawn."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from program import call, is_trouble

from actcli.activations import ACTIVATIONS
from actcli.descent import descend
from actcli.errors import InputError
from actcli.formula.parse import parse
from actcli.formula.text import latex_of
from actcli.function import Function
from actcli.objectives import OBJECTIVES
from actcli.optimizers import OPTIMIZERS
from actcli.picture import Line, Panel, Paper, Picture
from actcli.pictures.curves import View, bars, curves, tangent
from actcli.pictures.paths import path
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


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What is drawn where there are no settings."""
    return plot(tmp_path_factory.mktemp("clean"), "relu")


@pytest.mark.parametrize(
    "rc",
    [
        b"savefig.dpi: 30\nlines.linewidth: 9\ntext.usetex: True\n",
        b"\xff\xfe not text\nnonsense: 1\n",
    ],
)
def test_no_setting_of_the_users_counts(rc: bytes, tmp_path: Path, undisturbed: bytes) -> None:
    """A matplotlibrc in the working directory, MPLBACKEND and HOME change nothing."""
    (tmp_path / "matplotlibrc").write_bytes(rc)
    found = plot(tmp_path, "relu", MPLBACKEND="nonsense", HOME="/nonexistent", PYTHONHASHSEED="7")
    assert found == undisturbed


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
    outcome = descend(resolve(name), OPTIMIZERS["gd"], steps=20)
    (panel,) = path(resolve(name), outcome, name).panels
    named = {dot.label: (dot.x, dot.y) for dot in panel.dots}
    first, last = outcome.trace[0], outcome.trace[-1]
    assert named["start"][0] == first.x[0]
    assert named["end"][0] == last.x[0]
    assert named["start"][1] == (first.x[1] if labels == 2 else first.value)
    assert (panel.contours is not None) == (labels == 2)


def test_a_divergence_does_not_take_the_picture_along() -> None:
    """A runaway path leaves the picture: the limits stay near the objective's box."""
    outcome = descend(resolve("rosenbrock"), OPTIMIZERS["gd"], steps=20)
    (panel,) = path(resolve("rosenbrock"), outcome, "").panels
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
    ("name", "view", "why"),
    [
        ("exponential", {"tangents": (709.7,)}, "overflows"),
        ("exponential", {"tangents": (1000.0,)}, "overflows"),
        ("sinh", {"interval": (1000.0, 2000.0)}, "overflows"),
        ("sqrt(x)", {"tangents": (0.0,)}, "overflows"),
        ("log(x)", {"interval": (-2.0, -1.0)}, "not defined"),
        ("log(x)", {"tangents": (-1.0,)}, "not defined"),
    ],
)
def test_what_cannot_be_seen_is_not_drawn_as_nothing(name: str, view: dict, why: str) -> None:
    """Where there is nothing to draw, that is said, and why."""
    with pytest.raises(InputError, match=why):
        only_panel(name, **view)


def runs(line: Line) -> list[tuple[float, float]]:
    """Where the unbroken pieces of a line start and end."""
    known = np.flatnonzero(~np.isnan(line.y))
    pieces = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
    return [(float(line.x[piece[0]]), float(line.x[piece[-1]])) for piece in pieces]


@pytest.mark.parametrize(
    ("formula", "breaks"),
    [
        ("1/x", [0]),
        ("1/(x - 1)", [1]),
        ("1/(3*x - 1)", [1 / 3]),
        ("tan(x)", np.array([-1.5, -0.5, 0.5, 1.5]) * np.pi),
        ("atan(1/(x - pi))", [np.pi]),
        ("where(sin(40*x) > 2, 1, sign(sin(x)))", np.array([-np.pi, 0, np.pi])),
        ("floor(x/2)", [-4, -2, 0, 2, 4]),
    ],
)
def test_lines_break_at_poles_and_jumps(formula: str, breaks: list[float]) -> None:
    """No line is drawn through a pole or a jump, and all else is one piece from end to end."""
    (line,) = only_panel(formula).lines
    pieces = runs(line)
    assert (pieces[0][0], pieces[-1][1]) == (-5, 5)
    for (_, stop), (start, _), c in zip(pieces[:-1], pieces[1:], breaks, strict=True):
        assert stop <= c + 1e-12
        assert start >= c - 1e-12
        assert start - stop < 0.021


@pytest.mark.parametrize(
    "formula", ["tanh(1000*x)", "cbrt(x - 1/3)", "sin(60*x)", "exp(-(1000*x)**2)", "x**21"]
)
def test_steep_is_not_broken(formula: str) -> None:
    """A continuous function is one piece, however steep."""
    (line,) = only_panel(formula).lines
    assert runs(line) == [(-5, 5)]
    assert line.y == pytest.approx(resolve(formula)(line.x))


def test_a_curve_starts_where_its_domain_does() -> None:
    """sqrt(x - 1/3) is drawn from 1/3 on; log(x) as far down as samples reach; x**x not below 0."""
    ((start, stop),) = runs(only_panel("sqrt(x - 1/3)").lines[0])
    assert (start, stop) == (pytest.approx(1 / 3, abs=1e-12), 5)
    (line,) = only_panel("log(x)").lines
    assert runs(line) == [(pytest.approx(0.01), 5)]
    assert only_panel("log(x)").ylim is None
    assert runs(only_panel("x**x").lines[0])[-1] == (pytest.approx(0, abs=1e-12), 5)


@pytest.mark.parametrize("formula", ["1/x", "1/(x - 1/3)**2", "tan(x)", "1/sin(x)", "x/(x**2 - 2)"])
def test_poles_leave_room_for_the_rest(formula: str) -> None:
    """Of a function with poles, nine tenths fill at least a third of the height; --ylim is obeyed."""
    panel = only_panel(formula)
    low, high = np.nanquantile(panel.lines[0].y, [0.05, 0.95])
    assert panel.ylim is not None
    assert panel.ylim[0] < low < high < panel.ylim[1]
    assert high - low > (panel.ylim[1] - panel.ylim[0]) / 3
    assert only_panel(formula, ylim=(-1.0, 2.0)).ylim == (-1, 2)


@pytest.mark.parametrize(
    "formula", ["exp(3*x)", "x**9", "exp(-1000*x**2)", "1/(0.0001 + x**2)", "abs(x)", "log(x)"]
)
def test_what_has_no_pole_is_shown_whole(formula: str) -> None:
    """Growth and peaks are no poles: y is left to the data."""
    assert only_panel(formula).ylim is None


def test_what_has_no_derivative_has_no_tangent() -> None:
    """Python code without a derivative is drawn; its derivative and its tangents are refused."""

    def backward(*_: object) -> tuple:
        raise InputError("no derivative")

    function = Function(name="bare", orders=(np.sin,), backward=backward)
    (panel,) = curves([function], View()).panels
    assert panel.lines[0].y == pytest.approx(np.sin(panel.lines[0].x))
    for view in (View(what="both"), View(what="derivative"), View(tangents=(1.0,))):
        with pytest.raises(InputError, match="bare has no derivative"):
            curves([function], view)


def test_kinks_of_formulas_are_dots() -> None:
    """max(x - 1, 0) has a dot at 1, abs(x) one at 0; sin(x) none."""
    assert [(dot.x, dot.y) for dot in only_panel("max(x - 1, 0)").dots] == [(1, 0)]
    assert [(dot.x, dot.y) for dot in only_panel("abs(x)").dots] == [(0, 0)]
    assert only_panel("sin(x)").dots == ()


def test_tangents_of_the_notes() -> None:
    """0.01x^2 + 0.1x has the slopes 0.2 and 0.3 at 5 and 10, where it is 0.75 and 2."""
    five, ten = (tangent(resolve("0.01*x**2 + 0.1*x"), x) for x in (5.0, 10.0))
    assert (five.y, five.slope, five.intercept) == pytest.approx((0.75, 0.2, -0.25), abs=1e-12)
    assert (ten.y, ten.slope, ten.intercept) == pytest.approx((2, 0.3, -1), abs=1e-12)
    assert five.equation == "y = 0.2x - 0.25"


def test_names_of_axes_are_those_of_the_variables() -> None:
    """A formula in t has t below its axis and in its tangents."""
    panel = only_panel("t**2", "t**3", tangents=(1.0,))
    assert panel.xlabel == "t"
    assert panel.lines[2].label == "tangent at 1: y = 2t - 1"
    assert only_panel("t**2", "-x").xlabel == "t, x"


def test_long_formulas_have_short_labels() -> None:
    """Labels end at 60 characters, titles at 90: the middle is left out."""
    long = [" + ".join(f"sin({k}*x)" for k in range(n, n + 30)) for n in (1, 2)]
    picture = curves([resolve(formula) for formula in long], View())
    assert all(len(line.label) <= 60 and "…" in line.label for line in picture.panels[0].lines)
    assert len(picture.title) <= 90


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


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drawn(*arguments: str) -> str:
    """The SVG that a command draws: its labels are comments in it."""
    done = call("plot", *arguments, "-o", "picture.svg")
    assert done.code == 0, done
    return Path("picture.svg").read_text()


TANH = "(exp(x)-exp(-x))/(exp(x)+exp(-x))"


@pytest.mark.parametrize("target", ["tanh", "tanh(x)", TANH])
def test_parts_of_tanh(target: str, here: Path) -> None:
    """Beside tanh stand its numerator, its denominator and both exponentials, whichever way it is written."""
    svg = drawn(target, "--parts", "--ylim", "-5:5")
    labels = [target, "exp(x) - exp(-x)", "exp(x) + exp(-x)", "exp(x)", "exp(-x)"]
    assert all(svg.count(f"<!-- {label} -->") >= 1 for label in labels)
    assert svg.count("stroke-dasharray: 6.6,2.2") == 2 * 4  # each on the axes and in the legend


def test_parts_are_dashed_in_colours_of_their_own() -> None:
    """A part is drawn once, with its own values, even where two functions share it or it is one of them."""
    functions = [resolve("exp(x)/(1 + exp(x))"), resolve("exp(x)")]
    shared = [(resolve("exp(x)"), resolve("1 + exp(x)")), (resolve("1 + exp(x)"),)]
    (panel,) = curves(functions, View(), shared).panels
    assert [(line.label, line.style) for line in panel.lines] == [
        ("exp(x)/(1 + exp(x))", "solid"), ("1 + exp(x)", "part"), ("exp(x)", "solid"),
    ]  # fmt: skip
    assert panel.lines[1].y == pytest.approx(1 + np.exp(panel.lines[1].x))
    assert len({line.color for line in panel.lines}) == 3


def test_the_table_of_tangents(here: Path) -> None:
    """With --format stdout has a row for each tangent, and stderr says where the picture is."""
    done = call(
        "plot", "0.01*x**2 + 0.1*x", "--range", "0:20", "--tangent", "5", "--tangent", "10", "-f", "csv"
    )
    head, *rows = (line.split(",") for line in done.text.splitlines())
    assert head == ["function", "x", "value", "slope", "intercept", "equation"]
    assert [float(row[3]) for row in rows] == pytest.approx([0.2, 0.3], abs=1e-12)
    assert done.err == "wrote 0.01x_2+0.1x-tangent.png\n"
    assert (here / "0.01x_2+0.1x-tangent.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["x**2"], "x_2.png"),
        (["x**3"], "x_3.png"),
        (["x*2"], "x2.png"),
        (["exp(x)"], "exp_x.png"),
        (["exp(x)", "exp(-x)", "--range", "-2:2"], "exp_x,exp_-x.png"),
        (["exp(x) - exp(-x)"], "exp_x-exp_-x.png"),
        (["-x**2"], "x_2.png"),
        (["a*x", "-p", "a=2"], "ax_a_2.png"),
        (["tanh", "--parts"], "tanh-parts.png"),
        (["x0*x1", "--kind", "field"], "x0x1-field.png"),
        (["1"], "1.png"),
    ],
)
def test_names_of_files(arguments: list[str], name: str, here: Path) -> None:
    """A formula becomes a short and safe file name."""
    done = call("plot", *arguments)
    assert (done.code, done.text) == (0, f"{name}\n")
    assert (here / name).is_file()


def test_long_names_of_files_differ(here: Path) -> None:
    """Formulas that differ only at their ends have names of at most 64 characters that differ."""
    long = " + ".join(f"sin({k}*x)" for k in range(1, 30))
    names = {call("plot", f"{long} + {k}", "--dpi", "20").text.strip() for k in (1, 2)}
    assert len(names) == 2
    assert all(len(name) <= 64 and name[0].isalnum() and (here / name).is_file() for name in names)


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["x*y*z"], "x, y, z"),
        (["x*y", "--kind", "curve"], "two variables"),
        (["exp(x)", "--kind", "surface"], "one variable"),
        (["exp(x)", "--kind", "pie"], "'pie'"),
        (["x*y", "exp(x)"], "alone"),
        (["dot(x, y)"], "vectors"),
        (["x*y", "--range", "z=1:2"], "'z'"),
        (["x*y", "--range", "=1:2"], "''"),
        (["x*y", "--range", "x=1:2", "--range", "x=1:2"], "twice"),
        (["x*y", "--range", "x=2:1"], "upwards"),
        (["tanh", "--range", "y=1:2"], "'y'"),
        (["x**2", "t**2", "--range", "t=1:2"], "one axis"),
        (["tanh", "-f", "csv"], "--format"),
        (["tanh", "--tangent", "1", "-f", "xml"], "'xml'"),
        (["tanh", "--tangent", "1", "-f", "csv", "-o", "-"], "stdout"),
        (["relu", "--parts"], "'where(x > 0, x, 0)'"),
        (["tanh", "--parts", "--derivative-only"], "--parts"),
        (["softmax", "--parts"], "--parts"),
        (["softmax", "--kind", "curve"], "--kind"),
        *((["x*y", *option], option[0]) for option in (
            ["--tangent", "1"], ["--with-derivative"], ["--derivative-only"], ["--parts"], ["--ylim", "0:1"],
            ["--layout", "columns"], ["--at", "1"],
        )),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_go_together_is_said(arguments: list[str], fragment: str, here: Path) -> None:
    """An option that has no place in the picture is one line of trouble, and nothing is written."""
    is_trouble(call("plot", *arguments), fragment)
    assert not list(here.iterdir())


def test_ranges_by_name(here: Path) -> None:
    """A:B is for all variables that have no range of their own; an objective has a box of its own."""
    from actcli.cli._drawings import Wish
    from actcli.cli._drawings import drawn as picture_of

    def limits(target: str, *ranges: str) -> tuple:
        (panel,) = picture_of([resolve(target)], Wish(ranges=ranges)).panels
        return panel.xlim, panel.ylim

    assert limits("x*y") == ((-5, 5), (-5, 5))
    assert limits("x*y", "-3:3") == ((-3, 3), (-3, 3))
    assert limits("x*y", "-3:3", "y=0:1") == ((-3, 3), (0, 1))
    assert limits("x*y", "y=0:1") == ((-5, 5), (0, 1))
    assert limits("rosenbrock") == ((-2, 2), (-1, 3))
    assert limits("rosenbrock", "x1=0:1") == ((-2, 2), (0, 1))
    assert limits("quadratic1d")[0] == OBJECTIVES["quadratic1d"].box[0]


@pytest.mark.parametrize("kind", ["surface", "contour", "field"])
@pytest.mark.parametrize("target", ["x0**2 + x1**2", "himmelblau"])
def test_kinds_of_two_variables(kind: str, target: str, here: Path) -> None:
    """A function of two variables is drawn as asked, and as contours if not asked."""
    svg = drawn(target, "--kind", kind, "--range", "-2:2", "--dpi", "20")
    title = "${x_{0}}^{2} + {x_{1}}^{2}$" if "**" in target else target
    assert all(f"<!-- {label} -->" in svg for label in (title, "x0", "x1"))
    assert (svg == drawn(target, "--range", "-2:2", "--dpi", "20")) == (kind == "contour")


@pytest.mark.parametrize(
    "text", [a.formula for a in ACTIVATIONS.values() if a.formula] + ["n_apple*tax_1", "hypot(x, y)/3"]
)
def test_formulas_are_mathematics(text: str) -> None:
    """Every formula of the catalogue is mathematics that matplotlib can read."""
    from matplotlib.mathtext import MathTextParser

    mathematics = latex_of(parse(text, ACTIVATIONS), mathtext=True)
    assert MathTextParser("path").parse(f"${mathematics}$").width > 0


def test_a_formula_is_drawn_as_mathematics() -> None:
    """A title that is mathematics is drawn as such, not as its text."""
    from actcli.render.figure import draw

    mathematics = latex_of(parse("exp(-x**2/2)/sqrt(2*pi)"), mathtext=True)
    line = Line(x=[0.0, 1.0], y=[0.0, 1.0], color=0)
    picture = Picture(title=mathematics, panels=(Panel(lines=(line,)),), is_mathematics=True)
    plain = replace(picture, is_mathematics=False)
    assert draw(picture, "svg", Paper()).data != draw(plain, "svg", Paper()).data
