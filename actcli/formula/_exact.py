"""Values in mpmath where its own functions would hang, leave the real numbers, or are not there.

Each function takes mpmath's context first. Outside of a function's domain the result is nan.
"""

from typing import Any

_LARGEST = 2**12  # bits of an exponent: exp(+-2**4096) is as good as inf and 0, and costs no time
_LARGEST_ANGLE = 2**13  # bits: the sine of more would take that many digits of pi
_ASYMPTOTIC = 10**5  # from here on, erfc's series in 1/u**2 gains ten digits a term


def exp(mp: Any, u: Any) -> Any:
    """Return e**u, with as many more bits as u has before its point; u is bounded."""
    if not mp.isfinite(u):
        return mp.exp(u)
    magnitude = mp.mag(u)
    if magnitude < 16:
        return mp.exp(u)
    if magnitude > _LARGEST:  # and more so where u is such a power itself: exp(-exp(u))*exp(u) tends to 0
        magnitude = _LARGEST if magnitude < 2**_LARGEST else _LARGEST + 64
        u = mp.sign(u) * mp.ldexp(1, magnitude)
    with mp.extraprec(int(magnitude) + 8):  # mpmath's own exp takes 100 times as long for 1e308
        n = int(mp.nint(u / mp.ln2))
        rest = u - n * mp.ln2
    return mp.ldexp(mp.exp(rest), n)


def expm1(mp: Any, u: Any) -> Any:
    """Return e**u - 1."""
    return mp.expm1(u) if abs(u) < 1 else exp(mp, u) - 1


def sinh(mp: Any, u: Any) -> Any:
    """Return (e**u - e**-u)/2."""
    return mp.sinh(u) if abs(u) < 1 else (exp(mp, u) - exp(mp, -u)) / 2


def cosh(mp: Any, u: Any) -> Any:
    """Return (e**u + e**-u)/2."""
    return (exp(mp, u) + exp(mp, -u)) / 2


def tanh(mp: Any, u: Any) -> Any:
    """Return sinh(u)/cosh(u)."""
    if not mp.isfinite(u):
        return mp.tanh(u)
    e = expm1(mp, -2 * abs(u))
    return mp.sign(u) * -e / (2 + e)


def erfc(mp: Any, u: Any) -> Any:
    """Return 1 - erf(u)."""
    if not u > _ASYMPTOTIC:  # also nan
        return mp.erfc(u) if u > -_ASYMPTOTIC or mp.isnan(u) else mp.mpf(2)
    if mp.isinf(u):
        return mp.mpf(0)
    term = total = mp.mpf(1)
    for k in range(1, 2 + mp.prec // 30):
        term *= -(2 * k - 1) / (2 * u * u)
        total += term
    return exp(mp, -u * u) * total / (u * mp.sqrt(mp.pi))


def erf(mp: Any, u: Any) -> Any:
    """Return the integral of exp(-s**2) from 0 to u, times 2/sqrt(pi)."""
    return mp.erf(u) if abs(u) < 1 else mp.sign(u) * (1 - erfc(mp, abs(u)))


def cbrt(mp: Any, u: Any) -> Any:
    """Return the real cube root."""
    return mp.sign(u) * mp.cbrt(abs(u))


def log2(mp: Any, u: Any) -> Any:
    """Return log(u)/log(2)."""
    return mp.log(u) / mp.ln2


def sign(mp: Any, u: Any) -> Any:
    """Return -1, 0 or 1."""
    return u if mp.isnan(u) else mp.sign(u)


def angle(name: str) -> Any:
    """Return mpmath's sine, cosine or tangent; nan for what is too large to have one."""

    def value(mp: Any, u: Any) -> Any:
        return getattr(mp, name)(u) if mp.isfinite(u) and mp.mag(u) < _LARGEST_ANGLE else mp.nan

    return value


def logaddexp(mp: Any, a: Any, b: Any) -> Any:
    """Return log(exp(a) + exp(b))."""
    return a if a == b == -mp.inf else max(a, b) + mp.log1p(exp(mp, -abs(a - b)))


def divided(mp: Any, a: Any, b: Any) -> Any:
    """Return a/b; inf for a/0, nan for 0/0."""
    if b != 0:
        return a / b
    return mp.nan if a == 0 or mp.isnan(a) else mp.sign(a) * mp.inf


def power(mp: Any, a: Any, b: Any) -> Any:
    """Return a**b; nan for a negative a and a b that is not whole."""
    if b == 0 or a == 1:
        return mp.mpf(1)
    if mp.isnan(b):
        return mp.nan
    if a == 0:
        return mp.mpf(0) if b > 0 else mp.inf
    if not (mp.isfinite(a) and mp.isfinite(b)):
        return mp.power(a, b) if a > 0 or not mp.isfinite(a) else mp.nan
    whole = mp.isint(b)
    if whole and abs(b) <= 2**16:
        return a ** int(b)
    if a < 0 and not whole:
        return mp.nan
    size = mp.mag(b * mp.log(abs(a)))
    with mp.extraprec(64 + int(min(max(0, size), _LARGEST))):
        exponent = b * mp.log(abs(a))
    odd = whole and int(b) % 2 if mp.mag(b) < mp.prec else 0
    return exp(mp, exponent) * (-1 if a < 0 and odd else 1)
