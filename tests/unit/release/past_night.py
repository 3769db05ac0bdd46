"""A night of long ago in small: a home whose archive keeps what it was made from, and the manifest of its release."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import archive
from orchestration.configuration import keep_configuration
from orchestration.content import RunFacts, candidate_sha256, mart_contents
from orchestration.demo.state import DEMO_STATE
from orchestration.policy import Policy, load_policy
from orchestration.release.made_with import made_with
from orchestration.settings import Settings
from orchestration.warehouse.build_file import policy_sha256, run_facts

NIGHT = datetime(2024, 6, 20)


def marts(past: Settings, policy: Policy, run: RunFacts, progress: object, value: int = 1) -> None:
    """Stands for the making of marts: what it makes depends on the archive of the scratch home."""
    received = [a.path for a in archive.arrivals(past.archive, "feed")]
    for a in archive.arrivals(past.archive, "feed"):
        archive.open_blob(past.archive, a, past.home)
    past.warehouse.mkdir(parents=True)
    with duckdb.connect(str(past.build_file)) as db:
        db.execute("create schema marts")
        db.execute("create table marts.files as select unnest(?::varchar[]) as file", [received])
        db.execute("create table marts.numbers as select ?::bigint as n", [value])


def home_of_then(tmp_path: Path) -> Settings:
    """A home with two feed files and the configuration of its night kept."""
    made = Settings.at(tmp_path / "home", DEMO_STATE)
    for name in ("directory.csv", "designations.csv"):
        file = Path(str(made.feeds)) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        os.utime(file, (1_700_000_000, 1_700_000_000))
    archive.take_in(made.archive, made.feeds, "feed", NIGHT)
    keep_configuration(made.archive, made.state, policy_sha256(made, load_policy(made.state)))
    return made


def manifest_of(settings: Settings, folder: Path, as_of: datetime = NIGHT) -> dict[str, Any]:
    """The manifest of a release of that night."""
    policy = load_policy(settings.state)
    facts = run_facts(settings, policy, as_of)
    scratch = replace(settings, home=folder)
    run = RunFacts(as_of, facts.code_version, facts.policy_sha256, facts.archive_sha256, facts.state)
    marts(scratch, policy, run, None)
    contents = mart_contents(scratch.build_file)
    return {
        "release_id": "20240620T000000Z-12345678",
        "as_of": as_of.isoformat(),
        "state": facts.state,
        "inputs": {
            "archive_sha256": facts.archive_sha256,
            "code_version": facts.code_version,
            "policy_sha256": facts.policy_sha256,
        },
        "candidate_sha256": candidate_sha256(contents, run),
        "marts": {m: {"rows": c.rows, "sha256": c.sha256} for m, c in contents.items()},
        "made_with": {"git_commit": "c" * 40, "packages": made_with()["packages"]},
    }
