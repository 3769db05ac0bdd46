"""Writes `docs/submission.md`, what an LEA may send, from the contracts.

Run it by `python -m orchestration.contracts.reference`.
The page is committed; a test holds it against what this module gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestration.contracts.codesets import CodeSet
from orchestration.contracts.model import Field, Table, submission_tables

PAGE = Path(__file__).parents[2] / "docs" / "submission.md"

WHEN = {
    "plan": "with the plan, and again where it changes",
    "monthly": "every month",
    "quarterly": "in the last month of a quarter",
    "semester": "in the last month of a semester",
    "annual": "once a school year",
    "application": "when applying",
}
FORMS = {
    ("string", ""): "text",
    ("string", "org_id"): "organization ID (text, leading zeros kept)",
    ("string", "plan_code"): "plan code",
    ("string", "school_year"): "school year, `2023-24`",
    ("string", "period"): "month, `2024-01`",
    ("string", "list"): "list, separated by commas",
    ("integer", ""): "whole number",
    ("number", ""): "number",
    ("number", "money"): "dollars",
    ("number", "percent"): "percent, 0 to 100",
    ("number", "exact"): "number",
    ("boolean", ""): "yes or no",
    ("date", ""): "day, `2024-01-31`",
    ("datetime", ""): "time, `2024-01-31T02:00:00`",
}
HEAD = """\
# What an LEA sends

<!-- Written by `python -m orchestration.contracts.reference` from orchestration/contracts; change those. -->

A submission is one file for one month: a workbook (`.xlsx`, one sheet per table) or a zip of CSVs (one
`<table>.csv` per table). It is put into the LEA's landing folder, whose name is the LEA's ID. A file may
hold only some of the tables; those it does not hold, or holds without a good row, stand as last sent. The cover
is always needed.

## How it is read
- **Sheets and CSVs** are known by the table's name or the sheet's title, whatever the case; in a zip they
  may stand in a folder. CSVs are UTF-8 (with or without BOM), UTF-16 with BOM or Windows-1252, separated
  by commas, semicolons, tabs or bars, with `"` around texts that hold a separator; [csv.md](csv.md) tells
  what becomes of a broken row, with examples. The order of sheets and columns does not matter.
- **The header** is the first of the first 15 rows that holds every required column, by title or name, in
  any order. A row above it with all that must be filled in is put aside. Columns that are not listed here
  are not read, and the receipt says so once per sheet; those whose header begins with `flex_` are the
  LEA's own: no rule looks at them, and they come back beside whatever is found in their row.
- **Formulas, merged and hidden cells** of a workbook: a formula's stored value is used and flagged; one that was
  never calculated is not guessed: its row is put aside, as is one with an error (`#REF!`). A cell merged over several
  rows counts for each of them where it is a text, a code or part of the key, and is flagged; merged amounts, days
  and blocks are not shared out, and are flagged. Hidden rows and columns count like any other; so does a hidden
  sheet, which is flagged. All of this holds for `.xlsx`, `.xlsm`, `.xlsb`, `.xls` and `.ods`; send `.xlsx`.
- **IDs and plan codes** are text. A lost leading zero is restored only where the LEA has such an
  organization, and flagged. Codes are read in the forms people write (`Milestone 1.1:1`, `1. 1. 1`), and
  flagged where they are changed.
- **Codes** of a list may be given as the code or its label, in any case.
- **Days**: real dates (of workbooks that count from 1900 or from 1904), `2024-01-31`, or month first,
  `1/31/2024`. **Percents**: `45` or `45%`, and a number that a spreadsheet shows with the sign as it is
  shown; one between 0 and 1 that is shown without it is read as a fraction and flagged. **Dollars**:
  `1200.50` or `$1,200.50`.
- **A row** with a missing required value or a value that cannot be read is put aside and named in the
  receipt; the others count. Of two rows with the same key the first counts.
- **Baselines, targets and results** are kept as they are written; [targets.md](targets.md) shows which
  figure each form means, and what is flagged.
- **What a row names** (its action, milestone, strategy, goal) should stand in the file, where the file brings
  that table, and else in what you sent before in the school year; a row that names what is in neither is kept and
  flagged.
- **What you reported before** is not taken back without a word: a fund's spending that falls is put aside unless
  its comment says why; an action that is completed no more, or whose percent or spending falls, is flagged
  unless its cause or adjustment says why. Compared is the latest earlier month of the school year.
  Every rule is listed in [rules.md](rules.md).
- **A file** is refused as a whole if it cannot be read, is not this template, or speaks for an LEA, a
  school or a month that is not its sender's to report. Where Interlace itself fails on a file, the receipt says so:
  the file is kept, and read again once that is mended.

## Plan codes
Goal `G1` · priority `1` · strategy `1.1` · milestone `1.1.1` · action `1.1.1.1`
"""


def submission_page() -> str:
    """The page as Markdown."""
    tables = submission_tables().values()
    lines = [HEAD, "## Tables", "| table | sheet | one row per | sent |", "|---|---|---|---|"]
    for table in tables:
        link = f"[{table.name}](#{table.name})"
        grain = table.grain.removeprefix("one row per ")
        lines.append(f"| {link} | {table.sheet} | {_cell(grain)} | {WHEN.get(table.when or '', '')} |")
    for table in tables:
        lines += ["", *_table(table)]
    lines += ["", "## Codes"]
    for code_set in {f.code_set.name: f.code_set for t in tables for f in t.fields if f.code_set}.values():
        lines += ["", *_codes(code_set)]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> list[str]:
    key = ", ".join(f"`{k}`" for k in table.primary_key)
    lines = [f"### {table.name}", f"{table.description} Key: {key}.", ""]
    lines += ["| column | header | required | what | form | example |", "|---|---|---|---|---|---|"]
    for f in table.fields:
        required = "yes" if f.required else ""
        example = f"`{_cell(_text(f.example))}`" if f.example is not None else ""
        what = _cell(f.description)
        lines.append(f"| `{f.name}` | {_cell(f.title)} | {required} | {what} | {_form(f)} | {example} |")
    return lines


def _form(field: Field) -> str:
    form = FORMS[(field.type, field.format)]
    if field.code_level:
        form = f"code of a {field.code_level.replace('_', ' ')}"
    if field.code_set:
        several = field.format == "list"
        form = f"{'codes' if several else 'code'} of [{field.code_set.name}](#{field.code_set.name})"
        form += ", or the state's own" if field.code_set_is_open else ""
    if field.format != "percent":
        low = f"{field.minimum:g} or more" if field.minimum is not None and field.maximum is None else ""
        both = field.minimum is not None and field.maximum is not None
        limits = f"{field.minimum:g} to {field.maximum:g}" if both else low
        form = f"{form}, {limits}" if limits else form
    return form


def _codes(code_set: CodeSet) -> list[str]:
    lines = [f"### {code_set.name}", "| code | meaning |", "|---|---|"]
    return lines + [f"| `{code}` | {_cell(label)} |" for code, label in code_set.labels.items()]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the page."""
    PAGE.write_text(submission_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
