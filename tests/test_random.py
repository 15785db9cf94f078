"""Random functions: their mean without a seed; with one, numbers that are drawn, and the same again."""

import numpy as np
import pytest
from program import call, is_trouble

from actcli import gradcheck, resolve
from actcli.activations import ACTIVATIONS
from actcli.errors import InputError

RANDOM = [name for name, activation in ACTIVATIONS.items() if activation.sample]


def test_rrelu_alone_is_its_mean() -> None:
    """Without a seed its slope is (1/8 + 1/3)/2 = 11/48."""
    assert RANDOM == ["rrelu"]
    assert call("eval", "rrelu", "-48,48", "--with-derivative").rows == [
        ["-48.0", "-11.0", str(11 / 48)],
        ["48.0", "48.0", "1.0"],
    ]


def test_slopes_are_drawn_between_lower_and_upper() -> None:
    """Of 200,000 slopes, in several blocks, all lie evenly in [1/8, 1/3], none twice; x > 0 has slope 1."""
    drawn = resolve("rrelu", seed=5)
    slopes = -drawn(np.full(200_000, -1.0))
    assert np.all((slopes >= 1 / 8) & (slopes <= 1 / 3))
    assert len(set(slopes.tolist())) == slopes.size
    counts, _ = np.histogram(slopes, bins=10, range=(1 / 8, 1 / 3))
    assert np.all(np.abs(counts - 20_000) < 5 * np.sqrt(20_000 * 0.9))
    assert drawn([2.0, 3.0]).tolist() == [2.0, 3.0]


def test_one_seed_is_one_draw() -> None:
    """Value, derivative and backward pass speak of the same slopes; another seed draws others."""
    x = np.linspace(-3.0, -1.0, 7)
    drawn, again, other = (resolve("rrelu", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(drawn(x), again(x))
    assert not np.any(drawn(x) == other(x))
    assert drawn(x, order=1) == pytest.approx(drawn(x) / x, rel=3e-16)
    assert np.array_equal(drawn.gradient(x, upstream=2.0)[0], 2.0 * drawn(x, order=1))
    assert np.array_equal(drawn(x, order=2), np.zeros(7))


def test_a_random_function_of_chosen_bounds() -> None:
    """Parameters bound the draw; equal bounds leave no choice."""
    assert (
        call("eval", "rrelu", "-2", "-p", "lower=0.5", "-p", "upper=0.5", "--seed", "3").text
        == "-2.0\t-1.0\n"
    )
    assert gradcheck(resolve("rrelu")).ok


@pytest.mark.parametrize(
    "arguments",
    [
        "eval relu 1 --seed 1",
        "eval x+1 1 --seed 1",
        "eval rosenbrock 1 2 --seed 1",
        "eval rrelu 1 --seed -1",
        "eval rrelu 1 --seed x",
        "eval rrelu 1 --seed 1 --wrt lower --order 1",
        "eval rrelu 1 -p lower=1 -p upper=0",
    ],
)
def test_seeds_where_nothing_is_random_are_errors(arguments: str) -> None:
    """A seed that would change nothing is refused, in a line."""
    is_trouble(call(*arguments.split()))


def test_an_unknown_name_with_a_seed_is_an_error() -> None:
    """The library raises what the command line prints."""
    with pytest.raises(InputError, match="is not random"):
        resolve("tanh", seed=1)
