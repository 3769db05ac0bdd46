"""The tables that are asked less often than monthly, or grow with the year: reports, results, money, law.

Percentages that a school counts itself are mostly what its statuses imply, as whole numbers of its
planned actions (all but discontinued), with some differences, as people's own counts have.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from orchestration.contracts.codesets import load_code_sets
from orchestration.demo.plans import Plan
from orchestration.demo.supports_needed import SupportTruth
from orchestration.demo.truth import YearTruth
from orchestration.demo.words import generator, sample, words
from orchestration.demo.world import Month, Organization

Row = dict[str, Any]

MISCOUNTED = 0.15  # share of self-counted rows in which one figure differs from the statuses
FEW_RESPONDENTS = 0.2  # of LEAs and years: one or two, too few to be shown
APPROVED = (0.97, 0.87)  # of approvals of a plan: done, and with the day of it
UNSUPPORTED = 0.25  # of requests, that may name the evidence tier that §1003 does not pay
UNANSWERED = 0.03  # of a respondent's elements


def _behind(row: Row, due: date, end: date) -> bool:
    return row["status"] == "delayed" or (due <= end and row["status"] != "completed")


def milestone_reports(seed: int, plan: Plan, month: Month, statuses: list[Row]) -> list[Row]:
    """What the school counted for each milestone in a quarter."""
    due = {a["action_code"]: a["due_on"] for a in plan.rows(month.end)["actions"]}
    of: dict[str, list[Row]] = {m["milestone_code"]: [] for m in plan.milestones}
    for row in statuses:
        of[row["action_code"].rpartition(".")[0]].append(row)
    reports = []
    for code, rows in of.items():
        rng = generator(seed, plan.org.org_id, "milestone report", month.period, code)
        planned = [r for r in rows if r["status"] != "discontinued"]
        done = [r for r in planned if r["status"] == "completed"]
        on_time = [r for r in done if r["completed_on"] <= due[r["action_code"]]]
        behind = [r for r in planned if _behind(r, due[r["action_code"]], month.end)]
        trouble = next((r for r in behind if "cause" in r), {})
        report: Row = {"org_id": plan.org.org_id, "milestone_code": code}
        if planned:
            report["actions_completed_pct"] = _counted(len(done), len(planned))
            report["actions_on_time_pct"] = _counted(len(on_time), len(planned))
            report["actions_behind_pct"] = _counted(len(behind), len(planned))
            _miscount(rng, report)
        if done:
            outputs = [r["outputs_finished"] for r in done if "outputs_finished" in r]
            report["outputs_completed"] = "; ".join(outputs) or None
            spent = sum(r.get("spent_to_date", 0) for r in rows)
            report["resources_used"] = f"{spent:.2f} dollars"
        if trouble:
            report["cause_and_adjustment"] = f"{trouble['cause']}. {trouble.get('adjustment', '')}".strip()
        if rng.random() < 0.2:
            report["comments"] = rng.choice(
                ["On track for the spring", "Discussed with the district", "Team asks for more time"]
            )
        reports.append(report)
    return reports


def _counted(part: int, whole: int) -> int:
    return round(100 * part / whole)


def _miscount(rng: random.Random, report: Row) -> None:
    if rng.random() < MISCOUNTED:
        column = rng.choice(["actions_completed_pct", "actions_on_time_pct", "actions_behind_pct"])
        report[column] = min(100, max(0, report[column] + rng.choice([-20, -10, -5, 5, 10, 20])))


def strategy_reports(seed: int, plan: Plan, month: Month, statuses: list[Row]) -> list[Row]:
    """What the school counted for each strategy in a semester."""
    open_in: dict[str, int] = {m["milestone_code"]: 0 for m in plan.milestones}
    for row in statuses:
        if row["status"] not in ("completed", "discontinued"):
            open_in[row["action_code"].rpartition(".")[0]] += 1
    reports = []
    for strategy in plan.strategies:
        rng = generator(seed, plan.org.org_id, "strategy report", month.period, strategy.code)
        own = [m for m in plan.milestones if m["milestone_code"].rpartition(".")[0] == strategy.code]
        done = [m for m in own if open_in[m["milestone_code"]] == 0]
        behind = [m for m in own if open_in[m["milestone_code"]] and m["due_on"] and m["due_on"] <= month.end]
        report: Row = {
            "org_id": plan.org.org_id,
            "strategy_code": strategy.code,
            "milestones_behind": len(behind),
        }
        report["milestones_completed_pct"] = _counted(len(done), len(own)) if own else None
        if rng.random() < MISCOUNTED:
            report["milestones_behind"] = max(0, len(behind) + rng.choice([-1, 1]))
        if behind:
            trouble = rng.choice(words()["delays"])
            report["cause_and_adjustment"] = f"{trouble['cause']}. {trouble['adjustment']}"
        reports.append(report)
    return reports


def supports(plan: Plan, truth: YearTruth, end: date) -> list[Row]:
    """The help asked for by the end of the month, with what came of it by then."""
    return [_support(plan.org.org_id, s, end) for s in truth.supports if s.needed_on <= end]


def _support(org_id: str, s: SupportTruth, end: date) -> Row:
    codes = {"strategy_code": s.strategy, "practice_code": s.practice}
    row: Row = {
        "org_id": org_id,
        "support_no": s.number,
        **{c: codes[c] for c in s.codes},
        "description": s.description,
        "needed_on": s.needed_on,
    }
    if s.provided_on is None or s.provided_on > end:
        return row
    row |= {"provided_on": s.provided_on, "provider": s.provider, "provider_kind": s.provider_kind}
    judged = s.used_from or s.provided_on + timedelta(days=60)
    if judged <= end:
        row["how_used"] = s.how_used if s.used_from else words()["uses"][-1]
        if s.said:
            row["effectiveness"] = s.said
    return row


def expenditures(plan: Plan, statuses: list[Row]) -> list[Row]:
    """Dollars spent by fund: what the actions spent."""
    fund_of = {a.code: a.fund for a in plan.actions}
    spent = dict.fromkeys(sorted(set(fund_of.values())), 0.0)
    for row in statuses:
        spent[fund_of[row["action_code"]]] += row.get("spent_to_date", 0.0)
    return [
        {"org_id": plan.org.org_id, "fund_source": f, "spent_to_date": round(v, 2)} for f, v in spent.items()
    ]


def self_reflection(seed: int, lea_id: str, school_year: str) -> tuple[list[Row], list[Row]]:
    """The LEA's own reading of the 37 elements, by several respondents or too few, and its notes by domain."""
    rng = generator(seed, lea_id, "self-reflection", school_year)
    lasting = generator(seed, lea_id, "self-reflection")  # what it thinks of itself stays, and moves a little
    elements, practices = load_code_sets()["self_reflection_elements"].codes, words()["practices"]
    level = {e: lasting.choices([1, 2, 3, 4], [2, 4, 3, 1])[0] for e in elements}
    shift = {e: rng.choices([-1, 0, 1], [0.12, 0.7, 0.18])[0] for e in elements}
    respondents = rng.randint(1, 2) if rng.random() < FEW_RESPONDENTS else rng.randint(3, 6)
    rows = [
        {
            "org_id": lea_id,
            "respondent_no": n,
            "element_code": e,
            "level": min(4, max(1, level[e] + shift[e] + rng.choice([-1, 0, 0, 0, 1]))),
            "evidence": rng.choice(words()["evidence"]) if rng.random() < 0.3 else None,
        }
        for n in range(1, respondents + 1)
        for e in elements
        if rng.random() >= UNANSWERED
    ]
    notes = []
    for domain in load_code_sets()["domains"].codes:
        own = [p for p in practices if p.startswith(domain)]
        strong, weak = sample(rng, own, 2)
        notes.append(
            {
                "org_id": lea_id,
                "domain_code": domain,
                "strengths": practices[strong]["strength"],
                "weaknesses": practices[weak]["weakness"],
            }
        )
    return rows, notes


def duties(seed: int, org: Organization, month: Month, first_day: date) -> list[Row]:
    """What the law asks of a designated organization, with the days on which it was done."""
    rng = generator(seed, org.org_id, "duties", month.school_year)
    rows = []
    for n, (code, evidence) in enumerate(words()["duties"].items()):
        done = first_day + timedelta(days=30 * n + rng.randint(5, 60))
        done_share, approved_share = APPROVED if code.startswith("approval") else (0.9, 0.85)
        is_done, is_approved = rng.random() < done_share, rng.random() < approved_share
        wait = rng.randint(5, 40)
        row: Row = {"org_id": org.org_id, "duty_code": code}
        if is_done and done <= month.end:
            row |= {"done_on": done, "evidence": evidence}
            if is_approved and done + timedelta(days=wait) <= month.end:
                row |= {
                    "approved_on": done + timedelta(days=wait),
                    "approved_by": rng.choice(words()["roles"]),
                }
        rows.append(row)
    return rows


# the box that an LEA leaves open in its first application, by the remainder of its number
FORGOTTEN = {
    0: "csi_plans",
    1: "partner_review",
    2: "monitoring",
    3: "flexibility",
    4: "alignment",
    6: "state_local_funds",
    10: "tsi_support",
}
REMAINDER_OF = 12


def application(
    seed: int, lea_id: str, schools: list[Organization], school_year: str, is_first: bool
) -> tuple[list[Row], list[Row]]:
    """The LEA's application for §1003 funds of a school year and its request for each of the schools.

    In its first one an LEA may leave a box open; later it knows better.
    """
    number = int("".join(c for c in lea_id if c.isdigit()).rstrip("0") or 0)
    forgotten = FORGOTTEN.get(number % REMAINDER_OF) if is_first else None
    row: Row = {"org_id": lea_id, "school_year": school_year}
    row |= {f"assures_{a}": a != forgotten for a in sorted(FORGOTTEN.values())}
    row["narrative"] = "We will monitor each school every month and match supports to what it reports."
    requests = []
    for school in schools:
        own = generator(seed, school.org_id, "request", school_year)
        least, most = (50_000, 500_001) if school.category == "CSI" else (20_000, 120_001)
        tiers = "1234" if own.random() < UNSUPPORTED else "123"
        requests.append(
            {
                "org_id": school.org_id,
                "amount": own.randrange(least, most, 2_500),
                "years": own.choice([2, 3, 3, 4]),
                "has_planning_year": own.random() < 0.2,
                "strategy_types": ", ".join(sample(own, words()["strategy_types"], 2)),
                "evidence_tiers": ", ".join(sorted(sample(own, tiers, own.randint(1, 2)))),
            }
        )
    return [row], requests
