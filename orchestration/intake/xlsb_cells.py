"""What an .xlsb says of its cells beside their values: errors, formulas, merged ranges.

Its sheets are streams of records ([MS-XLSB] 2.1.4): a number and a length of seven bits a byte, then the
record. Only the few that matter are looked into.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

from orchestration.intake.cell_marks import Marks, error_text
from orchestration.intake.workbook_parts import book_of, plain
from orchestration.intake.zip_bytes import member_bytes

ROW, CELL_ERROR, FORMULAS, FORMULA_ERROR = 0, 3, (8, 9, 10, 11), 11
SHEET, PROPERTIES, MERGED = 156, 153, 176


def marks(zipped: zipfile.ZipFile, limit: int) -> dict[str, Marks]:
    """What is to be told of the cells of each sheet, by its name.

    Args:
        zipped: the workbook.
        limit: bytes of one worksheet that are looked at.

    Raises:
        UnreadableError: a part is damaged.
        struct.error, IndexError, ValueError: records are not as they should be.
    """
    book = book_of(zipped, limit)
    names = dict(_sheets(book.data, book.targets))
    from_1904 = any(n == PROPERTIES and book.data[at] & 1 for n, at in _records(book.data))
    found = {}
    for member in zipped.infolist():
        name = names.get(plain(member.filename))
        if name is not None and member.file_size <= limit:
            found[name] = _in_sheet(member_bytes(zipped, member, limit))
            found[name].from_1904 = from_1904
    return {name: of_sheet for name, of_sheet in found.items() if of_sheet}


def _records(data: bytes) -> Iterator[tuple[int, int]]:
    """Number and start of each record, which is whole."""
    at = 0
    while at < len(data):
        number = data[at]
        at += 1
        if number & 0x80:
            number = (number & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = 0
        for k in range(4):
            length |= (data[at] & 0x7F) << 7 * k
            at += 1
            if not data[at - 1] & 0x80:
                break
        if at + length > len(data):
            raise ValueError("a record reaches beyond the end")
        yield number, at
        at += length


def _sheets(data: bytes, related: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Part and name of each sheet of the workbook."""
    for number, at in _records(data):
        if number == SHEET:
            relation, at = _text(data, at + 8)
            name, _ = _text(data, at)
            yield related.get(relation, ""), name


def _text(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + (0 if length == 0xFFFFFFFF else 2 * length)
    return data[at + 4 : end].decode("utf-16-le"), end


def _in_sheet(data: bytes) -> Marks:
    found = Marks()
    row = -1
    for number, at in _records(data):
        if number == ROW:
            (row,) = struct.unpack_from("<I", data, at)
        elif number == CELL_ERROR or number in FORMULAS:
            (column,) = struct.unpack_from("<I", data, at)
            if number in (CELL_ERROR, FORMULA_ERROR):
                found.faults.append((row, column, error_text(data[at + 8])))
            else:
                found.formulas.add((row, column))
        elif number == MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", data, at)
            found.merged.append((top, left, bottom, right))
    return found
