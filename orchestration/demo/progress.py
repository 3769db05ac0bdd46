"""How the actions of a plan went: drawn once for the year, then read off at the end of any month.

An organization has a skill and a trend (improving, steady, waning); a practice is easier or harder
everywhere; some LEAs and schools stall for months in which no work advances. A month's status never
contradicts an earlier one: percentages and spending only rise.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from orchestration.demo.plans import Action, Plan
from orchestration.demo.words import generator, weighted, words

Row = dict[str, Any]

TRENDS = {"improving": 0.025, "steady": 0.0, "waning": -0.035}  # change of the on-time chance a month
NEVER = date(9000, 1, 1)


@dataclass(frozen=True)
class Stall:
    """Days on which no work advances, the last one not included."""

    begin: date
    end: date

    def days_in(self, begin: date, end: date) -> int:
        """Days of the stall from begin to end."""
        return max(0, (min(self.end, end) - max(self.begin, begin)).days)


@dataclass(frozen=True)
class Course:
    """What truly happens to one action.

    Args:
        finish: day of completion, NEVER where it never comes.
        dropped: day it is discontinued.
        owns_up: whether the team marks it delayed once it is behind.
    """

    action: Action
    start: date
    finish: date
    dropped: date | None
    owns_up: bool
    spending: float
    trouble: dict[str, str]
    drop_reason: str
    pause: Stall | None


def stall(rng: random.Random, chance: float, first_day: date) -> Stall | None:
    """Two to four months without progress, with that chance."""
    if rng.random() >= chance:
        return None
    begin = first_day + timedelta(days=rng.randint(45, 210))
    return Stall(begin, begin + timedelta(days=rng.randint(50, 120)))


def courses(seed: int, plan: Plan, first_day: date) -> list[Course]:
    """The course of every action of the plan's year."""
    year = plan.school_year
    rng = generator(seed, plan.org.org_id, "progress", year)
    lea = generator(seed, plan.org.lea_id, "progress of all", year)
    lea_skill, lea_stall = lea.gauss(0.0, 0.06), stall(lea, 0.08, first_day)
    stalled = lea_stall or stall(rng, 0.15, first_day)
    skill = min(max(rng.gauss(0.78, 0.10) + lea_skill, 0.35), 0.97)
    slope = TRENDS[weighted(rng, {"improving": 0.3, "steady": 0.45, "waning": 0.25})]
    ease = {p: generator(seed, "practice", p).uniform(-0.07, 0.07) for p in words()["practices"]}
    return [_course(rng, a, skill, slope, ease[a.practice], stalled, first_day) for a in plan.actions]


def _course(
    rng: random.Random,
    a: Action,
    skill: float,
    slope: float,
    ease: float,
    stalled: Stall | None,
    first_day: date,
) -> Course:
    months_in = (a.due - first_day).days / 30
    start = a.start + timedelta(days=rng.choice([0, 0, 0, 2, 5, 12]))
    start = min(start, a.due)
    if rng.random() < skill + slope * months_in + ease:
        finish = max(a.due - timedelta(days=rng.randint(0, 12)), start)
    elif rng.random() < 0.12:
        finish = NEVER
        start = NEVER if rng.random() < 0.4 else start  # some are never begun
    else:
        finish = a.due + timedelta(days=4 + int(rng.expovariate(1 / 28)))
    if stalled and start < stalled.end and finish >= stalled.begin:
        if finish != NEVER:
            finish += stalled.end - max(stalled.begin, start)
        if start >= stalled.begin:
            start = stalled.end
    dropped = start + timedelta(days=rng.randint(10, 90)) if rng.random() < 0.025 else None
    return Course(
        action=a,
        start=start,
        finish=finish,
        dropped=dropped if dropped and dropped < finish else None,
        owns_up=rng.random() < 0.75,
        spending=rng.uniform(0.75, 1.08),
        trouble=rng.choice(words()["delays"]),
        drop_reason=rng.choice(words()["drops"]),
        pause=stalled,
    )


def status_row(org_id: str, c: Course, end: date, due: date) -> Row:
    """The action's row of the monthly table for a month that ends on that day."""
    row: Row = {"org_id": org_id, "action_code": c.action.code}
    if c.dropped and c.dropped <= end:
        share = _share_done(c, c.dropped)
        row |= {"status": "discontinued", "percent_complete": share, "cause": c.drop_reason}
    elif c.finish <= end:
        share = 100
        row |= {
            "status": "completed",
            "percent_complete": 100,
            "completed_on": c.finish,
            "outputs_finished": c.action.output,
        }
    elif c.start > end:
        share = 0
        row |= {"status": "not_started", "percent_complete": 0}
    else:
        share = _share_done(c, end)
        row |= {"status": "in_progress", "percent_complete": share}
    if row["status"] in ("in_progress", "not_started") and due <= end and c.owns_up:
        row |= {"status": "delayed", **c.trouble}
    elif row["status"] == "completed" and c.finish > due:
        row["cause"] = c.trouble["cause"]
    if c.action.budget:
        row["spent_to_date"] = round(c.action.budget * c.spending * share / 100, 2)
    return row


def _share_done(c: Course, on: date) -> int:
    """Per cent of the work done, in steps of five, at most 95 before it is finished."""
    begin, idle = c.start, c.pause.days_in if c.pause else lambda _begin, _end: 0
    if c.finish == NEVER:
        length = 3 * max((c.action.due - begin).days, 30)
    else:
        length = (c.finish - begin).days - idle(begin, c.finish)
    done = ((on - begin).days - idle(begin, on)) / max(length, 1)
    return max(0, min(95, 5 * int(20 * done)))


def month_rows(plan: Plan, all_courses: list[Course], end: date) -> list[Row]:
    """Status rows of every action that stands in the plan at the end of the month."""
    updated = plan.is_updated(end)
    return [
        status_row(
            plan.org.org_id, c, end, c.action.moved_due if updated and c.action.moved_due else c.action.due
        )
        for c in all_courses
        if updated or not c.action.added
    ]
