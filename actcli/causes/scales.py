"""What a slope has been multiplied by, or has been added to it."""

import math
from collections.abc import Mapping

import numpy as np

from actcli.causes._spec import Case, Cause, Rule, number, scaled, shifted

_KNOWN: Mapping[str, float] = {
    **{str(k): float(k) for k in range(2, 11)},
    "pi": math.pi,
    "2*pi": 2 * math.pi,
    "sqrt(2)": math.sqrt(2),
    "sqrt(pi)": math.sqrt(math.pi),
    "sqrt(2*pi)": math.sqrt(2 * math.pi),
    "sqrt(2/pi)": math.sqrt(2 / math.pi),
    "e": math.e,
    "ln(2)": math.log(2),
    "ln(10)": math.log(10),
    "1.702": 1.702,
    "180/pi": 180 / math.pi,
    "100": 100.0,
    "1000": 1000.0,
}
_POWERS: Mapping[str, float] = {
    "1/2": 0.5,
    "2": 2.0,
    "-1": -1.0,
    "1/3": 1 / 3,
    "3": 3.0,
    "2/3": 2 / 3,
    "3/2": 1.5,
}
_CLOSE = 1e-4  # to 1: then it says more by how much
_MANY = 10  # points, the number of which is no other constant
_SHARES = {f"1/{count}" for count in range(2, 11)}
_TWO = 2  # points, the least that make a batch
_ROUGH = 1e-3  # how near a fitted factor must be for a name to be tried
_FREE = 2  # points that a number of no name takes: one that it is taken from, and one for the choice


def _sign(case: Case) -> str | None:
    if not case.explained(scaled(-1.0)):
        return None
    return f"the sign: the stated derivative is -1 times the measured slope at {case.all_wrong}"


def _parameter(case: Case) -> str | None:
    plain = {0.0, 1.0, *map(abs, _named(case).values())}  # of such a number nothing tells where it is from
    given = case.function.parameters.items()
    candidates = [(name, value) for name, value in given if abs(value) not in plain]
    for name, value in candidates:
        for text, factor, done in ((f"1/{name}", 1 / value, "missing"), (name, value, "one too many")):
            if case.explained(scaled(factor), tried=2.0 * len(candidates)):
                times = f"{text} = {number(factor)} times the measured slope at {case.all_wrong}"
                return f"a factor {name} is {done}: stated is {times}"
    return None


def _factor(case: Case) -> str | None:
    fitted = _fitted(case)
    named = _named(case)
    texts = [text for text, factor in named.items() if abs(factor - fitted) <= _ROUGH * abs(fitted)]
    for text in texts:
        if case.explained(scaled(named[text]), tried=len(named)):
            return _times(case, _explicit(case, text, named[text]))
    if fitted != 1 and case.explained(scaled(fitted), fitted=_FREE):
        near = f"1 {'+' if fitted > 1 else '-'} {abs(fitted - 1):.3g}"
        return _times(case, near if abs(fitted - 1) < _CLOSE else number(fitted))
    return None


def _times(case: Case, factor: str) -> str:
    return f"a constant factor: stated is {factor} times the measured slope at {case.all_wrong}"


def _explicit(case: Case, text: str, factor: float) -> str:
    """Return the factor as a name and a number, and what else has that number."""
    same = [name for name, value in case.function.parameters.items() if value == factor]
    same += [f"1/{name}" for name, value in case.function.parameters.items() if value * factor == 1]
    same += ["the number of points"] * (text == "n") + ["1 over the number of points"] * (text == "1/n")
    if case.function.weights and text in _SHARES:
        same.append("1 over the number of rows")
    shown = number(factor) if text in (number(factor), "n") else f"{text} = {number(factor)}"
    return shown + (f" ({', or '.join(same)})" if same and abs(factor) != 1 else "")


def _named(case: Case) -> dict[str, float]:
    """Return factors that have a name, their inverses, and all with a minus."""
    count = _points(case)
    known = {**({"n": float(count)} if count > _MANY else {}), **_KNOWN}
    inverse = {f"1/({text})" if set("/*") & set(text) else f"1/{text}": 1 / v for text, v in known.items()}
    both = {**known, **inverse}
    return {**both, **{f"-{text}": -value for text, value in both.items()}}


def _fitted(case: Case) -> float:
    """Return the factor at the wrong point that shows it best, 1 where none does."""
    unsure = np.where(case.wrong, case.allowed / np.abs(case.measured), np.inf)
    k = int(np.argmin(np.nan_to_num(unsure, nan=np.inf))) if unsure.size else -1
    return float(case.stated[k] / case.measured[k]) if k >= 0 and np.isfinite(unsure[k]) else 1.0


def _points(case: Case) -> int:
    """Return how many points, or rows, are handed over at once."""
    return case.shape[0] if case.shape else case.part.codes.size


def _batch(case: Case) -> str | None:
    """Look for 1/n in code that was seen to give other gradients for more rows."""
    count = _points(case)
    if count < _TWO or not any(habit.name == "batch" for habit in case.function.habits):
        return None
    if not case.explained(scaled(1 / count)):
        return None
    times = f"stated is 1/{count} of the measured slope at {case.all_wrong}"
    return f"the batch size: backward divides by how many points it is given, and {times}"


def _offset(case: Case) -> str | None:
    apart, allowed = (case.stated - case.measured)[case.wrong], case.allowed[case.wrong]
    if not apart.size:
        return None
    offset = float(apart[np.argmin(allowed)])
    if not case.explained(shifted(offset), fitted=_FREE):
        return None
    how = f"{number(abs(offset))} too {'large' if offset > 0 else 'small'}"
    return f"an additive constant: stated is {how} at {case.all_wrong}"


def _power(case: Case) -> str | None:
    for text, p in _POWERS.items():
        if case.explained(_raised(p), tried=len(_POWERS)):
            raised = f"stated is the measured slope to the power {text} at {case.all_wrong}"
            return f"a power: {raised}{_HINTS.get(text, '')}"
    return None


def _raised(p: float) -> Rule:
    return lambda m: np.asarray(np.sign(m) * np.abs(m) ** p)


_HINTS = {"1/2": ": a square is forgotten", "2": ": it is squared", "-1": ": it is inverted"}

SIGN = Cause(name="sign", summary="the sign", rank=10, explain=_sign)

PARAMETER = Cause(
    name="parameter", summary="a parameter's factor, forgotten or one too many", rank=13, explain=_parameter
)

BATCH = Cause(name="batch", summary="backward divides by the batch size", rank=19, explain=_batch)

FACTOR = Cause(name="factor", summary="a constant factor: 2, 1/2, pi, any", rank=20, explain=_factor)

OFFSET = Cause(name="offset", summary="an additive constant", rank=21, explain=_offset)

POWER = Cause(name="power", summary="a power of the slope: a square forgotten", rank=22, explain=_power)
