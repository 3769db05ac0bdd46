"""Makes a backup: archive, current and certified releases, extracts, the state's folder, files that wait.

    <to>/archive/…  releases/<id>/…  extracts/…    what never changes once it is there, shared by all backups
    <to>/state/<time>/…  waiting/<time>/…          the state's folder, and files not taken in yet, of each backup
    <to>/backups/<time>.json                       one backup: every file with its hash; written last

A second backup into the same place copies only what is new. No lock is taken: the archive only grows, and what
a night writes meanwhile is of the next backup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from upath import UPath

from orchestration import archive, storage
from orchestration.archive import Kind, dropped_files
from orchestration.backup.files import copy_checked, files_of
from orchestration.code_version import code_version
from orchestration.errors import BadDataError, ConfigError
from orchestration.operations.waiting import new_files
from orchestration.release.certification import certifications
from orchestration.release.current import read_current
from orchestration.release.manifest import MANIFEST
from orchestration.settings import Settings

BACKUPS = "backups"
FORM = 1  # of a backup's list


@dataclass(frozen=True)
class Made:
    """One backup.

    Args:
        name: its name, the time it was made.
        files: files that it holds.
        copied: of these, the ones that were not there from an earlier backup.
        bytes_copied: their bytes.
        releases: releases in it.
    """

    name: str
    files: int
    copied: int
    bytes_copied: int
    releases: tuple[str, ...]


def back_up(
    settings: Settings,
    to: UPath,
    at: datetime,
    progress: Callable[[str], None] = lambda _: None,
    *,
    all_releases: bool = False,
) -> Made:
    """Back a home up into a folder or an object store.

    Raises:
        ConfigError: there is nothing to back up, or the place lies in the home.
        BadDataError: archived bytes are lost or changed: the backup before this one has them.
    """
    if not settings.archive.exists():
        raise ConfigError(f"{settings.archive} is not there; give --home the folder that holds archive/")
    if storage.is_local(to) and storage.local(to).resolve().is_relative_to(settings.home):
        raise ConfigError(f"{to} lies in the home; a backup must lie elsewhere, on another disk")
    yesterday = (at - timedelta(days=1)).replace(tzinfo=UTC).timestamp()
    storage.sweep_temporaries(to, yesterday)  # what one that was cut short left; another may be at work
    name = f"{at:%Y%m%dT%H%M%S}"
    copier = _Copier(to, progress)
    lists = {n: p for n, p in files_of(settings.archive).items() if not n.startswith("blobs/")}
    kinds: tuple[Kind, ...] = ("submission", "feed")
    blobs = sorted({a.sha256 for kind in kinds for a in archive.arrivals(settings.archive, kind)})
    progress(f"archive: {len(blobs):,} received files")
    for sha256 in blobs:  # before the lists that name them
        source = archive.blob(settings.archive, sha256)
        if not source.exists():
            raise BadDataError(f"the archive has lost {source}; restore it from the backup before this one")
        copier.fixed(source, f"archive/blobs/{sha256[:2]}/{sha256}", sha256)
    for path, source in lists.items():
        copier.copy(source, f"archive/{path}")
    releases = _releases(settings, all_releases)
    for release in releases:
        progress(f"release {release}")
        _release(settings.releases / release, f"releases/{release}", copier)
    for path, source in files_of(settings.extracts).items():
        copier.copy(source, f"extracts/{path}")
    for path, source in files_of(UPath(settings.state)).items():
        copier.copy(source, f"state/{name}/{path}")
    waiting = {}
    for room, kind in zip(("landing", "feeds"), kinds, strict=True):
        folder: UPath = getattr(settings, room)
        new = new_files(folder, settings.archive, kind)
        for source, below, file, _, received_at in dropped_files(folder):
            if (path := f"{below}/{file}" if below else file) in new:
                copier.copy(source, f"waiting/{name}/{room}/{path}")
                waiting[f"{room}/{path}"] = received_at.isoformat()
    facts: dict[str, Any] = {
        "form": FORM,
        "name": name,
        "at": at.isoformat(),
        "code_version": code_version(),
        "current": read_current(settings.releases),
        "releases": list(releases),
        "waiting": waiting,
        "files": copier.held,
    }
    storage.write_json(to / BACKUPS / f"{name}.json", facts)
    return Made(name, len(copier.held), copier.copied, copier.bytes_copied, releases)


def _releases(settings: Settings, everything: bool) -> tuple[str, ...]:
    """The current release and the certified ones; with `everything` all that are whole."""
    current = read_current(settings.releases)
    wanted = {current, *(c.release_id for c in certifications(settings.archive))} - {None}
    if everything and settings.releases.exists():
        wanted |= {
            p.name for p in settings.releases.iterdir() if (p / MANIFEST).exists() and p.name != "current"
        }
    return tuple(sorted(r for r in wanted if r and (settings.releases / r / MANIFEST).exists()))


def _release(folder: UPath, to: str, copier: _Copier) -> None:
    hashes = storage.read_json(folder / MANIFEST)["files"]
    for path, source in files_of(folder).items():
        if path == MANIFEST:
            copier.copy(source, f"{to}/{path}")
        elif path in hashes:
            copier.fixed(source, f"{to}/{path}", hashes[path])


class _Copier:
    """Copies into a backup what is not there yet, and notes what the backup holds."""

    def __init__(self, to: UPath, progress: Callable[[str], None]) -> None:
        self.to, self.progress = to, progress
        self.held: dict[str, str] = {}
        self.copied = self.bytes_copied = 0

    def fixed(self, source: UPath, path: str, sha256: str) -> None:
        """A file that can only have these bytes: copied unless one of the same size is there."""
        size = source.stat().st_size
        target = self.to / path
        if not target.exists() or target.stat().st_size != size:
            copy_checked(source, target, sha256)
            self.copied += 1
            self.bytes_copied += size
        self.held[path] = sha256

    def copy(self, source: UPath, path: str) -> None:
        """A small file whose bytes may differ from those that are there: copied where they do."""
        target = self.to / path
        sha256 = storage.sha256_file(source)
        if not target.exists() or storage.sha256_file(target) != sha256:
            copy_checked(source, target)
            self.copied += 1
            self.bytes_copied += source.stat().st_size
        self.held[path] = sha256
