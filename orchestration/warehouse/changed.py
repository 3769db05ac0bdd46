"""What changed since the build of the last night, so that only what rests on it is made again.

A build file keeps, in its schema `reuse`, the files of the lake that it was made from, and in `reuse.changed` what dbt
reads (`dbt_project/macros/reuse.sql`): the sources that are not what they were and, as dbt goes on, the models whose rows
came out otherwise. A model nothing of which changed stands as it is. In a fresh file everything has changed.

| column of reuse.changed | |
|---|---|
| node | dbt's id of the source or model; `everything` in a fresh file |
| family | of the LEAs whose rows changed (families.py); null where any row may have |

`reuse.other_scopes` names, of reports of several levels, the organizations, LEAs and regions (and the state) of which they changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import lake
from orchestration.content import open_read_only, quoted

EVERYTHING = "everything"


def source_id(table: str) -> str:
    """dbt's id of a table of schema `lake`."""
    return f"source.interlace.lake.{table}"


def begin_anew(db: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]]) -> None:
    """Note in a fresh build file that all is to be made, and from what."""
    db.execute("create table reuse.changed (node varchar, family varchar)")
    db.execute("create table reuse.other_scopes (node varchar, scope_id varchar)")
    db.execute("insert into reuse.changed values (?, null)", [EVERYTHING])
    _note_parts(db, files)


def note_changed_files(
    db: duckdb.DuckDBPyConnection,
    files: Mapping[str, Sequence[Path]],
    before: datetime | None,
    until: datetime | None,
) -> None:
    """Note, of a build file that stands and whose views are of the new files already, which lake tables changed, and for which LEAs.

    Rows of a file that came or went count as changed, and those between the two nights' last moments, which one of
    them counts and the other does not.

    Args:
        before: what `lake.received` said in the last night.
        until: what it says now.
    """
    db.execute("delete from reuse.changed")
    db.execute("delete from reuse.other_scopes")
    stood: dict[str, set[str]] = {}
    for table, file in _parts(db):
        stood.setdefault(table, set()).add(file)
    for table, columns in lake.table_columns().items():
        other = sorted(stood.get(table, set()) ^ {str(f) for f in files.get(table, ())})
        by_lea = columns.keys() >= {"submission_id", "lea_id"}  # a feed speaks of LEAs, and is of none
        if other and not (by_lea and all(Path(f).exists() for f in other)):
            _note(db, table, "select null")
            continue
        if other:
            rows = "select lea_id from read_parquet(?, union_by_name = true)"
            _note(db, table, rows, [other])
        time = lake.time_column(columns)
        if time is not None and before != until:
            sides = sorted(t for t in (before, until) if t is not None)
            first = sides[0] if len(sides) == 2 else datetime.min
            rows = f"select {'lea_id' if by_lea else 'null'} from lake.{quoted(table)} where {time} > ? and {time} <= ?"
            _note(db, table, rows, [first, sides[-1]])
    db.execute("delete from reuse.parts")
    _insert_parts(db, files)


def note_changed_table(db: duckdb.DuckDBPyConnection, table: str) -> None:
    """Note that one of the night's own small tables is not what it was."""
    _note(db, table, "select null")


def new_files(db: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]]) -> dict[str, list[Path]]:
    """By lake table those of the files that the build which stands was not made from."""
    stood = set(_parts(db))
    return {table: [f for f in found if (table, str(f)) not in stood] for table, found in files.items()}


def changed_sources(db: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the sources that changed, for dbt to select what rests on them."""
    start = source_id("")
    rows = db.execute(
        "select distinct node from reuse.changed where starts_with(node, ?)", [start]
    ).fetchall()
    return sorted(str(row[0]).removeprefix(start) for row in rows)


def changed_leas(db: duckdb.DuckDBPyConnection) -> int:
    """How many LEAs are of a family with rows that changed."""
    found = db.execute(
        "select count(*) from reuse.families "
        "where id_column = 'lea_id' and family in (select family from reuse.changed)"
    ).fetchone()
    return 0 if found is None else int(found[0])


def changed_nodes(build_file: Path) -> frozenset[str]:
    """dbt's ids of all that changed so far tonight."""
    with open_read_only(build_file) as db:
        rows = db.execute("select distinct node from reuse.changed").fetchall()
    return frozenset(str(row[0]) for row in rows)


def changed_since(build_file: Path) -> frozenset[str] | None:
    """Names of all that changed since the build that stood: models, and sources as `lake.run`; None in a fresh file."""
    nodes = changed_nodes(build_file)
    if EVERYTHING in nodes:
        return None
    start = source_id("")
    return frozenset(
        f"lake.{n.removeprefix(start)}" if n.startswith(start) else n.rpartition(".")[2] for n in nodes
    )


def changed_ids(build_file: Path) -> dict[str, frozenset[str]]:
    """By model of which it is known for whom it changed these LEAs and organizations, and regions where it tells of them."""
    with open_read_only(build_file) as db:
        rows = db.execute(
            "with known as (select node from reuse.changed group by node having count(*) = count(family)) "
            "select changed.node, list(families.id) from reuse.changed as changed semi join known using (node) "
            "inner join reuse.families as families using (family) group by changed.node "
            "union all select node, list(scope_id) from reuse.other_scopes group by node having count(*) = count(scope_id)"
        ).fetchall()
    return {str(node).rpartition(".")[2]: frozenset(ids) for node, ids in rows}


def _note(db: duckdb.DuckDBPyConnection, table: str, rows: str, given: Sequence[Any] = ()) -> None:
    db.execute(
        "insert into reuse.changed select distinct ?, known.family "
        f"from ({rows}) as found (lea_id) left join reuse.families as known "
        "on known.id_column = 'lea_id' and known.id = found.lea_id",
        [source_id(table), *given],
    )


def _parts(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return db.execute("select table_name, file from reuse.parts").fetchall()


def _note_parts(db: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]]) -> None:
    db.execute("create table reuse.parts (table_name varchar, file varchar)")
    _insert_parts(db, files)


def _insert_parts(db: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]]) -> None:
    rows = [(table, str(file)) for table, found in files.items() for file in found]
    if rows:
        db.execute(
            "insert into reuse.parts select unnest(?), unnest(?)",
            [[t for t, _ in rows], [f for _, f in rows]],
        )
