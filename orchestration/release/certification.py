"""Which release was reported for a school year: written once, kept for ever.

    archive/certifications/<school_year>-<n>.json     one certification; n counts those of the year

They lie in the archive, the one room that nothing rebuilds: releases can be deleted and made again, that
one of them was reported cannot. No figure depends on them, so they are no input of a release.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from upath import UPath

from orchestration import storage
from orchestration.errors import BadDataError, ConfigError

FOLDER = "certifications"
SCHOOL_YEAR = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Certification:
    """One release, said to be the one reported for a school year.

    Args:
        school_year: as 2022-23.
        number: 1 for the first of that year; a later one stands beside the earlier, never in its place.
        release_id: the release.
        candidate_sha256: content hash of its marts, so that a release made again can be told to be the same.
        certified_at: when (UTC).
        certified_by: who said so.
        note: for what it was reported, in words.
    """

    school_year: str
    number: int
    release_id: str
    candidate_sha256: str
    certified_at: datetime
    certified_by: str
    note: str


def certifications(archive: UPath) -> list[Certification]:
    """Every certification, by school year and number.

    Raises:
        BadDataError: one of the files cannot be understood; names it.
    """
    folder = archive / FOLDER
    if not folder.exists():
        return []
    found = [_read(p) for p in folder.iterdir() if p.name.endswith(".json")]
    return sorted(found, key=lambda c: (c.school_year, c.number))


def certified_for(archive: UPath, school_year: str) -> Certification | None:
    """The certification that holds for a school year: its last one; None where there is none."""
    of_year = [c for c in certifications(archive) if c.school_year == school_year]
    return of_year[-1] if of_year else None


def certify(
    archive: UPath,
    *,
    school_year: str,
    release_id: str,
    candidate_sha256: str,
    certified_at: datetime,
    certified_by: str,
    note: str,
) -> Certification:
    """Write down that a release is the one reported for a school year; the caller has verified it.

    The same release for the same year again changes nothing and gives the certification that stands.

    Raises:
        ConfigError: the school year is not written as 2022-23, or nobody is named.
    """
    year = SCHOOL_YEAR.fullmatch(school_year)
    if year is None or (int(year[1]) + 1) % 100 != int(year[2]):
        raise ConfigError(f"{school_year!r} is not a school year; write it as 2022-23")
    if not certified_by.strip():
        raise ConfigError("say who certifies the release")
    of_year = [c for c in certifications(archive) if c.school_year == school_year]
    if of_year and of_year[-1].release_id == release_id:
        return of_year[-1]
    made = Certification(
        school_year=school_year,
        number=len(of_year) + 1,
        release_id=release_id,
        candidate_sha256=candidate_sha256,
        certified_at=certified_at,
        certified_by=certified_by.strip(),
        note=note.strip(),
    )
    facts = {**asdict(made), "certified_at": certified_at.isoformat()}
    storage.write_json(archive / FOLDER / f"{school_year}-{made.number}.json", facts)
    return made


def _read(path: UPath) -> Certification:
    try:
        raw = storage.read_json(path)
        return Certification(**{**raw, "certified_at": datetime.fromisoformat(raw["certified_at"])})
    except (ValueError, KeyError, TypeError) as e:
        raise BadDataError(
            f"{path} is not a certification that can be read ({e!r}); restore it from a backup"
        ) from e
