"""What shows only when rows and tables are seen together: each rule shown to fire, and not to fire."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from intake_home import SCHOOL, SECOND, Home, cover

from orchestration.intake.references import REFERENCES, Reference
from orchestration.intake.rules import severity

Tables = dict[str, list[dict[str, Any]]]


def plan(org: str = SCHOOL) -> Tables:
    """A small plan in which everything that is named is there."""
    found: Tables = {
        "goals": [{"goal_code": "G1", "statement": "Each student reads."}],
        "measures": [
            {"parent_code": "G1", "measure_no": 1, "indicator": "i", "unit": "percent", "target_y1": "50%"},
            {"parent_code": "1.1", "measure_no": 1, "indicator": "i", "unit": "count", "target_y1": "5"},
        ],
        "needs": [{"item_no": 1, "kind": "weakness", "statement": "s"}],
        "root_causes": [{"chain_no": 1, "why_no": 1, "need_item_no": 1, "cause": "c"}],
        "priorities": [{"priority_no": "1", "area": "Reading"}],
        "strategies": [
            {"strategy_code": f"1.{n}", "if_we": "we", "goal_code": "G1", "practice_codes": "3B"} for n in (1, 2)
        ],
        "milestones": [{"milestone_code": f"1.{n}.1", "description": "d"} for n in (1, 2)],
        "actions": [action(f"1.{n}.1.{k}") for n in (1, 2) for k in (1, 2, 3)],
        "action_status": [
            {"action_code": f"1.{n}.1.{k}", "status": "in_progress"} for n in (1, 2) for k in (1, 2, 3)
        ],
        "milestone_reports": [{"milestone_code": "1.1.1"}],
        "strategy_reports": [{"strategy_code": "1.1"}],
        "measure_results": [
            {"parent_code": "1.1", "measure_no": 1, "school_year": "2023-24", "actual": "4"}
        ],
        "supports": [{"support_no": 1, "strategy_code": "1.1", "description": "d"}],
    }  # fmt: skip
    return {table: [{"org_id": org, **row} for row in rows] for table, rows in found.items()}


def action(code: str, **more: Any) -> dict[str, Any]:
    return {
        "action_code": code,
        "description": "d",
        "start_on": date(2023, 9, 1),
        "due_on": date(2024, 3, 1),
        **more,
    }


def told(home: Home, tables: Tables, name: str = "plan.zip") -> list[tuple[str, str, int, str]]:
    """Rule, table, row and column of everything found in a file of those tables."""
    home.drop({"cover": cover(), **tables}, name)
    assert home.night().refused == 0
    return [(f["rule_id"], f["table_name"], f["source_row"], f["column_name"]) for f in home.findings()]


def rules(home: Home, tables: Tables) -> list[str]:
    return [rule for rule, *_ in told(home, tables)]


NOWHERE: dict[str, Any] = {
    "parent_code": "G9", "goal_code": "G9", "need_item_no": 9, "strategy_code": "9.9", "measure_no": 9,
    "milestone_code": "9.9.9", "action_code": "9.9.9.9",
}  # fmt: skip
references = pytest.mark.parametrize(
    "reference", REFERENCES, ids=lambda r: f"{r.table}.{r.column}-{r.parent}"
)


def astray(reference: Reference) -> Tables:
    """A plan of which one row names what is not there."""
    tables = plan()
    wrong = "9.9" if reference.parent == "strategies" and reference.column == "parent_code" else None
    tables[reference.table][-1][reference.column] = wrong or NOWHERE[reference.column]
    return tables


def test_a_plan_in_which_everything_is_there_has_nothing_to_say(home: Home) -> None:
    assert told(home, plan()) == []


@references
def test_what_is_named_and_not_in_the_file_is_flagged(home: Home, reference: Reference) -> None:
    found = [f for f in told(home, astray(reference)) if f[0] == reference.rule and f[1] == reference.table]
    assert [f[2] for f in found] == [1 + len(plan()[reference.table])]
    assert severity(reference.rule) == "flag"
    (message,) = [
        f["message"]
        for f in home.findings()
        if f["rule_id"] == reference.rule and f["table_name"] == reference.table
    ]
    assert "is not on the sheet" in message and "9" in message


@references
def test_a_file_without_the_table_that_is_named_has_nothing_to_say(home: Home, reference: Reference) -> None:
    tables = astray(reference)
    del tables[reference.parent]
    assert (reference.rule, reference.table) not in [f[:2] for f in told(home, tables)]


def test_a_table_without_a_good_row_is_as_if_it_were_absent(home: Home) -> None:
    tables = {**plan(), "goals": [{"org_id": SCHOOL, "goal_code": "G9", "statement": None}]}
    assert rules(home, tables) == ["value.missing"]


def test_a_row_put_aside_for_another_reason_is_still_there_for_those_that_name_it(home: Home) -> None:
    tables = plan()
    tables["milestones"][0]["description"] = None
    assert rules(home, tables) == ["value.missing"]


def test_where_a_code_could_not_be_read_nobody_is_told_that_it_is_missing(home: Home) -> None:
    tables = plan()
    tables["milestones"][0]["milestone_code"] = "the first"
    assert rules(home, tables) == ["plan_code.unreadable"]


def test_what_is_in_another_schools_plan_is_not_there(home: Home) -> None:
    tables = {"milestones": plan()["milestones"], "actions": plan(SECOND)["actions"][:1]}
    assert told(home, tables) == [("reference.milestone", "actions", 2, "Action")]


def test_files_taken_in_together_are_told_apart(home: Home) -> None:
    home.drop({"cover": cover(), **plan()}, "a.zip")
    home.drop(
        {"cover": cover(), "milestones": plan()["milestones"][:1], "actions": plan()["actions"]}, "b.xlsx"
    )
    home.night()
    assert {(f["file_name"], f["rule_id"]) for f in home.findings()} == {("b.xlsx", "reference.milestone")}


def test_a_refused_file_is_told_only_why_it_is_refused(home: Home) -> None:
    tables = astray(REFERENCES[0])
    home.drop({"cover": cover(period="2030-01"), **tables})
    home.night()
    assert [f["rule_id"] for f in home.findings()] == ["period.not_open"]


# ------------------------------------------------------------------ actions under another milestone


def coded(*codes: str) -> Tables:
    tables = plan()
    tables["milestones"] = [
        {"org_id": SCHOOL, "milestone_code": m, "description": "d"} for m in ("1.1.1", "1.1.2", "1.2.1")
    ]
    tables["actions"] = [{"org_id": SCHOOL, **action(c)} for c in codes]
    del tables["action_status"]
    return tables


@pytest.mark.parametrize(
    ("codes", "row", "meant"),
    [
        # carries on both blocks, of which the one above is named; first; in the middle; last of its block
        (("1.1.1.1", "1.1.2.1", "1.1.2.2", "1.1.1.3", "1.2.1.4", "1.2.1.5"), 5, "1.1.2.3"),
        (("1.1.1.1", "1.1.2.1", "1.1.2.2", "1.1.1.9", "1.2.1.10", "1.2.1.11"), 5, "1.2.1.9"),
        (("1.1.1.1", "1.1.2.1", "1.2.1.1", "1.1.1.2", "1.2.1.3"), 5, "1.2.1.2"),
        (("1.1.1.1", "1.1.2.1", "1.1.2.2", "1.1.1.3", "1.2.1.1"), 5, "1.1.2.3"),
    ],
)
def test_an_action_coded_to_another_milestone_than_it_stands_under_is_flagged(
    home: Home, codes: tuple[str, ...], row: int, meant: str
) -> None:
    found = told(home, coded(*codes))
    assert found == [("action.other_milestone", "actions", row, "Action")]
    assert f"correct its code to {meant}" in home.findings()[0]["message"]


@pytest.mark.parametrize(
    "codes",
    [
        ("1.1.1.1", "1.1.1.2", "1.1.2.1", "1.2.1.1"),  # in order
        ("1.1.1.1", "1.1.1.2", "1.1.2.3", "1.2.1.1"),  # actions that were dropped
        ("1.1.1.1", "1.1.1.2", "1.1.2.1", "1.1.2.2", "1.1.1.3"),  # one added at the end
        ("1.2.1.1", "1.1.1.2", "1.1.2.1", "1.1.1.1", "1.2.1.2", "1.1.2.2", "1.1.1.3"),  # by day, not by code
        ("1.2.1.1", "1.2.1.2", "1.1.1.1", "1.1.1.2", "1.1.2.1"),  # in blocks of another order
    ],
)
def test_another_order_of_actions_is_no_slip(home: Home, codes: tuple[str, ...]) -> None:
    assert told(home, coded(*codes)) == []


# ------------------------------------------------------------------ statuses


def with_status(start_on: Any = date(2023, 9, 1), **row: Any) -> Tables:
    status = {"org_id": SCHOOL, "action_code": "1.1.1.1", "status": "completed", "percent_complete": 100}
    actions = [{"org_id": SCHOOL, **action("1.1.1.1", start_on=start_on)}]
    return {"actions": actions, "action_status": [{**status, "completed_on": date(2024, 1, 20), **row}]}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({}, []),
        ({"percent_complete": None}, []),
        ({"percent_complete": 95}, ["status.percent"]),
        ({"status": "in_progress", "percent_complete": 100, "completed_on": None}, ["status.percent"]),
        ({"status": "not_started", "percent_complete": 5, "completed_on": None}, ["status.percent"]),
        ({"status": "not_started", "percent_complete": 0, "completed_on": None}, []),
        ({"status": "in_progress", "percent_complete": 0, "completed_on": None}, []),  # just begun
        ({"status": "discontinued", "percent_complete": 40, "completed_on": None}, []),
        ({"completed_on": None}, ["status.no_day"]),
        ({"completed_on": "soon"}, ["date.unreadable"]),  # and not that it is missing
        ({"completed_on": date(2024, 2, 5)}, []),  # the day of receipt
        ({"completed_on": date(2024, 2, 6)}, ["status.day_to_come"]),
        ({"completed_on": date(2023, 9, 1)}, []),
        ({"completed_on": date(2023, 8, 31)}, ["status.day_before_start"]),
        ({"completed_on": date(2023, 8, 31), "start_on": None}, []),
        ({"completed_on": date(2023, 8, 31), "action_code": "1.1.1.2"}, ["reference.action"]),
    ],
)
def test_status_percent_and_day_must_agree(home: Home, row: dict[str, Any], found: list[str]) -> None:
    assert rules(home, with_status(**row)) == found


def test_the_day_of_receipt_is_that_of_the_states_own_time(home: Home) -> None:
    tables = {"cover": cover(), **with_status(completed_on=date(2024, 2, 5))}
    home.drop(tables, at=datetime(2024, 2, 6, 1, 0))  # still the 5th in Los Angeles
    home.drop(tables, "again.zip", at=datetime(2024, 2, 5, 7, 59))  # still the 4th
    home.night()
    assert [(f["file_name"], f["rule_id"]) for f in home.findings()] == [("again.zip", "status.day_to_come")]


def test_a_completed_action_without_its_plan_in_the_file_is_held_against_nothing(home: Home) -> None:
    tables = with_status(completed_on=date(2020, 1, 1))
    del tables["actions"]
    assert told(home, tables) == []


# ------------------------------------------------------------------ targets


def with_measure(unit: str | None = "percent", actual: str = "50%", **texts: Any) -> Tables:
    key = {"org_id": SCHOOL, "parent_code": "G1", "measure_no": 1}
    return {
        "measures": [{**key, "indicator": "i", "unit": unit, **texts}],
        "measure_results": [{**key, "school_year": "2023-24", "actual": actual}],
    }


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"baseline": "48%", "target_y1": "At least 55%", "target_y2": "increase by 3 points"}, []),
        ({"target_y3": "Gr 5: 68% Gr 8: 61%", "target_y2": "maintain", "target_y1": "N/A"}, []),
        ({"target_y1": "4% increase"}, [("target.ambiguous", "Target year 1")]),
        ({"target_y1": "4% increase", "unit": None}, [("target.ambiguous", "Target year 1")]),
        ({"target_y1": "4% increase", "unit": "count"}, []),
        ({"target_y2": "much better"}, [("target.not_understood", "Target year 2")]),
        ({"baseline": "4% increase"}, [("target.not_understood", "Baseline")]),
        ({"baseline": 0.48}, [("target.fraction", "Baseline")]),
        ({"baseline": 0.48, "unit": "score"}, []),
        ({"actual": "4% increase"}, [("target.ambiguous", "Actual")]),
        ({"actual": "4% increase", "unit": "count"}, []),
        ({"actual": "better"}, [("target.not_understood", "Actual")]),
        ({"actual": "0.53"}, [("target.fraction", "Actual")]),
    ],
)
def test_figures_of_measures_are_flagged_where_they_are_in_doubt(
    home: Home, row: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert [(rule, column) for rule, _, _, column in told(home, with_measure(**row))] == found


@pytest.mark.parametrize(
    ("value", "said"), [("points", "points added"), ("relative", "per cent of where it starts")]
)
def test_the_message_says_how_the_policy_has_it_read(
    make_home: Callable[[str], Home], value: str, said: str
) -> None:
    home = make_home("home")
    values = [
        replace(v, value=value) if v.parameter == "percent_change_means" else v for v in home.policy.values
    ]
    home.policy = replace(home.policy, values=tuple(values))
    told(home, with_measure(target_y1="4% increase"))
    assert f"it is read as {said}" in home.findings()[0]["message"].replace("\n", " ")


def test_a_policy_that_begins_later_leaves_the_change_unread_and_flagged(home: Home) -> None:
    values = [replace(v, from_year="2030-31") for v in home.policy.values]
    home.policy = replace(home.policy, values=tuple(values))
    assert rules(home, with_measure(target_y1="4% increase")) == ["target.ambiguous"]
    assert "neither: the policy does not say" in home.findings()[0]["message"]


def test_the_text_stands_in_the_lake_as_it_was_written(home: Home) -> None:
    tables = copy.deepcopy(with_measure(target_y1="4% increase", target_y2="much better"))
    told(home, tables)
    (row,) = home.rows("submission__measures")
    assert (row["target_y1"], row["target_y2"]) == ("4% increase", "much better")
