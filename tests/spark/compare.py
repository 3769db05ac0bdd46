"""Two build files beside each other, row by row: which mart, which key, which column, and both values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.content import MARTS, literal, mart_tables, quoted


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same: a cell, a row that only one has, or a table's columns."""

    mart: str
    key: str
    column: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.mart} [{self.key}] {self.column}: {self.wanted} on the one, {self.found} on the other"


def differences(
    wanted: Path, found: Path, keys: Mapping[str, Sequence[str]], most: int = 20
) -> list[Difference]:
    """What differs between the marts of two build files, the first `most` of each mart.

    Args:
        wanted: DuckDB file with the marts as they should be.
        found: DuckDB file with the marts as they are.
        keys: by mart the columns that tell its rows apart.
        most: differences to name of one mart.
    """
    with duckdb.connect() as db:
        db.execute(f"attach {literal(str(wanted))} as wanted (read_only)")
        db.execute(f"attach {literal(str(found))} as found (read_only)")
        ours, theirs = (set(mart_tables(db, MARTS, catalog)) for catalog in ("wanted", "found"))
        told = [
            Difference(m, "", "", *(("there", "missing") if m in ours else ("missing", "there")))
            for m in sorted(ours ^ theirs)
        ]
        for mart in sorted(ours & theirs):
            told += _of_mart(db, mart, keys[mart], most)
    return told


def _of_mart(db: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str], most: int) -> list[Difference]:
    table = f"{MARTS}.{quoted(mart)}"
    columns, others = (
        [(r[0], r[1]) for r in db.execute(f"describe select * from {catalog}.{table}").fetchall()]
        for catalog in ("wanted", "found")
    )
    if columns != others:
        return [Difference(mart, "", "its columns", str(columns), str(others))]
    matched = " and ".join(f"w.{quoted(k)} is not distinct from f.{quoted(k)}" for k in key)
    label = " || ' ' || ".join(f"coalesce(coalesce(w.{quoted(k)}, f.{quoted(k)})::varchar, '-')" for k in key)
    told = []
    for name, _ in columns:
        if name in key:
            continue
        rows = db.execute(
            f"select {label}, w.{quoted(name)}::varchar, f.{quoted(name)}::varchar from wanted.{table} as w "
            f"inner join found.{table} as f on {matched} "
            f"where w.{quoted(name)} is distinct from f.{quoted(name)} order by 1 limit {most}"
        ).fetchall()
        told += [Difference(mart, k, name, str(a), str(b)) for k, a, b in rows]
    for side, other, said in (("w", "f", ("there", "missing")), ("f", "w", ("missing", "there"))):
        mine, its = ("wanted", "found") if side == "w" else ("found", "wanted")
        alone = " || ' ' || ".join(f"coalesce({side}.{quoted(k)}::varchar, '-')" for k in key)
        rows = db.execute(
            f"select {alone} from {mine}.{table} as {side} anti join {its}.{table} as {other} on {matched} "
            f"order by 1 limit {most}"
        ).fetchall()
        told += [Difference(mart, k, "the row", *said) for (k,) in rows]
    return told[:most]
