"""The layout of computation graphs, and the diagrams drawn from it."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.picture import Arrow, Box, Diagram, Paper
from actcli.render.figure.layout import Gaps, Layout, Link, Point, Size, layout

NEAR = 1e-6
GAPS = Gaps()
SIGNATURES = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF"}

Graph = tuple[dict[str, Size], list[Link]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Boxes of any size, up to 40, each with arrows from some before it; a pair may be joined twice."""
    side = st.floats(5, 200)
    sizes = {f"n{k}": (draw(side), draw(side)) for k in range(draw(st.integers(0, 40)))}
    links = []
    for k in range(1, len(sizes)):
        for back in draw(st.lists(st.integers(1, k), max_size=3)):
            links.append(Link(source=f"n{k - back}", target=f"n{k}", room=draw(st.floats(0, 50))))
    return sizes, links


def lay(graph: Graph) -> Layout:
    return layout(*graph, GAPS)


def meet(a: tuple[Point, Point], b: tuple[Point, Point]) -> bool:
    """Whether two rectangles, or lines, given by two corners, have more than a rim in common."""
    return all(
        max(min(p), min(q) + NEAR) <= min(max(p), max(q) - NEAR)
        for p, q in zip(zip(*a, strict=True), zip(*b, strict=True), strict=True)
    )


def outline(key: str, graph: Graph, laid: Layout) -> tuple[Point, Point]:
    (x, y), (width, height) = laid.centres[key], graph[0][key]
    return (x - width / 2, y - height / 2), (x + width / 2, y + height / 2)


def test_meeting_is_noticed() -> None:
    """The tests' own judge sees a box within a box and a line through one, and lets neighbours touch."""
    box = ((0.0, 0.0), (2.0, 2.0))
    assert meet(((1.0, 1.0), (3.0, 3.0)), box)
    assert meet(((-1.0, 1.0), (3.0, 1.0)), box)
    assert not meet(((2.0, 0.0), (3.0, 2.0)), box)
    assert not meet(((-1.0, 2.0), (3.0, 2.0)), box)


@given(graphs())
@settings(deadline=None)
def test_boxes_keep_their_distance(graph: Graph) -> None:
    """No two boxes overlap, and all are within the extent."""
    laid = lay(graph)
    for a, b in combinations(graph[0], 2):
        assert not meet(outline(a, graph, laid), outline(b, graph, laid))
    for key in graph[0]:
        (left, top), (right, bottom) = outline(key, graph, laid)
        assert min(left, top) > -NEAR
        assert right < laid.extent[0] + NEAR
        assert bottom < laid.extent[1] + NEAR


@given(graphs())
@settings(deadline=None)
def test_routes_join_their_boxes(graph: Graph) -> None:
    """A route goes from its source's right edge to its target's left edge, and never back."""
    laid = lay(graph)
    for link, route in zip(graph[1], laid.routes, strict=True):
        (_, top), (right, bottom) = outline(link.source, graph, laid)
        assert route[0] == (pytest.approx(right), pytest.approx((top + bottom) / 2))
        (left, top), (_, bottom) = outline(link.target, graph, laid)
        assert route[-1][0] == pytest.approx(left)
        assert top < route[-1][1] < bottom
        assert all(a[0] <= b[0] + NEAR for a, b in pairwise(route))
        assert all(a[1] == b[1] for a, b in zip(route[::2], route[1::2], strict=True))
        assert route[-1][0] - route[-2][0] >= link.room - NEAR


@given(graphs())
@settings(deadline=None)
def test_routes_go_around_other_boxes(graph: Graph) -> None:
    """The rectangle between two successive points of a route, hence any curve in it, meets no foreign box."""
    laid = lay(graph)
    for link, route in zip(graph[1], laid.routes, strict=True):
        for key in graph[0].keys() - {link.source, link.target}:
            assert not any(meet(piece, outline(key, graph, laid)) for piece in pairwise(route))


@given(graphs())
@settings(deadline=None)
def test_each_arrow_has_an_end_of_its_own(graph: Graph) -> None:
    """No two routes are the same, not even between the same two boxes."""
    routes = lay(graph).routes
    assert len({route[-1] for route in routes}) == len(routes)


@given(graphs())
@settings(deadline=None, max_examples=20)
def test_same_graph_same_layout(graph: Graph) -> None:
    """The layout depends on nothing but its arguments."""
    assert lay(graph) == lay(graph)


def test_an_input_stands_right_before_its_first_user() -> None:
    """A late constant stands in the layer before its user, and what it alone is made of before that."""
    links = [Link(source=s, target=t) for s, t in ("ab", "bc", "cd", "ed", "fe")]
    centres = layout(dict.fromkeys("abcdef", (10.0, 10.0)), links, GAPS).centres
    assert centres["e"][0] == centres["c"][0]
    assert centres["f"][0] == centres["b"][0]


def test_what_can_be_drawn_without_crossings_is() -> None:
    """Two ladders given in the worst order are untangled."""
    links = [Link(source=f"{side}{k}", target=f"{side}{k + 1}") for k in range(5) for side in "ab"]
    sizes = {f"{'ab'[(k + side) % 2]}{k}": (10.0, 10.0) for k in range(6) for side in range(2)}
    centres = layout(sizes, links, GAPS).centres
    assert len({centres[f"a{k}"][1] < centres[f"b{k}"][1] for k in range(6)}) == 1


def test_a_long_wire_is_straight() -> None:
    """What bypasses a chain runs level beside it."""
    chain = [Link(source=a, target=b) for a, b in pairwise("abcdefg")]
    *_, route = layout(
        dict.fromkeys("abcdefg", (30.0, 30.0)), [*chain, Link(source="a", target="g")], GAPS
    ).routes
    assert len({y for _, y in route[2:-2]}) == 1


def test_a_cycle_is_refused() -> None:
    """A graph that is not acyclic has no layers."""
    links = [Link(source="a", target="b"), Link(source="b", target="a")]
    with pytest.raises(ValueError, match="cycle"):
        layout(dict.fromkeys("ab", (1.0, 1.0)), links, GAPS)


def diagram(*texts: str) -> Diagram:
    """A chain of boxes that bear these texts, each squaring the one before."""
    rows = [((t, "value"), (t, "gradient"), (t, "plain")) for t in texts]
    boxes = tuple(Box(key=f"{k}", title=t, rows=rows[k]) for k, t in enumerate(texts))
    arrows = tuple(Arrow(source=f"{k - 1}", target=f"{k}", label=texts[k]) for k in range(1, len(texts)))
    return Diagram(title=" ".join(texts), boxes=boxes, arrows=arrows * 2)


ODD = ("$x^{2$", "_a", "∂×÷", "日本", r"\frac", "%", "", " ", "a\nb", "<&>")


@pytest.mark.parametrize("kind", SIGNATURES)
def test_same_diagram_same_bytes(kind: str) -> None:
    """Drawing twice gives the same bytes, of the right kind; odd texts are drawn like any other."""
    from actcli.render.figure import draw

    one, two = (draw(diagram(*ODD), kind, Paper()) for _ in range(2))
    assert one.data == two.data
    assert one.data.startswith(SIGNATURES[kind])


def test_texts_are_literal_and_roles_are_marked() -> None:
    """A dollar is a dollar; a value and a gradient are told apart by their marks, as the legend says."""
    from actcli.render.figure import draw

    data = draw(diagram("$x$", "y"), "svg", Paper()).data.decode()
    for text in ("$x$", "= $x$", "∂ $x$", "= value", "∂ gradient of the output"):
        assert f"<!-- {text} -->" in data


@pytest.mark.parametrize("paper", [Paper(), Paper(dpi=60), Paper(size=(5, 3)), Paper(size=(20, 20))], ids=str)
def test_texts_fit(paper: Paper) -> None:
    """Whatever the paper, all texts are within the picture, and none covers another."""
    from actcli.render.figure import boxes
    from actcli.render.figure._matplotlib import our_matplotlib

    with our_matplotlib():
        figure = boxes.figure(diagram("x", "a rather long title", "-0.2350037122015945", "WWWWWWWW"), paper)
        figure.set_dpi(paper.dpi)
        figure.canvas.draw()
        extents = [text.get_window_extent() for text in figure.axes[0].texts]
    width, height = figure.get_size_inches() * paper.dpi
    for box in extents:
        assert 0 <= box.x0 <= box.x1 <= width
        assert 0 <= box.y0 <= box.y1 <= height
    tall = [((b.x0, b.y0 + b.height * 0.2), (b.x1, b.y1 - b.height * 0.2)) for b in extents]
    assert not any(meet(a, b) for a, b in combinations(tall, 2))


def test_a_large_graph_is_drawn_as_large_as_may_be() -> None:
    """A chain too long for its resolution is drawn smaller, and an empty graph is no error."""
    from actcli.render.figure import draw

    paper = Paper(dpi=900)
    assert max(paper.hold(500, 5)) * paper.dpi == pytest.approx(2**15)
    assert draw(diagram(*["a rather long title"] * 60), "svg", paper).data
    assert draw(Diagram(title="", boxes=(), arrows=()), "png", Paper()).data
