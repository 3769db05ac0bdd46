"""A good workbook as plain sheets and cells, ways to spoil it, and what a cell says to a person who looks at it.

`says` is the oracle of the mutation tests: small rules of its own, over the cells as openpyxl reads
them. It shares no code with intake, so that what both agree on is not one mistake made twice.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import openpyxl
from intake_home import LEA, SCHOOL, SECOND, cover
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.contracts.model import Field, Table, submission_tables
from orchestration.intake.template import render_workbook

Cells = list[list[Any]]
OWN = {"instructions", "codes", "problems"}

# every type and format of the contracts, in few rows: a mutation is likely to hit something that counts
EVERYTHING: dict[str, list[dict[str, Any]]] = {
    "cover": cover(prepared_on=date(2024, 2, 1)),
    "measures": [
        {
            "org_id": org, "parent_code": "G1", "measure_no": 1, "indicator": "Reading", "unit": "percent",
            "direction": "higher", "baseline_year": "2022-23", "baseline": "48%", "target_y1": "At least 55%",
        }
        for org in (SCHOOL, SECOND)
    ],
    "strategies": [
        {
            "org_id": SCHOOL, "strategy_code": f"1.{n}", "if_we": "coach", "then_adults": "teach better",
            "and_students": "learn more", "goal_code": "G1", "practice_codes": "1A,3B", "evidence_tier": "2",
            "fund_sources": "1003", "start_on": date(2023, 8, 15), "end_on": date(2025, 6, 30),
        }
        for n in (1, 2)
    ],
    "actions": [
        {
            "org_id": SCHOOL, "action_code": f"1.1.1.{n}", "description": f"Do {n}", "budget": 1200.5 * n,
            "start_on": date(2023, 9, n), "due_on": date(2024, 5, n), "fund_source": "1003",
        }
        for n in range(1, 5)
    ],
    "action_status": [
        {
            "org_id": SCHOOL, "action_code": f"1.1.1.{n}", "status": status, "percent_complete": percent,
            "completed_on": day, "spent_to_date": 100.25 * n, "cause": "n/a",
        }
        for n, (status, percent, day) in enumerate(
            [
                ("completed", 100, date(2024, 1, 20)), ("in_progress", 45, None),
                ("delayed", 12.5, None), ("not_started", 0, None),
            ], 1,
        )
    ],
    "measure_results": [
        {"org_id": SCHOOL, "parent_code": "G1", "measure_no": 1, "school_year": "2023-24", "actual": "51%", "n_students": 240}
    ],
    "self_reflection": [
        {"org_id": LEA, "respondent_no": n, "element_code": "1a1", "level": n, "evidence": "Minutes"} for n in (1, 2, 3)
    ],
    "application_1003": [
        {"org_id": LEA, "school_year": "2024-25", "assures_csi_plans": True, "assures_monitoring": False}
    ],
    "requests_1003": [
        {"org_id": org, "amount": 150_000, "years": 3, "has_planning_year": False, "evidence_tiers": "1,2"}
        for org in (SCHOOL, SECOND)
    ],
    "expenditures": [{"org_id": SCHOOL, "fund_source": "1003", "spent_to_date": 42_000.01}],
}  # fmt: skip


def good_workbook() -> bytes:
    """The good workbook from the template itself."""
    return render_workbook(EVERYTHING)


def cells_of(data: bytes) -> dict[str, Cells]:
    """Every worksheet as rows of values from A1 on, as openpyxl reads it."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        s.title: [[_shown(c) for c in r] for r in s.rows] for s in book.worksheets if isinstance(s, Worksheet)
    }


class Percent(float):
    """A number that is shown with the sign: 0.45 as 45%."""


def _shown(cell: Any) -> Any:
    value = cell.value
    if "%" in (cell.number_format or "") and type(value) in (int, float):
        return Percent(value)
    return value


def workbook_of(sheets: list[tuple[str, Cells]]) -> bytes:
    """A workbook of those sheets, as a program other than ours writes it."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(r, c).value = value
                    if isinstance(value, Percent):
                        sheet.cell(r, c).number_format = "0.0#%"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ------------------------------------------------------------------ finding one's way in a sheet


def words(text: Any) -> str:
    """Letters and digits alone, in small letters."""
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    return "".join(c for c in folded if c.isalnum())


def table_of(sheet: str) -> Table | None:
    """The table whose name a sheet bears."""
    named = {
        words(t): table
        for table in submission_tables().values()
        for t in (table.name, table.sheet, table.title)
    }
    return named.get(words(sheet))


def places_of(table: Table, rows: Cells) -> tuple[int, dict[str, int]] | None:
    """Index of the header and place of each column: the first row that holds every required column."""
    known = {words(t): f.name for f in reversed(table.fields) for t in (*f.aliases, f.name, f.title)}
    for n, row in enumerate(rows):
        places: dict[str, int] = {}
        for c, cell in enumerate(row):
            if isinstance(cell, str) and words(cell) in known:
                places.setdefault(known[words(cell)], c)
        if all(f.name in places for f in table.fields if f.required):
            return n, places
    return None


def is_blank(cell: Any) -> bool:
    """Nothing that a person would see."""
    return cell is None or (isinstance(cell, str) and not visible(cell))


def visible(text: str) -> str:
    """The text without what nobody sees at its edges."""
    return text.strip().strip("\u200b\u200c\u200d\u2060\ufeff").strip()


# ------------------------------------------------------------------ what a cell says


def says(field: Field, cell: Any, value: Any) -> bool:
    """Whether the cell, read literally, says that value (never None)."""
    if isinstance(cell, str):
        cell = visible(cell)
    kind = field.format or field.type
    if isinstance(cell, Percent):
        if kind in ("percent", "string"):
            cell = f"{Decimal(f'{cell:.15g}') * 100:f}%"
            if kind == "string":
                return Decimal(cell[:-1]) == Decimal(value.removesuffix("%")) and value.endswith("%")
        else:
            cell = float(cell)
    if field.code_set is not None:
        return _says_codes(field, cell, value)
    if kind in ("money", "percent", "number", "exact", "integer"):
        number = _number(cell)
        return number is not None and _close(number, Decimal(value))
    if kind == "date":
        return value in _days(cell)
    if kind == "period":
        return any(f"{d:%Y-%m}" == value for d in _days(cell)) or _months(cell) == value
    if kind == "school_year":
        parts = re.findall(r"\d+", str(cell))
        return len(parts) == 2 and f"{parts[0]}-{parts[1][-2:]}" == value
    if kind == "boolean":
        text = ("true" if cell else "false") if isinstance(cell, bool) else _digits(cell).lower()
        return text in (
            ("yes", "y", "true", "t", "x", "1", "✓", "✔", "☑")
            if value
            else ("no", "n", "false", "f", "0", "☐")
        )
    if kind == "list":
        return [p.strip() for p in re.split(r"[,;|\n\r]+", _digits(cell)) if p.strip()] == value.split(",")
    return _lines(_digits(cell)) == _lines(value)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _digits(cell: Any) -> str:
    """Text, or the digits of a number as a spreadsheet shows them."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        text = f"{cell:.15g}"
        return format(Decimal(text), "f") if abs(cell) < 1e15 and float(cell).is_integer() else text
    return str(cell)


def _close(one: Decimal, other: Decimal) -> bool:
    """Equal to the fifteen digits that a spreadsheet keeps."""
    return abs(one - other) <= abs(one) * Decimal("2e-15")


def _number(cell: Any) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return Decimal(repr(cell))
    if not isinstance(cell, str):
        return None
    text = cell
    negative = bool(m := re.fullmatch(r"\$?\s*\((.*)\)", text))
    text = (m[1] if m else text).strip()
    text = re.sub(r"^(-?)\s*(?:USD|US\$|\$)\s*", r"\1", text)
    text = re.sub(r"\s*(?:USD|\$|%)$", "", text)
    if "," in text and not re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", text):
        return None
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return -number if negative else number


FORMS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%m/%d/%Y", "%m-%d-%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y",
    "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%B-%Y",
)  # fmt: skip


def _days(cell: Any) -> list[date]:
    if isinstance(cell, datetime):
        return [cell.date()]
    if isinstance(cell, date):
        return [cell]
    found = []
    if isinstance(cell, str):
        text = re.sub(r"(\d)[T ]\d{1,2}:\d{2}.*$", r"\1", " ".join(cell.split()))
        for form in FORMS:
            try:
                found.append(datetime.strptime(text, form).date())
            except ValueError:
                continue
    return found


def _months(cell: Any) -> str | None:
    text = _digits(cell)
    if m := re.fullmatch(r"(\d{4})\s*[-/.]?\s*(\d{1,2})", text):
        return f"{m[1]}-{int(m[2]):02d}"
    if m := re.fullmatch(r"(\d{1,2})\s*[-/.]\s*(\d{4})", text):
        return f"{m[2]}-{int(m[1]):02d}"
    for form in ("%b %Y", "%B %Y", "%b-%Y", "%B-%Y"):
        try:
            return f"{datetime.strptime(text, form):%Y-%m}"
        except ValueError:
            continue
    return None


def _says_codes(field: Field, cell: Any, value: str) -> bool:
    assert field.code_set is not None
    labels: Mapping[str, str] = field.code_set.labels

    def one(text: str, code: str) -> bool:
        seen, own, label = words(text), words(code), words(labels.get(code, code))
        return seen in (own, label) or (
            seen.startswith(own) and seen[len(own) :][:12] == label[: len(seen) - len(own)][:12]
        )

    text = _digits(cell)
    if field.format != "list":
        return one(text, value)
    rest = words(text)  # each code, in order, with or without its label, and nothing else
    for code in value.split(","):
        own, label = words(code), words(labels[code])
        for said in (own + label, label, own):
            if rest.startswith(said):
                rest = rest[len(said) :]
                break
        else:
            return False
    return not rest or set(value.split(",")) >= {
        p.strip() for p in re.split(r"[,;|\n\r]+", text) if p.strip()
    }
