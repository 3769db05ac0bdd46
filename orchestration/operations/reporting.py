"""Which LEAs have reported, as the current release says it (`rpt_submission_completeness`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow.parquet as pq

from orchestration.release.current import read_current
from orchestration.release.layout import INTERNAL, PARQUET
from orchestration.settings import Settings

MART = "rpt_submission_completeness"
REPORTED = ("on_time", "late")


@dataclass(frozen=True)
class Reporting:
    """One reporting month.

    Args:
        period: the month, as 2024-01.
        due_on: last day on which a report is on time.
        expected: LEAs that owe a report.
        missing: of these, the ones from whom nothing that counts has come; in order.
        refused_only: of the missing, those who sent only what was refused.
    """

    period: str
    due_on: date
    expected: int
    missing: tuple[str, ...]
    refused_only: tuple[str, ...]

    @property
    def reported(self) -> int:
        """How many have reported, late or not."""
        return self.expected - len(self.missing)

    def is_due(self, on: date) -> bool:
        """Whether the last day has passed."""
        return on > self.due_on


def reporting(settings: Settings) -> list[Reporting]:
    """Every reporting month that somebody owes, in order; nothing where nothing has been published."""
    current = read_current(settings.releases)
    if current is None:
        return []
    path = settings.releases / current / INTERNAL / PARQUET / f"{MART}.parquet"
    if not path.exists():
        return []
    columns = ["lea_id", "period", "due_on", "is_expected", "status"]
    with path.open("rb") as f:
        rows = [r for r in pq.read_table(f, columns=columns).to_pylist() if r["is_expected"]]
    months: dict[str, list[dict]] = {}
    for row in sorted(rows, key=lambda r: (r["period"], r["lea_id"])):
        months.setdefault(row["period"], []).append(row)
    return [
        Reporting(
            period,
            of_month[0]["due_on"],
            len(of_month),
            tuple(r["lea_id"] for r in of_month if r["status"] not in REPORTED),
            tuple(r["lea_id"] for r in of_month if r["status"] == "refused_only"),
        )
        for period, of_month in months.items()
    ]


def last_due_and_open(months: list[Reporting], at: datetime) -> list[Reporting]:
    """The reporting month that came due last, and the one that is open now, where there are such."""
    due = [m for m in months if m.is_due(at.date())]
    still = [m for m in months if not m.is_due(at.date()) and m.period <= f"{at:%Y-%m}"]
    return [*due[-1:], *still[:1]]
