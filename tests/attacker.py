"""A reader who tries to compute hidden numbers back, written apart from the code that hides them.

The reader knows every told number, every identity (a total is the sum of its parts), that numbers are whole
and not negative, and why each hidden one is hidden: too few, or to protect another. Each hidden number is
put to an integer program from both ends; where both ends meet, it is computed back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


@dataclass(frozen=True)
class Equation:
    """A total and the parts that add up to it, by name."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What the reader knows of a cell: its number and how many of them, or, where hidden, bounds of the number."""

    n: int = 0
    x: int = 0
    hidden: bool = False
    low: int = 0
    high: int | None = None


def computed_back(
    equations: Sequence[Equation], known: Mapping[str, Known], *, counts: bool = True
) -> list[str]:
    """Hidden cells of which the reader finds out the number, how many of them, or how many of them not.

    Args:
        equations: the identities.
        known: by cell.
        counts: whether the number itself is a secret too. Where it is not, a cell that is known to count nothing
            has no secret either.
    """
    hidden = sorted(c for c, k in known.items() if k.hidden)
    at = {c: i for i, c in enumerate(hidden)}
    size = len(hidden)
    rows, right = [], []
    for kind in ("x", "y"):
        for e in equations:
            row, told = np.zeros(2 * size), 0.0
            for cell, sign in ((e.total, -1.0), *((p, 1.0) for p in e.parts)):
                k = known[cell]
                if k.hidden:
                    row[at[cell] + (size if kind == "y" else 0)] += sign
                else:
                    told += sign * (k.x if kind == "x" else k.n - k.x)
            if row.any():
                rows.append(row)
                right.append(-told)
    if not rows:
        return []
    roof = float(10 * sum(abs(r) for r in right) + 1_000)
    both = np.hstack([np.eye(size), np.eye(size)])
    low = [float(known[c].low) for c in hidden]
    high = [roof if known[c].high is None else float(known[c].high or 0) for c in hidden]
    constraints = [LinearConstraint(np.array(rows), right, right), LinearConstraint(both, low, high)]

    def end(direction: np.ndarray) -> float:
        found = milp(
            direction, constraints=constraints, bounds=Bounds(0, roof), integrality=np.ones(2 * size)
        )
        assert found.status == 0, "what is told contradicts itself"
        return float(direction @ found.x)

    back = []
    for cell, i in at.items():
        x, y = np.zeros(2 * size), np.zeros(2 * size)
        x[i], y[size + i] = 1.0, 1.0
        if not counts and -end(-(x + y)) < 0.5:
            continue
        if any(-end(-d) - end(d) < 0.5 for d in ((x, y, x + y) if counts else (x, y))):
            back.append(cell)
    return back
