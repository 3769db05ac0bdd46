"""What each mart holds, LEA by LEA: so that of a mart in which ten LEAs changed, only their rows are read again.

A content hash is made of sums over a table's rows (`content.py`), and sums can be added: those of each LEA are kept beside the gate's
record, for the next night's gate and for the release that is made of this one. Rows of tables without an LEA are those of an
organization, or of a report's scope; where a table names none of them, all its rows stand under one name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import duckdb

from orchestration import storage
from orchestration.content import (
    HASHING,
    MARTS,
    MartContent,
    Sums,
    columns_of,
    content_of,
    literal,
    mart_tables,
    open_read_only,
    quoted,
    relation_sums,
)
from orchestration.errors import BadDataError

FILE = "sums.parquet"
LEA, ORGANIZATION, SCOPE = "lea_id", "org_id", "scope_id"
ByLea = Mapping[str, Sums]


@dataclass(frozen=True)
class LeaSums:
    """Sums of a candidate's marts.

    Args:
        candidate_sha256: whose they are.
        marts: by mart and LEA (or organization; '' of rows of none) what is held.
    """

    candidate_sha256: str
    marts: Mapping[str, ByLea]


@dataclass(frozen=True)
class Known:
    """What is known of a candidate before it is read.

    Args:
        unchanged: marts of which no row changed.
        changed: by mart of which only some LEAs' rows may have changed these LEAs and organizations.
        sums: those of the candidate that this one was built upon.
    """

    unchanged: Collection[str]
    changed: Mapping[str, frozenset[str]]
    sums: LeaSums


def id_column(content: MartContent) -> str | None:
    """The column of a mart by which its rows are of an LEA, an organization or (of several levels) a scope; None where it has none."""
    names = {name for name, _ in content.columns}
    return next((c for c in (LEA, ORGANIZATION, SCOPE) if c in names), None)


def read_contents(candidate: Path, known: Known | None) -> tuple[dict[str, MartContent], dict[str, ByLea]]:
    """What every mart of a candidate holds, and the sums of it.

    Args:
        candidate: DuckDB file with the marts in schema `marts`.
        known: what need not be read; None where every row is.

    Raises:
        BadDataError: the file cannot be read.
    """
    contents: dict[str, MartContent] = {}
    sums: dict[str, ByLea] = {}
    with open_read_only(candidate) as db:
        try:
            db.execute(f"set memory_limit = {literal(HASHING)}")
            for mart in mart_tables(db):
                relation = f"{MARTS}.{quoted(mart)}"
                content = MartContent(0, "", columns_of(db, relation))
                sums[mart] = _sums(db, mart, relation, content, known)
                contents[mart] = content_of(content.columns, sums[mart].values())
        except duckdb.Error as e:
            raise BadDataError(f"{candidate} cannot be read: {e}") from e
    return contents, sums


def _sums(
    db: duckdb.DuckDBPyConnection, mart: str, relation: str, content: MartContent, known: Known | None
) -> ByLea:
    by = id_column(content)
    earlier = known.sums.marts.get(mart) if known else None
    if known is None or earlier is None:
        return relation_sums(db, relation, by)
    held = db.execute(f"select count(*) from {relation}").fetchone()
    if mart in known.unchanged:
        found = earlier
    elif by is not None and mart in known.changed:
        ids = known.changed[mart] | {""}  # rows of no LEA are read in any case
        found = {i: s for i, s in earlier.items() if i not in ids} | relation_sums(db, relation, by, ids)
    else:
        return relation_sums(db, relation, by)
    if held != (sum(s.rows for s in found.values()),):  # what is known is of other rows
        return relation_sums(db, relation, by)
    return found


def write_sums(file: Path, candidate_sha256: str, marts: Mapping[str, ByLea]) -> None:
    """Write sums, whole or not at all."""
    rows = [
        (candidate_sha256, mart, lea, *(str(n) for n in astuple(s)))
        for mart, by_lea in marts.items()
        for lea, s in by_lea.items()
    ]
    columns = ("candidate_sha256", "mart", "lea_id", "n_rows", "a", "b", "xor_a", "xor_b")
    making = file.with_name(f"{storage.TEMPORARY}{file.name}")
    with duckdb.connect() as db:
        db.execute(
            f"create table sums as select {', '.join(f'unnest(?) as {c}' for c in columns)}",
            [[row[n] for row in rows] for n in range(len(columns))],
        )
        db.execute(f"copy sums to {literal(str(making))} (format parquet, compression zstd)")
    making.replace(file)


def read_sums(file: Path) -> LeaSums | None:
    """The sums in a file; None where there is none, or it is not whole: then every row is read."""
    if not file.is_file():
        return None
    try:
        with duckdb.connect() as db:
            rows = db.execute(f"from read_parquet({literal(str(file))})").fetchall()
    except duckdb.Error:
        return None
    marts: dict[str, dict[str, Sums]] = {}
    for _, mart, lea, *numbers in rows:
        marts.setdefault(mart, {})[lea] = Sums(*(int(n) for n in numbers))
    whose = {row[0] for row in rows}
    return LeaSums(whose.pop(), marts) if len(whose) == 1 else None


def differing(one: ByLea, other: ByLea) -> frozenset[str]:
    """The LEAs of which two tables hold other rows."""
    return frozenset(i for i in one.keys() | other.keys() if one.get(i) != other.get(i))
