"""What a user's code does besides computing, found by calls with a few numbers.

Each habit is one that numbers alone do not show: a gradient check hands out copies, so a backward that writes
into them is right there, and wrong in the user's network.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from actcli.errors import InputError
from actcli.floats import FLOATS
from actcli.function import Array, Habit
from actcli.userland._code import Code
from actcli.userland._shapes import PROBES, Shapes, numbers, quiet, same

_INTEGERS = np.array([3, 4, -2, 1])
_UPSTREAM = np.array([1.0, -1.0, 2.0, 0.5])
_SHOWN = 4  # numbers of an array
_DIGITS = (6, 9, 12, 17)
_TRIVIAL = 16  # bits: what has no more is exact in any type


def habits_of(code: Code, shapes: Shapes) -> tuple[Habit, ...]:
    """Return the habits of a user's function, each once. What fails on the numbers tried shows none."""
    asked = _Asked(code, shapes)
    found: dict[str, Habit] = {}
    with quiet():
        for look in (_noise,) if shapes.noisy else _LOOKS:
            try:
                for habit in look(asked):
                    found.setdefault(habit.name, habit)
            except InputError:
                continue
    return tuple(found.values())


@dataclass(frozen=True)
class _Asked:
    """The function that is asked, and the numbers that it takes."""

    code: Code
    shapes: Shapes

    @property
    def forward(self) -> str:
        """What its user calls the way forwards."""
        return "forward" if self.code.callee.backward else self.code.name.rpartition(":")[2]

    @property
    def backward(self) -> str:
        """What its user calls the way back."""
        return "backward" if self.code.callee.backward else f"the gradient of {self.forward}"

    @cached_property
    def x(self) -> list[Array]:
        """Numbers for each input, for which it has values."""
        probes = [numbers(self.code, base, self.shapes.ndim) for base, _ in PROBES]
        return next((x for x in probes if not np.isnan(self.code.value(*x)).any()), probes[0])

    @cached_property
    def y(self) -> Array:
        """Its values there."""
        return self.code.value(*self.x)

    @property
    def upstream(self) -> Array:
        """An upstream gradient for these values."""
        return np.resize(_UPSTREAM, self.y.shape)

    @cached_property
    def gradient(self) -> tuple[Array, ...]:
        """Its gradients there, from that upstream gradient."""
        return self.code.gradient(self.x, self.upstream)

    def are_close(self, a: Array, b: Array) -> bool:
        """Whether numbers are the same but for rounding."""
        rtol = max(1e-6, 8 * FLOATS[self.code.kind.dtype].epsilon)
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=rtol, equal_nan=True))


def _noise(asked: _Asked) -> Iterator[Habit]:
    x, y = asked.x[0], [asked.code.value(*asked.x) for _ in range(2)]
    for digits in _DIGITS:
        a, b = (_shown(part, digits) for part in y)
        if a != b:
            break
    yield Habit("noisy", f"{asked.forward} returns other numbers each time: for {_shown(x)} {a}, then {b}")


def _in_place(asked: _Asked) -> Iterator[Habit]:
    """Look at the arrays that were handed over, after the call."""
    written = _changed(asked, backwards=False)
    for before, after in written.values():
        said = f"{asked.forward} writes into its input: {before} becomes {after}"
        yield Habit("input", said, matters=True)
    if asked.code.callee.backward is None:
        return
    for place, (before, after) in _changed(asked, backwards=True).items():
        becomes = f"{before} becomes {after}"
        if place == len(asked.x):
            said = f"{asked.backward} writes into the upstream gradient it is given: {becomes}"
            yield Habit("upstream", said, matters=True)
        elif place not in written:
            said = f"{asked.backward} writes into the input of forward: {becomes}"
            yield Habit("input", said, matters=True)


def _changed(asked: _Asked, backwards: bool) -> dict[int, tuple[str, str]]:
    """Return which of the arrays that a call is handed have other numbers after it: before, and after."""
    kind, handed = asked.code.kind, []

    def make(dtype: str, part: Array) -> object:
        array = kind.make(dtype, part)
        handed.append((asked.code.floats(kind.numbers(array)), array))
        return array

    code = replace(asked.code, kind=replace(kind, make=make))
    if backwards:
        code.gradient(asked.x, np.ones_like(asked.y))
    else:
        code.value(*asked.x)
    pairs = ((before, code.floats(kind.numbers(array))) for before, array in handed)
    return {k: (_shown(a), _shown(b)) for k, (a, b) in enumerate(pairs) if not same(a, b)}


def _integers(asked: _Asked) -> Iterator[Habit]:
    """Call numpy's code with integers: arrays made like them cut off what comes after the point."""
    if asked.code.kind.flow is not None:
        return
    whole = [part.astype(int) for part in numbers(asked.code, _INTEGERS, asked.shapes.ndim)]
    floats = [part.astype(np.float64) for part in whole]
    as_given = replace(asked.code, kind=replace(asked.code.kind, make=lambda _, part: part.copy()))
    shown = _shown(_INTEGERS)
    pair = as_given.value(*whole), asked.code.value(*floats)
    if not asked.are_close(*pair):
        said = f"{asked.forward} of the integers {shown} gives {_shown(pair[0])}, as floats {_shown(pair[1])}"
        yield Habit("integers", said, matters=True)
    elif asked.code.has_gradient:
        ones = np.ones_like(pair[1])
        pair = as_given.gradient(whole, ones)[0], asked.code.gradient(floats, ones)[0]
        if not asked.are_close(*pair):
            said = f"after a forward of the integers {shown} {asked.backward} gives {_shown(pair[0])}"
            yield Habit("integers", f"{said}, as floats {_shown(pair[1])}", matters=True)


def _single(asked: _Asked) -> Iterator[Habit]:
    """Look for results that are all exact in float32, though they need its digits."""
    if asked.code.kind.dtype != "float64":
        return
    found = {asked.forward: asked.y}
    if asked.code.has_gradient:
        found[asked.backward] = np.concatenate([part.reshape(-1) for part in asked.gradient])
    for name, y in found.items():
        y = y[np.isfinite(y)]
        long = y[_bits(y) > _TRIVIAL]
        if long.size and np.all(y == y.astype(np.float32)):
            said = f"{name} computes in float32 somewhere: of float64 inputs it returns {float(long[0])!r}"
            yield Habit("float32", f"{said}, which has 24 bits")


def _bits(y: Array) -> Array:
    """Return how many significant bits the numbers have."""
    mantissa = np.abs(np.ldexp(np.frexp(y)[0], 53)).astype(np.int64)
    lowest = mantissa & -mantissa
    return np.where(mantissa == 0, 0, 53 - np.log2(np.maximum(lowest, 1)))


def _upstream(asked: _Asked) -> Iterator[Habit]:
    """Double the upstream gradient: what comes back is doubled."""
    if asked.code.callee.backward is None:
        return
    twice = asked.code.gradient(asked.x, 2 * asked.upstream)
    given = f"the upstream gradient: {_shown(asked.upstream)} gives"
    for a, b in zip(asked.gradient, twice, strict=True):
        if np.isnan(a).all():  # no gradient is stated for this input
            continue
        if same(a, b) and np.any(a != 0):
            said = f"{asked.backward} ignores {given} {_shown(a)}, and doubled the same"
            yield Habit("ignores upstream", said)
        elif not asked.are_close(2 * a, b):
            said = f"{asked.backward} is not linear in {given} {_shown(a)}, doubled {_shown(b)}"
            yield Habit("nonlinear", said)


def _not_elementwise(asked: _Asked) -> Iterator[Habit]:
    """Of a function that keeps the shape, move one entry, and look at the next one's result."""
    x, y = asked.x[0], asked.y
    if asked.shapes.elementwise or y.shape != x.shape:
        return
    steps = 0.125 * (np.arange(x.shape[-1]) == 0)
    moved = asked.code.value(*(part + steps for part in asked.x))
    if not asked.are_close(moved[..., 1:], y[..., 1:]):
        said = f"{asked.forward} is not elementwise: where entry 0 goes from {_shown(x[..., 0])} to"
        said += f" {_shown((x + steps)[..., 0])}, entry 1 of the result goes from {_shown(y[..., 1])} to"
        yield Habit("not elementwise", f"{said} {_shown(moved[..., 1])}")


def _mixing(asked: _Asked) -> Iterator[Habit]:
    """Of an elementwise function, double one entry of the upstream gradient: the others stay."""
    if asked.code.callee.backward is None or not asked.shapes.elementwise:
        return
    more = asked.upstream * (1.0 + (np.arange(asked.y.size) == 0))
    a, b = asked.gradient[0], asked.code.gradient(asked.x, more)[0]
    if not asked.are_close(a[..., 1:], b[..., 1:]):
        said = f"{asked.backward} mixes the entries of the upstream gradient: with entry 0 doubled,"
        said += f" entry 1 goes from {_shown(a[..., 1])} to {_shown(b[..., 1])}"
        yield Habit("mixes entries", said)


def _batches(asked: _Asked) -> Iterator[Habit]:
    """Hand over two rows at once, and each alone."""
    if asked.shapes.ndim != 1:
        return
    rows = [np.stack([part, part[::-1]]) for part in asked.x]
    first, together = [part[0] for part in rows], asked.code.value(*rows)
    yield from _row_by_row(asked, asked.forward, together[0], asked.y)
    if asked.code.has_gradient:
        upstream = np.broadcast_to(asked.upstream, together.shape)
        a, b = asked.code.gradient(rows, upstream)[0][0], asked.code.gradient(first, asked.upstream)[0]
        yield from _row_by_row(asked, asked.backward, a, b)


def _row_by_row(asked: _Asked, name: str, together: Array, alone: Array) -> Iterator[Habit]:
    if not asked.are_close(together, alone):
        said = f"{name} does not take rows one by one: the first of two gives {_shown(together)}"
        yield Habit("batch", f"{said}, alone {_shown(alone)}")


_LOOKS = (_in_place, _integers, _single, _upstream, _not_elementwise, _mixing, _batches)


def _shown(x: Array, digits: int = 6) -> str:
    """Return a few numbers of an array, as they are read."""
    flat = np.asarray(x).reshape(-1)
    texts = [f"{number + 0.0:.{digits}g}" for number in flat[:_SHOWN].tolist()]
    if flat.size == 1:
        return texts[0]
    return f"[{', '.join([*texts, *(['...'] if flat.size > _SHOWN else [])])}]"
