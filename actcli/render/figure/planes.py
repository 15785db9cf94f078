"""Functions of two variables: contours, arrows, and surfaces in space."""

from typing import Any

import numpy as np

from actcli.picture import Contours, Field, Surface

_COLORS = "viridis"  # from dark to light at an even pace: it keeps its order in grey
_GREY = "#9a9a9a"
_INK = "#222222"
_BLUE = "#0072b2"


def draw_contours(axes: Any, contours: Contours) -> None:
    """Draw the levels in grey; filled, the bands between them, with a bar that tells the heights."""
    c = contours
    if c.filled:
        _fill(axes, c)
    if len(c.levels):
        color = _INK if c.filled else _GREY
        axes.contour(
            c.x, c.y, c.z, levels=c.levels, colors=color, linewidths=0.7, linestyles="solid", zorder=1
        )


def _fill(axes: Any, c: Contours) -> None:
    import matplotlib

    low, high = float(np.nanmin(c.z)), float(np.nanmax(c.z))
    edges = [low, *c.levels, high] if low < high else [low - 1 - abs(low), low + 1 + abs(low)]
    colors = matplotlib.colormaps[_COLORS](np.linspace(0, 1, len(edges) - 1))  # however far apart the edges
    bands = axes.contourf(c.x, c.y, c.z, levels=edges, colors=colors)
    bar = axes.figure.colorbar(bands, ax=axes, spacing="uniform", label="value")
    told = c.levels[:: -(-len(c.levels) // 9)] if len(c.levels) else [low]
    bar.set_ticks(told, labels=[f"{height:.15g}" for height in told])
    bar.minorticks_off()


def draw_field(axes: Any, field: Field) -> None:
    """Draw the arrows; one too short to see is a dot."""
    look = {"color": _BLUE, "width": 0.004, "minlength": 1.5, "zorder": 2}
    axes.quiver(field.x, field.y, field.u, field.v, angles="xy", scale_units="xy", scale=field.scale, **look)
    axes.grid(visible=False)


def draw_surface(axes: Any, surface: Surface) -> None:
    """Draw the surface on axes in space: faces coloured by height, edges as a wireframe."""
    x, y = np.meshgrid(surface.x, surface.y)
    axes.plot_surface(x, y, surface.z, rstride=1, cstride=1, cmap=_COLORS, edgecolor=_INK, linewidth=0.3)
    axes.set_zlabel("value")
    axes.locator_params(nbins=5)
    axes.set_box_aspect(None, zoom=1.08)
