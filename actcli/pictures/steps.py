"""Difference quotients against their step: truncation, rounding, and the best between them."""

import numpy as np
import numpy.typing as npt

from actcli.checking import Check, Finding, Settings, Verdict
from actcli.checking._part import Part
from actcli.differences import DIFFERENCES
from actcli.differences.stencils import Stencil
from actcli.picture import Band, Dot, Line, Panel
from actcli.pictures.drawable import WIDEST, drawable

Array = npt.NDArray[np.float64]

_BLUE, _RED, _GREEN, _PINK, _ORANGE = range(5)
_QUOTIENTS = {"forward": _PINK, "central": _BLUE, "five_point": _ORANGE}
_SIDES = {"backward": (_PINK, "from the left"), "forward": (_ORANGE, "from the right")}
_LARGEST = 0.1  # the largest step, of a point within [-1, 1]
_PER_DECADE = 8  # steps
_LEAST = 1e-18  # of a slope: less is no difference
_ABOVE = 10.0  # times the rounding: there truncation is seen by itself


def by_step(found: Check, part: Part, k: int) -> Panel | None:
    """Draw errors of quotients; at a kink the quotients, at a gap or a vertical tangent their growth.

    The quotients are unguarded: what a checker without evidence would get. None where none is finite.
    """
    f = part.finding(k)
    if f.verdict == Verdict.KINK or (f.corner is not None and f.left != f.right and _finite(f.left, f.right)):
        return _sides(found, part, k)
    if f.verdict in (Verdict.JUMP, Verdict.VERTICAL):
        return _growth(found, part, k)
    return _errors(found, part, k) if _finite(f.numerical, f.stated) else None


def _finite(*numbers: float | None) -> bool:
    return all(number is not None and np.isfinite(number) for number in numbers)


def _steps(x: float, settings: Settings) -> Array:
    size = max(1.0, abs(x))
    least = settings.precision.eps / 2  # the finest step that still changes most of the numbers
    decades = np.log10(_LARGEST / least)
    return size * np.geomspace(least, _LARGEST, int(decades * _PER_DECADE))


def _quotients(name: str, part: Part, k: int, steps: Array) -> Array:
    """Return the quotients of a method at each step."""
    method, f, x = DIFFERENCES[name], part.seen.curve(k), part.seen.x[k]
    assert isinstance(method, Stencil)
    terms = [float(w) * f(x + a * steps) for w, a in zip(method.weights, method.offsets, strict=True) if w]
    return np.asarray(sum(terms[1:], terms[0]) / steps)


def _errors(found: Check, part: Part, k: int) -> Panel | None:
    f, steps = part.finding(k), _steps(part.seen.x[k], found.settings)
    errors = {name: np.abs(_quotients(name, part, k, steps) - f.numerical) for name in _QUOTIENTS}
    everything = np.concatenate([*errors.values(), [f.allowed, f.error]])
    positive = everything[(everything > 0) & (everything < WIDEST)]
    central = errors["central"]
    if not np.isfinite(central).any() or not positive.size:
        return None
    least = _LEAST * (max(abs(f.stated), abs(f.numerical)) or 1.0)
    floor = max(positive.min() / 4, least)  # zeros are drawn on the floor
    top = max(positive.max() * 4, floor / _LEAST**0.25)
    lines = [
        Line(x=steps, y=drawable(np.maximum(error, floor)), color=color, label=name.replace("_", " "))
        for (name, error), color in zip(errors.items(), _QUOTIENTS.values(), strict=True)
    ]
    stated, allowed = _verdict(f, steps, floor)
    return Panel(
        title="error of difference quotients", xlabel="step h", ylabel="|error|", log=True, log_x=True,
        lines=(*_laws(part, k, steps, central, found.settings), *lines, stated), bands=(allowed,),
        dots=_marks(steps, np.maximum(central, floor), found.settings), ylim=(floor / 2, top),
    )  # fmt: skip


def _verdict(f: Finding, steps: Array, floor: float) -> tuple[Line, Band]:
    """Return the error of the stated derivative, which no step brings down, and what is allowed."""
    ends, off = (steps[0], steps[-1]), max(f.error, floor)
    color, label = _RED if f.fails else _GREEN, f"stated, {f.error:.1e} off"
    band = Band(
        x=ends, low=(floor / 2,) * 2, high=(max(f.allowed, floor),) * 2, color=_GREEN, label="allowed"
    )
    return Line(x=ends, y=(off, off), color=color, style="dashed", label=label), band


def _laws(part: Part, k: int, steps: Array, error: Array, settings: Settings) -> tuple[Line, ...]:
    """Return the two laws of the central quotient: rounding, eps (|f| + |x f'|) / h, and truncation."""
    lost = abs(part.seen.values[k]) + abs(part.seen.x[k] * part.seen.slopes.measured.value[k])
    rounding = settings.precision.eps * lost / steps
    lines = [Line(x=steps, y=drawable(rounding), color=_BLUE, style="axis", label="rounding, ~ 1/h")]
    seen = (error > _ABOVE * rounding) & (steps > steps[-1] / 1e3) & np.isfinite(error)
    if seen.sum() > _PER_DECADE:
        factor = float(np.median(error[seen] / steps[seen] ** 2))
        lines.append(
            Line(x=steps, y=factor * steps**2, color=_BLUE, style="dotted", label="truncation, ~ h²")
        )
    return tuple(lines)


def _marks(steps: Array, error: Array, settings: Settings) -> tuple[Dot, ...]:
    """Mark the best central step, and the user's. The least error is chance: a decade's largest is judged."""
    around = np.lib.stride_tricks.sliding_window_view(np.nan_to_num(error, nan=np.inf), _PER_DECADE + 1)
    best = int(np.argmin(around.max(axis=1))) + _PER_DECADE // 2
    dots = [Dot(x=steps[best], y=error[best], color=_BLUE, open=True, label=f"best h, {steps[best]:.0e}")]
    if settings.step is not None and steps[0] <= settings.step <= steps[-1]:
        near = int(np.argmin(np.abs(np.log(steps / settings.step))))
        dots.append(Dot(x=steps[near], y=error[near], color=_RED, label=f"--step {settings.step:g}"))
    return tuple(dot for dot in dots if np.isfinite(dot.y))


def _sides(found: Check, part: Part, k: int) -> Panel:
    """Draw the quotients from either side of a kink: they never meet, and what lies between passes."""
    f, steps = part.finding(k), _steps(part.seen.x[k], found.settings)
    low, high = sorted((float(f.left or 0.0), float(f.right or 0.0)))
    margin = 0.25 * max(high - low, abs(f.stated - low), abs(f.stated - high)) or 1.0
    lines = [
        Line(x=steps, y=drawable(_quotients(name, part, k, steps)), color=color, label=word)
        for name, (color, word) in _SIDES.items()
    ]
    ends, color = [steps[0], steps[-1]], _RED if f.fails else _GREEN
    central = Line(x=steps, y=drawable(_quotients("central", part, k, steps)), color=_BLUE, label="central")
    stated = Line(x=ends, y=[f.stated] * 2, color=color, style="dashed", label=f"stated, {f.stated:.6g}")
    return Panel(
        title="difference quotients at the kink", xlabel="step h", ylabel="slope", log_x=True,
        lines=(*lines, central, stated), ylim=(min(low, f.stated) - margin, max(high, f.stated) + margin),
        bands=(Band(x=ends, low=[low] * 2, high=[high] * 2, color=_GREEN, label="between them: passes"),),
    )  # fmt: skip


def _growth(found: Check, part: Part, k: int) -> Panel | None:
    """Draw how quotients grow as the step shrinks: by 1/h across a jump, slower at a vertical tangent."""
    steps = _steps(part.seen.x[k], found.settings)
    sizes = [np.abs(_quotients(name, part, k, steps)) for name in _SIDES]
    lines = tuple(
        Line(x=steps, y=np.where(drawable(size) > 0, size, np.nan), color=color, label=word)
        for size, (color, word) in zip(sizes, _SIDES.values(), strict=True)
        if (drawable(size) > 0).any()
    )
    if not lines:
        return None
    title = f"quotients grow as the step shrinks: a {part.verdict(k)}"
    return Panel(title=title, xlabel="step h", ylabel="|slope|", log=True, log_x=True, lines=lines)
