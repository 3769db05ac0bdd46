"""Certifies a release for a school year, after verifying it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration import storage
from orchestration.errors import BadDataError
from orchestration.release.certification import Certification, certifications, certify
from orchestration.release.manifest import MANIFEST
from orchestration.release.verify import verify_release


def certify_release(
    archive: UPath,
    releases: UPath | Path,
    release_id: str,
    school_year: str,
    by: str,
    note: str,
    at: datetime,
) -> tuple[Certification, list[Certification]]:
    """Mark a whole release as the one reported for a school year; to be called under the writer's lock.

    Returns:
        The certification, and the earlier ones of that year, which remain.

    Raises:
        BadDataError: the release is damaged; nothing was written.
        ConfigError: the school year is none, or nobody is named.
    """
    if problems := verify_release(releases / release_id):
        raise BadDataError(
            f"{release_id} is damaged and cannot be certified: {'; '.join(problems[:5])}. "
            "A night as of the same time publishes it anew"
        )
    manifest = storage.read_json(releases / release_id / MANIFEST)
    made = certify(
        archive,
        school_year=school_year,
        release_id=release_id,
        candidate_sha256=manifest["candidate_sha256"],
        certified_at=at,
        certified_by=by,
        note=note,
    )
    of_year = [c for c in certifications(archive) if c.school_year == school_year and c.number < made.number]
    return made, of_year
