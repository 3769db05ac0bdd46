"""The answer to each submission, below `outbox/<lea_id>/<period>/`.

    receipt-<submission_id>.json, .html    one for every file; receipt.json and receipt.html are the newest's

The sender's own file with its problems marked comes after it (`returning`). Written from the lake alone, after
the commit. An answer that is there is never written again, one that is missing always is: so a night killed
between commit and receipt is made good by the next.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake, storage
from orchestration.contracts.model import submission_tables
from orchestration.intake import own_faults
from orchestration.intake.answer_schools import rows_by_school
from orchestration.intake.assemble import ACCEPTED, REFUSED
from orchestration.intake.receipt_due import due_on
from orchestration.intake.receipt_page import receipt_page
from orchestration.intake.returned_files import marked_name
from orchestration.lake import Batch
from orchestration.lock import begun
from orchestration.policy import Policy
from orchestration.school_year import PERIOD
from orchestration.settings import Settings

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
UNPLACED, UNKNOWN = "_unplaced", "unknown"
WRITING = 60.0  # seconds: no workbook is written for longer, and those who write them hold no lock
Names = Callable[[datetime], dict[str, str]]


def receipt_path(outbox: UPath, submission_id: str, lea_id: str, period: str | None) -> UPath:
    """Where a receipt goes; one for a folder that is no plain name goes to `_unplaced`, never elsewhere."""
    month = period if period and PERIOD.match(period) else UNKNOWN
    if PLAIN.fullmatch(lea_id) and PLAIN.fullmatch(submission_id):
        return outbox / lea_id / month / f"receipt-{submission_id}.json"
    name = hashlib.sha256(submission_id.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return outbox / UNPLACED / month / f"receipt-{name}.json"


def forget_receipts(outbox: UPath, submission_ids: Iterable[str]) -> None:
    """Remove every answer to submissions that are read again, so that they are given anew."""
    for submission_id in submission_ids:
        folder = outbox / submission_id.rpartition("-")[0]
        if PLAIN.fullmatch(folder.name) and PLAIN.fullmatch(submission_id) and folder.is_dir():
            for path in folder.glob(f"*/*-{submission_id}.*"):
                path.unlink()


def _nobody(at: datetime) -> dict[str, str]:
    return {}


def write_receipts(settings: Settings, policy: Policy, names: Names = _nobody) -> int:
    """Write every answer that is missing; how many submissions got one.

    Args:
        settings: the home.
        policy: the state's policy.
        names: names of organizations by ID, as known at a time.
    """
    there: dict[UPath, set[str]] = {}
    swept_before = begun(settings.warehouse) - WRITING
    newest: dict[UPath, tuple[datetime, str]] = {}
    missing: list[tuple[Batch, dict[str, tuple[UPath, dict[str, Any]]]]] = []
    for batch in lake.standing(settings.lake):
        if "intake__submissions" not in batch.parts or batch.info.get("simulated"):
            continue  # nobody waits for an answer to what nobody sent
        files = lake.parts(settings.lake, [batch])
        of_batch = {}
        for row in rows_of(files["intake__submissions"]).to_pylist():
            path = receipt_path(settings.outbox, row["submission_id"], row["lea_id"], row["period"])
            folder = path.parent
            newest[folder] = max(newest.get(folder, (datetime.min, "")), (row["received_at"], path.name))
            if folder not in there:
                there[folder] = storage.names_swept(folder, swept_before)
            if not {path.name, f"receipt-{stem_of(path)}.html"} <= there[folder]:
                of_batch[row["submission_id"]] = (path, row)
        if of_batch:
            missing.append((batch, of_batch))
    for batch, of_batch in missing:
        _write_batch(settings, policy, names, batch, of_batch, newest)
    return sum(len(of_batch) for _, of_batch in missing)


def _write_batch(
    settings: Settings,
    policy: Policy,
    names: Names,
    batch: Batch,
    of_batch: dict[str, tuple[UPath, dict[str, Any]]],
    newest: dict[UPath, tuple[datetime, str]],
) -> None:
    """Write the receipts of one batch."""
    files = lake.parts(settings.lake, [batch])
    ids = pa.array(list(of_batch))
    tables = by_submission(rows_of(files.get("intake__tables", []), ids))
    findings = by_submission(rows_of(files.get("intake__findings", []), ids))
    schools = rows_by_school(files, ids)
    known = names(datetime.fromisoformat(batch.info["taken_at"]))

    def answer(submission_id: str, path: UPath, row: dict[str, Any]) -> Callable[[], None]:
        """Make one answer; what writes it."""
        found = findings.get(submission_id, [])
        receipt = make_receipt(
            row, tables.get(submission_id, []), found, policy, schools.get(submission_id, [])
        )
        stem, folder = stem_of(path), path.parent
        marked = marked_name(receipt, stem)
        history = "../index.html" if folder.parent.name != UNPLACED else ""
        page = receipt_page(receipt, policy, names=known, marked=marked, history=history)
        files: list[tuple[UPath, bytes]] = []
        said = storage.compact_json(receipt) + b"\n"
        # the plain names first: the receipt that has its own name is what says that all of them are there
        if newest[folder][1] == path.name:
            files += [(folder / "receipt.html", page), (folder / "receipt.json", said)]
        files += [(folder / f"receipt-{stem}.html", page), (path, said)]
        return partial(_put_all, files)

    storage.side_by_side(answer(submission_id, *known) for submission_id, known in of_batch.items())


def _put_all(files: Iterable[tuple[UPath, bytes]]) -> None:
    for path, data in files:
        _put(path, data)


def _put(path: UPath, data: bytes) -> None:
    if not path.exists() or path.read_bytes() != data:
        storage.write_whole(path, data)


def stem_of(path: UPath) -> str:
    """What a submission's answers are named by, from the path of its receipt."""
    return path.name.removeprefix("receipt-").removesuffix(".json")


def rows_of(files: Iterable[UPath], ids: pa.Array | None = None) -> pa.Table:
    """The rows of a table's parts; of those submissions alone where some are named."""
    tables = []
    for path in files:
        rows = pq.read_table(pa.BufferReader(path.read_bytes()))
        tables.append(rows if ids is None else rows.filter(pc.is_in(rows["submission_id"], ids)))
    return pa.concat_tables(tables) if tables else pa.table({"submission_id": pa.array([], pa.string())})


def by_submission(rows: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """Rows by the submission that they are of."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["submission_id"], []).append(row)
    return found


def make_receipt(
    submission: dict[str, Any],
    tables: list[dict[str, Any]],
    findings: list[dict[str, Any]],
    policy: Policy,
    schools: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The receipt of one submission, from its rows of `intake__submissions`, `__tables` and `__findings`.

    `schools` is what `rows_by_school` counted for it.
    """
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
        "schools": schools or [],
        "findings": [as_told(f) for f in findings],
        "what_happens_next": _next(submission, policy),
    }


def as_told(finding: dict[str, Any]) -> dict[str, Any]:
    """A row of `intake__findings` as the answers tell it; the sender's own columns in the file's order."""
    return {
        "severity": finding["severity"],
        "sheet": finding["source_sheet"],
        "row": finding["source_row"],
        "cell": finding.get("source_cell"),
        "column": finding["column_name"],
        "value": finding["value"],
        "rule": finding["rule_id"],
        "message": finding["message"],
        "own": json.loads(finding["own_columns"]) if finding.get("own_columns") else {},
    }


def _next(submission: dict[str, Any], policy: Policy) -> str:
    due = due_on(submission["period"], policy)
    by = (
        f" It is on time until the end of {due.isoformat()}; a later one counts and is marked late."
        if due
        else ""
    )
    if submission["refused_by"] == own_faults.RULE:
        return own_faults.NEXT
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
