"""Write docs/gallery.md and its pictures: `python bench/gallery.py [--text] [NAME...]`.

Draws the functions named, else all; with --text none.
"""

import contextlib
import importlib
import io
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from actcli.__main__ import main
from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.cli._card import card, facts_for, frameworks_of, report
from actcli.cli._entries import base_of, entries, family_of, kind_of
from actcli.cli._formulas import texts_of_entry

DOCS = Path(__file__).parents[1] / "docs"
PAPER = ("--size", "4.8x3", "--dpi", "100")
COLORS = 64  # of a picture: a quarter of the bytes, and the eye sees no difference

# Where what makes a function itself lies outside -5:5, or is small there.
RANGES = {
    "aria2": "-10:10", "clipped_gelu": "-5:15", "clipped_relu": "-10:30", "cos": "-10:10", "cosh": "-3:3",
    "exponential": "-3:3", "gaussian": "-3:3", "gcu": "-12:12", "hard_elish": "-3:3", "hard_mish": "-4:4",
    "hardshrink": "-2:2", "laplace": "-0.5:2", "relu2": "-3:3", "relu6": "-4:10", "sin": "-10:10",
    "sinc": "-15:15", "sinh": "-3:3", "soft_clipping": "-6:7", "softshrink": "-2:2", "star_relu": "-3:3",
    "step": "-2:2", "sign": "-2:2", "tanh_softcap": "-100:100",
}  # fmt: skip
VECTOR = "-1,0.5,0.3,1"
# A loss of one entry, or of two classes of which the first is right: all that a plane has room for.
LOSSES = {
    "mse": ("(y - t)**2",),
    "bce_with_logits": ("softplus(x)*(1 - t) + softplus(-x)*t", "--range", "t=0:1"),
    "softmax_cross_entropy": ("logaddexp(right, wrong) - right",),
}
SHOWN = ("formula", "property", "derivative", "range", "limits", "shape", "extrema")
LAST = ("largest errors", "aliases", "source")
LONGEST = 150  # characters of a derivative

HEAD = """# The gallery

Every function of the catalogue, as `actcli plot` draws it and `actcli show` describes it: solid the function,
dashed its derivative; a gated unit over its halves a and b, a vector function beside its input, a loss of one
entry. [The catalogue](catalogue.md) says what the words mean; the errors are the largest that were
[measured](ulps.md), in ulps of float64. Written by `python bench/gallery.py`.

| family | functions |
| :-- | :-- |
"""


def arguments_of(entry: Any) -> list[str]:
    """Return what `actcli plot` is asked to draw of an entry."""
    if entry.name in LOSSES:
        return [*LOSSES[entry.name], "--kind", "surface"]
    if kind_of(entry) == "gated unit":
        return [entry.name, "--kind", "surface"]
    if kind_of(entry) == "vector function":
        return [entry.name, "--at", VECTOR]
    span = ["--range", RANGES[entry.name]] if entry.name in RANGES else []
    return [entry.name, "--with-derivative", *span]


def picture(name: str) -> bytes:
    """Return the picture of a function, as a PNG of few colours."""
    entry = ACTIVATIONS.get(name) or COMPOUNDS[name]
    with TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = os.path.join(folder, "picture.png")
        if main(["plot", *arguments_of(entry), *PAPER, "-o", path]):
            raise SystemExit(f"no picture of {name}")
        data = io.BytesIO()
        Image.open(path).convert("RGB").quantize(COLORS).save(data, "PNG", optimize=True)
    return data.getvalue()


def text() -> str:
    """Return docs/gallery.md."""
    index, sections = "", ""
    for family, members in groupby(entries(), family_of):
        listed = list(members)
        links = ", ".join(f"[{entry.name}](#{entry.name})" for entry in listed)
        index += f"| [{family}](#{family}) | {links} |\n"
        about = (importlib.import_module(f"actcli.activations.{family}").__doc__ or "").splitlines()[0]
        sections += f"\n## {family}\n\n{plain(about)}\n" + "".join(map(section, listed))
    return HEAD + index + sections


def section(entry: Any) -> str:
    """Return the short card of an entry beside its picture."""
    image = f'<img align="right" width="400" src="gallery/{entry.name}.png" alt="{entry.name}">'
    rows = "".join(f"- **{name}** {value}\n" for name, value in facts(entry))
    return f'\n### {entry.name}\n\n{image}\n\n{plain(entry.summary)}\n\n{rows}\n<br clear="right">\n'


def facts(entry: Any) -> Iterator[tuple[str, str]]:
    """Yield the rows of an entry's card that are shown, as Markdown."""
    derivatives = texts_of_entry(entry, base_of(entry), None)
    found = card(entry, facts_for(entry, {}), None, derivatives)
    columns = report(found).columns
    rows = list(zip(columns["fact"], columns["value"], strict=True))
    for name, value in rows:
        if name in ("formula", "derivative") and len(value) <= LONGEST:
            yield name, f"`{value}`"
        elif name in SHOWN and name != "derivative":
            yield name, plain(value)
        elif name.startswith(("parameter ", "at x = ")):
            yield plain(name), plain(value)
    spelt = [f"{framework} `{first}`{rest}" for framework, first, rest in spellings(found)]
    if spelt:
        yield "frameworks", " · ".join(spelt)
    yield from ((name, plain(value)) for name, value in rows if name in LAST)


def spellings(found: Any) -> Iterator[tuple[str, str, str]]:
    for framework, words in frameworks_of(found):
        first, semicolon, rest = words.partition("; ")
        yield framework, first, plain(f" ({rest})") if semicolon else ""


def plain(words: str) -> str:
    """Return words that Markdown leaves as they are."""
    return re.sub(r"([*<|])", r"\\\1", words)


def write(arguments: list[str]) -> None:
    names = [argument for argument in arguments if argument != "--text"]
    wanted = names or ([] if "--text" in arguments else [entry.name for entry in entries()])
    folder = DOCS / "gallery"
    folder.mkdir(exist_ok=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, data in zip(wanted, pool.map(picture, wanted), strict=True):
            (folder / f"{name}.png").write_bytes(data)
    (DOCS / "gallery.md").write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1:])
