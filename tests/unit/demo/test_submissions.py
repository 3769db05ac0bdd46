"""The files of an LEA: what each month holds, and that its rows are right."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from demo_checks import SEED, contract_problems

from orchestration.demo.leas import reporting_leas
from orchestration.demo.submissions import MONTHLY, Submission, lea_submissions
from orchestration.demo.words import words
from orchestration.demo.world import World
from orchestration.policy import Policy
from orchestration.school_year import period_end


def test_every_row_of_every_file_follows_its_contract(submissions: list[Submission]):
    assert [p for s in submissions for p in contract_problems(s.tables)] == []


def test_every_file_speaks_for_its_lea_its_month_and_its_own_schools(submissions: list[Submission]):
    for s in submissions:
        assert [(c["lea_id"], c["period"]) for c in s.tables["cover"]] == [(s.lea_id, s.period)]
        assert s.tables["cover"][0]["prepared_on"] <= s.received_at.date()
        ids = {r["org_id"] for t, rows in s.tables.items() if t != "cover" for r in rows}
        assert {i[:4] for i in ids} == {s.lea_id[:4]}
        assert {r["org_id"] for r in s.tables["organizations"]} == ids


@pytest.mark.parametrize(
    ("table", "months"),
    [
        ("milestone_reports", {"2023-09", "2023-12", "2024-03", "2024-05"}),  # June is no reporting month
        ("strategy_reports", {"2023-12", "2024-05"}),
        ("measure_results", {"2024-05"}),
        ("self_reflection", {"2024-05"}),
        ("self_reflection_notes", {"2024-05"}),
        ("application_1003", {"2023-08", "2024-05"}),
        ("requests_1003", {"2023-08", "2024-05"}),
    ],
)
def test_what_is_not_monthly_comes_in_its_months_only(
    submissions: list[Submission], table: str, months: set[str]
):
    assert {s.period for s in submissions if table in s.tables} == months


def test_monthly_tables_come_every_month(submissions: list[Submission]):
    assert all(set(MONTHLY) <= set(s.tables) for s in submissions)


def test_only_leas_with_csi_schools_apply_and_for_those_schools(submissions: list[Submission]):
    first = [s for s in submissions if s.period == "2023-08"]
    asking = [s for s in first if "application_1003" in s.tables]
    assert 0 < len(asking) < len(first)
    assert all(s.tables["requests_1003"] for s in asking)


def test_self_counted_shares_are_mostly_what_the_statuses_imply(submissions: list[Submission]):
    agree: Counter[bool] = Counter()
    for s in submissions:
        if s.outdated or s.silent or "milestone_reports" not in s.tables:
            continue
        done: dict[tuple[str, str], list[bool]] = {}
        for r in s.tables["action_status"]:
            if r["status"] != "discontinued":
                key = (r["org_id"], r["action_code"].rpartition(".")[0])
                done.setdefault(key, []).append(r["status"] == "completed")
        for r in s.tables["milestone_reports"]:
            counted = done.get((r["org_id"], r["milestone_code"]))
            if counted:
                agree[r["actions_completed_pct"] == round(100 * sum(counted) / len(counted))] += 1
    assert 0.90 < agree[True] / agree.total() < 0.99


def test_a_silent_organization_sends_its_plan_without_statuses(submissions: list[Submission]):
    silent = [(s, org) for s in submissions for org in s.silent]
    assert silent
    for s, org in silent:
        assert org in {r["org_id"] for r in s.tables["actions"]}
        assert org not in {r["org_id"] for r in s.tables["action_status"]}


def test_a_correction_holds_what_was_true_at_the_end_of_the_month(submissions: list[Submission]):
    corrections = [s for s in submissions if s.kind == "correction"]
    assert corrections
    changed = 0
    for s in corrections:
        first = next(
            r for r in submissions if (r.lea_id, r.period, r.name) == (s.lea_id, s.period, s.supersedes)
        )
        for table in ("organizations", "strategies", "milestones", "actions", "supports"):
            assert s.tables[table] == first.tables[table]
        changed += s.tables["action_status"] != first.tables["action_status"]
    assert changed


def test_spending_by_fund_never_falls(submissions: list[Submission]):
    spent: dict[tuple[str, str], float] = {}
    for s in sorted(submissions, key=lambda s: (s.period, s.kind == "correction")):
        if s.outdated:
            continue
        for r in s.tables["expenditures"]:
            key = (r["org_id"], r["fund_source"])
            assert r["spent_to_date"] >= spent.get(key, 0.0)
            spent[key] = r["spent_to_date"]


def test_supports_keep_their_numbers_and_name_nothing_of_the_future(submissions: list[Submission]):
    known: dict[tuple[str, int], object] = {}
    for s in sorted(submissions, key=lambda s: s.period):
        for r in s.tables["supports"]:
            assert r["needed_on"] <= period_end(s.period)
            assert r.get("provided_on", r["needed_on"]) <= period_end(s.period)
            assert known.setdefault((r["org_id"], r["support_no"]), r["needed_on"]) == r["needed_on"]
    assert known


def test_duties_are_told_of_designated_schools_by_what_their_designation_asks(submissions: list[Submission]):
    asked = words()["duties"]
    told: dict[tuple[str, str], set[date | None]] = defaultdict(set)
    for s in submissions:
        for row in s.tables.get("duties", []):
            told[(row["org_id"], row["duty_code"])].add(row.get("done_on"))
    days = {len(found - {None}) for (_, code), found in told.items() if asked[code]["owed"] != "month"}
    assert max(len(found) for (_, code), found in told.items() if asked[code]["owed"] == "month") > 5
    assert days <= {0, 1, 2, 3, 4} and {0, 1} <= days
    once = [found for (_, code), found in told.items() if asked[code]["owed"] == "once"]
    assert all(len(found - {None}) <= 1 for found in once)  # the same day in every file
    own = {code for code, duty in asked.items() if duty.get("own")}
    assert own and own <= {code for _, code in told}
    years = {d.year for found in once for d in found if d}
    assert years >= {2022, 2023}  # schools identified the year before did theirs then


def test_a_state_without_duties_of_its_own_is_told_of_the_laws_alone(
    policy: Policy, organizations: pd.DataFrame, designations: dict[str, pd.DataFrame]
):
    leas = reporting_leas(organizations, {"2023-24": designations["2023-24"]})
    own = {code for code, duty in words()["duties"].items() if duty.get("own")}

    def told(of: Policy) -> set[str]:
        world = World.of(of, SEED, ["2023-09", "2023-10"])
        sent = [s for lea in leas for s in lea_submissions(world, lea)]
        return {row["duty_code"] for s in sent for row in s.tables.get("duties", [])}

    without = replace(policy, values=tuple(v for v in policy.values if v.parameter != "own_duty_codes"))
    assert told(policy) - told(without) == own
    assert told(without)
