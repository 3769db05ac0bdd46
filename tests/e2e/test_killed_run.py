"""The machine goes down in the middle of a night: when Dagster's daemon is back, the night is begun again without hands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import dagster as dg
import pytest
from watched_home import daemon, make_home

from orchestration.dead_runs import GONE, _process
from orchestration.instance import prepare_instance
from orchestration.settings import PROJECT

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
AS_OF = "2023-10-20T09:00:00"
Found = TypeVar("Found")


def wait_until(look: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """What the look finds, once it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.5)
    raise TimeoutError(what)


def test_a_night_whose_machine_went_down_is_begun_again_with_its_own_as_of_time(tmp_path: Path) -> None:
    settings, _ = make_home(tmp_path / "home", 1)
    log = tmp_path / "daemon.log"
    folder = prepare_instance(settings)
    config = tmp_path / "night.yaml"
    config.write_text(f"resources: {{night: {{config: {{as_of: '{AS_OF}'}}}}}}\n")
    with dg.DagsterInstance.from_config(folder) as instance:

        def begun() -> dg.DagsterRun | None:
            runs = instance.get_runs(
                dg.RunsFilter(job_name="nightly", statuses=[dg.DagsterRunStatus.STARTED])
            )
            return runs[0] if runs and _process(instance, runs[0].run_id) else None

        with daemon(settings, log) as process:
            env = {
                **os.environ,
                "DAGSTER_HOME": folder,
                "INTERLACE_HOME": str(settings.home),
                "INTERLACE_STATE": str(settings.state),
            }
            launch = [
                sys.executable,
                "-m",
                "dagster",
                "job",
                "launch",
                "-w",
                "workspace.yaml",
                "-j",
                "nightly",
                "-c",
                str(config),
            ]
            subprocess.run(launch, cwd=PROJECT, env=env, check=True, capture_output=True)
            killed = wait_until(begun, 180, "the night did not begin")
            os.killpg(process.pid, signal.SIGKILL)  # daemon, code server and the run: all that it started
        assert (
            instance.get_run_by_id(killed.run_id).status == dg.DagsterRunStatus.STARTED
        )  # nobody could say a word

        def again() -> dg.DagsterRun | None:
            runs = instance.get_runs(
                dg.RunsFilter(job_name="nightly", tags={"dagster/parent_run_id": killed.run_id})
            )
            return runs[0] if runs else None

        with daemon(settings, log):
            retried = wait_until(again, 240, f"it was not begun again\n{log.read_text()[-3000:]}")
        failed = instance.all_logs(killed.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
        assert instance.get_run_by_id(killed.run_id).status == dg.DagsterRunStatus.FAILURE
        assert any(GONE in (e.message or str(e.dagster_event)) for e in failed), failed
        assert retried.run_config["resources"]["night"]["config"]["as_of"] == AS_OF
    (text,) = [
        p.read_text() for p in settings.alerts.glob("*.txt") if "was killed before it ended" in p.read_text()
    ]
    assert "Nothing received is lost" in text
