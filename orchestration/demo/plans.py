"""An organization's plan: direction, needs, priorities, strategies, and a year's milestones and actions.

Of the size of the network's published example school (3 goals, 7 strategies, 14 milestones and 53
actions a year), with spread. A plan runs for two or three school years; its strategies stay, each
year adds its own milestones and actions, numbered on.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from orchestration.demo.direction import Aim, Strategy, direction
from orchestration.demo.gaps import leave_gaps, takes_part
from orchestration.demo.lapses import Lapses
from orchestration.demo.words import generator, grouped, person, sample, weighted, words
from orchestration.demo.world import Organization

Row = dict[str, Any]

MILESTONES = {1: 0.2, 2: 0.6, 3: 0.2}  # a strategy and year: 7 x 2 = 14
ACTIONS = {2: 0.10, 3: 0.30, 4: 0.35, 5: 0.20, 6: 0.05}  # a milestone: 14 x 3.8 = 53
BUDGETS = [0, 0, 150, 300, 450, 600, 900, 1200, 1800, 2500, 4000, 7500]
MONTHS_OF_WORK = 10
MAY_BE_BLANK = (
    "anticipated_outputs",
    "start_on",
    "budget",
    "fund_source",
    "person_responsible",
    "collaborators",
)


@dataclass
class Action:
    """An action as planned; `added` where a plan update brought it."""

    code: str
    milestone: str
    practice: str
    description: str
    output: str
    start: date
    due: date
    budget: int
    fund: str
    person: str
    collaborators: str | None
    added: bool = False
    moved_due: date | None = None  # where a plan update moves its due day
    unsaid: tuple[str, ...] = ()  # columns that the plan leaves blank


@dataclass
class Plan:
    """One organization's plan in one school year.

    Args:
        fixed: rows of the tables that a plan update does not change, by table.
        aims: what each measure truly starts from and aims at, by goal or strategy and number.
        milestones: rows of the year's milestones.
        update_on: day of the plan update, None where there is none.
    """

    org: Organization
    school_year: str
    year_of_plan: int
    strategies: list[Strategy]
    fixed: dict[str, list[Row]]
    aims: dict[tuple[str, int], Aim]
    organization: Row
    milestones: list[Row]
    actions: list[Action]
    update_on: date | None = None
    update_summary: str | None = None
    _rows: dict[bool, dict[str, list[Row]]] = field(default_factory=dict)

    def is_updated(self, on: date) -> bool:
        """Whether the plan update has been made by that day."""
        return self.update_on is not None and self.update_on <= on

    def rows(self, on: date) -> dict[str, list[Row]]:
        """The plan's tables as they stand on that day (the same lists each time: copy before changing)."""
        updated = self.is_updated(on)
        if updated not in self._rows:
            organization = dict(self.organization)
            if updated:
                organization |= {"update_date": self.update_on, "update_summary": self.update_summary}
            actions = [
                _action_row(self.org.org_id, a, updated) for a in self.actions if updated or not a.added
            ]
            self._rows[updated] = {
                "organizations": [organization],
                **self.fixed,
                "milestones": self.milestones,
                "actions": actions,
            }
        return self._rows[updated]


def _action_row(org_id: str, a: Action, updated: bool) -> Row:
    row = {
        "org_id": org_id,
        "action_code": a.code,
        "description": a.description,
        "anticipated_outputs": a.output,
        "start_on": a.start,
        "due_on": a.moved_due if updated and a.moved_due else a.due,
        "budget": a.budget,
        "fund_source": a.fund,
        "person_responsible": a.person,
        "collaborators": a.collaborators,
    }
    return {k: v for k, v in row.items() if k not in a.unsaid} if a.unsaid else row


def make_plan(seed: int, org: Organization, school_year: str, first_month: int) -> Plan:
    """The plan of an organization in a school year: the same for the same seed, whoever else is simulated."""
    year = int(school_year[:4])
    timing = generator(seed, org.org_id, "cycle")
    length = weighted(timing, {2: 0.4, 3: 0.6})
    began = year - (year + timing.randrange(length)) % length
    rng = generator(seed, org.org_id, "direction", began)
    first_day = date(began, first_month, 1) + timedelta(days=31)  # a day of the second month
    first_day = first_day.replace(day=1)
    last_day = first_day.replace(year=began + length) - timedelta(days=1)

    fixed, strategies, aims = direction(seed, rng, org, began, length, first_day, last_day)
    text = words()["direction"]
    organization = {
        "org_id": org.org_id,
        "org_level": org.org_level,
        "vision": rng.choice(text["visions"]),
        "mission": rng.choice(text["missions"]),
        "purpose": rng.choice(text["purposes"]) if org.org_level == "lea" else None,
        "plan_date": first_day - timedelta(days=rng.randint(5, 50)),
    }
    leave_gaps(seed, org.org_id, began, fixed, organization)
    plan = Plan(org, school_year, year - began, strategies, fixed, aims, organization, [], [])
    _fill_year(seed, plan, began, year, first_day.replace(year=year))
    return plan


def _fill_year(seed: int, plan: Plan, began: int, year: int, first_day: date) -> None:
    org_id = plan.org.org_id
    numbered = dict.fromkeys((s.code for s in plan.strategies), 0)
    for earlier in range(began, year):
        for code, n in _milestone_counts(seed, plan, earlier).items():
            numbered[code] += n
    counts = _milestone_counts(seed, plan, year)
    rng = generator(seed, org_id, "year", year)
    lapses = Lapses(generator(seed, org_id, "lapses", year), seed, org_id)
    for strategy in plan.strategies:
        practice = strategy.practices[0]
        kinds = words()["practices"][practice]
        steps = sample(rng, kinds["actions"], len(kinds["actions"]))
        for n in range(counts[strategy.code]):
            code = f"{strategy.code}.{numbered[strategy.code] + n + 1}"
            share = MONTHS_OF_WORK / counts[strategy.code]
            begin, due = _month(first_day, share * n), _month(first_day, share * (n + 1)) - timedelta(days=1)
            title = kinds["milestones"][(numbered[strategy.code] + n) % len(kinds["milestones"])]
            plan.milestones.append(
                {
                    "org_id": org_id,
                    "milestone_code": code,
                    "description": title,
                    "due_on": None if lapses.happens(0.5) else due,
                }
            )
            how_many = weighted(rng, ACTIONS)
            for k in range(how_many):
                step = steps[(n * 4 + k) % len(steps)]
                action = _action(rng, f"{code}.{k + 1}", code, strategy, step, begin, due, k, how_many)
                action.unsaid = lapses.among(MAY_BE_BLANK, 0.4)
                plan.actions.append(action)
    _maybe_update(rng, plan, first_day)
    together = takes_part(seed, org_id, year)
    if together:
        for action in plan.actions:
            action.collaborators = action.collaborators or together.choice(words()["collaborators"])


def _milestone_counts(seed: int, plan: Plan, year: int) -> dict[str, int]:
    rng = generator(seed, plan.org.org_id, "milestones", year)
    return {s.code: weighted(rng, MILESTONES) for s in plan.strategies}


def _month(first_day: date, months: float) -> date:
    """The first day of the month that many whole months later, with the part of a month as days."""
    whole = first_day.month - 1 + int(months)
    return date(first_day.year + whole // 12, whole % 12 + 1, 1) + timedelta(days=int((months % 1) * 30))


def _action(
    rng: random.Random,
    code: str,
    milestone: str,
    strategy: Strategy,
    step: str,
    begin: date,
    due: date,
    k: int,
    of: int,
) -> Action:
    span = (due - begin).days
    start = begin + timedelta(days=int(span * k / (of + 0.5)) + rng.randint(0, 6))
    end = min(start + timedelta(days=int(span / of * rng.uniform(0.7, 1.6)) + 7), due)
    description, output = step.split("|")
    fund = strategy.funds[int(rng.random() * len(strategy.funds))]  # one draw, however many there are
    helpers = rng.choice(words()["collaborators"]) if rng.random() < 0.85 else None
    return Action(
        code,
        milestone,
        strategy.practices[0],
        grouped(rng, description),
        output,
        start,
        end,
        rng.choice(BUDGETS),
        fund,
        person(rng),
        helpers,
    )


def _maybe_update(rng: random.Random, plan: Plan, first_day: date) -> None:
    """Some plans change in the middle of the year: a later due day, an action more."""
    if rng.random() >= 0.15:
        return
    plan.update_on = _month(first_day, rng.randint(4, 7)) + timedelta(days=rng.randint(0, 25))
    plan.update_summary = rng.choice(words()["direction"]["updates"])
    last = _month(first_day, MONTHS_OF_WORK) - timedelta(days=1)
    open_later = [a for a in plan.actions if a.due > plan.update_on]
    for action in sample(rng, open_later, 2):
        action.moved_due = min(action.due + timedelta(days=30), last)
    model = plan.actions[-1]
    number = int(model.code.rpartition(".")[2]) + 1
    start = plan.update_on + timedelta(days=5)
    plan.actions.append(
        Action(
            f"{model.milestone}.{number}",
            model.milestone,
            model.practice,
            "Check what the change brought with the team",
            "Review note",
            start,
            max(last, start),
            0,
            model.fund,
            person(rng),
            None,
            added=True,
        )
    )
