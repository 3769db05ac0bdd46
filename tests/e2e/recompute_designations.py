"""Spans of designation worked out again from the statements that stand, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

ORDER = ("CSI", "ATSI", "TSI", "none")  # from the most support to none
Statement = Mapping[str, Any]


def label(start: int) -> str:
    return f"{start}-{(start + 1) % 100:02d}"


def spans(
    stands: pd.DataFrame,
    links: pd.DataFrame,
    closed: Mapping[str, str],
    lea_of: Mapping[str, str],
    month: int,
) -> pd.DataFrame:
    """Every span of every school.

    Args:
        stands: the statement of each org_id and school_year, `none` included.
        links: org_id, successor_id, kind and effective_on, at most one of each school, none of the same school.
        closed: by org_id its status, of those that the newest directory shows closed or merged.
        lea_of: the LEA of each organization of the directory.
        month: first month of a school year.
    """
    told = {(r["org_id"], int(r["school_year"][:4])): r for r in stands.to_dict("records")}
    spoken = sorted({year for _, year in told})
    following = dict(zip(spoken, [*spoken[1:], None], strict=True))
    link_of = {r["org_id"]: r for r in links.to_dict("records")}
    rows = []
    for org in sorted({org for org, _ in told}):
        stays: dict[str, list[int]] = {}  # by category the first year of each stay so far
        for place, year in enumerate(spoken):
            now = told.get((org, year))
            if now is None or now["category"] == "none":
                continue
            before = told.get((org, spoken[place - 1])) if place else None
            if before is None or before["category"] != now["category"]:
                stays.setdefault(now["category"], []).append(year)
            elif before["reason"] == now["reason"]:
                continue
            last, groups = year, []
            while last is not None and _same(told.get((org, last)), now):
                groups.append(told[(org, last)]["subgroups"])
                end, last = last, following[last]
            stay = stays[now["category"]]
            after = told.get((org, last)) if last is not None else None
            until = end + 1 if last is None else last
            rows.append(
                {
                    "org_id": org,
                    "lea_id": lea_of.get(org),
                    "category": now["category"],
                    "reason": now["reason"],
                    "valid_from_year": label(year),
                    "valid_to_year": None if last is None else label(last),
                    "valid_from": date(year, month, 1),
                    "valid_to": None if last is None else date(last, month, 1),
                    "n_years": until - year,
                    "official_status": now["official_status"],
                    "first_list_year": now["list_year"],
                    "is_in_directory": org in lea_of,
                    "subgroups": next((g for g in reversed(groups) if g), None),
                    "cohort_year": label(stay[-1]),
                    "carried_from_id": None,
                    "years_in_status": until - stay[-1],
                    "stay_no": len(stay),
                    "is_reentry": len(stay) > 1,
                    **_end(org, now, after, link_of, closed, is_open=last is None),
                }
            )
    return pd.DataFrame(rows)


def _same(one: Statement | None, other: Statement) -> bool:
    return one is not None and (one["category"], one["reason"]) == (other["category"], other["reason"])


def _end(
    org: str,
    now: Statement,
    after: Statement | None,
    link_of: Mapping[str, Statement],
    closed: Mapping[str, str],
    *,
    is_open: bool,
) -> dict[str, Any]:
    """How a span ended, and the words of it."""
    names = (
        "ended_how", "ended_in_category", "ended_in_reason", "ended_list_year", "ended_status",
        "ended_exit_code", "ended_exit_criteria", "successor_id", "happened_on",
    )  # fmt: skip
    found: dict[str, Any] = dict.fromkeys(names)
    if is_open:
        return found
    if after is None:
        link = link_of.get(org)
        how = link["kind"] if link else closed.get(org, "left_list")
        found |= {"ended_how": how, "ended_in_category": "not_on_list" if how == "left_list" else how}
        if link:
            found |= {
                "successor_id": link["successor_id"],
                "happened_on": date.fromisoformat(link["effective_on"]),
            }
        return found
    step = ORDER.index(after["category"]) - ORDER.index(now["category"])
    if after["category"] == "none":
        how = "exited" if after["exited_category"] == now["category"] else "removed"
    else:
        how = "reason_changed" if step == 0 else "escalated" if step < 0 else "stepped_down"
    return found | {
        "ended_how": how,
        "ended_in_category": after["category"],
        "ended_in_reason": after["reason"] or None,
        "ended_list_year": after["list_year"],
        "ended_status": after["official_status"],
        "ended_exit_code": after["exit_code"] or None,
        "ended_exit_criteria": after["exit_criteria"] or None,
    }
