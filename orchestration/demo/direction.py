"""The part of a plan that stays for its two or three years: goals, measures, needs, causes, strategies."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from orchestration.demo.words import sample, weighted, words
from orchestration.demo.world import Organization
from orchestration.school_year import school_year_from_start

Row = dict[str, Any]

GOALS = {2: 0.15, 3: 0.70, 4: 0.15}
STRATEGIES = {5: 0.10, 6: 0.20, 7: 0.40, 8: 0.20, 9: 0.10}
PRIORITIES = {3: 0.4, 4: 0.6}
GENERAL_FUNDS = ["Title I", "General fund", "Title II"]


@dataclass(frozen=True)
class Strategy:
    """A strategy with what later draws need of it."""

    code: str
    practices: tuple[str, ...]
    funds: tuple[str, ...]


def direction(
    rng: random.Random, org: Organization, began: int, length: int, first_day: date, last_day: date
) -> tuple[dict[str, list[Row]], list[Strategy]]:
    """Rows of goals, measures, needs, root causes, priorities and strategies; and the strategies.

    Args:
        began: calendar year in which the plan's first school year begins.
        length: school years of the plan.
    """
    goals, measures = _goals(rng, org.org_id, began, length)
    chosen = sample(rng, list(words()["practices"]), weighted(rng, PRIORITIES))
    needs, causes = _needs(rng, org.org_id, chosen)
    strategies, strategy_rows = _strategies(rng, org, chosen, goals, first_day, last_day)
    for strategy, row in zip(strategies, strategy_rows, strict=True):
        measures += _strategy_measures(rng, org.org_id, strategy.code, row.pop("_kind"), began, length)
    fixed = {
        "goals": goals,
        "measures": measures,
        "needs": needs,
        "root_causes": causes,
        "priorities": [
            {
                "org_id": org.org_id,
                "priority_no": str(n),
                "area": words()["practices"][p]["area"],
                "root_cause": words()["practices"][p]["whys"][-1],
            }
            for n, p in enumerate(chosen, 1)
        ],
        "strategies": strategy_rows,
    }
    return fixed, strategies


def _goals(rng: random.Random, org_id: str, began: int, length: int) -> tuple[list[Row], list[Row]]:
    goals, measures = [], []
    for n, goal in enumerate(sample(rng, words()["goals"], weighted(rng, GOALS)), 1):
        code = f"G{n}"
        goals.append(
            {
                "org_id": org_id,
                "goal_code": code,
                "statement": goal["statement"],
                "explanation": goal["explanation"],
            }
        )
        for no, kind in enumerate(sample(rng, goal["measures"], rng.choice([1, 1, 2])), 1):
            measures.append(_measure(rng, org_id, code, no, kind, began, length))
    return goals, measures


def _measure(
    rng: random.Random, org_id: str, parent: str, no: int, kind: dict[str, Any], began: int, length: int
) -> Row:
    baseline = rng.randint(*kind["base"])
    targets, target = [], baseline
    for _ in range(length):
        step = rng.randint(*kind["gain"])
        target = target + step if kind["direction"] == "higher" else max(target - step, 1)
        targets.append(min(target, 98) if kind["unit"] == "percent" else target)
    sign = "%" if kind["unit"] == "percent" else ""
    bound = rng.choice(["At least ", ""]) if kind["direction"] == "higher" else rng.choice(["At most ", ""])
    row = {
        "org_id": org_id,
        "parent_code": parent,
        "measure_no": no,
        "indicator": kind["indicator"],
        "data_source": kind["source"],
        "unit": kind["unit"],
        "direction": kind["direction"],
        "baseline_year": school_year_from_start(began - 1),
        "baseline": f"{baseline}{sign}",
    }
    return row | {f"target_y{n}": f"{bound}{t}{sign}" for n, t in enumerate(targets, 1)}


def _strategy_measures(
    rng: random.Random, org_id: str, code: str, kind: dict[str, Any], began: int, length: int
) -> list[Row]:
    adult = {
        "indicator": kind["measure"],
        "source": kind["source"],
        "unit": "percent",
        "direction": "higher",
        "base": [8, 45],
        "gain": [10, 22],
    }
    return [_measure(rng, org_id, code, 1, adult, began, length)]


def _needs(rng: random.Random, org_id: str, chosen: list[str]) -> tuple[list[Row], list[Row]]:
    practices, evidence = words()["practices"], words()["evidence"]
    others = [p for p in practices if p not in chosen]
    items: list[tuple[str, str, str | None]] = [("weakness", practices[p]["weakness"], p) for p in chosen]
    items += [("strength", practices[p]["strength"], p) for p in sample(rng, others, 2)]
    items += [("opportunity", rng.choice(words()["opportunities"]), None)]
    items += [("threat", rng.choice(words()["threats"]), None)]
    items += [("element", practices[p]["area"], p) for p in sample(rng, others, rng.randint(1, 3))]
    needs = [
        {
            "org_id": org_id,
            "item_no": n,
            "kind": kind,
            "statement": statement,
            "evidence": rng.choice(evidence),
            "practice_code": practice,
        }
        for n, (kind, statement, practice) in enumerate(items, 1)
    ]
    causes = []
    for chain, practice in enumerate(sample(rng, chosen, rng.randint(2, 3)), 1):
        whys = practices[practice]["whys"]
        for why, cause in enumerate(whys, 1):
            causes.append(
                {
                    "org_id": org_id,
                    "chain_no": chain,
                    "why_no": why,
                    "need_item_no": chosen.index(practice) + 1,
                    "cause": cause,
                    "category": rng.choice(words()["fishbone"]),
                    "is_actionable": why == len(whys) or rng.random() < 0.4,
                    "evidence": rng.choice(evidence),
                }
            )
    return needs, causes


def _strategies(
    rng: random.Random,
    org: Organization,
    chosen: list[str],
    goals: list[Row],
    first_day: date,
    last_day: date,
) -> tuple[list[Strategy], list[Row]]:
    practices = words()["practices"]
    total = max(weighted(rng, STRATEGIES), len(chosen))
    number_in = [total // len(chosen) + (n < total % len(chosen)) for n in range(len(chosen))]
    strategies, rows = [], []
    for n, (main, how_many) in enumerate(zip(chosen, number_in, strict=True), 1):
        neighbours = [p for p in practices if p != main and p[0] == main[0]]
        kinds = [(main, kind) for kind in practices[main]["strategies"]] + [
            (neighbours[0], practices[neighbours[0]]["strategies"][0])
        ]
        for k, (practice, kind) in enumerate(kinds[:how_many], 1):
            also = sample(
                rng, [p for p in practices if p != practice], weighted(rng, {0: 0.62, 1: 0.33, 2: 0.05})
            )
            codes = tuple([practice, *also])
            goal = rng.choice(goals)
            funds = tuple(
                sample(rng, [*(["1003"] if org.category == "CSI" else []), *GENERAL_FUNDS], rng.randint(1, 2))
            )
            strategies.append(Strategy(f"{n}.{k}", codes, funds))
            rows.append(
                {
                    "org_id": org.org_id,
                    "strategy_code": f"{n}.{k}",
                    "if_we": kind["if"],
                    "then_adults": kind["then"],
                    "and_students": f"and {goal['statement'][0].lower()}{goal['statement'][1:]}",
                    "goal_code": goal["goal_code"],
                    "practice_codes": ", ".join(codes),
                    "evidence_tier": weighted(rng, {"1": 0.15, "2": 0.3, "3": 0.3, "4": 0.25}),
                    "fund_sources": ", ".join(funds),
                    "start_on": first_day,
                    "end_on": last_day,
                    "_kind": kind,
                }
            )
    return strategies, rows
