"""What the home was made with, beside the code that runs now."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from orchestration import lake, storage
from orchestration.code_version import code_version
from orchestration.doctor.finding import Finding, Look, ok, problem, warning
from orchestration.errors import ConfigError
from orchestration.feeds.mapping import load_mapping
from orchestration.feeds.snapshot import KIND as FEEDS
from orchestration.intake.against_standing import submission_batches
from orchestration.intake.batch import reader_version
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.release.manifest import MANIFEST as RELEASE_MANIFEST
from orchestration.warehouse.manifest import MANIFEST, is_made

FILES_A_SECOND = 35  # that a night reads again on 2 cores, see docs/performance.md


def versions(look: Look) -> list[Finding]:
    """Lake, release and dbt's parse against the running code; the clock against what is stored."""
    found = [*_clock(look), *_lake(look), *_release(look)]
    target = MANIFEST.parent
    if not is_made():
        found.append(
            warning(
                "dbt's parse is of another version of the project, or there is none yet",
                "nothing: the next night parses the project first (about 10 seconds longer)",
            )
        )
        there = target if target.is_dir() else target.parent
        if not os.access(there, os.W_OK):
            found.append(
                problem(
                    f"dbt cannot write its parse into {target}",
                    "give this account the right to write there, or build the image so that the parse is in it",
                )
            )
    return found or [ok("lake, release and dbt's parse are of the running code")]


def _clock(look: Look) -> list[Finding]:
    current = read_current(look.settings.releases)
    if current is None:
        return []
    as_of = datetime.strptime(current.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    now = look.now.replace(tzinfo=UTC)
    if as_of <= now:
        return []
    return [
        problem(
            f"the current release is of {as_of:%Y-%m-%d %H:%M} UTC, which has not come yet by this machine's clock "
            f"({now:%Y-%m-%d %H:%M} UTC)",
            "set the clock (timedatectl; run a time service), or publish again with interlace nightly if --as-of was mistyped",
        )
    ]


def _lake(look: Look) -> list[Finding]:
    settings = look.settings
    try:
        policy, mapping = load_policy(settings.state), load_mapping(settings.state)
    except ConfigError:
        return []  # told by the checks of policy and feeds
    reader = reader_version(policy)
    batches = submission_batches(settings.lake)
    old = sum(len(b.info["submissions"]) for b in batches if b.info["reader"] != reader)
    found = []
    if old:
        found.append(
            warning(
                f"{old:,} submissions in the lake were read by other code or under another policy",
                f"nothing: the next night reads them again (about {max(1, old // FILES_A_SECOND):,} seconds) and answers them anew; "
                "interlace reparse shows beforehand what would change",
            )
        )
    snapshot = [b for b in lake.standing(settings.lake) if b.info.get("kind") == FEEDS]
    if any(b.info.get("mapping_sha256") != mapping.sha256 for b in snapshot):
        found.append(
            warning(
                "the feeds in the lake were read under another feeds.yaml",
                "nothing: the next night reads what is concerned again",
            )
        )
    return found


def _release(look: Look) -> list[Finding]:
    releases = look.settings.releases
    current = read_current(releases)
    if current is None or not (releases / current / RELEASE_MANIFEST).exists():
        return []  # told by the check of the release
    manifest = storage.read_json(releases / current / RELEASE_MANIFEST)
    made_by = manifest.get("inputs", {}).get("code_version")
    if made_by in (None, code_version()):
        return []
    return [
        warning(
            f"release {current} was made by code {made_by}; running is {code_version()}",
            "nothing: the next night's is of the running code. Rules may differ: read CHANGELOG.md",
        )
    ]
