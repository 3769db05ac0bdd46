"""Which models a new day changes, looked at before dbt starts.

Most of the project rests on the day, through the months that are due and the years of policy; most days change a few counts of days and no
more. What reads the day is worked out here by the SQL that dbt compiled for it, and held against what stands, in a transaction that is
taken back. dbt then makes only what rests on a model that came out otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.content import quoted
from orchestration.content_differences import row_hashes


def models_that_change(
    build_file: Path, models: Sequence[tuple[str, str]], sql: Mapping[str, str]
) -> set[str]:
    """Names of those of the models that come out otherwise than they stand.

    Args:
        build_file: the build file, with tonight's sources.
        models: (schema, name) of tables, each after those that it reads.
        sql: by name what dbt compiled.
    """
    changed = set()
    with duckdb.connect(str(build_file)) as db:
        db.execute("begin")
        for schema, name in models:
            table = f"{schema}.{quoted(name)}"
            db.execute(f"create or replace temp table looked_at as from {table} limit 0")
            db.execute(f"insert into looked_at by name {sql[name]}")  # in the types of the table that stands
            if row_hashes(db, table) != row_hashes(db, "looked_at"):
                changed.add(name)
                db.execute(f"delete from {table}")  # what reads it next is to see it as it will be
                db.execute(f"insert into {table} by name from looked_at")
        db.execute("rollback")
    return changed
