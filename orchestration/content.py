"""What a set of marts holds, as one hash: the name by which gate and release know a candidate.

The hash of a table depends on its column names, types and rows, and on nothing else: not on row
order, file layout, engine version or thread count. Every row becomes one text (each value with its
length before it, so that no text can move between columns unseen; NULL unlike any text), the text's
MD5 two 64-bit numbers; count, sums and xors of those over all rows, with the columns, are hashed
with SHA-256. The sums see a row that comes twice, which the xors alone would not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration import storage
from orchestration.errors import BadDataError

MARTS = "marts"
HASHING = "1GB"  # a hash reads row after row; without a limit DuckDB keeps all that it read

# How each type is written as text, independent of any default of the engine.
_PLAIN = {
    *("VARCHAR", "DATE", "TIME", "UUID"),
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
}
_MICROSECONDS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE"}
_FRACTIONS = {"FLOAT", "DOUBLE"}
# most lengths are looked up: to write each as text took a third of a hash's time
_LENGTHS = "[" + ", ".join(f"'{n}:'" for n in range(256)) + "]"


@dataclass(frozen=True)
class MartContent:
    """What one mart holds.

    Args:
        rows: number of rows.
        sha256: hash of its columns and rows.
        columns: (name, DuckDB type) in the table's order.
    """

    rows: int
    sha256: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RunFacts:
    """What a candidate was made from: the four inputs of a release, and the state's name."""

    as_of: datetime
    code_version: str
    policy_sha256: str
    archive_sha256: str
    state: str


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal, for the few statements that take no bound parameter."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Sums:
    """What a table's hash is made of: number of rows, and sums and xors of the two halves of their MD5s. Those of two sets of rows
    can be added.
    """

    rows: int
    a: int
    b: int
    xor_a: int
    xor_b: int


def relation_content(connection: duckdb.DuckDBPyConnection, relation: str) -> MartContent:
    """What a relation (a quoted table name, or a function such as read_parquet) holds, in one pass.

    Raises:
        BadDataError: a column has a type without a text of its own (BLOB, INTERVAL …).
    """
    return content_of(columns_of(connection, relation), relation_sums(connection, relation).values())


def relation_sums(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    by: str | None = None,
    ids: Collection[str] | None = None,
) -> dict[str, Sums]:
    """The sums of a relation's rows, by what a column says: '' where it says nothing, and for all where there is no such column.

    Args:
        by: the column.
        ids: of which values alone, and of rows without one; None for all.

    Raises:
        BadDataError: a column has a type without a text of its own.
    """
    # concat() passes over NULL, which its length of -1 stands for; chains of || took twice the time
    texts = ", ".join(_text_of(name, kind, relation) for name, kind in columns_of(connection, relation))
    key = "''" if by is None else f"coalesce({quoted(by)}, '')"
    among = (
        ""
        if by is None or ids is None
        else f"where {quoted(by)} is null or {quoted(by)} in (select unnest(?))"
    )
    rows = connection.execute(
        f"""
        with hashes as (select {key} as id, md5_number(concat({texts})) as h from {relation} {among}),
        numbers as (
            select id, (h >> 64)::ubigint as a, (h & 18446744073709551615::uhugeint)::ubigint as b from hashes
        )
        select id, count(*), sum(a), sum(b), bit_xor(a), bit_xor(b)
        from numbers
        group by id
        """,
        [] if ids is None else [list(ids)],
    ).fetchall()
    return {str(id_): Sums(*(int(n) for n in numbers)) for id_, *numbers in rows}


def content_of(columns: tuple[tuple[str, str], ...], sums: Iterable[Sums]) -> MartContent:
    """What a table of these columns holds whose rows have these sums."""
    rows = a = b = xor_a = xor_b = 0
    for s in sums:
        rows, a, b = rows + s.rows, a + s.a, b + s.b
        xor_a, xor_b = xor_a ^ s.xor_a, xor_b ^ s.xor_b
    digest = hashlib.sha256(
        storage.canonical_json([columns, [str(n) for n in (rows, a, b, xor_a, xor_b)]])
    ).hexdigest()
    return MartContent(rows=rows, sha256=digest, columns=columns)


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[tuple[str, str], ...]:
    """Names and DuckDB types of a relation's columns, in its order."""
    described = connection.execute(f"describe select * from {relation}").fetchall()
    return tuple((str(row[0]), str(row[1])) for row in described)


def _text_of(name: str, kind: str, relation: str) -> str:
    column = quoted(name)
    if kind == "BOOLEAN":
        return f"case when {column} then '4:true' when not {column} then '5:false' else '-1:' end"
    if kind in _MICROSECONDS:
        text = f"epoch_us({column})::varchar"
    elif kind in _FRACTIONS:
        # 17 digits tell any two doubles apart; -0.0 equals 0.0 for every reader, so it is written as 0
        text = f"format('{{:.17g}}', case when {column} = 0 then 0 else {column} end::double)"
    elif kind in _PLAIN or kind.startswith(("DECIMAL(", "ENUM(")):
        text = f"{column}::varchar"
    elif kind.endswith("]") or kind.startswith(("STRUCT(", "MAP(")) or kind == "JSON":
        text = f"to_json({column})::varchar"
    else:
        raise BadDataError(
            f"column {name} of {relation} has the type {kind}, which content hashes do not know; "
            "cast it in the model to text, a number, a date or a time"
        )
    length = f"coalesce(list_extract({_LENGTHS}, strlen({text}) + 1), strlen({text})::varchar || ':', '-1:')"
    return f"{length}, {text}"


def mart_tables(
    connection: duckdb.DuckDBPyConnection, schema: str = MARTS, catalog: str | None = None
) -> list[str]:
    """Names of the tables and views of a schema, in order; `catalog` is an attached database."""
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_schema = ? and table_catalog = coalesce(?, current_catalog()) order by table_name",
        [schema, catalog],
    ).fetchall()
    return [str(row[0]) for row in rows]


def open_read_only(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a finished DuckDB file for reading.

    Raises:
        BadDataError: there is no such file, another process writes it, or it is no DuckDB file.
    """
    if not file.is_file():
        raise BadDataError(f"there is no file {file}")
    try:
        return duckdb.connect(str(file), read_only=True)
    except duckdb.Error as e:
        raise BadDataError(f"{file} cannot be opened: {e}") from e


def mart_contents(
    file: Path, schema: str = MARTS, *, said: Mapping[str, tuple[int, str]] | None = None
) -> dict[str, MartContent]:
    """What every mart of a DuckDB file holds, by name.

    Args:
        file: the file.
        schema: the schema with the marts.
        said: by mart the rows and hash that are known already; one with another number of rows is hashed all the same.

    Raises:
        BadDataError: the file cannot be read.
    """
    with open_read_only(file) as connection:
        try:
            connection.execute(f"set memory_limit = {literal(HASHING)}")
            return {
                name: _known_content(connection, f"{quoted(schema)}.{quoted(name)}", (said or {}).get(name))
                or relation_content(connection, f"{quoted(schema)}.{quoted(name)}")
                for name in mart_tables(connection, schema)
            }
        except duckdb.Error as e:
            raise BadDataError(f"{file} cannot be read: {e}") from e


def _known_content(
    connection: duckdb.DuckDBPyConnection, relation: str, said: tuple[int, str] | None
) -> MartContent | None:
    if said is None or connection.execute(f"select count(*) from {relation}").fetchone() != (said[0],):
        return None
    return MartContent(*said, columns_of(connection, relation))


def said_contents(
    file: Path, said: Mapping[str, tuple[int, str]], schema: str = MARTS
) -> dict[str, MartContent] | None:
    """What a DuckDB file's marts hold if what is said of them is true: columns from the file, rows and hashes as said.

    Reads no row: for who hashes what is made of them afterwards.

    Args:
        said: by mart its rows and hash.

    Returns:
        By mart; None where the file has other marts.

    Raises:
        BadDataError: the file cannot be read.
    """
    with open_read_only(file) as connection:
        try:
            names = mart_tables(connection, schema)
            if set(names) != set(said):
                return None
            return {
                n: MartContent(*said[n], columns_of(connection, f"{quoted(schema)}.{quoted(n)}"))
                for n in names
            }
        except duckdb.Error as e:
            raise BadDataError(f"{file} cannot be read: {e}") from e


def parquet_content(file: Path) -> MartContent:
    """What a Parquet file holds.

    Raises:
        BadDataError: the file cannot be read.
    """
    try:
        with duckdb.connect() as connection:
            return relation_content(connection, f"read_parquet({literal(str(file))})")
    except duckdb.Error as e:
        raise BadDataError(f"{file} cannot be read: {e}") from e


def read_run(file: Path) -> RunFacts:
    """What a candidate was made from, as its one-row table `lake.run` says.

    Raises:
        BadDataError: the table is not there or has not one row.
    """
    with open_read_only(file) as connection:
        try:
            rows = connection.execute(
                "select as_of, code_version, policy_sha256, archive_sha256, state from lake.run"
            ).fetchall()
        except duckdb.Error as e:
            raise BadDataError(f"{file} does not say what it was made from (table lake.run): {e}") from e
    if len(rows) != 1 or any(value is None for value in rows[0]):
        raise BadDataError(
            f"the table lake.run of {file} has {len(rows)} rows or an empty cell; it must have one full row"
        )
    return RunFacts(*rows[0])


def candidate_sha256(contents: Mapping[str, MartContent], run: RunFacts) -> str:
    """One hash for a candidate: what its marts hold and what it was made from."""
    return hash_of_marts({name: (c.rows, c.sha256) for name, c in contents.items()}, run)


def hash_of_marts(marts: Mapping[str, tuple[int, str]], run: RunFacts) -> str:
    """The candidate's hash from each mart's rows and hash, as a manifest names them."""
    value = {"marts": {name: list(pair) for name, pair in marts.items()}, "run": run_as_json(run)}
    return hashlib.sha256(storage.canonical_json(value)).hexdigest()


def run_as_json(run: RunFacts) -> dict[str, str]:
    """The run's facts with the time as ISO text."""
    return {**asdict(run), "as_of": run.as_of.isoformat()}
