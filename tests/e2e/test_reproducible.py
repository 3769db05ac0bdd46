"""A release is a function of archive, code, policy and as-of time: the same four give the same content."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from built import MODELS_ONLY
from nights import (
    FIRST_NIGHT,
    SECOND_NIGHT,
    copy_home,
    home_after_first_night,
    home_after_second_night,
    manifest,
)

from orchestration.content import candidate_sha256, mart_contents, read_run
from orchestration.demo.run import run_demo
from orchestration.demo.state import DEMO_STATE
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.storage import read_json, write_json
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt

pytestmark = pytest.mark.e2e

# another machine: one process, one thread, little memory, and the state made in parts
OTHER_MACHINE = {
    "INTERLACE_WORKERS": "1",
    "INTERLACE_THREADS": "1",
    "INTERLACE_MEMORY_LIMIT": "1GB",
    "INTERLACE_ORGANIZATIONS_AT_A_TIME": "15",
}


def candidate_of(home: Path, as_of: datetime) -> dict[str, Any]:
    """What a release made from that home would say of its content; without the checks, which change none."""
    settings = Settings.at(home, DEMO_STATE, OTHER_MACHINE)
    policy = load_policy(settings.state)
    load_feeds(settings, policy, as_of)
    take_in_submissions(settings, policy, as_of)
    prepare_build_file(settings, policy, as_of)
    dbt(MODELS_ONLY, settings)
    contents, run = mart_contents(settings.build_file), read_run(settings.build_file)
    return {
        "marts": {name: {"rows": c.rows, "sha256": c.sha256} for name, c in contents.items()},
        "inputs": {
            "archive_sha256": run.archive_sha256,
            "code_version": run.code_version,
            "policy_sha256": run.policy_sha256,
        },
        "candidate_sha256": candidate_sha256(contents, run),
    }


def content(home: Path) -> dict[str, Any]:
    """The same of the home's current release."""
    return {k: v for k, v in manifest(home).items() if k in ("marts", "inputs", "candidate_sha256")}


def copy_backwards(source: Path, to: Path) -> None:
    """Copy a folder's files, the last first, each with its time."""
    for path in sorted((p for p in source.rglob("*") if p.is_file()), reverse=True):
        target = to / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


@pytest.mark.slow
def test_an_old_release_comes_out_again_from_the_archive_alone_in_whatever_order_it_lists_its_files(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    later, _ = home_after_second_night(tmp_path_factory)
    other = tmp_path / "other"
    copy_backwards(later / "archive", other / "archive")
    for path in (other / "archive" / "arrivals").iterdir():
        write_json(path, list(reversed(read_json(path))))
    assert candidate_of(other, FIRST_NIGHT) == content(home_after_first_night(tmp_path_factory)[0])


@pytest.mark.slow
def test_files_taken_in_by_one_night_or_by_two_give_the_same_release(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    twice, _ = home_after_second_night(tmp_path_factory)
    once = tmp_path / "once"
    for room in ("landing", "feeds"):
        copy_backwards(twice / room, once / room)
    assert candidate_of(once, SECOND_NIGHT) == content(twice)


@pytest.mark.slow
def test_a_second_demonstration_on_the_same_home_publishes_the_same_content(
    tmp_path: Path, published_demo: Settings
):
    home = copy_home(published_demo.home, tmp_path / "home")
    before = manifest(home)
    code, lines = run_demo(home, {}, lambda _: None)
    assert code == 0, "\n".join(lines)
    after = manifest(home)
    assert after["marts"] == before["marts"]
    assert after["release_id"] == before["release_id"]
    assert len([p for p in (home / "releases").iterdir() if not p.is_symlink()]) == 1
