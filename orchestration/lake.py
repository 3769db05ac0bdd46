"""The lake: Parquet, append-only, one file per table, batch and part, each row with its lineage.

    lake/<table>/<batch>-<part>.parquet
    lake/_batches/<batch>.json             the commit point: what the batch holds

A part that no committed batch names does not exist for any reader; the next writer sweeps it. A
batch may replace earlier ones (`replaces` in its info): those no longer stand, but stay.
Table names: `submission__<table>` and `feed__<table>` for contract tables, `intake__submissions`,
`intake__tables`, `intake__findings`, `feed__files` for what intake and feeds say about files,
`intake__withdrawals` for what the state decided about them, `intake__measure_values` for the numbers that
intake reads in the texts of measures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration import storage
from orchestration.contracts.model import Table, feed_tables, submission_tables
from orchestration.errors import BadDataError, InterlaceError

# Where a typed row came from. Every figure traces back through these to a cell of a received file.
SUBMISSION_LINEAGE: dict[str, str] = {
    "submission_id": "VARCHAR",
    "lea_id": "VARCHAR",
    "period": "VARCHAR",
    "received_at": "TIMESTAMP",
    "file_sha256": "VARCHAR",
    "source_sheet": "VARCHAR",
    "source_row": "BIGINT",
}
FEED_LINEAGE: dict[str, str] = {
    "source_file": "VARCHAR",
    "file_sha256": "VARCHAR",
    "received_at": "TIMESTAMP",
    "source_sheet": "VARCHAR",
    "source_row": "BIGINT",
}
STATEMENTS: dict[str, dict[str, str]] = {
    # one row per received submission file
    "intake__submissions": {
        "submission_id": "VARCHAR", "lea_id": "VARCHAR", "period": "VARCHAR", "received_at": "TIMESTAMP",
        "file_name": "VARCHAR", "file_sha256": "VARCHAR", "file_bytes": "BIGINT", "outcome": "VARCHAR",
        "refused_by": "VARCHAR", "refused_because": "VARCHAR", "rows_read": "BIGINT",
        "rows_accepted": "BIGINT", "rows_rejected": "BIGINT", "template_version": "VARCHAR",
    },
    # one row per submission and table that its file holds
    "intake__tables": {
        "submission_id": "VARCHAR", "lea_id": "VARCHAR", "period": "VARCHAR", "received_at": "TIMESTAMP",
        "table_name": "VARCHAR", "rows_read": "BIGINT", "rows_accepted": "BIGINT", "rows_rejected": "BIGINT",
    },
    # one row per thing found wrong (severity reject) or odd (severity flag) in a cell, row or file
    "intake__findings": {
        "submission_id": "VARCHAR", "lea_id": "VARCHAR", "period": "VARCHAR", "received_at": "TIMESTAMP",
        "file_name": "VARCHAR", "table_name": "VARCHAR", "source_sheet": "VARCHAR", "source_row": "BIGINT",
        "source_cell": "VARCHAR", "column_name": "VARCHAR", "value": "VARCHAR", "rule_id": "VARCHAR", "severity": "VARCHAR",
        "message": "VARCHAR", "own_columns": "VARCHAR",
    },
    # one row per decision of the state that a file no longer counts (withdraw) or counts again (restore)
    "intake__withdrawals": {
        "submission_id": "VARCHAR", "decided_at": "TIMESTAMP", "decision": "VARCHAR", "reason": "VARCHAR",
        "decided_by": "VARCHAR",
    },
    # one row per submission, measure (and year of a result), written figure and part of it
    "intake__measure_values": {
        **SUBMISSION_LINEAGE,
        "org_id": "VARCHAR", "parent_code": "VARCHAR", "measure_no": "BIGINT", "school_year": "VARCHAR",
        "figure": "VARCHAR", "part": "VARCHAR", "kind": "VARCHAR", "value_low": "DECIMAL(24,8)",
        "value_high": "DECIMAL(24,8)", "comparator": "VARCHAR", "starts_from": "VARCHAR",
        "is_percent": "BOOLEAN", "is_fraction": "BOOLEAN", "is_ambiguous": "BOOLEAN", "marker": "VARCHAR",
    },
    # one row per received feed file and canonical table that it was read for
    "feed__files": {
        "source_file": "VARCHAR", "file_sha256": "VARCHAR", "received_at": "TIMESTAMP", "feed": "VARCHAR",
        "table_name": "VARCHAR", "outcome": "VARCHAR", "message": "VARCHAR", "source_sheet": "VARCHAR",
        "header_row": "BIGINT", "rows_read": "BIGINT", "rows_loaded": "BIGINT", "rows_rejected": "BIGINT",
        "notes_dropped": "BIGINT",
    },
}  # fmt: skip


@cache
def table_columns() -> dict[str, dict[str, str]]:
    """Column names and DuckDB types of every lake table."""
    columns: dict[str, dict[str, str]] = dict(STATEMENTS)
    for prefix, tables, lineage in (
        ("submission", submission_tables(), SUBMISSION_LINEAGE),
        ("feed", feed_tables(), FEED_LINEAGE),
    ):
        for name, table in tables.items():
            columns[f"{prefix}__{name}"] = {**lineage, **_contract_columns(table, lineage)}
    return columns


def time_column(columns: Mapping[str, str]) -> str | None:
    """The column of a lake table that says from when on a row counts: when it was received, or decided."""
    return next((c for c in ("received_at", "decided_at") if c in columns), None)


def _contract_columns(table: Table, lineage: dict[str, str]) -> dict[str, str]:
    # the cover's lea_id and period must equal the lineage's, so they are one column each
    return {f.name: f.sql_type for f in table.fields if f.name not in lineage}


def arrow_type(sql_type: str) -> pa.DataType:
    """The Arrow type that Parquet stores for a DuckDB type of a contract."""
    simple = {
        "VARCHAR": pa.string(),
        "BIGINT": pa.int64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
    }
    if sql_type in simple:
        return simple[sql_type]
    precision, scale = (int(n) for n in sql_type.removeprefix("DECIMAL(").rstrip(")").split(","))
    return pa.decimal128(precision, scale)


@cache
def arrow_schema(table: str) -> pa.Schema:
    """Arrow schema of a lake table."""
    return pa.schema([(name, arrow_type(t)) for name, t in table_columns()[table].items()])


REMADE = "Nothing received is lost: the lake is made again from the archive. Move the folder lake away and run the night again"
SHOWN = 5


@dataclass(frozen=True)
class Batch:
    """A committed batch.

    Args:
        name: unique and sortable, e.g. `20240615T000000-submissions-1a2b3c4d`.
        info: what the writer noted (kind, as_of, arrivals …).
        parts: lake table -> file names of its parts.
        sha256: `table/file` -> hash of the part's bytes (batches of older versions have none).
    """

    name: str
    info: dict[str, Any]
    parts: dict[str, list[str]]
    sha256: dict[str, str] = field(default_factory=dict)


class BatchWriter:
    """Writes the parts of one batch and, last of all, its manifest.

    Parts may be written by several processes (each with its own `part` names); `commit` is called
    once, by one. Nothing of a batch that was not committed is ever read.
    """

    def __init__(self, lake: UPath, name: str) -> None:
        self.lake = lake
        self.name = name
        self.parts: dict[str, list[str]] = {}
        self.sha256: dict[str, str] = {}

    def write(self, table: str, rows: pa.Table, part: str = "0000") -> None:
        """Write one part of a table, in the table's own schema; an empty part is not written."""
        if rows.num_rows == 0:
            return
        rows = rows.select(arrow_schema(table).names).cast(arrow_schema(table))
        file = f"{self.name}-{part}.parquet"
        sink = pa.BufferOutputStream()
        pq.write_table(rows, sink, compression="zstd")
        data = sink.getvalue().to_pybytes()
        storage.write_whole(self.lake / table / file, data)
        self.add(table, file, hashlib.sha256(data).hexdigest())

    def add(self, table: str, file: str, sha256: str | None = None) -> None:
        """Note a part that another process wrote, or that stands already; and the hash that its bytes must have."""
        self.parts.setdefault(table, []).append(file)
        if sha256 is not None:
            self.sha256[f"{table}/{file}"] = sha256

    def commit(self, info: dict[str, Any]) -> Batch:
        """Make the batch visible, all of it at once."""
        parts = {t: sorted(files) for t, files in sorted(self.parts.items())}
        facts = {"info": info, "parts": parts, "sha256": self.sha256}
        storage.write_json(self.lake / "_batches" / f"{self.name}.json", facts)
        return Batch(self.name, info, parts, self.sha256)


def batches(lake: UPath) -> list[Batch]:
    """Every committed batch in order of name."""
    folder = lake / "_batches"
    if not folder.exists():
        return []
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".json")), key=lambda p: p.name)
    found = []
    for path in paths:
        try:
            raw = storage.read_json(path)
        except ValueError as e:
            raise BadDataError(f"{path} cannot be read ({e}); {REMADE}") from e
        found.append(Batch(path.name.removesuffix(".json"), raw["info"], raw["parts"], raw.get("sha256", {})))
    return found


def standing(lake: UPath) -> list[Batch]:
    """Committed batches that no later batch replaces, in order of name."""
    committed = batches(lake)
    replaced = {name for b in committed for name in b.info.get("replaces", ())}
    return [b for b in committed if b.name not in replaced]


def parts(lake: UPath, of: Iterable[Batch] | None = None) -> dict[str, list[UPath]]:
    """Files of every lake table that has any, over the batches that stand (or those given)."""
    found: dict[str, list[UPath]] = {}
    for batch in standing(lake) if of is None else of:
        for table, files in batch.parts.items():
            found.setdefault(table, []).extend(lake / table / f for f in files)
    return found


def damaged(lake: UPath) -> list[str]:
    """Parts that stand and are gone, or not as they were written, each with its file.

    Of batches of older versions only what is gone is found, and nothing on an object store, which looks after its
    bytes itself.
    """
    if not storage.is_local(lake):
        return []
    return [
        f"{path} {'is not as it was written' if path.exists() else 'is gone'}"
        for batch in standing(lake)
        for table, files in batch.parts.items()
        for path, sha256 in ((lake / table / f, batch.sha256.get(f"{table}/{f}")) for f in files)
        if not path.exists() or (sha256 is not None and storage.sha256_file(path) != sha256)
    ]


def refuse_damage(lake: UPath) -> None:
    """Stop where a part is damaged: nothing is made of it.

    Raises:
        BadDataError: names the parts and what to do.
    """
    if found := damaged(lake):
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        raise BadDataError(f"the lake is damaged: {'; '.join(found[:SHOWN])}{more}. {REMADE}")


@contextmanager
def naming_damage(lake: UPath) -> Iterator[None]:
    """Where something fails that reads the lake, say so if a damaged part of it is why."""
    try:
        yield
    except InterlaceError:
        raise
    except Exception:
        refuse_damage(lake)
        raise


def sweep(lake: UPath) -> int:
    """Remove parts of batches that were never committed (a local lake only); how many."""
    if not storage.is_local(lake) or not lake.exists():
        return 0
    named = {str(p) for paths in parts(lake, batches(lake)).values() for p in paths}
    removed = storage.sweep_temporaries(lake)
    for folder in Path(storage.local(lake)).iterdir():
        if folder.is_dir() and folder.name != "_batches":
            for part in folder.glob("*.parquet"):
                if str(UPath(part)) not in named:
                    part.unlink()
                    removed += 1
    return removed
