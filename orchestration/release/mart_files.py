"""Copies a candidate's marts into a release's files, and shows that the copies hold the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.content import (
    HASHING,
    MARTS,
    MartContent,
    content_differences,
    literal,
    mart_contents,
    open_read_only,
    parquet_differences,
    quoted,
)
from orchestration.errors import BadDataError
from orchestration.release.dictionary import comment_tables

INTERNAL, PUBLIC = "internal", "public"  # a folder for each audience
DATABASE = "marts.duckdb"
PARQUET = "parquet"


def write_marts(
    candidate: Path,
    folder: Path,
    contents: Mapping[str, MartContent],
    dictionary: Mapping[str, Any],
    *,
    schema: str = MARTS,
    scratch: Path,
    threads: int,
    memory_limit: str,
    progress: Callable[[str], None],
) -> None:
    """Write marts.duckdb and one Parquet file per mart into the folder.

    Rows are ordered by the mart's key: neighbours alike compress best, and range reads touch few groups.
    The tables stand in schema `main`, so that `select * from rpt_x` finds them; a fresh file has no
    bloat and is of the oldest storage version, which every 1.x client opens.
    """
    (folder / PARQUET).mkdir()
    options: dict[str, Any] = {
        "threads": threads,
        "memory_limit": memory_limit,
        "temp_directory": str(scratch),  # else it would stand in the release
        "preserve_insertion_order": True,
    }
    with duckdb.connect(str(folder / DATABASE), config=options) as db:
        db.execute(f"attach {literal(str(candidate))} as candidate (read_only)")
        for n, mart in enumerate(contents, 1):
            progress(f"writing {mart} ({n} of {len(contents)})")
            table = quoted(mart)
            order = _order((dictionary.get(mart) or {}).get("key"), contents[mart])
            db.execute(f"create table {table} as select * from candidate.{schema}.{table} order by {order}")
            target = literal(str(folder / PARQUET / f"{mart}.parquet"))
            db.execute(f"copy {table} to {target} (format parquet, compression zstd)")
        comment_tables(db, dictionary, contents)
        db.execute("detach candidate")
        db.execute("checkpoint")


def _order(key: list[str] | None, content: MartContent) -> str:
    names = [name for name, _ in content.columns]
    by = [c for c in key or [] if c in names]
    # the rest breaks ties, so that equal content gives equal order
    return ", ".join(quoted(c) for c in [*by, *(n for n in names if n not in by)])


def copy_problems(folder: Path, contents: Mapping[str, MartContent]) -> list[str]:
    """How the marts in a release's files differ from those wanted; nothing where they are the same.

    The database is held against their content hashes, the Parquet files against the database.
    """
    problems: list[str] = []
    try:
        found = mart_contents(folder / DATABASE, schema="main")
        problems += [f"{DATABASE}: {p}" for p in content_differences(contents, found)]
        with open_read_only(folder / DATABASE) as db:
            db.execute(f"set memory_limit = {literal(HASHING)}")
            files = {mart: folder / PARQUET / f"{mart}.parquet" for mart in found}
            problems += [f"{PARQUET}: {p}" for p in parquet_differences(db, files)]
    except BadDataError as e:
        problems.append(f"{DATABASE}: {e}")
    return problems
