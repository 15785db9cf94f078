"""The recorded errors: within what is promised, the same in both places, and found again by a fresh audit."""

import json
from pathlib import Path

import pytest

import actcli
from actcli.activations import ACTIVATIONS
from actcli.auditing import AuditSettings, audit
from actcli.facts import ERRORS
from actcli.target import resolve

ORDERS = {"f": "value", "f'": "derivative", "f''": "second derivative"}
PROMISED = {"value": 4.0, "derivative": 4.0, "second derivative": 10.0}
ROUNDED_ONCE = 0.51  # of the narrow types
ELEMENTWISE = [name for name, activation in ACTIVATIONS.items() if activation.elementwise]
DATA = json.loads((Path(actcli.__file__).parent / "activations" / ERRORS).read_text(encoding="utf-8"))


def rows(page: str) -> list[list[str]]:
    """Return the cells of the table on a page of docs/, without its head."""
    text = (Path(__file__).parents[1] / "docs" / page).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[1:]]


def table() -> dict[tuple[str, str], list[float]]:
    """Return the numbers of docs/ulps.md by function and order: float64, then the narrow types."""
    return {(name, ORDERS[order]): [float(cell) for cell in cells] for name, order, *cells in rows("ulps.md")}


def test_every_function_is_within_the_promise() -> None:
    """float64: 4, 4 and 10 ulps; the narrow types are rounded once."""
    assert list(DATA) == ELEMENTWISE
    for name, errors in DATA.items():
        assert list(errors) == list(PROMISED), name
        assert all(errors[what] <= bound for what, bound in PROMISED.items()), name
    for place, (_, *narrow) in table().items():
        assert len(narrow) == 3, place
        assert max(narrow) <= ROUNDED_ONCE, place


def test_card_and_table_say_the_same() -> None:
    """What `show` says of float64 is what docs/ulps.md says."""
    shown = {(name, what): error for name, errors in DATA.items() for what, error in errors.items()}
    assert {place: wide for place, (wide, *_) in table().items()} == shown


def test_no_peer_is_better() -> None:
    """By more than half an ulp, in docs/peers.md, which has a column for each."""
    found = rows("peers.md")
    assert {"gelu", "softplus", "elu"} <= {name for name, *_ in found}
    for name, order, ours, *peers in found:
        theirs = [float(error) for error in peers if error]
        assert theirs, (name, order)
        assert float(ours) <= min(theirs) + 0.5, (name, order)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softsign", "arctan", "gaussian"])
def test_another_sample_finds_no_more(name: str) -> None:
    """By half an ulp at most: other points, and other processors, whose exp rounds otherwise."""
    for order, what in enumerate(PROMISED):
        tally = audit(resolve(name), None, AuditSettings(order=order, points=40, seed=7)).tally
        assert tally.special_count == 0, what
        found = (tally.normal.ulps, tally.near_zero.ulps, tally.subnormal.ulps)
        assert max(found) <= DATA[name][what] + 0.5, what
