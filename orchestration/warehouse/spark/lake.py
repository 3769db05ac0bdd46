"""The schema `lake` of the build file, as Spark's tables over the same files.

Parts of the lake are read where they lie, through a folder of links for each table; the few small tables that
the night writes itself (its facts, the policy, the methods of awarding) are written out as Parquet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.content import literal, open_read_only, quoted

LAKE = "lake"


def spark_type(duckdb_type: str) -> str:
    """A column's type in Spark's words."""
    return {"VARCHAR": "string", "TIMESTAMP": "timestamp_ntz"}.get(duckdb_type.upper(), duckdb_type.lower())


def lay_lake(build_file: Path, files: Mapping[str, Sequence[Path]], folder: Path) -> dict[str, str]:
    """Lay the lake's files into a folder, one below for each table.

    Args:
        build_file: the night's build file, with its schema `lake`.
        files: by lake table the parts that stand.
        folder: where to; every worker must see it, and what the links lead to.

    Returns:
        By table the statement that makes it in Spark.
    """
    statements = {}
    with open_read_only(build_file) as db:
        for table, columns, is_view in _tables(db):
            place = folder / table
            place.mkdir(parents=True)
            if is_view:
                for part in files.get(table, ()):
                    (place / part.name).symlink_to(part.resolve())
            else:
                target = literal(str(place / "part-0.parquet"))
                db.execute(f"copy (select * from lake.{quoted(table)}) to {target} (format parquet)")
            typed = ", ".join(f"`{name}` {spark_type(kind)}" for name, kind in columns)
            statements[table] = (
                f"create table {LAKE}.`{table}` ({typed}) using parquet location {literal(str(place))}"
            )
    return statements


def make_lake(session: Any, statements: Mapping[str, str]) -> None:
    """Make Spark's schema `lake` by the statements that `lay_lake` gave."""
    session.sql(f"create schema if not exists {LAKE}")
    for statement in statements.values():
        session.sql(statement)


def _tables(db: duckdb.DuckDBPyConnection) -> list[tuple[str, list[tuple[str, str]], bool]]:
    rows = db.execute(
        """
        select table_name, table_type = 'VIEW', column_name, data_type
        from information_schema.tables
        inner join information_schema.columns using (table_catalog, table_schema, table_name)
        where table_schema = ? and table_catalog = current_catalog()
        order by table_name, ordinal_position
        """,
        [LAKE],
    ).fetchall()
    found: dict[str, tuple[list[tuple[str, str]], bool]] = {}
    for table, is_view, column, kind in rows:
        found.setdefault(table, ([], is_view))[0].append((column, kind))
    return [(table, columns, is_view) for table, (columns, is_view) in found.items()]
