"""Every byte received, by content hash, never changed; and who brought it when.

    archive/blobs/ab/abcdef…            the bytes, named by their SHA-256
    archive/arrivals/<taken_at>-<n>.json   which file, from which folder, received when

The archive is the truth: the lake, the warehouse and the releases can be made again from it. The
arrivals file is the commit point: blobs without an arrival are taken again the next time.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from upath import UPath

from orchestration import storage
from orchestration.dropped import copy_dropped, dropped_files
from orchestration.errors import BadDataError

Kind = Literal["submission", "feed"]
ARRIVING = f"{storage.TEMPORARY}arriving-"


@dataclass(frozen=True, order=True)
class Arrival:
    """One received file.

    Args:
        received_at: modification time of the file where it was dropped (UTC): when it arrived.
        kind: `submission` from landing, `feed` from feeds.
        folder: the landing folder (an LEA's ID); for a feed its folder below feeds, or blank.
        name: file name.
        sha256: hash of its bytes; where to find it in the archive.
        size: bytes.
        taken_at: as-of time of the night that took it in.
    """

    received_at: datetime
    kind: Kind
    folder: str
    name: str
    sha256: str
    size: int
    taken_at: datetime

    @property
    def path(self) -> str:
        """Folder and name, as the sender knows the file."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


def blob(archive: UPath, sha256: str) -> UPath:
    """Where the bytes of that hash stand."""
    return archive / "blobs" / sha256[:2] / sha256


def open_blob(archive: UPath, arrival: Arrival, scratch: Path) -> Path:
    """A local path to an archived file's bytes (copied to `scratch` from an object store), verified.

    Raises:
        BadDataError: the archived bytes are gone or are not those received.
    """
    path = blob(archive, arrival.sha256)
    if not path.exists():
        raise BadDataError(f"the archive has lost {arrival.path} ({path}); restore it from a backup")
    if storage.is_local(path):
        found = storage.local(path)
    else:
        found = scratch / arrival.sha256
        found.write_bytes(path.read_bytes())
    if storage.sha256_file(found) != arrival.sha256:
        raise BadDataError(
            f"the archived bytes of {arrival.path} were changed ({path}); restore it from a backup"
        )
    return found


def arrivals(archive: UPath, kind: Kind) -> list[Arrival]:
    """Every arrival of that kind, in order of receipt; ties in order of folder, name and hash."""
    found: list[Arrival] = []
    for path in _arrival_files(archive):
        for raw in storage.read_json(path):
            if raw["kind"] == kind:
                times = {k: datetime.fromisoformat(raw[k]) for k in ("received_at", "taken_at")}
                found.append(Arrival(**{**raw, **times}))
    return sorted(found)


def take_in(archive: UPath, dropped: UPath, kind: Kind, as_of: datetime) -> list[Arrival]:
    """Take every new file below `dropped` that had arrived by `as_of` into the archive.

    Files stay where they are. A file is new unless the same folder brought the same bytes under the
    same name before. A file that changes while it is read is left for the next time, and so is one
    whose time is later than `as_of`. Links are not followed; names that begin with a dot or `~$`
    (unfinished uploads, lock files of office programs) are passed over.

    Returns:
        The new arrivals, in order of receipt.
    """
    sweep(archive)
    known = {(a.folder, a.name, a.sha256) for a in arrivals(archive, kind)}
    seen = {(a.folder, a.name, a.size, a.received_at) for a in arrivals(archive, kind)}
    here = [
        (path, folder, name, size, received_at)
        for path, folder, name, size, received_at in sorted(
            dropped_files(dropped), key=lambda f: (f[1], f[2])
        )
        if received_at <= as_of and (folder, name, size, received_at) not in seen
    ]
    hashes = storage.side_by_side(
        partial(_copy_in, archive, path, size, received_at) for path, _, _, size, received_at in here
    )
    new = [
        Arrival(received_at, kind, folder, name, sha256, size, as_of)
        for sha256, (_, folder, name, size, received_at) in zip(hashes, here, strict=True)
        if sha256 is not None and (folder, name, sha256) not in known
    ]
    if new:
        _commit(archive, sorted(new), as_of)
    return sorted(new)


def _copy_in(archive: UPath, path: UPath, size: int, received_at: datetime) -> str | None:
    """Copy into the blobs; the hash, or None where the file is no longer as it was listed."""
    with _scratch(archive) as copy:
        digest = copy_dropped(path, size, received_at, copy)
        if digest is not None and not (target := blob(archive, digest)).exists():
            storage.put_file(copy, target)
    return digest


@contextmanager
def _scratch(archive: UPath) -> Iterator[Path]:
    """A name for a copy: on the archive's own disk, so that a rename puts it in its place and a sweep finds it."""
    if not storage.is_local(archive):
        with tempfile.TemporaryDirectory(prefix="interlace-") as folder:
            yield Path(folder) / "copy"
        return
    storage.local(archive).mkdir(parents=True, exist_ok=True)
    copy = storage.local(archive) / f"{ARRIVING}{uuid.uuid4().hex}"
    try:
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def sweep(archive: UPath) -> None:
    """Remove what a killed night left unfinished (a local archive only); by who holds the writer lock."""
    if storage.is_local(archive) and archive.exists():
        for path in storage.local(archive).glob(f"{ARRIVING}*"):
            path.unlink(missing_ok=True)
        for folder in storage.local(archive).iterdir():
            if folder.is_dir() and folder.name != "blobs":
                storage.names_swept(folder)


def _arrival_files(archive: UPath) -> list[UPath]:
    folder = archive / "arrivals"
    if not folder.exists():
        return []
    return sorted((p for p in folder.iterdir() if p.name.endswith(".json")), key=lambda p: p.name)


def _commit(archive: UPath, new: list[Arrival], as_of: datetime) -> None:
    stem = as_of.strftime("%Y%m%dT%H%M%S%f")
    taken = {p.name for p in _arrival_files(archive)}
    number = next(n for n in range(1, len(taken) + 2) if f"{stem}-{n:04d}.json" not in taken)
    rows = [
        {**asdict(a), "received_at": a.received_at.isoformat(), "taken_at": a.taken_at.isoformat()}
        for a in new
    ]
    storage.write_json(archive / "arrivals" / f"{stem}-{number:04d}.json", rows)
