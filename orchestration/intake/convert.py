"""One converter for each Table Schema type and format of the contracts, and what holds for every cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from orchestration.contracts.model import Field
from orchestration.intake.amounts import read_integer, read_money, read_number, read_percent
from orchestration.intake.cell_marks import NOT_CALCULATED
from orchestration.intake.codes import read_code, read_list, read_org_id, read_plan_code
from orchestration.intake.days import read_date, read_period, read_school_year
from orchestration.intake.reading import BLANK, Context, Converter, Read, bad, flagged
from orchestration.intake.rules import shown

ERRORS = frozenset({
    "#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA", "#BUSY!", NOT_CALCULATED,
})  # fmt: skip
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # zero-width characters that come with pasted text
TRUE = frozenset({"yes", "y", "true", "t", "x", "1", "✓", "✔", "☑"})
FALSE = frozenset({"no", "n", "false", "f", "0", "☐"})


def read_text(raw: Any, field: Field, context: Context) -> Read:
    """Text; a whole number becomes its digits, a day its ISO form (flagged: it may have been typed 3/4)."""
    if isinstance(raw, str):
        return Read(raw)
    if isinstance(raw, datetime) and raw.time() == time():
        raw = raw.date()
    if isinstance(raw, date):
        return flagged(raw.isoformat(), "text.from_date", read=raw.isoformat())
    if isinstance(raw, time | timedelta):
        return flagged(str(raw), "text.from_date", read=str(raw))
    if isinstance(raw, float) and raw - raw == 0:
        return Read(str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else f"{raw:.15g}")
    return Read(str(raw)) if isinstance(raw, int) else bad("text.unreadable")


def read_boolean(raw: Any, field: Field, context: Context) -> Read:
    """Yes or no: yes, y, true, x, 1 … and no, n, false, 0."""
    text = shown(raw).lower()
    if text in TRUE:
        return Read(True)
    return Read(False) if text in FALSE else bad("boolean.unreadable")


def read_texts(raw: Any, field: Field, context: Context) -> Read:
    """A list; what a spreadsheet made a number or a day of is one item, told as `read_text` tells it."""
    if isinstance(raw, str) or field.code_set is not None:
        return read_list(raw, field, context)
    return read_text(raw, field, context)


CONVERTERS: dict[tuple[str, str], Converter] = {
    ("string", ""): read_text,
    ("string", "org_id"): read_org_id,
    ("string", "plan_code"): read_plan_code,
    ("string", "school_year"): read_school_year,
    ("string", "period"): read_period,
    ("string", "list"): read_texts,
    ("integer", ""): read_integer,
    ("number", ""): read_number,
    ("number", "money"): read_money,
    ("number", "percent"): read_percent,
    ("number", "exact"): read_number,
    ("boolean", ""): read_boolean,
    ("date", ""): read_date,
}


def converter(field: Field) -> Converter:
    """The converter of a column; KeyError for a type that no submission has."""
    if field.code_set is not None and field.format != "list":
        return read_code
    return CONVERTERS[(field.type, field.format)]


def read_all(field: Field, raws: Sequence[Any], context: Context) -> list[Read]:
    """Read every distinct cell of a column. Blank cells, and cells of spaces only, give BLANK."""
    convert = converter(field)
    plain = convert is read_text
    reads = []
    for raw in raws:
        if type(raw) is str:
            raw = raw.strip()
            if raw and (raw[0] in INVISIBLE or raw[-1] in INVISIBLE):
                raw = raw.strip(INVISIBLE).strip()
            if not raw:
                reads.append(BLANK)
                continue
            if raw[0] == "#" and raw.upper() in ERRORS:
                reads.append(bad("cell.error" if raw != NOT_CALCULATED else "cell.not_calculated"))
                continue
            if plain:
                reads.append(Read(raw))
                continue
        elif raw is None:
            reads.append(BLANK)
            continue
        reads.append(convert(raw, field, context))
    return reads
