"""What came between two releases: submissions received, withdrawn or restored, and the state's own files.

Which files differ is read from the two releases themselves, not from times: a file that an earlier night had
not taken in yet is new although it was received before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.release.changes.sides import Side

SUBMISSIONS, FEEDS = "fct_submission", "fct_feed_file"
NEEDED = {
    SUBMISSIONS: (
        "submission_id", "lea_id", "period", "school_year", "received_at", "outcome", "file_name",
        "is_withdrawn", "rows_rejected",
    ),
    FEEDS: ("source_file", "file_sha256", "table_name", "feed", "received_at", "outcome"),
}  # fmt: skip


@dataclass(frozen=True)
class SubmissionBetween:
    """A submission that one of two releases knows otherwise than the other.

    Args:
        submission_id, lea_id, period, school_year, received_at, outcome, file_name, rows_rejected: as in fct_submission.
        what: received, withdrawn, restored, or read anew (its outcome is another one).
    """

    submission_id: str
    lea_id: str
    period: str | None
    school_year: str | None
    received_at: datetime | None
    outcome: str
    file_name: str
    rows_rejected: int | None
    what: str

    @property
    def counts(self) -> bool:
        """Whether it can have moved a figure: a file that was refused on arrival cannot."""
        return self.what != "received" or self.outcome != "refused"


@dataclass(frozen=True)
class FeedFileBetween:
    """A file of the state's own that only one of two releases knows, or knows with another outcome."""

    source_file: str
    feed: str
    outcome: str
    received_at: datetime | None
    what: str


def submissions_between(db: duckdb.DuckDBPyConnection, a: Side, b: Side) -> list[SubmissionBetween]:
    """Submissions that differ, by LEA and time received; nothing where a release has no such mart."""
    if not _have(a, b, SUBMISSIONS):
        return []
    rows = db.execute(
        f"""
        select b.submission_id, b.lea_id, b.period, b.school_year, b.received_at, b.outcome, b.file_name,
               b.rows_rejected,
               case when a.submission_id is null then 'received'
                    when b.is_withdrawn and not a.is_withdrawn then 'withdrawn'
                    when a.is_withdrawn and not b.is_withdrawn then 'restored'
                    else 'read anew' end
        from {b.rows_of(SUBMISSIONS)} b left join {a.rows_of(SUBMISSIONS)} a using (submission_id)
        where a.submission_id is null or a.is_withdrawn <> b.is_withdrawn
           or (a.outcome, a.rows_rejected) is distinct from (b.outcome, b.rows_rejected)
        order by b.lea_id, b.received_at, b.submission_id
        """
    ).fetchall()
    return [SubmissionBetween(*row) for row in rows]


def feed_files_between(db: duckdb.DuckDBPyConnection, a: Side, b: Side) -> list[FeedFileBetween]:
    """Feed files that differ, by name; nothing where a release has no such mart."""
    if not _have(a, b, FEEDS):
        return []
    rows = db.execute(
        f"""
        with files_a as (select source_file, file_sha256, feed, outcome, max(received_at) as received_at
                         from {a.rows_of(FEEDS)} group by all),
             files_b as (select source_file, file_sha256, feed, outcome, max(received_at) as received_at
                         from {b.rows_of(FEEDS)} group by all)
        select coalesce(b.source_file, a.source_file), coalesce(b.feed, a.feed, ''), coalesce(b.outcome, a.outcome),
               coalesce(b.received_at, a.received_at), case when a.source_file is null then 'received' else 'gone' end
        from files_b b full join files_a a
          on b.source_file = a.source_file and b.file_sha256 = a.file_sha256 and b.outcome = a.outcome
         and b.feed is not distinct from a.feed
        where a.source_file is null or b.source_file is null
        order by 1, 5, 2, 4
        """
    ).fetchall()
    return [FeedFileBetween(*row) for row in rows]


def _have(a: Side, b: Side, mart: str) -> bool:
    return all(set(NEEDED[mart]) <= set(side.types(mart)) for side in (a, b))


def behind_a_move(
    leas: Iterable[str], school_year: str | None, by_lea: Mapping[str, list[SubmissionBetween]]
) -> list[SubmissionBetween]:
    """The submissions of these LEAs that can have moved a figure: those of its school year, where there are any.

    A figure of one year may rest on files of another (an award on the year before), so where none is of the
    year, all of the LEA's are named.
    """
    found: list[SubmissionBetween] = []
    for lea in leas:
        own = [s for s in by_lea.get(lea, []) if s.counts]
        found += [s for s in own if s.school_year == school_year] or own
    return found


def other_reasons(a: Side, b: Side, feeds: Iterable[FeedFileBetween]) -> list[str]:
    """What else may move a figure, in words."""
    reasons = []
    if a.inputs["code_version"] != b.inputs["code_version"]:
        reasons.append("the code changed")
    if a.inputs["policy_sha256"] != b.inputs["policy_sha256"]:
        reasons.append("the state's policy changed")
    if names := sorted({f.source_file for f in feeds if f.what == "received" and f.outcome == "loaded"}):
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        reasons.append(f"the state's own files came ({shown})")
    if a.as_of != b.as_of:
        reasons.append(f"time went on from {a.as_of:%Y-%m-%d} to {b.as_of:%Y-%m-%d}")
    return reasons
