"""What people did with releases: moved `current` back, removed old ones; by whom, when and why.

releases/decisions/<at>-<hash>.json     one deed, written once and never changed
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from upath import UPath

from orchestration import storage
from orchestration.errors import ConfigError

FOLDER = "decisions"
Deed = Literal["rollback", "prune", "set_aside"]


@dataclass(frozen=True, order=True)
class ReleaseRecord:
    """One deed.

    Args:
        at: when (UTC).
        deed: `rollback` (current was moved back to the release), `prune` (it was removed) or `set_aside`
            (it was found damaged, moved aside and published anew).
        release_id: the release it was done to.
        by: who did it.
        reason: why.
        before: the release that was current until then; None where that did not change.
    """

    at: datetime
    deed: Deed
    release_id: str
    by: str
    reason: str
    before: str | None = None


def write_deed(releases: UPath | Path, record: ReleaseRecord) -> None:
    """Write a record, whole or not at all; a record that stands is never changed.

    Raises:
        ConfigError: it does not say who or why.
    """
    for name, said in (("--by", record.by), ("--reason", record.reason)):
        if not said.strip():
            raise ConfigError(f"{name} is empty; it stays with the releases, so write a name or a sentence")
    facts = {**asdict(record), "at": record.at.isoformat()}
    digest = hashlib.sha256(storage.canonical_json(facts)).hexdigest()
    path = releases / FOLDER / f"{record.at:%Y%m%dT%H%M%S%f}-{digest[:8]}.json"
    if not path.exists():
        storage.write_json(path, facts)


def records(releases: UPath | Path) -> list[ReleaseRecord]:
    """Every record, in order of time."""
    folder = releases / FOLDER
    if not folder.exists():
        return []
    found = []
    for path in folder.iterdir():
        if path.name.endswith(".json") and not path.name.startswith(storage.TEMPORARY):
            raw = storage.read_json(path)
            found.append(
                ReleaseRecord(
                    datetime.fromisoformat(raw["at"]),
                    cast(Deed, raw["deed"]),
                    raw["release_id"],
                    raw["by"],
                    raw["reason"],
                    raw["before"],
                )
            )
    return sorted(found, key=lambda r: (r.at, r.release_id))
