"""CSV as people and programs write it: bytes to text, text to records, records to rows of one width.

RFC 4180 with any usual encoding and separator. What is broken costs its own row where it is certain which
row that is, else the file: in a CSV that is read on by guessing, cells shift into other columns without a sign.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.intake.found import Note, UnreadableError

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = ",;\t|"
LONGEST_CELL = 1_000_000
HEAD = 15  # records that are tried for each separator
LOOKED_AT = 400  # bytes that tell UTF-16 without its mark

Record = list[str]


@dataclass
class Records:
    """The records of a CSV.

    Args:
        rows: cells of each; none of a broken one.
        broken: by index, what is wrong with a record of which only the beginning is known.
        stray: by index, whether a record's quotes stand where none may: True where they may have shifted cells.
    """

    rows: list[Record] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    stray: dict[int, bool] = field(default_factory=dict)


def decode(data: bytes) -> tuple[str, bool]:
    """CSV bytes as text, and whether the encoding had to be guessed (Windows-1252).

    Raises:
        UnreadableError: it is not text.
    """
    try:
        if data.startswith(BOM_UTF8):
            text, guessed = data.decode("utf-8-sig"), False
        elif data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            text, guessed = data.decode("utf-16"), False
        elif without_mark := _utf16(data):
            text, guessed = data.decode(without_mark), False
        else:
            try:
                text, guessed = data.decode("utf-8"), False
            except UnicodeDecodeError:
                text, guessed = data.decode("cp1252"), True
    except UnicodeDecodeError as e:
        raise UnreadableError("csv.broken", why=f"it is not text ({e.reason} at byte {e.start})") from e
    if "\0" in text:
        raise UnreadableError("csv.broken", why="it is not text (it holds zero bytes)")
    return text.replace("\r\n", "\n"), guessed  # a break within a cell is the same text however it is written


def _utf16(data: bytes) -> str:
    """The kind of UTF-16 without a mark whose first letters are plain ones; blank where it is none."""
    head = data[:LOOKED_AT]
    high, low = head[1::2], head[0::2]
    if len(head) < 4 or b"\0" not in head:
        return ""
    if not any(high) and all(low):
        return "utf-16-le"
    return "utf-16-be" if not any(low) and all(high) else ""


def separator(text: str, is_header: Callable[[Sequence[Record]], bool]) -> str:
    """The separator by which a header is found among the first records; a comma where none is."""
    return next((d for d in DELIMITERS if is_header(_head(text, d))), ",")


def _head(text: str, delimiter: str) -> list[Record]:
    records: list[Record] = []
    try:
        for record in _reader(io.StringIO(text, newline=""), delimiter):
            records.append(record)
            if len(records) == HEAD:
                break
    except csv.Error:
        return records  # the separator tried may be the wrong one
    return records


def _reader(lines: Iterable[str], delimiter: str) -> Reader:
    csv.field_size_limit(LONGEST_CELL)
    # a blank after a separator is none of the cell; before a quote it would undo it
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def records_of(text: str, delimiter: str) -> Records:
    """Every record; one that breaks the rules of quoting ends with its line."""
    found = Records()
    if '"' not in text:
        found.rows = list(_reader(io.StringIO(text, newline=""), delimiter))
        return found
    lines = list(io.StringIO(text, newline=""))
    start = 0
    while start < len(lines):
        reader = _reader((lines[n] for n in range(start, len(lines))), delimiter)
        begun = start
        try:
            for record in reader:
                end = start + reader.line_num
                if '"' in "".join(record):
                    _note_stray(found, "".join(lines[begun:end]), record)
                found.rows.append(record)
                begun = end
            break
        except csv.Error as e:
            found.broken[len(found.rows)] = f"line {begun + 1}: {e}"
            found.rows.append([])
            start = begun + 1
    return found


def _note_stray(found: Records, raw: str, record: Record) -> None:
    """Note quotes inside of a cell that is not quoted itself: 5" x 7", or one half of a text with a comma."""
    stray = [c for c in record if '"' in c and '"{}"'.format(c.replace('"', '""')) not in raw]
    if stray:
        found.stray[len(found.rows)] = sum(c.count('"') % 2 for c in stray) > 1


def check_broken(found: Records, header: int, name: str) -> None:
    """Refuse a CSV where nobody can tell how far a broken record reaches.

    It is only its own line where the next line begins a record as wide as the header, or there is none.

    Raises:
        UnreadableError: it may reach further.
    """
    for n, why in found.broken.items():
        after = n + 1
        while after in found.broken:
            after += 1
        whole = after == len(found.rows) or len(found.rows[after]) == len(found.rows[header])
        if n <= header or not whole:
            raise UnreadableError("csv.broken", why=f"'{name}', {why}")
    if any(len(c) > 2 and c[0] == c[-1] == "'" for c in found.rows[header]):
        why = "its texts stand in single quotes ('); put them into double quotes (\")"
        raise UnreadableError("csv.broken", why=f"'{name}': {why}")


def squared(
    found: Records, header: int, table: str, sheet: str
) -> tuple[list[Record], dict[int, Note], list[Note]]:
    """Every record as wide as the header, and what there is to tell of those that were not.

    Args:
        found: the records.
        header: index of the header.
        table: the contract table.
        sheet: the CSV as its sender knows it.

    Returns:
        The rows; by index, notes on rows that cannot be used; notes on rows that can.
    """
    width = len(found.rows[header])
    titled = max((n for n, title in enumerate(found.rows[header], 1) if title.strip()), default=0)
    broken = {n: _note("csv.broken_row", table, sheet, n, why=why) for n, why in found.broken.items()}
    flags = []
    body = [(n, r) for n, r in enumerate(found.rows) if n > header and any(c and not c.isspace() for c in r)]
    # a separator at the end of every line is a habit of programs; at the end of a few it is one too many
    habit = sum(len(r) > width for _, r in body) * 2 > len(body)
    few: list[int] = []
    for n, row in body:
        if len(row) > width and (any(row[width:]) or not habit):
            broken[n] = _note("row.too_many_cells", table, sheet, n, len(row), limit=width)
        elif found.stray.get(n):
            broken[n] = _note("csv.stray_quotes", table, sheet, n)
        elif n in found.stray:
            flags.append(_note("csv.stray_quote", table, sheet, n))
        if len(row) < titled:
            few.append(n)
    flags += _few(found, few, table, sheet, width)
    blank = [""] * width
    rows = [(r + blank)[:width] if len(r) != width else r for r in found.rows[header:]]
    return [*found.rows[:header], *rows], broken, flags


def _few(found: Records, few: list[int], table: str, sheet: str, width: int) -> Iterator[Note]:
    """One note for each run of rows that lack as many cells: spreadsheets leave out blank ends by the dozen."""
    short = set(few)
    for n in few:
        length = len(found.rows[n])
        if n - 1 in short and len(found.rows[n - 1]) == length:
            continue
        last = n
        while last + 1 in short and len(found.rows[last + 1]) == length:
            last += 1
        more = f", and so have the rows below it, down to row {last + 1}" if last > n else ""
        yield _note("row.too_few_cells", table, sheet, n, length, limit=width, more=more)


def _note(rule: str, table: str, sheet: str, index: int, value: int | None = None, **words: object) -> Note:
    return Note(rule, table, sheet, index + 1, None, value, words)
