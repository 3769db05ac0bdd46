"""Days, months and school years, as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from orchestration.contracts.model import Field
from orchestration.intake.cell_marks import SINCE_1904
from orchestration.intake.reading import Context, Read, bad
from orchestration.school_year import is_school_year

FIRST_YEAR, LAST_YEAR = 1950, 2100
SERIALS = range(18264, 73051)  # 1950-01-01 to 2100-01-01 in the 1900 date system
DAY_ZERO, DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
NUMBER_1904 = re.compile(r"([0-9]{1,6}) \(days since 1904\)")  # as `cell_marks` writes it
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?Z?)?"
ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH_FIRST = re.compile(rf"(\d{{1,2}})[-/](\d{{1,2}})[-/](\d{{4}}|\d{{2}}){_TIME}")
NAMED_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
NAMED_DAY_FIRST = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
YEAR_MONTH = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})")
MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
NAMED_MONTH = re.compile(r"([A-Za-z]{3,9})\.?,?[ -](\d{4})")
SCHOOL_YEAR = re.compile(r"(?:SY\s*)?(\d{4})\s*[-/–—]\s*(\d{4}|\d{2})", re.IGNORECASE)


def _month(name: str) -> int:
    """1 to 12 for a month's English name or its beginning; 0 for anything else."""
    full = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december")  # fmt: skip
    low = name.lower()
    return next(
        (
            n
            for n, month in enumerate(full, 1)
            if month == low or low == month[:3] or (low == "sept" and n == 9)
        ),
        0,
    )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written(text: str) -> tuple[date | None, bool]:
    """The day in a text, and whether its year has two digits."""
    if m := ISO.fullmatch(text) or COMPACT.fullmatch(text):
        return _day(int(m[1]), int(m[2]), int(m[3])), False
    if m := MONTH_FIRST.fullmatch(text):
        short = len(m[3]) == 2
        return _day(int(m[3]) + (2000 if short else 0), int(m[1]), int(m[2])), short
    if m := NAMED_MONTH_FIRST.fullmatch(text):
        return _day(int(m[3]), _month(m[1]), int(m[2])), False
    if m := NAMED_DAY_FIRST.fullmatch(text):
        return _day(int(m[3]), _month(m[2]), int(m[1])), False
    return None, False


def read_date(raw: Any, field: Field, context: Context) -> Read:
    """A day: a date cell, `2024-01-31`, `1/31/2024` (month first), `Jan 31, 2024`, a spreadsheet's number."""
    found: date | None
    if isinstance(raw, str) and raw.endswith(SINCE_1904) and (m := NUMBER_1904.fullmatch(raw)):
        found = DAY_ZERO_1904 + timedelta(days=int(m[1]))
        return _plausible(found, ("date.from_number",))
    if isinstance(raw, str) and re.fullmatch(r"\d{5}(\.0+)?", raw):
        raw = float(raw)  # CSVs hold a spreadsheet's day numbers as text
    if isinstance(raw, int | float):
        if raw - raw != 0 or raw != int(raw):
            return bad("date.unreadable")
        number = int(raw)
        if number in SERIALS:
            found = DAY_ZERO + timedelta(days=number)
        else:
            m = COMPACT.fullmatch(str(number))
            found = _day(int(m[1]), int(m[2]), int(m[3])) if m else None
        return _plausible(found, ("date.from_number",))
    if isinstance(raw, datetime):
        return _plausible(raw.date(), ())
    if isinstance(raw, date):
        return _plausible(raw, ())
    if not isinstance(raw, str) or len(raw) > 40:
        return bad("date.unreadable")
    found, short = _written(" ".join(raw.split()))
    return _plausible(found, ("date.two_digit_year",) if short else ())


def _plausible(found: date | None, rules: tuple[str, ...]) -> Read:
    if found is None:
        return bad("date.unreadable")
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return bad("date.implausible", year=found.year)
    return Read(found, tuple((rule, {"read": found.isoformat()}) for rule in rules))


def read_period(raw: Any, field: Field, context: Context) -> Read:
    """A month: `2024-01`, `1/2024`, `January 2024`, or any day of it."""
    if isinstance(raw, date):  # a spreadsheet turns 2024-01 into its first day
        return _period(raw.year, raw.month)
    if isinstance(raw, int | float):
        whole = int(raw) if 195000 < raw < 210099 and raw == int(raw) else 0
        return _period(whole // 100, whole % 100)
    if not isinstance(raw, str) or len(raw) > 40:
        return bad("period.unreadable")
    text = " ".join(raw.split())
    if m := YEAR_MONTH.fullmatch(text):
        return _period(int(m[1]), int(m[2]))
    if m := MONTH_YEAR.fullmatch(text):
        return _period(int(m[2]), int(m[1]))
    if m := NAMED_MONTH.fullmatch(text):
        return _period(int(m[2]), _month(m[1]))
    found, _ = _written(text)
    return _period(found.year, found.month) if found else bad("period.unreadable")


def _period(year: int, month: int) -> Read:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return bad("period.unreadable")
    return Read(f"{year}-{month:02d}")


def read_school_year(raw: Any, field: Field, context: Context) -> Read:
    """A school year: `2023-24`, `2023-2024`, `2023/24`, `SY 2023-24`."""
    m = SCHOOL_YEAR.fullmatch(raw) if isinstance(raw, str) else None
    if not m:
        return bad("school_year.unreadable")
    year = f"{m[1]}-{m[2][-2:]}"
    follows = len(m[2]) == 2 or int(m[2]) == int(m[1]) + 1
    plausible = FIRST_YEAR <= int(m[1]) <= LAST_YEAR
    return Read(year) if is_school_year(year) and follows and plausible else bad("school_year.unreadable")
