"""A graph as a tree for a terminal, the output at its root."""

from collections.abc import Iterator

from actcli.picture import Box, Diagram
from actcli.render._spec import Format, Screen
from actcli.render.graphs._spec import lines_of

_BRANCHES = {True: ("├─ ", "│  ", "└─ ", "   "), False: ("|- ", "|  ", "`- ", "   ")}


def _tree(diagram: Diagram, screen: Screen) -> Iterator[str]:
    """Write each box once with all below it; where it is used again, its name alone."""
    boxes = {box.key: box for box in diagram.boxes}
    used = {arrow.source for arrow in diagram.arrows}
    seen: set[str] = set()
    for root in (box for box in diagram.boxes if box.key not in used):
        yield from _branch(root, "", "", "", diagram, boxes, seen, screen)


def _branch(
    box: Box,
    label: str,
    first: str,
    rest: str,
    diagram: Diagram,
    boxes: dict[str, Box],
    seen: set[str],
    screen: Screen,
) -> Iterator[str]:
    title, *rows = lines_of(box, screen)
    below = [arrow for arrow in diagram.arrows if arrow.target == box.key]
    again = box.key in seen and bool(below)
    seen.add(box.key)
    slope = f"  [local {label}]" if label else ""
    yield f"{first}{title}  {'  '.join(rows)}{'  (as above)' if again else slope}".rstrip() + "\n"
    if again:
        return
    fork, bar, last, blank = _BRANCHES[screen.unicode]
    for k, arrow in enumerate(below, start=1):
        turn, on = (last, blank) if k == len(below) else (fork, bar)
        yield from _branch(
            boxes[arrow.source], arrow.label, rest + turn, rest + on, diagram, boxes, seen, screen
        )


TREE = Format(name="tree", summary="from the output down, for a terminal", render=_tree)
