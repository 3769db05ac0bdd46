"""A dbt left by a killed night is ended before the next one builds; other processes are not touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.warehouse.orphans import end_orphans

SLEEP = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"]


def started(target: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        SLEEP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "DBT_TARGET_PATH": str(target)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
def test_only_the_dbt_of_this_home_is_ended(tmp_path: Path) -> None:
    mine, other = started(tmp_path / "a" / "dbt"), started(tmp_path / "b" / "dbt")
    try:
        assert end_orphans(tmp_path / "a" / "dbt") == [mine.pid]
        assert mine.wait(10) != 0
        assert other.poll() is None
        assert end_orphans(tmp_path / "a" / "dbt") == []
    finally:
        other.kill()
        other.wait()
