"""What a simulation writes down beside its files, outside landing, so that tests can compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.contracts.model import submission_tables
from orchestration.demo.slips import Slip
from orchestration.demo.submissions import Submission
from orchestration.intake.template import FIRST_DATA_ROW

Entry = dict[str, Any]


def file_entry(s: Submission) -> Entry:
    """What was written as one file."""
    return {
        "file": f"{s.lea_id}/{s.name}",
        "lea_id": s.lea_id,
        "period": s.period,
        "kind": s.kind,
        "form": s.form,
        "received_at": s.received_at.isoformat(),
        "late": s.late,
        "supersedes": f"{s.lea_id}/{s.supersedes}" if s.supersedes else None,
        "silent": list(s.silent),
        "outdated": list(s.outdated),
        "rows": {table: len(rows) for table, rows in s.tables.items()},
    }


def slip_entry(s: Submission, slip: Slip) -> Entry:
    """Where a slip stands in the written file, as its sender sees it."""
    if s.form == "zip":
        sheet, row = f"{slip.table}.csv", slip.index + 2
    else:
        sheet, row = submission_tables()[slip.table].sheet, slip.index + FIRST_DATA_ROW
    return {
        "kind": slip.kind,
        "file": f"{s.lea_id}/{s.name}",
        "period": s.period,
        "org_id": slip.org_id,
        "table": slip.table,
        "sheet": sheet,
        "row": row,
        "column": slip.column,
        "title": submission_tables()[slip.table].field(slip.column).title,
        "planted": _plain(slip.planted),
        "right": _plain(slip.right),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def merge(path: Path, new: Sequence[Entry], written: Sequence[Entry]) -> Path:
    """Write entries of the files written now beside those of files that stand from earlier simulations."""
    files = {e["file"] for e in written}
    old = storage.read_json(path) if path.exists() else []
    kept = [e for e in old if e["file"] not in files]
    storage.write_json(
        path, sorted([*kept, *new], key=lambda e: (e["file"], e.get("table", ""), e.get("row", 0)))
    )
    return path
