"""The demonstration state's feed for federal files: what each school is under Title I part A."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

SERVED = ("schoolwide", "schoolwide", "targeted", "schoolwide_eligible_targeted")
NOT_SERVED = ("not_eligible", "targeted_eligible_no_program", "schoolwide_eligible_no_program")


def title1_schools(listed: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the feed `title1_schools`: served where the list of the year says a Title I school."""
    rows = []
    for row in listed:
        kinds = SERVED if row["is_title1"] == "true" else NOT_SERVED
        rows.append(
            {
                "school_year": row["school_year"],
                "org_id": row["org_id"],
                "title1_status": kinds[int(row["org_id"]) % len(kinds)],
            }
        )
    return rows
