"""The audit: its right results against other oracles, its counting against errors made on purpose."""

import json
import math
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from mpmath import mp, mpf
from oracle import exact as by_jets
from oracle import hard_points as other_points
from program import call, is_trouble

import actcli
from actcli.activations import ACTIVATIONS
from actcli.auditing import AuditSettings, Progress, Tally, _exhaustive, audit, crew, exhaust, exhaustive
from actcli.auditing._exact import context, exact, reference
from actcli.auditing._sample import hard_points
from actcli.auditing._truth import nearest, truth
from actcli.cli import _state
from actcli.cli._state import State
from actcli.errors import InputError
from actcli.floats import FLOATS
from actcli.function import Array, Function
from actcli.target import resolve

INF, NAN = math.inf, math.nan
FEW = AuditSettings(points=20)
KINKED = [name for name in ACTIVATIONS if ACTIVATIONS[name].kinks and ACTIVATIONS[name].elementwise]


def with_code(name: str, *codes: Callable[[Array], Array]) -> Function:
    """Return a function of the catalogue whose code is another."""
    function = resolve(name)
    return replace(function, orders=(*codes, *function.orders[len(codes) :]))


# Types of numbers
def test_bfloat16_is_rounded_once() -> None:
    """Not by way of the nearest float32, which makes a tie of what lies just beside one."""
    kind, one = FLOATS["bfloat16"], 1.0 + 2.0**-8
    x = np.array([one + 2.0**-40, one - 2.0**-40, one, -one - 2.0**-40, 1e39, -INF, 1e-320, NAN])
    expected = [1.0 + 2.0**-7, 1.0, 1.0, -1.0 - 2.0**-7, INF, -INF, 0.0, NAN]
    np.testing.assert_array_equal(kind.round(x).astype(float), expected)


@pytest.mark.parametrize("name", FLOATS)
def test_types_are_what_others_say(name: str) -> None:
    """The facts about a type are those of numpy and ml_dtypes."""
    kind, info = FLOATS[name], ml_dtypes.finfo(FLOATS[name].dtype)
    facts = (kind.largest, kind.smallest_normal, kind.smallest, kind.epsilon)
    assert facts == tuple(map(float, (info.max, info.smallest_normal, info.smallest_subnormal, info.eps)))
    ones = kind.round([1.0, 0.75, 0.0, float(info.max)])
    with np.errstate(over="ignore"):
        spacing = np.nextafter(ones, kind.round(INF)).astype(float) - ones.astype(float)
    np.testing.assert_array_equal(kind.ulp(ones.astype(float))[:3], spacing[:3])
    assert spacing[3] == INF


@pytest.mark.parametrize("name", FLOATS)
def test_exact_numbers_round_as_ieee_754_rounds(name: str) -> None:
    """The nearest number and the rest, by whole numbers, are what the arithmetic of the machine gives."""
    kind = FLOATS[name]
    x = np.concatenate([other_points(2000, 3), [kind.largest * (1 + kind.epsilon / 4), kind.smallest / 2]])
    with np.errstate(over="ignore"):
        expected = kind.round(x) if name == "bfloat16" else x.astype(kind.dtype)
    for point, right in zip(x, expected.astype(float), strict=True):
        got, rest = nearest(kind, mpf(float(point)))
        assert got == right
        assert point == 0 or math.copysign(1, got) == math.copysign(1, right)
        if math.isfinite(right):
            unit = mpf(float(kind.ulp(np.array(right))))
            assert abs((mpf(float(point)) - mpf(got)) / unit - rest) <= 2.0**-50


def test_inf_is_measured_from_the_power_of_two_that_it_stands_for() -> None:
    """What overflows by rounding alone is half an ulp off."""
    kind = FLOATS["float64"]
    with mp.workprec(200):
        assert nearest(kind, mpf(2) ** 1024 * (1 - mpf(2) ** -54)) == (INF, -0.5)
        assert nearest(kind, -(mpf(2) ** 1024)) == (-INF, 0.0)
        assert nearest(kind, mpf(2) ** 1024 * mpf("1.25")) == (INF, 2.0**51)


# Right results
@pytest.mark.parametrize("name", [*KINKED, "silu", "tanh", "sigmoid"])
def test_right_results_agree_with_forward_differentiation(name: str) -> None:
    """Symbolic derivatives and jets know nothing of each other; at kinks both follow the convention."""
    activation, formula = ACTIVATIONS[name], reference(resolve(name))
    points = [corner.at for corner in formula.corners] + [-3.7, -0.4, 1e-9, 0.6, 12.5]
    for x in points:
        for order, right in enumerate(by_jets(activation, x)):
            got = exact(formula, order, x, tied=x in points[:-5])
            with mp.workprec(200):
                assert abs(mpf(got) - right) <= abs(mpf(right)) * mpf(2) ** -80, (x, order)


@pytest.mark.parametrize(
    ("text", "order", "x", "right"),
    [
        ("silu", 0, -INF, -0.0),
        ("silu", 0, INF, INF),
        ("softsign", 0, -INF, -1.0),
        ("softsign", 2, INF, -0.0),
        ("gelu", 0, -INF, -0.0),
        ("gelu", 1, INF, 1.0),
        ("softplus", 2, INF, 0.0),
        ("tanh", 2, INF, -0.0),
        ("tanh", 2, 0.0, -0.0),
        ("tanh", 0, -0.0, -0.0),
        ("sin(x)", 0, INF, NAN),
        ("x*cos(x)", 0, -INF, NAN),
        ("x*cos(x)", 1, -INF, NAN),
        ("log(1 + abs(x))", 0, -INF, INF),
        ("sqrt(x)", 0, -1.0, NAN),
        ("sin(x)/x", 0, 0.0, 1.0),
        ("sin(x)/x", 2, 0.0, -1 / 3),
        ("where(x == 0, 1, sin(x)/x)", 2, 0.0, -1 / 3),
        ("where(x == 0, 1, sin(x)/x)", 1, 0.0, -0.0),
        ("abs(x)/x", 0, 0.0, NAN),
        ("exp(x)", 0, NAN, NAN),
    ],
)
def test_limits_holes_and_signs_of_zero(text: str, order: int, x: float, right: float) -> None:
    """Where a formula has no value of its own its limit stands; a 0 has the sign of what tends to it."""
    got, _, signed = (part[0] for part in truth(reference(resolve(text)), order, "float64", np.array([x])))
    np.testing.assert_equal(got, right)
    assert math.isnan(got) or not signed or math.copysign(1, got) == math.copysign(1, right)


def test_parameters_are_their_float64_values() -> None:
    """0.1 is the float, in a formula's text the decimal."""
    bound = reference(resolve("leaky_relu", {"alpha": 0.1}))
    assert exact(bound, 0, -1.0, tied=False) == -mpf(0.1)
    typed = exact(reference(resolve("where(x > 0, x, 0.1*x)")), 0, -1.0, tied=False)
    assert typed != -mpf(0.1)
    assert nearest(FLOATS["float64"], typed)[0] == -0.1


def test_what_only_cancellation_leaves_has_no_sign() -> None:
    """The second derivative of log(1 + exp(x)) as derived cancels at any precision from x = 4000 on."""
    parts = truth(reference(resolve("softplus")), 2, "float64", np.array([1e251, 2e10]))
    np.testing.assert_array_equal(parts.nearest, 0.0)
    assert not parts.signed.any()


# Points
@pytest.mark.parametrize("name", FLOATS)
def test_points_are_hard(name: str) -> None:
    """They are numbers of the type, of both signs and all magnitudes, with joints, ends and specials."""
    kind = FLOATS[name]
    x = hard_points(kind, [0.7], 500, 1)
    finite = x[np.isfinite(x)]
    np.testing.assert_array_equal(kind.round(finite).astype(float), finite)
    assert np.unique(finite).size == finite.size - 1  # 0 and -0
    assert {kind.largest, -kind.largest, kind.smallest, -kind.smallest} <= {*finite}
    assert np.isnan(x).sum() == 1
    assert {INF, -INF} <= {*x}
    joint = kind.round(0.7)
    assert {float(joint), float(np.nextafter(joint, kind.round(1.0)))} <= {*finite}
    magnitudes = np.sort(np.log(np.abs(finite[finite != 0])))
    assert np.diff(magnitudes).max() < 0.1 * np.ptp(magnitudes)
    np.testing.assert_array_equal(x, hard_points(kind, [0.7], 500, 1))


# Counting
def test_errors_are_counted_in_ulps() -> None:
    """Results one float off are between 0.5 and 1.5 ulps off, or 2 below a power of two."""
    exponential = resolve("exponential")
    off = with_code("exponential", lambda x: np.nextafter(exponential(x), INF))
    right = with_code("exponential", lambda x: np.array([float(mp.exp(mpf(float(v)))) for v in x]))
    x = AuditSettings(points=60)
    assert audit(right, None, x).max_ulp <= 0.5 + 1e-9
    assert audit(exponential, None, x).max_ulp < 0.7
    assert 1.0 < audit(off, None, x).max_ulp < 2.2


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        (lambda x: np.where(x == -INF, NAN, resolve("silu")(x)), -INF),
        (lambda x: np.where(x == INF, 1e308, resolve("silu")(x)), INF),
        (lambda x: np.where(x == 0, 0.0, resolve("silu")(x)), -0.0),
        (lambda x: np.where(np.isnan(x), 0.0, resolve("silu")(x)), NAN),
        (lambda x: resolve("silu")(x) + 0.0, -0.0),
    ],
)
def test_wrong_specials_fail(wrong: Callable[[Array], Array], at: float) -> None:
    """A wrong inf, nan or sign of zero fails, whatever the bound."""
    found = audit(with_code("silu", wrong), None, AuditSettings(points=20, max_ulp=1e300))
    assert not found.ok
    assert 5 >= len(found.tally.specials) <= found.tally.special_count
    np.testing.assert_equal(found.tally.specials[0].x, at)


def test_next_to_a_zero_the_largest_term_counts() -> None:
    """At -1.278, where silu' is 0, what is small beside its terms is forgiven, and nowhere else."""
    silu = resolve("silu")
    off = with_code(
        "silu", silu, lambda x: silu(x, order=1) + 2.0**-54 * np.exp(-((x + 1.2784645) ** 2) * 999)
    )
    near = replace(FEW, order=1, points=1500)
    found = audit(off, None, near).tally
    assert found.near_zero.ulps > 8 > 4.5 > found.normal.ulps
    assert found.near_zero.x is not None
    assert abs(found.near_zero.x + 1.2784645) < 0.1
    shrinking = resolve("x - tanh(x)")
    assert audit(shrinking, None, FEW).max_ulp > 1e6
    assert audit(resolve("tanh(x)**2 - tanh(x)**2*0.5 - x*x/2"), None, replace(FEW, order=1)).max_ulp > 1e6


def test_subnormal_results_are_apart() -> None:
    """Their errors are in units of the smallest number, and under the same bound."""
    flushed = with_code("exponential", lambda x: np.where(x < -708.5, 0.0, resolve("exponential")(x)))
    found = audit(flushed, None, AuditSettings(points=100, max_ulp=4))
    assert found.max_ulp < 1
    assert found.tally.subnormal.ulps > 1e10
    assert not found.ok


def test_percentile_is_of_the_errors() -> None:
    """At most 1.1 % above the true one."""
    found = audit(resolve("sigmoid"), None, AuditSettings(points=300))
    shown = found.tally.percentile(0.5)
    assert 0.1 < shown < found.percentile <= found.max_ulp
    assert Tally().percentile(0.999) == 0


def test_processes_find_the_same() -> None:
    """The points are worked out by other processes as by this one."""
    settings = AuditSettings(order=2, points=30)
    shares: list[float] = []
    with crew(2, 10**6) as many:
        found = audit(resolve("elu"), None, settings, crew=many, advance=shares.append)
    alone = audit(resolve("elu"), None, settings)
    assert found.tally.to_json() == alone.tally.to_json()
    assert math.isclose(sum(shares), 1)


def test_narrow_types_are_rounded_once() -> None:
    """Through float64, what is left is half an ulp."""
    for dtype in ("float16", "bfloat16", "float32"):
        found = audit(resolve("gelu"), None, AuditSettings(points=60, dtype=dtype, max_ulp=0.501))
        assert found.ok, found
        assert found.max_ulp > 0.4


# Every value
@pytest.mark.parametrize(
    ("dtype", "order"), [("float16", 0), ("bfloat16", 1), ("float32", 1), ("float32", 2)]
)
def test_float64_code_judges_as_the_formula_does(
    dtype: str, order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Away from where it is in doubt; and it is seldom in doubt."""
    monkeypatch.setattr(_exhaustive, "_BESIDE_ZERO", 0)  # these points are no neighbours
    kind = FLOATS[dtype]
    judge = _exhaustive._judge(resolve("silu"), None, AuditSettings(dtype=dtype, order=order))
    x = hard_points(kind, [], 300, 5)
    quick, doubtful = judge._by_code(x)
    right = truth(judge.formula, order, dtype, x)
    sure = ~doubtful
    assert sure.mean() > 0.8
    np.testing.assert_array_equal(quick.nearest[sure], right.nearest[sure])
    zero = sure & right.signed & (right.nearest == 0)
    np.testing.assert_array_equal(np.signbit(quick.nearest[zero]), np.signbit(right.nearest[zero]))
    finite = sure & np.isfinite(right.nearest)
    np.testing.assert_allclose(quick.rest[finite], right.rest[finite], atol=1e-6)


def test_every_value_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """One wrong result among 65,536 is found; a run that was stopped goes on where it was."""
    monkeypatch.setattr(_exhaustive, "_BATCH", 2**14)
    settings = AuditSettings(dtype="float16", max_ulp=0.51)
    relu = resolve("relu")
    slip = replace(relu, orders=(lambda x: np.where(x == 1.2353515625, 1.25, relu(x)),))
    steps = list(exhaust(slip, relu, settings))
    found = exhaustive(slip, relu, settings, steps[-1].tally)
    assert [step.done for step in steps] == [2**14, 2**15, 3 * 2**14, 2**16]
    assert (found.tally.points, found.ok, found.tally.normal.x) == (2**16, False, 1.2353515625)
    assert found.max_ulp == 15.0
    kept = Progress(steps[1].done, Tally.from_json(json.loads(json.dumps(steps[1].tally.to_json()))))
    assert list(exhaust(slip, relu, settings, since=kept))[-1].tally.to_json() == steps[-1].tally.to_json()


def test_bad_code_is_no_judge() -> None:
    """Code that is far off in float64 cannot say what is right."""
    with pytest.raises(InputError, match="cannot judge"):
        next(exhaust(resolve("x - tanh(x)"), None, AuditSettings(dtype="float16")))


# The command
def test_verdict_is_the_exit_code() -> None:
    """0 within the bound, 1 beyond, 0 without one; the failures are told on stderr."""
    within = call("audit", "sigmoid", "--order", "0", "--max-ulp", "4", "--points", "20")
    assert (within.code, within.rows[0][-1]) == (0, "ok")
    beyond = call("audit", "sigmoid", "--order", "0,1", "--max-ulp", "0.4", "--points", "20", "--verbose")
    assert (beyond.code, [row[-1] for row in beyond.rows]) == (1, ["failed", "failed"])
    assert beyond.err.count("FAIL sigmoid, order") == 2
    assert "2 failed" in beyond.err
    assert call("audit", "x - tanh(x)", "--order", "0", "--points", "9", "-q").code == 0


def test_report_has_what_was_found() -> None:
    """By name, in JSON."""
    done = call("audit", "relu", "--points", "9", "-f", "json", "--verbose", "--dtype", "float32")
    rows = json.loads(done.text)
    assert [row["order"] for row in rows] == [0, 1, 2]
    names = ["function", "order", "max_ulp", "p99.9", "x", "subnormal", "special", "points"]
    assert list(rows[0]) == [*names, "got", "right", "near_zero"]
    assert all(row["max_ulp"] == row["special"] == 0 for row in rows)
    quiet = call("audit", "relu", "--points", "9", "-q", "--order", "1")
    assert (quiet.text, quiet.err) == ("relu\t1\t0.0\n", "")


@pytest.fixture
def code(tmp_path: Path) -> str:
    """A user's file: a leaky_relu of their own, and a bad gelu."""
    path = tmp_path / "mine.py"
    path.write_text(
        "import math, numpy as np\n"
        "def leaky(x, alpha=0.1): return np.where(x > 0, x, alpha*x)\n"
        "def gelu(x): return x*(1 + np.vectorize(math.erf)(x/math.sqrt(2)))/2\n"
    )
    return str(path)


def test_user_code_is_audited_against_the_catalogue(code: str) -> None:
    """Its parameters go to whoever has them; where it is bad is said."""
    same = ("--param", "alpha=0.3", "--points", "20", "--max-ulp", "1")
    assert call("audit", f"{code}:leaky", "--against", "leaky_relu", *same).code == 0
    other = call("audit", f"{code}:leaky", "--against", "where(x > 0, x, x*0.3)", "--points", "9")
    assert float(other.rows[0][2]) > 1e10
    bad = call("audit", f"{code}:gelu", "--against", "gelu", "--points", "20", "--max-ulp", "4")
    assert bad.code == 1
    assert "at x = -inf: nan, right is -0.0" in bad.err
    nobody = call("audit", f"{code}:leaky", "--against", "gelu", "-p", "b=1")
    is_trouble(nobody, "neither")


PROGRAM = """
import sys, numpy as np
x = np.load(sys.argv[1])
assert x.dtype == np.float32
y = np.maximum(x, np.float32(0)) + np.float32(0)
{0}
np.save(sys.argv[2], y)
"""


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("", 0, ""),
        ("y = y * np.float32(1.0000001)", 1, "FAIL python"),
        ("y = y[1:]", 2, "returns shape"),
        ("y = y * 1j", 2, "no .npy file of real numbers"),
        ("sys.exit('no weights')", 2, "ends with exit code 1: no weights"),
    ],
)
def test_programs_are_audited(tmp_path: Path, line: str, code: int, said: str) -> None:
    """Any program that turns a .npy into a .npy; whatever it does wrong is one line."""
    script = tmp_path / "my program.py"
    script.write_text(PROGRAM.replace("{0}", line))
    command = f"{shlex.quote(sys.executable)} '{script}' {{input}} {{output}}"
    done = call(
        *("audit", "--command", command, "--against", "relu", "--dtype", "float32"),
        *("--points", "20", "--max-ulp", "0.5"),
    )
    assert done.code == code, done
    assert said in done.err
    assert not done.rows or done.rows[0][0] == f"{Path(sys.executable).name} my program.py"
    if code == 2:
        is_trouble(done)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "audit takes names, --all or --command"),
        (("gelu", "--all"), "audit takes names, --all or --command"),
        (("--all", "--against", "gelu"), "no --against"),
        (("softmax",), "no audit for vector functions yet"),
        (("x*y",), "x*y has the inputs x and y: an audit takes one"),
        (("mse",), "mse has the inputs y and t: an audit takes one"),
        (("gelu", "--order", "3"), "--order"),
        (("gelu", "--order", "x"), "--order"),
        (("gelu", "--points", "0"), "--points"),
        (("gelu", "--max-ulp", "-1"), "--max-ulp"),
        (("gelu", "--dtype", "float8"), "unknown type"),
        (("gelu", "--resume", "s"), "--resume is for --exhaustive"),
        (("gelu", "--exhaustive"), "float64 has too many values"),
        (("--command", "cp {input} {output}"), "--command needs --against"),
        (("--command", "cp {input}", "--against", "gelu"), "does not say where {output} goes"),
        (("--command", "cp '", "--against", "gelu"), "no closing quotation"),
        (("--command", "no-such {input} {output}", "--against", "gelu"), "cannot run 'no-such'"),
        (("--command", "true {input} {output}", "--against", "gelu"), "true writes no {output}"),
        (("--command", "cp {input} {output}", "--against", "gelu", "--dtype", "bfloat16"), "no bfloat16"),
        (("--command", "cp {input} {output}", "--against", "gelu", "--order", "1"), "no derivatives"),
    ],
)
def test_what_cannot_be_audited(arguments: tuple[str, ...], said: str) -> None:
    """One clear line, and exit code 2."""
    is_trouble(call("audit", *arguments), said)


def test_wrong_specials_hide_no_error() -> None:
    """The summary says how large the largest error is, whatever else is wrong: abs is -0.0 nowhere."""
    done = call("audit", "abs(x)*1.5", "--against", "abs(x)*sign(x)", "--order", "0", "--points", "20")
    assert done.code == 0
    assert "1 with wrong special values, the largest error is" in done.err.splitlines()[-1]


def test_all_leaves_out_what_has_no_formula_of_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""
    from actcli.cli import _subjects

    said: list[str] = []
    monkeypatch.setattr(_subjects, "say", said.append)
    names = [function.name for function, _ in _subjects.pairs_of([], True, None, None, {})]
    assert "gelu" in names
    assert "softmax" not in names
    assert "softmax" in said[0]
    assert [f.name for f, _ in _subjects.pairs_of([], True, None, None, {"alpha": 2.0})]
    assert said[-1].startswith("note: left out: alpha of")
    with pytest.raises(InputError, match="nothing to audit"):
        _subjects.pairs_of([], True, None, None, {"no": 1.0})


def test_an_interrupted_audit_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it with 130 and leaves a state that gives the same in the end."""
    import actcli.auditing

    monkeypatch.setattr(_exhaustive, "_BATCH", 2**14)
    arguments = ("audit", "relu", "--exhaustive", "--dtype", "bfloat16", "--order", "0")
    state = tmp_path / "state.json"
    whole = call(*arguments)
    starts: list[int] = []

    def stopping(*args: Any, since: Progress, **more: Any) -> Iterator[Progress]:
        starts.append(since.done)
        for k, step in enumerate(exhaust(*args, since=since, **more)):
            yield step
            if k == 1 and len(starts) == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(actcli.auditing, "exhaust", stopping)
    assert call(*arguments, "--resume", str(state)).code == 130
    again = call(*arguments, "--resume", str(state))
    assert (again.code, again.text) == (0, whole.text)
    assert starts == [0, 2**15]
    for text in ("{}", "no json", '{"actcli": "0", "audits": {}}'):
        state.write_text(text)
        is_trouble(call(*arguments, "--resume", str(state)), "state.json")


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with the same code under the same names, and a state that is none yet."""
    program = "import sys, numpy as np\nnp.save(sys.argv[2], np.load(sys.argv[1]) * np.float16(1))\n"
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text("from helper import slope\ndef f(x): return slope*x\n")
        (tmp_path / folder / "helper.py").write_text("slope = 1.0\n")
        (tmp_path / folder / "run.py").write_text(program)
    return tmp_path / "a", tmp_path / "b"


@pytest.mark.parametrize("wrong", ["mine.py", "helper.py", "run.py"])
@pytest.mark.parametrize("moved", [False, True])
def test_other_code_is_no_audit_to_take_up_again(twins: tuple[Path, Path], wrong: str, moved: bool) -> None:
    """An edited file, or another file of the same name, is audited from the start; the same one is not."""
    folder, state = twins[0], twins[0].parent / "state.json"

    def run() -> int:
        code = [f"{folder / 'mine.py'}:f"]
        if wrong == "run.py":
            code = ["--command", f"{shlex.quote(sys.executable)} '{folder / wrong}' {{input}} {{output}}"]
        every = ("--dtype", "float16", "--exhaustive", "--order", "0", "--resume", str(state))
        return call("audit", *code, "--against", "identity", *every, "--max-ulp", "0.5").code

    assert (run(), _audits(state)) == (0, 1)
    assert (run(), _audits(state)) == (0, 1)
    folder = twins[moved]
    path = folder / wrong
    path.write_text(path.read_text().replace("return slope*x", "return slope*x + 1").replace("1.0", "2.0"))
    path.write_text(path.read_text().replace("float16(1)", "float16(3)"))
    assert (run(), _audits(state)) == (1, 2)


def _audits(state: Path) -> int:
    return len(json.loads(state.read_text())["audits"])


def test_code_of_another_version_is_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is audited by name is known by actcli's own files, and by what is installed."""
    plan = AuditSettings(dtype="float16")
    key = State.key(resolve("relu"), None, plan)
    assert key != State.key(resolve("leaky_relu", {"alpha": 0.3}), None, plan)
    _state._here.cache_clear()
    assert key == State.key(resolve("relu"), None, plan)
    for name, other in (("version", lambda name: "0"), ("__file__", str(Path(__file__)))):
        with monkeypatch.context() as patch:
            patch.setattr(_state, name, other)
            _state._here.cache_clear()
            assert key != State.key(resolve("relu"), None, plan)
    _state._here.cache_clear()


def test_library_door() -> None:
    """`actcli.audit` is the same."""
    found = actcli.audit(actcli.resolve("relu"), None, actcli.AuditSettings(points=9, max_ulp=0))
    assert (found.ok, found.function, found.against) == (True, "relu", "relu")
    for wrong in ({"order": 3}, {"points": 0}, {"dtype": "int8"}, {"max_ulp": NAN}):
        with pytest.raises(InputError):
            AuditSettings(**wrong)  # type: ignore[arg-type]


def test_eval_rounds_to_bfloat16() -> None:
    """And a .npy cannot hold the result."""
    assert call("eval", "sigmoid", "1.5", "--dtype", "bfloat16").text == "1.5\t0.816406\n"
    is_trouble(call("eval", "relu", "1", "--dtype", "bfloat16", "-o", "y.npy"), "no bfloat16")
    assert call("gradcheck", "tanh", "--dtype", "bfloat16").code == 0


def test_context_is_our_own() -> None:
    """The precision of mpmath itself is left alone."""
    before = mp.prec
    exact(reference(resolve("gelu")), 2, 0.3, tied=False)
    assert (mp.prec, context() is mp) == (before, False)
