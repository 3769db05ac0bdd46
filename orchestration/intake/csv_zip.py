"""A zip of CSVs: read in memory within limits, never extracted."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath

from orchestration.contracts.model import submission_tables
from orchestration.intake.csv_text import check_broken, decode, records_of, separator, squared
from orchestration.intake.found import FileRead, Note, UnreadableError
from orchestration.intake.sheets import find_header, table_named, take_table, unknown_sheet
from orchestration.intake.zip_bytes import member_bytes

MAX_MEMBERS = 200
MAX_UNPACKED = 200_000_000  # bytes of all members
MAX_RATIO = 200  # of unpacked to packed bytes, for a member that unpacks to more than a megabyte
RATIO_FROM = 1_000_000


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


def _take_csv(table: str, name: str, data: bytes, read: FileRead) -> None:
    text, guessed = decode(data)
    if guessed:
        read.notes.append(Note("csv.encoding", table, name))
    contract = submission_tables()[table]
    delimiter = separator(text, lambda records: find_header(contract, records)[0] is not None)
    records = records_of(text, delimiter)
    header, _ = find_header(contract, records.rows)
    if header is None:
        if records.broken:
            raise UnreadableError("csv.broken", why=f"'{name}', {next(iter(records.broken.values()))}")
        take_table(contract, name, records.rows, 1, read)
        return
    check_broken(records, header, name)
    rows, broken, flags = squared(records, header, table, name)
    read.notes += flags
    take_table(contract, name, rows, 1, read, broken=broken)
