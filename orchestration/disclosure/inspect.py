"""Judges the public tables of a candidate for the gate: from the tables themselves, whoever built them.

Nothing that the build decided is believed: what is hidden is read from the tables, which figures rest on
too few is worked out from the marts again, and the attack is run on what is left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import duckdb
import numpy as np

from orchestration.content import MARTS, MartContent, literal, mart_tables, open_read_only, quoted
from orchestration.disclosure.attack import exposed
from orchestration.disclosure.build import PUBLIC_MARTS, mart_columns
from orchestration.disclosure.cells import Cells, condition, read_cells, table_of
from orchestration.disclosure.declaration import HIDDEN, SUPPRESSION, Figure, PublicMart
from orchestration.disclosure.sums import read_systems
from orchestration.errors import BadDataError

SHOWN = 3
log = logging.getLogger(__name__)


def public_problems(
    candidate: Path,
    public: Mapping[str, PublicMart],
    *,
    threads: int = 2,
    memory_limit: str = "2GB",
    progress: Callable[[str], None] = log.info,
    kept: Collection[str] = (),
) -> list[str]:
    """Why the public tables may not be published, in plain words; nothing where they may.

    Args:
        candidate: DuckDB file with the marts, and the public tables in schema `public_marts`.
        public: the declarations.
        threads: DuckDB's threads.
        memory_limit: DuckDB's memory limit.
        progress: told what is being done.
        kept: names of the tables that stand as they were judged, what protects them included.
    """
    progress("attacking the public tables")
    options: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": memory_limit,
    }
    try:
        with duckdb.connect(str(candidate), read_only=True, config=options) as db:
            problems = _tables(db, public)
            if problems:
                return problems  # the rest would read tables that are not what they should be
            for name, mart in sorted(public.items()):
                if name not in kept:
                    problems += [f"public {name}: {p}" for p in _rows(db, mart)]
            if kept:
                return problems  # none with a figure changed: the attack would meet what it met
            cells = read_cells(db, public)
            hidden = np.zeros(len(cells.must_hide), bool)
            for name, (first, end) in cells.of.items():
                hidden[first:end] = _hidden(db, public[name])
                problems += [f"public {name}: {p}" for p in _figures(db, public[name], cells, hidden)]
            for system in read_systems(db, public, cells):
                found = exposed(system, hidden)
                problems += [f"public {p}" for p in _exposures(found, cells)]
    except (BadDataError, duckdb.Error) as e:
        problems = [f"the public tables cannot be judged: {e}"]
    return problems


def hidden_rows(candidate: Path, tables: Mapping[str, MartContent]) -> dict[str, int]:
    """How many rows of each public table have their figure hidden; 0 where it has none.

    Raises:
        BadDataError: the file cannot be read.
    """
    with open_read_only(candidate) as db:
        return {
            name: _count(
                db,
                f"select 1 from {PUBLIC_MARTS}.{quoted(name)} where {quoted(SUPPRESSION)} is not null",
            )
            if any(column == SUPPRESSION for column, _ in content.columns)
            else 0
            for name, content in tables.items()
        }


def _tables(db: duckdb.DuckDBPyConnection, public: Mapping[str, PublicMart]) -> list[str]:
    held, wanted = set(mart_tables(db, PUBLIC_MARTS)), set(public)
    problems = [f"public {name} is declared and was not built" for name in sorted(wanted - held)]
    problems += [
        f"public {name} is not declared, so it may not be published" for name in sorted(held - wanted)
    ]
    for name in sorted(held & wanted):
        marts, columns = mart_columns(db, name), mart_columns(db, name, PUBLIC_MARTS)
        told = public[name].told(marts)
        problems += [
            f"public {name}: column {c} is not declared, so it may not be published"
            for c in columns
            if c not in told
        ]
        problems += [f"public {name}: column {c} is missing" for c in told if c not in columns]
    return problems


def _rows(db: duckdb.DuckDBPyConnection, mart: PublicMart) -> list[str]:
    """Whether the columns that are told as they are hold just the declared rows of the mart."""
    columns = ", ".join(quoted(c) for c in mart.columns)
    told = _hashes(db, columns, f"{PUBLIC_MARTS}.{quoted(mart.name)}", "true")
    if told == _hashes(db, columns, f"{MARTS}.{quoted(mart.name)}", condition(mart.rows)):
        return []
    here = f"select {columns} from {PUBLIC_MARTS}.{quoted(mart.name)}"
    there = f"select {columns} from {MARTS}.{quoted(mart.name)} where {condition(mart.rows)}"
    n = _count(db, f"({here} except all {there}) union all ({there} except all {here})")
    return [f"{n} rows are not as in the mart, or not of the declared ones"] if n else []


def _hashes(db: duckdb.DuckDBPyConnection, columns: str, table: str, rows: str) -> tuple[object, ...] | None:
    """Number, sum and xor of the rows' hashes: equal for equal rows, at a twentieth of the cost of a difference."""
    return db.execute(
        f"select count(*), sum(h), bit_xor(h) from (select hash({columns}) as h from {table} where {rows})"
    ).fetchone()


def _hidden(db: duckdb.DuckDBPyConnection, mart: PublicMart) -> np.ndarray:
    rows = db.execute(
        f"""select "is public" and coalesce(p.{SUPPRESSION} is not null, true) or c."outside" as hidden
        from {table_of(mart.name)} as c left join {PUBLIC_MARTS}.{quoted(mart.name)} as p
            on {_same_key(mart)} order by c.cell"""
    ).fetchnumpy()["hidden"]
    return np.ma.filled(rows, True).astype(bool)


def _figures(db: duckdb.DuckDBPyConnection, mart: PublicMart, cells: Cells, hidden: np.ndarray) -> list[str]:
    figure = mart.figure
    assert figure is not None  # only marts with one have cells
    problems = []
    first, end = cells.of[mart.name]
    if small := int(np.sum((cells.must_hide & ~hidden)[first:end])):
        problems.append(f"{small} figures are told that rest on too few, are withheld, or are extreme")
    table = f"{PUBLIC_MARTS}.{quoted(mart.name)}"
    if n := _count(db, f"select 1 from {table} where {SUPPRESSION} <> {literal(HIDDEN)}"):
        problems.append(f"{n} rows give another note than '{HIDDEN}', which could say why they are hidden")
    empty = " and ".join(f"{quoted(c)} is null" for c in figure.columns)
    if n := _count(db, f"select 1 from {table} where {SUPPRESSION} is not null and not ({empty})"):
        problems.append(f"{n} rows are marked hidden and tell a figure")
    if n := _count(db, _changed(mart, figure)):
        problems.append(f"{n} rows tell another figure than the mart, or none without being marked hidden")
    return problems


def _changed(mart: PublicMart, figure: Figure) -> str:
    differs = " or ".join(f"p.{quoted(c)} is distinct from c.{quoted(c)}" for c in figure.columns)
    return f"""
        select 1 from {table_of(mart.name)} as c
        inner join {PUBLIC_MARTS}.{quoted(mart.name)} as p on {_same_key(mart)}
        where p.{SUPPRESSION} is null and ({differs})
    """


def _exposures(found: list[int], cells: Cells) -> list[str]:
    problems = []
    for name, (first, end) in cells.of.items():
        mine = [c for c in found if first <= c < end]
        if mine:
            problems.append(
                f"{name}: {len(mine)} hidden figures can be computed back from what is told "
                f"(rows {', '.join(str(c - first + 1) for c in mine[:SHOWN])} by key)"
            )
    return problems


def _same_key(mart: PublicMart) -> str:
    return " and ".join(f"c.{quoted(k)} is not distinct from p.{quoted(k)}" for k in mart.key)


def _count(db: duckdb.DuckDBPyConnection, query: str) -> int:
    row = db.execute(f"select count(*) from ({query})").fetchone()
    assert row is not None  # an aggregate without groups has one row
    return int(row[0])
