"""A zip of CSVs: read in memory within limits, never extracted; and CSV text of any usual encoding."""

from __future__ import annotations

import csv
import io
import zipfile
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import PurePosixPath
from typing import Any

from orchestration.contracts.model import submission_tables
from orchestration.intake.found import FileRead, Note, UnreadableError
from orchestration.intake.sheets import find_header, table_named, take_table, unknown_sheet
from orchestration.intake.zip_bytes import member_bytes

MAX_MEMBERS = 200
MAX_UNPACKED = 200_000_000  # bytes of all members
MAX_RATIO = 200  # of unpacked to packed bytes, for a member that unpacks to more than a megabyte
RATIO_FROM = 1_000_000
DELIMITERS = ",;\t|"
LONGEST_CELL = 1_000_000


def read_csv_zip(zipped: zipfile.ZipFile) -> FileRead:
    """Read every CSV of the zip whose name is a table's, in a folder or not.

    Raises:
        UnreadableError: the zip is over a limit, names places outside of it, or a CSV is broken.
    """
    members = [m for m in zipped.infolist() if not m.is_dir() and not _litter(m.filename)]
    _check_limits(zipped, members)
    read = FileRead()
    tables: dict[str, str] = {}
    for member in sorted(members, key=lambda m: m.filename):
        path = PurePosixPath(member.filename)
        table = table_named(path.stem) if path.suffix.lower() in (".csv", ".tsv", ".txt") else None
        if table is None:
            read.notes.append(unknown_sheet(member.filename))
        elif table in tables:
            words = {"first": tables[table]}
            read.notes.append(Note("sheet.twice", table, value=member.filename, words=words))
        else:
            tables[table] = member.filename
            _take_csv(table, member.filename, _unpack(zipped, member), read)
    return read


def _litter(name: str) -> bool:
    """Files that packing programs add by themselves."""
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _check_limits(zipped: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        name = member.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
            raise UnreadableError("file.zip_path", value=member.filename)
    if len(members) > MAX_MEMBERS:
        raise UnreadableError(
            "file.zip_limits", why=f"it holds {len(members)} files, more than {MAX_MEMBERS}"
        )
    unpacked = sum(m.file_size for m in members)
    if unpacked > MAX_UNPACKED:
        raise UnreadableError(
            "file.zip_limits", why=f"its files have {unpacked:,} bytes, more than {MAX_UNPACKED:,}"
        )
    for member in members:
        if member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            ratio = member.file_size // max(member.compress_size, 1)
            raise UnreadableError(
                "file.zip_limits", why=f"'{member.filename}' unpacks to {ratio} times its size"
            )
        if member.flag_bits & 1:
            raise UnreadableError("file.password")


def _unpack(zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    data = member_bytes(zipped, member, member.file_size + 1, "csv.broken")  # it may hold more than it says
    if len(data) > member.file_size:
        raise UnreadableError("file.zip_limits", why=f"'{member.filename}' is larger than it says")
    return data


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
        else:
            try:
                text, guessed = data.decode("utf-8"), False
            except UnicodeDecodeError:
                text, guessed = data.decode("cp1252"), True
    except UnicodeDecodeError as e:
        raise UnreadableError("csv.broken", why=f"it is not text ({e.reason} at byte {e.start})") from e
    if "\0" in text:
        raise UnreadableError("csv.broken", why="it is not text (it holds zero bytes)")
    return text, guessed


def _take_csv(table: str, name: str, data: bytes, read: FileRead) -> None:
    text, guessed = decode(data)
    if guessed:
        read.notes.append(Note("csv.encoding", table, name))
    contract = submission_tables()[table]
    delimiter = next(
        (d for d in DELIMITERS if find_header(contract, _records(text, d, name, 15))[0] is not None), ","
    )
    take_table(contract, name, _records(text, delimiter, name), 1, read, ragged=True)


def _records(text: str, delimiter: str, name: str, limit: int | None = None) -> list[list[Any]]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[Any]] = []
    try:
        for record in reader:
            records.append(record)
            if len(records) == limit:
                break
    except csv.Error as e:
        if limit is not None:
            return records  # the delimiter tried may be the wrong one
        raise UnreadableError("csv.broken", why=f"'{name}', line {reader.line_num}: {e}") from e
    return records
