"""What a designated organization tells of its duties: which it has done by a month, and when. No I/O here."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from orchestration.demo.words import generator, words
from orchestration.demo.world import Month, Organization, World

Row = dict[str, Any]

DONE = 0.93  # of what is owed once or once a year
APPROVED = 0.9  # of what was done and waits for an approval
HELD, HELD_LATE = 0.85, 0.93  # of monthly duties: in their month, or in the days after it
TOLD_FOR_DAYS = 92  # a quarter's file tells what was done in its quarter


def duties(world: World, org: Organization, month: Month) -> list[Row]:
    """The rows of the Duties sheet for one month: what is new, and in the year's last month all.

    Args:
        org: an organization with a designation; what is owed once is done after the year of `org.since`.

    A duty that is a state's own is told where the state has it.
    """
    seed, rows = world.seed, []
    for code, duty in words()["duties"].items():
        if org.category not in duty["categories"] or (duty.get("own") and code not in world.own_duties):
            continue
        if duty["owed"] in ("month", "quarter"):
            rows += _of_span(seed, org, month, code, duty)
        else:
            rows += _of_year(seed, org, month, code, duty, world.first_month)
    return rows


def _of_year(
    seed: int, org: Organization, month: Month, code: str, duty: dict[str, Any], first_month: int
) -> list[Row]:
    """A duty owed once, or once a year: told when it is new, in the first month, and in the last."""
    once = duty["owed"] == "once"
    year = (org.since or month.school_year) if once else month.school_year
    rng = generator(seed, org.org_id, "duty", code, year)
    done: date | None = date(int(year[:4]), first_month, 1) + timedelta(
        days=int(duty["days"] * rng.triangular(0.4, 1.25, 0.85))
    )
    row: Row = {"org_id": org.org_id, "duty_code": code}
    if rng.random() >= DONE or done is None or done > month.end:
        return [row] if month.ends_year else []
    row |= {"done_on": done, "evidence": duty["evidence"]}
    approved = done + timedelta(days=rng.randint(3, 30))
    latest = done
    if rng.random() < APPROVED and approved <= month.end:
        row |= {"approved_on": approved, "approved_by": rng.choice(words()["roles"])}
        latest = approved
    is_new = month.ends_quarter and (month.end - latest).days <= TOLD_FOR_DAYS
    return [row] if is_new or month.is_first or month.ends_year else []


def _of_span(seed: int, org: Organization, month: Month, code: str, duty: dict[str, Any]) -> list[Row]:
    """A duty owed every month or quarter, told in the file of the month, or of the quarter's last."""
    if duty["owed"] == "quarter" and not month.ends_quarter:
        return []
    rng: random.Random = generator(seed, org.org_id, "duty", code, month.period)
    draw, day = rng.random(), rng.randint(1, 27)
    if draw >= HELD_LATE:
        return []
    done = month.end.replace(day=day) if draw < HELD else month.end + timedelta(days=1 + day // 3)
    return [{"org_id": org.org_id, "duty_code": code, "done_on": done, "evidence": duty["evidence"]}]
