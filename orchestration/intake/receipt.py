"""The answer to each submission: `outbox/<lea_id>/<period>/receipt-<submission_id>.json`.

Written from the lake alone, after the commit. A receipt that is there is never written again, one
that is missing always is: so a night killed between commit and receipt is made good by the next.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake, storage
from orchestration.contracts.model import submission_tables
from orchestration.errors import ConfigError
from orchestration.intake.assemble import ACCEPTED, REFUSED
from orchestration.policy import Policy
from orchestration.school_year import PERIOD, period_end, school_year_of
from orchestration.settings import Settings

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
UNPLACED, UNKNOWN = "_unplaced", "unknown"


def receipt_path(outbox: UPath, submission_id: str, lea_id: str, period: str | None) -> UPath:
    """Where a receipt goes; one for a folder that is no plain name goes to `_unplaced`, never elsewhere."""
    month = period if period and PERIOD.match(period) else UNKNOWN
    if PLAIN.fullmatch(lea_id) and PLAIN.fullmatch(submission_id):
        return outbox / lea_id / month / f"receipt-{submission_id}.json"
    name = hashlib.sha256(submission_id.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return outbox / UNPLACED / month / f"receipt-{name}.json"


def forget_receipts(outbox: UPath, submission_ids: Iterable[str]) -> None:
    """Remove the answers to submissions that are read again, so that they are given anew."""
    for submission_id in submission_ids:
        folder = outbox / submission_id.rpartition("-")[0]
        if PLAIN.fullmatch(folder.name) and PLAIN.fullmatch(submission_id) and folder.is_dir():
            for path in folder.glob(f"*/receipt-{submission_id}.json"):
                path.unlink()


def write_receipts(settings: Settings, policy: Policy) -> int:
    """Write every receipt that is missing; how many were."""
    written = 0
    for batch in lake.standing(settings.lake):
        if "intake__submissions" not in batch.parts:
            continue
        files = lake.parts(settings.lake, [batch])
        missing = {}
        for row in _rows(files["intake__submissions"]).to_pylist():
            path = receipt_path(settings.outbox, row["submission_id"], row["lea_id"], row["period"])
            if not path.exists():
                missing[row["submission_id"]] = (path, row)
        if not missing:
            continue
        ids = pa.array(list(missing))
        tables = _by_submission(_rows(files.get("intake__tables", []), ids))
        findings = _by_submission(_rows(files.get("intake__findings", []), ids))
        for submission_id, (path, row) in missing.items():
            receipt = make_receipt(
                row, tables.get(submission_id, []), findings.get(submission_id, []), policy
            )
            storage.write_json(path, receipt)
        written += len(missing)
    return written


def _rows(files: Iterable[UPath], ids: pa.Array | None = None) -> pa.Table:
    tables = []
    for path in files:
        rows = pq.read_table(pa.BufferReader(path.read_bytes()))
        tables.append(rows if ids is None else rows.filter(pc.is_in(rows["submission_id"], ids)))
    return pa.concat_tables(tables) if tables else pa.table({"submission_id": pa.array([], pa.string())})


def _by_submission(rows: pa.Table) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["submission_id"], []).append(row)
    return found


def make_receipt(
    submission: dict[str, Any],
    tables: list[dict[str, Any]],
    findings: list[dict[str, Any]],
    policy: Policy,
) -> dict[str, Any]:
    """The receipt of one submission, from its rows of `intake__submissions`, `__tables` and `__findings`."""
    known = submission_tables()
    return {
        "submission_id": submission["submission_id"],
        "file": submission["file_name"],
        "sha256": submission["file_sha256"],
        "bytes": submission["file_bytes"],
        "received_at": f"{submission['received_at'].isoformat()}Z",
        "lea_id": submission["lea_id"],
        "period": submission["period"],
        "template_version": submission["template_version"],
        "outcome": submission["outcome"],
        "refused_by": submission["refused_by"],
        "refused_because": submission["refused_because"],
        "rows_read": submission["rows_read"],
        "rows_accepted": submission["rows_accepted"],
        "rows_rejected": submission["rows_rejected"],
        "tables": [
            {
                "table": t["table_name"],
                "sheet": known[t["table_name"]].sheet if t["table_name"] in known else t["table_name"],
                "rows_read": t["rows_read"],
                "rows_accepted": t["rows_accepted"],
                "rows_rejected": t["rows_rejected"],
            }
            for t in tables
        ],
        "findings": [
            {
                "severity": f["severity"],
                "sheet": f["source_sheet"],
                "row": f["source_row"],
                "column": f["column_name"],
                "value": f["value"],
                "rule": f["rule_id"],
                "message": f["message"],
            }
            for f in findings
        ],
        "what_happens_next": _next(submission, policy),
    }


def _next(submission: dict[str, Any], policy: Policy) -> str:
    due = _due(submission["period"], policy)
    by = (
        f" It is on time until the end of {due.isoformat()}; a later one counts and is marked late."
        if due
        else ""
    )
    if submission["outcome"] == REFUSED:
        return (
            "Nothing of this file counts. Correct what the findings of severity refuse name, and put the "
            f"corrected file into your folder.{by}"
        )
    stands = f"It stands for {submission['period']} until you send another file for that month."
    if submission["outcome"] == ACCEPTED:
        return f"Every row was accepted; nothing needs to be done. {stands}"
    return (
        f"The rows without a finding of severity reject were accepted. {stands} To have the others count "
        f"too, correct them and send the whole file again.{by}"
    )


def _due(period: str | None, policy: Policy) -> date | None:
    """The last day on which a period's submission is on time, where the policy says one."""
    if not period:
        return None
    try:
        day = int(policy.value("due_day", school_year_of(period, policy.school_year_first_month)))
    except ConfigError:  # a period outside the years that the policy covers has no due day
        return None
    end = period_end(period)
    last = period_end(f"{end.year + end.month // 12}-{end.month % 12 + 1:02d}")  # of the month after
    return last.replace(day=min(day, last.day))
