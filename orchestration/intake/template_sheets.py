"""The sheets of the template as the workbook library makes them: everything but the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orchestration.contracts.codesets import CodeSet
from orchestration.contracts.model import Field, Table

HEADER_ROW = 3  # rows 1 and 2 hold the sheet's title and what to do
FIRST_DATA_ROW = HEADER_ROW + 1
LAST_SHEET_ROW = 1_048_576
REQUIRED_MARK = " *"
INSTRUCTIONS_SHEET, CODES_SHEET = "Instructions", "Codes"
TITLE_TOKEN = "Title of this workbook goes here"

WHEN = {
    "plan": "the plan as it stands; change what changed",
    "monthly": "every month",
    "quarterly": "last month of each quarter",
    "semester": "last month of each semester",
    "annual": "last month of the school year",
    "application": "when you apply",
}
HOW_TO = (
    "One sheet per table. Fill in the rows below each header; leave a sheet empty if it has nothing to hold.",
    "Columns marked * must be filled in. Drop-down lists hold codes; the Codes sheet says what each means.",
    "IDs and codes are text: keep the leading zeros. Write days as days (2024-01-31).",
    "Write percents as numbers from 0 to 100: 45 for 45 %.",
    "Do not rename the sheets or the headers. Columns of your own are welcome to the right.",
    "Save the file and put it in your LEA's folder. You get a receipt that names every cell to mend.",
)

LONG_TEXT = 44  # width of columns that hold sentences; they wrap


def header_of(field: Field) -> str:
    """What stands in the header above a column: its title, marked where the column is required."""
    return field.title + (REQUIRED_MARK if field.required else "")


def data_sheet(workbook: xlsxwriter.Workbook, table: Table, lists: dict[str, str]) -> None:
    """A table's sheet: title, instruction, header, lists; and a model row that shows each column's style."""
    sheet = workbook.add_worksheet(table.sheet)
    sheet.write_string(
        0, 0, f"{table.title}: {table.grain}", workbook.add_format({"bold": True, "font_size": 13})
    )
    due = f" Due: {WHEN[table.when]}." if table.when else ""
    sheet.write_string(
        1, 0, f"{table.description}{due} * = must be filled in.", workbook.add_format({"italic": True})
    )
    plain = workbook.add_format({"bg_color": "#E8EDF3", "bottom": 1, "text_wrap": True, "valign": "top"})
    required = workbook.add_format(
        {"bold": True, "bg_color": "#D3DFEE", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    for column, field in enumerate(table.fields):
        form = _form(workbook, field)
        sheet.set_column(column, column, _width(field), form)
        sheet.write_string(HEADER_ROW - 1, column, header_of(field), required if field.required else plain)
        sheet.write_blank(FIRST_DATA_ROW - 1, column, None, form)
        _validate(sheet, column, field, lists)
    sheet.freeze_panes(HEADER_ROW, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # printed: as wide as the page, as many pages as it takes
    sheet.repeat_rows(HEADER_ROW - 1)


def _validate(sheet: Worksheet, column: int, field: Field, lists: dict[str, str]) -> None:
    if field.code_set is not None:
        several = field.format == "list"  # a list offers codes one at a time, but must let people write two
        rule: dict[str, Any] = {
            "validate": "list",
            "source": lists[field.code_set.name],
            "show_error": not several,
            "error_title": field.title[:32],
            "error_message": "Choose a code from the list; the Codes sheet says what each means.",
        }
    elif field.type == "boolean":
        rule = {"validate": "list", "source": ["TRUE", "FALSE"]}
    else:
        return
    sheet.data_validation(FIRST_DATA_ROW - 1, column, LAST_SHEET_ROW - 1, column, rule)


def _form(workbook: xlsxwriter.Workbook, field: Field) -> Format:
    forms = {
        "date": "yyyy-mm-dd",
        "datetime": "yyyy-mm-dd hh:mm",
        "integer": "0",
        "number": "General",
        "boolean": "General",
    }
    if field.format == "money":
        forms["number"] = "#,##0.00"
    # text stays text: else a program turns 01234 into 1234 and 1.1 into a day
    look: dict[str, Any] = {"num_format": forms.get(field.type, "@"), "valign": "top"}
    return workbook.add_format({**look, "text_wrap": field.name in wrapped_columns([field])})


def wrapped_columns(fields: Sequence[Field]) -> dict[str, int]:
    """The columns whose text wraps, with the characters that surely fit one line (words break early)."""
    return {f.name: int(_width(f)) - 6 for f in fields if _width(f) >= LONG_TEXT}


def _width(field: Field) -> float:
    """A width in characters at which the column's usual values can be read."""
    if field.code_set is not None and field.format != "list":
        usual = max(len(c) for c in field.code_set.codes) + 4
    elif field.type == "string":
        usual = {"org_id": 18, "plan_code": 11, "school_year": 11, "period": 11, "list": 18}.get(
            field.format, 44
        )
        if usual == LONG_TEXT and len(str(field.example or "")) < 12:
            usual = 18
    else:
        usual = 13
    longest_word = max(len(word) for word in header_of(field).split())
    return max(usual, longest_word + 2, 9)


def _used_sets(tables: Sequence[Table]) -> list[CodeSet]:
    return list({f.code_set.name: f.code_set for t in tables for f in t.fields if f.code_set}.values())


def list_ranges(tables: Sequence[Table]) -> dict[str, str]:
    """Where the codes of each set will stand on the Codes sheet."""
    ranges, row = {}, FIRST_DATA_ROW
    for codes in _used_sets(tables):
        ranges[codes.name] = f"={CODES_SHEET}!$B${row}:$B${row + len(codes.codes) - 1}"
        row += len(codes.codes)
    return ranges


def codes(workbook: xlsxwriter.Workbook, tables: Sequence[Table]) -> None:
    """The sheet of every code that the tables use, with its label."""
    sheet = workbook.add_worksheet(CODES_SHEET)
    bold = workbook.add_format({"bold": True, "bg_color": "#E8EDF3", "bottom": 1})
    text = workbook.add_format({"num_format": "@"})
    sheet.write_string(0, 0, "Codes and what they mean", workbook.add_format({"bold": True, "font_size": 13}))
    sheet.write_string(
        1, 0, "The drop-down lists of the other sheets come from here; changes here are not read."
    )
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 22, text)
    sheet.set_column(2, 2, 100)
    for column, heading in enumerate(("Code list", "Code", "Meaning")):
        sheet.write_string(HEADER_ROW - 1, column, heading, bold)
    row = FIRST_DATA_ROW - 1
    for codes in _used_sets(tables):
        for code, label in codes.labels.items():
            sheet.write_string(row, 0, codes.name.replace("_", " ").capitalize())
            sheet.write_string(row, 1, code, text)
            sheet.write_string(row, 2, label)
            row += 1
    sheet.freeze_panes(HEADER_ROW, 0)


def instructions(workbook: xlsxwriter.Workbook, tables: Sequence[Table]) -> None:
    """The first sheet: what to do, and what each sheet holds. Its title is `TITLE_TOKEN`."""
    sheet = workbook.add_worksheet(INSTRUCTIONS_SHEET)
    bold = workbook.add_format({"bold": True})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 100)
    sheet.write_string(0, 0, TITLE_TOKEN, workbook.add_format({"bold": True, "font_size": 14}))
    row = 2
    for line in HOW_TO:
        sheet.write_string(row, 0, line)
        row += 1
    row += 1
    for column, heading in enumerate(("Sheet", "When", "What it holds")):
        sheet.write_string(row, column, heading, bold)
    for table in tables:
        row += 1
        sheet.write_url(row, 0, f"internal:'{table.sheet}'!A{FIRST_DATA_ROW}", string=table.sheet)
        sheet.write_string(row, 1, WHEN.get(table.when or "", ""))
        sheet.write_string(row, 2, f"{table.description} ({table.grain})")
    sheet.write_string(row + 1, 0, CODES_SHEET)
    sheet.write_string(row + 1, 2, "Every code with its meaning.")
