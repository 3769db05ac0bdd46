"""Bytes of a feed file → grids of cells. Knows encodings, delimiters, compression and workbooks; no mappings.

What a file is, is told by its first bytes, never by its name: a `.csv` that is a workbook is read as one.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from orchestration.errors import BadDataError

MAX_BYTES = 512 * 1024 * 1024  # unpacked; a state's largest file is some tens of megabytes
DELIMITERS = (",", "\t", ";", "|")
WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Grid:
    """One sheet of a workbook, or one reading of a text file.

    Args:
        sheet: name of the sheet; blank for a text file.
        rows: cells as text, as the file holds them, from its first row on; rows may differ in length.
        note: how the text was read (encoding, delimiter), for the message; blank for a workbook.
    """

    sheet: str
    rows: list[list[str]]
    note: str = ""


def read_grids(path: Path) -> list[Grid]:
    """Every sheet of a workbook; of a text file, one reading for every delimiter that splits it.

    Raises:
        BadDataError: the file cannot be read, with the reason in words.
    """
    with path.open("rb") as f:
        start = f.read(4)
    if not start:
        raise BadDataError("the file is empty")
    if start.startswith(b"\x1f\x8b"):
        return _text_grids(_unpacked(path))
    if start in WORKBOOK_STARTS:
        return _workbook_grids(path)
    if path.stat().st_size > MAX_BYTES:
        raise BadDataError(f"the file has more than {MAX_BYTES // 1024**2} megabytes")
    return _text_grids(path.read_bytes())


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as f:
            data = f.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as e:
        raise BadDataError(f"the compressed file is damaged ({e}); send it again") from e
    if len(data) > MAX_BYTES:
        raise BadDataError(f"the file unpacks to more than {MAX_BYTES // 1024**2} megabytes")
    return data


def decode(data: bytes) -> tuple[str, str]:
    """Text and the encoding it was read in: by its byte order mark, else UTF-8, else cp1252.

    cp1252 leaves five bytes undefined; a file that has one of them is read as Latin-1, which has none.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _text_grids(data: bytes) -> list[Grid]:
    text, encoding = decode(data)
    if "\x00" in text:
        raise BadDataError("the file is neither a workbook nor text (it holds zero bytes)")
    grids = []
    reason = "it has no comma, tab, semicolon or bar"
    for delimiter in DELIMITERS:
        if delimiter in text:
            name = {"\t": "tab"}.get(delimiter, delimiter)
            try:
                rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            except csv.Error as e:
                reason = f"{e}; look for a stray quotation mark"
                continue
            grids.append(Grid("", rows, f"read as {encoding}, cells split by {name}"))
    if not grids:
        raise BadDataError(f"the text cannot be split into columns: {reason}")
    # the reading with the most cells first: a comma inside names splits a tab-separated file too, but rarely
    return sorted(grids, key=lambda g: -sum(map(len, g.rows[:1000])))


def _workbook_grids(path: Path) -> list[Grid]:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return [
            Grid(
                name,
                [
                    [cell_text(c) for c in row]
                    for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                ],
            )
            for name in workbook.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as e:
        raise BadDataError(
            f"the workbook cannot be opened ({e}); save it again as .xlsx without a password"
        ) from e
    except BaseException as e:
        # the reader's crash on a broken workbook is no Exception, so that `except Exception` misses it
        if type(e).__name__ != "PanicException":
            raise
        raise BadDataError("the workbook is broken (its reader gave up); save it again as .xlsx") from e


def cell_text(value: Any) -> str:
    """A workbook's cell as exact text: whole numbers without a point, others as Python writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if value is None:
        return ""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
