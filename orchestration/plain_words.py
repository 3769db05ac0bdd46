"""Faults of the machine in words for the person who reads them: what, where, and what to do.

Python, DuckDB, Arrow, SQLite and dbt each say a full disk in their own way, some without its file; the file is
noted where the write is (`storage.naming`), the words are found here.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

from orchestration.errors import InterlaceError
from orchestration.storage import TEMPORARY

AGAIN = "then run again. Nothing received is lost"
DOCTOR = "interlace doctor tries each"
ROOM = "interlace release prune removes old releases, interlace doctor says how much a night needs"
# by the number that the operating system gives: what it means, and what to do
MEANINGS: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", f"make room on it ({ROOM}), {AGAIN}"),
    errno.EDQUOT: (
        "this account's share of the disk is full",
        f"make room or have it raised ({ROOM}), {AGAIN}",
    ),
    errno.EROFS: (
        "the disk is read-only",
        f"a disk that failed is often made so: see the machine's log, make it writable, {AGAIN}",
    ),
    errno.EACCES: (
        "this account has no right to it",
        f"give the account that runs the nights the right, {AGAIN}",
    ),
    errno.EPERM: (
        "this account may not do that",
        f"give the account that runs the nights the right, {AGAIN}",
    ),
    errno.EIO: (
        "the disk could not read or write (Input/output error)",
        f"see the machine's log, replace the disk where it says so, {AGAIN}",
    ),
    errno.ECONNREFUSED: (
        "a store or server does not answer",
        f"see that it is up and can be reached from this machine ({DOCTOR}), {AGAIN}",
    ),
}
# the same in the words of libraries, which give no number
SAID: Mapping[str, int] = {
    "No space left on device": errno.ENOSPC,
    "database or disk is full": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "Read-only file system": errno.EROFS,
    "attempt to write a readonly database": errno.EROFS,
    "Permission denied": errno.EACCES,
    "Input/output error": errno.EIO,
    "fsync failed": errno.EIO,  # DuckDB, of its file
    "disk I/O error": errno.EIO,
    "Could not connect to the endpoint URL": errno.ECONNREFUSED,
    "Connection was closed before we received": errno.ECONNREFUSED,
    "Connect timeout on endpoint URL": errno.ECONNREFUSED,
    "Connection refused": errno.ECONNREFUSED,
    "connection to server": errno.ECONNREFUSED,
    "server closed the connection unexpectedly": errno.ECONNREFUSED,
    "too many retries for DB connection": errno.ECONNREFUSED,
}


def in_words(error: BaseException) -> str:
    """A failure in words: ours as it is, the machine's with what it means, its file and what to do."""
    if isinstance(error, OSError) and (known := MEANINGS.get(error.errno or 0)):
        path = error.filename2 or error.filename
        return f"{known[0]}{f': {_place(path)}' if path else ''}; {known[1]}"
    text = str(error) if isinstance(error, InterlaceError) else f"{type(error).__name__}: {error}"
    return with_meaning(text)


def _place(path: object) -> str:
    """The path as people know it: of an unfinished file, the folder that it stands in."""
    return str(path).partition(f"/{TEMPORARY}")[0]


def with_meaning(text: str) -> str:
    """A message with what a fault of the machine in it means and what to do; as it is where there is none."""
    for said, number in SAID.items():
        means, do = MEANINGS[number]
        if said in text and means not in text:
            return f"{text.rstrip('. ')}\n  {means[0].upper()}{means[1:]}: {do}"
    return text
