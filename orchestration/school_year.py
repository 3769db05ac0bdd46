"""School years, periods, quarters: the one place that turns dates into them in Python.

A school year is written `2023-24`, a period (a month) `2024-01`. dbt's `dim_period` is the same in
SQL; a test holds the two against each other.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

SCHOOL_YEAR = re.compile(r"^(\d{4})-(\d{2})\Z")
PERIOD = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])\Z")


def is_school_year(text: str) -> bool:
    """Whether the text is a school year such as 2023-24 (the second year follows the first)."""
    m = SCHOOL_YEAR.match(text)
    return m is not None and (int(m[1]) + 1) % 100 == int(m[2])


def school_year_from_start(year: int) -> str:
    """The school year that starts in that calendar year: 2023 -> 2023-24."""
    return f"{year}-{(year + 1) % 100:02d}"


def school_year_of(period: str, first_month: int = 7) -> str:
    """The school year of a period: 2024-01 -> 2023-24 where school years begin in July."""
    year, month = (int(p) for p in period.split("-"))
    return school_year_from_start(year if month >= first_month else year - 1)


def period_range(first: str, last: str) -> list[str]:
    """Every period from first to last, both included.

    Raises:
        ValueError: one is no period, or the first is after the last.
    """
    for text in (first, last):
        if not PERIOD.match(text):
            raise ValueError(f"{text!r} is not a month; write it as 2024-01")
    if first > last:
        raise ValueError(f"{first} is after {last}")
    year, month = (int(p) for p in first.split("-"))
    periods = []
    while (text := f"{year}-{month:02d}") <= last:
        periods.append(text)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return periods


def period_end(period: str) -> date:
    """The last day of a period."""
    year, month = (int(p) for p in period.split("-"))
    first_of_next = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return first_of_next - timedelta(days=1)


def month_of_school_year(period: str, first_month: int = 7) -> int:
    """1 for the first month of the school year … 12 for the last."""
    return (int(period[5:]) - first_month) % 12 + 1


def quarter_of(period: str, first_month: int = 7) -> int:
    """Quarter 1 to 4 of the school year."""
    return (month_of_school_year(period, first_month) - 1) // 3 + 1


def semester_of(period: str, first_month: int = 7) -> int:
    """Semester 1 or 2 of the school year."""
    return (month_of_school_year(period, first_month) - 1) // 6 + 1
