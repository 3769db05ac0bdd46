"""What each criterion of plan quality asks, worked out again from its words (seed plan_criteria).

The numbers of the criteria stand here once more: two targets, two years, four priorities, tier three.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).parents[2] / "seeds"
FUNDS_1003 = {"1003", "section 1003", "1003(a)"}  # of the demonstration state

Row = dict[str, Any]


def seed(name: str) -> list[Row]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


RULES: dict[str, list[str]] = defaultdict(list)
for _row in seed("plan_text_rules"):
    RULES[_row["rule"]].append(_row["pattern"])


def says(rule: str, text: str | None) -> bool:
    return any(re.search(p, (text or "").strip().lower()) for p in RULES[rule])


def told(value: Any) -> bool:
    """Whether a cell says something."""
    text = "" if value is None or value != value else str(value).strip().lower()
    return text not in ("", *RULES["placeholder"])


def plain_cause(text: str | None) -> str:
    return (text or "").strip().lower().rstrip(" .")


def years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


@dataclass
class Plan:
    """One organization's plan in a school year: its rows by table."""

    org_id: str
    school_year: str
    lea_id: str
    org_level: str
    tables: dict[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    @property
    def own(self) -> Row:
        return self["organizations"][0] if self["organizations"] else {}


Item = tuple[str, bool, Row]  # its code, whether it meets the criterion, where it stands
Judge = Callable[[Plan], list[Item]]


def _each(table: str, code: Callable[[Row], str], met: Callable[[Plan, Row], bool]) -> Judge:
    return lambda plan: [(code(r), met(plan, r), r) for r in plan[table]]


def _whole(met: Callable[[Plan], bool]) -> Judge:
    return lambda plan: [("plan", met(plan), plan.own)]


def _goal(met: Callable[[Plan, Row], bool]) -> Judge:
    return _each("goals", lambda r: r["goal_code"], met)


def _measure(met: Callable[[Plan, Row], bool]) -> Judge:
    return _each("measures", lambda r: f"{r['parent_code']} measure {int(r['measure_no'])}", met)


def _strategy(met: Callable[[Plan, Row], bool]) -> Judge:
    return _each("strategies", lambda r: r["strategy_code"], met)


def _priority(met: Callable[[Plan, Row], bool]) -> Judge:
    return _each("priorities", lambda r: r["priority_no"], met)


def _milestone(met: Callable[[Plan, Row], bool]) -> Judge:
    return _each("milestones", lambda r: r["milestone_code"], met)


def _action(met: Callable[[Plan, Row], bool]) -> Judge:
    return _each("actions", lambda r: r["action_code"], met)


def _wanted(wanted: list[str], held: Callable[[Row], str | None]) -> Judge:
    return lambda plan: [(w, w in {held(r) for r in plan["needs"]}, plan.own) for w in wanted]


def _need(kinds: tuple[str, ...], met: Callable[[Plan, Row], bool]) -> Judge:
    return lambda plan: [
        (f"item {int(r['item_no'])}", met(plan, r), r) for r in plan["needs"] if r["kind"] in kinds
    ]


def _few_priorities(plan: Plan) -> list[Item]:
    rows = sorted(plan["priorities"], key=lambda r: r["source_row"])
    return [(r["priority_no"], n < 4, r) for n, r in enumerate(rows)]


def above(code: str, parts: int) -> str:
    return ".".join(code.split(".")[:parts])


def _paid_1003(plan: Plan, strategy: Row) -> bool:
    funds = {f.strip().lower() for f in (strategy["fund_sources"] or "").split(",")}
    funds |= {
        (a["fund_source"] or "").strip().lower()
        for a in plan["actions"]
        if above(a["action_code"], 2) == strategy["strategy_code"]
    }
    return bool(funds & FUNDS_1003)


def _evidence(plan: Plan) -> list[Item]:
    paid = [r for r in plan["strategies"] if _paid_1003(plan, r)]
    return [(r["strategy_code"], r["evidence_tier"] in ("1", "2", "3"), r) for r in paid]


def _coded(plan: Plan) -> list[Item]:
    named = [(r["strategy_code"], bool(r["practice_codes"]), r) for r in plan["strategies"]]
    unnamed: dict[str, Row] = {}
    for action in sorted(plan["actions"], key=lambda r: r["source_row"]):
        unnamed.setdefault(above(action["action_code"], 2), action)
    return named + [(c, False, r) for c, r in unnamed.items() if c not in {n for n, _, _ in named}]


def _two_years(_: Plan, r: Row) -> bool:
    if not r["start_on"] or not r["end_on"]:
        return False
    return bool(r["end_on"] + timedelta(days=1) >= years_later(r["start_on"], 2))


def _resources(_: Plan, r: Row) -> bool:
    budget = r["budget"]
    return budget is not None and budget == budget and (budget == 0 or told(r["fund_source"]))


def _actionable(plan: Plan) -> set[str]:
    return {plain_cause(r["cause"]) for r in plan["root_causes"] if r["is_actionable"]}


JUDGES: dict[str, Judge] = {
    "mission_stated": _whole(lambda p: told(p.own.get("mission"))),
    "plan_dated": _whole(lambda p: bool(p.own.get("plan_date"))),
    "purpose_if_then_and": _whole(
        lambda p: all(says(f"{w}_part", p.own.get("purpose")) for w in ("if", "then", "and"))
    ),
    "goals_stated": _whole(lambda p: len(p["goals"]) >= 1),
    "goals_student_focused": _goal(
        lambda p, r: says("student", r["statement"]) and not says("adult_opening", r["statement"])
    ),
    "goals_without_measures": _goal(lambda p, r: not says("measure_inside", r["statement"])),
    "goals_measured": _goal(lambda p, r: r["goal_code"] in {m["parent_code"] for m in p["measures"]}),
    "measures_described": _measure(lambda p, r: told(r["indicator"]) and told(r["data_source"])),
    "measures_baseline": _measure(lambda p, r: told(r["baseline"])),
    "measures_targets": _measure(lambda p, r: sum(told(r[f"target_y{n}"]) for n in (1, 2, 3)) >= 2),
    "needs_elements": _whole(lambda p: any(r["kind"] == "element" for r in p["needs"])),
    "needs_four_kinds": _wanted(["strength", "weakness", "opportunity", "threat"], lambda r: r["kind"]),
    "needs_four_domains": _wanted(["1", "2", "3", "4"], lambda r: (r["practice_code"] or " ")[0]),
    "needs_evidence": _need(
        ("strength", "weakness", "opportunity", "threat"), lambda p, r: told(r["evidence"])
    ),
    "weaknesses_root_cause": _need(
        ("weakness",), lambda p, r: r["item_no"] in {c["need_item_no"] for c in p["root_causes"]}
    ),
    "priorities_stated": _whole(lambda p: len(p["priorities"]) >= 1),
    "priorities_few": _few_priorities,
    "priorities_root_cause": _priority(lambda p, r: plain_cause(r["root_cause"]) in _actionable(p)),
    "priorities_strategies": _priority(
        lambda p, r: r["priority_no"] in {above(s["strategy_code"], 1) for s in p["strategies"]}
    ),
    "strategies_stated": _whole(lambda p: len(p["strategies"]) >= 1),
    "strategies_if_then_and": _strategy(
        lambda p, r: told(r["if_we"]) and told(r["then_adults"]) and told(r["and_students"])
    ),
    "strategies_coded": _coded,
    "strategies_two_years": _strategy(_two_years),
    "strategies_goal": _strategy(lambda p, r: r["goal_code"] in {g["goal_code"] for g in p["goals"]}),
    "strategies_measured": _strategy(
        lambda p, r: r["strategy_code"] in {m["parent_code"] for m in p["measures"]}
    ),
    "evidence_1003_one": _evidence,
    "evidence_1003_each": _evidence,
    "strategies_milestones": _strategy(
        lambda p, r: r["strategy_code"] in {above(m["milestone_code"], 2) for m in p["milestones"]}
    ),
    "milestones_dated": _milestone(lambda p, r: bool(r["due_on"])),
    "milestones_actions": _milestone(
        lambda p, r: r["milestone_code"] in {above(a["action_code"], 3) for a in p["actions"]}
    ),
    "actions_outputs": _action(lambda p, r: told(r["anticipated_outputs"])),
    "actions_dates": _action(lambda p, r: bool(r["start_on"]) and r["start_on"] <= r["due_on"]),
    "actions_resources": _action(_resources),
    "actions_person": _action(lambda p, r: told(r["person_responsible"])),
    "actions_collaborators": _action(lambda p, r: told(r["collaborators"])),
}
