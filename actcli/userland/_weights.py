"""A layer as a function of its weights too: the gradients of these that a backward pass leaves behind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np

from actcli.errors import InputError
from actcli.function import Array, Function
from actcli.userland._code import Code
from actcli.userland._shapes import quiet

_ROWS = 3  # of the batch that a width is tried with: a gradient that is not summed over it shows


@dataclass(frozen=True, kw_only=True)
class _Weight:
    """An array of a layer's own: its numbers, where it is put, and where its gradient is found."""

    name: str
    own: Array
    put: Callable[[Any, Any], None]
    gradient: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """The maps of the Function, of a batch of rows of `width` numbers and of the weights, all flat."""

    code: Code
    width: int
    weights: tuple[_Weight, ...]

    def value(self, *rows: Array) -> Array:
        """Return the results of the layer with other weights, (m, k), a row of each array at a time."""
        with self.code.home.running():
            found = np.stack([np.reshape(self._forwards(each)[1], -1) for each in zip(*rows, strict=True)])
        return self.code.floats(found)

    def backward(self, x: tuple[Array, ...], upstream: Array) -> tuple[Array, ...]:
        """Return the gradients for the batch and for each weight."""
        with self.code.home.running():
            found = [self._backwards(each[:-1], each[-1]) for each in zip(*x, upstream, strict=True)]
        shapes = [(x[0].shape[1] // self.width, self.width), *(weight.own.shape for weight in self.weights)]
        names = ("the input", *(weight.name for weight in self.weights))
        for name, shape, given in zip(names, shapes, found[0], strict=True):
            if np.shape(given) != shape:
                raise self.code.odd(np.shape(given), shape, f"has for {name} a gradient of shape")
        parts = (np.stack(each).reshape(len(found), -1) for each in zip(*found, strict=True))
        return tuple(map(self.code.floats, parts))

    def _forwards(self, flat: Sequence[Array]) -> tuple[Any, Any, Callable[[Array], Any]]:
        """Return a layer with these weights, what it makes of the batch, and the way back."""
        kind, layer = self.code.kind, _fresh(self.code)
        for weight, numbers in zip(self.weights, flat[1:], strict=True):
            weight.put(layer, kind.array(numbers.reshape(weight.own.shape)))
        y, back = _forwards(layer, self.code, flat[0].reshape(-1, self.width))
        return layer, kind.numbers(y), back

    def _backwards(self, flat: Sequence[Array], upstream: Array) -> list[Any]:
        layer, y, back = self._forwards(flat)
        to_x = back(upstream.reshape(np.shape(y)))
        return [*map(self.code.kind.numbers, (to_x, *(weight.gradient(layer) for weight in self.weights)))]


def layer_of(code: Code) -> Function | None:
    """Return a layer as a vector function of its input and of the weights that it states gradients of.

    A weight is an array or a number that the layer holds: NAME with its gradient in dNAME, grad_NAME or
    NAME_grad, or an item of `params` with its gradient in `grads`; of a torch module a parameter. The input
    is a batch of rows, of the first width that the layer takes. None: it states no such gradients.
    """
    if code.callee.fresh is None or len(code.callee.inputs) != 1:
        return None
    with code.home.running():
        layer = _fresh(code)
        ways = [tuple(_attributes(layer)), tuple(_items(layer))] if code.callee.backward else []
        ways = ways or [tuple(_parameters(layer, code))]
    for weights in filter(None, ways):
        for width in dict.fromkeys([size for weight in weights for size in weight.own.shape] + [4]):
            with quiet():
                stated = _stated(code, weights, width)
            if stated:
                return _function(_Layer(code=code, width=width, weights=stated))
    return None


def _function(layer: _Layer) -> Function:
    name = layer.code.callee.inputs[0]
    return Function(
        name=layer.code.name,
        inputs=(name, *(weight.name for weight in layer.weights)),
        orders=(layer.value,),
        backward=layer.backward,
        parameters=MappingProxyType(dict(layer.code.callee.parameters)),
        elementwise=False,
        whole=True,
        length=layer.width,
        weights=MappingProxyType({weight.name: weight.own for weight in layer.weights}),
    )


def _fresh(code: Code) -> Any:
    assert code.callee.fresh is not None  # who asks has seen it
    return code.callee.fresh()


def _forwards(layer: Any, code: Code, x: Array) -> tuple[Any, Callable[[Array], Any]]:
    """Return what the layer makes of x, and the way back: torch's own, or the layer's."""
    kind, given = code.kind, code.kind.array(x)
    if code.callee.backward is not None:
        return layer.forward(given), lambda upstream: layer.backward(kind.array(upstream))
    given.retain_grad()
    y = layer(given)

    def back(upstream: Array) -> Any:
        y.backward(kind.array(upstream))
        return given.grad

    return y, back


def _stated(code: Code, weights: tuple[_Weight, ...], width: int) -> tuple[_Weight, ...]:
    """Return the weights that have gradients after a pass forwards and backwards; none: it cannot be made."""
    x = np.linspace(-1.3, 1.9, _ROWS * width).reshape(_ROWS, width)
    try:
        with code.home.running():
            layer = _fresh(code)
            y, back = _forwards(layer, code, x)
            back(np.ones(np.shape(code.kind.numbers(y))))
            names = code.callee.inputs
            return tuple(w for w in weights if w.gradient(layer) is not None and w.name not in names)
    except InputError:
        return ()


def _parameters(module: Any, code: Code) -> Iterator[_Weight]:
    """Yield the parameters of a torch module."""
    for name, parameter in module.named_parameters():
        yield _Weight(
            name=name,
            own=code.floats(code.kind.numbers(parameter)),
            put=partial(_put_parameter, name),
            gradient=partial(_of_parameter, name),
        )


def _put_parameter(name: str, module: Any, numbers: Any) -> None:
    module.get_parameter(name).data.copy_(numbers)


def _of_parameter(name: str, module: Any) -> Any:
    return module.get_parameter(name).grad


def _attributes(layer: Any) -> Iterator[_Weight]:
    for name, value in vars(layer).items():
        if _is_floats(value):
            yield _Weight(
                name=name,
                own=np.array(value, np.float64),
                put=partial(_put, vars, name),
                gradient=partial(_beside, name),
            )


def _beside(name: str, layer: Any) -> Any:
    """Return the gradient in the attribute that is named after the weight's."""
    found = (getattr(layer, key, None) for key in (f"d{name}", f"grad_{name}", f"{name}_grad"))
    return next((part for part in found if part is not None), None)


def _items(layer: Any) -> Iterator[_Weight]:
    """Yield the weights of a list, or a mapping, params."""
    params = getattr(layer, "params", ())
    for key, value in params.items() if isinstance(params, Mapping) else enumerate(params):
        if _is_floats(value):
            yield _Weight(
                name=key if isinstance(key, str) else f"params[{key}]",
                own=np.array(value, np.float64),
                put=partial(_put, attrgetter("params"), key),
                gradient=partial(_in_grads, key),
            )


def _in_grads(key: Any, layer: Any) -> Any:
    try:
        return layer.grads[key]
    except (AttributeError, LookupError, TypeError):
        return None


def _put(holding: Callable[[Any], Any], key: Any, layer: Any, numbers: Any) -> None:
    """Overwrite an array in place, where its type allows: others may share it."""
    holder = holding(layer)
    old = holder[key]
    if isinstance(old, np.ndarray) and old.dtype == numbers.dtype:
        old[...] = numbers
    else:
        holder[key] = numbers if np.ndim(old) else float(numbers)


def _is_floats(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
