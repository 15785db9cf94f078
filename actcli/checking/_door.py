"""gradcheck as a function of Python's: for a script, a notebook, a test."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from actcli.checking._check import Check, check
from actcli.checking._settings import Settings
from actcli.differences import DIFFERENCES
from actcli.errors import InputError, UnknownNameError
from actcli.function import Function
from actcli.target import is_python, resolve


def gradcheck(f: Any, df: Any = None, /, **options: Any) -> Check:
    """Check a derivative against the slopes of its function: in a test, `assert` it.

    `f` is a TARGET's text ("tanh", "x*sin(y)", "layers.py:Relu"), a Function, a callable of numpy arrays, a
    class or an object with forward and backward, or what is torch's or jax's. `df`, of the same kinds, gives
    the derivative; of several inputs a tuple of them, or the one by `wrt`; of a vector function the Jacobian,
    (k, n), or for one value the gradient, (n,). Without it `f` states its own.

    `options` are the fields of Settings, with a method's name for the method. The Check is true where nothing
    fails; printed, it says what does. Raises InputError for what cannot be checked; where the user's own code
    has raised, with that error as its cause.
    """
    settings = settings_of(options)
    try:
        function = _function(f, settings)
        if df is not None:
            function = stating_by(function, df, settings)
        elif function.whole and len(function.inputs) == len(function.orders) == 1:
            raise InputError(f"{function.name} states no derivative: gradcheck(f, df) takes it as df")
        return check(function, settings)
    except InputError as error:
        if error.tip:
            error.add_note(f"tip: {error.tip}")  # a traceback ends with it
        raise


def settings_of(options: Mapping[str, Any]) -> Settings:
    """Return settings from what is written in a call. Raises InputError."""
    names, given = [field.name for field in fields(Settings)], dict(options)
    for name in given:
        if name not in names:
            raise UnknownNameError("option of gradcheck", name, names)
    if isinstance(method := given.get("method"), str):
        given["method"] = None if method == "auto" else DIFFERENCES[method]
    if not isinstance(dtype := given.get("dtype", ""), str):  # numpy's, torch's and jax's own types
        given["dtype"] = getattr(dtype, "__name__", str(dtype)).rpartition(".")[2]
    if given.get("at") is not None:
        try:
            given["at"] = np.atleast_1d(np.asarray(given["at"], dtype=np.float64))
        except (TypeError, ValueError):
            raise InputError("the points of a check must be numbers, in one row for each input") from None
    return Settings(**given)


def _stated_by(function: Function, text: str, dtype: str) -> Function:
    """Return the derivative that a text states; the function's parameters are known to it."""
    if text.strip() in function.inputs:
        text = f"({text})"  # a variable, where a name alone would be a function of the catalogue
    free = function.defaults if is_python(text.strip()) else ()
    stated = resolve(text, free=free, dtype=dtype, noisy=True)
    names = {*stated.inputs, *stated.parameters}
    known = {name: value for name, value in function.parameters.items() if name in names}
    return resolve(text, known, free=free, dtype=dtype, noisy=True) if known else stated


def _function(f: Any, settings: Settings) -> Function:
    if isinstance(f, Function):
        return f
    free = () if settings.wrt is None else (settings.wrt,)
    if isinstance(f, str):
        return resolve(f, free=free, dtype=settings.dtype, noisy=True)
    from actcli.userland import of_object  # of no use to who checks the catalogue

    return of_object(f, settings.dtype, free)


def stating_by(function: Function, df: Any, settings: Settings) -> Function:
    """Return the function with the derivative of someone else: of the kinds that `gradcheck` takes."""
    from actcli.partials import stating
    from actcli.userland import of_object, with_slopes

    by_one = function.elementwise and (len(function.inputs) == 1 or settings.wrt)
    if isinstance(df, Function):
        stated = df
    elif settings.order == 1 and not by_one and (not isinstance(df, str) or is_python(df.strip())):
        return with_slopes(function, df, settings.dtype)
    elif isinstance(df, str):
        stated = _stated_by(function, df, settings.dtype)
    else:
        stated = of_object(df, settings.dtype, function.defaults)
    return stating(function, stated, settings.order, settings.wrt)
