"""Which LEAs are counted together, and how many at a time.

Most models count each LEA by itself, so a night can make them for the LEAs that sent something, and a large state in parts that fit into
memory (`dbt_project/macros/by_lea.sql`). But two LEAs may both have spoken for a school that moved: such LEAs, with all their
organizations, are one family, and a family is never taken apart.

| column of reuse.families | |
|---|---|
| id_column | `lea_id` or `org_id` |
| id | of an LEA or organization that any file or feed names |
| family | the same text for all that are counted together |
| part | number of the part of the state with which a whole build makes it, from 0 |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration import lake
from orchestration.content import quoted
from orchestration.lea_sums import LEA, ORGANIZATION

Pair = tuple[str | None, str | None]


def begin_families(db: duckdb.DuckDBPyConnection, at_a_time: int) -> None:
    """Note in a fresh build file, whose views of the lake stand, which LEAs and organizations are one family."""
    db.execute("create table reuse.pairs (lea_id varchar, org_id varchar)")
    for table, columns in lake.table_columns().items():
        _insert_pairs(db, f"lake.{quoted(table)}", columns)
    _write(db, at_a_time)


def extend_families(
    db: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]], at_a_time: int
) -> None:
    """Note what new files of the lake say of LEAs and organizations, in a build file that stands.

    What files say that no longer stand is kept: a family too large costs time, and changes no figure.

    Args:
        db: the build file.
        files: by lake table the files that were not there in the night before.
        at_a_time: organizations of a part.
    """
    before = _pairs(db)
    for table, columns in lake.table_columns().items():
        if new := [str(f) for f in files.get(table, ())]:
            _insert_pairs(db, "read_parquet(?, union_by_name = true)", columns, [new])
    if _pairs(db) != before:
        _write(db, at_a_time)


def families_of(pairs: Iterable[Pair]) -> dict[tuple[str, str], str]:
    """By (column, id) the family: the least id of all that hang together.

    An LEA is an organization, too: its own plan is of itself.
    """
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    named: set[tuple[str, str]] = set()
    for lea, organization in pairs:
        if lea is not None:
            named |= {(LEA, lea), (ORGANIZATION, lea)}
            top(lea)
        if organization is not None:
            named.add((ORGANIZATION, organization))
            top(organization)
        if lea is not None and organization is not None:
            low, high = sorted((top(lea), top(organization)))
            above[high] = low
    return {key: top(key[1]) for key in named}


def _pairs(db: duckdb.DuckDBPyConnection) -> int:
    found = db.execute("select count(*) from reuse.pairs").fetchone()
    return 0 if found is None else int(found[0])


def _insert_pairs(
    db: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Mapping[str, str],
    given: Sequence[Sequence[str]] = (),
) -> None:
    if not columns.keys() & {LEA, ORGANIZATION}:
        return
    said = ", ".join(c if c in columns else f"null as {c}" for c in (LEA, ORGANIZATION))
    db.execute(
        f"insert into reuse.pairs (select distinct {said} from {relation}) except (from reuse.pairs)", given
    )


def _write(db: duckdb.DuckDBPyConnection, at_a_time: int) -> None:
    rows = db.execute("select lea_id, org_id from reuse.pairs").fetchall()
    families = families_of(rows)
    members: dict[str, int] = {}
    for (column, _), family in families.items():
        members[family] = members.get(family, 0) + (column == ORGANIZATION)
    parts, before = {}, 0
    # in order, as files of the lake are: a part then reads little of the others
    for family in sorted(members):
        parts[family] = before // at_a_time
        before += members[family]
    keys = list(families)
    db.execute(
        "create or replace table reuse.families as select unnest(?) as id_column, unnest(?) as id, "
        "unnest(?) as family, unnest(?)::bigint as part",
        [
            [c for c, _ in keys],
            [i for _, i in keys],
            [families[k] for k in keys],
            [parts[families[k]] for k in keys],
        ],
    )
