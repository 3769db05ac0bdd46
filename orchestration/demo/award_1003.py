"""Feeds of the demonstration state for what follows its §1003 awards: gates and consultations.

Invented, the same every time (docs/after_the_award.md).
"""

from __future__ import annotations

from typing import Any

GATES = (
    ("fiscal_year", "gate_on", "percent", "citation"),
    (2023, "2024-03-31", 60, "Invented for the demonstration, as Texas has them"),
    (2023, "2025-09-20", 100, "Invented for the demonstration, as Texas has them"),
)
CONSULTATIONS = (
    ("fiscal_year", "consulted_on", "record"),
    (2023, "2023-11-14", "Minutes of the committee of practitioners"),
)


def spending_gates() -> list[dict[str, Any]]:
    """Rows of the feed `spending_gates`."""
    return _rows(GATES)


def excess_consultations() -> list[dict[str, Any]]:
    """Rows of the feed `excess_consultations`; none for 2024, whose consultation is open."""
    return _rows(CONSULTATIONS)


def _rows(table: tuple[tuple[Any, ...], ...]) -> list[dict[str, Any]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]
