"""What plot draws of which functions: curves, bars of vectors, or a function of two variables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from actcli.errors import InputError, UnknownNameError, quoted
from actcli.points import interval, points

if TYPE_CHECKING:
    from actcli.function import Array, Function
    from actcli.picture import Picture
    from actcli.pictures.curves import What

    Interval = tuple[float, float]

KINDS = ("curve", "surface", "contour", "field")
BARS = "bars"  # what vector functions are drawn as, unasked

_RANGE = (-5.0, 5.0)
_VECTOR = "1,2,3,4"


_LONGEST_TITLE = 60  # characters of a formula


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for: the options as they were typed, None or empty where they were not."""

    kind: str | None = None
    with_derivative: bool = False
    derivative_only: bool = False
    parts: bool = False
    tangents: tuple[float, ...] = ()
    ranges: tuple[str, ...] = ()
    ylim: str | None = None
    at: str | None = None
    layout: str | None = None

    @property
    def what(self) -> "What":
        """What to draw of each function."""
        return "both" if self.with_derivative else "derivative" if self.derivative_only else "value"

    @property
    def options(self) -> list[str]:
        """The names of the options that were given."""
        given = {
            "--kind": self.kind,
            "--with-derivative": self.with_derivative,
            "--derivative-only": self.derivative_only,
            "--parts": self.parts,
            "--tangent": self.tangents,
            "--range": self.ranges,
            "--ylim": self.ylim is not None,
            "--at": self.at is not None,
            "--layout": self.layout is not None,
        }
        return [name for name, value in given.items() if value]


def kind_of(functions: "Sequence[Function]", kind: str | None) -> str:
    """Return which of KINDS, or BARS, the functions are to be drawn as. Raises InputError."""
    if kind is not None and kind not in KINDS:
        raise UnknownNameError("kind", kind, KINDS)
    widest = max(functions, key=lambda function: len(function.inputs))
    name, count = quoted(widest.name), len(widest.inputs)
    if count > 2:
        message = f"{name} has {count} variables ({', '.join(widest.inputs)}), a picture has room for 2"
        raise InputError(message, f"set the others, like -p {widest.inputs[-1]}=1")
    if count == 2:
        return _plane_kind(functions, widest, kind)
    if all(not function.elementwise for function in functions):
        return BARS
    if kind not in (None, "curve"):
        raise InputError(f"{name} has one variable ({widest.inputs[0]}): it has no {kind}", "--kind curve")
    return "curve"


def drawn(functions: "Sequence[Function]", wish: Wish) -> "Picture":
    """Return the picture asked for; a formula alone is its title, as mathematics. Raises InputError."""
    from actcli.formula.text import latex_of

    picture, function = _drawn(functions, wish), functions[0]
    if picture.title != function.formula or len(picture.title) > _LONGEST_TITLE:
        return picture
    return replace(picture, title=latex_of(function.graph, mathtext=True), is_mathematics=True)


def _drawn(functions: "Sequence[Function]", wish: Wish) -> "Picture":
    kind = kind_of(functions, wish.kind)
    if kind == "curve":
        _refuse(wish, "a picture of curves", "--at", tip="--range A:B, or --tangent X")
        return _curves(functions, wish)
    if kind == BARS:
        others = [name for name in wish.options if name != "--at"]
        _refuse(wish, "a vector function", *others, tip="it is drawn as bars, at the numbers of --at 1,2,3")
        return _bars(functions, wish)
    others = [name for name in wish.options if name not in ("--kind", "--range")]
    tip = f"it takes --range, also by name: --range {functions[0].inputs[0]}=-1:1"
    _refuse(wish, f"a {kind} of two variables", *others, tip=tip)
    return _plane(functions[0], kind, wish)


def _refuse(wish: Wish, drawing: str, *options: str, tip: str) -> None:
    wrong = [name for name in wish.options if name in options]
    if wrong:
        raise InputError(f"{' and '.join(wrong)} cannot go with {drawing}", tip)


def _plane_kind(functions: "Sequence[Function]", function: "Function", kind: str | None) -> str:
    name = quoted(function.name)
    if len(functions) > 1:
        raise InputError(f"{name} has two variables: it is drawn alone", "one picture for each")
    if not function.elementwise:
        raise InputError(f"{name} is a function of two vectors: there is no picture of it")
    if kind == "curve":
        takes = " and ".join(function.inputs)
        tip = f"--kind {', '.join(KINDS[1:])}; or set one, like -p {function.inputs[1]}=1"
        raise InputError(f"{name} has two variables, {takes}: it is no curve", tip)
    return kind or "contour"


def _curves(functions: "Sequence[Function]", wish: Wish) -> "Picture":
    from actcli.pictures.curves import LAYOUTS, View, curves

    layout = next((known for known in LAYOUTS if wish.layout in (None, known)), None)
    if layout is None:
        raise UnknownNameError("layout", wish.layout or "", LAYOUTS)
    if wish.with_derivative and wish.derivative_only:
        raise InputError("--with-derivative and --derivative-only exclude each other")
    if wish.parts and wish.derivative_only:
        raise InputError("--parts are those of the function, which --derivative-only does not draw")
    view = View(
        interval=_shared(functions, wish.ranges),
        ylim=None if wish.ylim is None else interval(wish.ylim, "--ylim"),
        what=wish.what,
        tangents=wish.tangents,
        layout=layout,
    )
    return curves(functions, view, _parts(functions) if wish.parts else ())


def _parts(functions: "Sequence[Function]") -> "list[tuple[Function, ...]]":
    from actcli.activations import ACTIVATIONS
    from actcli.builders import parts_of
    from actcli.formula.parse import openings

    known = openings(ACTIVATIONS)
    return [parts_of(function, known) for function in functions]


def _bars(functions: "Sequence[Function]", wish: Wish) -> "Picture":
    from actcli.pictures.curves import bars

    return bars(functions, points([_VECTOR if wish.at is None else wish.at]))


def _plane(function: "Function", kind: str, wish: Wish) -> "Picture":
    from actcli.pictures.drawable import shown
    from actcli.pictures.surfaces import KINDS, Plane, picture_of

    asked = _by_variable(wish.ranges, function.inputs)
    boxes = function.box or (_RANGE, _RANGE)
    xlim, ylim = (
        asked.get(name, asked.get("", box)) for name, box in zip(function.inputs, boxes, strict=True)
    )

    def gradient(x: "Array", y: "Array") -> "tuple[Array, Array]":
        by_x, by_y = function.gradient(x, y)
        return by_x, by_y

    one, other = function.inputs
    plane = Plane(names=(one, other), value=function, gradient=gradient, xlim=xlim, ylim=ylim)
    chosen = next(known for known in KINDS if known == kind)
    return picture_of(plane, chosen, shown(function.name))


def _shared(functions: "Sequence[Function]", texts: Sequence[str]) -> "Interval":
    """Return the one interval of all curves: as asked, or all that their own boxes span."""
    names = list(dict.fromkeys(function.inputs[0] for function in functions))
    asked = _by_variable(texts, names)
    found = {asked.get(name, asked.get("")) for name in names}
    if len(found) > 1:
        raise InputError("the curves share one axis: they take one --range", "--range A:B")
    (only,) = found
    boxes = [function.box[0] for function in functions if function.box] or [_RANGE]
    return only or (min(low for low, _ in boxes), max(high for _, high in boxes))


def _by_variable(texts: Sequence[str], names: Sequence[str]) -> "dict[str, Interval]":
    """Read NAME=A:B texts, and A:B, under the name '', for all the others."""
    found: dict[str, Interval] = {}
    for text in texts:
        name, equals, span = text.rpartition("=")
        name = name.strip()
        if equals and name not in names:
            raise UnknownNameError("variable of --range", name, names)
        if name in found:
            raise InputError(f"--range is given twice{f' for {name}' if name else ''}")
        found[name] = interval(span, "--range")
    return found
