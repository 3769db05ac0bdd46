"""Cells of an .xlsx that are shown as percents: 1 shown as 100% is a hundred per cent, and no 1.

Whoever types 100% into a spreadsheet gets a cell that holds 1 and is shown as 100%; the fast reader
gives the 1 alone, which in a percent column would pass for one per cent. So such a number is given the
words its sender sees. Plain byte patterns, no XML parser: nothing can be expanded or fetched. Workbooks
without a percent format, which most are, cost no more than a look at their styles.
"""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from typing import Any

from orchestration.contracts.model import Field, submission_tables
from orchestration.intake.found import FileRead, RawTable
from orchestration.intake.workbook_parts import book_of, parts_of, sheet_parts

STYLES = "xl/styles.xml"
BUILT_IN = frozenset({b"9", b"10"})  # 0% and 0.00%
FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
STYLE_LIST = re.compile(rb"<(?:\w+:)?cellXfs[\s>].*?</(?:\w+:)?cellXfs\s*>", re.DOTALL)
STYLE = re.compile(rb"<(?:\w+:)?xf[\s/>][^>]*")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
LITERAL = re.compile(rb"&quot;.*?&quot;|\\.")  # what a format shows as it stands

Places = set[tuple[str, int]]  # letter of the column, number of the row


def show_percents(zipped: zipfile.ZipFile, read: FileRead, limit: int) -> None:
    """Give the numbers that are shown as percents their sign, in the columns where that tells them apart.

    Args:
        zipped: the workbook.
        read: its tables; cells of them are replaced.
        limit: bytes of one worksheet that are looked at.
    """
    wanted = {t.sheet: t for t in read.tables if any(_may_be_percent(t.table, name) for name in t.columns)}
    parts = parts_of(zipped)
    if not wanted or STYLES not in parts or parts[STYLES].file_size > limit:
        return
    styles = _percent_styles(zipped.read(parts[STYLES]))
    if not styles:
        return
    cell = re.compile(
        rb"""<(?:\w+:)?c\s(?=[^>]*\bs\s*=\s*["'](?:%s)["'])[^>]*>"""
        % b"|".join(str(s).encode() for s in styles)
    )
    for part, sheet in sheet_parts(book_of(zipped, limit)).items():
        member = parts.get(part)
        if sheet in wanted and member and member.file_size <= limit:
            data = zipped.read(member)
            found = (REFERENCE.search(m[0]) for m in cell.finditer(data))
            _show(wanted[sheet], {(m[1].decode(), int(m[2])) for m in found if m})


def _may_be_percent(table: str, column: str) -> bool:
    """Percents, and texts that people write figures into (targets, results)."""
    field: Field = submission_tables()[table].field(column)
    return field.format == "percent" or (field.type == "string" and not field.format and not field.code_set)


def _percent_styles(styles: bytes) -> list[int]:
    """Numbers of the cell styles that show a percent."""
    percent = set(BUILT_IN)
    for tag in FORMAT.findall(styles):
        number, code = _attribute(tag, b"numFmtId"), _attribute(tag, b"formatCode")
        if b"%" in LITERAL.sub(b"", code):
            percent.add(number)
        else:
            percent.discard(number)
    listed = STYLE_LIST.search(styles)
    found = STYLE.findall(listed[0]) if listed else []
    return [n for n, tag in enumerate(found) if _attribute(tag, b"numFmtId") in percent]


def _attribute(tag: bytes, name: bytes) -> bytes:
    m = re.search(rb"""\s%s\s*=\s*(?:"([^"]*)"|'([^']*)')""" % name, tag)
    return (m[1] if m[1] is not None else m[2]) if m else b""


def _show(table: RawTable, places: Places) -> None:
    rows = {number: n for n, number in enumerate(table.rows)}
    columns = {letter: name for name, letter in table.letters.items() if _may_be_percent(table.table, name)}
    shown: dict[str, list[Any]] = {}
    for letter, number in places:
        if letter in columns and number in rows:
            cells = shown.setdefault(columns[letter], list(table.columns[columns[letter]]))
            raw = cells[rows[number]]
            if type(raw) in (int, float) and raw - raw == 0:
                cells[rows[number]] = f"{_hundredfold(raw):f}%"
    for name, cells in shown.items():
        table.columns[name] = tuple(cells)


def _hundredfold(number: float) -> Decimal:
    """To the fifteen digits that a spreadsheet keeps."""
    times = Decimal(f"{number:.15g}") * 100
    return times.quantize(Decimal(1)) if times == times.to_integral_value() else times.normalize()
