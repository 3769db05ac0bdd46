"""Feeds of the demonstration state for what stands around its §1003 awards: promises, gates, consultations.

Invented, the same every time (docs/after_the_award.md).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

# awards that the state made before: one in its last two years, and services of its own
SUBGRANTS = (
    ("award_id", "fiscal_year", "org_id", "lea_id", "recipient_id", "recipient_kind", "amount", "first_fiscal_year",
     "years", "has_planning_year", "is_direct_service", "lea_approved_on", "justification"),
    ("S-0001", 2023, "03010103", "03010000", "", "", "20000.00", 2022, 3, "false", "false", "", ""),
    ("S-0001", 2024, "03010103", "03010000", "", "", "5000.00", 2022, 3, "false", "false", "", ""),
    ("S-0002", 2024, "02010102", "02010000", "ESA-2", "provider", "12000.00", 2024, 1, "false", "true", "2024-05-15",
     "Coaching by the state's support team"),
)  # fmt: skip
GATES = (
    ("fiscal_year", "gate_on", "percent", "citation"),
    (2023, "2024-03-31", 60, "Invented for the demonstration, as Texas has them"),
    (2023, "2025-09-20", 100, "Invented for the demonstration, as Texas has them"),
)
CONSULTATIONS = (
    ("fiscal_year", "consulted_on", "record"),
    (2023, "2023-11-14", "Minutes of the committee of practitioners"),
)


def subgrants(lea_ids: Collection[str]) -> list[dict[str, Any]]:
    """Rows of the feed `subgrants`: promises to these LEAs."""
    return [row for row in _rows(SUBGRANTS) if row["lea_id"] in lea_ids]


def spending_gates() -> list[dict[str, Any]]:
    """Rows of the feed `spending_gates`."""
    return _rows(GATES)


def excess_consultations() -> list[dict[str, Any]]:
    """Rows of the feed `excess_consultations`; none for 2024, whose consultation is open."""
    return _rows(CONSULTATIONS)


def _rows(table: tuple[tuple[Any, ...], ...]) -> list[dict[str, Any]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]
