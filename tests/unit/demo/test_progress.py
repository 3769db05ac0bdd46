"""What months say of actions: no contradictions, and progress that stalls, slips and recovers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from orchestration.demo.plans import make_plan
from orchestration.demo.progress import courses, month_rows
from orchestration.demo.world import Organization
from orchestration.school_year import period_end, period_range

ENDS = [period_end(p) for p in period_range("2023-08", "2024-05")]


@pytest.fixture(scope="module")
def histories() -> list[dict[str, list[dict[str, Any]]]]:
    """For each of many plans, by action, its rows month after month."""
    found = []
    for n in range(120):
        org = Organization(f"{n // 10:04d}{n:04d}", "school", f"{n // 10:04d}0000", "A school", "CSI")
        plan = make_plan(5, org, "2023-24", 7)
        what_happens = courses(5, plan, date(2023, 8, 1))
        history: dict[str, list[dict[str, Any]]] = {}
        for end in ENDS:
            due = {a["action_code"]: a["due_on"] for a in plan.rows(end)["actions"]}
            rows = month_rows(plan, what_happens, end)
            assert {r["action_code"] for r in rows} == set(due)
            for row in rows:
                history.setdefault(row["action_code"], []).append(
                    {**row, "end": end, "due": due[row["action_code"]]}
                )
        found.append(history)
    return found


def test_percentages_and_spending_never_fall_and_an_end_is_an_end(histories: Any):
    for history in histories:
        for rows in history.values():
            for before, after in pairwise(rows):
                assert after["percent_complete"] >= before["percent_complete"]
                assert after.get("spent_to_date", 0) >= before.get("spent_to_date", 0)
                if before["status"] in ("completed", "discontinued"):
                    assert after["status"] == before["status"]
                    assert after.get("completed_on") == before.get("completed_on")


def test_status_percent_and_days_agree(histories: Any):
    for row in (r for h in histories for rows in h.values() for r in rows):
        assert (row["status"] == "completed") == (row["percent_complete"] == 100) == ("completed_on" in row)
        if row["status"] == "completed":
            assert row["completed_on"] <= row["end"]
        if row["status"] == "delayed":
            assert row["due"] <= row["end"]
            assert row["cause"]
        if row["status"] == "discontinued":
            assert row["cause"]
        if row["status"] == "not_started":
            assert row["percent_complete"] == 0


def test_by_the_end_of_the_year_most_is_done_and_every_status_occurs(histories: Any):
    last = Counter(rows[-1]["status"] for h in histories for rows in h.values())
    assert set(last) == {"not_started", "in_progress", "completed", "delayed", "discontinued"}
    assert 0.6 < last["completed"] / last.total() < 0.95


def test_some_schools_stall_for_two_months_while_others_move_on(histories: Any):
    stalled = 0
    for history in histories:
        for k in range(3, len(ENDS) - 2):
            states = [
                [
                    next((r["percent_complete"] for r in rows if r["end"] == ENDS[m]), None)
                    for rows in history.values()
                ]
                for m in (k, k + 2)
            ]
            if states[0] == states[1]:
                stalled += 1
                break
    assert 0 < stalled < len(histories) / 2
