"""Names of releases: which there are, and which one a person means by the start of an ID, `current` or `previous`."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration import storage
from orchestration.errors import ConfigError
from orchestration.release.current import CURRENT, read_current
from orchestration.release.manifest import MANIFEST

PREVIOUS = "previous"
A_RELEASE = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
SET_ASIDE = re.compile(rf"({A_RELEASE.pattern})\.damaged-\d+")


def release_ids(releases: UPath | Path) -> list[str]:
    """ID of every release that exists (has a manifest), the oldest night first; what was set aside is not one."""
    return [n for n in _folders(releases) if A_RELEASE.fullmatch(n) and (releases / n / MANIFEST).exists()]


def set_aside_names(releases: UPath | Path) -> list[str]:
    """Names of the damaged releases that a later publication moved aside."""
    return [n for n in _folders(releases) if SET_ASIDE.fullmatch(n)]


def remains(releases: UPath | Path) -> list[str]:
    """Folders named as a release but without a manifest: an upload or a removal that was cut short."""
    return [
        n
        for n in _folders(releases)
        if (A_RELEASE.fullmatch(n) or SET_ASIDE.fullmatch(n)) and not (releases / n / MANIFEST).exists()
    ]


def as_of_of(release_id: str) -> datetime:
    """The night's time (UTC), which the ID begins with."""
    return datetime.strptime(release_id.partition("-")[0], "%Y%m%dT%H%M%SZ")


def resolve(releases: UPath | Path, text: str) -> str:
    """The one release that a person means.

    Args:
        releases: the folder of releases.
        text: an ID or the start of one, `current`, or `previous` (the one that was current before it).

    Raises:
        ConfigError: there is none, or more than one; it names what there is.
    """
    known = release_ids(releases)
    if not known:
        raise ConfigError(
            f"there are no releases in {releases} yet; run interlace nightly first, or check --home"
        )
    wanted = text.strip()
    if wanted in (CURRENT, PREVIOUS):
        return _by_role(releases, wanted, known)
    found = [r for r in known if r == wanted] or [r for r in known if wanted and r.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(
            f"{text!r} begins the names of {len(found)} releases: {_shown(found)}; write more of it"
        )
    if wanted in set_aside_names(releases):
        raise ConfigError(f"{wanted} is a damaged copy that was moved aside, no release")
    raise ConfigError(
        f"there is no release {text!r}; there are {_shown(known)}. "
        "Write an ID or its start, current or previous (interlace release list shows all)"
    )


def _by_role(releases: UPath | Path, role: str, known: list[str]) -> str:
    current = read_current(releases)
    if current is None:
        raise ConfigError("no release is the current one yet; run interlace nightly, or write a release's ID")
    if role == CURRENT:
        if current not in known:
            raise ConfigError(
                f"current names {current}, which is gone or no whole release; "
                "interlace release rollback moves current to another, a night publishes anew"
            )
        return current
    before = previous_of(releases, current)
    if before is None:
        raise ConfigError(
            f"no release was current before {current}: it is the first, or its manifest is gone"
        )
    if before not in known:
        raise ConfigError(
            f"{before}, which was current before {current}, is gone (pruned?); write another ID"
        )
    return before


def previous_of(releases: UPath | Path, release_id: str) -> str | None:
    """The release that was current before that one was published, as its manifest says."""
    manifest = releases / release_id / MANIFEST
    if not manifest.exists():
        return None
    found = storage.read_json(manifest).get("previous_release_id")
    return str(found) if found else None


def _folders(releases: UPath | Path) -> list[str]:
    if not releases.exists():
        return []
    return sorted({p.name for p in releases.iterdir() if not p.name.startswith(storage.TEMPORARY)})


def _shown(names: list[str]) -> str:
    last = names[-5:]
    return ", ".join(last) if len(last) == len(names) else f"(the last 5 of {len(names)}) {', '.join(last)}"
