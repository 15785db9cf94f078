"""What formats of graphs share: the lines of a box."""

from actcli.picture import Box
from actcli.render._spec import Screen

MARKS = {"value": "= ", "gradient": "∂ ", "plain": ""}
ASCII_MARKS = {**MARKS, "gradient": "grad "}


def lines_of(box: Box, screen: Screen) -> list[str]:
    """Return a box's title and its rows, values and gradients marked."""
    marks = MARKS if screen.unicode else ASCII_MARKS
    return [box.title, *(marks[role] + text for text, role in box.rows)]
