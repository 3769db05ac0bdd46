"""Work on many things by several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def over(work: Callable[[T], R], things: Sequence[T], workers: int) -> Iterator[R]:
    """What `work` gives for each thing, in any order; in this process where one is enough."""
    if workers <= 1:
        yield from map(work, things)
        return
    # spawned, not forked: the caller may hold threads and open databases
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in as_completed([pool.submit(work, thing) for thing in things]):
            yield future.result()
