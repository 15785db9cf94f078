"""A trace as boxes and arrows."""

import numpy as np
import numpy.typing as npt

from actcli.picture import Arrow, Box, Diagram
from actcli.tracing import Stage, Trace

_DIGITS = 6
_MOST_NUMBERS = 4  # of a vector, in a box


def diagram(traced: Trace) -> Diagram:
    """Draw variables, constants and operations as boxes, with arrows from inputs to what uses them.

    A box has the value and the gradient that arrives, an arrow the local derivative.
    """
    known = {stage.label for stage in traced.stages}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for stage in traced.stages:
        edges = list(stage.edges)
        for place, operand in enumerate(stage.operands):
            key = operand
            if operand not in known:
                key = f"{stage.label} {place}"  # a constant, once for each use
                boxes.append(Box(key=key, title=operand, kind="constant"))
            slope = edges.pop(0).local if edges and edges[0].target == operand else None
            arrows.append(Arrow(source=key, target=stage.label, label="" if slope is None else _short(slope)))
        boxes.append(_box(stage, is_last=stage is traced.stages[-1]))
    return Diagram(title=traced.name, boxes=tuple(boxes), arrows=tuple(arrows))


def _box(stage: Stage, is_last: bool) -> Box:
    kind = "output" if is_last else "operation" if stage.text else "input"
    return Box(
        key=stage.label,
        title=f"{stage.label} = {stage.text}" if stage.text else stage.label,
        rows=((_short(stage.value), "value"), (_short(stage.gradient), "gradient")),
        kind=kind,  # type: ignore[arg-type]
    )


def _short(numbers: npt.NDArray[np.float64]) -> str:
    flat = [f"{number:.{_DIGITS}g}" for number in numbers.reshape(-1)[: _MOST_NUMBERS + 1]]
    if len(flat) == 1:
        return flat[0]
    more = ", …" if len(flat) > _MOST_NUMBERS else ""
    return f"[{', '.join(flat[:_MOST_NUMBERS])}{more}]"
