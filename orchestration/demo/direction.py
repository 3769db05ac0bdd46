"""The part of a plan that stays for its two or three years: goals, measures, needs, causes, strategies."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from orchestration.demo.gaps import ask_why_of_all
from orchestration.demo.lapses import Lapses
from orchestration.demo.words import generator, sample, weighted, words
from orchestration.demo.world import Organization
from orchestration.school_year import school_year_from_start

Row = dict[str, Any]

GOALS = {2: 0.15, 3: 0.70, 4: 0.15}
STRATEGIES = {5: 0.10, 6: 0.20, 7: 0.40, 8: 0.20, 9: 0.10}
PRIORITIES = {3: 0.4, 4: 0.6}
FIVE_PRIORITIES = 5  # one more than Tool A allows
ADULTS = {"unit": "percent", "direction": "higher", "base": [8, 45], "gain": [10, 22]}
GENERAL_FUNDS = ["Title I", "General fund", "Title II"]
SHORT_DAYS = 540  # of a strategy that is planned for less than two years
AS_CHANGE, IN_TENTHS = 0.07, 0.25  # share of measures whose targets are written as changes; with a decimal


@dataclass(frozen=True)
class Strategy:
    """A strategy with what later draws need of it."""

    code: str
    practices: tuple[str, ...]
    funds: tuple[str, ...]
    goal: str  # that it truly serves, whether the plan names it or not


@dataclass(frozen=True)
class Aim:
    """What a measure truly starts from and aims at, whatever the plan leaves out.

    Args:
        targets: of the plan's years, in order.
        is_higher_better: whether a higher figure is better.
        decimals: with how many its results are written.
    """

    baseline: float
    targets: tuple[float, ...]
    is_higher_better: bool
    is_percent: bool
    decimals: int


def direction(
    seed: int,
    rng: random.Random,
    org: Organization,
    began: int,
    length: int,
    first_day: date,
    last_day: date,
) -> tuple[dict[str, list[Row]], list[Strategy], dict[tuple[str, int], Aim]]:
    """Rows of goals, measures, needs, root causes, priorities and strategies; the strategies; and the aims.

    Args:
        began: calendar year in which the plan's first school year begins.
        length: school years of the plan.
    """
    lapses = Lapses(generator(seed, org.org_id, "lapses of the plan", began), seed, org.org_id)
    aims: dict[tuple[str, int], Aim] = {}
    goals, measures = _goals(rng, org.org_id, began, length, lapses, aims)
    how_many = FIVE_PRIORITIES if lapses.happens(0.5) else weighted(rng, PRIORITIES)
    chosen = sample(rng, list(words()["practices"]), how_many)
    needs, causes = _needs(rng, org.org_id, chosen, lapses)
    causes += ask_why_of_all(seed, org.org_id, began, chosen, causes)
    strategies, strategy_rows = _strategies(rng, org, chosen, goals, first_day, last_day, lapses)
    for strategy, row in zip(strategies, strategy_rows, strict=True):
        kind = row.pop("_kind")
        if not lapses.happens():  # else nobody measures what adults do
            adult = {**ADULTS, "indicator": kind["measure"], "source": kind["source"]}
            measures.append(_measure(rng, org.org_id, strategy.code, 1, adult, began, length, lapses, aims))
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
                "root_cause": None if lapses.happens() else words()["practices"][p]["whys"][-1],
            }
            for n, p in enumerate(chosen, 1)
        ],
        "strategies": strategy_rows,
    }
    return fixed, strategies, aims


def _goals(
    rng: random.Random,
    org_id: str,
    began: int,
    length: int,
    lapses: Lapses,
    aims: dict[tuple[str, int], Aim],
) -> tuple[list[Row], list[Row]]:
    goals, measures = [], []
    for n, goal in enumerate(sample(rng, words()["goals"], weighted(rng, GOALS)), 1):
        code = f"G{n}"
        statement = goal["statement"]
        if lapses.happens():  # a measure inside the goal
            statement = f"{statement.rstrip('.')}, {rng.choice([60, 75, 80])}% of them by June {began + 2}."
        goals.append(
            {
                "org_id": org_id,
                "goal_code": code,
                "statement": statement,
                "explanation": None if lapses.happens() else goal["explanation"],
            }
        )
        for no, kind in enumerate(sample(rng, goal["measures"], rng.choice([1, 1, 2])), 1):
            measures.append(_measure(rng, org_id, code, no, kind, began, length, lapses, aims))
    return goals, measures


def _measure(
    rng: random.Random,
    org_id: str,
    parent: str,
    no: int,
    kind: dict[str, Any],
    began: int,
    length: int,
    lapses: Lapses,
    aims: dict[tuple[str, int], Aim],
) -> Row:
    baseline = rng.randint(*kind["base"])
    targets, target = [], baseline
    is_higher, is_percent = kind["direction"] == "higher", kind["unit"] == "percent"
    for _ in range(length):
        step = rng.randint(*kind["gain"])
        target = target + step if is_higher else max(target - step, 1)
        targets.append(min(target, 98) if is_percent else target)
    sign = "%" if is_percent else ""
    bound = rng.choice(["At least ", ""]) if is_higher else rng.choice(["At most ", ""])
    texts = [f"{bound}{t}{sign}" for t in targets]
    if is_percent and rng.random() < AS_CHANGE:
        turn = "increase" if is_higher else "decrease"
        texts = [f"{abs(t - baseline)} percentage point {turn} from baseline" for t in targets]
    decimals = 1 if kind["unit"] in ("percent", "days") and rng.random() < IN_TENTHS else 0
    aims[parent, no] = Aim(baseline, tuple(targets), is_higher, is_percent, decimals)
    row = {
        "org_id": org_id,
        "parent_code": parent,
        "measure_no": no,
        "indicator": kind["indicator"],
        "data_source": None if lapses.happens(0.7) else kind["source"],
        "unit": kind["unit"],
        "direction": kind["direction"],
    }
    if not lapses.happens(0.7):
        row |= {"baseline_year": school_year_from_start(began - 1), "baseline": f"{baseline}{sign}"}
    only_first = lapses.happens(0.7)
    return row | {f"target_y{n}": t for n, t in enumerate(texts[:1] if only_first else texts, 1)}


def _needs(rng: random.Random, org_id: str, chosen: list[str], lapses: Lapses) -> tuple[list[Row], list[Row]]:
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
            "evidence": None if lapses.happens(0.5) else rng.choice(evidence),
            "practice_code": None if lapses.happens(0.5) else practice,
        }
        for n, (kind, statement, practice) in enumerate(items, 1)
    ]
    causes = []
    for chain, practice in enumerate(sample(rng, chosen, rng.randint(2, 3)), 1):
        whys = practices[practice]["whys"]
        has_end = not lapses.happens(1.5)  # else no cause in the chain can be acted on
        for why, cause in enumerate(whys, 1):
            causes.append(
                {
                    "org_id": org_id,
                    "chain_no": chain,
                    "why_no": why,
                    "need_item_no": chosen.index(practice) + 1,
                    "cause": cause,
                    "category": rng.choice(words()["fishbone"]),
                    "is_actionable": has_end and (why == len(whys) or rng.random() < 0.4),
                    "evidence": None if lapses.happens(0.5) else rng.choice(evidence),
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
    lapses: Lapses,
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
            funds = tuple(sample(rng, GENERAL_FUNDS, rng.randint(1, 2)))
            pays_1003 = rng.random() < 0.5
            if org.category == "CSI" and pays_1003:  # a new designation changes the fund, not the plan
                funds = ("1003", *funds[:1])
            named = None if lapses.happens(0.5) else goal["goal_code"]
            strategies.append(Strategy(f"{n}.{k}", codes, funds, goal["goal_code"]))
            end = first_day + timedelta(days=SHORT_DAYS) if lapses.happens(0.7) else last_day
            tier = weighted(rng, {"1": 0.15, "2": 0.3, "3": 0.3, "4": 0.25})
            rows.append(
                {
                    "org_id": org.org_id,
                    "strategy_code": f"{n}.{k}",
                    "if_we": kind["if"],
                    "then_adults": None if lapses.happens(0.7) else kind["then"],
                    "and_students": None
                    if lapses.happens(0.5)
                    else f"and {goal['statement'][0].lower()}{goal['statement'][1:]}",
                    "goal_code": named,
                    "practice_codes": ", ".join(codes),
                    "evidence_tier": None if lapses.happens(0.7) else tier,
                    "fund_sources": ", ".join(funds),
                    "start_on": first_day,
                    "end_on": None if lapses.happens(0.3) else end,
                    "_kind": kind,
                }
            )
    return strategies, rows
