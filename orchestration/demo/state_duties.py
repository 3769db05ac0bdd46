"""The demonstration state's own duties, and what it did of those that it owes itself: invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from orchestration.demo.words import generator

Row = dict[str, Any]

COLUMNS = ("duty_code", "duty_title", "asks", "category", "owed_by", "recurs", "needs_approval", "due_years", "due_days",
           "due_month", "due_day", "from_year", "until_year", "citation")  # fmt: skip
OWN = (
    ("progress_presentation", "Progress presented", "Progress of the plan was presented to the school board.", "school",
     "month", None, None),
    ("progress_tracking", "Progress tracked", "The LEA looked at how faithfully the plan is carried out.", "lea",
     "quarter", None, None),
    ("title1_reserve", "Title I dollars set aside", "A fifth of the school's Title I dollars is set aside for the plan.",
     "school", "school_year", 9, 30),
)  # fmt: skip
# what the state does once for a designated school, with the days after its year of identification; for a CSI school;
# and for it every year
FOR_EACH = (("funding", 140),)
ONCE = (("approval_sea", 200),)
YEARLY = (("monitoring", 300), ("periodic_review", 310))
DONE = 0.9


def own_duties() -> list[Row]:
    """Rows of the feed state_duties: what the state asks of CSI schools beyond the law."""
    rows = []
    for code, title, asks, owner, recurs, month, day in OWN:
        row: Row = dict.fromkeys(COLUMNS, "")
        row |= {"duty_code": code, "duty_title": title, "asks": asks, "category": "CSI", "owed_by": owner,
                "recurs": recurs, "due_month": month or "", "due_day": day or "", "from_year": "2022-23",
                "citation": "Invented for the demonstration"}  # fmt: skip
        rows.append(row)
    return rows


def own_actions(
    seed: int, designations: Sequence[Row], leas: Sequence[str], since: date, until: date
) -> list[Row]:
    """Rows of the feed state_actions for what was done after `since` and by `until`.

    Args:
        designations: rows of the lists, none included.
        leas: the state's LEAs.
    """
    rows = [_row("all", "exit_criteria", date(2022, 8, 15), "Exit criteria of the state plan")]
    before: dict[str, str] = {}
    for d in (d for d in designations if d["category"] != "none"):
        if before.get(d["org_id"]) != d["category"]:
            is_csi = d["category"] == "CSI"
            rows += _done(seed, d["org_id"], d["school_year"], FOR_EACH + (ONCE if is_csi else ()))
        before[d["org_id"]] = d["category"]
        if d["category"] == "CSI":
            rows += _done(seed, d["org_id"], d["school_year"], YEARLY)
    for lea in leas:
        for year in ("2022-23", "2023-24"):
            rows += _done(seed, lea, year, (("technical_assistance", 190),))
        rows += _done(seed, lea, "2022-23", (("resource_allocation_review", 650),))
    return [r for r in rows if since < date.fromisoformat(r["done_on"]) <= until]


def _done(seed: int, org_id: str, year: str, duties: tuple[tuple[str, int], ...]) -> Iterator[Row]:
    for code, days in duties:
        rng = generator(seed, "state action", org_id, code, year)
        done = date(int(year[:4]), 7, 1) + timedelta(days=int(days * rng.triangular(0.5, 1.2, 0.9)))
        if rng.random() < DONE:
            yield _row(org_id, code, done, "Record of the school improvement office")


def _row(org_id: str, code: str, done: date, evidence: str) -> Row:
    return {"org_id": org_id, "duty_code": code, "done_on": done.isoformat(),
            "approved_by": "School improvement office", "evidence": evidence}  # fmt: skip
