"""Rows of a mart that were added, removed or changed between two releases, by the mart's key.

Content hashes tell which marts need no look. Of the others, first only keys and one hash a row are joined,
then the few rows that differ; DuckDB spills both to disk where they do not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.content import literal, quoted
from orchestration.release.changes.sides import Side

DIFFERING = "differing_keys"


@dataclass(frozen=True)
class MartRows:
    """How the rows of one mart differ.

    Args:
        mart: the mart.
        before, after: rows of the mart, or of the school year that is looked at.
        added, removed, changed: rows by key; None where the two cannot be matched by key.
        columns: of the changed rows, how many differ in each column.
    """

    mart: str
    before: int
    after: int
    added: int | None
    removed: int | None
    changed: int | None
    columns: Mapping[str, int]

    @property
    def is_same(self) -> bool:
        """Whether no row differs."""
        return (self.added, self.removed, self.changed) == (0, 0, 0)


def marts_to_look_at(a: Side, b: Side) -> list[str]:
    """Marts that both hold with different content."""
    return sorted(m for m in set(a.hashes) & set(b.hashes) if a.hashes[m] != b.hashes[m])


def mart_rows(
    db: duckdb.DuckDBPyConnection, a: Side, b: Side, mart: str, year: str | None = None
) -> MartRows:
    """Compare one mart of two releases.

    Args:
        db: an open connection; a temporary table in it holds the differing keys afterwards.
        a: the earlier release.
        b: the later one.
        mart: a mart of both.
        year: only rows of this school year, of a mart with a column school_year.
    """
    before, after = (_count(db, side, mart, year) for side in (a, b))
    key, shared = _key_and_shared(a, b, mart)
    if not key:
        return MartRows(mart, before, after, None, None, None, {})
    _find_differing(db, a, b, mart, key, shared, year)
    found = dict(db.execute(f"select what, count(*) from {DIFFERING} group by what").fetchall())
    columns: dict[str, int] = {}
    if found.get("changed"):
        rest = [c for c in shared if c not in key]
        texts = _retyped(a, b, mart)
        counts = ", ".join(
            f"count(*) filter ({_value(c, texts, 'a')} is distinct from {_value(c, texts, 'b')})"
            for c in rest
        )
        row = db.execute(
            f"select {counts} from {DIFFERING} d {_joined(a, b, mart, key)} where d.what = 'changed'"
        ).fetchone()
        assert row is not None  # an aggregate without groups has one row
        columns = {c: int(n) for c, n in zip(rest, row, strict=True) if n}
    n = {what: int(found.get(what, 0)) for what in ("added", "removed", "changed")}
    return MartRows(mart, before, after, n["added"], n["removed"], n["changed"], columns)


def differing_rows(
    db: duckdb.DuckDBPyConnection, a: Side, b: Side, mart: str, most: int
) -> Iterator[dict[str, Any]]:
    """The first differing rows of a mart in order of its key, after `mart_rows` looked at it.

    Yields:
        `what` (added, removed or changed), `key` by column, and of a changed row `values`: by column before and after.
    """
    key, shared = _key_and_shared(a, b, mart)
    rest = [c for c in shared if c not in key]
    if not key:
        return
    names = [f"d.{quoted(k)}" for k in key]
    texts = _retyped(a, b, mart)
    pairs = "".join(f", {_value(c, texts, 'a')}, {_value(c, texts, 'b')}" for c in rest)
    rows = db.execute(
        f"select d.what, {', '.join(names)}{pairs} from {DIFFERING} d {_joined(a, b, mart, key, 'left')} "
        f"order by {', '.join(names)} limit {most}"
    ).fetchall()
    for what, *values in rows:
        found = {"what": what, "key": dict(zip(key, values, strict=False)), "values": {}}
        if what == "changed":
            pairs_of = values[len(key) :]
            both = zip(rest, pairs_of[::2], pairs_of[1::2], strict=True)
            found["values"] = {c: (was, is_now) for c, was, is_now in both if was != is_now}
        yield found


def _key_and_shared(a: Side, b: Side, mart: str) -> tuple[list[str], list[str]]:
    """The key by which rows can be matched (empty where they cannot), and the columns that both sides have."""
    then, here = a.types(mart), b.types(mart)
    keys = [list(s.dictionary["marts"][mart]["key"]) for s in (a, b)]
    same = set(keys[0]) == set(keys[1]) and set(keys[1]) <= set(then) & set(here)
    return (keys[1] if same else []), [c for c in here if c in then]


def _find_differing(
    db: duckdb.DuckDBPyConnection,
    a: Side,
    b: Side,
    mart: str,
    key: list[str],
    shared: list[str],
    year: str | None,
) -> None:
    keys = ", ".join(quoted(k) for k in key)
    texts = _retyped(a, b, mart)
    values = ", ".join(_value(c, texts) for c in shared)  # hash() runs in one engine, so both sides compare
    sides = [
        f"(select {keys}, hash({values}) as row_hash from {s.rows_of(mart)}{_of_year(s, mart, year)})"
        for s in (a, b)
    ]
    matched = " and ".join(f"a.{quoted(k)} is not distinct from b.{quoted(k)}" for k in key)
    chosen = ", ".join(f"coalesce(b.{quoted(k)}, a.{quoted(k)}) as {quoted(k)}" for k in key)
    db.execute(
        f"create or replace temp table {DIFFERING} as "
        "select case when a.row_hash is null then 'added' when b.row_hash is null then 'removed' else 'changed' end "
        f"as what, {chosen} from {sides[0]} a full join {sides[1]} b on {matched} "
        "where a.row_hash is distinct from b.row_hash"
    )


def _retyped(a: Side, b: Side, mart: str) -> set[str]:
    """Columns that have another type on each side: they are compared as text."""
    then, here = a.types(mart), b.types(mart)
    return {c for c in here if c in then and here[c] != then[c]}


def _value(column: str, texts: set[str], side: str = "") -> str:
    name = f"{side}.{quoted(column)}" if side else quoted(column)
    return f"{name}::varchar" if column in texts else name


def _joined(a: Side, b: Side, mart: str, key: list[str], how: str = "") -> str:
    parts = []
    for name, side in (("a", a), ("b", b)):
        matched = " and ".join(f"{name}.{quoted(k)} is not distinct from d.{quoted(k)}" for k in key)
        parts.append(f"{how} join {side.rows_of(mart)} {name} on {matched}")
    return " ".join(parts)


def _of_year(side: Side, mart: str, year: str | None) -> str:
    return f" where school_year = {literal(year)}" if year and "school_year" in side.types(mart) else ""


def _count(db: duckdb.DuckDBPyConnection, side: Side, mart: str, year: str | None) -> int:
    if year is None:
        return int(side.dictionary["marts"][mart]["rows"])
    row = db.execute(f"select count(*) from {side.rows_of(mart)}{_of_year(side, mart, year)}").fetchone()
    assert row is not None  # an aggregate without groups has one row
    return int(row[0])
