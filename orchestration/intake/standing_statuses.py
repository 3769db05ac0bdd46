"""Statuses against those reported before: an action does not go back without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from orchestration.intake.standing import File, StandingRows
from orchestration.intake.standing_findings import PLACE, Finding, blank, finding, plain
from orchestration.intake.statuses import COMPLETED

TABLE = "action_status"
KEY = ["org_id", "action_code"]
FACTS = ["status", "percent_complete", "spent_to_date"]
REASONS = ["cause", "adjustment"]


def status_findings(
    files: Sequence[File], earlier: Mapping[str, Sequence[File]], rows: StandingRows
) -> list[Finding]:
    """A flag for every status that goes back behind the action's last one and gives no reason.

    Args:
        files: the files to look at.
        earlier: by submission what stands for the months before, the latest first.
        rows: reads the rows.
    """
    asking = [f for f in files if f.accepted(TABLE) and earlier[f.submission_id]]
    if not asking:
        return []
    of = {f.submission_id: f for f in asking}
    left = rows.of(TABLE, asking, [*KEY, *FACTS, *REASONS, *PLACE])
    found: list[Finding] = []
    back = 0
    while len(left):  # month after month back, until each action is found; nearly all are in the latest
        before = {s: earlier[s][back] for s in left["submission_id"].unique() if back < len(earlier[s])}
        if not before:
            break
        left = left[left["submission_id"].isin(list(before))]
        told = rows.of(
            TABLE, {f.submission_id: f for f in before.values()}.values(), [*KEY, *FACTS, *REASONS]
        )
        told = told.rename(columns={"submission_id": "before", **{f: f"was_{f}" for f in [*FACTS, *REASONS]}})
        asked = left.assign(before=left["submission_id"].map({s: f.submission_id for s, f in before.items()}))
        both = asked.merge(told, on=["before", *KEY], how="left")
        met = both["was_status"].notna()
        going_back: Iterable[Any] = both[met & _goes_back(both) & ~_explained(both)].itertuples(index=False)
        for row in going_back:
            file = of[row.submission_id]
            found += _of_row(file, before[row.submission_id].period, row)
        left = both.loc[~met, list(left.columns)]
        back += 1
    return found


def _goes_back(both: pd.DataFrame) -> pd.Series:
    reopened = (both["was_status"] == COMPLETED) & (both["status"] != COMPLETED)
    fell = both["percent_complete"] < both["was_percent_complete"]
    return reopened | fell | (both["spent_to_date"] < both["was_spent_to_date"])


def _explained(both: pd.DataFrame) -> pd.Series:
    """Where a reason is given that did not stand there before: workbooks come filled in with the last words."""
    given = [~blank(both[r]) & (both[r].fillna("") != both[f"was_{r}"].fillna("")) for r in REASONS]
    return given[0] | given[1]


def _of_row(file: File, period: str, row: Any) -> list[Finding]:
    found = []

    def note(rule: str, column: str, before: Any) -> None:
        words = {"before": plain(before), "period": period}
        found.append(finding(file, TABLE, column, row, rule, getattr(row, column), words))

    if row.was_status == COMPLETED and row.status != COMPLETED:
        note("status.reopened", "status", row.was_status)
    elif row.percent_complete < row.was_percent_complete:  # false where one is blank (nan)
        note("status.percent_fell", "percent_complete", row.was_percent_complete)
    if row.spent_to_date < row.was_spent_to_date:
        note("status.spending_fell", "spent_to_date", row.was_spent_to_date)
    return found
