"""Reading one submission, whatever it is: a workbook by python-calamine, or a zip of CSVs; by content.

Everything a file can do wrong ends as a note or an UnreadableError. What no code can catch (a reader
that dies, hangs or takes all memory) is met by the worker's limits.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from python_calamine import CalamineWorkbook, PasswordError, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from orchestration.contracts.model import submission_tables
from orchestration.intake import ods_cells, xls_cells, xlsb_cells, xlsx_cells
from orchestration.intake.cell_marks import Marks, put_faults
from orchestration.intake.codes import words_of
from orchestration.intake.csv_zip import read_csv_zip
from orchestration.intake.found import FileRead, Note, UnreadableError
from orchestration.intake.percent_cells import show_percents
from orchestration.intake.sheets import (
    HEADER_ROWS,
    OWN_SHEETS,
    table_by_header,
    table_named,
    take_table,
    unknown_sheet,
)
from orchestration.intake.zip_bytes import raise_of_the_machine

T = TypeVar("T")
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_SHEETS = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")  # workbooks from before OLE
MAX_MEMBERS = 5_000
MAX_UNPACKED = 1_000_000_000
MAX_RATIO = 300  # sheets filled down with one text reach 100
RATIO_FROM = 100_000_000
MAX_PART = 200_000_000
BLIND = " Cells of it that show an error can't be told from empty ones."


def read_submission(path: Path, megabytes: int) -> FileRead:
    """Read a submission's tables as raw cells.

    Args:
        path: its bytes; the name says nothing about what they are.
        megabytes: the largest size that is read.

    Raises:
        UnreadableError: it cannot be read, or is nothing of ours.
    """
    size = path.stat().st_size
    if size > megabytes * 1_000_000:
        raise UnreadableError("file.too_large", value=f"{size / 1e6:,.1f} MB", limit=megabytes)
    with path.open("rb") as f:
        head = f.read(8)
    if head.startswith(ZIP):
        read = _read_zip(path)
    elif head == OLE or head.startswith(OLD_SHEETS):
        read = _read_workbook(path, lambda: xls_cells.marks(path.read_bytes()), ".xls")
    elif not head:
        raise UnreadableError("file.unreadable", why="it is empty (0 bytes)")
    else:
        raise _not_ours("it is neither a workbook nor a zip of CSVs")
    if not read.tables and not any(note.table for note in read.notes):
        names = [str(n.value) for n in read.notes if n.rule == "sheet.unknown"]
        listed = ", ".join(repr(n) for n in names[:6]) + (" …" if len(names) > 6 else "")
        raise _not_ours(f"none of its sheets is one of ours (it has {listed or 'none with content'})")
    return read


def _not_ours(why: str) -> UnreadableError:
    wanted = ", ".join(f"'{t.sheet}'" for t in list(submission_tables().values())[:4])
    return UnreadableError("file.not_template", why=why, wanted=wanted)


def _read_zip(path: Path) -> FileRead:
    try:
        zipped = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as e:
        raise_of_the_machine(e)
        raise UnreadableError("file.unreadable", why=f"it is damaged ({e})") from e
    with zipped:
        names = {n.replace("\\", "/").lstrip("/").lower() for n in zipped.namelist()}
        if "[content_types].xml" in names:
            _check_limits(zipped)
            if "xl/workbook.bin" in names:
                return _read_workbook(path, lambda: xlsb_cells.marks(zipped, MAX_PART), ".xlsb")
            read = _read_workbook(path, lambda: xlsx_cells.marks(zipped, MAX_PART), "")
            _by_reader(lambda: show_percents(zipped, read, MAX_PART))
            return read
        if "content.xml" in names and "mimetype" in names:
            _check_limits(zipped)
            return _read_workbook(path, lambda: ods_cells.marks(zipped, MAX_PART), ".ods")
        return read_csv_zip(zipped)


def _check_limits(zipped: zipfile.ZipFile) -> None:
    """A workbook is a zip: no reader is let at one that says it unpacks to something monstrous."""
    members = zipped.infolist()
    unpacked = sum(m.file_size for m in members)
    packed = max(sum(m.compress_size for m in members), 1)
    if len(members) > MAX_MEMBERS:
        raise UnreadableError(
            "file.zip_limits", why=f"it holds {len(members)} parts, more than {MAX_MEMBERS}"
        )
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed):
        raise UnreadableError("file.zip_limits", why=f"it unpacks to {unpacked:,} bytes from {packed:,}")


def _by_reader(call: Callable[[], T]) -> T:
    """What the reader gives; whatever it raises (its panics are no Exceptions) means a damaged file."""
    try:
        return call()
    except PasswordError as e:
        raise UnreadableError("file.password") from e
    except UnreadableError:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as e:
        why = " ".join(str(e).split())[:200]
        raise UnreadableError("file.unreadable", why=f"it is damaged ({why or type(e).__name__})") from e


def _read_workbook(path: Path, marks: Callable[[], dict[str, Marks]], old_format: str) -> FileRead:
    """Read a workbook; `marks` looks for what its cells are beside their values."""
    read = FileRead()
    book = _by_reader(lambda: CalamineWorkbook.from_path(path))
    blind = ""
    with book:
        try:
            marked = marks()
        except (struct.error, IndexError, ValueError):
            if not old_format:
                raise
            marked, blind = {}, BLIND  # the reader bears with files that break the format's rules
        _take_sheets(book, marked, read)
    if old_format and read.tables:
        read.notes.append(Note("file.old_format", value=old_format, words={"blind": blind}))
    return read


def _take_sheets(book: CalamineWorkbook, marked: dict[str, Marks], read: FileRead) -> None:
    tables: dict[str, str] = {}
    unknown = []
    for n, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet or words_of(about.name) in OWN_SHEETS:
            continue
        table = table_named(about.name)
        if table is None:
            unknown.append((n, about))
        elif table in tables:
            read.notes.append(Note("sheet.twice", table, value=about.name, words={"first": tables[table]}))
        else:
            tables[table] = about.name
            _take_sheet(book, n, table, about, marked, read)
    for n, about in unknown:
        name = about.name
        rows, _, _ = _rows(book, n, nrows=HEADER_ROWS)
        table = table_by_header(rows)
        if table is None or table in tables:
            read.notes.append(unknown_sheet(name))
        else:
            tables[table] = name
            title = submission_tables()[table].sheet
            read.notes.append(Note("sheet.renamed", table, name, value=name, words={"read": title}))
            _take_sheet(book, n, table, about, marked, read)


def _rows(
    book: CalamineWorkbook, n: int, *, whole: bool = False, nrows: int | None = None
) -> tuple[list[list[Any]], int, int]:
    """Rows of a sheet, the number of the first row (from 1) and of the first column (from 0).

    `whole` begins at A1, else at the first cell in use.
    """

    def read() -> tuple[list[list[Any]], int, int]:
        sheet = book.get_sheet_by_index(n)
        rows: list[list[Any]] = sheet.to_python(skip_empty_area=not whole, nrows=nrows)
        row, column = (0, 0) if whole or sheet.start is None else sheet.start
        return rows, row + 1, column

    return _by_reader(read)


def _take_sheet(
    book: CalamineWorkbook, n: int, table: str, about: SheetMetadata, marked: dict[str, Marks], read: FileRead
) -> None:
    name = about.name
    found = marked.get(name, Marks())
    # whole where cells are faulty, so that their places agree
    rows, first_row, first_column = _rows(book, n, whole=bool(found.faults))
    if found.faults:
        put_faults(rows, found.faults)
    contract = submission_tables()[table]
    take_table(contract, name, rows, first_row, read, first_column=first_column, marks=found)
    if about.visible is not SheetVisibleEnum.Visible and any(t.sheet == name and t.rows for t in read.tables):
        read.notes.append(Note("sheet.hidden", table, name, value=name))
