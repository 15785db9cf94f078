"""A formula made lighter to read: like terms and factors gathered, numbers folded exactly, 0 and 1 left out.

Where the formula has a value, the result has the same, by the rules of real numbers, not of floats. At single
points it may have one where the formula has none (x/x at 0). For display alone.
"""

import math
from collections.abc import Iterable
from fractions import Fraction

from actcli.formula import operations as op
from actcli.formula._fractions import LARGEST, fraction, number_node
from actcli.formula.graph import Node, literal

_ZERO, _ONE = literal("0"), literal("1")
_MOST = 100  # of an exponent that is worked out

Factors = dict[Node, Fraction]  # what is multiplied, each with its exponent
Term = tuple[Fraction, Node]  # of a sum: a coefficient and what it multiplies


def simplified(root: Node) -> Node:
    """Return a graph of the same function with fewer parts."""
    found: dict[Node, Node] = {}
    for node in root.order:
        inputs = [found[a] for a in node.inputs]
        try:
            found[node] = _lighter(node, inputs)
        except OverflowError:
            found[node] = node.operation(*inputs) if node.operation else node
    return found[root]


def _lighter(node: Node, inputs: list[Node]) -> Node:
    operation = node.operation
    if operation is None or any(_is_lost(a) for a in inputs):
        return node if operation is None else operation(*inputs)
    if operation in (op.add, op.sub, op.neg):
        signs = {op.add: (1, 1), op.sub: (1, -1), op.neg: (-1,)}[operation]
        return _sum((sign * c, rest) for sign, a in zip(signs, inputs, strict=True) for c, rest in _terms(a))
    if operation is op.mul or operation is op.div:
        return _scaled(*_factors(operation(*inputs)))
    if operation is op.power and fraction(inputs[1]) is not None:
        return _power(*inputs)
    if operation is op.where and inputs[1] is inputs[2]:
        return inputs[1]
    return operation(*inputs)  # type: ignore[no-any-return]


def _is_lost(node: Node) -> bool:
    """Whether this is inf or nan: nothing may be cancelled with it."""
    return node.constant is not None and not math.isfinite(node.constant)


def _terms(node: Node) -> list[Term]:
    """Return a sum as coefficients and what they multiply; 1 for the constant term."""
    if node.operation is op.add or node.operation is op.sub:
        sign = 1 if node.operation is op.add else -1
        return [*_terms(node.inputs[0]), *((sign * c, rest) for c, rest in _terms(node.inputs[1]))]
    coefficient, factors = _factors(node)
    return [(coefficient, _product(Fraction(1), factors))]


def _gathered(terms: Iterable[Term]) -> list[Term]:
    total: dict[Node, Fraction] = {}
    for coefficient, rest in terms:
        total[rest] = total.get(rest, Fraction(0)) + coefficient
    return [(c, rest) for rest, c in total.items() if c]


def _spread(coefficient: Fraction, rest: Node) -> list[Term]:
    """Return a term as several, where one of its factors is a sum: a*(b + c) as a*b + a*c."""
    factors = _factors(rest)[1]
    sums = [base for base, e in factors.items() if e == 1 and base.operation in (op.add, op.sub)]
    if len(sums) != 1:
        return [(coefficient, rest)]
    others = _product(Fraction(1), {base: e for base, e in factors.items() if base is not sums[0]})
    found = [(c, _factors(op.mul(others, inner))) for c, inner in _terms(sums[0])]
    return [(coefficient * c * number, _product(Fraction(1), rest)) for c, (number, rest) in found]


def _joined(terms: list[Term]) -> list[Term]:
    """Return the terms as one where over a common denominator they are: 1/(1 + x) - x/(1 + x)**2."""
    products = [_factors(rest)[1] for _, rest in terms]
    lowest = {base: e for factors in products for base, e in factors.items() if e < 0}
    lowest = {base: min(factors.get(base, Fraction(0)) for factors in products) for base in lowest}
    above: list[Term] = []
    for (c, _), factors in zip(terms, products, strict=True):
        top = {base: factors.get(base, Fraction(0)) - lowest.get(base, 0) for base in {**lowest, **factors}}
        for base in lowest:
            if (radicand := _radicand(base)) and top[base] == 2:
                top = {**top, base: Fraction(0), radicand: top.get(radicand, 0) + Fraction(1)}
        above += _spread(c, _product(Fraction(1), {base: e for base, e in top.items() if e}))
    found = _gathered(above)
    if not lowest or len(found) != 1:
        return terms
    number, factors = _factors(found[0][1])
    merged = {base: factors.get(base, Fraction(0)) + lowest.get(base, 0) for base in {**factors, **lowest}}
    return [(found[0][0] * number, _product(Fraction(1), {base: e for base, e in merged.items() if e}))]


def _radicand(root: Node) -> Node | None:
    """Return what the square of a root is, x of sqrt(x), x**2 + y**2 of hypot(x, y); None for others."""
    if root.operation is op.hypot:
        squares = (_factors(op.mul(a, a)) for a in root.inputs)
        return _sum((c, _product(Fraction(1), factors)) for c, factors in squares)
    return root.inputs[0] if root.operation is op.sqrt else None


def _sum(terms: Iterable[Term]) -> Node:
    """Return a sum with like terms gathered; products of sums are spread where that makes terms alike."""
    kept = _gathered(terms)
    spread = _gathered(term for c, rest in kept for term in _spread(c, rest))
    if len(spread) <= len(kept):
        kept = spread
    if len(kept) > 1:
        kept = _joined(kept)
    if kept and kept[0][0] < 0:
        kept.sort(key=lambda term: term[0] < 0)  # 1 - x rather than -x + 1
    result: Node | None = None
    for coefficient, rest in kept:
        factors = _factors(rest)[1]
        if result is None:
            result = _product(coefficient, factors)
        else:
            term = _product(abs(coefficient), factors)
            result = result + term if coefficient > 0 else result - term
    return _ZERO if result is None else result


def _factors(node: Node) -> tuple[Fraction, Factors]:
    """Return a product as its coefficient and its other factors, with exponents."""
    number = fraction(node)
    if number is not None:
        return number, {}
    if node.operation is op.neg:
        coefficient, factors = _factors(node.inputs[0])
        return -coefficient, factors
    if node.operation is op.mul or node.operation is op.div:
        (a, top), (b, bottom) = map(_factors, node.inputs)
        sign = 1 if node.operation is op.mul else -1
        if b or sign == 1:
            merged = dict(top)
            for base, exponent in bottom.items():
                merged[base] = merged.get(base, Fraction(0)) + sign * exponent
            return _without_roots(a * b**sign, merged)
    if node.operation is op.power:
        raised = fraction(node.inputs[1])
        if raised is not None and raised.denominator == 1:  # roots have a domain, which gathering would lose
            return _to_power(node.inputs[0], int(raised))
    return Fraction(1), {node: Fraction(1)}


def _to_power(base: Node, n: int) -> tuple[Fraction, Factors]:
    """Return a power as coefficient and factors; constants come out of it: (x/sqrt(2))**2 is x**2/2."""
    coefficient, factors = _factors(base)
    has_constant = coefficient != 1 or any(factor.constant is not None for factor in factors)
    if not (has_constant and coefficient and abs(n) < _MOST):
        return Fraction(1), {base: Fraction(n)}
    return _without_roots(coefficient**n, {factor: e * n for factor, e in factors.items()})


def _without_roots(coefficient: Fraction, factors: Factors) -> tuple[Fraction, Factors]:
    """Return a product with whole powers of constants out of their roots: sqrt(2)**2 is 2."""
    found = dict(factors)
    for root in (base for base in factors if base.operation is op.sqrt):
        (inner,) = root.inputs
        exponent = found[root] + 2 * found.get(inner, 0)
        if inner.constant is None or not inner.constant > 0 or abs(exponent) >= _MOST:
            continue
        number, whole = fraction(inner), int(exponent / 2)
        if number is None:
            found[inner] = Fraction(whole)
        else:
            coefficient *= number**whole
        found[root] = exponent - 2 * whole
    return coefficient, {base: exponent for base, exponent in found.items() if exponent}


def _scaled(coefficient: Fraction, factors: Factors) -> Node:
    """Return a product; a number times a sum is spread over it where numbers then vanish: (a + 2*b)/2."""
    (only, exponent), *others = factors.items() or [(_ONE, Fraction(0))]
    if others or exponent != 1 or only.operation not in (op.add, op.sub):
        return _product(coefficient, factors)
    terms = _terms(only)
    spread = [(coefficient * c, rest) for c, rest in terms]
    before, after = (sum(abs(c) != 1 for c, _ in found) for found in (terms, spread))
    return _sum(spread) if after < before + (abs(coefficient) != 1) else _product(coefficient, factors)


def _product(coefficient: Fraction, factors: Factors) -> Node:
    if not coefficient:
        return _ZERO
    ordered = sorted(
        factors.items(), key=lambda factor: (factor[0].operation is not None, factor[0].text)
    )  # names first
    top = [_raised(base, e) for base, e in ordered if e > 0]
    bottom = [_raised(base, -e) for base, e in ordered if e < 0]
    number = number_node(abs(coefficient))
    if number.operation is op.div:
        number, divisor = number.inputs
        bottom.insert(0, divisor)
    if number is not _ONE or not top:
        top.insert(0, number)
    if coefficient < 0:
        top[0] = -top[0]
    return op.div(_multiplied(top), _multiplied(bottom)) if bottom else _multiplied(top)


def _multiplied(nodes: list[Node]) -> Node:
    result = nodes[0]
    for node in nodes[1:]:
        result = result * node
    return result


def _raised(base: Node, exponent: Fraction) -> Node:
    return base if exponent == 1 else base ** number_node(exponent, decimal=True)


def _power(base: Node, exponent: Node) -> Node:
    n, number = fraction(exponent), fraction(base)
    assert n is not None
    if n == 0:
        return _ONE
    if number and n.denominator == 1 and abs(n) < _MOST:
        value = number ** int(n)
        if max(abs(value.numerator), value.denominator) < LARGEST:
            return number_node(value)
    if n.denominator == 1:
        return _product(*_to_power(base, int(n)))
    return _product(Fraction(1), {base: n})
