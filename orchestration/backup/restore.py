"""Makes a home of a backup. Every byte is checked on its way; `current` is set last."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from upath import UPath

from orchestration import storage
from orchestration.backup.files import copy_checked, files_of
from orchestration.backup.make import BACKUPS, FORM
from orchestration.code_version import code_version
from orchestration.errors import BadDataError, ConfigError
from orchestration.release.current import move_current
from orchestration.settings import Settings


@dataclass(frozen=True)
class Restored:
    """What came of a restoration.

    Args:
        name: the backup.
        files: files written.
        current: the release that stands; None where the backup has none.
        other_code: version of the code that made the backup, where it is not the running one.
        other_state: files of the state's folder that differ from those of the backup.
    """

    name: str
    files: int
    current: str | None
    other_code: str | None
    other_state: tuple[str, ...]


def backups(place: UPath) -> list[str]:
    """Names of the finished backups in a place, the oldest first."""
    folder = place / BACKUPS
    if not folder.exists():
        return []
    return sorted(p.name.removesuffix(".json") for p in folder.iterdir() if p.name.endswith(".json"))


def restore(
    place: UPath,
    settings: Settings,
    name: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Restored:
    """Make a home of a backup: the last one, or the one of that name.

    The lake is not in it: the next night makes it from the archive, with the same rows.

    Raises:
        ConfigError: there is no such backup, or the home holds something already.
        BadDataError: the backup has lost or changed bytes; the message names all of them, and nothing was set current.
    """
    facts = _facts(place, name)
    if full := [r for r in ("archive", "releases", "lake") if files_of(getattr(settings, r))]:
        raise ConfigError(
            f"the home has files in {', '.join(full)} already; restore into a new one, or move them away first"
        )
    wrong = []
    for n, (path, sha256) in enumerate(sorted(facts["files"].items())):
        if n % 1000 == 0:
            progress(f"{n:,} of {len(facts['files']):,} files")
        target = _target(settings, facts["name"], path)
        if target is None:
            continue
        try:
            copy_checked(place / path, target, sha256)
        except (BadDataError, FileNotFoundError):
            wrong.append(path)
            continue
        if path.startswith("releases/") and storage.is_local(target):
            storage.local(target).chmod(0o444)
    if wrong:
        shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5:,} more" if len(wrong) > 5 else "")
        raise BadDataError(
            f"backup {facts['name']} has lost or changed {len(wrong):,} files: {shown}. What is whole was restored, "
            "no release was made current; take these files from another backup of the same home, or another copy of this one"
        )
    _give_times_back(settings, facts["waiting"])
    if facts["current"] in facts["releases"]:
        move_current(settings.releases, facts["current"])
    return Restored(
        facts["name"],
        len(facts["files"]),
        facts["current"],
        None if facts["code_version"] == code_version() else facts["code_version"],
        _other_state(settings, facts),
    )


def _facts(place: UPath, name: str | None) -> dict[str, Any]:
    found = backups(place)
    if not found:
        raise ConfigError(
            f"there is no finished backup in {place}; it has a folder {BACKUPS}/ with one file for each"
        )
    if name is not None and name not in found:
        raise ConfigError(f"there is no backup {name} in {place}; there are {', '.join(found[-10:])}")
    facts: dict[str, Any] = storage.read_json(place / BACKUPS / f"{name or found[-1]}.json")
    if facts.get("form") != FORM:
        raise ConfigError(
            f"backup {name or found[-1]} is of another form ({facts.get('form')}); use the version that made it"
        )
    return facts


def _target(settings: Settings, name: str, path: str) -> UPath | None:
    """Where a file of the backup goes; None for the state's folder, which is compared, not written."""
    room, _, below = path.removeprefix(f"waiting/{name}/").partition("/")
    if room not in ("archive", "releases", "extracts", "landing", "feeds"):
        return None  # that folder is under version control of the state's own
    folder: UPath = getattr(settings, room)
    return folder / below


def _give_times_back(settings: Settings, waiting: dict[str, str]) -> None:
    """A dropped file's time is its time of receipt."""
    for path, received_at in waiting.items():
        room, _, below = path.partition("/")
        folder: UPath = getattr(settings, room)
        if storage.is_local(folder):
            seconds = datetime.fromisoformat(received_at).replace(tzinfo=UTC).timestamp()
            os.utime(storage.local(folder / below), (seconds, seconds))


def _other_state(settings: Settings, facts: dict[str, Any]) -> tuple[str, ...]:
    prefix = f"state/{facts['name']}/"
    backed = {p.removeprefix(prefix): sha for p, sha in facts["files"].items() if p.startswith(prefix)}
    here = {p: storage.sha256_file(f) for p, f in files_of(UPath(settings.state)).items()}
    return tuple(sorted(p for p in backed.keys() | here.keys() if backed.get(p) != here.get(p)))
