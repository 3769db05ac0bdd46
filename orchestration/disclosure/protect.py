"""Chooses what to hide: first what must be, then as much as it takes that nothing hidden can be computed back.

Every sum that gives a hidden number away loses its cheapest told term that mends it (fewest persons; of
equal ones the first), all such sums at once, until none does; then the attack looks at all sums
together, and what it finds exposed is given another cover, until it finds nothing. Cells are only ever
added, so it ends; the order of cells and sums alone decides, so the same marts give the same choice.

The problem is that of secondary cell suppression (Fischetti and Salazar 2000); a heuristic that attacks its
own result suits a nightly run better than the optimum, as in sdcTable's SIMPLEHEURISTIC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from orchestration.disclosure.attack import exposed
from orchestration.disclosure.cells import Cells
from orchestration.disclosure.spans import NEAR, spans
from orchestration.disclosure.sums import System


def primary(cells: Cells) -> NDArray[np.bool_]:
    """What is hidden in itself: too few, withheld, extreme, or left out of the public marts."""
    return cells.must_hide | cells.outside


def protect(
    cells: Cells, systems: Sequence[System], *, progress: Callable[[str], None] = lambda _: None
) -> NDArray[np.bool_]:
    """Which cells are hidden: bool per cell."""
    hidden = primary(cells)
    while True:
        _sum_by_sum(systems, hidden)
        found = False
        for system in systems:
            found |= _covered(system, hidden)
        if not found:
            break
        progress("another cover for figures that several sums together give away")
    return hidden


def _covered(system: System, hidden: NDArray[np.bool_]) -> bool:
    """Cover what the attack finds, one cell of each sum at a time: its cover may cover the others."""
    touched: set[int] = set()
    found = False
    for cell in exposed(system, hidden, first=True):
        sums = {int(s) for s in system.sum[system.cell == cell]}
        if sums & touched:
            continue
        touched |= sums
        cover = _cover(system, hidden, cell)
        if cover is not None:
            hidden[cover] = found = True
    return found


def _sum_by_sum(systems: Sequence[System], hidden: NDArray[np.bool_]) -> None:
    changed = True
    while changed:
        changed = False
        for system in systems:
            while True:
                chosen = _cheapest(system, hidden)
                if not len(chosen):
                    break
                hidden[chosen] = changed = True


def _cheapest(system: System, hidden: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each sum that gives something away, the told term to hide; sums without any are left as they are."""
    if not system.n_sums:
        return np.zeros(0, np.int64)
    seen = spans(system, hidden)
    at = np.flatnonzero(seen.unsafe[system.sum] & ~hidden[system.cell])
    if not len(at):
        return np.zeros(0, np.int64)
    s, n, x = system.sum[at], np.nan_to_num(system.n[at]), system.x[at]
    # one that mends the sum at once goes before one that only helps; one of nothing helps nobody
    fails = (n < system.low[at] + system.span - NEAR).astype(int)
    fails += (seen.rest_x[s] < 1 - NEAR) & (x < 1 - NEAR)
    fails += (seen.rest_n[s] - seen.rest_x[s] < 1 - NEAR) & (n - x < 1 - NEAR)
    fails += 4 * (n < 1)
    fails[system.total[at] & (seen.hidden_parts[s] > 0)] = 0
    order = np.lexsort((system.cell[at], n, fails, s))
    first = np.r_[True, np.diff(s[order]) > 0]
    return np.unique(system.cell[at[order[first]]])


def _cover(system: System, hidden: NDArray[np.bool_], cell: int) -> int | None:
    """The cheapest told term of the sums that an exposed cell stands in, or of those next to them.

    A number that has no room is given some by one of the other kind: beside results that nobody met, one
    that was met.
    """
    own = system.cell == cell
    x, y = system.x[own][0], system.n[own][0] - system.x[own][0]
    sums = np.unique(system.sum[own])
    while True:
        mine = np.isin(system.sum, sums)
        at = np.flatnonzero(mine & ~hidden[system.cell])
        if len(at):
            n = np.nan_to_num(system.n[at])
            fails = (2 * (n < 1)).astype(int)
            fails += (x < 1) & (system.x[at] < 1)
            fails += (y < 1) & (n - system.x[at] < 1)
            return int(system.cell[at[np.lexsort((system.cell[at], n, fails))[0]]])
        more = np.unique(system.sum[np.isin(system.cell, system.cell[mine])])
        if len(more) == len(sums):
            return None  # all of it is hidden: there is no more to hide
        sums = more
