"""The demonstration state's feed of §1003 subgrants: awards that go on, and services that the state provides.

Invented, the same every time: one within its four years, one past them, one service that its LEA approved, one that
waits for it, and a promise to the first LEA itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from orchestration.demo.facts_1003 import FUNDED_SINCE, SERVED_BY_STATE, YEARS

if TYPE_CHECKING:
    from orchestration.demo.state import District

AMOUNTS = {"01030103": 9_000, "01020101": 8_000, "01030107": 5_000, "03030103": 4_000}
OF_FIRST_LEA = 1_500


def subgrants(districts: Iterable[District]) -> list[dict[str, Any]]:
    """Rows of the feed `subgrants`."""
    known = list(districts)
    rows: list[dict[str, Any]] = []

    def promise(award: str, org_id: str, lea_id: str, amount: int, since: int, approved: str | None) -> None:
        served = approved is not None
        rows.extend(
            {
                "award_id": award,
                "fiscal_year": year,
                "org_id": org_id,
                "lea_id": lea_id,
                "recipient_id": "Center 7" if served else "",
                "recipient_kind": "service_agency" if served else "",
                "amount": f"{amount}.00",
                "first_fiscal_year": since,
                "years": 4,
                "has_planning_year": "false",
                "is_direct_service": "true" if served else "false",
                "lea_approved_on": approved or "",
                "justification": "Invented for the demonstration",
            }
            for year in YEARS
        )

    promise("SG-00", known[0].lea_id, known[0].lea_id, OF_FIRST_LEA, YEARS[0], None)
    for school in (s for d in known for s in d.schools if s.org_id in AMOUNTS):
        promise(
            f"SG-{school.org_id}",
            school.org_id,
            school.lea_id,
            AMOUNTS[school.org_id],
            FUNDED_SINCE.get(school.org_id, YEARS[0]),
            SERVED_BY_STATE.get(school.org_id),
        )
    return rows
