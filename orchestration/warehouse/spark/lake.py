"""The schema `lake` of the build file, as Spark's tables over the same files.

Parts of the lake are read where they lie, through a folder of links for each table; the few small tables that
the night writes itself (its facts, the policy, the methods of awarding) are written out as Parquet.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from orchestration.content import literal, quoted


def spark_type(duckdb_type: str) -> str:
    """A column's type in Spark's words."""
    return {"VARCHAR": "string", "TIMESTAMP": "timestamp_ntz"}.get(duckdb_type.upper(), duckdb_type.lower())


def make_lake(session: Any, build_file: Path, files: dict[str, list[Path]], folder: Path) -> None:
    """Make Spark's schema `lake`.

    Args:
        session: Spark's session.
        build_file: the night's build file, with its schema `lake`.
        files: by lake table the parts that stand.
        folder: for links and files; every worker must see it.
    """
    session.sql("create schema if not exists lake")
    with duckdb.connect(str(build_file), read_only=True) as db:
        rows = db.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'lake' and table_catalog = current_catalog() order by table_name, ordinal_position"
        ).fetchall()
        tables: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in rows:
            tables.setdefault(table, []).append((column, spark_type(kind)))
        for table, columns in tables.items():
            place = folder / table
            place.mkdir(parents=True)
            if table in files:
                for part in files[table]:
                    (place / part.name).symlink_to(part.resolve())
            elif not table.startswith(("submission__", "feed__", "intake__")):
                target = literal(str(place / "part-0.parquet"))
                db.execute(f"copy (select * from lake.{quoted(table)}) to {target} (format parquet)")
            typed = ", ".join(f"`{name}` {kind}" for name, kind in columns)
            session.sql(f"create table lake.`{table}` ({typed}) using parquet location '{place}'")
