"""Brings a finished folder to its place among the releases, whole, on a local disk or an object store."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from upath import UPath

from orchestration import storage
from orchestration.release.current import move_current, read_current
from orchestration.release.layout import INTERNAL, PUBLIC
from orchestration.release.manifest import MANIFEST
from orchestration.release.verify import files_below


def sweep(folder: Path) -> None:
    """Remove what a killed publication left: the temporary names directly in a local folder."""
    if folder.is_dir():
        for path in folder.glob(f"{storage.TEMPORARY}*"):
            _remove(path)


def seal(folder: Path) -> None:
    """Make every file read-only and flush all of it to disk; what is internal is for owner and group alone."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(0o444)
            fd = os.open(path, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
    for audience, mode in ((INTERNAL, 0o750), (PUBLIC, 0o755)):
        if (folder / audience).is_dir():
            (folder / audience).chmod(mode)  # whoever may not enter it reads nothing below it
    for path in [*(p for p in folder.rglob("*") if p.is_dir()), folder]:
        storage.fsync_folder(path)


def put_in_place(folder: Path, releases: UPath | Path, release_id: str) -> None:
    """Make the folder `releases/<id>`; nothing is there. The local folder is gone afterwards.

    On an object store the manifest goes last: a release without one does not exist for any reader.
    """
    if storage.is_local(releases):
        folder.rename(storage.local(releases) / release_id)
        storage.fsync_folder(storage.local(releases))
        return
    files = files_below(folder)
    for name in [*sorted(files), MANIFEST]:
        target = releases / release_id / name
        storage.put_file(folder / name, target)
    shutil.rmtree(folder)


def set_aside(releases: UPath | Path, release_id: str) -> str | None:
    """Move a damaged release away as `<id>.damaged-N`; its new name, or None for an unfinished upload.

    Where it is the current one, `current` first moves to the copy, so that no reader finds nothing.
    """
    if not storage.is_local(releases) and not (releases / release_id / MANIFEST).exists():
        _remove(releases / release_id)  # never published
        return None
    n = 1
    while (releases / f"{release_id}.damaged-{n}").exists():
        n += 1
    aside = f"{release_id}.damaged-{n}"
    _copy(releases, release_id, aside)
    if read_current(releases) == release_id:
        move_current(releases, aside)
    remove_release(releases, release_id)
    return aside


def remove_release(releases: UPath | Path, name: str) -> None:
    """Remove a release, in one step for readers: renamed first, or, on an object store, its manifest first."""
    if storage.is_local(releases):
        folder = storage.local(releases)
        removed = folder / f"{storage.TEMPORARY}{uuid.uuid4().hex}"
        (folder / name).rename(removed)
        storage.fsync_folder(folder)
        _remove(removed)
        return
    manifest = releases / name / MANIFEST
    if manifest.exists():
        manifest.unlink()
    if (releases / name).exists():
        _remove(releases / name)


def _copy(releases: UPath | Path, release_id: str, to: str) -> None:
    if storage.is_local(releases):
        folder = storage.local(releases)
        temporary = folder / f"{storage.TEMPORARY}{uuid.uuid4().hex}"
        shutil.copytree(folder / release_id, temporary, symlinks=True, copy_function=os.link)
        temporary.rename(folder / to)
        return
    for name in [*files_below(releases / release_id), MANIFEST]:
        storage.write_whole(releases / to / name, (releases / release_id / name).read_bytes())


def _remove(path: UPath | Path) -> None:
    if not storage.is_local(path):
        assert isinstance(path, UPath)
        path.fs.rm(path.path, recursive=True)
        return
    found = storage.local(path)
    if found.is_dir() and not found.is_symlink():
        with storage.naming(found.parent):  # else it names a file by its last name alone
            shutil.rmtree(found)
    else:
        found.unlink(missing_ok=True)
