"""Python on whole arrays: numpy, torch, jax."""

import math
from collections.abc import Mapping, Sequence
from functools import partial

from actcli.codegen._spec import Form, Function, Language, Piece
from actcli.formula._operation import COMPARISON, POWER, PRODUCT, SIGN, SUM
from actcli.formula.operations import CALLS

_OPERATORS = {
    **{
        sign: Form(f"{{0}} {sign} {{1}}", COMPARISON, (SUM, SUM))
        for sign in ("<", "<=", ">", ">=", "==", "!=")
    },
    "add": Form("{0} + {1}", SUM, (SUM, PRODUCT)),
    "sub": Form("{0} - {1}", SUM, (SUM, PRODUCT)),
    "mul": Form("{0} * {1}", PRODUCT, (PRODUCT, SIGN)),
    "div": Form("{0} / {1}", PRODUCT, (PRODUCT, SIGN)),
    "neg": Form("-{0}", SIGN, (SIGN,)),
    "pow": Form("{0} ** {1}", POWER, (POWER + 1, SIGN)),
}
# What varies with no array is a plain number, and its functions are Python's own.
_NUMBERS = {
    **{name: Form(f"math.{name}({{0}})") for name in CALLS if hasattr(math, name)},
    "hypot": Form("math.hypot({0}, {1})"),
    "atan2": Form("math.atan2({0}, {1})"),
    "where": Form("({1} if {0} else {2})"),
    "max": Form("max({0}, {1})"),
    "min": Form("min({0}, {1})"),
    "clip": Form("min(max({0}, {1}), {2})"),
    "abs": Form("abs({0})"),
    "sign": Form("(({0} > 0) - ({0} < 0))", operands=(SUM,)),
}
_NUMPY = {
    "max": Form("np.maximum({0}, {1})"),
    "min": Form("np.minimum({0}, {1})"),
    **{old: Form(f"np.{new}({{0}})") for old, new in (
        ("asin", "arcsin"), ("acos", "arccos"), ("atan", "arctan"),
        ("asinh", "arcsinh"), ("acosh", "arccosh"), ("atanh", "arctanh"),
    )},
    "atan2": Form("np.arctan2({0}, {1})"),
    "erf": Form("special.erf({0})"),
    "erfc": Form("special.erfc({0})"),
}  # fmt: skip
_JAX = {
    **{name: form._replace(text=form.text.replace("np.", "jnp.")) for name, form in _NUMPY.items()},
    "erf": Form("jax.scipy.special.erf({0})"),
    "erfc": Form("jax.scipy.special.erfc({0})"),
}
_TORCH = {
    "max": Form("torch.maximum({0}, {1})"),
    "min": Form("torch.minimum({0}, {1})"),
    "clip": Form("torch.clamp({0}, {1}, {2})"),
    "sign": Form("torch.where(torch.isnan({0}), {0}, torch.sign({0}))"),  # torch's own makes 0 of nan
    "cbrt": Form("torch.sign({0}) * torch.abs({0}) ** (1 / 3)", PRODUCT),
    "hypot": Form("torch.sqrt({0} ** 2 + {1} ** 2)", operands=(POWER + 1, POWER + 1)),
}
_CLAMPS = {"max": "torch.clamp({0}, min={1})", "min": "torch.clamp({0}, max={1})"}


def _number(module: str, value: float) -> str:
    if math.isinf(value):
        return f"{'-' * (value < 0)}{module}.inf"
    return repr(value)  # with its point: a choice between whole numbers would be an array of whole numbers


def _form(module: str, own: Mapping[str, Form], name: str, pieces: Sequence[Piece]) -> Form:
    """Return how an operation is written: on arrays by the module's functions, else by Python's."""
    varies = any(piece.varies for piece in pieces)
    if name in _OPERATORS:
        return _OPERATORS[name]
    if not varies or (name == "where" and not pieces[0].varies):
        return _NUMBERS[name]
    if module == "torch":
        special = _torch(name, [piece.varies for piece in pieces])
        if special:
            return special
    places = ", ".join(f"{{{k}}}" for k in range(len(pieces)))
    return own.get(name) or Form(f"{module}.{name}({places})")


def _torch(name: str, varies: Sequence[bool]) -> Form | None:
    """Return how torch, whose functions take no plain numbers for tensors, writes an operation with some."""
    if name in _CLAMPS and not all(varies):
        tensor, bound = ("{0}", "{1}") if varies[0] else ("{1}", "{0}")
        return Form(_CLAMPS[name].format(tensor, bound))
    if name == "where" and varies[0] and not any(varies[1:]):
        return Form("torch.where({0}, torch.full_like(x, {1}), {2})")
    return None


def _function(module: str, function: Function) -> str:
    x, result = function.variable, function.result.text
    defaults = [f"{name}={_number('math', value)}" for name, value in function.parameters.items()]
    lines = [f"{name} = {text}" for name, text in function.lines]
    if function.joined:
        result = f"{module}.where({module}.isnan({x}), {x}, {result})"
    head = ['@np.errstate(all="ignore")'] if module == "np" and (lines or function.result.varies) else []
    start = [f"{x} = np.asarray({x}, dtype=np.float64)"] if module == "np" else []
    body = [f"    {line}" for line in (*start, *lines, f"return {result}")]
    return "\n".join([*head, f"def {function.name}({', '.join((x, *defaults))}):", *body])


def _file(imports: Mapping[str, str], header: Sequence[str], functions: Sequence[str]) -> str:
    """Join the parts; imported is what the functions use."""
    text = "\n".join(functions)
    needed = "\n".join(line for used, line in imports.items() if used in text)
    comment = "\n".join(f"# {line}".rstrip() for line in header)
    return "\n\n\n".join(["\n\n".join(filter(None, (comment, needed))), *functions]) + "\n"


_MATH = {"math.": "import math\n"}
NUMPY = Language(
    name="numpy",
    summary="Python on numpy arrays; the error function is scipy's",
    number=partial(_number, "np"),
    form=partial(_form, "np", _NUMPY),
    function=partial(_function, "np"),
    file=partial(_file, _MATH | {"np.": "import numpy as np", "special.": "from scipy import special"}),
)
TORCH = Language(
    name="torch",
    summary="Python on torch tensors",
    number=partial(_number, "math"),
    form=partial(_form, "torch", _TORCH),
    function=partial(_function, "torch"),
    file=partial(_file, _MATH | {"torch.": "import torch"}),
    aliases=("pytorch",),
)
JAX = Language(
    name="jax",
    summary="Python on jax arrays",
    number=partial(_number, "jnp"),
    form=partial(_form, "jnp", _JAX),
    function=partial(_function, "jnp"),
    file=partial(_file, _MATH | {"jax.scipy": "import jax", "jnp.": "import jax.numpy as jnp"}),
)
