"""How far each hidden number may lie, sum by sum: what a reader learns from one published sum alone.

Of a sum whose total is told, the hidden parts add up to the total less the told parts. Who knows why a
figure is hidden (too few persons: less than the fewest; to protect another: not less) knows bounds as
well; the spans are within those. Where they contradict the sum, the sum's own are left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.disclosure.sums import System

NEAR = 1e-6


@dataclass(frozen=True)
class Spans:
    """Per sum and per term what one sum alone says, for one choice of hidden cells.

    Args:
        void: sums that cannot be true (the told parts exceed the total), from which nothing follows.
        active: sums with something hidden that are not void.
        hidden_parts: per sum, its hidden parts.
        rest_n: per sum, what its hidden parts come to, less its total where that is hidden.
        rest_x: the same of the numbers within; NaN where not known.
        unsafe: sums that alone give a hidden number away.
    """

    void: NDArray[np.bool_]
    active: NDArray[np.bool_]
    hidden_parts: NDArray[np.int64]
    rest_n: NDArray[np.float64]
    rest_x: NDArray[np.float64]
    unsafe: NDArray[np.bool_]


def spans(system: System, hidden: NDArray[np.bool_]) -> Spans:
    """What each sum alone says where these cells are hidden."""
    s, count = system.sum, system.n_sums
    h = hidden[system.cell]
    part, told = ~system.total, ~h
    hp = part & h

    def add(mask: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(s[mask], weights=values[mask], minlength=count).astype(np.float64)

    total_hidden = add(system.total & h, np.ones(len(s))) > 0
    hidden_parts = np.bincount(s[hp], minlength=count)
    # a told part without a number is none; a told total without one says nothing
    rest_n = add(system.total & told, system.n) - add(part & told, np.nan_to_num(system.n))
    rest_x = add(system.total & told, system.x) - add(part & told, system.x)
    void = ~total_hidden & (np.isnan(rest_n) | (rest_n < -NEAR))
    # numbers within that come from rounded rates may miss by a little: who is left is then none, or all
    rest_x = np.where(total_hidden | void, rest_x, np.clip(rest_x, 0.0, np.maximum(rest_n, 0.0)))
    rest_y = rest_n - rest_x
    any_hidden = total_hidden | (hidden_parts > 0)
    active = any_hidden & ~void

    left = np.where(total_hidden, np.nan, rest_n)
    wide = _width(system, hp, left, bounded=True)
    contradicted = np.zeros(count, bool)
    contradicted[s[hp][wide < -NEAR]] = True
    width = np.where(contradicted[s[hp]], _width(system, hp, left, bounded=False), wide)
    pinned = np.zeros(count, bool)
    pinned[s[hp][width < wanted_span(system)[hp] - NEAR]] = True
    same_for_all = (rest_x < 1 - NEAR) | (rest_y < 1 - NEAR)  # NaN is neither

    unsafe = ~total_hidden & (hidden_parts > 0) & ((hidden_parts == 1) | pinned | same_for_all)
    unsafe |= total_hidden & (hidden_parts == 0)
    return Spans(void, active, hidden_parts, rest_n, rest_x, unsafe & active)


def wanted_span(system: System) -> NDArray[np.float64]:
    """Per term, the span that its number must keep: the system's, or all that the bounds ever left it."""
    return np.minimum(float(system.span), system.high - system.low)


def _width(
    system: System, hp: NDArray[np.bool_], rest: NDArray[np.float64], *, bounded: bool
) -> NDArray[np.float64]:
    """Highest less lowest of each hidden part, from its sum and the bounds; inf where the total is hidden too."""
    s = system.sum[hp]
    low = system.low[hp] if bounded else np.zeros(len(s))
    high = system.high[hp] if bounded else np.full(len(s), np.inf)
    if not len(s):
        return np.zeros(0)
    endless = ~np.isfinite(high)
    finite = np.where(endless, 0.0, high)
    lows = np.bincount(s, weights=low, minlength=system.n_sums)
    highs = np.bincount(s, weights=finite, minlength=system.n_sums)
    without_end = np.bincount(s, weights=endless, minlength=system.n_sums)
    others_high = np.where(without_end[s] - endless > 0, np.inf, highs[s] - finite)
    r = rest[s]
    most = np.minimum(high, r - (lows[s] - low))
    least = np.maximum(low, r - others_high)
    # NaN: the total is hidden, and leaves the part its own bounds
    return np.where(np.isnan(r), high - low, most - least)
