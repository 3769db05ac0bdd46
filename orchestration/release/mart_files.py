"""Copies a candidate's marts into a release's files, and shows that the copies hold the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.content import (
    HASHING,
    MARTS,
    MartContent,
    Sums,
    literal,
    mart_contents,
    mart_tables,
    open_read_only,
    quoted,
    relation_sums,
)
from orchestration.content_differences import content_differences, parquet_differences
from orchestration.errors import BadDataError
from orchestration.lea_sums import id_column
from orchestration.release.carried import Carried
from orchestration.release.dictionary import comment_tables
from orchestration.release.layout import DATABASE, PARQUET

MOST_GAPS = 1.34  # times the rows that stand


@dataclass(frozen=True)
class Written:
    """How a release's files came to be.

    Args:
        carried_over: marts of which both files are copies of the earlier release's.
        few: by mart of which only some LEAs' rows were written these, with the sums of what they are to hold.
    """

    carried_over: frozenset[str] = frozenset()
    few: Mapping[str, Mapping[str, Sums | None]] = field(default_factory=dict)


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
) -> Written:
    """Write marts.duckdb and one Parquet file per mart into the folder.

    What the release before has alike is carried over.

    Rows are ordered by the mart's key: neighbours alike compress best, and range reads touch few groups.
    The tables stand in schema `main`, so that `select * from rpt_x` finds them; a fresh file has no
    bloat and is of the oldest storage version, which every 1.x client opens.

    Returns:
        The marts of which both files were carried over, and those of which only some LEAs' rows were written.
    """
    (folder / PARQUET).mkdir()
    database = folder / DATABASE
    stand, few = frozenset[str](), dict[str, Mapping[str, Sums | None]]()
    if before is not None and before.database(database):
        stand, few = before.marts, dict(before.differing)
    whole = set()
    options: dict[str, Any] = {
        "threads": threads,
        "memory_limit": memory_limit,
        "temp_directory": str(scratch),  # else it would stand in the release
        "preserve_insertion_order": True,
    }
    with duckdb.connect(str(database), config=options) as db:
        db.execute(f"attach {literal(str(candidate))} as candidate (read_only)")
        few = {mart: leas for mart, leas in few.items() if not _is_full_of_gaps(db, mart)}
        for gone in set(mart_tables(db, "main")) - stand - set(few):
            db.execute(f"drop table {quoted(gone)}")
        for n, mart in enumerate(contents, 1):
            table = quoted(mart)
            if mart not in stand:
                progress(f"writing {mart} ({n} of {len(contents)})")
                order = _order((dictionary.get(mart) or {}).get("key"), contents[mart])
                rows = f"select * from candidate.{schema}.{table}"
                if mart in few:
                    among = f"where {quoted(str(id_column(contents[mart])))} in (select unnest(?))"
                    leas = [list(few[mart])]
                    db.execute(f"delete from {table} {among}", leas)
                    db.execute(f"insert into {table} {rows} {among} order by {order}", leas)
                else:
                    db.execute(f"create table {table} as {rows} order by {order}")
            if before is not None and before.parquet(mart, folder / PARQUET):
                whole.add(mart)
            else:
                target = literal(str(folder / PARQUET / f"{mart}.parquet"))
                db.execute(f"copy {table} to {target} (format parquet, compression zstd)")
        comment_tables(db, dictionary, contents)
        db.execute("detach candidate")
        db.execute("checkpoint")
    return Written(frozenset(whole & stand), few)


def _is_full_of_gaps(db: duckdb.DuckDBPyConnection, mart: str) -> bool:
    """Whether a table holds many rows that were deleted in earlier nights, and its order is no longer its key's."""
    found = db.execute(
        f"select estimated_size, (select count(*) from {quoted(mart)}) from duckdb_tables() "
        "where table_name = ? and schema_name = 'main' and database_name = current_database()",
        [mart],
    ).fetchone()
    return found is None or found[0] > MOST_GAPS * found[1]


def _order(key: list[str] | None, content: MartContent) -> str:
    names = [name for name, _ in content.columns]
    by = [c for c in key or [] if c in names]
    # the rest breaks ties, so that equal content gives equal order
    return ", ".join(quoted(c) for c in [*by, *(n for n in names if n not in by)])


def copy_problems(folder: Path, contents: Mapping[str, MartContent], written: Written) -> list[str]:
    """How the marts in a release's files differ from those wanted; nothing where they are the same.

    The database is held against their content hashes, the Parquet files against the database; of what was carried over the
    files were held against their hashes already. Of a table of which a few LEAs' rows were written these are held against their
    sums, and its number of rows against that of the whole.
    """
    problems: list[str] = []
    try:
        said = {mart: (contents[mart].rows, contents[mart].sha256) for mart in written.carried_over}
        with open_read_only(folder / DATABASE) as db:
            as_summed = {
                mart: (contents[mart].rows, contents[mart].sha256)
                for mart, leas in written.few.items()
                if _hold(db, contents[mart], mart, leas)
            }
        found = mart_contents(folder / DATABASE, schema="main", said=said | as_summed)
        problems += [f"{DATABASE}: {p}" for p in content_differences(contents, found)]
        with open_read_only(folder / DATABASE) as db:
            db.execute(f"set memory_limit = {literal(HASHING)}")
            files = {mart: folder / PARQUET / f"{mart}.parquet" for mart in found if mart not in said}
            problems += [f"{PARQUET}: {p}" for p in parquet_differences(db, files)]
    except BadDataError as e:
        problems.append(f"{DATABASE}: {e}")
    return problems


def _hold(
    db: duckdb.DuckDBPyConnection, content: MartContent, mart: str, leas: Mapping[str, Sums | None]
) -> bool:
    """Whether LEAs hold in a table what they are to hold; where not, all of it is read, and what is wrong is found."""
    held = relation_sums(db, quoted(mart), id_column(content), list(leas))
    held.pop("", None)  # rows of no LEA are as they were carried over
    return held == {lea: wanted for lea, wanted in leas.items() if wanted is not None}
