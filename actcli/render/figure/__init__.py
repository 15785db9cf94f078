"""Pictures as PNG, SVG or PDF: the only place that imports matplotlib."""

from actcli.render.figure.draw import Drawing, draw

__all__ = ["Drawing", "draw"]
