"""Plans are of the published example's size, follow the contracts, and hold together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from statistics import mean, stdev
from typing import Any

import pytest
from demo_checks import contract_problems

from orchestration.demo.plans import Plan, make_plan
from orchestration.demo.world import Organization


def plan_of(n: int, school_year: str = "2023-24", level: str = "school") -> Plan:
    org = Organization(f"0101{n:04d}", level, "01010000", "A school", "CSI", "low_performance")
    return make_plan(3, org, school_year, 7)


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return [plan_of(n) for n in range(400)]


@pytest.mark.parametrize(
    ("table", "published"), [("goals", 3), ("strategies", 7), ("milestones", 14), ("actions", 53)]
)
def test_plans_have_the_size_of_the_published_example_with_spread(
    plans: list[Plan], table: str, published: int
):
    counts = [len(p.rows(date(2023, 8, 31))[table]) for p in plans]
    assert mean(counts) == pytest.approx(published, rel=0.1)
    assert stdev(counts) > 0


def test_every_row_of_a_plan_follows_its_contract_before_and_after_an_update(plans: list[Plan]):
    for plan in plans[:80]:
        assert contract_problems(plan.rows(date(2023, 8, 31))) == []
        assert contract_problems(plan.rows(date(2024, 6, 30))) == []


def test_codes_refer_to_what_the_plan_holds(plans: list[Plan]):
    for plan in plans:
        rows = plan.rows(date(2024, 6, 30))
        key_of = {
            "goals": "goal_code",
            "priorities": "priority_no",
            "strategies": "strategy_code",
            "milestones": "milestone_code",
        }
        codes = {table: {r[key] for r in rows[table]} for table, key in key_of.items()}
        assert {r["action_code"].rpartition(".")[0] for r in rows["actions"]} == codes["milestones"]
        assert {r["milestone_code"].rpartition(".")[0] for r in rows["milestones"]} <= codes["strategies"]
        assert {r["strategy_code"].partition(".")[0] for r in rows["strategies"]} == codes["priorities"]
        assert {r["goal_code"] for r in rows["strategies"]} <= {*codes["goals"], None}
        measured = {r["parent_code"] for r in rows["measures"]}
        assert measured <= codes["goals"] | codes["strategies"]
        assert len(codes["goals"] - measured) <= 1
        assert {r["need_item_no"] for r in rows["root_causes"]} <= {r["item_no"] for r in rows["needs"]}
        assert 3 <= len(rows["priorities"]) <= 5


def test_days_are_in_order_and_inside_the_school_year(plans: list[Plan]):
    for plan in plans:
        rows = plan.rows(date(2024, 6, 30))
        due = {r["milestone_code"]: r["due_on"] for r in rows["milestones"]}
        for action in plan.actions:
            assert date(2023, 8, 1) <= action.start <= action.due <= date(2024, 5, 31)
            assert due[action.milestone] is None or action.due <= due[action.milestone]
        for strategy in rows["strategies"]:
            assert strategy["start_on"] <= date(2023, 8, 1)
            assert strategy["if_we"].startswith("If ")
            assert (strategy["then_adults"] or "then ").startswith("then ")
            assert (strategy["and_students"] or "and each student").startswith("and each student")


LAPSES: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "a measure without baseline": ("measures", lambda r: "baseline" not in r),
    "a measure without source": ("measures", lambda r: r["data_source"] is None),
    "a measure with a target for one year only": ("measures", lambda r: "target_y2" not in r),
    "a strategy without its then": ("strategies", lambda r: r["then_adults"] is None),
    "a strategy for less than two years": (
        "strategies",
        lambda r: r["end_on"] is not None and (r["end_on"] - r["start_on"]).days < 729,
    ),
    "a strategy without evidence tier": ("strategies", lambda r: r["evidence_tier"] is None),
    "a strategy that names no goal": ("strategies", lambda r: r["goal_code"] is None),
    "a number inside a goal": ("goals", lambda r: any(c.isdigit() for c in r["statement"])),
    "a fifth priority": ("priorities", lambda r: r["priority_no"] == "5"),
    "a priority without root cause": ("priorities", lambda r: r["root_cause"] is None),
    "a need without evidence": ("needs", lambda r: r["evidence"] is None),
    "a milestone without day": ("milestones", lambda r: r["due_on"] is None),
    "an action without output": ("actions", lambda r: "anticipated_outputs" not in r),
    "an action without anybody responsible": ("actions", lambda r: "person_responsible" not in r),
}


@pytest.mark.parametrize("lapse", LAPSES)
def test_some_plans_miss_what_a_plan_should_have_and_most_do_not(plans: list[Plan], lapse: str):
    table, misses = LAPSES[lapse]
    missing = [any(misses(r) for r in p.rows(date(2023, 8, 31))[table]) for p in plans]
    assert 0.005 < mean(missing) < 0.45


def test_some_plans_have_no_lapse_at_all(plans: list[Plan]):
    lapses = [
        any(misses(r) for t, misses in LAPSES.values() for r in p.rows(date(2023, 8, 31))[t]) for p in plans
    ]
    assert 0.25 < mean(not x for x in lapses) < 0.6


Rows = dict[str, list[dict[str, Any]]]


def _measured(rows: Rows) -> set[str]:
    return {m["parent_code"] for m in rows["measures"]}


def _answered(rows: Rows) -> bool:
    actionable = {r["cause"] for r in rows["root_causes"] if r["is_actionable"]}
    return all(r["root_cause"] in actionable for r in rows["priorities"])


WHOLE: dict[str, tuple[Callable[[Rows], bool], float, float]] = {
    "a goal about adults": (lambda p: any("student" not in g["statement"] for g in p["goals"]), 0.01, 0.15),
    "a goal without measure": (
        lambda p: not {g["goal_code"] for g in p["goals"]} <= _measured(p),
        0.01,
        0.15,
    ),
    "no threat": (lambda p: all(n["kind"] != "threat" for n in p["needs"]), 0.01, 0.15),
    "no element covered": (lambda p: all(n["kind"] != "element" for n in p["needs"]), 0.01, 0.15),
    "a measure without direction": (lambda p: any(m["direction"] is None for m in p["measures"]), 0.05, 0.25),
    "no mission": (lambda p: p["organizations"][0]["mission"] is None, 0.01, 0.15),
    "no date": (lambda p: p["organizations"][0]["plan_date"] is None, 0.01, 0.15),
    "every action names who takes part": (
        lambda p: all(a.get("collaborators") for a in p["actions"]),
        0.2,
        0.6,
    ),
    "every priority answers an actionable cause": (_answered, 0.2, 0.7),
    "every weakness is asked why of": (
        lambda p: (
            {str(n["item_no"]) for n in p["needs"] if n["kind"] == "weakness"}
            <= {str(c["need_item_no"]) for c in p["root_causes"]}
        ),
        0.4,
        0.8,
    ),
}


@pytest.mark.parametrize("fact", WHOLE)
def test_plans_as_a_whole_differ_in_what_they_have(plans: list[Plan], fact: str):
    holds, least, most = WHOLE[fact]
    assert least < mean(holds(p.rows(date(2023, 8, 31))) for p in plans) < most


def test_some_chains_of_whys_end_in_nothing_that_can_be_acted_on(plans: list[Plan]):
    chains: dict[tuple[str, int], bool] = {}
    for row in (r for p in plans for r in p.fixed["root_causes"]):
        key = row["org_id"], row["chain_no"]
        chains[key] = chains.get(key, False) or row["is_actionable"]
    assert 0.02 < mean(not actionable for actionable in chains.values()) < 0.3


def test_strategies_are_coded_to_one_or_more_practices(plans: list[Plan]):
    numbers = [len(r["practice_codes"].split(", ")) for p in plans for r in p.fixed["strategies"]]
    assert set(numbers) == {1, 2, 3}
    assert mean(n == 1 for n in numbers) > 0.5


def test_a_later_year_keeps_the_strategies_and_numbers_its_milestones_on():
    later = [p for p in map(plan_of, range(60)) if p.year_of_plan > 0]
    assert later
    for plan in later:
        before = make_plan(3, plan.org, "2022-23", 7)
        assert before.fixed == plan.fixed
        codes = [{m["milestone_code"] for m in p.milestones} for p in (before, plan)]
        assert codes[0].isdisjoint(codes[1])


def test_some_plans_change_in_the_middle_of_the_year(plans: list[Plan]):
    changed = [p for p in plans if p.update_on]
    assert 0.05 < len(changed) / len(plans) < 0.3
    for plan in changed:
        before, after = plan.rows(date(2023, 8, 31)), plan.rows(date(2024, 6, 30))
        assert "update_date" not in before["organizations"][0]
        assert after["organizations"][0]["update_date"] == plan.update_on
        assert len(after["actions"]) == len(before["actions"]) + 1
        assert before["strategies"] == after["strategies"]
