"""How the actions of a plan went: drawn once for the year, then read off at the end of any month.

What is drawn follows from what is true of the organization (`truth`): its skill and trend, its weak
practices, its stalls, and the supports that work. A month's status never contradicts an earlier one:
percentages and spending only rise.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from orchestration.demo.plans import Action, Plan
from orchestration.demo.truth import PracticeTruth, Spell, YearTruth, practice_truths, year_truth
from orchestration.demo.words import generator, words

Row = dict[str, Any]

NEVER = date(9000, 1, 1)
ADJUSTS, RECOVERS = 0.75, 0.6  # of what falls behind: share with an adjustment; of these, that it catches up
WITHOUT_OUTPUT = 0.08  # of completed actions: nothing is said to exist now


@dataclass(frozen=True)
class Course:
    """What truly happens to one action.

    Args:
        finish: day of completion, NEVER where it never comes.
        dropped: day it is discontinued.
        owns_up: whether the team marks it delayed once it is behind.
        trouble: cause and, where the team changes something, adjustment of its delay.
        catches_up: whether that adjustment truly brings it back.
        shows_output: whether its output is named when it is completed.
    """

    action: Action
    start: date
    finish: date
    dropped: date | None
    owns_up: bool
    spending: float
    trouble: dict[str, str]
    catches_up: bool
    shows_output: bool
    drop_reason: str
    pause: Spell | None


def truth_of(seed: int, plan: Plan, first_day: date) -> YearTruth:
    """What is true of a plan's organization in the plan's school year."""
    strategies = [(s.code, s.practices[0]) for s in plan.strategies]
    return year_truth(seed, plan.org, plan.school_year, strategies, first_day)


def courses(seed: int, plan: Plan, first_day: date) -> list[Course]:
    """The course of every action of the plan's year."""
    truth, practices = truth_of(seed, plan, first_day), practice_truths(seed)
    rng = generator(seed, plan.org.org_id, "progress", plan.school_year)
    return [_course(rng, a, truth, practices[a.practice]) for a in plan.actions]


def implemented(all_courses: list[Course], end: date) -> dict[str, float]:
    """By strategy the share of its planned actions that are completed by that day."""
    done: dict[str, list[bool]] = {}
    for c in all_courses:
        if not (c.dropped and c.dropped <= end):
            strategy = c.action.milestone.rpartition(".")[0]
            done.setdefault(strategy, []).append(c.finish <= end)
    return {strategy: sum(d) / len(d) for strategy, d in done.items()}


def _course(rng: random.Random, a: Action, truth: YearTruth, practice: PracticeTruth) -> Course:
    start = a.start + timedelta(days=rng.choice([0, 0, 0, 2, 5, 12]))
    start = min(start, a.due)
    trouble = dict(rng.choice(words()["delays"]))
    adjusts, recovers = rng.random() < ADJUSTS, rng.random() < RECOVERS
    if not adjusts:
        del trouble["adjustment"]
    catches_up = adjusts and recovers
    if rng.random() < truth.on_time_chance(a.practice, a.due, practice.ease):
        finish = max(a.due - timedelta(days=rng.randint(0, 12)), start)
    elif not catches_up and rng.random() < 0.2:
        finish = NEVER
        start = NEVER if rng.random() < 0.4 else start  # some are never begun
    elif catches_up:
        finish = a.due + timedelta(days=4 + int(rng.expovariate(1 / 14)))
    else:
        finish = a.due + timedelta(days=20 + int(rng.expovariate(1 / 40)))
    stalled = truth.stall_of(a.practice)
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
        trouble=trouble,
        catches_up=catches_up,
        shows_output=rng.random() >= WITHOUT_OUTPUT,
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
        }
        if c.shows_output:
            row["outputs_finished"] = c.action.output
    elif c.start > end:
        share = 0
        row |= {"status": "not_started", "percent_complete": 0}
    else:
        share = _share_done(c, end)
        row |= {"status": "in_progress", "percent_complete": share}
    if row["status"] in ("in_progress", "not_started") and due <= end and c.owns_up:
        row |= {"status": "delayed", **c.trouble}
    elif row["status"] == "completed" and c.finish > due:
        row |= c.trouble
    if c.action.budget:
        row["spent_to_date"] = round(c.action.budget * c.spending * share / 100, 2)
    return row


def _share_done(c: Course, on: date) -> int:
    """Per cent of the work done, in steps of five, at most 95 before it is finished."""
    begin, idle = c.start, c.pause.days_in if c.pause else (lambda _begin, _end: 0)
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
