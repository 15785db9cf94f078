"""The gallery: a card and a picture for every name of the catalogue, as bench/gallery.py writes them now."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from actcli.activations import ACTIVATIONS, COMPOUNDS
from actcli.cli._entries import KINDS, entries, kind_of

ROOT = Path(__file__).parent.parent
SCRIPT = runpy.run_path(str(ROOT / "bench" / "gallery.py"))
PICTURES = ROOT / "docs" / "gallery"
NAMES = {*ACTIVATIONS, *COMPOUNDS}


def page() -> str:
    return (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")


def test_the_gallery_is_fresh() -> None:
    """docs/gallery.md is what the script writes."""
    assert page() == SCRIPT["text"](), "stale: python bench/gallery.py --text"


def test_every_name_has_its_place() -> None:
    """Each function has one section and one picture, and there is no other."""
    assert sorted(re.findall(r"^### (\w+)$", page(), re.MULTILINE)) == sorted(NAMES)
    assert sorted(re.findall(r'src="gallery/(\w+)\.png"', page())) == sorted(NAMES)
    assert {path.name for path in PICTURES.iterdir()} == {f"{name}.png" for name in NAMES}


def test_the_readme_counts_right() -> None:
    """The README says how many of each kind there are."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"(\d+) \w+ functions, (\d+) of vectors, (\d+) gated units and (\d+) losses", text)
    kinds = [kind_of(entry) for entry in entries()]
    assert shown
    assert [int(count) for count in shown.groups()] == [kinds.count(kind) for kind in KINDS]


def test_links_lead_somewhere() -> None:
    """The index links to headings, the head to pages."""
    headings = set(re.findall(r"^###? (\w+)$", page(), re.MULTILINE))
    links = re.findall(r"\]\(([^)]+)\)", page())
    assert {link[1:] for link in links if link.startswith("#")} == headings
    assert all((ROOT / "docs" / link).is_file() for link in links if not link.startswith("#"))


def test_pictures_are_small() -> None:
    """The whole directory stays below 2.5 MB."""
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 2.5e6


@pytest.mark.parametrize("name", ["hardshrink", "softmin"])
def test_pictures_are_fresh(name: str, tmp_path: Path) -> None:
    """Drawn again, a picture is the same, but for what another version of the fonts may move."""
    path = tmp_path / "again.png"
    path.write_bytes(SCRIPT["picture"](name))
    old, new = (
        np.asarray(Image.open(file).convert("L"), dtype=float) for file in (PICTURES / f"{name}.png", path)
    )
    assert old.shape == new.shape
    assert np.mean(np.abs(old - new) > 50) < 0.003
