"""A sender's own workbook back, with a first sheet "Problems" and every bad cell coloured and commented.

The workbook is opened again (formulas as their values, no macros, no links to elsewhere); one that
cannot be is written anew from its cells. What we write is text, never a formula. This runs in a
process of its own (`returned_worker`), as the file comes from outside.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from orchestration.intake.csv_cells import FORMULA_STARTS

PROBLEMS, TITLE, AUTHOR = "Problems", "What to mend in this file", "Receipt"
RED, AMBER, HEAD = "FFF4B6B0", "FFFFE08A", "FFE4E8EE"
MOST_LISTED, MOST_MARKED = 5_000, 2_000
MOST_OPENED = 40_000_000  # bytes of sheets, unpacked, that are opened cell by cell
MOST_COPIED = 200_000  # cells of a sheet that is written anew
COLUMNS = (
    ("What", 18),
    ("Sheet", 22),
    ("Cell", 9),
    ("Column", 24),
    ("You wrote", 28),
    ("What is wrong, and the fix", 80),
)
OWN = ("Your own columns", 24)  # only where a row with a problem has some
EPOCH = (1980, 1, 1, 0, 0, 0)
LEADS_OUT = re.compile(r"[|\[]|https?:|file:", re.IGNORECASE)  # in a name or rule: a way out of the workbook


@dataclass(frozen=True)
class Problem:
    """One finding, as the workbook shows it; `own` is what stands in the row's own (`flex_`) columns."""

    severity: str
    sheet: str
    row: int | None
    cell: str
    column: str
    value: str
    advice: str
    own: str = ""

    @property
    def what(self) -> str:
        """What became of it, in words."""
        return {"flag": "Please look", "reject": "Put aside"}.get(self.severity, "Not accepted")

    @property
    def place(self) -> str:
        """The cell to mark: of a finding on a row its first."""
        return self.cell or (f"A{self.row}" if self.row else "")


def marked(path: Path, problems: Sequence[Problem], anew: bool = False) -> bytes:
    """The workbook with its problems marked.

    Args:
        path: the sender's workbook.
        problems: what was found, in order.
        anew: write its cells into a new workbook without opening the old one's styles.
    """
    book = _copied(path) if anew or _is_large(path) else _opened(path)
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = False
    _mark(book, problems)
    _list(book, problems)
    out = io.BytesIO()
    book.save(out)
    return _same_every_time(out)


def listed(problems: Sequence[Problem]) -> bytes:
    """A workbook with the list alone, for a file of which nothing else can be shown."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _list(book, problems)
    out = io.BytesIO()
    book.save(out)
    return _same_every_time(out)


def plain(value: Any) -> str:
    """Text that a workbook can hold."""
    text = str(value).encode("utf-8", "replace").decode()
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:32_000]


def put(cell: Cell, value: Any) -> None:
    """Put text into a cell as text, whatever it begins with."""
    text = plain(value)
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True


def _is_large(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return True  # an older format, which only the fast reader knows
    with zipfile.ZipFile(path) as z:
        return sum(m.file_size for m in z.infolist()) > MOST_OPENED


def _opened(path: Path) -> Workbook:
    with path.open("rb") as f:
        book = load_workbook(f, data_only=True, keep_vba=False, keep_links=False)
    for name in [n for n, d in book.defined_names.items() if LEADS_OUT.search(d.value or "")]:
        del book.defined_names[name]
    for sheet in list(book.worksheets):
        if sheet.title == PROBLEMS and sheet["A1"].value == TITLE:
            book.remove(sheet)
            continue
        sheet.legacy_drawing = None
        sheet._hyperlinks = []
        rules = sheet.data_validations.dataValidation
        sheet.data_validations.dataValidation = [
            r for r in rules if not LEADS_OUT.search(f"{r.formula1 or ''}{r.formula2 or ''}")
        ]
        for found in list(sheet.conditional_formatting):
            if any(LEADS_OUT.search(str(f)) for rule in found.rules for f in rule.formula):
                del sheet.conditional_formatting[found.sqref]
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, MergedCell):
                    continue
                cell._hyperlink = None
                if cell.comment is not None and cell.comment.author == AUTHOR:  # ours, of the time before
                    cell.comment, cell.fill = None, PatternFill()
                if isinstance(cell.value, str) and cell.value.startswith(FORMULA_STARTS):
                    put(cell, cell.value)
    return book


def _copied(path: Path) -> Workbook:
    """The same cells at the same places, without any of the old workbook's styles."""
    book = Workbook()
    book.remove(book.worksheets[0])
    with CalamineWorkbook.from_path(path) as old:
        for name in old.sheet_names:
            if name == PROBLEMS:
                continue
            sheet, source = book.create_sheet(plain(name)), old.get_sheet_by_name(name)
            row0, column0 = source.start or (0, 0)
            left = MOST_COPIED
            for r, values in enumerate(source.iter_rows(), 1) if source.start else ():
                if r <= row0:  # the reader begins at the first row of the sheet, and at its first used column
                    continue
                for c, value in enumerate(values):
                    if value != "" and left > 0:
                        left -= 1
                        _copy(sheet.cell(r, column0 + c + 1), value)
            for letter in "ABCDEFGHIJKL":
                sheet.column_dimensions[letter].width = 18
    return book


def _copy(cell: Cell, value: Any) -> None:
    if isinstance(value, str):
        put(cell, value)
    else:
        cell.value = value


def _mark(book: Workbook, problems: Sequence[Problem]) -> None:
    sheets = {s.title: s for s in book.worksheets}
    of_cell: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.place and problem.sheet in sheets:
            of_cell.setdefault((problem.sheet, problem.place), []).append(problem)
    for (name, place), found in list(of_cell.items())[:MOST_MARKED]:
        cell = _top_left(sheets[name], place)
        worst = any(p.severity != "flag" for p in found)
        words = "\n".join(f"{p.what}: {p.advice}" for p in found)
        old = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(plain(old + words)[:2_000], AUTHOR, height=140, width=320)
        cell.fill = PatternFill("solid", fgColor=RED if worst else AMBER)


def _top_left(sheet: Worksheet, place: str) -> Cell:
    cell = sheet[place]
    if isinstance(cell, MergedCell):
        for area in sheet.merged_cells.ranges:
            if cell.coordinate in area:
                return sheet.cell(area.min_row, area.min_col)
    return cell


def _list(book: Workbook, problems: Sequence[Problem]) -> None:
    sheet = book.create_sheet(PROBLEMS, 0)
    sheets = {s.title for s in book.worksheets}
    sheet["A1"].font = Font(bold=True, size=14)
    put(sheet["A1"], TITLE)
    put(
        sheet["A2"],
        "Red cells: the row (or the file) does not count until mended. Yellow cells: read, but please look. "
        "Click a cell's name to go there; mend it there, save, and send this workbook.",
    )
    if len(problems) > MOST_LISTED:
        put(sheet["A3"], f"The first {MOST_LISTED:,} of {len(problems):,}; the receipt counts all.")
    columns = (*COLUMNS, OWN) if any(p.own for p in problems) else COLUMNS
    for c, (title, width) in enumerate(columns, 1):
        head = sheet.cell(4, c)
        put(head, title)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor=HEAD)
        sheet.column_dimensions[head.column_letter].width = width
    for r, p in enumerate(problems[:MOST_LISTED], 5):
        place = p.cell or (f"row {p.row}" if p.row else "")
        values = (p.what, p.sheet, place, p.column, p.value, p.advice, p.own)[: len(columns)]
        for c, value in enumerate(values, 1):
            cell = sheet.cell(r, c)
            put(cell, value)
            cell.alignment = Alignment(wrap_text=c > 3, vertical="top")
        longest = max(len(plain(v)) / w for v, (_, w) in zip(values, columns, strict=True))
        sheet.row_dimensions[r].height = 15 * min(ceil(longest), 12)  # programs do not work it out themselves
        sheet.cell(r, 1).fill = PatternFill("solid", fgColor=AMBER if p.severity == "flag" else RED)
        if p.place and p.sheet in sheets:
            to = "'" + p.sheet.replace("'", "''") + f"'!{p.place}"
            cell = sheet.cell(r, 3)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=to)
            cell.font = Font(color="FF0B57A4", underline="single")
    sheet.freeze_panes = "A5"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.active = 0


def _same_every_time(packed: io.BytesIO) -> bytes:
    """The workbook without the time at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "docProps/core.xml":
                data = re.sub(
                    rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data
                )
            info = zipfile.ZipInfo(member.filename, date_time=EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(info, data)
    return out.getvalue()
