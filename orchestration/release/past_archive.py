"""The archive as a past release knew it, laid into a scratch folder; the real one is only read."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration import archive, decisions, storage
from orchestration.archive import Arrival
from orchestration.errors import BadDataError
from orchestration.release.manifest import MANIFEST


def known_arrivals(source: UPath, as_of: datetime) -> list[list[Arrival]]:
    """What a night as of that time may have known, the likeliest first.

    Usually that is all that was received by then. A file that was on its way when the night ran (received
    before it, taken in by a later one) is in the archive now and was not then, so what had been taken in by
    then comes second; which of the two it was the manifest's hash says.
    """
    every = [*archive.arrivals(source, "feed"), *archive.arrivals(source, "submission")]
    received = [a for a in every if a.received_at <= as_of]
    taken = [a for a in received if a.taken_at <= as_of]
    return [received] if len(taken) == len(received) else [received, taken]


def lay_archive(source: UPath, to: Path, arrivals: list[Arrival], as_of: datetime) -> None:
    """Make an archive of those arrivals, and of the decisions made by then, in a folder that is not there.

    Raises:
        BadDataError: bytes are gone from the real archive; names the files.
    """
    lost = [a for a in arrivals if not archive.blob(source, a.sha256).exists()]
    if lost:
        shown = ", ".join(f"{a.path} (received {a.received_at:%Y-%m-%d})" for a in lost[:5])
        raise BadDataError(
            f"the archive has lost the bytes of {len(lost):,} files that {MANIFEST} counts on: {shown}. "
            "Restore them from a backup; without them nobody can make this release again"
        )
    rows = [
        {**asdict(a), "received_at": a.received_at.isoformat(), "taken_at": a.taken_at.isoformat()}
        for a in sorted(arrivals)
    ]
    storage.write_json(to / "arrivals" / "0001.json", rows)
    for decision in decisions.decisions(source):
        if decision.decided_at <= as_of:
            decisions.record(UPath(to), decision)
    if storage.is_local(source):
        (to / "blobs").symlink_to(storage.local(source).resolve() / "blobs", target_is_directory=True)
        return
    for sha256 in sorted({a.sha256 for a in arrivals}):
        copy = archive.blob(UPath(to), sha256)
        storage.write_whole(copy, archive.blob(source, sha256).read_bytes())
