"""Files of the release before that hold just what the new one must: carried over, not written and hashed again.

A mart with the same content hash, made by the same code, is the same table in the same order. Its Parquet file is copied, and the
database is a copy of the earlier one in which only the other tables are made anew, and of a table of which a few LEAs differ only their
rows. Each copy is held against the hash of the file in the earlier release's manifest: what was verified then is what stands here.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from upath import UPath

from orchestration import storage
from orchestration.content import MartContent, Sums, content_of
from orchestration.lea_sums import LeaSums, differing
from orchestration.release.describe import Description
from orchestration.release.layout import DATABASE, INTERNAL, PARQUET
from orchestration.release.made_with import made_with
from orchestration.release.manifest import MANIFEST, public_marts_of, run_of

MOST_DIFFERING = 0.2  # of a mart's LEAs: beyond it the table is better written anew, in order
MOST_FREE = 0.34  # of a database's blocks: dropped tables leave room, which only a fresh file does not have
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Carried:
    """An earlier release's files of one audience, and the marts of which they hold what the new one must.

    Args:
        folder: the earlier release's folder of the audience.
        marts: names of the marts that are the same.
        files: by path below `folder` the hash of a file.
        differing: by mart of which only a few LEAs hold other rows these, with the sums of what they are to hold.
    """

    folder: Path
    marts: frozenset[str]
    files: Mapping[str, str]
    differing: Mapping[str, Mapping[str, Sums | None]] = field(default_factory=dict)

    def parquet(self, mart: str, into: Path) -> bool:
        """Copy the mart's Parquet file into a folder; whether that is the file that was published."""
        return mart in self.marts and self._copied(f"{PARQUET}/{mart}.parquet", into / f"{mart}.parquet")

    def database(self, into: Path) -> bool:
        """Copy the database; whether it is the one that was published and has little room left by dropped tables."""
        if not (self.marts or self.differing) or not self._copied(DATABASE, into):
            return False
        with duckdb.connect(str(into), read_only=True) as db:
            found = db.execute("select free_blocks, total_blocks from pragma_database_size()").fetchone()
        if found is None or found[0] > MOST_FREE * found[1]:
            into.unlink()
            return False
        return True

    def _copied(self, name: str, into: Path) -> bool:
        try:
            shutil.copyfile(self.folder / name, into)
            if storage.sha256_file(into) == self.files.get(name):
                return True
            log.warning("%s is not as it was published; it is written anew", self.folder / name)
        except OSError as e:  # where it is this disk that fails, writing it anew says so
            log.warning("%s cannot be copied (%s); it is written anew", self.folder / name, e)
        into.unlink(missing_ok=True)
        return False


def carried(
    releases: UPath | Path,
    about: Description,
    contents: Mapping[str, MartContent],
    audience: str,
    before: LeaSums | None = None,
    now: LeaSums | None = None,
) -> Carried | None:
    """What may be carried over from the release before; None where that is not on this disk, or of other code.

    Args:
        releases: the folder of releases.
        about: the new release, and which was before it; one that is made again because it was damaged carries nothing of itself.
        contents: what its marts hold.
        audience: `internal` or `public`.
        before: what the last candidate that was published held, LEA by LEA.
        now: what this one holds.
    """
    if about.previous in (None, about.release_id) or not storage.is_local(releases):
        return None
    folder = storage.local(releases) / str(about.previous)
    try:
        manifest = storage.read_json(folder / MANIFEST)
        held = manifest["marts"] if audience == INTERNAL else public_marts_of(manifest)
        stands = manifest["release_id"] == folder.name  # and was not set aside for damage
        same_code = (
            run_of(manifest).code_version == about.run.code_version and manifest["made_with"] == made_with()
        )
        start = f"{audience}/"
        files = {p.removeprefix(start): h for p, h in manifest["files"].items() if p.startswith(start)}
        marts = {m for m, c in contents.items() if m in held and held[m]["sha256"] == c.sha256}
        same_sums = before is not None and before.candidate_sha256 == manifest["candidate_sha256"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # damaged: all is written anew
    if not (stands and same_code):
        return None
    few: dict[str, Mapping[str, Sums | None]] = {}
    if before is not None and now is not None and same_sums:
        other = {m: c for m, c in contents.items() if m in held and m not in marts}
        few = _few(other, {m: str(held[m]["sha256"]) for m in other}, before, now)
    return Carried(folder / audience, frozenset(marts), files, few)


def _few(
    contents: Mapping[str, MartContent], published: Mapping[str, str], before: LeaSums, now: LeaSums
) -> dict[str, Mapping[str, Sums | None]]:
    """The marts of which a few LEAs differ: what is said of LEAs must add up to what was published, and to what is to be."""
    found: dict[str, Mapping[str, Sums | None]] = {}
    for mart, content in contents.items():
        was, is_ = before.marts.get(mart, {}), now.marts.get(mart, {})
        adds_up = content_of(content.columns, was.values()).sha256 == published[mart]
        ids = differing(was, is_)
        if (
            adds_up
            and content_of(content.columns, is_.values()) == content
            and "" not in ids
            and len(ids) <= MOST_DIFFERING * len(is_)
        ):
            found[mart] = {i: is_.get(i) for i in ids}
    return found
