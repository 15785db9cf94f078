"""Pictures of checks: errors of difference quotients by step, and stated against numerical slopes."""

from dataclasses import replace

import numpy as np
import pytest

from actcli.checking import Settings, check
from actcli.errors import InputError
from actcli.partials import stating
from actcli.picture import Paper, Picture
from actcli.pictures.checks import picture_of
from actcli.target import resolve

RED, GREEN = 1, 2  # the palette's


def picture(target: str, derivative: str = "", **options: object) -> Picture:
    function = resolve(target)
    if derivative:
        function = stating(function, resolve(derivative))
    return picture_of(check(function, Settings(**options)))


def by_label(parts: tuple) -> dict:
    return {part.label.partition(",")[0]: part for part in parts}


def test_quotients_have_their_orders() -> None:
    """Right of the best step errors fall as h, h^2 and h^4; left of it rounding makes them rise."""
    panel = picture("tanh", at=np.array([0.3])).panels[0]
    lines = by_label(panel.lines)
    for name, order in (("forward", 1), ("central", 2), ("five point", 4)):
        h, error = lines[name].x, lines[name].y
        high = (h > 0.01) & (h < 0.1)
        assert np.polyfit(np.log(h[high]), np.log(error[high]), 1)[0] == pytest.approx(order, abs=0.1)
        assert error[h < 1e-14].max() > 1e-3
    assert panel.log
    assert panel.log_x


def test_the_best_central_step_is_marked() -> None:
    """It lies where rounding and truncation meet: near the cube root of 3 eps |f/f'''|, Press et al. 5.7."""
    best = by_label(picture("exp(x)", at=np.array([1.0])).panels[0].dots)["best h"]
    assert 0.2 < best.x / np.cbrt(3 * 2.0**-53) < 5
    assert best.y < 1e-9


def test_a_wrong_derivative_is_a_floor() -> None:
    """The error of 1/cosh for tanh is a red level far above the band allowed; a right one lies in it."""
    panel = picture("tanh", "1/cosh(x)", at=np.array([1.0])).panels[0]
    line, band = by_label(panel.lines)["stated"], panel.bands[0]
    off = 1 / np.cosh(1) - 1 / np.cosh(1) ** 2
    assert line.y == pytest.approx((off, off))
    assert line.color == RED
    assert band.high[0] < 1e-6 * off
    right = picture("tanh", at=np.array([1.0])).panels[0]
    line, band = by_label(right.lines)["stated"], right.bands[0]
    assert line.y[0] <= band.high[0]
    assert line.color == GREEN


def test_the_users_step_is_marked() -> None:
    """With a step, it has a mark on the central quotient's line."""
    dots = by_label(picture("tanh", at=np.array([0.3]), step=1e-3).panels[0].dots)
    assert dots["--step 0.001"].x == pytest.approx(1e-3, rel=0.2)
    assert dots["--step 0.001"].y == pytest.approx(1e-6 * abs(_third(0.3)) / 6, rel=0.5)


def _third(x: float) -> float:
    """The third derivative of tanh."""
    t = np.tanh(x)
    return float((1 - t * t) * (6 * t * t - 2))


def test_the_disagreement_is_shaded() -> None:
    """Between 1/cosh and 1/cosh^2 there is a band; over all of the samples' interval both are drawn."""
    panel = picture("tanh", "1/cosh(x)").panels[1]
    (band,) = panel.bands
    shaded = ~np.isnan(band.low)
    assert shaded.sum() > 100
    assert band.low[shaded] == pytest.approx(1 / np.cosh(band.x[shaded]))
    assert band.high[shaded] == pytest.approx(1 / np.cosh(band.x[shaded]) ** 2, abs=1e-9)
    assert {line.label for line in panel.lines} == {"numerical", "stated", "fails"}
    assert panel.xlim[0] < -9
    assert picture("tanh").panels[1].bands == ()


@pytest.mark.parametrize("bad", ["where(abs(x) > 5, 0.5, 1)/cosh(x)**2", "1.0009/cosh(x)**2"])
def test_a_small_disagreement_is_drawn_from_near(bad: str) -> None:
    """Where it would be a hair's breadth, the interval shrinks until it is a twentieth of the height."""
    panel = picture("tanh", bad).panels[1]
    (band,) = panel.bands
    curve = by_label(panel.lines)["stated"]
    assert np.nanmax(np.abs(band.high - band.low)) > 0.04 * np.ptp(curve.y[~np.isnan(curve.y)])


def test_a_kink_shows_both_slopes() -> None:
    """At relu's kink quotients stay 0, 1/2 and 1 at any step, and the stated 0 lies in the band between."""
    steps, slopes = picture("relu", at=np.array([0.0])).panels
    lines = by_label(steps.lines)
    for name, slope in (("from the left", 0), ("central", 0.5), ("from the right", 1), ("stated", 0)):
        assert np.asarray(lines[name].y) == pytest.approx(slope)
    assert (steps.bands[0].low[0], steps.bands[0].high[0]) == (0, 1)
    assert {(dot.x, dot.y, dot.open) for dot in slopes.dots} == {(0, 0, True), (0, 1, True), (0, 0, False)}
    numerical = by_label(slopes.lines)["numerical"]
    assert np.isnan(numerical.y[numerical.x == 0]).all()


def test_a_wrong_slope_at_a_kink_is_outside_of_the_band() -> None:
    """3/2 at relu's kink is drawn above the band, in red."""
    panel = picture("relu", "where(x > 0, 1, where(x < 0, 0, 1.5))").panels[0]
    line = by_label(panel.lines)["stated"]
    assert (line.y[0], line.color) == (1.5, RED)
    assert panel.ylim[0] < 0 < 1.5 < panel.ylim[1]


def test_quotients_grow_across_a_jump() -> None:
    """At step's jump the quotient from the right is 1/h."""
    panel = picture("step", at=np.array([0.0])).panels[0]
    line = by_label(panel.lines)["from the right"]
    assert line.y == pytest.approx(1 / line.x)
    assert "jump" in panel.title


def test_one_of_several_inputs_moves() -> None:
    """Of x*y^2 at (3, 5), d/dx is 25 however x moves; the title has both places."""
    drawn = picture("x*y**2", at=np.array([[3.0], [5.0]]), wrt="x")
    assert by_label(drawn.panels[1].lines)["stated"].y == pytest.approx(25)
    assert "x = 3, y = 5" in drawn.title
    assert drawn.panels[1].xlabel == "x"


def test_a_jacobian_is_bars() -> None:
    """Of softmax, the 16 entries at one vector: stated and numerical bars side by side."""
    groups = picture("softmax").panels[-1].groups
    (_, _, numerical), (_, _, stated) = groups.heights
    assert len(groups.names) == len(set(groups.names)) == 16
    assert stated == pytest.approx(numerical, abs=1e-9)
    assert np.asarray(stated).reshape(4, 4).sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)


def test_what_is_not_defined_is_not_drawn() -> None:
    """At -5 there is nothing of log to draw, and that is said."""
    with pytest.raises(InputError, match="outside domain"):
        picture("log(x)", at=np.array([-5.0]))


@pytest.mark.parametrize(("target", "dtype", "order"), [("gelu", "float16", 2), ("softmax", "float32", 1)])
def test_pictures_are_drawn(target: str, dtype: str, order: int) -> None:
    """Lines, bands, marks and groups of bars become a file."""
    from actcli.render.figure import draw

    drawing = draw(picture(target, dtype=dtype, order=order, samples=20), "png", Paper(dpi=30))
    assert drawing.data.startswith(b"\x89PNG")
    assert drawing.missing == ""


def test_a_kink_among_the_points_is_drawn() -> None:
    """Where all is right the kink is what there is to see."""
    assert picture("relu", at=np.array([-1.0, 0.0, 1.0])).title.startswith("relu: derivative kink at x = 0")


def test_no_error_at_all_has_an_axis() -> None:
    """A constant is right to the last digit by any step: the axis ends where a difference would be none."""
    panel = picture("relu", at=np.array([-1.0])).panels[0]
    low, high = panel.ylim
    assert 1e-19 < low < high
    assert all(low <= line.y[0] <= high for line in panel.lines if line.label.startswith("stated"))


def test_noise_is_drawn_in_full() -> None:
    """Code whose values differ each time is not looked at from nearer and nearer."""
    noise = np.random.default_rng(0)
    right = resolve("tanh")
    noisy = replace(
        right, orders=(lambda x: np.tanh(x) + 1e-9 * noise.normal(size=x.shape), *right.orders[1:])
    )
    low, high = picture_of(check(noisy, Settings())).panels[-1].xlim
    assert high - low > 10
