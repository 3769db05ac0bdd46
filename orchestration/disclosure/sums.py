"""The declared sums of a candidate as numbers: systems of equations over cells, as a reader could write them down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from orchestration.content import MARTS, literal, quoted
from orchestration.disclosure.cells import Cells, condition, hidden_span, table_of
from orchestration.disclosure.declaration import OfThem, PublicMart, Side, Sum


@dataclass(frozen=True)
class System:
    """Sums over one kind of number. One entry per term; every sum has one total, and its parts.

    Args:
        name: what adds up, for messages.
        span: over how many whole numbers a hidden number must be able to lie; 0 where only the numbers within
            it (`x`) are to be kept.
        sum: number of the sum, from 0.
        cell: number of the cell.
        total: whether the term is the sum's total; else one of its parts.
        n: the number; NaN where nothing is known of it.
        x: how many of them have the quality counted; NaN where nothing is known.
        low: the least that `n` can be for whoever knows why the cell is hidden.
        high: the most.
    """

    name: str
    span: int
    sum: NDArray[np.int64]
    cell: NDArray[np.int64]
    total: NDArray[np.bool_]
    n: NDArray[np.float64]
    x: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def n_sums(self) -> int:
        """Number of sums."""
        return int(self.sum.max()) + 1 if len(self.sum) else 0


def read_systems(
    db: duckdb.DuckDBPyConnection, public: Mapping[str, PublicMart], cells: Cells
) -> list[System]:
    """Every declared sum, those over the same numbers together.

    Args:
        db: the connection on which `read_cells` left its tables.
        public: the declarations.
        cells: the cells.
    """
    groups: dict[tuple[str, str], set[tuple[str, str]]] = {}
    sums = [s for _, mart in sorted(public.items()) for s in mart.sums]
    for s in sums:
        sides = {(s.total.mart, s.total.count), (s.parts.mart, s.parts.count)}
        together = set().union(sides, *(groups.get(side, set()) for side in sides))
        for side in together:
            groups[side] = together
    systems = []
    for group in sorted({tuple(sorted(g)) for g in groups.values()}):
        mine = [s for s in sums if (s.total.mart, s.total.count) in group]
        persons = any(_rests_on(public[mart]) == column for mart, column in group)
        systems.append(_system(db, group, mine, hidden_span(db) if persons else 0, cells))
    return systems


def _rests_on(mart: PublicMart) -> str | None:
    return mart.figure.rests_on if mart.figure else None


def _system(
    db: duckdb.DuckDBPyConnection,
    group: tuple[tuple[str, str], ...],
    sums: list[Sum],
    span: int,
    cells: Cells,
) -> System:
    parts = []
    first = 0
    for s in sums:
        found = db.execute(_terms(s)).fetchnumpy()
        columns: dict[str, NDArray[Any]] = {
            k: np.ma.filled(np.ma.asarray(v, np.float64), np.nan) for k, v in found.items()
        }
        if len(columns["cell"]):
            numbered = np.unique(columns["total_cell"], return_inverse=True)[1]
            columns["sum"] = numbered + first
            first += int(numbered.max()) + 1
            parts.append(columns)

    def joined(name: str) -> NDArray[np.float64]:
        return np.concatenate([p[name] for p in parts]) if parts else np.zeros(0)

    cell = joined("cell").astype(np.int64)
    total = joined("is_total").astype(bool)
    flag = joined("is_flag").astype(bool)  # of one row, which counts once or not at all
    low = cells.low[cell] if span else np.zeros(len(cell))
    high = cells.high[cell] if span else np.where(flag, 1.0, np.inf)
    order = np.lexsort((cell, ~total, joined("sum")))
    return System(
        name=", ".join(f"{mart}.{column}" for mart, column in group),
        span=span,
        sum=joined("sum").astype(np.int64)[order],
        cell=cell[order],
        total=total[order],
        n=joined("n")[order],
        x=joined("x")[order],
        low=low[order],
        high=high[order],
    )


def _terms(s: Sum) -> str:
    totals, parts = _side(s.total), _side(s.parts)
    on = " and ".join(f"t.{quoted(a)} = p.{quoted(b)}" for a, b in s.match)
    return f"""
        with totals as ({totals}), parts as ({parts}),
        matched as (
            select t.cell as total_cell, p.cell, p.n, p.x, p.is_flag
            from totals as t inner join parts as p on {on} and t.cell <> p.cell
        )
        select total_cell, cell, 0 as is_total, n, x, is_flag from matched
        union all
        select cell as total_cell, cell, 1 as is_total, n, x, is_flag from totals
        where cell in (select total_cell from matched)
        order by total_cell, is_total, cell
    """


def _side(side: Side) -> str:
    given, join = "", ""
    if side.via:
        key, by = quoted(side.via.key), quoted(side.via.by)
        given = (
            f", coalesce(v.{quoted(side.via.gives)}, {literal(side.via.missing)}) as {quoted(side.via.gives)}"
        )
        join = f"left join {MARTS}.{quoted(side.via.mart)} as v on c.{by} = v.{key}"
    flag = f"typeof(c.{quoted(side.count)}) = 'BOOLEAN'"
    n = f"""case when {flag} then cast((c.{quoted(side.count)} is not null) as double)
        else try_cast(c.{quoted(side.count)} as double) end"""
    return f"""
        select c.* {given}, {_scaled(side, n)} as n, {_within(side, n)} as x, cast({flag} as integer) as is_flag
        from {table_of(side.mart)} as c {join}
        -- a row that has no figure and withholds none is in no sum
        where {condition(side.rows, "c")} and (c."is told" or c."is withheld")
            and not ({flag} and c.{quoted(side.count)} is null)
    """


def _scaled(side: Side, n: str) -> str:
    """Of added levels: how far above the least of all they could be, so that they are a number within it."""
    levels = side.of_them.levels if side.of_them else None
    return f"({levels[1]} - {levels[0]}) * ({n})" if levels else n


def _within(side: Side, n: str) -> str:
    of: OfThem | None = side.of_them
    if of is None:
        return "cast(null as double)"
    column = f"c.{quoted(of.column)}"
    if of.per is not None:
        return f"round(({n}) * cast({column} as double) / {of.per})"
    if of.levels is not None:
        return f"cast({column} as double) - {of.levels[0]} * ({n})"
    # of a flag: true counts, false does not
    return f"cast({column} as double)"
