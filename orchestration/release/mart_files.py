"""Copies a candidate's marts into a release's files, and shows that the copies hold the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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
    mart_tables,
    open_read_only,
    parquet_differences,
    quoted,
)
from orchestration.errors import BadDataError
from orchestration.release.carried import Carried
from orchestration.release.dictionary import comment_tables
from orchestration.release.layout import DATABASE, PARQUET


def write_marts(
    candidate: Path,
    folder: Path,
    contents: Mapping[str, MartContent],
    dictionary: Mapping[str, Any],
    *,
    schema: str = MARTS,
    before: Carried | None = None,
    scratch: Path,
    threads: int,
    memory_limit: str,
    progress: Callable[[str], None],
) -> frozenset[str]:
    """Write marts.duckdb and one Parquet file per mart into the folder.

    What the release before has alike is carried over.

    Rows are ordered by the mart's key: neighbours alike compress best, and range reads touch few groups.
    The tables stand in schema `main`, so that `select * from rpt_x` finds them; a fresh file has no
    bloat and is of the oldest storage version, which every 1.x client opens.

    Returns:
        Names of the marts of which both files were carried over.
    """
    (folder / PARQUET).mkdir()
    database = folder / DATABASE
    stand = before.marts if before is not None and before.database(database) else frozenset()
    whole = set()
    options: dict[str, Any] = {
        "threads": threads,
        "memory_limit": memory_limit,
        "temp_directory": str(scratch),  # else it would stand in the release
        "preserve_insertion_order": True,
    }
    with duckdb.connect(str(database), config=options) as db:
        db.execute(f"attach {literal(str(candidate))} as candidate (read_only)")
        for gone in set(mart_tables(db, "main")) - stand:
            db.execute(f"drop table {quoted(gone)}")
        for n, mart in enumerate(contents, 1):
            table = quoted(mart)
            if mart not in stand:
                progress(f"writing {mart} ({n} of {len(contents)})")
                order = _order((dictionary.get(mart) or {}).get("key"), contents[mart])
                db.execute(
                    f"create table {table} as select * from candidate.{schema}.{table} order by {order}"
                )
            if before is not None and before.parquet(mart, folder / PARQUET):
                whole.add(mart)
            else:
                target = literal(str(folder / PARQUET / f"{mart}.parquet"))
                db.execute(f"copy {table} to {target} (format parquet, compression zstd)")
        comment_tables(db, dictionary, contents)
        db.execute("detach candidate")
        db.execute("checkpoint")
    return frozenset(whole & stand)


def _order(key: list[str] | None, content: MartContent) -> str:
    names = [name for name, _ in content.columns]
    by = [c for c in key or [] if c in names]
    # the rest breaks ties, so that equal content gives equal order
    return ", ".join(quoted(c) for c in [*by, *(n for n in names if n not in by)])


def copy_problems(
    folder: Path, contents: Mapping[str, MartContent], carried_over: Collection[str] = ()
) -> list[str]:
    """How the marts in a release's files differ from those wanted; nothing where they are the same.

    The database is held against their content hashes, the Parquet files against the database; of what was carried over the
    files were held against their hashes already.
    """
    problems: list[str] = []
    try:
        said = {mart: (contents[mart].rows, contents[mart].sha256) for mart in carried_over}
        found = mart_contents(folder / DATABASE, schema="main", said=said)
        problems += [f"{DATABASE}: {p}" for p in content_differences(contents, found)]
        with open_read_only(folder / DATABASE) as db:
            db.execute(f"set memory_limit = {literal(HASHING)}")
            files = {mart: folder / PARQUET / f"{mart}.parquet" for mart in found if mart not in said}
            problems += [f"{PARQUET}: {p}" for p in parquet_differences(db, files)]
    except BadDataError as e:
        problems.append(f"{DATABASE}: {e}")
    return problems
