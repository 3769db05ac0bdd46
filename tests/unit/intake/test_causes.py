"""The commonest causes of a night, as its run shows them."""

from __future__ import annotations

from datetime import datetime

from intake_home import OTHER_LEA, OTHER_SCHOOL, Home, cover, status

from orchestration.assets.landing import causes_table
from orchestration.intake.causes import Cause, commonest


def test_causes_are_counted_by_rule_and_table_over_the_nights_own_files(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": [status(completed_on="soon"), status(action_code="1. 1")]})
    home.night()
    rows = [status(OTHER_SCHOOL, f"1.1.1.{n}", completed_on="soon") for n in (1, 2)]
    home.drop({"cover": cover(OTHER_LEA), "action_status": rows}, "b.xlsx", OTHER_LEA)
    home.drop_bytes(b"%PDF", "plan.pdf", OTHER_LEA)
    report = home.night(datetime(2024, 2, 7))
    (first, *others) = commonest(home.settings.lake, report.batches)
    assert first == Cause("date.unreadable", "reject", "action_status", 2, 1)
    assert [(c.severity, c.table, c.findings) for c in others] == [("refuse", "", 1)]
    assert "| date.unreadable | reject | action_status | 2 | 1 |" in causes_table([first])


def test_a_night_without_files_has_none(home: Home) -> None:
    assert causes_table(commonest(home.settings.lake, home.night().batches)) == "none"
