"""matplotlib, loaded and set up the same way wherever and however it is installed."""

import contextlib
import importlib.util
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SETTINGS = {
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.titlesize": "large",
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.6,
    "legend.framealpha": 0.9,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "actcli",
}


@contextlib.contextmanager
def our_matplotlib() -> Iterator[Any]:
    """Yield the module with our settings in force: no matplotlibrc, backend or style of the user's counts."""
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)  # an unwritable HOME is no news to the user
    try:
        matplotlib = _imported()
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(_SETTINGS)
            yield matplotlib
    finally:
        log.setLevel(level)


def _imported() -> Any:
    backend = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "agg"  # a nonsense value would stop the import
    try:
        with _without_local_settings():
            import matplotlib
    finally:
        if backend is None:
            del os.environ["MPLBACKEND"]
        else:
            os.environ["MPLBACKEND"] = backend
    return matplotlib


@contextlib.contextmanager
def _without_local_settings() -> Iterator[None]:
    """Import from matplotlib's own data folder: a matplotlibrc in the working directory is read otherwise."""
    spec = importlib.util.find_spec("matplotlib")
    data = Path(spec.origin).parent / "mpl-data" if spec and spec.origin else Path()
    try:
        here = contextlib.chdir(data)
        here.__enter__()
    except OSError:  # the working directory is gone, or the data is packed away
        yield
        return
    try:
        yield
    finally:
        here.__exit__(None, None, None)
