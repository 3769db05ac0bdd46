"""Numbers, money, percents and whole numbers, as people and spreadsheets write them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from orchestration.contracts.model import Field
from orchestration.intake.reading import Context, Read, bad, flagged

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")  # 1,200.50; not 1,20 nor 1.200,50
IN_PARENTHESES = re.compile(r"\((.+)\)")  # (500) is -500 in accounts
INTEGER_LIMIT = 2**63
EXACT_CENTS = 10**15  # so many cents, and no more, are certain in the 15 digits of a binary fraction


@cache
def _shape(sql_type: str) -> tuple[int, Decimal]:
    """Digits before the point and smallest step of a DECIMAL type."""
    precision, scale = (int(n) for n in sql_type.removeprefix("DECIMAL(").rstrip(")").split(","))
    return precision - scale, Decimal(1).scaleb(-scale)


def exact(raw: Any) -> Decimal | None:
    """The number in a cell, or None; a binary fraction is read to the 15 digits that a spreadsheet shows."""
    if isinstance(raw, int):
        return Decimal(raw)
    if isinstance(raw, float):
        return Decimal(f"{raw:.15g}") if raw - raw == 0 else None
    if not isinstance(raw, str) or not raw.isascii():
        return None
    if m := IN_PARENTHESES.fullmatch(raw):
        inner = exact(m[1].strip())
        return -inner if inner is not None and inner >= 0 else None
    if GROUPED.fullmatch(raw):
        raw = raw.replace(",", "")
    return Decimal(raw) if PLAIN.fullmatch(raw) else None


def _fitted(raw: Any, number: Decimal | None, field: Field) -> Read:
    """The number in its column's exact type, flagged where that rounds."""
    if number is None:
        return bad("number.unreadable")
    digits, step = _shape(field.sql_type)
    if number.adjusted() >= digits:
        return bad("number.too_large")
    if outside := out_of_range(number, field):
        return bad("value.range", range=outside)
    value = number.quantize(step, rounding=ROUND_HALF_UP)
    if value != number:
        return flagged(value, "number.rounded", read=f"{value:f}")
    return Read(value)


def out_of_range(number: Decimal | int, field: Field) -> str:
    """What the number should be, where it is outside the column's limits; else blank."""
    low, high = field.minimum, field.maximum
    if (low is None or number >= low) and (high is None or number <= high):
        return ""
    if low is not None and high is not None:
        return f"between {low:g} and {high:g}"
    return f"{low:g} or more" if low is not None else f"{high:g} or less"


def read_number(raw: Any, field: Field, context: Context) -> Read:
    """A plain number: 12, 12.5, `1,200`."""
    return _fitted(raw, exact(raw), field)


def read_money(raw: Any, field: Field, context: Context) -> Read:
    """Dollars: 1200.5, `$1,200.50`, `(500.00)`; to cents, half up, flagged where that changes it."""
    if type(raw) is float and raw - raw == 0:
        cents = round(raw * 100)
        # the fraction nearest to whole cents: nothing is rounded, and nothing further to be told
        if cents / 100 == raw and -EXACT_CENTS < cents < EXACT_CENTS:
            dollars = Decimal(cents).scaleb(-2)
            outside = out_of_range(dollars, field)
            return bad("value.range", range=outside) if outside else Read(dollars)
    if isinstance(raw, str):
        negative = raw.startswith("-")
        bare = re.sub(r"^(USD|US\$|\$)\s*|\s*(USD|\$)$", "", raw.removeprefix("-").strip())
        if m := IN_PARENTHESES.fullmatch(bare):
            bare = f"({m[1].strip().removeprefix('$').strip()})"
        number = exact(bare)
        return _fitted(raw, -number if number is not None and negative else number, field)
    return _fitted(raw, exact(raw), field)


def read_percent(raw: Any, field: Field, context: Context) -> Read:
    """A percent from 0 to 100: 45, `45%`; without its sign, 0.45 (between 0 and 1) is a fraction: 45."""
    if isinstance(raw, str) and raw.endswith("%"):
        return _fitted(raw, exact(raw[:-1].strip()), field)
    number = exact(raw)
    if number is not None and 0 < number < 1:
        read = _fitted(raw, number * 100, field)
        return (
            read
            if read.value is None
            else Read(
                read.value, (("percent.fraction", {"read": f"{read.value.normalize():f}"}), *read.notes)
            )
        )
    read = _fitted(raw, number, field)
    return flagged(read.value, "percent.one") if read.value == 1 and number == 1 else read


def read_integer(raw: Any, field: Field, context: Context) -> Read:
    """A whole number: 12, 12.0, `1,200`."""
    number = exact(raw)
    if number is None or number.adjusted() > 30 or number != number.to_integral_value():
        return bad("integer.unreadable")
    if abs(number) >= INTEGER_LIMIT:
        return bad("number.too_large")
    if outside := out_of_range(number, field):
        return bad("value.range", range=outside)
    return Read(int(number))
