"""What has arrived and is not taken in yet, and what was taken in and refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq
from upath import UPath

from orchestration import archive, lake, storage
from orchestration.archive import Kind
from orchestration.settings import Settings

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp")  # names of uploads under way
SUBMISSIONS = "intake__submissions"
COLUMNS = [
    "submission_id", "lea_id", "period", "received_at", "file_name", "outcome", "refused_because",
    "rows_read", "rows_rejected",
]  # fmt: skip

Waiting = dict[str, list[Any]]


def waiting_files(dropped: UPath, archived: UPath, kind: Kind = "submission") -> Waiting:
    """Size and time of every dropped file that the archive does not hold, by folder and name."""
    seen = {(a.folder, a.name, a.size, a.received_at) for a in archive.arrivals(archived, kind)}
    return {
        f"{folder}/{name}" if folder else name: [size, received_at.isoformat()]
        for _, folder, name, size, received_at in archive.dropped_files(dropped)
        if not name.lower().endswith(UNFINISHED) and (folder, name, size, received_at) not in seen
    }


def new_files(dropped: UPath, archived: UPath, kind: Kind) -> Waiting:
    """The waiting files without those whose bytes were taken in before (dropped again, or touched)."""
    known: dict[tuple[str, int], set[str]] = {}
    for a in archive.arrivals(archived, kind):
        known.setdefault((a.path, a.size), set()).add(a.sha256)
    waiting = waiting_files(dropped, archived, kind)
    return {
        path: facts
        for path, facts in waiting.items()
        if (path, facts[0]) not in known or storage.sha256_file(dropped / path) not in known[(path, facts[0])]
    }


@dataclass(frozen=True)
class Decided:
    """A submission as the lake knows it.

    Args:
        submission_id: its ID.
        lea_id: the LEA's landing folder.
        period: the month it is for; None where it could not be told.
        received_at: when it came (UTC).
        file_name: its name.
        outcome: accepted, accepted_with_rejects or refused.
        refused_because: why, in words; None unless refused.
        rows_read, rows_rejected: rows in it, and of these the ones put aside.
    """

    submission_id: str
    lea_id: str
    period: str | None
    received_at: datetime
    file_name: str
    outcome: str
    refused_because: str | None
    rows_read: int
    rows_rejected: int


def decided(root: UPath) -> list[Decided]:
    """Every submission that the lake holds, in order of receipt."""
    found = []
    for part in lake.parts(root).get(SUBMISSIONS, []):
        with part.open("rb") as f:
            found += [Decided(**row) for row in pq.read_table(f, columns=COLUMNS).to_pylist()]
    return sorted(found, key=lambda d: (d.received_at, d.submission_id))


def refused_and_not_mended(submissions: Iterable[Decided]) -> list[Decided]:
    """Refused files after which the same LEA has sent nothing that was accepted, in order of receipt."""
    accepted: dict[str, datetime] = {}
    ordered = list(submissions)
    for d in ordered:
        if d.outcome != "refused":
            accepted[d.lea_id] = max(d.received_at, accepted.get(d.lea_id, d.received_at))
    return [
        d
        for d in ordered
        if d.outcome == "refused" and (d.lea_id not in accepted or accepted[d.lea_id] < d.received_at)
    ]


def not_decided(settings: Settings, submissions: Iterable[Decided]) -> list[str]:
    """Submissions that the archive holds and the lake does not: their reading was stopped half-way."""
    held = {d.submission_id for d in submissions}
    return sorted(
        {
            a.path
            for a in archive.arrivals(settings.archive, "submission")
            if f"{a.folder}-{a.sha256[:12]}" not in held
        }
    )
