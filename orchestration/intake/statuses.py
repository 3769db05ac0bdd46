"""Whether an action's status, percent and day of completion agree with each other, the plan and the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from orchestration.intake.reading import Context
from orchestration.intake.together import Numbering, by_row, flag, keys
from orchestration.intake.verdict import FileVerdict, TableVerdict

COMPLETED, NOT_STARTED = "completed", "not_started"


def check_statuses(tables: dict[str, TableVerdict], verdicts: list[FileVerdict], context: Context) -> None:
    """Flag statuses that contradict their percent, their day or the plan."""
    table = tables.get("action_status")
    if table is None:
        return
    completed = by_row(table.columns["status"], lambda s: s == COMPLETED) == 1
    not_started = by_row(table.columns["status"], lambda s: s == NOT_STARTED) == 1
    percent = by_row(table.columns["percent_complete"], float)
    day = by_row(table.columns["completed_on"], date.toordinal)

    there = ~np.isnan(percent)
    wrong = there & ((completed != (percent == 100)) | (not_started & (percent > 0)))
    flag(
        table,
        verdicts,
        np.nonzero(table.good & wrong)[0],
        "status.percent",
        "percent_complete",
        lambda row: {"status": _value(table, "status", row)},
    )

    undated = completed & table.columns["completed_on"].blank()
    flag(table, verdicts, np.nonzero(table.good & undated)[0], "status.no_day", "completed_on")

    received = [_local_day(v, context).toordinal() for v in verdicts]
    late = completed & (day > np.array(received, np.float64)[table.files])
    flag(
        table,
        verdicts,
        np.nonzero(table.good & late)[0],
        "status.day_to_come",
        "completed_on",
        lambda row: {"received": date.fromordinal(received[int(table.files[row])]).isoformat()},
    )

    start = _starts(table, tables.get("actions"))
    early = completed & (day < start)
    flag(
        table,
        verdicts,
        np.nonzero(table.good & early)[0],
        "status.day_before_start",
        "completed_on",
        lambda row: {"start": date.fromordinal(int(start[row])).isoformat()},
    )


def _value(table: TableVerdict, name: str, row: int) -> Any:
    column = table.columns[name]
    return column.reads[column.codes[row]].value


def _local_day(verdict: FileVerdict, context: Context) -> date:
    """The day on which the file arrived, in the state's own time."""
    received = verdict.received.received_at.replace(tzinfo=ZoneInfo("UTC"))
    return received.astimezone(ZoneInfo(context.policy.time_zone)).date()


def _starts(statuses: TableVerdict, actions: TableVerdict | None) -> np.ndarray[Any, np.dtype[np.float64]]:
    """For each status the first day of its action in the same file's plan; nan where there is none."""
    found = np.full(len(statuses.files), np.nan)
    if actions is None:
        return found
    organizations, codes = Numbering(), Numbering()
    columns = [
        (organizations.of(t.columns["org_id"]), codes.of(t.columns["action_code"]))
        for t in (actions, statuses)
    ]
    planned, named = (
        keys(t.files, (org, organizations), (code, codes))
        for t, (org, code) in zip((actions, statuses), columns, strict=True)
    )
    planned, starts = planned[actions.good], by_row(actions.columns["start_on"], date.toordinal)[actions.good]
    if not len(planned):
        return found
    order = np.argsort(planned, kind="stable")
    place = np.minimum(np.searchsorted(planned[order], named), len(planned) - 1)
    same = planned[order][place] == named
    found[same] = starts[order][place[same]]
    return found
