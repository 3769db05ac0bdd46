"""Adding findings to what a worker wrote: its parts, the files' outcomes and the counts all agree again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake
from orchestration.contracts.model import submission_tables
from orchestration.intake.assemble import WITH_REJECTS, finding_rows
from orchestration.intake.found import Received
from orchestration.intake.places import read_places
from orchestration.intake.pool import Done
from orchestration.intake.rules import severity
from orchestration.intake.standing_findings import Finding
from orchestration.intake.verdict import FileVerdict

Row = dict[str, Any]


def amend(
    done: Done,
    scratch: Path,
    batch: str,
    part: str,
    findings: Sequence[Finding],
    received: Mapping[str, Received],
) -> None:
    """Write findings into the parts that hold their files; put the rows aside that they reject.

    Args:
        done: what the workers wrote; its parts and counts are changed.
        scratch: their folder, laid out as a lake.
        batch: name of the batch.
        part: name of the files that hold the rows.
        findings: on rows of that part.
        received: the files of the batch, by submission.
    """
    parts = _Parts(done, scratch, batch, part)
    rejected = {
        (f.file.submission_id, str(f.note.table), int(f.note.row or 0))
        for f in findings
        if severity(f.note.rule) == "reject"
    }
    for table in sorted({table for _, table, _ in rejected}):
        rows = parts.read(f"submission__{table}")
        where = zip(rows["submission_id"].to_pylist(), rows["source_row"].to_pylist(), strict=True)
        kept = pa.array([(s, table, n) not in rejected for s, n in where])
        parts.write(f"submission__{table}", rows.filter(kept))
    lost = Counter((s, table) for s, table, _ in rejected)
    if lost:
        _recount(parts, done, lost)
    _add_findings(parts, done, findings, received)


class _Parts:
    """The parts of one name, one for each table."""

    def __init__(self, done: Done, scratch: Path, batch: str, part: str) -> None:
        self.done, self.scratch, self.file = done, scratch, part
        self._writer = lake.BatchWriter(UPath(scratch), batch)
        self._part = part.removeprefix(f"{batch}-").removesuffix(".parquet")

    def read(self, table: str) -> pa.Table:
        """The rows of a table; none where the part was not written."""
        if self.file not in self.done.parts.get(table, []):
            return lake.arrow_schema(table).empty_table()
        return pq.read_table(pa.BufferReader((self.scratch / table / self.file).read_bytes()))

    def write(self, table: str, rows: pa.Table) -> None:
        """Put those rows in place of the table's; an empty part is left out."""
        files = self.done.parts.setdefault(table, [])
        if rows.num_rows:
            self._writer.write(table, rows, self._part)
            if self.file not in files:
                files.append(self.file)
        elif self.file in files:
            files.remove(self.file)
        if not files:
            del self.done.parts[table]

    def write_rows(self, table: str, rows: list[Row]) -> None:
        """The same for rows as plain values."""
        self.write(table, pa.Table.from_pylist(rows, schema=lake.arrow_schema(table)))


def _recount(parts: _Parts, done: Done, lost: Counter[tuple[str, str]]) -> None:
    """Take the rows that were put aside from what was accepted, of each table and of each file."""

    def less(row: Row, count: int) -> None:
        row["rows_accepted"] -= count
        row["rows_rejected"] += count

    tables = parts.read("intake__tables").to_pylist()
    for row in tables:
        less(row, lost[row["submission_id"], row["table_name"]])
    parts.write_rows("intake__tables", tables)
    of_file: Counter[str] = Counter()
    for (submission_id, _), count in lost.items():
        of_file[submission_id] += count
    submissions = parts.read("intake__submissions").to_pylist()
    for row in submissions:
        if count := of_file[row["submission_id"]]:
            less(row, count)
            done.counts[row["outcome"]] -= 1
            done.counts.update({WITH_REJECTS: 1, "rows": -count, "rejects": count})
            row["outcome"] = WITH_REJECTS
    parts.write_rows("intake__submissions", submissions)


def _add_findings(
    parts: _Parts, done: Done, findings: Sequence[Finding], received: Mapping[str, Received]
) -> None:
    """Put the findings among those that are there, in order of sheet and row."""
    places = read_places(parts.scratch, parts.file)
    by_file: dict[str, list[Finding]] = {}
    for one in findings:
        by_file.setdefault(one.file.submission_id, []).append(one)
    rows = parts.read("intake__findings").to_pylist()
    for submission_id, own in by_file.items():
        verdict = FileVerdict(received[submission_id], own[0].file.period, notes=[f.note for f in own])
        places.lay(verdict)
        new = finding_rows(verdict)
        done.counts["flags"] += sum(r["severity"] == "flag" for r in new)
        rows += new
    files = {s: n for n, s in enumerate(parts.read("intake__submissions")["submission_id"].to_pylist())}
    tables = {name: n for n, name in enumerate(submission_tables())}
    rows.sort(
        key=lambda r: (files[r["submission_id"]], tables.get(r["table_name"], -1), r["source_row"] or 0)
    )
    parts.write_rows("intake__findings", rows)
