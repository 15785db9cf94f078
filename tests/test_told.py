"""How failures are told: what is said of joints, remainders, batches and slips, and what is left unsaid."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from program import call

from actcli import gradcheck
from actcli.causes import likely

LAYERS = """import numpy as np


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)


class Mean(Tanh):
    def backward(self, dout):
        return super().backward(dout) / len(dout)


class Slip(Tanh):
    def backward(self, dout):
        return dout * (1 - self.y)


class Affine:
    def __init__(self):
        self.W, self.b = np.linspace(-1, 1, 6).reshape(3, 2), np.zeros(2)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout / len(dout), dout[0]
        return dout @ self.W.T
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a user's layers, the current one."""
    (tmp_path / "layers.py").write_text(LAYERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_mean_over_the_batch_is_told_once(folder: Path) -> None:
    """A backward pass that divides by the batch size: one sentence says so, and no note says it again."""
    for line in ([], ["--at", "1,2,3"]):
        done = call("gradcheck", "layers.py:Mean", *line)
        count = 3 if line else 100
        assert "likely cause: the batch size: backward divides by how many points it is given" in done.err
        assert f"stated is 1/{count} of the measured slope" in done.err
        assert "rows one by one" not in done.err


def test_weights_of_a_mean_hint_at_their_rows(folder: Path) -> None:
    """The gradient dW over the number of rows is a constant factor that has a name."""
    err = call("gradcheck", "layers.py:Affine", "--wrt", "W").err
    assert "stated is 1/3 = 0.333333 (1 over the number of rows) times the measured slope" in err


def test_a_border_is_no_branch(folder: Path) -> None:
    """A bias that is 0 lies on neither side of 0: what is wrong with its gradient is no branch."""
    err = call("gradcheck", "layers.py:Affine", "--wrt", "b").err
    assert err.count("FAIL") == 2
    assert "branch" not in err


@pytest.mark.parametrize(
    ("function", "derivative", "slip", "rule"),
    [
        ("tanh", "1 - tanh(x)", "1 - y", "1 - y**2"),
        ("tanh", "1 + tanh(x)**2", "1 + y**2", "1 - y**2"),
        ("sigmoid", "1 - sigmoid(x)", "1 - y", "y*(1 - y)"),
    ],
)
def test_a_slip_is_named(function: str, derivative: str, slip: str, rule: str) -> None:
    """Nearly the rule in the value that everyone learns."""
    check = gradcheck(function, derivative)
    cause = likely(check.parts[0])
    assert cause is not None
    assert cause.sentence.startswith(f"a slip in a rule: with y = f(x), {slip} is stated for {rule} at ")


def test_the_first_derivative_is_no_value() -> None:
    """Of order 2 the first derivative takes the place that the value has of order 1."""
    cause = likely(gradcheck("tanh", "1 - tanh(x)**2", order=2).parts[0])
    assert cause is not None
    assert cause.sentence.startswith("another order: stated is the first derivative")


def test_the_remainder_speaks_for_itself() -> None:
    """A wrong slope leaves a remainder of first order, which a line without a cause says."""
    wrong = str(gradcheck("exp(x)", "exp(x) + 0.01*sin(7*x)"))
    assert wrong.endswith("; Taylor's remainder falls as h^1.0, not as h^2")
    assert "remainder" not in str(gradcheck("exp(x)", "2*exp(x)"))
    assert "remainder" not in str(gradcheck("exp(x)", "log(x)", at=[-1.0]))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            ["cbrt(x)", "--at", "0", "--derivative", "0*x"],
            "stated 0, where the slope is inf: a vertical tangent",
        ),
        (
            ["hardshrink", "--at", "0.5", "--derivative", "x + 5"],
            "stated 5.5 lies outside of the slopes 0 and 1 on both sides of the jump",
        ),
        (
            ["relu", "--at", "0", "--derivative", "x - 1"],
            "stated -1 lies outside of the slopes 0 and 1 on both sides of the kink",
        ),
    ],
    ids=["vertical", "jump", "kink"],
)
def test_joints_have_words_of_their_own(line: list[str], said: str) -> None:
    """What fails at a joint is told with its slopes, and infinite ones are no interval."""
    err = call("gradcheck", *line).err
    assert said in err
    assert "from inf" not in err


def test_a_kink_of_code_is_as_near_as_numbers_tell() -> None:
    """Nothing but values shows it: the finding says within which distance, the corner of a formula 0."""
    check = gradcheck(lambda x: np.maximum(x, 0.25), lambda x: (x > 0.25) * 2.0, at=[-1.0, 0.25, 1.0])
    (kink, *_) = check.kinks
    assert kink.within is not None
    assert 0 < kink.within < 1e-9
    assert re.search(
        r"on both sides of a kink within \de-\d+", str(gradcheck(np.abs, lambda x: x + 3, at=[0.0]))
    )
    assert [f.within for f in gradcheck("relu", at=[0.0]).kinks] == [0.0]


def test_the_error_at_a_joint_is_what_is_outside() -> None:
    """Between both slopes the error is 0, however far off the mean slope lies, or an infinite one."""
    done = call("gradcheck", "hardshrink", "relu", "--at", "0,0.5", "-v", "-f", "json")
    errors = {row["verdict"]: row["error"] for row in json.loads(done.text)}
    assert errors == {"ok": 0, "kink": 0, "jump": 0}
    assert call("gradcheck", "sqrt(x)", "--at", "0", "--derivative", "0*x").code in (0, 1)  # no slope at all


def test_what_ci_reads_is_escaped() -> None:
    """Formulas have <, commas and colons: XML and workflow commands keep them."""
    line = ["where(x<0, x, 2*x)", "--derivative", "3+0*x", "--at", "0,1"]
    cases = ET.fromstring(call("gradcheck", *line, "-f", "junit").text).iter("testcase")
    assert [case.get("name") for case in cases] == ["where(x<0, x, 2*x)"]
    for error in call("gradcheck", *line, "-f", "github").text.splitlines()[:-1]:
        title, _, message = error.removeprefix("::error title=").partition("::")
        assert title == "gradcheck where(x<0%2C x%2C 2*x)%3A wrong"
        assert "%" not in message.replace("%25", "")


def test_bugs_get_into_weights(folder: Path) -> None:
    """A bug is planted in the gradients of a layer's weights too, each of which fails."""
    rows = json.loads(
        call("gradcheck", "layers.py:Affine", "--samples", "10", "--inject", "sign", "-f", "json").text
    )
    assert [row["verdict"] for row in rows] == ["wrong"] * 3
    named = "layers.py:Affine with the bug sign by "
    assert {row["function"] for row in rows} == {named + name for name in ("x", "W", "b")}
    done = call("gradcheck", "layers.py:Affine", "--samples", "10", "--inject", "saturated")
    assert "changes nothing in layers.py:Affine: it needs a function that saturates" in done.err


def test_the_input_is_forgotten_in_a_weight(folder: Path) -> None:
    """The slope by alpha of alpha*x is x, not 1."""
    (folder / "prelu.py").write_text(
        "import numpy as np\n\n\nclass PRelu:\n    def __init__(self):\n        self.alpha = 0.25\n\n"
        "    def forward(self, x):\n        self.x = x\n        return np.where(x > 0, x, self.alpha * x)\n\n"
        "    def backward(self, dout):\n        self.dalpha = np.sum(dout * (self.x <= 0))\n"
        "        return dout * np.where(self.x > 0, 1, self.alpha)\n"
    )
    err = call("gradcheck", "prelu.py:PRelu", "--wrt", "alpha").err
    assert "likely cause: a factor of the input is missing: where y = alpha*x, it is stated without x" in err


def test_rows_of_several_variables_are_told_apart() -> None:
    """With -q too; and the keys of a row do not depend on what is found."""
    assert call("gradcheck", "x*sin(y)", "-q").rows == [["x*sin(y) by x", "ok"], ["x*sin(y) by y", "ok"]]
    (right,), (wrong,) = (
        json.loads(call("gradcheck", "tanh", *line, "-f", "json").text) for line in ([], ["--inject", "sign"])
    )
    assert right.keys() == wrong.keys()
    assert right["note"] == ""


def test_a_report_is_as_short_as_tests_show() -> None:
    """What an assertion shows is never so long that its middle is left out."""
    for name, wrong in (("sin(x)", "cos(x)*log(-1 - x**2)"), ("tanh", "where(x > 5, 0.5, 1)/cosh(x)**2")):
        check = gradcheck(name, wrong)
        assert "likely cause: " in repr(check)
        assert len(repr(check)) <= 240
        assert "\n" not in repr(check)


def test_notes_are_notices(folder: Path) -> None:
    """GitHub shows what code does besides computing, even where its derivative is right."""
    (folder / "writes.py").write_text(
        "import numpy as np\n\n\ndef f(x):\n    x *= 2\n    return np.tanh(x)\n"
    )
    done = call("gradcheck", "writes.py:f", "--derivative", "2/cosh(2*x)**2", "-f", "github")
    assert "::notice file=writes.py,line=4,title=gradcheck writes.py%3Af::writes.py:f: " in done.text
    assert "writes into its input" in done.text


def test_what_a_fixed_network_is_fed_is_said() -> None:
    """The objective of weights has its x and t in a note."""
    assert "x = [0.6, 0.9], t = [0, 0, 1]" in call("gradcheck", "simplenet", "--wrt", "W00").err


def test_a_point_that_is_not_finite_is_named() -> None:
    """Neither nan nor an infinity has a slope."""
    assert "finite points, not inf" in call("gradcheck", "tanh", "--at", "1,inf").err
