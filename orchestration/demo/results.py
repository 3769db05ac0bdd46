"""What measures come to, year after year: students' by the practices that help, adults' by what was done.

A goal's measure moves by the practices of the strategies that serve the goal: each year a part of the
aimed gain for each practice, as large as its true effect times how far the strategy was carried out. A
strategy's measure, of what adults do, follows how far it was carried out. Both by chance beside it.
"""

from __future__ import annotations

import random
from datetime import date
from functools import lru_cache
from typing import Any

from orchestration.demo.direction import Aim
from orchestration.demo.plans import Plan, make_plan
from orchestration.demo.progress import courses, implemented
from orchestration.demo.truth import practice_truths
from orchestration.demo.words import generator, words
from orchestration.demo.world import Organization, year_start
from orchestration.school_year import school_year_from_start

Row = dict[str, Any]

BY_ITSELF, CHANCE = 0.1, 0.35  # of a year's aimed gain of students: without any practice; its spread
ADULTS_START, ADULTS_BY_WORK, ADULTS_CHANCE = 0.15, 0.95, 0.25
SMALL, SUPPRESSED_OF_SMALL, SUPPRESSED = 0.08, 0.6, 0.02  # shares of goal measures' results
MARKS = ("--", "N/A")  # what stands in place of a figure
EXPLAINS = 0.85  # of results that miss their target
SENDS_AGAIN = 0.3  # of organizations: earlier years' results stand in a later year's file too


def measure_results(seed: int, plan: Plan, first_month: int) -> list[Row]:
    """The results of the plan's year and, of some organizations, those of its earlier years again."""
    org_id = plan.org.org_id
    again = generator(seed, org_id, "sends again").random() < SENDS_AGAIN
    begun = int(plan.school_year[:4]) - plan.year_of_plan
    rows = []
    for measure in plan.fixed["measures"]:
        parent, no = measure["parent_code"], measure["measure_no"]
        aim = plan.aims[parent, no]
        for n, level in enumerate(_levels(seed, plan, parent, no, first_month)):
            if n == plan.year_of_plan or again:
                year = school_year_from_start(begun + n)
                key = {"org_id": org_id, "parent_code": parent, "measure_no": no, "school_year": year}
                said = _said(generator(seed, org_id, "said", year, parent, no), aim, level, n)
                if not parent.startswith("G"):
                    said.pop("n_students", None)  # what adults do rests on no students
                rows.append(key | said)
    return rows


def _levels(seed: int, plan: Plan, parent: str, no: int, first_month: int) -> list[float]:
    """What a measure truly was at the end of each of the plan's years up to now."""
    aim = plan.aims[parent, no]
    level, before, found = aim.baseline, aim.baseline, []
    begun = int(plan.school_year[:4]) - plan.year_of_plan
    for n in range(plan.year_of_plan + 1):
        year = school_year_from_start(begun + n)
        rng = generator(seed, plan.org.org_id, "result", year, parent, no)
        done = _implemented(seed, plan.org, year, first_month)
        level += _gain(seed, rng, plan, parent, done) * (aim.targets[n] - before)
        level = max(level, 0.0) if not aim.is_percent else min(max(level, 0.0), 100.0)
        before = aim.targets[n]
        found.append(level)
    return found


def _gain(seed: int, rng: random.Random, plan: Plan, parent: str, done: dict[str, float]) -> float:
    """Share of the year's aimed gain that came."""
    if not parent.startswith("G"):
        return ADULTS_START + ADULTS_BY_WORK * done.get(parent, 0.0) + rng.gauss(0, ADULTS_CHANCE)
    truths = practice_truths(seed)
    of_goal = [
        truths[s.practices[0]].effect * done.get(s.code, 0.0) for s in plan.strategies if s.goal == parent
    ]
    driven = sum(of_goal) / len(of_goal) if of_goal else 0.0
    return BY_ITSELF + driven + rng.gauss(0, CHANCE)


@lru_cache(maxsize=512)
def _implemented(seed: int, org: Organization, school_year: str, first_month: int) -> dict[str, float]:
    year = int(school_year[:4])
    plan = make_plan(seed, org, school_year, first_month)
    first_day = year_start(school_year, first_month)
    return implemented(courses(seed, plan, first_day), date(year + 1, first_month, 1))


def _said(rng: random.Random, aim: Aim, level: float, year_of_plan: int) -> Row:
    """The result as its sender writes it; a figure on few students is most often a mark."""
    is_small, mark, hides = rng.random() < SMALL, rng.choice(MARKS), rng.random()
    students = rng.randint(3, 9) if is_small else rng.randint(10, 900)
    reached = round(level, aim.decimals) if aim.decimals else round(level)
    target = aim.targets[year_of_plan]
    row: Row = {"actual": f"{reached}%" if aim.is_percent else f"{reached}"}
    if rng.random() >= 0.03:
        row["n_students"] = students
    if hides < (SUPPRESSED_OF_SMALL if is_small else SUPPRESSED):
        return row | {"actual": mark}
    missed = reached < target if aim.is_higher_better else reached > target
    if missed and rng.random() < EXPLAINS:
        trouble = rng.choice(words()["delays"])
        row |= {"explanation": trouble["cause"], "adjustment": trouble["adjustment"]}
    return row
