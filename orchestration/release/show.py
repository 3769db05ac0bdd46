"""A release's manifest in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.release.certification import Certification
from orchestration.release.records import ReleaseRecord


def show_lines(
    manifest: Mapping[str, Any],
    *,
    is_current: bool,
    certified: Sequence[Certification],
    deeds: Sequence[ReleaseRecord],
) -> list[str]:
    """What a release is, what it was made from and what was done with it, as lines for a person.

    Args:
        manifest: the release's manifest.
        is_current: whether `current` names it.
        certified: its certifications.
        deeds: what was done with it since.
    """
    inputs, gate, marts = manifest["inputs"], manifest["gate"], manifest["marts"]
    made_with = manifest.get("made_with") or {}
    rows = sum(m["rows"] for m in marts.values())
    lines = [
        f"Release {manifest['release_id']} of {manifest['state']}"
        + (", the current one" if is_current else ""),
        f"  as of          {manifest['as_of'].replace('T', ' ')} UTC: what had been received by then counts",
        f"  holds          {rows:,} rows in {len(marts)} marts, {len(manifest['files']):,} files",
        f"  checks         {gate['checks_passed']:,} of {gate['checks']:,} passed, {gate['suites']} suites",
        f"  content        {manifest['candidate_sha256']}",
        f"  followed       {manifest['previous_release_id'] or 'nothing: it was the first'}",
        "  made from",
        f"    archive      {inputs['archive_sha256']}",
        f"    code         {inputs['code_version']}{_commit(made_with)}",
        f"    policy       {inputs['policy_sha256']} (policy, feeds mapping and award methods)",
    ]
    if made_with.get("packages"):
        lines.append(f"    engines      {', '.join(f'{k} {v}' for k, v in made_with['packages'].items())}")
    for c in certified:
        note = f": {c.note}" if c.note else ""
        lines.append(
            f"  certified      for {c.school_year} (no. {c.number}) on {c.certified_at:%Y-%m-%d %H:%M} UTC "
            f"by {c.certified_by}{note}"
        )
    words = {"rollback": "made current again", "prune": "removed", "set_aside": "damaged, moved aside"}
    lines += [f"  {words[d.deed]:<14} on {d.at:%Y-%m-%d %H:%M} UTC by {d.by}: {d.reason}" for d in deeds]
    lines += ["", f"  {'mart':<34} {'rows':>12}"]
    lines += [f"  {name:<34} {m['rows']:>12,}" for name, m in sorted(marts.items())]
    return lines


def _commit(made_with: Mapping[str, Any]) -> str:
    commit = made_with.get("git_commit")
    return f", commit {commit}" if commit else ""
