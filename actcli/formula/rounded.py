"""Values of a graph, rounded once: plain floats where these are sure, more digits where they are not."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from actcli.formula.evaluate import forward
from actcli.formula.graph import Node
from actcli.formula.precise import precise


def rounded(root: Node, names: Mapping[str, Any]) -> Any:
    """Return the value of a graph in one array and numbers, float64, of the array's shape."""
    (shape,) = {np.shape(value) for value in names.values() if np.ndim(value)} or {()}
    y = np.array(np.broadcast_to(forward(root, names)[-1], shape), dtype=np.float64)
    for place in np.argwhere(np.isnan(y)):
        at = {name: value if np.ndim(value) == 0 else value[tuple(place)] for name, value in names.items()}
        y[tuple(place)] = float(precise(root, {name: float(value) for name, value in at.items()}))
    return y
