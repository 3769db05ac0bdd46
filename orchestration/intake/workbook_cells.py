"""Rows as the XML of a worksheet and as CSV text, quickly and the same every time.

A writer library checks and stores every cell; a statewide simulation has sixty million of them. The
skeleton of a workbook (styles, lists, frozen panes) is made by the library once, in `template.py`;
only the data rows are rendered here, with strings inline. Values are written as what they are: text
as text (so ids keep their zeros and nothing becomes a formula), numbers as numbers, days as days, truth
values as yes and no, the words of their drop-down list.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

DAY_ZERO = date(1899, 12, 30)  # serial 0 of the 1900 date system, as of March 1900
# what XML cannot hold as it stands, what it may strip (edges), and text that looks like an escape
NEEDS_CARE = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_|^\s|\s$|\n")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
EXCEL_MAX_TEXT = 32_767
EARLY_BREAK = 2  # characters by which a line of many falls short, as words are not cut
LINE_POINTS, MOST_LINES = 15, 12  # a row may be 409 points high; past twelve lines nobody reads a cell


def escape(text: str) -> str:
    """Text for an XML element of a workbook; what XML forbids becomes `_xHHHH_` as programs write it."""
    text = LOOKS_ESCAPED.sub("_x005F_", text)
    text = UNWRITABLE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)
    text = LONE_SURROGATE.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def column_letter(index: int) -> str:
    """Letter of the column with that index: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text_fragment(text: str) -> str:
    if len(text) > EXCEL_MAX_TEXT // 2:  # it counts in UTF-16, where an emoji is two
        cut = text.encode("utf-16-le", "surrogatepass")[: EXCEL_MAX_TEXT * 2]
        text = cut.decode("utf-16-le", "replace")
    if not NEEDS_CARE.search(text):
        return f't="inlineStr"><is><t>{text}</t></is></c>'
    return f't="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _other_fragment(value: Any) -> str:
    if isinstance(value, int | float | Decimal):
        return f"><v>{value}</v></c>"
    if isinstance(value, datetime):
        days = (value.date() - DAY_ZERO).days
        seconds = (
            datetime.combine(DAY_ZERO, value.time()) - datetime.combine(DAY_ZERO, time())
        ).total_seconds()
        return f"><v>{days + seconds / 86400:.10f}</v></c>"
    if isinstance(value, date):
        return f"><v>{(value - DAY_ZERO).days}</v></c>"
    return _text_fragment(str(value))


def sheet_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    styles: Sequence[str],
    first_row: int,
    wrapped: Mapping[str, int] | None = None,
) -> str:
    """The `<row>` elements of the rows, the first of them standing in sheet row `first_row`.

    Args:
        rows: values by column name; None and missing values leave the cell blank.
        columns: column names from left to right.
        styles: style index of each column, as the workbook's styles number them.
        first_row: 1-based row of the sheet.
        wrapped: characters that fit a line of the columns whose text wraps; rows are made high enough.
    """
    seen: dict[Any, str] = {}  # texts and days repeat a lot; (type, value) keeps 1, 1.0 and True apart
    by_column: list[list[str]] = []
    for index, (name, style) in enumerate(zip(columns, styles, strict=True)):
        letter = column_letter(index)
        tail = f'" s="{style}" '
        tail_number = f'" s="{style}"'
        cells: list[str] = []
        for row_number, row in enumerate(rows, first_row):
            value = row.get(name)
            if value is None or value == "":
                cells.append("")
            elif type(value) is str:
                fragment = seen.get(value)
                if fragment is None:
                    fragment = seen[value] = _text_fragment(value)
                cells.append(f'<c r="{letter}{row_number}{tail}{fragment}')
            elif type(value) is bool:
                cells.append(f'<c r="{letter}{row_number}{tail}{_text_fragment("yes" if value else "no")}')
            else:
                key = (type(value), value)
                fragment = seen.get(key)
                if fragment is None:
                    fragment = seen[key] = _other_fragment(value)
                space = tail if fragment.startswith("t=") else tail_number
                cells.append(f'<c r="{letter}{row_number}{space}{fragment}')
        by_column.append(cells)
    heights = _heights(rows, wrapped or {})
    return "".join(
        f'<row r="{row_number}"{height}>{"".join(cells)}</row>'
        for row_number, (height, cells) in enumerate(
            zip(heights, zip(*by_column, strict=True), strict=True), first_row
        )
    )


def _heights(rows: Sequence[Mapping[str, Any]], wrapped: Mapping[str, int]) -> list[str]:
    """Height attributes of the rows; programs do not all fit a row's height to wrapped text by themselves."""
    lines = [1] * len(rows)
    for name, width in wrapped.items():
        for n, row in enumerate(rows):
            value = row.get(name)
            if type(value) is str and len(value) > width:
                lines[n] = max(lines[n], min(-(-len(value) // (width - EARLY_BREAK)), MOST_LINES))
    return ["" if n == 1 else f' ht="{LINE_POINTS * n}" customHeight="1"' for n in lines]


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """The rows as CSV with a header of column names; days as 2024-01-31, truth values as true and false."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_csv_value(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


def _csv_value(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep="T", timespec="seconds")
    return value
