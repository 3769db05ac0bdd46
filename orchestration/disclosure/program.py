"""The equations of published sums over their hidden cells as a linear program: how far each number may lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.disclosure.spans import wanted_span
from orchestration.disclosure.sums import System

DIRECTIONS = 8  # random directions, each looked at from both ends, before cells are looked at one by one
TOLERANCE = 1e-5


def matrix_of(system: System, at: NDArray[np.int64]) -> tuple[NDArray[np.int64], Any]:
    """Hidden cells in order, and one row per sum: its hidden parts, less a hidden total, are what is left."""
    from scipy.sparse import coo_matrix

    cells, c = np.unique(system.cell[at], return_inverse=True)
    sums, s = np.unique(system.sum[at], return_inverse=True)
    sign = np.where(system.total[at], -1.0, 1.0)
    return cells, coo_matrix((sign, (s, c)), shape=(len(sums), len(cells))).tocsr()


class Program:
    """Groups of sums in one program, over x and y = n - x where the numbers within are known, else over n.

    Groups share no cell, so one direction looks along a cell of each of them at once. `bounded` says whether the
    reader knows why cells are hidden, `within` whether the numbers within are looked at.
    """

    def __init__(
        self,
        system: System,
        groups: list[NDArray[np.int64]],
        rest_n: NDArray[np.float64],
        rest_x: NDArray[np.float64],
        *,
        bounded: bool,
        within: bool = True,
    ) -> None:
        from scipy.sparse import block_diag, eye, hstack, vstack

        at = np.concatenate(groups)
        self.cells, matrix = matrix_of(system, at)
        c = np.searchsorted(self.cells, system.cell[at])
        sums = np.unique(system.sum[at])
        k = len(self.cells)
        self.group = np.zeros(k, np.int64)
        self.group[c] = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
        n, x = rest_n[sums], rest_x[sums]
        self.split = within and bool(np.all(np.isfinite(x)))
        # what has no most ends somewhere beyond all that matters
        roof = 1.0 + float(np.sum(np.abs(n))) + float(np.sum(system.low[at])) + 10.0 * system.span
        low, high, span = np.zeros(k), np.full(k, roof), np.zeros(k)
        span[c] = wanted_span(system)[at]
        if bounded:
            low[c], high[c] = system.low[at], np.minimum(system.high[at], roof)
        if self.split:
            both = hstack([eye(k), eye(k)])
            self.problem: dict[str, Any] = {
                "A_eq": block_diag([matrix, matrix]).tocsr(),
                "b_eq": np.r_[x, n - x],
                "A_ub": vstack([both, -both]).tocsr(),
                "b_ub": np.r_[high, -low],
                "bounds": np.c_[np.zeros(2 * k), np.r_[high, high]],
            }
            one = np.minimum(1.0, high)  # of what can only be nothing, nothing is a secret
            self.wanted = np.array([span, one, one])
        else:
            self.problem = {"A_eq": matrix, "b_eq": n, "bounds": np.c_[low, high]}
            self.wanted = np.array([np.maximum(span, 1.0)])
        self.least, self.most = np.full(self.wanted.shape, np.inf), np.full(self.wanted.shape, -np.inf)

    def exposed(self, *, first: bool) -> set[int] | None:
        """Cells that are not safe; None where the equations contradict each other.

        Args:
            first: whether one cell of each group is enough.
        """
        random = np.random.default_rng(0)  # the same directions every night
        for _ in range(DIRECTIONS):
            if not self._look(random.normal(size=self.wanted.shape) * self._unsafe()):
                return None
            if not np.any(self._unsafe()):
                return set()
        looked = np.zeros(self.wanted.shape, bool)
        found = np.zeros(len(self.cells), bool)
        while True:
            found = np.any(looked & self._unsafe(), axis=0)
            done = np.isin(self.group, self.group[found]) if first else np.zeros(len(self.cells), bool)
            kinds, cells = np.nonzero(self._unsafe() & ~looked & ~done)
            if not len(cells):
                return {int(c) for c in self.cells[found]}
            _, mine = np.unique(self.group[cells], return_index=True)  # one of each group
            direction = np.zeros(self.wanted.shape)
            direction[kinds[mine], cells[mine]] = 1.0
            looked[kinds[mine], cells[mine]] = True
            self._look(direction)

    def _unsafe(self) -> NDArray[np.bool_]:
        return np.asarray(self.most - self.least < self.wanted - TOLERANCE)

    def _look(self, direction: NDArray[np.float64]) -> bool:
        """Look along a direction (of n, x and y, or of n) from both ends; False where there is no solution."""
        from scipy.optimize import linprog

        k = len(self.cells)
        c = np.r_[direction[0] + direction[1], direction[0] + direction[2]] if self.split else direction[0]
        for sign in (1.0, -1.0):
            found = linprog(sign * c, method="highs", **self.problem)
            if found.status != 0:
                return False
            values = np.array([found.x])
            if self.split:
                values = np.array([found.x[:k] + found.x[k:], found.x[:k], found.x[k:]])
            np.minimum(self.least, values, out=self.least)
            np.maximum(self.most, values, out=self.most)
        return True
