"""The sheets of the template as the workbook library makes them: everything but the rows.

Sheets are protected without a password: the header, the codes and the identity of the rows that were
already there are locked, everything else is open. Whoever must change more unprotects the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orchestration.contracts.codesets import CodeSet
from orchestration.contracts.model import Table
from orchestration.intake.template_columns import (
    Column,
    columns_of,
    entry_rule,
    frozen_columns,
    wrapped_columns,
)
from orchestration.intake.workbook_cells import column_letter

HEADER_ROW = 3  # rows 1 and 2 hold the sheet's title and what to do
FIRST_DATA_ROW = HEADER_ROW + 1
LAST_SHEET_ROW = 1_048_576
HEADER_POINTS = 33  # two lines
FILTERED_TO = 20_000  # last row that the header's filter buttons reach
INSTRUCTIONS_SHEET, CODES_SHEET = "Instructions", "Codes"
TITLE_TOKEN = "Title of this workbook goes here"

HEADER, HEADER_REQUIRED, HEADER_BESIDE = "#E3E9F1", "#C9D8EC", "#F1F1F1"
OPEN_REQUIRED = "#FFFCEB"  # the light fill of cells that must be filled in
LOCKED_TEXT = "#5A5A5A"
MISSING = "#F8D3C5"  # a required cell left blank in a row that is in use
ALLOWED = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True,
    "autofilter": True, "objects": False, "scenarios": False,
}  # fmt: skip

WHEN = {
    "plan": "the plan as it stands; change what changed",
    "monthly": "every month",
    "quarterly": "last month of each quarter",
    "semester": "last month of each semester",
    "annual": "last month of the school year",
    "application": "when you apply",
}
HOW_TO = (
    "One sheet per table. What you sent before is filled in already: change what changed, and add new rows below the last.",
    "In a quiet month that is a handful of cells on the sheet Action status; all other sheets may stay as they are.",
    "Columns marked * must be filled in (their cells are light yellow; one that is missing in a row turns red).",
    "Click a cell to read what belongs in it. Cells with codes have a drop-down list; the Codes sheet says what each means.",
    "IDs and codes are text: keep the leading zeros. Write days as days (2024-01-31), percents as 0 to 100 (45 for 45 %).",
    "Gray text is locked, so that a row keeps its identity. To remove such a row: Review, Unprotect Sheet (no password).",
    "Columns whose header begins with flex_ are only there for you to read; so may be columns of your own. They are not read.",
    "Do not rename the sheets or the headers. A sheet that holds nothing, or that you delete, leaves what you sent before.",
    "Save the file and put it in your LEA's folder. You get a receipt that names every cell to mend.",
)


def data_sheet(workbook: xlsxwriter.Workbook, table: Table, lists: dict[str, str], with_beside: bool) -> None:
    """A table's sheet: title, instruction, header, lists; and two model rows that show each column's styles.

    The first model row has the styles of open cells, the second those of locked ones.
    """
    sheet = workbook.add_worksheet(table.sheet)
    columns = columns_of(table, with_beside)
    plain = workbook.add_format()
    for row in range(HEADER_ROW - 1):  # else the fill of the columns begins above the header
        sheet.set_row(row, None, plain)
    sheet.set_row(HEADER_ROW - 1, HEADER_POINTS)
    sheet.write_string(
        0, 0, f"{table.title}: {table.grain}", workbook.add_format({"bold": True, "font_size": 13})
    )
    due = f" Due: {WHEN[table.when]}." if table.when else ""
    sheet.write_string(
        1, 0, f"{table.description}{due} * = must be filled in.", workbook.add_format({"italic": True})
    )
    for n, column in enumerate(columns):
        form = _form(workbook, column, locked=column.field is None)
        sheet.set_column(n, n, column.width, form)
        sheet.write_string(HEADER_ROW - 1, n, column.header, _header(workbook, column))
        sheet.write_blank(FIRST_DATA_ROW - 1, n, None, form)
        sheet.write_blank(FIRST_DATA_ROW, n, None, _form(workbook, column, locked=column.identity))
        _rules(sheet, n, column, lists)
    _mark_missing(workbook, sheet, columns)
    sheet.freeze_panes(HEADER_ROW, frozen_columns(columns))
    if table.name != "cover":
        sheet.autofilter(HEADER_ROW - 1, 0, FILTERED_TO - 1, len(columns) - 1)
    sheet.protect("", ALLOWED)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.fit_to_pages(1, 0)  # printed: as wide as the page, as many pages as it takes
    sheet.repeat_rows(HEADER_ROW - 1)


def _header(workbook: xlsxwriter.Workbook, column: Column) -> Format:
    look: dict[str, Any] = {"bottom": 1, "text_wrap": True, "valign": "top", "bg_color": HEADER}
    if column.required:
        look |= {"bold": True, "bg_color": HEADER_REQUIRED}
    elif column.field is None:
        look |= {"bg_color": HEADER_BESIDE, "font_color": LOCKED_TEXT}
    return workbook.add_format(look)


def _form(workbook: xlsxwriter.Workbook, column: Column, *, locked: bool) -> Format:
    look: dict[str, Any] = {"num_format": column.num_format, "valign": "top", "locked": locked}
    if column.num_format == "@":
        look["text_wrap"] = column.name in wrapped_columns([column])
    elif column.num_format.startswith("yyyy"):
        look["align"] = "left"
    else:
        look |= {"align": "right", "indent": 1}  # else a sum touches the text of the next column
    if locked:
        look["font_color"] = LOCKED_TEXT
    elif column.required:
        look |= {"bg_color": OPEN_REQUIRED, "border": 4, "border_color": "#D9D9D9"}
    return workbook.add_format(look)


def _rules(sheet: Worksheet, n: int, column: Column, lists: dict[str, str]) -> None:
    rule = entry_rule(column.field, lists) if column.field is not None else {}
    if rule:
        sheet.data_validation(FIRST_DATA_ROW - 1, n, LAST_SHEET_ROW - 1, n, rule)


def _mark_missing(workbook: xlsxwriter.Workbook, sheet: Worksheet, columns: Sequence[Column]) -> None:
    """Required cells turn red while they are blank in a row that holds anything else."""
    red = workbook.add_format({"bg_color": MISSING})
    last = column_letter(len(columns) - 1)
    for n, column in enumerate(columns):
        if column.required:
            here = f"${column_letter(n)}{FIRST_DATA_ROW}"
            row = f"$A{FIRST_DATA_ROW}:${last}{FIRST_DATA_ROW}"
            rule = {"type": "formula", "criteria": f"=AND(ISBLANK({here}),COUNTA({row})>0)", "format": red}
            sheet.conditional_format(FIRST_DATA_ROW - 1, n, FILTERED_TO - 1, n, rule)


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
    bold = workbook.add_format({"bold": True, "bg_color": HEADER, "bottom": 1})
    text = workbook.add_format({"num_format": "@", "valign": "top"})
    meaning = workbook.add_format({"text_wrap": True, "valign": "top"})
    first = {"top": 1, "top_color": "#B7C3D3"}  # a line parts one list from the next
    first_text = workbook.add_format({"num_format": "@", "valign": "top", **first})
    first_meaning = workbook.add_format({"text_wrap": True, "valign": "top", **first})
    sheet.write_string(0, 0, "Codes and what they mean", workbook.add_format({"bold": True, "font_size": 13}))
    sheet.write_string(
        1, 0, "The drop-down lists of the other sheets come from here; changes here are not read."
    )
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 100)
    for column, heading in enumerate(("Code list", "Code", "Meaning")):
        sheet.write_string(HEADER_ROW - 1, column, heading, bold)
    row = FIRST_DATA_ROW - 1
    for codes in _used_sets(tables):
        for n, (code, label) in enumerate(codes.labels.items()):
            of_code, of_label = (text, meaning) if n else (first_text, first_meaning)
            sheet.write_string(row, 0, codes.name.replace("_", " ").capitalize(), of_code)
            sheet.write_string(row, 1, code, of_code)
            sheet.write_string(row, 2, label, of_label)
            if len(label) > 100:
                sheet.set_row(row, 15 * (1 + len(label) // 100))
            row += 1
    sheet.freeze_panes(HEADER_ROW, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    _printed_on_pages(sheet)


def instructions(workbook: xlsxwriter.Workbook, tables: Sequence[Table]) -> None:
    """The first sheet: what to do, and what each sheet holds. Its title is `TITLE_TOKEN`.

    `template` adds below what is to be said of one LEA.
    """
    sheet = workbook.add_worksheet(INSTRUCTIONS_SHEET)
    bold = workbook.add_format({"bold": True, "bg_color": HEADER, "bottom": 1})
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})
    top = workbook.add_format({"valign": "top"})
    link = workbook.add_format({"valign": "top", "font_color": "#0B4F9E", "underline": 1})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 90)
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
        sheet.write_url(row, 0, f"internal:'{table.sheet}'!A{FIRST_DATA_ROW}", link, string=table.sheet)
        sheet.write_string(row, 1, WHEN.get(table.when or "", ""), top)
        words = f"{table.description} ({table.grain})"
        sheet.write_string(row, 2, words, plain)
        sheet.set_row(row, 15 * (1 + len(words) // 105))
    sheet.write_url(row + 1, 0, f"internal:'{CODES_SHEET}'!A{FIRST_DATA_ROW}", link, string=CODES_SHEET)
    sheet.write_string(row + 1, 2, "Every code with its meaning.")
    # the styles of the lines that follow: heading, and plain
    sheet.write_blank(row + 2, 0, None, bold)
    sheet.write_blank(row + 3, 0, None, top)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    _printed_on_pages(sheet)


def _printed_on_pages(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
