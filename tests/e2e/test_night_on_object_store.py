"""A whole night whose landing, archive, lake and releases are on an fsspec store, not on a disk."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import fsspec
import pytest

from orchestration.clock import now
from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_SEED, DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.nightly import run_night
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.release.verify import verify_release
from orchestration.settings import Settings

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def memory():
    """fsspec's store in memory, empty before and after."""
    store = fsspec.filesystem("memory")
    store.store.clear()
    yield store
    store.store.clear()


def test_a_night_on_an_object_store_publishes_a_whole_release_and_the_next_one_finds_it(
    tmp_path: Path, memory
) -> None:
    periods = ["2023-08", "2023-09"]
    local = Settings.at(tmp_path / "local", DEMO_STATE)
    policy = load_policy(local.state)
    write_demo_state(local.home, leas=2)
    load_feeds(local, policy, now())
    simulate(local, policy, periods, leas=1, seed=DEMO_SEED)
    # a store in memory says when a file was put there, so every file arrives now
    for path in (local.home / "landing").rglob("*.*"):
        data = path.read_bytes()
        with memory.open(f"/landing/{path.parent.name}/{path.name}", "wb") as f:
            f.write(data)
    as_of = now() + timedelta(minutes=1)
    rooms = ("landing", "archive", "lake", "releases")
    env = {f"INTERLACE_{room.upper()}": f"memory://{room}" for room in rooms}
    remote = Settings.at(tmp_path / "remote", DEMO_STATE, env)
    shutil.copytree(local.home / "feeds", remote.home / "feeds")

    result = run_night(remote, as_of)
    assert result.code == 0, result.reasons
    assert not any((tmp_path / "remote" / room).exists() for room in rooms)
    release = remote.releases / (read_current(remote.releases) or "none")
    assert verify_release(release) == []
    manifest = json.loads((release / "manifest.json").read_text())
    assert manifest["marts"]["fct_submission"]["rows"] == len(list((local.home / "landing").rglob("*.*")))
    assert manifest["marts"]["fct_action_status"]["rows"] > 0

    again = run_night(remote, as_of)
    assert again.code == 0 and again.metadata["submissions"]["files"] == 0
    assert again.release_id == result.release_id
