"""The list of releases: what each is, what it was certified for, and whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upath import UPath

from orchestration import storage
from orchestration.release.current import read_current
from orchestration.release.manifest import MANIFEST
from orchestration.release.names import as_of_of, release_ids, remains, set_aside_names
from orchestration.release.verify import files_below


@dataclass(frozen=True)
class Listed:
    """One line of the list.

    Args:
        release_id: its ID, or the name under which it was set aside.
        as_of: the night's time (UTC).
        rows: rows of all its marts; None where the manifest cannot be read.
        checks: checks of the gate, all passed.
        certified_for: school years it was reported for.
        is_current: whether `current` names it.
        state: `whole` (every file is there; `verify` looks at their bytes too), `damaged`, `set aside`,
            or `remains` (an upload or removal that was cut short; no reader sees it).
    """

    release_id: str
    as_of: datetime
    rows: int | None
    checks: int | None
    certified_for: tuple[str, ...]
    is_current: bool
    state: str


def list_releases(releases: UPath | Path, certified: Mapping[str, tuple[str, ...]]) -> list[Listed]:
    """Every release, the newest night first, with what was set aside or cut short.

    Args:
        releases: the folder of releases.
        certified: by release the school years it is certified for.
    """
    current = read_current(releases)
    states = {name: "" for name in release_ids(releases)}
    states |= {name: "set aside" for name in set_aside_names(releases)}
    states |= {name: "remains" for name in remains(releases)}
    if current is not None:
        states.setdefault(current, "missing")
    return [
        _listed(releases, name, states[name], name == current, certified.get(name.partition(".")[0], ()))
        for name in sorted(states, reverse=True)
    ]


def _listed(
    releases: UPath | Path, name: str, state: str, is_current: bool, certified: tuple[str, ...]
) -> Listed:
    rows = checks = None
    if state in ("", "set aside"):
        try:
            manifest = storage.read_json(releases / name / MANIFEST)
            rows = sum(int(m["rows"]) for m in manifest["marts"].values())
            checks = int(manifest["gate"]["checks"])
            gone = set(manifest["files"]) - set(files_below(releases / name))
            state = state or ("damaged" if gone else "whole")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            state = state or "damaged"
    return Listed(name, as_of_of(name), rows, checks, certified, is_current, state)


def list_lines(listed: list[Listed]) -> list[str]:
    """The list as lines for a person."""
    if not listed:
        return ["There are no releases yet; interlace nightly publishes the first."]
    lines = [f"{'release':<36} {'as of (UTC)':<17} {'rows':>12} {'checks':>7}  state"]
    for r in listed:
        notes = ["current"] if r.is_current else []
        notes += [r.state] if r.state != "whole" else []
        notes += [f"certified for {year}" for year in r.certified_for]
        rows = f"{r.rows:,}" if r.rows is not None else "?"
        checks = f"{r.checks:,}" if r.checks is not None else "?"
        lines.append(
            f"{r.release_id:<36} {r.as_of:%Y-%m-%d %H:%M}  {rows:>12} {checks:>7}  {', '.join(notes)}".rstrip()
        )
    return lines
