"""POINTS: the grammar of numbers, lists and ranges, against exact decimal arithmetic."""

import decimal
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from program import call, is_trouble

from actcli.errors import InputError
from actcli.points import interval, is_points, number, points, settings, size

EXACT = decimal.Context(prec=2000, Emax=10**6, Emin=-(10**6))

decimals = st.builds(
    lambda digits, places: str(Decimal(digits).scaleb(-places)),
    st.integers(-(10**9), 10**9),
    st.integers(0, 12),
)
steps = decimals.map(lambda text: text.lstrip("-")).filter(lambda text: Decimal(text) > 0)


def grid(start: str, step: str, count: int) -> list[float]:
    """Return start, start + step, …: exact as decimals, each rounded once, by reading its text."""
    terms = (EXACT.multiply(Decimal(i), Decimal(step)) for i in range(count))
    return [float(str(EXACT.add(Decimal(start), term))) for term in terms]


def bits(values: object) -> bytes:
    """Return the bytes of floats, in which -0.0 and 0.0 differ."""
    return np.asarray(values, dtype=np.float64).tobytes()


@given(decimals, steps, st.integers(0, 50), st.fractions(0, 1).filter(lambda f: f < 1))
@example("0", "0.1", 10, Fraction(0))
@example("-0.3", "0.1", 6, Fraction(1, 2))
@example("1e300", "1e299", 20, Fraction(0))
@example("0", "5e-324", 9, Fraction(0))
@example("0.1", "1e-30", 30, Fraction(0))
def test_a_range_is_the_decimal_grid(start: str, step: str, last: int, beyond: Fraction) -> None:
    """A range holds the floats nearest to its decimal grid, up to its stop: no more, no less."""
    stop = Fraction(start) + (last + beyond) * Fraction(step)
    text = f"{EXACT.divide(Decimal(stop.numerator), Decimal(stop.denominator)):f}"[:900]
    assume(
        Fraction(text) >= Fraction(start) + last * Fraction(step)
    )  # cutting digits moved it below the grid
    found = points([f"{start}:{text}:{step}"])
    assert found.dtype == np.float64
    assert found.shape == (last + 1,)
    assert bits(found + 0.0) == bits(np.array(grid(start, step, last + 1)) + 0.0)


@given(decimals, steps, st.integers(0, 50))
def test_a_stop_on_the_grid_is_included(start: str, step: str, last: int) -> None:
    """Both ends belong to a range whose stop lies on its grid."""
    stop = str(EXACT.add(Decimal(start), EXACT.multiply(Decimal(last), Decimal(step))))
    found = points([f"{start}:{stop}:{step}"])
    assert (found[0], found[-1], found.size) == (float(start), float(stop), last + 1)


@given(st.integers(-1000, 1000), st.integers(0, 100))
def test_the_step_is_one(start: int, length: int) -> None:
    """start:stop counts by one."""
    assert points([f"{start}:{start + length}"]).tolist() == list(range(start, start + length + 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0:1:0.1", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        ("-5:5:2.5", [-5.0, -2.5, 0.0, 2.5, 5.0]),
        ("0:1:0.3", [0.0, 0.3, 0.6, 0.9]),
        ("0:1:2", [0.0]),
        ("1.5:1.5", [1.5]),
        ("1,2,3", [1.0, 2.0, 3.0]),
        ("3,1:2,-inf", [3.0, 1.0, 2.0, -math.inf]),
        ("1e-3:3e-3:1E-3", [0.001, 0.002, 0.003]),
        ("+.5,5.,05", [0.5, 5.0, 5.0]),
        ("-0", [-0.0]),
        ("1e-400", [0.0]),
        ("-1e308:1e308:1e308", [-1e308, 0.0, 1e308]),
        ("5e-324:1e-323:5e-324", [5e-324, 1e-323]),
    ],
)
def test_points_read_as_written(text: str, expected: list[float]) -> None:
    """Lists keep their order, ranges ascend, each number is the nearest float."""
    assert bits(points([text])) == bits(expected)


@given(st.lists(st.floats(allow_nan=False).map(repr), min_size=1))
def test_a_list_is_its_numbers(texts: list[str]) -> None:
    """Numbers with commas between them, or as arguments of their own, are the same points."""
    expected = bits([float(text) for text in texts])
    assert bits(points([",".join(texts)])) == bits(points(texts)) == expected


@given(st.floats(allow_nan=False))
def test_a_float_reads_back(x: float) -> None:
    """Whatever Python prints for a float is that number, signs of zero included."""
    assert bits([number(repr(x))]) == bits([x])


@pytest.mark.parametrize("text", ["INF", "Infinity", "+inf", "-iNf", "NaN", "-nan"])
def test_inf_and_nan_are_numbers(text: str) -> None:
    """Both inf and nan are read in any case, with any sign."""
    assert str(number(text)) == str(float(text))


OUT_OF_RANGE = ("overflows", "upwards", "above 0", "too many", "finite")


def complaint(text: str) -> str:
    """Return what points() has against a text; nothing if it takes it."""
    try:
        points([text])
    except InputError as error:
        return error.message
    return ""


@given(st.text(alphabet="-+0123456789.eEinfatyNI:,_ ", max_size=12).map("-".__add__))
@example("-1e-3")
@example("-5:5:1")
@example("-1,2,3")
@example("-i")
def test_what_reads_as_points_is_points(text: str) -> None:
    """A token counts as POINTS exactly when it parses, but for what is out of range."""
    said = complaint(text)
    if is_points(text):
        assert not said or any(word in said for word in OUT_OF_RANGE)
    else:
        assert said or is_points(text.replace(" ", ""))


@pytest.mark.parametrize(
    "text", ["-o", "-5.txt", "-n3", "-1 2", "--1", "-", "-1e", "-1_0", "-٣", "-5:5:1:1", "-1,"]
)
def test_other_tokens_are_no_points(text: str) -> None:
    """What only begins like a number is left to the options."""
    assert not is_points(text)


@given(st.floats(min_value=10**7 + 1, max_value=1e300))
def test_too_many_points_are_counted_not_built(stop: float) -> None:
    """A range beyond 10^7 points is refused, however long it is."""
    with pytest.raises(InputError, match="too many points"):
        points([f"1:{stop!r}"])


def test_ten_million_points_are_the_limit() -> None:
    """10^7 points are allowed, over all items together; one more is not."""
    assert points(["1:10000000"]).shape == (10**7,)
    with pytest.raises(InputError, match="10000001"):
        points(["1:5000000,0", "1:5000000"])


@pytest.mark.parametrize("text", ["9" * 1001, "0." + "0" * 1000, "1" * 400, "-" + "9" * 310])
def test_long_digits_are_errors(text: str) -> None:
    """Digits without end, or beyond float64, are refused and not echoed at length."""
    with pytest.raises(InputError) as caught:
        number(text)
    assert len(caught.value.message) < 120


@given(decimals, decimals)
def test_an_interval_ascends(a: str, b: str) -> None:
    """start:stop is read when start is below stop, and refused otherwise."""
    if float(a) < float(b):
        assert interval(f"{a}:{b}", "--range") == (float(a), float(b))
    else:
        with pytest.raises(InputError):
            interval(f"{a}:{b}", "--range")


def test_sizes_and_settings_use_the_same_numbers() -> None:
    """8x5 and alpha=1e-3 hold numbers like any other."""
    assert size("8X5.5", "--size") == (8.0, 5.5)
    assert settings(["alpha=-1e-3", " b = 2"], "--param") == {"alpha": -0.001, "b": 2.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pi", math.pi),
        ("2/3", 2 / 3),
        (" -pi/2 ", -math.pi / 2),
        ("sqrt(2)", math.sqrt(2)),
        ("1 - 1e-3", 0.999),
        ("2**-0.5", math.sqrt(0.5)),
        ("inf", math.inf),
    ],
)
def test_a_setting_may_be_a_formula_without_variables(text: str, value: float) -> None:
    """It is the float nearest to its exact value."""
    assert settings([f"alpha={text}"], "--param") == {"alpha": value}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "for example 1.5"),
        ("1_000", "digits are written without '_'"),
        ("1,5", "for example 1.5"),
        ("1/0", "in the formula: this constant is infinite"),
        ("ten", "in the formula: ten stands for no number; pi, e and inf do"),
        ("2*x", "in the formula: x stands for no number; pi, e and inf do"),
        ("sqr(2)", "in the formula: unknown function 'sqr'; did you mean sqrt?"),
        ("sqrt(2", "in the formula: this parenthesis is never closed"),
        ("open('f')", 'in the formula: a formula cannot hold "\'"'),
        ("__import__('os')", "digits are written without '_'"),
        ("sum(1)", "in the formula: sum of a constant: it needs a vector"),
        ("pi" * 600, "the formula is too long: 1200 characters"),
    ],
)
def test_a_setting_that_is_no_number(text: str, said: str) -> None:
    """One line says which, and the tip why."""
    done = call("eval", "elu", "1", "-p", f"alpha={text}")
    is_trouble(done, "--param 'alpha' must be a number, not '")
    assert f"\n  tip: {said}" in done.err


def test_a_setting_that_is_nan_or_too_large() -> None:
    """A formula without a value is refused, and so is what no float64 holds."""
    for text, said in (("sqrt(-1)", "'sqrt(-1)' has no value"), ("1e999", "'alpha' overflows float64")):
        is_trouble(call("eval", "elu", "1", "-p", f"alpha={text}"), said)


def test_the_program_prints_the_decimal_grid() -> None:
    """What is asked for as 0.3 is shown as 0.3."""
    shown = [row[0] for row in call("eval", "identity", "0:1:0.1").rows]
    assert shown == ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]
