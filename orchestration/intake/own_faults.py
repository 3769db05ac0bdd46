"""Faults of ours: a file that our own code fails on is no fault of its sender, and must not look like one.

One such file among others is answered by the rule `file.our_fault` and read again when the code changes.
A fault that meets every file, or one that was read before, is no file's matter: nothing of those files is
decided, what stood before stands, and the intake says so when it has taken in everything else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

RULE = "file.our_fault"
NEXT = "You need not do anything: the file is kept, and is read again as soon as the fault is mended."
SHOWN = 5
SEVERAL = 2  # a file that comes alone may be the odd one; it must not hold up the others for ever


@dataclass(frozen=True)
class Undecided:
    """Files of one batch that were left undecided, and in words why."""

    submissions: tuple[str, ...]
    why: str


def submissions_by_fault(files: Iterable[UPath]) -> dict[str, bool]:
    """Submissions in parts of `intake__submissions`: whether a fault of ours kept each from being decided."""
    found: dict[str, bool] = {}
    for path in files:
        rows = pq.read_table(pa.BufferReader(path.read_bytes()), columns=["submission_id", "refused_by"])
        for row in rows.to_pylist():
            found[row["submission_id"]] = row["refused_by"] == RULE
    return found


def undecided(
    failed: Collection[str], group: Collection[str], read_before: Collection[str]
) -> Undecided | None:
    """Whether a batch must stay undecided.

    Args:
        failed: the submissions that our code failed on.
        group: all submissions of the batch.
        read_before: those that other code had decided, and whose rows stand.
    """
    lost = sorted(set(failed) & set(read_before))
    if len(group) >= SEVERAL and len(failed) == len(group):
        return Undecided(tuple(sorted(group)), f"every one of {len(group):,} files taken in together failed")
    if lost:
        names = ", ".join(lost[:SHOWN]) + (" …" if len(lost) > SHOWN else "")
        return Undecided(
            tuple(sorted(group)), f"{len(lost):,} files that were read before failed now ({names})"
        )
    return None


def complaint(found: Iterable[Undecided]) -> str:
    """What stops the intake, in words for the engineer."""
    whys = "; ".join(u.why for u in found)
    return (
        f"a fault of Interlace's own keeps submissions from being decided: {whys}. The log has the traceback. "
        "No sender was told anything, what stood before stands, and the files are in the archive: "
        "every night tries them again, so mend the fault and run again."
    )
