"""`current`: the one name by which readers find the release. Moving it is a single step.

On a local disk it is a link, exchanged by a rename; on an object store a small file with the
release's ID, put whole. A reader that follows it once sees one release from then on: old or new.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration import storage

CURRENT = "current"


def read_current(releases: UPath | Path) -> str | None:
    """ID of the current release; None before the first."""
    if storage.is_local(releases):
        link = storage.local(releases) / CURRENT
        return link.readlink().name if link.is_symlink() else None
    file = releases / CURRENT
    return file.read_bytes().decode().strip() if file.exists() else None


def current_as_of(releases: UPath | Path) -> datetime | None:
    """As-of time (UTC) of the current release, which its ID begins with; None before the first."""
    current = read_current(releases)
    return datetime.strptime(current.partition("-")[0], "%Y%m%dT%H%M%SZ") if current else None


def move_current(releases: UPath | Path, release_id: str) -> None:
    """Make that release the current one."""
    if not storage.is_local(releases):
        storage.write_whole(releases / CURRENT, f"{release_id}\n".encode())
        return
    folder = storage.local(releases)
    temporary = folder / f"{storage.TEMPORARY}{uuid.uuid4().hex}"
    try:
        temporary.symlink_to(release_id, target_is_directory=True)  # relative: a moved home stays whole
        temporary.replace(folder / CURRENT)
    finally:
        temporary.unlink(missing_ok=True)
    storage.fsync_folder(folder)
