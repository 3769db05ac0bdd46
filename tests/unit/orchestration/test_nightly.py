"""What a night says when it cannot begin, or what it depends on fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.demo.state import DEMO_STATE
from orchestration.errors import InterlaceError
from orchestration.nightly import _output_to, _records, explain
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.at(tmp_path, DEMO_STATE)


def test_a_storage_of_dagsters_that_fails_is_named_with_what_to_do(settings: Settings):
    class OperationalError(Exception):
        orig = RuntimeError("server closed the connection unexpectedly\n\tThis probably means …")

    with pytest.raises(InterlaceError) as said, _records(settings):
        raise OperationalError("a page of SQL")
    told = explain(said.value)
    assert str(settings.dagster_home) in told and "server closed the connection" in told and "SQL" not in told
    assert "A store or server does not answer: see that it is up" in told


def test_a_log_that_a_full_disk_does_not_take_is_named(tmp_path: Path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    log = tmp_path / "nightly.log"
    log.symlink_to(full)
    with pytest.raises(OSError) as said, _output_to(log):
        print("a line")  # noqa: T201  (what a library prints is sent there, too)
    assert explain(said.value).startswith(f"the disk is full: {log}; make room")
