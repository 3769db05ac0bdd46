"""Builds the public tables into a candidate: declared columns of declared rows, hidden figures empty."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.content import MARTS, literal, quoted
from orchestration.disclosure.cells import condition, read_cells, table_of
from orchestration.disclosure.declaration import HIDDEN, SUPPRESSION, PublicMart, deciding
from orchestration.disclosure.protect import protect
from orchestration.disclosure.sums import read_systems

PUBLIC_MARTS = "public_marts"  # schema of the public tables in a candidate
log = logging.getLogger(__name__)


def build_public(
    candidate: Path,
    public: Mapping[str, PublicMart],
    *,
    threads: int = 2,
    memory_limit: str = "2GB",
    progress: Callable[[str], None] = log.info,
    changed: frozenset[str] | None = None,
) -> None:
    """Write schema `public_marts` of a candidate; tables keep the marts' names and column names.

    Args:
        candidate: DuckDB file with the marts in schema `marts` and the policy in `intermediate`.
        public: the declarations.
        threads: DuckDB's threads.
        memory_limit: DuckDB's memory limit.
        progress: told what is being done.
        changed: names of the models that changed since these tables were written and judged; None where all is written anew.

    Raises:
        BadDataError: the policy lacks what the protection needs.
    """
    options: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": memory_limit,
    }
    with duckdb.connect(str(candidate), config=options) as db:
        if changed is not None and not changed & deciding(public):
            again = [mart for name, mart in sorted(public.items()) if name in changed]
            progress(f"writing {len(again)} public tables")
            db.execute("begin")
            for mart in again:
                db.execute(
                    f"create or replace table {PUBLIC_MARTS}.{quoted(mart.name)} as {_select(db, mart)}"
                )
            db.execute("commit")
            db.execute("checkpoint")
            return
        db.execute(f"drop schema if exists {PUBLIC_MARTS} cascade")
        progress("choosing what the public tables hide")
        cells = read_cells(db, public)
        hidden = protect(cells, read_systems(db, public, cells), progress=progress)
        _tell(db, hidden)
        # all tables or none: a build that ends half-way leaves nothing that looks like one
        db.execute("begin")
        db.execute(f"create schema {PUBLIC_MARTS}")
        progress(f"writing {len(public)} public tables")
        for _, mart in sorted(public.items()):
            db.execute(f"create table {PUBLIC_MARTS}.{quoted(mart.name)} as {_select(db, mart)}")
        db.execute("commit")
        db.execute("checkpoint")


def mart_columns(db: duckdb.DuckDBPyConnection, mart: str, schema: str = MARTS) -> tuple[str, ...]:
    """Names of a table's columns in their order."""
    rows = db.execute(
        "select column_name from information_schema.columns where table_catalog = current_catalog() "
        "and table_schema = ? and table_name = ? order by ordinal_position",
        [schema, mart],
    ).fetchall()
    return tuple(str(r[0]) for r in rows)


def _tell(db: duckdb.DuckDBPyConnection, hidden: NDArray[np.bool_]) -> None:
    view = pa.table({"cell": np.flatnonzero(hidden)})
    db.register("hidden_cells_view", view)
    db.execute("create or replace temp table hidden_cells as select cell from hidden_cells_view")
    db.unregister("hidden_cells_view")


def _select(db: duckdb.DuckDBPyConnection, mart: PublicMart) -> str:
    told = mart.told(mart_columns(db, mart.name))
    if mart.figure is None:
        columns = ", ".join(f"m.{quoted(c)}" for c in told)
        return f"select {columns} from {MARTS}.{quoted(mart.name)} as m where {condition(mart.rows, 'm')}"
    columns = ", ".join(_column(mart, c) for c in told)
    return f"""
        select {columns} from {table_of(mart.name)} as c
        left join hidden_cells as h on c.cell = h.cell where c."is public"
    """


def _column(mart: PublicMart, column: str) -> str:
    if column == SUPPRESSION:
        return f"case when h.cell is not null then {literal(HIDDEN)} end as {SUPPRESSION}"
    if mart.figure and column in mart.figure.columns:
        return f"case when h.cell is null then c.{quoted(column)} end as {quoted(column)}"
    return f"c.{quoted(column)}"
