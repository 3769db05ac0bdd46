"""The archive: whether every byte received is still there, as it came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from orchestration import archive, decisions, storage
from orchestration.doctor.finding import Finding, Look, ok, problem, some
from orchestration.errors import BadDataError
from orchestration.release.certification import certifications

NEWEST, SAMPLE = 20, 80


def received(look: Look) -> list[Finding]:
    """Every blob is there; its hash is its name (all of them with `deep`, else the newest and a daily sample)."""
    root = look.settings.archive
    try:
        everything = [*archive.arrivals(root, "submission"), *archive.arrivals(root, "feed")]
        made = decisions.decisions(root)
        certified = certifications(root)
    except (BadDataError, ValueError, KeyError, TypeError) as e:
        return [
            problem(
                f"a list of arrivals, a decision or a certification in {root} cannot be read ({e!r})",
                "restore archive/arrivals, archive/decisions and archive/certifications from the backup: interlace restore-backup",
            )
        ]
    paths = {a.sha256: a.path for a in everything}
    lost = sorted(paths[sha] for sha in paths if not archive.blob(root, sha).exists())
    here = [a.sha256 for a in sorted(everything, reverse=True) if archive.blob(root, a.sha256).exists()]
    looked = list(dict.fromkeys(here)) if look.deep else sample(here, f"{look.now:%Y-%m-%d}")
    changed = sorted(paths[sha] for sha in looked if storage.sha256_file(archive.blob(root, sha)) != sha)
    found = []
    fix = f"restore {'them' if len(lost) + len(changed) > 1 else 'it'} from the backup: interlace restore-backup, or copy archive/blobs"
    if lost:
        found.append(problem(f"the archive has lost {len(lost):,} files: {some(lost)}", fix))
    if changed:
        found.append(problem(f"{len(changed):,} archived files were changed: {some(changed)}", fix))
    part = f"all {len(paths):,}" if len(looked) == len(paths) else f"{len(looked):,} of {len(paths):,}"
    return found or [
        ok(
            f"{part} archived files looked into, each as it came; {len(made):,} decisions of the state, "
            f"{len(certified):,} certified releases"
        )
    ]


def sample(newest_first: Iterable[str], day: str) -> list[str]:
    """The newest, and others in an order of that day, so that a daily look gets to every file in time."""
    hashes = list(dict.fromkeys(newest_first))
    rest = sorted(hashes[NEWEST:], key=lambda sha: hashlib.sha256(f"{day}{sha}".encode()).digest())
    return [*hashes[:NEWEST], *rest[:SAMPLE]]
