"""What a fund has spent against what was reported before: a sum that only grows must not fall without a word.

A row that is put aside stands for nothing, so an LEA's files are looked at one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orchestration.intake.standing import File, StandingRows, Timeline
from orchestration.intake.standing_findings import PLACE, Finding, finding, plain

TABLE = "expenditures"
RULE = "spending.fell"
COLUMNS = ["org_id", "fund_source", "spent_to_date", "comment", *PLACE]
Key = tuple[str, str]


@dataclass(frozen=True)
class _Sent:
    """One row: what it says, and where it stood."""

    row: Any
    key: Key
    amount: float
    comment: str


class Spending:
    """The spending that files report, those taken in before among them.

    Args:
        files: of any number of LEAs.
        rows: reads the rows.
    """

    def __init__(self, files: list[File], rows: StandingRows) -> None:
        frame = rows.of(TABLE, files, COLUMNS)
        self._sent: dict[str, dict[Key, _Sent]] = {}
        comments = frame["comment"].fillna("").astype(str).str.strip()
        rows_sent: Iterable[Any] = frame.itertuples(index=False)
        for row, comment in zip(rows_sent, comments, strict=True):
            key = (row.org_id, row.fund_source)
            self._sent.setdefault(row.submission_id, {})[key] = _Sent(row, key, row.spent_to_date, comment)

    def come(self, file: File, timeline: Timeline) -> list[Finding]:
        """Findings of an LEA's next file, where it is new; then what is left of it stands in the timeline."""
        sent = self._sent.get(file.submission_id, {})
        earlier = timeline.earlier(TABLE, file, same_month=False) if file.new else []
        found = []
        for one in list(sent.values()):
            before = next((f for f in earlier if one.key in self._sent.get(f.submission_id, {})), None)
            if before is None:
                continue
            last = self._sent[before.submission_id][one.key]
            # words that stood there before are no reason: workbooks come filled in with them
            explained = one.comment and one.comment != last.comment
            if one.amount < last.amount and not explained:
                words = {"before": plain(last.amount), "period": before.period}
                found.append(finding(file, TABLE, "spent_to_date", one.row, RULE, one.amount, words))
                del sent[one.key]
        if sent:
            timeline.add(file, TABLE)
        return found
