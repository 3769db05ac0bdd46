"""The workbook and the zip of CSVs that an LEA fills in, written from the contracts.

One sheet per table asked for: a title, a line of instruction, the header, then rows. The library
makes each combination of sheets once (a skeleton with styles, drop-down lists, frozen panes, codes);
rows are then put into it by `workbook_cells`. Equal input gives equal bytes: no file carries the
time or the machine it was written on.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlsxwriter

from orchestration import storage
from orchestration.contracts.model import Table, submission_tables
from orchestration.intake.template_columns import REQUIRED_MARK, columns_of, header_of, wrapped_columns
from orchestration.intake.template_sheets import (
    CODES_SHEET,
    FIRST_DATA_ROW,
    HEADER_ROW,
    INSTRUCTIONS_SHEET,
    LAST_SHEET_ROW,
    TITLE_TOKEN,
    codes,
    data_sheet,
    instructions,
    list_ranges,
)
from orchestration.intake.workbook_cells import column_letter, csv_text, escape, sheet_rows

__all__ = [
    "CODES_SHEET",
    "FIRST_DATA_ROW",
    "HEADER_ROW",
    "INSTRUCTIONS_SHEET",
    "REQUIRED_MARK",
    "TEMPLATE_VERSION",
    "header_of",
    "render_csv_zip",
    "render_workbook",
    "write_csv_zip",
    "write_workbook",
]

TEMPLATE_VERSION = "1"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
CREATED = datetime(2000, 1, 1)
# Level 2 packs the rows as fast as they are rendered; 6 is a tenth smaller and takes twice as long.
PACKING = 2


def write_workbook(path: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]], *, title: str = "") -> None:
    """Write a workbook that holds the tables; the file is whole or absent.

    Args:
        path: the .xlsx file to write.
        tables: rows by contract table; a table without rows still gets its sheet.
        title: first line of the Instructions sheet.

    Raises:
        KeyError: a table is not one of the contracts.
    """
    storage.write_whole(path, render_workbook(tables, title=title))


def write_csv_zip(path: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write the same tables as a zip of `<table>.csv`, header = column names, UTF-8; whole or absent.

    Raises:
        KeyError: a table is not one of the contracts.
    """
    storage.write_whole(path, render_csv_zip(tables))


def render_workbook(
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    title: str = "",
    notes: Sequence[Sequence[str]] = (),
    prefilled: bool = False,
) -> bytes:
    """The bytes of `write_workbook`.

    Args:
        notes: lines for the end of the Instructions sheet, each up to three texts; the first is a heading.
        prefilled: lock the identity of the rows, and show the `flex_` columns of `template_columns.beside`
            with the rows' values of those names.
    """
    names = _in_order(tables)
    skeleton = _skeleton(names, prefilled)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for part, content in skeleton.parts:
            if part in skeleton.titled:
                content = content.replace(TITLE_TOKEN, escape(title or "School improvement report"))
            _add(z, part, content)
        _add(z, *skeleton.instructions.filled(notes))
        for name in names:
            _add(z, *skeleton.sheets[name].filled(tables[name]))
    return out.getvalue()


def render_csv_zip(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """The bytes of `write_csv_zip`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name in _in_order(tables):
            columns = [f.name for f in submission_tables()[name].fields]
            _add(z, f"{name}.csv", csv_text(tables[name], columns))
    return out.getvalue()


def _in_order(tables: Mapping[str, Any]) -> tuple[str, ...]:
    known = submission_tables()
    unknown = sorted(set(tables) - set(known))
    if unknown:
        raise KeyError(f"{unknown} are not tables of a submission; the tables are {list(known)}")
    return tuple(name for name in known if name in tables)


def _add(z: zipfile.ZipFile, name: str, content: str) -> None:
    info = zipfile.ZipInfo(name, date_time=EPOCH)
    info.create_system = 3  # else the bytes depend on the operating system
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    z.writestr(info, content.encode("utf-8"), compress_type=zipfile.ZIP_DEFLATED, compresslevel=PACKING)


@dataclass(frozen=True)
class _Sheet:
    """A data sheet cut open where its rows go."""

    part: str
    head: str
    tail: str
    columns: tuple[str, ...]
    styles: tuple[str, ...]
    wrapped: dict[str, int]

    def filled(self, rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
        """Name and XML of the sheet with the rows in it."""
        last = max(HEADER_ROW + len(rows), FIRST_DATA_ROW)
        if last > LAST_SHEET_ROW:
            raise ValueError(
                f"{len(rows)} rows do not fit a sheet, which ends at row {LAST_SHEET_ROW}; send CSVs"
            )
        extent = f'<dimension ref="A1:{column_letter(len(self.columns) - 1)}{last}"/>'
        head = re.sub(r"<dimension [^>]*/>", extent, self.head, count=1)
        return self.part, head + sheet_rows(
            rows, self.columns, self.styles, FIRST_DATA_ROW, self.wrapped
        ) + self.tail


@dataclass(frozen=True)
class _Notes:
    """The Instructions sheet cut open after its last line."""

    part: str
    head: str
    tail: str
    next_row: int
    heading: str
    plain: str

    def filled(self, notes: Sequence[Sequence[str]]) -> tuple[str, str]:
        """Name and XML of the sheet with the lines in it: a heading, then plain ones."""
        columns = ("A", "B", "C")
        rows = [dict(zip(columns, line, strict=False)) for line in notes]
        first = sheet_rows(rows[:1], columns, (self.heading,) * 3, self.next_row)
        others = sheet_rows(rows[1:], columns, (self.plain,) * 3, self.next_row + 1)
        extent = f'<dimension ref="A1:C{self.next_row + max(len(rows) - 1, 0)}"/>'
        head = re.sub(r"<dimension [^>]*/>", extent, self.head, count=1)
        return self.part, head + first + others + self.tail


@dataclass(frozen=True)
class _Skeleton:
    """A workbook without rows: the fixed parts, those among them that hold the title, and the open sheets."""

    parts: tuple[tuple[str, str], ...]
    titled: frozenset[str]
    instructions: _Notes
    sheets: dict[str, _Sheet]


@lru_cache(maxsize=64)
def _skeleton(names: tuple[str, ...], prefilled: bool) -> _Skeleton:
    tables = [submission_tables()[n] for n in names]
    packed = io.BytesIO()
    workbook = xlsxwriter.Workbook(packed, {"in_memory": True})
    workbook.set_properties({"title": TITLE_TOKEN, "created": CREATED})
    instructions(workbook, tables)
    lists = list_ranges(tables)
    for table in tables:
        data_sheet(workbook, table, lists, prefilled)
    codes(workbook, tables)
    workbook.close()

    with zipfile.ZipFile(packed) as z:
        contents = {i.filename: z.read(i).decode("utf-8") for i in z.infolist()}
    # sheet1 is Instructions; the library numbers the others in the order they were added
    sheets = {
        t.name: _cut(f"xl/worksheets/sheet{n}.xml", t, contents, prefilled) for n, t in enumerate(tables, 2)
    }
    notes = _cut_instructions("xl/worksheets/sheet1.xml", contents)
    cut = {s.part for s in sheets.values()} | {notes.part}
    fixed = tuple((part, content) for part, content in contents.items() if part not in cut)
    return _Skeleton(fixed, frozenset(p for p, c in fixed if TITLE_TOKEN in c), notes, sheets)


def _styles(row: str) -> tuple[str, ...]:
    return tuple(re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', row))


def _cut(part: str, table: Table, contents: dict[str, str], prefilled: bool) -> _Sheet:
    """The sheet without the model rows that `data_sheet` wrote to tell the styles of each column."""
    content = contents[part]
    begin, end = content.index(f'<row r="{FIRST_DATA_ROW}"'), content.index("</sheetData>")
    middle = content.index(f'<row r="{FIRST_DATA_ROW + 1}"')
    columns = columns_of(table, prefilled)
    styles = _styles(content[middle:end] if prefilled else content[begin:middle])
    if len(styles) != len(columns):
        raise RuntimeError(
            f"the model row of {table.name} has {len(styles)} styled cells, not {len(columns)}"
        )
    names = tuple(c.name for c in columns)
    return _Sheet(part, content[:begin], content[end:], names, styles, wrapped_columns(columns))


def _cut_instructions(part: str, contents: dict[str, str]) -> _Notes:
    content = contents[part]
    end = content.index("</sheetData>")
    heading, plain = re.findall(r'<row r="(\d+)"', content[:end])[-2:]
    begin = content.index(f'<row r="{heading}"')
    (of_heading,), (of_plain,) = (_styles(r) for r in content[begin:end].split("</row>")[:2])
    return _Notes(part, content[:begin], content[end:], int(plain), of_heading, of_plain)
