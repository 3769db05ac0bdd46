"""The lake's standing snapshot of all feed files.

The newest feeds batch lists every part that stands and replaces the batch before it. A part is made
again only when what it depends on changed (the file, its name and time, its feed in feeds.yaml, the
form of IDs, the contract, this engine); if nothing did, there is no new batch. So the snapshot is a
function of (archive, feeds.yaml, policy, as_of).

Of files with the same path only the newest that could be read stands. Where two files hold the same
primary key, the row of the file received last stands.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import archive, lake, storage
from orchestration.code_version import FEED_READERS, code_version
from orchestration.feeds.mapping import Feed, FeedMapping
from orchestration.feeds.read import FileRead, read_file
from orchestration.policy import Policy
from orchestration.settings import Settings

KIND = "feeds"  # in a batch's info


@dataclass
class Entry:
    """One row of feed__files and what stands for it in the lake; kept in the batch's info."""

    statement: dict[str, Any]
    key: str
    part: str | None = None
    slices: list[list[str]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # keys of later files that hold the same slices
    odd: bool = False  # whether people should read the message


def content_hash(value: Any) -> str:
    """SHA-256 of a value as canonical JSON."""
    return hashlib.sha256(storage.canonical_json(value)).hexdigest()


def received(a: archive.Arrival) -> list[str]:
    """What identifies an arrival: path, bytes and time."""
    return [a.path, a.sha256, a.received_at.isoformat()]


def file_key(a: archive.Arrival, feed: Feed, policy: Policy) -> str:
    """Hash of everything that the rows of this file depend on, other files apart."""
    table = feed.table
    contract = [
        lake.table_columns()[f"feed__{table.name}"],
        table.primary_key,
        [[f.name, f.required, f.code_set.codes if f.code_set else ()] for f in table.fields],
    ]
    return content_hash(
        [
            received(a),
            feed.sha256,
            policy.org_id_pattern,
            policy.lea_id_pattern,
            contract,
            code_version(FEED_READERS),
        ]
    )


class Snapshot:
    """Makes the entries of one batch, the file received last first, so that an older row can give way."""

    def __init__(
        self,
        settings: Settings,
        policy: Policy,
        mapping: FeedMapping,
        writer: lake.BatchWriter,
        progress: Callable[[str], None],
    ) -> None:
        self.settings, self.policy, self.mapping, self.writer, self.progress = (
            settings,
            policy,
            mapping,
            writer,
            progress,
        )
        committed = [b for b in lake.batches(settings.lake) if b.info.get("kind") == KIND]
        self.hashes = {part: sha256 for b in committed for part, sha256 in b.sha256.items()}
        self.cached = {e["key"]: Entry(**e) for b in committed for e in b.info["entries"] if e["key"]}
        self.entries: list[Entry] = []

    def make(self, arrivals: Sequence[archive.Arrival]) -> list[Entry]:
        """Entries of these arrivals, newest first; their parts are written or noted."""
        for n, arrival in enumerate(arrivals, 1):
            feeds = self.mapping.feeds_of(arrival.path)
            if not feeds:
                self.entries.append(self._unmapped(arrival))
            for table in dict.fromkeys(f.table.name for f in feeds):
                self.progress(f"feeds: file {n} of {len(arrivals)}, {arrival.path}")
                self.entries.append(self._entry(arrival, [f for f in feeds if f.table.name == table]))
        for entry in self.entries:
            if entry.part:
                table = f"feed__{entry.statement['table_name']}"
                self.writer.add(table, entry.part, self.hashes.get(f"{table}/{entry.part}"))
        rows = [e.statement for e in self.entries]
        schema = lake.arrow_schema("feed__files")
        typed = [{**r, "received_at": datetime.fromisoformat(r["received_at"])} for r in rows]
        self.writer.write("feed__files", pa.Table.from_pylist(typed, schema=schema))
        return self.entries

    def _unmapped(self, arrival: archive.Arrival) -> Entry:
        reason = self.mapping.ignored_because(arrival.path)
        message = (
            f"Not read: {reason}"
            if reason
            else "Not read: no feed in feeds.yaml has a pattern for this file."
        )
        return Entry(_statement(arrival, "", "", "unmapped", message), "", odd=reason is None)

    def _entry(self, arrival: archive.Arrival, feeds: Sequence[Feed]) -> Entry:
        feed, table = feeds[0], feeds[0].table.name
        key = file_key(arrival, feed, self.policy)
        if len(feeds) > 1:
            names = " and ".join(f.name for f in feeds)
            message = (
                f"Feeds {names} both claim this file for {table}; narrow the patterns of one in feeds.yaml."
            )
            return Entry(_statement(arrival, feed.name, table, "refused", message), "", odd=True)
        later = [e for e in self.entries if e.part and e.statement["table_name"] == table]
        same = next((e for e in later if e.statement["source_file"] == arrival.path), None)
        if same is not None:
            message = (
                f"Replaced by the file of the same name received {same.statement['received_at']} (UTC); "
                "its rows no longer stand."
            )
            return Entry(_statement(arrival, feed.name, table, "loaded", message), "")
        known = self.cached.get(key)
        if known is not None and known.after == _after(later, known.slices) and self._stands(known, table):
            return known
        return self._made(arrival, feed, key, later)

    def _stands(self, entry: Entry, table: str) -> bool:
        return entry.part is None or (self.settings.lake / f"feed__{table}" / entry.part).exists()

    def _made(self, arrival: archive.Arrival, feed: Feed, key: str, later: list[Entry]) -> Entry:
        with tempfile.TemporaryDirectory(prefix="interlace-") as scratch:
            path = archive.open_blob(self.settings.archive, arrival, Path(scratch))
            read = read_file(path, arrival, feed, self.policy)
        rows = read.rows
        slices = _slices(rows, feed)
        after = _after(later, slices)
        gone = 0
        for entry in later:
            if entry.key in after:
                kept = _without(rows, self._keys(entry, feed), list(feed.table.primary_key))
                gone, rows = gone + rows.num_rows - kept.num_rows, kept
        message = read.message
        if gone:
            message += f" {gone} rows gave way to rows with the same key in files received later."
        part = f"{content_hash([key, after])[:16]}"
        lake_table = f"feed__{feed.table.name}"
        file = f"{self.writer.name}-{part}.parquet" if rows.num_rows else None
        self._write(lake_table, rows, part)
        statement = _statement(
            arrival, feed.name, feed.table.name, read.outcome, message, read, rows.num_rows
        )
        odd = read.outcome == "refused" or bool(read.rows_rejected or gone)
        return Entry(statement, key, file, slices, after, odd)

    def _write(self, lake_table: str, rows: pa.Table, part: str) -> None:
        """Write a part; it is noted with all the others at the end."""
        writer = lake.BatchWriter(self.settings.lake, self.writer.name)
        writer.write(lake_table, rows, part)
        self.hashes |= writer.sha256

    def _keys(self, entry: Entry, feed: Feed) -> pa.Table:
        with (self.settings.lake / f"feed__{feed.table.name}" / str(entry.part)).open("rb") as f:
            return pq.read_table(f, columns=list(feed.table.primary_key))


def _slices(rows: pa.Table, feed: Feed) -> list[list[str]]:
    """What years, versions or indicators a file speaks of: its distinct keys without the organizations."""
    names = [k for k in feed.table.primary_key if feed.table.field(k).format != "org_id"]
    if not rows.num_rows or not names:
        return []
    distinct = rows.select(names).group_by(names).aggregate([])
    return sorted([str(v) for v in row.values()] for row in distinct.to_pylist())


def _after(later: Sequence[Entry], slices: Sequence[Sequence[str]]) -> list[str]:
    mine = {tuple(s) for s in slices}
    return sorted(e.key for e in later if mine & {tuple(s) for s in e.slices})


def _without(rows: pa.Table, keys: pa.Table, names: list[str]) -> pa.Table:
    """Rows whose key is not among those."""
    mine = pd.MultiIndex.from_frame(rows.select(names).to_pandas())
    theirs = pd.MultiIndex.from_frame(keys.to_pandas())
    return rows.filter(pa.array(~mine.isin(theirs)))


def _statement(
    a: archive.Arrival,
    feed: str,
    table: str,
    outcome: str,
    message: str,
    read: FileRead | None = None,
    loaded: int = 0,
) -> dict[str, Any]:
    """A row of feed__files. rows_read counts rows of the file, rows_loaded those of the table."""
    return {
        "source_file": a.path,
        "file_sha256": a.sha256,
        "received_at": a.received_at.isoformat(),
        "feed": feed,
        "table_name": table,
        "outcome": outcome,
        "message": message,
        "source_sheet": read.sheet if read else "",
        "header_row": read.header_row if read else None,
        "rows_read": read.rows_read if read else 0,
        "rows_loaded": loaded,
        "rows_rejected": read.rows_rejected if read else 0,
        "notes_dropped": read.notes_dropped if read else 0,
    }
