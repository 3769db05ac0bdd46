"""What an .xls says of its cells beside their values: errors, formulas, merged ranges.

The workbook is one stream of records in a compound file ([MS-CFB], [MS-XLS] 2.1.4); each has a number
and a length of two bytes. Only the few that matter are looked into.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from orchestration.intake.cell_marks import Marks, error_text

NONE = 0xFFFFFFFA  # from here on, a sector number is no sector
STREAMS = ("workbook", "book")
BEGINS, END = (0x0809, 0x0409, 0x0209, 0x0009), 0x000A
DATE_MODE = 0x0022
SHEET, ERROR, FORMULAS, MERGED = 0x0085, 0x0205, (0x0006, 0x0206, 0x0406), 0x00E5
BIFF8 = 0x0600


def marks(data: bytes) -> dict[str, Marks]:
    """What is to be told of the cells of each sheet, by its name.

    Args:
        data: the file.

    Raises:
        struct.error, IndexError, ValueError: it is not as it should be, or has no such stream.
    """
    book = _stream(data)
    (version,) = struct.unpack_from("<H", book, 4)
    found = {}
    from_1904 = False
    for number, at, length in _records(book, 0):
        if number == DATE_MODE:
            from_1904 = book[at] == 1
        if number == SHEET:
            (start,) = struct.unpack_from("<I", book, at)
            found[_name(book[at + 6 : at + length], version)] = _in_sheet(book, start)
    for of_sheet in found.values():
        of_sheet.from_1904 = from_1904
    return {name: of_sheet for name, of_sheet in found.items() if of_sheet}


def _name(data: bytes, version: int) -> str:
    if version < BIFF8:
        return data[1 : 1 + data[0]].decode("cp1252", "replace")
    if data[1] & 1:
        return data[2 : 2 + 2 * data[0]].decode("utf-16-le", "replace")
    return data[2 : 2 + data[0]].decode("latin-1")


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and length of each record of the part that begins there, without charts within it."""
    depth = 0
    while at + 4 <= len(book):
        number, length = struct.unpack_from("<HH", book, at)
        depth += (number in BEGINS) - (number == END)
        if depth == 1 and number not in BEGINS:
            yield number, at + 4, length
        if depth <= 0:
            return
        at += 4 + length


def _in_sheet(book: bytes, start: int) -> Marks:
    found = Marks()
    for number, at, _ in _records(book, start):
        if number == ERROR:
            row, column = struct.unpack_from("<HH", book, at)
            if book[at + 7]:
                found.faults.append((row, column, error_text(book[at + 6])))
        elif number in FORMULAS:
            row, column = struct.unpack_from("<HH", book, at)
            if book[at + 12 : at + 14] == b"\xff\xff" and book[at + 6] == 2:
                found.faults.append((row, column, error_text(book[at + 8])))
            else:
                found.formulas.add((row, column))
        elif number == MERGED:
            (count,) = struct.unpack_from("<H", book, at)
            for k in range(count):
                top, bottom, left, right = struct.unpack_from("<4H", book, at + 2 + 8 * k)
                found.merged.append((top, left, bottom, right))
    return found


def _stream(data: bytes) -> bytes:
    """The workbook's stream out of the compound file."""
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if not 7 <= shift <= 16 or small_shift > shift:
        raise ValueError("no sector size that there is")
    size = 1 << shift
    first_directory, least, first_small = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    first_more, more = struct.unpack_from("<II", data, 68)

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    sectors = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(more, len(data) // size)):
        numbers = struct.unpack(f"<{size // 4}I", sector(first_more))
        sectors += numbers[:-1]
        first_more = numbers[-1]
    table = b"".join(sector(n) for n in sectors if n < NONE)
    following = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def chain(first: int) -> bytes:
        found: list[bytes] = []
        while first < NONE and len(found) <= len(following):
            found.append(sector(first))
            first = following[first]
        return b"".join(found)

    directory = chain(first_directory)
    root = directory[:128]
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        first, length = struct.unpack_from("<II", entry, 116)
        if name.lower() in STREAMS and length:
            if length >= least:
                return chain(first)[:length]
            small = chain(struct.unpack_from("<I", root, 116)[0])
            links = chain(first_small)
            step = 1 << small_shift
            found: list[bytes] = []
            while first < NONE and len(found) * step < length:
                found.append(small[first * step : (first + 1) * step])
                (first,) = struct.unpack_from("<I", links, 4 * first)
            return b"".join(found)[:length]
    raise ValueError("there is no workbook in it")
