"""Pictures of functions of two variables: the heights, levels and arrows that are drawn, and their bytes."""

from collections.abc import Callable

import numpy as np
import pytest

from actcli.errors import InputError
from actcli.picture import Contours, Field, Panel, Paper
from actcli.pictures.drawable import levels
from actcli.pictures.surfaces import KINDS, Plane, picture_of

FUNCTIONS: dict[str, tuple[Callable, Callable]] = {
    "bowl": (lambda x, y: x**2 + y**2, lambda x, y: (2 * x, 2 * y)),
    "saddle": (lambda x, y: x**2 - y**2, lambda x, y: (2 * x, -2 * y)),
    "waves": (
        lambda x, y: np.sin(x) * np.cos(y),
        lambda x, y: (np.cos(x) * np.cos(y), -np.sin(x) * np.sin(y)),
    ),
    "rosenbrock": (
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        lambda x, y: (2 * (x - 1) - 400 * x * (y - x**2), 200 * (y - x**2)),
    ),
    "constant": (lambda x, y: 3.0, lambda x, y: (0.0, 0.0)),
    "plane": (lambda x, y: x + y, lambda x, y: (1.0, 1.0)),
    "step": (lambda x, y: np.sign(x), lambda x, y: (np.where(x == 0, np.nan, 0.0), 0.0)),
    "pole": (lambda x, y: 1 / x, lambda x, y: (-1 / x**2, 0.0)),
    "quarter": (lambda x, y: np.log(x) + np.sqrt(y), lambda x, y: (1 / x, 0.5 / np.sqrt(y))),
    "point": (lambda x, y: np.where((x == 0) & (y == 0), 1.0, np.nan), lambda x, y: (0.0, 0.0)),
    "steep": (lambda x, y: 9e299 * np.sin(x), lambda x, y: (9e299 * np.cos(x), 0.0)),
    "beyond": (lambda x, y: np.exp(600 * x), lambda x, y: (600 * np.exp(600 * x), 0.0)),
    "offset": (lambda x, y: 100 + 1e-9 * x, lambda x, y: (1e-9, 0.0)),
}
SMALL = Paper(size=(3.0, 2.0), dpi=50)  # is drawn sooner


def panel_of(name: str, kind: str, **changes: object) -> Panel:
    value, gradient = FUNCTIONS[name]
    asked = {"names": ("x0", "x1"), "xlim": (-2.0, 2.0), "ylim": (-2.0, 2.0), **changes}
    (panel,) = picture_of(Plane(value=value, gradient=gradient, **asked), kind, name).panels
    return panel


def contours_of(name: str) -> Contours:
    contours = panel_of(name, "contour").contours
    assert contours is not None
    return contours


def field_of(name: str, **changes: object) -> Field:
    field = panel_of(name, "field", **changes).field
    assert field is not None
    return field


def test_the_field_is_the_negative_gradient_on_the_notes_grid() -> None:
    """From -2 to 2 in steps of 0.25, the arrows of x0^2 + x1^2 are exactly (-2 x0, -2 x1)."""
    field = field_of("bowl")
    steps = np.arange(-2, 2.25, 0.25)
    x, y = np.meshgrid(steps, steps)
    assert np.array_equal([field.x, field.y], [x.ravel(), y.ravel()])
    assert np.array_equal([field.u, field.v], [-2 * x.ravel(), -2 * y.ravel()])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arrows_are_to_scale_and_shorter_than_their_grid(name: str) -> None:
    """No arrow reaches the next place of the grid, and the longest comes near it, unless all are 0."""
    field = field_of(name, xlim=(-2.0, 2.0), ylim=(-1.0, 1.0))
    reach = max(np.abs(field.u / field.scale).max() / 0.25, np.abs(field.v / field.scale).max() / 0.125)
    assert reach == pytest.approx(0.85 if np.any([field.u, field.v]) else 0)
    assert np.isfinite([field.x, field.y, field.u, field.v]).all()


def test_arrows_stand_where_the_function_is() -> None:
    """log(x) + sqrt(y) has arrows for positive x and y only, though 1/x is a number for negative x too."""
    field = field_of("quarter")
    assert field.x.size == 8 * 8
    assert min(field.x.min(), field.y.min()) > 0


def test_the_field_downhill_is_downhill() -> None:
    """One small step along an arrow lowers the function, or the arrow is 0."""
    value, field = FUNCTIONS["rosenbrock"][0], field_of("rosenbrock")
    after = value(field.x + 1e-9 * field.u, field.y + 1e-9 * field.v)
    assert np.all((after < value(field.x, field.y)) | ((field.u == 0) & (field.v == 0)))


def test_a_surface_is_the_function() -> None:
    """Rows go with the second variable and columns with the first, to the ends of both intervals."""
    surface = panel_of("saddle", "surface", xlim=(-1.0, 3.0), ylim=(0.0, 4.0)).surface
    assert surface is not None
    assert (surface.x[0], surface.x[-1], surface.y[0], surface.y[-1]) == (-1.0, 3.0, 0.0, 4.0)
    assert np.array_equal(surface.z, surface.x[None, :] ** 2 - surface.y[:, None] ** 2)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_levels_are_finite_ascending_and_within(name: str) -> None:
    """Levels ascend strictly between the least and the greatest height."""
    contours = contours_of(name)
    bounds = [np.nanmin(contours.z), *contours.levels, np.nanmax(contours.z)]
    assert np.isfinite(bounds).all()
    assert (np.diff(bounds) > 0).all() or len(contours.levels) == 0
    assert (len(contours.levels) == 0) == (name in ("constant", "point"))


def test_a_step_has_one_level_and_symmetry_gives_zero() -> None:
    """Between -1 and 1 the level is 0; it is exactly 0 too where rounding alone would keep it from that."""
    assert 0.0 in contours_of("step").levels
    assert np.abs(contours_of("step").levels).max() < 1
    for name in ("saddle", "plane", "waves"):
        assert 0.0 in contours_of(name).levels, name


def test_levels_share_the_plane() -> None:
    """Neither a pole nor a valley has all levels to itself: no band holds over a tenth of the plane."""
    for name in ("pole", "rosenbrock", "bowl", "saddle"):
        contours = contours_of(name)
        counts, _ = np.histogram(contours.z, [-np.inf, *contours.levels, np.inf])
        assert counts.max() < contours.z.size / 10, name


def test_levels_have_few_digits() -> None:
    """Two digits do for the levels of a plane; near 100, as many as tell them apart; nothing has none."""
    assert [float(f"{level:.2g}") for level in contours_of("plane").levels] == list(
        contours_of("plane").levels
    )
    assert levels(np.full((2, 2), np.nan)).size == 0
    assert len(set(levels(100 + 1e-9 * np.linspace(-1, 1, 1001)))) == 25


def test_what_is_not_finite_or_huge_is_left_out() -> None:
    """1/x at 0, log below 0 and exp beyond 1e300 become nan; the rest stays."""
    for name in ("pole", "quarter", "beyond"):
        z = contours_of(name).z
        assert np.isnan(z).any()
        assert np.nanmax(np.abs(z)) <= 1e300


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e301])
def test_nothing_to_draw_is_said(kind: str, value: float) -> None:
    """A function that is nowhere finite is an input error that names it."""
    plane = Plane(
        names=("x", "y"), value=lambda x, y: value, gradient=lambda x, y: (0.0, 0.0), xlim=(0, 1), ylim=(0, 1)
    )
    with pytest.raises(InputError, match=r"nothing of f\(x, y\) to draw"):
        picture_of(plane, kind, "f(x, y)")


def test_a_gradient_that_is_nowhere_is_said() -> None:
    """Heights without slopes make no field."""
    plane = Plane(
        names=("x", "y"), value=lambda x, y: x, gradient=lambda x, y: (np.nan, 0.0), xlim=(0, 1), ylim=(0, 1)
    )
    with pytest.raises(InputError, match="nothing of the gradient of x to draw"):
        picture_of(plane, "field", "x")


@pytest.mark.parametrize("limits", [(-1e308, 1e308), (1.0, 1.0), (0.0, 1e-320)])
def test_intervals_that_cannot_be_drawn_are_input_errors(limits: tuple[float, float]) -> None:
    """Either interval is refused when too wide or too narrow."""
    for name in ("xlim", "ylim"):
        with pytest.raises(InputError):
            panel_of("bowl", "surface", **{name: limits})


def test_scales_are_equal_unless_that_leaves_a_strip() -> None:
    """A circle is round on a square plane; a plane a hundred times as wide as high fills its axes."""
    assert panel_of("bowl", "contour").equal
    assert not panel_of("bowl", "contour", xlim=(-100.0, 100.0)).equal


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_same_picture_same_bytes(kind: str, suffix: str) -> None:
    """Drawing twice gives the same bytes."""
    from actcli.render.figure import draw

    value, gradient = FUNCTIONS["saddle"]
    plane = Plane(names=("x0", "x1"), value=value, gradient=gradient, xlim=(-2, 2), ylim=(-2, 2))
    one, two = (draw(picture_of(plane, kind, "saddle"), suffix, SMALL) for _ in range(2))
    assert one.data == two.data
    assert len(one.data) > 1000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_drawn_with_its_names(name: str, kind: str) -> None:
    """Holes, poles, constants and huge heights are drawn; names with underscores are shown as they are."""
    from actcli.render.figure import draw

    value, gradient = FUNCTIONS[name]
    plane = Plane(names=("_a", "b__1"), value=value, gradient=gradient, xlim=(-2, 2), ylim=(-2, 2))
    svg = draw(picture_of(plane, kind, "_$f$"), "svg", SMALL).data
    assert all(f"<!-- {label} -->".encode() in svg for label in ("_a", "b__1", "_$f$"))
