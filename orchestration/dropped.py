"""Files that others drop into landing and feeds: listing them, and reading one that its sender may be changing.

Between the two anything can happen to a file: it grows, goes, is replaced by another of its name, or by a folder, a
link or a pipe. What is read is what was listed, whole, or nothing: it is left for the next time.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from upath import UPath

from orchestration import storage
from orchestration.clock import from_epoch, naive_utc
from orchestration.errors import BadDataError

# gone, or no longer what was listed: a link (not followed), a folder where a file was, a file where a folder was;
# busy is what a store says of an object that was replaced since it was opened
OTHERWISE_NOW = {
    *(errno.ENOENT, errno.ELOOP, errno.EISDIR, errno.ENOTDIR),
    *(errno.ENXIO, errno.ESTALE, errno.EBUSY),
}
log = logging.getLogger("interlace")


def dropped_files(dropped: UPath) -> Iterator[tuple[UPath, str, str, int, datetime]]:
    """Every file below a folder that could be taken in: address, folder, name, bytes, time of arrival."""
    if not dropped.exists():
        return
    if storage.is_local(dropped):
        root = storage.local(dropped)
        for folder, folders, names in os.walk(root, followlinks=False):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            below = Path(folder).relative_to(root).as_posix()
            for name in names:
                path = Path(folder) / name
                if name.startswith((".", "~$")) or (found := _stat(path)) is None:
                    continue
                yield (
                    UPath(path),
                    "" if below == "." else below,
                    name,
                    found.st_size,
                    from_epoch(found.st_mtime),
                )
        return
    base = dropped.path.rstrip("/")
    for address, info in dropped.fs.find(base, detail=True).items():
        below, _, name = address[len(base) :].lstrip("/").rpartition("/")
        if not name.startswith((".", "~$")):
            yield (
                UPath(dropped.fs.unstrip_protocol(address), **dropped.storage_options),
                below,
                name,
                info["size"],
                _modified(info),
            )


def _stat(path: Path) -> os.stat_result | None:
    """Of a file as it is at this moment; None where it went since the folder was listed, or is no file."""
    try:
        found = path.lstat()
    except OSError as e:
        if e.errno not in OTHERWISE_NOW:
            log.warning("%s cannot be looked at and waits (%s)", path, e.strerror)
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _modified(info: dict) -> datetime:
    for key in ("LastModified", "mtime", "last_modified", "updated", "created"):
        value = info.get(key)
        if isinstance(value, datetime):
            return naive_utc(value)
        if isinstance(value, int | float):
            return from_epoch(value)
    raise BadDataError(f"the store of {info.get('name')} does not say when a file arrived; use one that does")


def copy_dropped(path: UPath, size: int, received_at: datetime, copy: Path) -> str | None:
    """Copy a file as it was listed; the hash of its bytes, or None where it is otherwise now or cannot be read.

    A file whose name another takes while it is read is copied as it was: its sender did send it.

    Args:
        path: the file.
        size, received_at: its bytes and time of arrival when it was listed.
        copy: where the copy goes.
    """
    listed = (size, received_at)
    with storage.naming(copy), copy.open("wb") as target:
        if (source := _open(path)) is None:
            return None
        digest = hashlib.sha256()
        with source:
            if _facts(path, source) != listed:
                return None
            for chunk in _chunks(path, source):
                digest.update(chunk)
                target.write(chunk)
            if target.tell() != size or _facts(path, source) != listed:
                return None
    return digest.hexdigest()


def _open(path: UPath) -> IO[bytes] | None:
    try:
        if not storage.is_local(path):
            return cast(IO[bytes], path.open("rb"))
        # a link is not followed, and nobody waited for who writes into a pipe that took the file's place
        fd = os.open(storage.local(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        log.warning("%s cannot be read and waits; give this account the right to read it", path)
        return None
    except OSError as e:
        if isinstance(e, FileNotFoundError) or e.errno in OTHERWISE_NOW:
            return None
        raise
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return os.fdopen(fd, "rb")
    os.close(fd)
    return None


def _facts(path: UPath, source: IO[bytes]) -> tuple[int, datetime] | None:
    """Bytes and time of what is open, whatever bears its name by now; a store is asked by name."""
    if storage.is_local(path):
        found = os.fstat(source.fileno())
        return found.st_size, from_epoch(found.st_mtime)
    try:
        info = path.fs.info(path.path)
    except FileNotFoundError:
        return None
    return info["size"], _modified(info)


def _read(path: UPath, source: IO[bytes]) -> bytes:
    with storage.naming(path):
        return source.read(1 << 20)


def _chunks(path: UPath, source: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces; on a store it may go, or become another, meanwhile, and then ends."""
    try:
        while chunk := _read(path, source):
            yield chunk
    except OSError as e:
        if storage.is_local(path) or not (isinstance(e, FileNotFoundError) or e.errno in OTHERWISE_NOW):
            raise
