"""Moves `current` back to an earlier release, whole and verified, and writes down who did it and why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration.errors import BadDataError, ConfigError
from orchestration.release.current import move_current, read_current
from orchestration.release.records import ReleaseRecord, write_deed
from orchestration.release.verify import verify_release


def roll_back(releases: UPath | Path, release_id: str, by: str, reason: str, at: datetime) -> ReleaseRecord:
    """Make an earlier release the current one; to be called under the home's writer lock.

    The next night publishes anew and moves `current` to what it makes. The record is written before the
    move: a kill between the two leaves a record of what was asked for, never a move without one.

    Args:
        releases: the folder of releases.
        release_id: the release to go back to.
        by: who does it.
        reason: why.
        at: when (UTC).

    Raises:
        ConfigError: it is the current one already, or who and why are not said.
        BadDataError: it is damaged; nothing changed.
    """
    before = read_current(releases)
    if before == release_id:
        raise ConfigError(f"{release_id} is the current release already")
    if problems := verify_release(releases / release_id):
        raise BadDataError(
            f"{release_id} is damaged, current stays where it is: {'; '.join(problems[:5])}. "
            "Choose another (interlace release list)"
        )
    made = ReleaseRecord(at, "rollback", release_id, by, reason, before)
    write_deed(releases, made)
    move_current(releases, release_id)
    return made
