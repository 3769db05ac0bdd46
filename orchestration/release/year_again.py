"""The releases certified for a school year, made again from the archive and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestration import storage
from orchestration.content import RunFacts
from orchestration.errors import BadDataError, ConfigError, InterlaceError
from orchestration.policy import Policy
from orchestration.release.certification import Certification, certifications
from orchestration.release.manifest import MANIFEST
from orchestration.release.rebuild import Rebuilt, rebuild, scratch_folder
from orchestration.settings import Settings


@dataclass(frozen=True)
class YearAgain:
    """What came of making a school year's certified releases again.

    Args:
        stands: the certification that holds for the year: its last.
        rebuilt: the releases that could be made again, in the order of their certification.
        differences: what is otherwise than it was certified, each with its release; empty where all are equal.
        not_possible: earlier releases of the year that this code or archive cannot make again, each with the reason.
    """

    stands: Certification
    rebuilt: tuple[Rebuilt, ...]
    differences: tuple[str, ...]
    not_possible: tuple[str, ...]


def rebuild_year(
    settings: Settings,
    school_year: str,
    progress: Callable[[str], None] = lambda _: None,
    *,
    build: Callable[[Settings, Policy, RunFacts, Callable[[str], None]], None] | None = None,
) -> YearAgain:
    """Make every release that was certified for a school year again, and compare; the home is only read.

    An earlier certification may be of a release that other code made; that is told, and does not keep the
    one that stands from being made.

    Args:
        school_year: as 2022-23.
        build: makes the build file of a home; the whole night's making unless something else is given.

    Raises:
        ConfigError: no release is certified for the year, or the one that stands was made by other code.
        BadDataError: the one that stands is gone, or the archive does not hold what it was made from.
    """
    found = {c.release_id: c for c in certifications(settings.archive) if c.school_year == school_year}
    if not found:
        raise ConfigError(
            f"no release is certified for {school_year}, so there is none to make again; see interlace release certify"
        )
    *_, stands = sorted(found.values(), key=lambda c: c.number)
    rebuilt, differences, not_possible = [], [], []
    for certified in sorted(found.values(), key=lambda c: c.number):
        progress(
            f"making {certified.release_id} again, certified as number {certified.number} of {school_year}"
        )
        try:
            made, told = _again(settings, certified, progress, build)
        except InterlaceError as e:
            if certified is stands:
                raise
            not_possible.append(f"{certified.release_id}: {e}")
            continue
        rebuilt.append(made)
        differences += [f"{certified.release_id}: {d}" for d in told]
    return YearAgain(stands, tuple(rebuilt), tuple(differences), tuple(not_possible))


def _again(
    settings: Settings,
    certified: Certification,
    progress: Callable[[str], None],
    build: Callable[[Settings, Policy, RunFacts, Callable[[str], None]], None] | None,
) -> tuple[Rebuilt, list[str]]:
    file = settings.releases / certified.release_id / MANIFEST
    if not file.exists():
        raise BadDataError(
            f"{certified.release_id} is certified for {certified.school_year} and not among the releases; "
            "restore it from a backup: what its marts were stands in its manifest alone"
        )
    manifest = storage.read_json(file)
    with scratch_folder() as folder:
        made = rebuild(settings, manifest, Path(folder).resolve(), progress, build=build)
    told = list(made.differences)
    if not told and made.candidate_sha256 != certified.candidate_sha256:
        told.append("its marts are as its manifest says, which is not what was certified")
    return made, told
