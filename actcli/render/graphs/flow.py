"""Graphs for other programs to draw: Mermaid and Graphviz."""

from collections.abc import Iterator

from actcli.picture import Diagram
from actcli.render._spec import Format, Screen
from actcli.render.graphs._spec import lines_of

_SHAPES = {"input": ("([", "])"), "constant": ("(", ")"), "operation": ("[", "]"), "output": ("[[", "]]")}
_STYLES = {
    "input": "shape=box, style=rounded",
    "constant": 'shape=box, style="rounded,dashed"',
    "operation": "shape=box",
    "output": "shape=box, peripheries=2",
}


def _mermaid(diagram: Diagram, screen: Screen) -> Iterator[str]:
    names = {box.key: f"n{k}" for k, box in enumerate(diagram.boxes)}
    yield "flowchart LR\n"
    for box in diagram.boxes:
        start, stop = _SHAPES[box.kind]
        text = "<br/>".join(map(_entities, lines_of(box, screen)))
        yield f'  {names[box.key]}{start}"{text}"{stop}\n'
    for arrow in diagram.arrows:
        label = f'|"{_entities(arrow.label)}"|' if arrow.label else ""
        yield f"  {names[arrow.source]} -->{label} {names[arrow.target]}\n"


def _entities(text: str) -> str:
    """Write what Mermaid or HTML would read as a sign of its own as a code."""
    return "".join(f"#{ord(c)};" if c in "#&<>\"'`*_[]{}()|\\" else c for c in text)


def _dot(diagram: Diagram, screen: Screen) -> Iterator[str]:
    names = {box.key: f"n{k}" for k, box in enumerate(diagram.boxes)}
    yield "digraph {\n  rankdir=LR;\n"
    for box in diagram.boxes:
        text = "\\n".join(map(_escaped, lines_of(box, screen)))
        yield f'  {names[box.key]} [{_STYLES[box.kind]}, label="{text}"];\n'
    for arrow in diagram.arrows:
        label = f' [label="{_escaped(arrow.label)}"]' if arrow.label else ""
        yield f"  {names[arrow.source]} -> {names[arrow.target]}{label};\n"
    yield "}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


MERMAID = Format(
    name="mermaid", summary="a Mermaid flowchart", render=_mermaid, suffixes=(".mmd", ".mermaid")
)
DOT = Format(name="dot", summary="for Graphviz", render=_dot, suffixes=(".dot", ".gv"))
