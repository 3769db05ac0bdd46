"""Which LEAs report, for whom, by school year: what directory and designations say together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orchestration.demo.world import Lea, Organization

if TYPE_CHECKING:
    import pandas as pd

CATEGORIES = ("CSI", "ATSI", "TSI")  # the first that holds names the organization's designation
CLOSED = ("closed", "merged")


def reporting_leas(
    organizations: pd.DataFrame,
    designations: Mapping[str, pd.DataFrame],
    earlier: Mapping[str, pd.DataFrame] | None = None,
) -> list[Lea]:
    """LEAs that are designated or have designated schools, with both, by school year.

    `earlier` are lists of years before, which only say since when a designation holds. A designated
    organization that no directory knows, or that has closed, has nobody to report for it and is passed over.
    """
    in_order = organizations.sort_values(["org_id", "effective_on"], kind="stable")
    latest = in_order.groupby("org_id", sort=True)[
        ["lea_id", "org_name", "status"]
    ].last()  # the last that is known
    known = {row["org_id"]: row for row in _records(latest.reset_index())}
    held = _held({**(earlier or {}), **designations})
    by_lea: dict[str, dict[str, dict[str, Organization]]] = {}
    for year, frame in designations.items():
        for row in _ranked(frame):
            place = known.get(row["org_id"])
            if place is None or (isinstance(place["status"], str) and place["status"] in CLOSED):
                continue
            lea_id = place["lea_id"]
            if lea_id not in known:
                continue
            members = by_lea.setdefault(lea_id, {}).setdefault(
                year, {lea_id: _organization(known[lea_id], lea_id, None)}
            )
            since = _since(held, row["org_id"], row["category"], year)
            members.setdefault(row["org_id"], _organization(place, lea_id, row, since))
            if row["org_id"] == lea_id:
                members[lea_id] = _organization(place, lea_id, row, since)
    return [
        Lea(
            lea_id,
            {
                y: (members[lea_id], *(members[o] for o in sorted(members) if o != lea_id))
                for y, members in years.items()
            },
        )
        for lea_id, years in sorted(by_lea.items())
    ]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _ranked(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = [r for r in _records(frame[["org_id", "category", "reason"]]) if r["category"] in CATEGORIES]
    return sorted(rows, key=lambda r: (r["org_id"], CATEGORIES.index(r["category"]), str(r["reason"])))


def _held(lists: Mapping[str, pd.DataFrame]) -> set[tuple[str, str, str]]:
    """School year, organization and category of every designation."""
    return {(year, r["org_id"], r["category"]) for year, frame in lists.items() for r in _ranked(frame)}


def _since(held: set[tuple[str, str, str]], org_id: str, category: str, year: str) -> str:
    """The first school year of the unbroken span that the designation of a year belongs to."""
    start = int(year[:4])
    while (f"{start - 1}-{start % 100:02d}", org_id, category) in held:
        start -= 1
    return f"{start}-{(start + 1) % 100:02d}"


def _organization(
    place: Mapping[str, Any], lea_id: str, designation: Mapping[str, Any] | None, since: str | None = None
) -> Organization:
    org_id, name = place["org_id"], place["org_name"]
    level = "lea" if org_id == lea_id else "school"
    category, reason = (designation["category"], designation["reason"]) if designation else (None, None)
    reason = reason if isinstance(reason, str) else None
    words = name if isinstance(name, str) else org_id
    return Organization(org_id, level, lea_id, words, category, reason, since)
