"""Plans and self-reflections as the simulation never writes them: one fault for each criterion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]


def poor_plan(tables: Tables, orgs: list[str]) -> None:
    """Change the second organization's plan so that most criteria fail in it, some by a single item."""
    org = orgs[1]

    def own(table: str) -> Rows:
        return [r for r in tables[table] if r["org_id"] == org]

    for table in list(tables):  # other months share the rows
        tables[table] = [dict(r) for r in tables[table]]
    own("organizations")[0].update(mission="n/a", plan_date=None)
    next(r for r in tables["organizations"] if r["org_id"] == orgs[0])["purpose"] = "We coach our principals."
    goals = own("goals")
    goals[0]["statement"] = "All teachers will raise scores by 5% in 2025."
    goals[1]["statement"] = "Reading will improve."
    _poor_measures(tables, own("measures"), goals[-1]["goal_code"])
    _poor_needs(tables, own("needs"), own("root_causes"))
    priorities = own("priorities")
    priorities[0]["root_cause"] = priorities[0]["root_cause"].upper().rstrip(".")
    priorities[1]["root_cause"] = "A cause that nobody wrote down"
    tables["priorities"] += [
        {"org_id": org, "priority_no": str(n), "area": "More", "root_cause": None} for n in (5, 6)
    ]
    _poor_strategies(own("strategies"))
    _poor_work(tables, own("milestones"), own("actions"))
    bare = own("strategies")[-1]["strategy_code"]
    tables["milestones"] = [
        m for m in own("milestones") if not m["milestone_code"].startswith(f"{bare}.")
    ] + [m for m in tables["milestones"] if m["org_id"] != org]


def _poor_measures(tables: Tables, measures: Rows, unmeasured: str) -> None:
    first, second, third, last = measures[0], measures[1], measures[2], measures[-1]
    tables["measures"] = [m for m in tables["measures"] if m is not last]
    for row in (first, second, third):
        row.update(target_y1="50%", target_y2="60%", target_y3=None)  # exactly two years
    first.update(data_source=None, baseline="TBD", target_y2=None)
    second.update(target_y1=" to be determined ")
    tables["measures"] = [
        m for m in tables["measures"] if m["org_id"] != first["org_id"] or m["parent_code"] != unmeasured
    ]


def _poor_needs(tables: Tables, needs: Rows, causes: Rows) -> None:
    for row in needs:
        if row["practice_code"] and row["practice_code"][0] in "34":
            row["practice_code"] = None
    needs[0]["evidence"], needs[1]["evidence"] = None, "None"
    gone = [id(r) for r in needs if r["kind"] in ("element", "threat")]
    tables["needs"] = [r for r in tables["needs"] if id(r) not in gone]
    for row in causes:
        row["is_actionable"] = row["chain_no"] != 1


def _poor_strategies(strategies: Rows) -> None:
    begins = date(2023, 8, 1)
    for n, row in enumerate(strategies):
        row.update(start_on=begins, end_on=date(2025, 7, 31) - timedelta(days=n % 2))
        row.update(fund_sources="Title I, section 1003" if n < 2 else "Title I", evidence_tier="34"[n % 2])
    strategies[0]["goal_code"] = "G9"
    strategies[1].update(then_adults="tbd", end_on=None)
    strategies[2]["and_students"] = None


def _poor_work(tables: Tables, milestones: Rows, actions: Rows) -> None:
    milestones[0]["due_on"] = None
    tables["milestones"].append({**milestones[1], "milestone_code": milestones[1]["milestone_code"] + "7"})
    actions[0].update(anticipated_outputs="-", start_on=None, budget=None, person_responsible="TBD")
    actions[1].update(start_on=actions[1]["due_on"] + timedelta(days=1), budget=0, fund_source=None)
    actions[2].update(start_on=actions[2]["due_on"], budget=1, fund_source=None)
    for row in actions[:25]:  # more than are named
        row["collaborators"] = "None"


def actions_alone(tables: Tables, orgs: list[str]) -> None:
    """Leave the third organization nothing of its plan but its actions."""
    for table, rows in tables.items():
        if table in ("cover", "actions", "action_status"):
            continue
        tables[table] = [r for r in rows if r["org_id"] != orgs[2]]


def no_1003_evidence(tables: Tables, orgs: list[str]) -> None:
    """Section 1003 pays strategies of the second organization without evidence, one of them without a row."""
    tables["strategies"] = [
        {**r, "fund_sources": "1003", "evidence_tier": "4"} if r["org_id"] == orgs[1] else r
        for r in tables["strategies"]
        if r["org_id"] != orgs[1] or r["strategy_code"] != "1.1"
    ]
    tables["actions"] = [
        {**r, "collaborators": "The team"} if r["org_id"] == orgs[1] else r for r in tables["actions"]
    ]


def two_respondents_here_and_there(tables: Tables, orgs: list[str]) -> None:
    """Exactly three respondents to the first practice's first element, two to its second, one to another."""
    kept = {"1a1": 3, "1a2": 2, "4c3": 1}
    _reflect_alone(tables, lambda r: r["respondent_no"] <= kept.get(r["element_code"], 99))


def two_respondents_in_all(tables: Tables, orgs: list[str]) -> None:
    """Too few for any figure."""
    _reflect_alone(tables, lambda r: r["respondent_no"] <= 2)


def _reflect_alone(tables: Tables, keep: Callable[[dict[str, Any]], bool]) -> None:
    cover, answers = tables["cover"], [r for r in tables["self_reflection"] if keep(r)]
    tables.clear()
    tables |= {"cover": cover, "self_reflection": answers}
