"""Tries to compute hidden numbers back from all published sums together, and names those that it can.

A hidden number is safe where the equations, with what is known of why it is hidden, leave it a span of
at least `System.span` whole numbers, and the number within it (and the rest beside it) at least one.
A sum whose hidden cells stand in no other says by itself all there is to say (`spans`). Sums that hang
together are looked at twice: by elimination (a number that no other solution changes is known), then by
a linear program (HiGHS, by way of scipy), which knows bounds as well.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from orchestration.disclosure.program import Program, matrix_of
from orchestration.disclosure.spans import spans
from orchestration.disclosure.sums import System

TOGETHER = 4_000  # hidden cells in one linear program; groups of sums are independent, so they share it
STILL = 1e-7  # a cell that a random direction of length about 1 moves by less is not moved


def exposed(system: System, hidden: NDArray[np.bool_], *, first: bool = False) -> list[int]:
    """Cells that can be computed back, in order; nothing where the attack fails.

    Args:
        system: the sums.
        hidden: which cells are hidden.
        first: whether some cells of each group of sums are enough, so that they can be covered.
    """
    if not system.n_sums:
        return []
    seen = spans(system, hidden)
    active = seen.active[system.sum] & hidden[system.cell]
    found = {int(c) for c in system.cell[active & seen.unsafe[system.sum]]}
    groups = list(_groups(system, active))
    for group in groups:
        found |= set(_eliminated(system, group))
    if first and found:
        return sorted(found)
    for batch in _batches(groups):
        found |= _by_program(system, batch, seen.rest_n, seen.rest_x, first)
    return sorted(found)


def _groups(system: System, active: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Hidden terms of sums that hang together; sums that stand alone are left out."""
    at = np.flatnonzero(active)
    if not len(at):
        return
    label = labels(system, at)
    order = np.argsort(label, kind="stable")
    for group in np.split(at[order], np.flatnonzero(np.diff(label[order])) + 1):
        if np.any(system.sum[group] != system.sum[group[0]]):
            yield group


def labels(system: System, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Per term the number of its group of sums that hang together: the least of its cells' numbers."""
    cells, c = np.unique(system.cell[at], return_inverse=True)
    sums, s = np.unique(system.sum[at], return_inverse=True)
    of_cell = np.arange(len(cells))
    while True:
        of_sum = np.full(len(sums), len(cells))
        np.minimum.at(of_sum, s, of_cell[c])
        least = of_cell.copy()
        np.minimum.at(least, c, of_sum[s])
        least = least[least]  # a group that is a long chain is told in few rounds
        if np.array_equal(least, of_cell):
            return np.asarray(of_cell[c], np.int64)
        of_cell = least


def _eliminated(system: System, group: NDArray[np.int64]) -> list[int]:
    """Cells of one group that every solution of the equations gives the same number.

    A random direction is projected on those that leave all equations as they are: where it does not move a
    cell, nothing does.
    """
    from scipy.sparse.linalg import lsqr

    cells, matrix = matrix_of(system, group)
    direction = np.random.default_rng(0).normal(size=len(cells))  # the same every night
    weights = lsqr(matrix.T, direction, atol=1e-14, btol=1e-14, conlim=0, iter_lim=20 * len(cells))[0]
    still = np.abs(direction - matrix.T @ weights) < STILL
    return [int(c) for c in cells[still]]


def _batches(groups: list[NDArray[np.int64]]) -> Iterator[list[NDArray[np.int64]]]:
    batch: list[NDArray[np.int64]] = []
    size = 0
    for group in groups:
        if batch and size + len(group) > TOGETHER:
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += len(group)
    if batch:
        yield batch


def _by_program(
    system: System,
    groups: list[NDArray[np.int64]],
    rest_n: NDArray[np.float64],
    rest_x: NDArray[np.float64],
    first: bool,
) -> set[int]:
    terms = np.concatenate(groups)
    x = rest_x[system.sum[terms]]
    if len(groups) == 1 or np.all(np.isfinite(x)) or np.all(np.isnan(x)):
        # what is known too well to be true (rounded rates, bounds) is left away step by step
        for within, bounded in ((True, True), (True, False), (False, True), (False, False)):
            program = Program(system, groups, rest_n, rest_x, bounded=bounded, within=within)
            answer = program.exposed(first=first)
            if answer is not None:
                return answer
        if len(groups) == 1:
            return set()  # the sums contradict each other, and nothing follows from them
    half = (len(groups) + 1) // 2  # one group that contradicts itself must not hide the others
    return _by_program(system, groups[:half], rest_n, rest_x, first) | _by_program(
        system, groups[half:], rest_n, rest_x, first
    )
