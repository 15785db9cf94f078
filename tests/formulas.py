"""Random formulas, and what they mean to numpy, sympy and mpmath: no part of actcli's own evaluation."""

import operator
import random
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numpy as np
import sympy
from hypothesis import strategies as st
from mpmath import mp

from actcli import numerics

UNARY = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "sin", "cos", "tan", "asin", "acos"),
    *("atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "abs", "sign", "floor"),
)
BINARY = ("logaddexp", "hypot", "atan2", "max", "min")
OPERATORS = ("+", "-", "*", "/")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
LITERALS = ("0.5", "1.0", "2.0", "3.0", "0.25", "1.5", "10.0", "1e-3", "7.")
EXACT_LITERALS = ("0.5", "1.0", "2.0", "3.0", "0.25", "1.5", "10.0")  # as decimals what they are as floats
VARIABLES = ("x", "y", "z")


def formulas(leaves: int = 16, literals: tuple[str, ...] = LITERALS) -> st.SearchStrategy[str]:
    """Texts of formulas, of up to so many leaves."""
    leaf = st.sampled_from((*VARIABLES, *VARIABLES, *literals))

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner),
            st.builds("{} {} {}".format, leaf, st.sampled_from(OPERATORS), inner),
            st.builds("{}({})".format, st.sampled_from(UNARY), inner),
            st.builds("-{}".format, inner),
            st.builds("{}({}, {})".format, st.sampled_from(BINARY), inner, inner),
            st.builds("({})**{}".format, inner, st.sampled_from(("2.0", "3.0", "0.5", "-1.0", "x", "-2.0"))),
            st.builds("where({} {} {}, {}, x)".format, inner, st.sampled_from(COMPARISONS), inner, inner),
            st.builds("clip({}, {}, {})".format, inner, st.sampled_from(literals), inner),
        )  # fmt: skip

    return st.recursive(leaf, more, max_leaves=leaves).filter(lambda text: len(text) < 900)


def random_formula(source: random.Random, calls: Mapping[str, int], size: int) -> str:
    """Return a formula of about so many parts, of any operators and of calls with so many arguments."""
    if size <= 1:
        rare = (*LITERALS, "0", "1", "2", "1e300", "1e-320", "pi", "e", "inf")
        return source.choice(VARIABLES if source.random() < 0.8 else rare)
    kind = source.random()
    if kind < 0.4:
        left = source.randrange(1, size)
        parts = [random_formula(source, calls, n) for n in (left, size - left)]
        joined = source.choice(("+", "-", "*", "/", "**")).join(parts)
        return f"({joined})" if source.random() < 0.7 else joined
    if kind < 0.5:
        return "-" + random_formula(source, calls, size - 1)
    name = source.choice(list(calls))
    arguments = [random_formula(source, calls, max(1, (size - 1) // calls[name])) for _ in range(calls[name])]
    if name == "where":
        arguments[0] += source.choice(COMPARISONS) + source.choice(VARIABLES)
    return f"{name}({', '.join(arguments)})"


def mutated(source: random.Random, text: str) -> str:
    """Return the text with a few of its characters, or pieces of Python, in other places."""
    pieces = (
        *"()+-*/.,=<>!x1e :[]'#@%^~_\n\0\u2212\u00b2",
        "lambda ",
        " if ",
        "**",
        "D(",
        "1_0",
        "not ",
        "0x",
        "\\N{DIGIT ONE}",
    )
    for _ in range(source.randrange(1, 4)):
        place, length = source.randrange(len(text) + 1), source.choice((0, 0, 1, 3))
        text = text[:place] + source.choice((*pieces, "")) + text[place + length :]
    return text


NUMPY: dict[str, Any] = {
    name: getattr(np, name, None) for name in (*UNARY, "logaddexp", "hypot", "where", "clip")
}
NUMPY |= {
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "pi": np.pi,
    "e": np.e,
}
NUMPY |= {"asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "max": np.maximum, "min": np.minimum}
NUMPY |= {"erf": numerics.erf, "erfc": numerics.erfc, "abs": np.abs}


def by_numpy(text: str, names: Mapping[str, Any]) -> Any:
    """Return what Python and numpy make of the text."""
    with np.errstate(all="ignore"):
        return eval(text, {"__builtins__": {}}, NUMPY | dict(names))


class Pick(sympy.Function):
    """Pick(a, b, p, q) is p for a > b, else q; it has no slope towards a and b."""

    def fdiff(self, argindex: int = 1) -> Any:
        """Return the derivative by that argument."""
        a, b, _, _ = self.args
        return Pick(a, b, int(argindex == 3), int(argindex == 4)) if argindex > 2 else sympy.Integer(0)


class Floor(sympy.Function):
    def fdiff(self, argindex: int = 1) -> Any:
        """Return the derivative by that argument."""
        return sympy.Integer(0)


class Cbrt(sympy.Function):
    def fdiff(self, argindex: int = 1) -> Any:
        """Return the derivative by that argument."""
        return 1 / (3 * Cbrt(self.args[0]) ** 2)


class Condition:
    """A comparison of symbols."""

    def __init__(self, a: Any, sign: str, b: Any) -> None:
        self.a, self.sign, self.b = a, sign, b

    def choose(self, p: Any, q: Any) -> Any:
        """Return p where it holds, else q."""
        a, b = self.a, self.b
        greater, less = Pick(a, b, p, q), Pick(b, a, p, q)
        neither = Pick(a, b, q, Pick(b, a, q, p))
        other = Pick(a, b, p, Pick(b, a, p, q))
        rules = {">": greater, "<": less, ">=": Pick(b, a, q, p), "<=": Pick(a, b, q, p)}
        return (rules | {"==": neither, "!=": other})[self.sign]


def _clip(a: Any, b: Any, c: Any) -> Any:
    larger = Pick(a, b, a, b)
    return Pick(c, larger, larger, c)


_SYMBOLIC: dict[str, Any] = {
    name: getattr(sympy, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan")
}
_SYMBOLIC |= {
    name: getattr(sympy, name) for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh")
}
_SYMBOLIC |= {name: getattr(sympy, name) for name in ("acosh", "atanh", "erf", "erfc", "atan2")}
_SYMBOLIC |= {
    "expm1": lambda a: sympy.exp(a) - 1,
    "log1p": lambda a: sympy.log(1 + a),
    "log2": lambda a: sympy.log(a) / sympy.log(2),
    "log10": lambda a: sympy.log(a) / sympy.log(10),
    "cbrt": Cbrt,
    "floor": Floor,
    "abs": lambda a: Pick(a, 0, a, -a),
    "sign": lambda a: Pick(a, 0, 1, Pick(0, a, -1, 0)),
    "logaddexp": lambda a, b: sympy.log(sympy.exp(a) + sympy.exp(b)),
    "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
    "max": lambda a, b: Pick(a, b, a, b),
    "min": lambda a, b: Pick(b, a, a, b),
    "clip": _clip,
    "where": lambda c, p, q: c.choose(p, q),
    "compare": Condition,
}
_NUMERIC = {
    "Pick": lambda a, b, p, q: p if mp.re(a) > mp.re(b) else q,
    "Floor": lambda a: mp.floor(a),
    "Cbrt": lambda a: mp.sign(a) * mp.cbrt(abs(a)),
}


def _with_calls(text: str) -> str:
    """Write each comparison and each number as a call: neither is decided or calculated with before."""
    import ast

    class Rewrite(ast.NodeTransformer):
        def visit_Compare(self, node: ast.Compare) -> ast.AST:
            self.generic_visit(node)
            signs = {"Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!="}
            sign = ast.Constant(signs[type(node.ops[0]).__name__])
            name = ast.Name("compare", ast.Load())
            return ast.Call(name, [node.left, sign, node.comparators[0]], [])

        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            name = ast.Name("number", ast.Load())
            return ast.Call(name, [node], [])

    return ast.unparse(ast.fix_missing_locations(Rewrite().visit(ast.parse(text, mode="eval"))))


def by_sympy(text: str) -> tuple[Any, dict[Any, float]]:
    """Return sympy's expression of the text, and the numbers in it: as symbols, for sympy to leave alone."""
    numbers: dict[Any, float] = {}

    def number(value: float) -> Any:
        symbol = sympy.Symbol(f"c{float(value).hex().replace('.', '_').replace('+', '').replace('-', 'm')}")
        numbers[symbol] = float(value)
        return symbol

    names = {name: sympy.Symbol(name) for name in VARIABLES}
    return eval(_with_calls(text), {"__builtins__": {}}, {**_SYMBOLIC, **names, "number": number}), numbers


def compiled(expression: Any, numbers: Mapping[Any, float]) -> Callable[..., Any]:
    """Return a function of x, y and z at mpmath's precision; None where it is no real number."""
    symbols = [sympy.Symbol(name) for name in VARIABLES]
    function = sympy.lambdify([*symbols, *numbers], expression, modules=[_NUMERIC, "mpmath"], cse=True)

    def value(point: Mapping[str, float]) -> Any:
        try:
            found = mp.mpmathify(
                function(*(mp.mpf(point[n]) for n in VARIABLES), *map(mp.mpf, numbers.values()))
            )
        except (ZeroDivisionError, ValueError, OverflowError, TypeError):
            return None
        return mp.re(found) if mp.im(found) == 0 and mp.isfinite(found) else None

    return value


class Tie(Exception):
    """A point where a slope is a convention, or no real number."""


class Dual:
    """A value and its slope in mpmath, each rounded as `noise` says; slopes of functions by differences."""

    noise: Callable[[], Any] = staticmethod(lambda: mp.mpf(1))

    def __init__(self, f: Any, d: Any = 0) -> None:
        if mp.im(f) != 0 or not mp.isfinite(f):
            raise Tie
        self.f, self.d = mp.re(f), d

    @classmethod
    def of(cls, function: Callable[..., Any], *arguments: Any) -> "Dual":
        """Apply a function of numbers, by central differences for the slopes, with noise on all results."""
        duals = [a if isinstance(a, Dual) else cls(mp.mpf(a)) for a in arguments]
        points = [a.f for a in duals]
        slope = mp.mpf(0)
        for k, dual in enumerate(duals):
            if dual.d != 0:
                slope += dual.d * cls.noise() * cls.partial(function, points, k)
        return cls(function(*points) * cls.noise(), slope)

    @staticmethod
    def partial(function: Callable[..., Any], points: list[Any], k: int) -> Any:
        """Return the slope towards the k-th argument, by a central difference in three times the bits."""
        a, bits = points[k], mp.prec
        with mpmath.workprec(3 * bits + 2 * abs(int(mp.mag(a or 1)))):
            h = mp.ldexp(abs(a) or 1, -bits)
            above, below = (function(*points[:k], a + s * h, *points[k + 1 :]) for s in (1, -1))
            return mp.re(above - below) / (2 * h)

    def __neg__(self) -> "Dual":
        return Dual(-self.f, -self.d)


def apart(a: Any, b: Any) -> tuple[Any, Any]:
    """Return two numbers that are clearly different; Tie if they are not."""
    p, q = (mp.mpf(c.f if isinstance(c, Dual) else c) for c in (a, b))
    if abs(p - q) <= mp.ldexp(abs(p) + abs(q), -30):
        raise Tie
    return p, q


def _operator(function: Callable[[Any, Any], Any], swapped: bool) -> Callable[[Any, Any], Dual]:
    return lambda a, b: Dual.of(function, b, a) if swapped else Dual.of(function, a, b)


for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(Dual, f"__{_name}__", _operator(getattr(operator, _name), swapped=False))
    setattr(Dual, f"__r{_name}__", _operator(getattr(operator, _name), swapped=True))


def _lifted(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: Dual.of(function, *arguments)


def _floor(a: Any) -> Dual:
    a = a if isinstance(a, Dual) else Dual(a)
    apart(a.f, mp.nint(a.f))
    return Dual(mp.floor(a.f))


def _sign(a: Any) -> Dual:
    return Dual(mp.mpf(1 if apart(a, 0)[0] > 0 else -1))


def _off_axis(a: Any, b: Any) -> tuple[Any, Any]:
    apart(a, 0)  # a branch cut, or a corner at the origin
    return a, b


def _compare(a: Any, sign: str, b: Any) -> bool:
    p, q = apart(a, b)
    return {"<": p < q, "<=": p < q, ">": p > q, ">=": p > q, "==": False, "!=": True}[sign]


_DUAL: dict[str, Any] = {
    name: _lifted(getattr(mpmath, name)) for name in (*UNARY, *BINARY) if hasattr(mpmath, name)
}
_DUAL |= {
    "log2": _lifted(lambda a: mp.log(a) / mp.ln2),
    "cbrt": _lifted(_NUMERIC["Cbrt"]),
    "logaddexp": _lifted(lambda a, b: mp.log(mp.exp(a) + mp.exp(b))),
    "abs": lambda a: a if apart(a, 0)[0] > 0 else -a,
    "sign": _sign,
    "floor": _floor,
    "max": lambda a, b: a if apart(a, b)[0] > apart(a, b)[1] else b,
    "min": lambda a, b: a if apart(a, b)[0] < apart(a, b)[1] else b,
    "atan2": lambda a, b: Dual.of(mp.atan2, *_off_axis(a, b)),
    "hypot": lambda a, b: Dual.of(mp.hypot, *_off_axis(a, b)),
    "where": lambda c, a, b: a if c else b,
    "compare": _compare,
    "number": lambda value: Dual(mp.mpf(value)),
}
_DUAL["clip"] = lambda a, b, c: _DUAL["min"](_DUAL["max"](a, b), c)


def slope_and_condition(text: str, point: Mapping[str, float], name: str) -> tuple[Any, Any, Any]:
    """Return value, slope, and how far noise of one unit on all values and slopes on the way moves the slope.

    The last is what rounding does to any evaluation of the formula as typed. Raises Tie.
    """
    source, rewritten = random.Random(0), _with_calls(text)
    eta = mp.ldexp(1, -60)
    noises = [lambda: mp.mpf(1)] + [lambda: 1 + eta * source.choice((-1, 1))] * 6
    found = []
    for noise in noises:
        Dual.noise = staticmethod(noise)
        names = {
            n: Dual(mp.mpf(v) * (noise() if noise is not noises[0] else 1), int(n == name))
            for n, v in point.items()
        }
        result = eval(rewritten, {"__builtins__": {}}, _DUAL | names)
        found.append(result if isinstance(result, Dual) else Dual(mp.mpf(result)))
    return found[0].f, found[0].d, max(abs(f.d - found[0].d) for f in found[1:]) / eta
