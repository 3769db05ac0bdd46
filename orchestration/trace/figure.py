"""The figure itself: one row of a mart of a release, named by its key."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import duckdb
from upath import UPath

from orchestration import storage
from orchestration.content import literal, mart_tables, open_read_only, quoted
from orchestration.errors import ConfigError
from orchestration.release.layout import DATABASE, INTERNAL


@dataclass(frozen=True)
class Figure:
    """A figure of a release.

    Args:
        mart: the mart.
        row: its row, by column as text; None is no value.
        columns: the columns that are traced.
        meanings: by column what it means.
        description: what the mart is.
    """

    mart: str
    row: Mapping[str, str | None]
    columns: tuple[str, ...]
    meanings: Mapping[str, str]
    description: str


def parse_key(text: str) -> dict[str, str]:
    """`org_id=01010101,period=2024-01` as a condition.

    Raises:
        ConfigError: a part is not written so.
    """
    found = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise ConfigError(f"--key has the part {part!r}; write column=value,column=value")
        found[name.strip()] = value.strip()
    return found


def find_figure(release: UPath | Path, mart: str, key: Mapping[str, str], column: str | None) -> Figure:
    """The one row of the mart that the key names.

    Raises:
        ConfigError: no such mart or column, or the key names no row, or several.
    """
    with _opened(release) as db:
        marts = mart_tables(db, "main")
        if mart not in marts:
            raise ConfigError(f"the release has no mart {mart!r}{_near(mart, marts)}")
        described = db.execute(
            "select column_name, comment from duckdb_columns() where table_name = ? and schema_name = 'main' "
            "and database_name = current_database() order by column_index",
            [mart],
        ).fetchall()
        meanings = {str(name): str(comment or "") for name, comment in described}
        for name in (*key, *([column] if column else [])):
            if name not in meanings:
                raise ConfigError(f"{mart} has no column {name!r}{_near(name, list(meanings))}")
        where = " and ".join(f"cast({quoted(c)} as varchar) = {literal(v)}" for c, v in key.items())
        listed = ", ".join(f"cast({quoted(c)} as varchar)" for c in meanings)
        rows = db.execute(f"select {listed} from {quoted(mart)} where {where} limit 200").fetchall()
        comment = db.execute(
            "select comment from duckdb_tables() where table_name = ? and database_name = current_database()",
            [mart],
        ).fetchone()
    if not rows:
        raise ConfigError(f"no row of {mart} has {', '.join(f'{c}={v}' for c, v in key.items())}")
    found = [dict(zip(meanings, r, strict=True)) for r in rows]
    if len(found) > 1:
        differ = [c for c in meanings if c not in key and len({f[c] for f in found}) > 1]
        values = sorted({str(f[differ[0]]) for f in found})[:4]
        many = f"{len(found)}{' or more' if len(found) == 200 else ''}"
        raise ConfigError(
            f"the key names {many} rows of {mart}; add to --key what tells them apart, such as "
            f"{differ[0]} ({', '.join(values)} …)"
        )
    traced = (column,) if column else tuple(meanings)
    return Figure(mart, found[0], traced, meanings, str(comment[0] or "") if comment else "")


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 3, 0.5)
    return f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(known[:20])}"


@contextmanager
def _opened(release: UPath | Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release's marts, copied from an object store where they lie in one."""
    file = release / INTERNAL / DATABASE
    if storage.is_local(file):
        with open_read_only(storage.local(file)) as db:
            yield db
        return
    with tempfile.TemporaryDirectory(prefix="interlace-trace-") as folder:
        copy = Path(folder) / DATABASE
        copy.write_bytes(file.read_bytes())
        with open_read_only(copy) as db:
            yield db
