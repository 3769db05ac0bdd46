"""What an .ods says of its cells beside their values: errors, formulas, merged ranges.

Plain byte patterns over its one content part (OpenDocument 1.3, 9.1), no XML parser: nothing can be
expanded or fetched.
"""

from __future__ import annotations

import html
import re
import zipfile

from orchestration.intake.cell_marks import NOT_CALCULATED, Marks
from orchestration.intake.workbook_parts import part_bytes, parts_of

SUSPECTS = (b":formula=", b'value-type="error"', b"-spanned=")
TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
ATTRIBUTE = re.compile(rb"""([\w-]+:[\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
TEXT = re.compile(rb"<text:p(?:\s[^>]*)?>(.*?)</text:p>", re.DOTALL)
MOST_REPEATED = 200_000  # cells that one tag stands for; more are blank ones to the sheet's edge


def marks(zipped: zipfile.ZipFile, limit: int) -> dict[str, Marks]:
    """What is to be told of the cells of each sheet, by its name.

    Args:
        zipped: the workbook.
        limit: bytes of its content that are looked at.

    Raises:
        UnreadableError: the content is damaged.
        ValueError: a number in it is none.
    """
    data = part_bytes(zipped, parts_of(zipped), "content.xml", limit)
    if not any(s in data for s in SUSPECTS):
        return {}
    found: dict[str, Marks] = {}
    sheet, row, column, rows = Marks(), -1, 0, 1
    for m in TAG.finditer(data):
        given = {k: v or w for k, v, w in ATTRIBUTE.findall(m[2])}
        if m[1] == b"table":
            name = html.unescape(given.get(b"table:name", b"").decode("utf-8", "replace"))
            sheet = found.setdefault(name, Marks())
            row, rows = -1, 1
        elif m[1] == b"table-row":
            row += rows
            rows, column = int(given.get(b"table:number-rows-repeated", 1)), 0
        else:
            columns = int(given.get(b"table:number-columns-repeated", 1))
            if rows * columns <= MOST_REPEATED:
                _cell(data, m, given, sheet, max(row, 0), column, rows, columns)
            column += columns
    return {name: of_sheet for name, of_sheet in found.items() if of_sheet}


def _cell(
    data: bytes,
    tag: re.Match[bytes],
    given: dict[bytes, bytes],
    sheet: Marks,
    row: int,
    column: int,
    rows: int,
    columns: int,
) -> None:
    places = [(r, c) for r in range(row, row + rows) for c in range(column, column + columns)]
    formula = b"table:formula" in given
    if given.get(b"calcext:value-type") == b"error":
        shown = "" if tag[2].endswith(b"/") else _shown(data, tag.end())
        sheet.faults += [(r, c, shown or "#VALUE!") for r, c in places]
    elif formula and b"office:value-type" not in given:
        sheet.faults += [(r, c, NOT_CALCULATED) for r, c in places]
    elif formula:
        sheet.formulas |= set(places)
    down = int(given.get(b"table:number-rows-spanned", 1))
    across = int(given.get(b"table:number-columns-spanned", 1))
    if down > 1 or across > 1:
        sheet.merged += [(r, c, r + down - 1, c + across - 1) for r, c in places]


def _shown(data: bytes, at: int) -> str:
    """What an error cell shows; a program's own code for an error becomes one that all know."""
    m = TEXT.search(data, at, at + 1_000)
    text = html.unescape(re.sub(rb"<[^>]*>", b"", m[1]).decode("utf-8", "replace")).strip() if m else ""
    return text if text.startswith("#") else "#VALUE!"
