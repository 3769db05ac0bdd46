"""What whole plans have or miss: a chain of whys under every priority, a goal about adults, no threat at all.

Drawn apart from the rest of the plan, so that nothing else in it changes with these shares.
"""

from __future__ import annotations

import random
from typing import Any

from orchestration.demo.words import generator, words

Row = dict[str, Any]
Tables = dict[str, list[Row]]

# shares of organizations
ASKS_WHY_OF_ALL = 0.55  # whose needs assessment asks why of every priority; else of two or three
OFTEN_TOGETHER = 0.45  # whose every action names who else takes part; else most do
GOAL_ABOUT_ADULTS, GOAL_UNMEASURED, NO_THREAT, NO_ELEMENT = 0.06, 0.05, 0.06, 0.06
NO_MISSION, NO_DATE, NO_DIRECTION = 0.04, 0.05, 0.15


def ask_why_of_all(seed: int, org_id: str, began: int, chosen: list[str], causes: list[Row]) -> list[Row]:
    """The chains of whys that the plan has beside `causes`.

    Args:
        began: calendar year in which the plan's first school year begins.
        chosen: the practices of its priorities, in order: each is the weakness of that number.
    """
    rng = generator(seed, org_id, "why of all", began)
    if rng.random() >= ASKS_WHY_OF_ALL:
        return []
    asked, chains = {c["need_item_no"] for c in causes}, max(c["chain_no"] for c in causes)
    missing = [(n, p) for n, p in enumerate(chosen, 1) if n not in asked]
    return [
        _why(rng, org_id, chain, why, number, words()["practices"][practice]["whys"])
        for chain, (number, practice) in enumerate(missing, chains + 1)
        for why in range(1, len(words()["practices"][practice]["whys"]) + 1)
    ]


def _why(rng: random.Random, org_id: str, chain: int, why: int, number: int, whys: list[str]) -> Row:
    return {
        "org_id": org_id,
        "chain_no": chain,
        "why_no": why,
        "need_item_no": number,
        "cause": whys[why - 1],
        "category": rng.choice(words()["fishbone"]),
        "is_actionable": why == len(whys),
        "evidence": rng.choice(words()["evidence"]),
    }


def takes_part(seed: int, org_id: str, year: int) -> random.Random | None:
    """From what to draw who takes part in actions that would name nobody; None where they name nobody."""
    rng = generator(seed, org_id, "together", year)
    return rng if rng.random() < OFTEN_TOGETHER else None


def leave_gaps(seed: int, org_id: str, began: int, fixed: Tables, organization: Row) -> None:
    """Change a plan's rows where it misses something as a whole."""
    rng = generator(seed, org_id, "gaps", began)
    adults, unmeasured, threat, element, mission, date, direction = (rng.random() for _ in range(7))
    goals = fixed["goals"]
    if adults < GOAL_ABOUT_ADULTS:
        goals[-1]["statement"] = rng.choice(words()["adult_goals"])
    if unmeasured < GOAL_UNMEASURED:
        last = goals[-1]["goal_code"]
        fixed["measures"] = [m for m in fixed["measures"] if m["parent_code"] != last]
    for drawn, share, kind in ((threat, NO_THREAT, "threat"), (element, NO_ELEMENT, "element")):
        if drawn < share:
            fixed["needs"] = [n for n in fixed["needs"] if n["kind"] != kind]
    if direction < NO_DIRECTION:  # of one measure it is not said whether more is better
        fixed["measures"][0]["direction"] = None
    if mission < NO_MISSION:
        organization["mission"] = None
    if date < NO_DATE:
        organization["plan_date"] = None
