"""What a user's name can be (a function, a class, an object) and how it is called."""

import copy
import importlib
import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import ModuleType
from typing import Any

from actcli.errors import InputError, quoted
from actcli.function import Array
from actcli.userland._home import Home, near
from actcli.userland._kinds import NUMPY, TORCH, Kind, kinds_of

Forward = Callable[..., Any]
Backward = Callable[[Kind, Sequence[Array], Array], Any]

_NUMBERED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, kw_only=True)
class Callee:
    """What to call, with the `inputs` it takes, and the kinds of arrays to try on it.

    `backward` runs a layer forwards and backwards; of what has none, a framework's own gradient may serve.
    `fresh` makes the layer, or the module, anew. `defaults` are for parameters that are inputs. `wide`
    is the same in float64, of what computes with numbers of its own in a narrower type.
    """

    inputs: tuple[str, ...]
    forward: Forward
    backward: Backward | None = None
    fresh: Callable[[], Any] | None = None
    kinds: tuple[Kind, ...]
    parameters: Mapping[str, float]
    defaults: Mapping[str, float] = field(default_factory=dict)
    wide: "Callee | None" = None


def callee(
    thing: Any,
    name: str,
    home: Home,
    module: ModuleType,
    given: Mapping[str, float],
    free: Collection[str] = (),
) -> Callee:
    """Find out how `thing` is called; parameters of a function that are `free` become inputs.

    Raises InputError: not at all, or not with these parameters.
    """
    kinds = kinds_of(thing, home.label, module)
    if _is_torch(thing, "nn.Module"):
        return _module(thing, name, home, given)
    if _is_torch(thing, "autograd.Function"):
        return _autograd(thing, name, given)
    if isinstance(thing, type):
        bound = _bound(thing, name, given, makes=True)
        return _layer(partial(thing, **bound.given), name, home, kinds, bound.numbers)
    if callable(getattr(thing, "forward", None)):
        _bound(lambda: None, name, given, makes=True)
        return _layer(partial(copy.deepcopy, thing), name, home, kinds, {})
    if not callable(thing):
        raise InputError(f"{quoted(name)} is no function: its type is {type(thing).__name__}")
    return _plain(thing, _bound(thing, name, given), kinds, free)


def _plain(thing: Callable[..., Any], bound: "_Bound", kinds: list[Kind], free: Collection[str]) -> Callee:
    """Call a function, with free parameters by their names."""
    freed = {key: value for key, value in bound.numbers.items() if key in free}
    given = {key: value for key, value in bound.given.items() if key not in freed}
    count = len(bound.inputs)

    def run(*x: Any) -> Any:
        return thing(*x[:count], **dict(zip(freed, x[count:], strict=True)), **given)

    return Callee(
        inputs=(*bound.inputs, *freed),
        forward=run,
        kinds=tuple(kinds),
        parameters={key: value for key, value in bound.numbers.items() if key not in freed},
        defaults=freed,
    )


def _layer(
    fresh: Callable[[], Any], name: str, home: Home, kinds: list[Kind], numbers: Mapping[str, float]
) -> Callee:
    with home.running():
        layer = fresh()
    if not callable(getattr(layer, "forward", layer)):
        raise InputError(f"{quoted(name)} has no method forward", _near_method(layer))
    goes_back = callable(getattr(layer, "backward", None))
    if goes_back and NUMPY in kinds:  # what is written by hand is mostly written for numpy
        kinds = [NUMPY, *(kind for kind in kinds if kind is not NUMPY)]
    return Callee(
        inputs=_bound(getattr(layer, "forward", layer), name, {}).inputs,
        forward=_Layer(fresh).forward,
        backward=_Layer(fresh).backward if goes_back else None,
        fresh=fresh if goes_back else None,
        kinds=tuple(kinds),
        parameters=numbers,
    )


@dataclass(frozen=True)
class _Layer:
    """An object made anew for each call: what it keeps from one is not there in the next."""

    fresh: Callable[[], Any]

    def forward(self, *x: Any) -> Any:
        layer = self.fresh()
        return getattr(layer, "forward", layer)(*x)

    def backward(self, kind: Kind, x: Sequence[Array], upstream: Array) -> Any:
        layer = self.fresh()
        layer.forward(*map(kind.array, x))
        return layer.backward(kind.array(upstream))


def _module(thing: Any, name: str, home: Home, given: Mapping[str, float]) -> Callee:
    """Call a torch module in the type in question and as for inference: Dropout does nothing."""
    bound = _bound(thing if isinstance(thing, type) else lambda: None, name, given, makes=True)
    with home.running():
        made = thing(**bound.given) if isinstance(thing, type) else copy.deepcopy(thing)
        made = made.to(getattr(importlib.import_module("torch"), home.dtype)).eval()
    inputs = _bound(made.forward, name, {}).inputs
    narrow, wide = (
        Callee(
            inputs=inputs,
            forward=each,
            fresh=partial(copy.deepcopy, each),
            kinds=(TORCH,),
            parameters=bound.numbers,
        )
        for each in (made, copy.deepcopy(made).double())
    )
    return replace(narrow, wide=wide)


def _autograd(thing: Any, name: str, given: Mapping[str, float]) -> Callee:
    """Call a torch.autograd.Function: its gradient is the backward that it defines."""
    takes = list(inspect.signature(thing.forward).parameters.values())
    if thing.setup_context is importlib.import_module("torch").autograd.Function.setup_context:
        takes = takes[1:]  # the first is the context
    for key in given:
        if key not in [p.name for p in takes]:
            raise _no_parameter(name, key, [p.name for p in takes[1:]])
    typed = {p.name: _typed(given[p.name], p) for p in takes if p.name in given}
    known = {**{p.name: p.default for p in takes if p.default is not p.empty}, **typed}
    inputs = tuple(p.name for p in takes if p.name not in known)

    def run(*x: Any) -> Any:
        every = {**known, **dict(zip(inputs, x, strict=True))}
        return thing.apply(*(every[p.name] for p in takes))  # apply takes nothing by name

    return Callee(inputs=inputs, forward=run, kinds=(TORCH,), parameters=given)


@dataclass(frozen=True)
class _Bound:
    """A signature filled in: the inputs left, what to pass by name, and the numbers that this makes."""

    inputs: tuple[str, ...]
    given: dict[str, float]
    numbers: dict[str, float]


def _bound(f: Callable[..., Any], name: str, given: Mapping[str, float], makes: bool = False) -> _Bound:
    """Give parameters to a function, whose inputs are the arguments without a default, or to a class."""
    try:
        takes = inspect.signature(f).parameters
    except (ValueError, TypeError):  # written in C
        whole = {key: int(value) if value.is_integer() else value for key, value in given.items()}
        return _Bound(("x",), whole, dict(given))
    plain = {key: p for key, p in takes.items() if p.kind not in _STARRED}
    if inspect.Parameter.VAR_KEYWORD not in [p.kind for p in takes.values()]:
        for key in given.keys() - plain.keys():
            raise _no_parameter(name, key, [k for k, p in plain.items() if makes or _is_number(p.default)])
    missing = [key for key, p in plain.items() if p.default is p.empty and key not in given]
    inputs = () if makes else _inputs(takes, missing, name, given)
    for key in missing:
        if key not in inputs:
            raise InputError(f"{quoted(name)} needs the parameter {quoted(key)}", f"--param {key}=NUMBER")
    defaults = {k: p.default for k, p in plain.items() if _is_number(p.default) and k not in inputs}
    typed = {key: _typed(value, plain[key]) if key in plain else value for key, value in given.items()}
    return _Bound(inputs, typed, {**defaults, **given})


def _inputs(
    takes: Mapping[str, inspect.Parameter], missing: list[str], name: str, given: Mapping[str, float]
) -> tuple[str, ...]:
    """Return the arguments without a default or a parameter; where there is none, the first argument."""
    if inputs := tuple(key for key in missing if takes[key].kind in _NUMBERED):
        return inputs
    numbered = (*_NUMBERED, inspect.Parameter.VAR_POSITIONAL)
    for key, p in takes.items():
        if p.kind in numbered and key not in given:
            return (key,)
    raise InputError(f"{quoted(name)} takes no array")


def _typed(value: float, parameter: inspect.Parameter) -> float:
    """Return an int or a bool where the user's signature says that one is wanted."""
    wanted = str(parameter.annotation)
    if isinstance(parameter.default, bool) and value in (0.0, 1.0):
        return bool(value)
    is_whole = isinstance(parameter.default, int) or ("int" in wanted and "float" not in wanted)
    return int(value) if is_whole and value.is_integer() else value


def _no_parameter(name: str, key: str, has: list[str]) -> InputError:
    return InputError(
        f"{quoted(name)} has no parameter {quoted(key)}", f"its parameters: {', '.join(has) or 'none'}"
    )


def _is_number(default: object) -> bool:
    return isinstance(default, int | float) and not isinstance(default, bool)


def _is_torch(thing: Any, base: str) -> bool:
    """Whether `thing` is a class, or an object, of torch's: looked up by name, torch may not be there."""
    ancestors = (thing if isinstance(thing, type) else type(thing)).__mro__
    return any(_full(ancestor) == f"torch.{base}" for ancestor in ancestors)


def _full(cls: type) -> str:
    """torch.nn.modules.module.Module is torch.nn.Module."""
    parts = cls.__module__.split(".")
    return ".".join([*parts[:2], cls.__name__])


def _near_method(layer: Any) -> str:
    return near(
        "forward", [key for key in dir(layer) if not key.startswith("_") and callable(getattr(layer, key))]
    )
