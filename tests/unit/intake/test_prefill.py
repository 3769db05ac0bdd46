"""What fills a workbook in: which rows stand, for whom, as of when, and which sheets a month asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from intake_home import (
    LEA,
    NIGHT,
    OTHER_LEA,
    OTHER_SCHOOL,
    SCHOOL,
    SECOND,
    Home,
    cover,
    directory_rows,
    status,
)

from orchestration.contracts.model import submission_tables
from orchestration.errors import BadDataError, ConfigError
from orchestration.intake import prefill, prefill_duties
from orchestration.intake.prefill import Prefiller, write_lea_workbook, write_workbooks
from orchestration.intake.prefill_due import first_period_of_span, tables_due
from orchestration.intake.prefill_rows import as_cell, in_order
from orchestration.policy import Policy, PolicyValue

MARCH = datetime(2024, 3, 5, 12)
LATER = datetime(2024, 4, 1)


@pytest.fixture
def reporting(policy: Policy) -> Policy:
    """The policy with reporting months and categories."""
    more = (
        PolicyValue("reporting_months", "8,9,10,11,12,1,2,3,4,5", "2017-18", None, "test", True),
        PolicyValue("expected_categories", "CSI,ATSI", "2017-18", None, "test", True),
    )
    known = {v.parameter for v in policy.values}
    return replace(policy, values=(*policy.values, *(v for v in more if v.parameter not in known)))


@pytest.fixture(autouse=True)
def feeds(monkeypatch: pytest.MonkeyPatch) -> dict[str, pd.DataFrame]:
    """A directory, and a list of designations that a test may change."""
    listed = pd.DataFrame([(SCHOOL, "CSI", None)], columns=["org_id", "category", "reason"])
    said = {"directory": directory_rows(), "designations": listed}
    monkeypatch.setattr(prefill, "known_organizations", lambda root, as_of: said["directory"])
    monkeypatch.setattr(prefill, "designated", lambda root, as_of, year: said["designations"])
    return said


def action(org_id: str = SCHOOL, code: str = "1.1.1.1", **more: Any) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "action_code": code,
        "description": f"Do {code}",
        "due_on": date(2024, 5, 1),
        **more,
    }


def tables_of(
    home: Home, policy: Policy, period: str = "2024-03", as_of: datetime = LATER, lea: str = LEA
) -> dict[str, list[dict[str, Any]]]:
    return Prefiller(home.settings, policy, period, as_of, [lea]).lea(lea).tables


def codes(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(r["org_id"], r["action_code"]) for r in rows]


def test_of_two_files_for_a_month_the_later_stands_table_by_table(home: Home, reporting: Policy):
    home.drop(
        {"cover": cover(), "actions": [action()], "action_status": [status(percent_complete=10)]}, "a.xlsx"
    )
    later = {"cover": cover(), "action_status": [status(percent_complete=60)], "actions": []}
    home.drop(later, "b.xlsx", at=datetime(2024, 2, 5, 13))
    home.night()
    tables = tables_of(home, reporting)
    assert codes(tables["actions"]) == [(SCHOOL, "1.1.1.1")]
    assert [r["percent_complete"] for r in tables["action_status"]] == [60]


def test_a_table_without_one_good_row_supersedes_nothing(home: Home, reporting: Policy):
    home.drop({"cover": cover(), "actions": [action()]}, "a.xlsx")
    home.drop({"cover": cover(), "actions": [action(due_on="soon")]}, "b.xlsx", at=datetime(2024, 2, 5, 13))
    home.night()
    assert codes(tables_of(home, reporting)["actions"]) == [(SCHOOL, "1.1.1.1")]


def test_only_what_was_received_by_then_and_is_of_that_month_or_before_is_filled_in(
    home: Home, reporting: Policy
):
    home.drop({"cover": cover(period="2024-01"), "actions": [action()]}, "a.xlsx")
    march = {"cover": cover(period="2024-02"), "actions": [action(), action(code="1.1.1.2")]}
    home.drop(march, "b.xlsx", at=MARCH)
    home.night(LATER)
    assert len(tables_of(home, reporting, "2024-02")["actions"]) == 2
    assert len(tables_of(home, reporting, "2024-02", MARCH - timedelta(seconds=1))["actions"]) == 1
    assert len(tables_of(home, reporting, "2024-01")["actions"]) == 1


def test_a_file_that_speaks_of_one_school_leaves_the_others_plan_standing(home: Home, reporting: Policy):
    both = [action(), action(SECOND, "1.1.1.1"), action(SECOND, "1.1.1.10"), action(SECOND, "1.1.1.2")]
    home.drop({"cover": cover(), "actions": both}, "a.xlsx")
    home.drop({"cover": cover(period="2024-02"), "actions": [action(code="2.1.1.1")]}, "b.xlsx", at=MARCH)
    home.night(LATER)
    found = codes(tables_of(home, reporting)["actions"])
    assert found == [(SCHOOL, "2.1.1.1"), (SECOND, "1.1.1.1"), (SECOND, "1.1.1.2"), (SECOND, "1.1.1.10")]


def test_the_last_known_status_of_a_planned_action_is_filled_in_and_that_of_a_dropped_one_is_not(
    home: Home, reporting: Policy
):
    all_three = [action(code=f"1.1.1.{n}") for n in (1, 2, 3)]
    first = [status(action_code=f"1.1.1.{n}", percent_complete=10) for n in (1, 2, 3)]
    home.drop({"cover": cover(), "actions": all_three, "action_status": first}, "a.xlsx")
    second = [status(action_code="1.1.1.1", percent_complete=80)]
    changed = {"cover": cover(period="2024-02"), "actions": all_three[:2], "action_status": second}
    home.drop(changed, "b.xlsx", at=MARCH)
    home.night(LATER)
    rows = tables_of(home, reporting)["action_status"]
    assert [(r["action_code"], r["percent_complete"]) for r in rows] == [("1.1.1.1", 80), ("1.1.1.2", 10)]
    assert [r["flex_action"] for r in rows] == ["Do 1.1.1.1", "Do 1.1.1.2"]
    assert {r["flex_due"] for r in rows} == {date(2024, 5, 1)}


def test_a_school_that_moved_is_in_the_workbook_of_its_new_lea_with_the_plan_that_stands(
    home: Home, reporting: Policy, feeds: dict[str, pd.DataFrame]
):
    home.drop({"cover": cover(), "actions": [action(), action(SECOND)]})
    home.night()
    moved = feeds["directory"].loc[lambda d: d["org_id"] == SECOND]
    moved = moved.assign(effective_on=date(2024, 2, 1), lea_id=OTHER_LEA)
    feeds["directory"] = pd.concat([feeds["directory"], moved])
    assert codes(tables_of(home, reporting)["actions"]) == [(SCHOOL, "1.1.1.1")]
    assert codes(tables_of(home, reporting, lea=OTHER_LEA)["actions"]) == [(SECOND, "1.1.1.1")]


def test_the_duties_of_a_designated_school_are_listed_until_somebody_tells_of_them(
    home: Home, reporting: Policy, monkeypatch: pytest.MonkeyPatch
):
    own = pd.DataFrame(
        [("board_update", "CSI", "school"), ("needs_assessment", "CSI", "sea"), ("other", "TSI", "lea")],
        columns=["duty_code", "category", "owed_by"],
    )
    monkeypatch.setattr(prefill_duties, "stated_duties", lambda root, as_of, year: own)
    after_years = PolicyValue("duty_due", "approval_school.CSI=4y,plan=120d", "2017-18", None, "test", True)
    policy = replace(reporting, values=(*reporting.values, after_years))

    def told(table: list[dict[str, Any]]) -> dict[str, date | None]:
        return {r["duty_code"]: r.get("done_on") for r in table if r["org_id"] == SCHOOL}

    listed = told(tables_of(home, policy)["duties"])
    assert {"plan", "approval_lea", "board_update"} <= set(listed) and set(listed.values()) == {None}
    # the state's, by the law or by its own list; of another category; owed only after years
    assert not {"approval_sea", "needs_assessment", "other", "approval_school"} & set(listed)

    done = {"org_id": SCHOOL, "duty_code": "plan", "done_on": date(2023, 11, 1)}
    more = {"org_id": SCHOOL, "duty_code": "approval_lea", "done_on": date(2024, 2, 1)}
    home.drop({"cover": cover(), "duties": [done]}, "a.xlsx")
    home.drop({"cover": cover(period="2024-02"), "duties": [more]}, "b.xlsx", at=MARCH)
    home.night(LATER)
    days = told(tables_of(home, policy)["duties"])
    assert days == dict.fromkeys(listed) | {"plan": date(2023, 11, 1), "approval_lea": date(2024, 2, 1)}


def test_an_lea_that_never_sent_anything_gets_its_designated_schools_and_empty_tables(
    home: Home, reporting: Policy
):
    tables = tables_of(home, reporting)
    filled = [(r["org_id"], r["org_level"]) for r in tables["organizations"]]
    assert filled == [(LEA, "lea"), (SCHOOL, "school")]
    assert tables["cover"] == [{"lea_id": LEA, "period": "2024-03", "template_version": "1"}]
    assert not any(rows for name, rows in tables.items() if name not in ("cover", "organizations", "duties"))


def test_the_notes_name_each_organization_and_say_whose_plan_is_missing(home: Home, reporting: Policy):
    home.drop({"cover": cover(), "organizations": [{"org_id": LEA, "org_level": "lea"}]})
    home.night()
    notes = Prefiller(home.settings, reporting, "2024-03", LATER, [LEA]).lea(LEA).notes
    assert notes[1:] == [
        (LEA, "x", "the plan as sent for 2024-01"),
        (SCHOOL, "x", "CSI: no plan here yet; begin with its row in Organizations"),
    ]


def test_those_who_owe_are_the_obliged_and_who_reported_earlier_in_the_school_year(
    home: Home, reporting: Policy, feeds: dict[str, pd.DataFrame]
):
    home.drop({"cover": cover(OTHER_LEA), "actions": [action(OTHER_SCHOOL)]}, folder=OTHER_LEA)
    home.night()

    def owing(period: str) -> list[str]:
        return Prefiller(home.settings, reporting, period, LATER, None).leas

    assert (owing("2024-01"), owing("2024-02"), owing("2024-08")) == ([LEA], [LEA, OTHER_LEA], [LEA])
    feeds["designations"] = feeds["designations"].assign(category="TSI")
    assert owing("2024-01") == []
    written = write_workbooks(home.settings, reporting, "2024-02", LATER)
    assert list(written) == [OTHER_LEA]


def test_errors_name_the_lea_the_month_and_the_missing_directory(
    home: Home, reporting: Policy, feeds: dict[str, pd.DataFrame]
):
    def write(lea: str, period: str) -> None:
        write_lea_workbook(home.settings, reporting, period, lea, NIGHT)

    for lea in (SCHOOL, "9", "../x"):
        with pytest.raises(ConfigError, match="is not an LEA of the directory"):
            write(lea, "2024-01")
    with pytest.raises(ConfigError, match="'2024-13' is not a month; write it as 2024-01"):
        write(LEA, "2024-13")
    with pytest.raises(
        ConfigError, match="no report is asked for 2023-07; the reporting months of 2023-24 are 2023-08"
    ):
        write(LEA, "2023-07")
    feeds["directory"] = feeds["directory"].iloc[:0]
    with pytest.raises(BadDataError, match="no directory"):
        write(LEA, "2024-01")
    assert not (home.settings.home / "outbox").exists()


@pytest.mark.parametrize(
    ("period", "kinds"),
    [
        ("2023-08", {"application"}),
        ("2023-09", {"quarterly"}),
        ("2023-10", set()),
        ("2023-12", {"quarterly", "semester"}),
        ("2024-03", {"quarterly"}),
        (
            "2024-05",
            {"quarterly", "semester", "annual"},
        ),  # the last reporting month, though not the last month
    ],
)
def test_sheets_are_there_when_they_are_due(reporting: Policy, period: str, kinds: set[str]):
    due = tables_due(reporting, period, applies=True)
    assert {submission_tables()[t].when for t in due} == {"plan", "monthly"} | kinds
    assert not set(tables_due(reporting, period, applies=False)) & {"application_1003", "requests_1003"}


@pytest.mark.parametrize(
    ("when", "period", "first"),
    [
        ("quarterly", "2024-03", "2024-01"), ("quarterly", "2023-12", "2023-10"), ("semester", "2024-05", "2024-01"),
        ("annual", "2024-05", "2023-07"), ("plan", "2024-05", "0000-00"),
    ],
)  # fmt: skip
def test_reports_of_an_earlier_quarter_or_year_are_not_filled_in(
    reporting: Policy, when: str, period: str, first: str
):
    assert first_period_of_span(reporting, period, when) == first


def test_percents_up_to_one_are_written_with_their_sign_as_they_would_be_read_as_fractions():
    percent = submission_tables()["action_status"].field("percent_complete")
    money = submission_tables()["action_status"].field("spent_to_date")
    assert [as_cell(percent, Decimal(v)) for v in ("0.5000", "1.0000", "0.0000", "45.0000")] == [
        "0.5%",
        "1%",
        0,
        45,
    ]
    assert [str(as_cell(money, Decimal(v))) for v in ("0.50", "1000.00", "12.30")] == ["0.5", "1000", "12.3"]


def test_codes_stand_in_the_order_that_people_count():
    assert sorted(["1.10", "1.2", "G10", "G2", "1.1.1"], key=in_order) == [
        "1.1.1",
        "1.2",
        "1.10",
        "G2",
        "G10",
    ]
