"""Derive the constants of `actcli/numerics/_mills.py`: redirect what this prints there."""

from collections.abc import Callable, Sequence

import mpmath
from mpmath import mp, mpf

DIGITS = 60
CENTRE = (
    4  # u = (t - CENTRE)/(t + CENTRE) maps [0, END] to [-1, 0.8]; 4 needs the fewest coefficients for both
)
END = 40  # where the normal density, times anything the package multiplies it with, is below every float64
SHIFT = mpf("1.25")  # R(t)*(t + SHIFT) is nearly level: it runs from 1.57 at t = 0 to 1 at infinity
TAIL_DEGREE = 23
GAP_DEGREE = 22
ERF_TERMS = 17


def mills(t: mpf) -> mpf:
    """Return the Mills ratio of the normal distribution, R(t) = (1 - Phi(t))/phi(t)."""
    return mpmath.sqrt(mp.pi / 2) * mpmath.exp(t * t / 2) * mpmath.erfc(t / mpmath.sqrt(2))


def fit(function: Callable[[mpf], mpf], degree: int) -> list[mpf]:
    """Interpolate function(t(u)) at Chebyshev nodes: coefficients of u**0, u**1, ..."""
    last = mpf(END - CENTRE) / (END + CENTRE)
    angles = [mp.pi * (2 * k + 1) / (2 * degree + 2) for k in range(degree + 1)]
    nodes = [(last - 1) / 2 + (last + 1) / 2 * mpmath.cos(angle) for angle in angles]
    powers = mpmath.matrix([[u**k for k in range(degree + 1)] for u in nodes])
    values = mpmath.matrix([function(CENTRE * (1 + u) / (1 - u)) for u in nodes])
    return list(mpmath.lu_solve(powers, values))


def high_low(exact: mpf) -> list[mpf]:
    """Write a number as the nearest float64 and the nearest float64 to what is left."""
    return [exact, exact - mpf(float(exact))]


def zeros() -> dict[str, tuple[str, Sequence[mpf]]]:
    """Return the constants of the gated functions, and where their derivatives vanish: as high + low."""
    e = mpmath.exp
    linear = 2 * mpmath.sqrt(2 / mp.pi)
    cubic = linear * mpf("0.044715")
    found = {
        "SILU_SLOPE_ZERO": ("1 + z + exp(z) = 0: the zero of silu'", -1 - mpmath.lambertw(e(-1)).real),
        "SILU_BEND_ZERO": (
            "2 - z + (2 + z)*exp(-z) = 0: the zero of silu''",
            mpmath.findroot(lambda t: 2 - t + e(-t) * (2 + t), mpf("2.4")),
        ),
        "MISH_ZERO": (
            "4*(1 + z) + (6 + 4*z)*exp(z) + 4*exp(2*z) + exp(3*z) = 0: the zero of mish'",
            mpmath.findroot(lambda t: 4 + 4 * t + (6 + 4 * t) * e(t) + 4 * e(2 * t) + e(3 * t), mpf("-1.2")),
        ),
        "QUICK_GELU": ("the factor of quick_gelu's argument", mpf("1.702")),
        "GELU_TANH_LINEAR": ("2*sqrt(2/pi): gelu_tanh's argument is LINEAR*x + CUBIC*x**3", linear),
        "GELU_TANH_CUBIC": ("0.044715*LINEAR", cubic),
        "GELU_TANH_ZERO": (
            "1 + exp(-u) = LINEAR*z + 3*CUBIC*z**3, u the argument at z: minus the zero of gelu_tanh'",
            mpmath.findroot(
                lambda t: 1 + e(-linear * t - cubic * t**3) - linear * t - 3 * cubic * t**3, mpf("0.75")
            ),
        ),
    }
    return {name: (f"{what}, high + low", high_low(value)) for name, (what, value) in found.items()}


def constants() -> dict[str, tuple[str, Sequence[mpf]]]:
    """Name -> (what it is, exact values): everything that `_mills.py` holds."""
    root = mpmath.sqrt(2 * mp.pi)
    gap_zero = mpmath.findroot(lambda t: mills(t) - t, mpf("0.75"))
    return {
        "TAIL": (
            f"R(t)*(t + TAIL_SHIFT)/sqrt(2 pi), powers of u = (t - {CENTRE})/(t + {CENTRE})",
            fit(lambda t: mills(t) * (t + SHIFT) / root, TAIL_DEGREE),
        ),
        "GAP": (
            "(R(t) - t)/(GAP_ZERO - t)/sqrt(2 pi), powers of the same u",
            fit(lambda t: (mills(t) - t) / (gap_zero - t) / root, GAP_DEGREE),
        ),
        "ERF": (
            "erf(x)/x - 1, powers of x**2: the Taylor series, for |x| < 7/8",
            [
                2 / mpmath.sqrt(mp.pi) * (-1) ** n / (mpmath.factorial(n) * (2 * n + 1)) - (n == 0)
                for n in range(ERF_TERMS)
            ],
        ),
        "GAP_ZERO": ("R(t) = t: minus the zero of gelu', high + low", high_low(gap_zero)),
        "SQRT_2": ("the zero of gelu'', high + low", high_low(mpmath.sqrt(2))),
        **zeros(),
    }


def text() -> str:
    """Return the source text of `actcli/numerics/_mills.py`."""
    with mpmath.workdps(DIGITS):
        lines = [
            '"""The tail of the normal distribution, and zeros; written by bench/derive_mills.py."""',
            "",
            f"CENTRE = {float(CENTRE)!r}",
            f"END = {float(END)!r}",
            f"TAIL_SHIFT = {float(SHIFT)!r}",
        ]
        for name, (what, values) in constants().items():
            numbers = [f"    {float(value)!r}," for value in values]
            lines += ["", f"# {what}", f"{name} = (", *numbers, ")"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(text(), end="")
