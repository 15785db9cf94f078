"""Large arrays in blocks that stay in the cache, over all cores."""

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from actcli.floats import FLOATS, Array

AnyArray = npt.NDArray[Any]
_Parts = Callable[..., tuple[Array, ...]]

BLOCK = 2**16  # elements: a block and its temporaries stay in the cache
_RUN = 16  # blocks, one after the other, that a thread takes at a time
_PARALLEL = 4 * BLOCK  # from here on, threads pay (numpy releases the interpreter's lock)


def in_blocks(f: _Parts, arrays: list[AnyArray], height: int, dtype: np.dtype[Any]) -> tuple[AnyArray, ...]:
    """Apply `f` to some rows of the arrays at a time; each of its results has a row for each of theirs."""
    count = len(arrays[0])

    def block(rows: slice) -> tuple[Array, ...]:
        return f(*(array[rows].astype(np.float64, copy=False) for array in arrays))

    first = block(slice(0, height))
    out = tuple(np.empty((count, *part.shape[1:]), dtype) for part in first)

    def fill(start: int, stop: int, parts: tuple[Array, ...] | None = None) -> None:
        for low in range(start, stop, height):
            rows = slice(low, min(low + height, stop))
            for whole, part in zip(out, parts or block(rows), strict=True):
                whole[rows] = FLOATS[dtype.name].round(part)

    fill(0, min(height, count), first)
    if count * max(1, math.prod(first[0].shape[1:])) < _PARALLEL:
        fill(height, count)
    else:
        _in_threads(fill, height, count, _RUN * height)
    return out


def _in_threads(fill: Callable[[int, int], None], start: int, stop: int, run: int) -> None:
    """Fill on all cores, in long runs: threads that write close to each other wait for the same pages."""
    from concurrent.futures import ThreadPoolExecutor

    workers = os.cpu_count() or 1
    run = max(1, min(run, -(-(stop - start) // workers)))
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda low: fill(low, min(low + run, stop)), range(start, stop, run)):
            pass  # a failure in a thread is raised here
