"""What a sheet says of its cells beside their values: errors, formulas, merged ranges; and what follows.

The fast reader gives values only. A cell that shows an error, or a formula that nobody calculated, comes
from it as blank; the value of a merged range comes with its first cell alone. What each format's own
reader found (`xlsx_cells`, `xlsb_cells`, `xls_cells`, `ods_cells`) is put right here, and told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.contracts.model import Table
from orchestration.intake.found import FileRead, Note, RawTable
from orchestration.intake.workbook_cells import column_letter

SINCE_1904 = "(days since 1904)"
LAST_NUMBER = 100_000  # of days that a bare number can be: the year 2177
MOST_ROWS, MOST_COLUMNS = 1_048_576, 256  # of a sheet; of a table, with room for a sender's own columns
NOT_CALCULATED = "#NOT CALCULATED!"  # stands where a formula has no value that can be trusted

ERROR_CODES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip

Fault = tuple[int, int, str]  # row and column counted from 0, and what the cell shows
Range = tuple[int, int, int, int]  # first row, first column, last row, last column, counted from 0


@dataclass
class Marks:
    """Places in one sheet, counted from 0.

    Args:
        faults: cells that show an error, or hold a formula without a value that can be trusted.
        formulas: cells whose value is a formula's.
        merged: ranges of merged cells.
        from_1904: the workbook counts its days from 1904, as once on the Macintosh.
    """

    faults: list[Fault] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)
    from_1904: bool = False

    def __bool__(self) -> bool:
        return bool(self.faults or self.formulas or self.merged or self.from_1904)


def error_text(code: int) -> str:
    """What a cell with that error code of the binary formats shows."""
    return ERROR_CODES.get(code, "#VALUE!")


def put_faults(rows: list[list[Any]], wrong: list[Fault]) -> None:
    """Put what faulty cells show where the reader left them blank, or gave what is no value.

    Args:
        rows: the sheet from its cell A1 on; made larger where a faulty cell lies outside.
        wrong: the faulty cells.
    """
    read = len(rows[0]) if rows else 0
    # a place that no sheet or table has is a number gone wrong, not a cell
    wrong = [(r, c, text) for r, c, text in wrong if 0 <= r < MOST_ROWS and 0 <= c < max(read, MOST_COLUMNS)]
    width = max([read] + [c + 1 for _, c, _ in wrong])
    for row in rows:
        row.extend([""] * (width - len(row)))
    blank = [""] * width
    for r, c, text in sorted(wrong):
        rows.extend([blank] * (r + 1 - len(rows)))
        if rows[r] is blank:
            rows[r] = list(blank)
        rows[r][c] = text


def apply_marks(
    table: Table, raw: RawTable, header_row: int, places: Mapping[str, int], marks: Marks, read: FileRead
) -> None:
    """Tell of formulas, fill merged cells where that is certain and tell of it, tell of the others.

    Args:
        table: the contract table.
        raw: what was read of it; merged cells are filled in.
        header_row: row number of the header, from 1.
        places: place in the sheet of each column, counted from 0.
        marks: of that sheet.
        read: gets the notes.
    """
    if marks.from_1904:
        _say_epoch(table, raw)
    for name, place in places.items():
        _tell_formulas(table, raw, name, place, marks, read)
    for merged in marks.merged:
        if merged[0] >= header_row:
            _take_merged(table, raw, places, merged, read)


def _say_epoch(table: Table, raw: RawTable) -> None:
    """Say of each bare number in a column of days what it counts from; the reader knows only of real dates."""
    for name, cells in raw.columns.items():
        if table.field(name).type == "date":
            raw.columns[name] = tuple(
                f"{int(c)} {SINCE_1904}"
                if type(c) in (int, float) and c == c // 1 and 0 < c < LAST_NUMBER
                else c
                for c in cells
            )


def _tell_formulas(table: Table, raw: RawTable, name: str, place: int, marks: Marks, read: FileRead) -> None:
    """One note for each run of formulas down a column: they are filled down by the thousand."""
    if not marks.formulas:
        return
    cells = raw.columns[name]
    wrong = {(r, c) for r, c, _ in marks.faults}
    found = [
        n
        for n, row in enumerate(raw.rows)
        if (row - 1, place) in marks.formulas and cells[n] != "" and (row - 1, place) not in wrong
    ]
    starts = [n for k, n in enumerate(found) if k == 0 or found[k - 1] != n - 1]
    lasts = [n for k, n in enumerate(found) if k == len(found) - 1 or found[k + 1] != n + 1]
    for first, last in zip(starts, lasts, strict=True):
        words = {"more": ""}
        if last > first:
            words["more"] = (
                f", and so were those of the cells below it, down to {raw.letters[name]}{raw.rows[last]}"
            )
        title = table.field(name).title
        read.notes.append(
            Note("cell.formula", table.name, raw.sheet, raw.rows[first], title, cells[first], words)
        )


def _take_merged(
    table: Table, raw: RawTable, places: Mapping[str, int], merged: Range, read: FileRead
) -> None:
    top, left, bottom, right = merged
    names = sorted((n for n, place in places.items() if left <= place <= right), key=lambda n: places[n])
    rows = range(bisect_left(raw.rows, top + 1), bisect_right(raw.rows, bottom + 1))
    if not names or not len(rows):
        return
    name = names[0]
    first = rows[0] if raw.rows[rows[0]] == top + 1 else None
    covered = [n for n in rows if n != first]
    value = raw.columns[name][first] if first is not None and places[name] == left else ""
    extent = f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"
    hidden = [
        f"{raw.letters[n]}{raw.rows[row]}"
        for n in names
        for row in rows
        if (row != first or places[n] != left) and raw.columns[n][row] != ""
    ]
    title = table.field(name).title

    def tell(what: str) -> None:
        place = (table.name, raw.sheet, raw.rows[rows[0]], title)
        read.notes.append(Note("cell.merged", *place, value or None, {"cells": extent, "what": what}))

    if hidden:  # some programs keep what stood in a cell that a merged one covers
        tell(
            f"Below them stand other values, which the sheet does not show and which were read (first: {hidden[0]})."
        )
    elif left == right and value != "" and _fills(table, name):
        cells = list(raw.columns[name])
        for n in covered:
            cells[n] = value
            place = (table.name, raw.sheet, raw.rows[n], title)
            read.notes.append(Note("cell.merged_filled", *place, value, {"cells": extent}))
        raw.columns[name] = tuple(cells)
    elif (covered or len(names) > 1) and (value != "" or places[name] != left):
        tell("Only the first cell of them has the value; the others were read as empty.")


def _fills(table: Table, name: str) -> bool:
    """Whether a cell merged over several rows says the same of each: a word does, an amount may be a total."""
    return name in table.primary_key or table.field(name).type == "string"
