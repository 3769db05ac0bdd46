"""Giving senders their problems back: every marked workbook and list of problems that is missing in the outbox.

Apart from the receipts and after them: marking a workbook takes half a second, a receipt a few milliseconds, and a
night's release need not wait for the courtesy. What is missing is seen from lake and outbox, so a run that was
killed here is made good by the next.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake, storage
from orchestration.intake.receipt import as_told, by_submission, receipt_path, rows_of, stem_of
from orchestration.intake.returned_files import Wanted, give_back, marked_name, problems_csv
from orchestration.settings import Settings


def give_back_missing(settings: Settings) -> int:
    """Write what is not given back yet of the submissions that have a receipt; how many files were.

    A submission without a receipt is passed over: its receipt comes first, by the next intake.
    """
    workbooks, lists = [], 0
    for receipt, target in _missing(settings):
        if target.name.endswith(".csv"):
            storage.write_whole(target, problems_csv(receipt))
            lists += 1
        else:
            workbooks.append(Wanted(receipt, target))
    if not workbooks:
        return lists
    with tempfile.TemporaryDirectory(prefix="interlace-returned-") as scratch:
        return lists + give_back(settings, workbooks, Path(scratch))


def _missing(settings: Settings) -> Iterator[tuple[dict[str, Any], UPath]]:
    """What receipts tell of files with a place to mark, and where the marked file is not yet."""
    there: dict[UPath, set[str]] = {}
    for batch in lake.standing(settings.lake):
        if "intake__submissions" not in batch.parts or batch.info.get("simulated"):
            continue  # nobody waits for an answer to what nobody sent
        files = lake.parts(settings.lake, [batch])
        wanted = {}
        if placed := _with_places(files.get("intake__findings", [])):
            for row in rows_of(files["intake__submissions"], pa.array(placed)).to_pylist():
                path = receipt_path(settings.outbox, row["submission_id"], row["lea_id"], row["period"])
                folder, stem = path.parent, stem_of(path)
                if folder not in there:
                    there[folder] = {p.name for p in folder.iterdir()} if folder.exists() else set()
                given = {f"returned-{stem}.xlsx", f"problems-{stem}.csv"} & there[folder]
                if path.name in there[folder] and not given:
                    wanted[row["submission_id"]] = (row, path)
        if wanted:
            findings = by_submission(rows_of(files["intake__findings"], pa.array(list(wanted))))
            for submission, (row, path) in wanted.items():
                told = [as_told(f) for f in findings[submission]]
                receipt = {"file": row["file_name"], "sha256": row["file_sha256"], "findings": told}
                yield receipt, path.parent / marked_name(receipt, stem_of(path))


def _with_places(files: Iterable[UPath]) -> list[str]:
    """The submissions with a finding that has a place in the file."""
    found: set[str] = set()
    for path in files:
        columns = ["submission_id", "source_sheet", "source_row"]
        rows = pq.read_table(pa.BufferReader(path.read_bytes()), columns=columns)
        placed = pc.and_(pc.is_valid(rows["source_sheet"]), pc.is_valid(rows["source_row"]))
        found |= set(rows.filter(placed)["submission_id"].to_pylist())
    return sorted(found)
