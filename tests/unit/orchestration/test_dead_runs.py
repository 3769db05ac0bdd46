"""Runs whose process is gone are ended; those that are at work, here or elsewhere, are left alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData

from orchestration.dead_runs import bury_dead_runs, is_alive
from orchestration.demo.state import DEMO_STATE
from orchestration.instance import BY_COMMAND_LINE, HOST, WRITES, prepare_instance
from orchestration.settings import Settings
from orchestration.watch import watch_sensor


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.at(tmp_path, DEMO_STATE)


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(prepare_instance(settings)) as made:
        yield made


@dg.asset
def probe() -> None:
    """Nothing; a run needs an asset."""


def run_of(instance: dg.DagsterInstance, pid: int, tags: dict[str, str] = WRITES) -> str:
    """A run that began as Dagster's runs do, naming its process."""
    job = dg.Definitions(assets=[probe], jobs=[dg.define_asset_job("nightly")]).resolve_job_def("nightly")
    run = instance.create_run_for_job(job, tags=tags)
    started = dg.DagsterEvent(event_type_value="PIPELINE_START", job_name="nightly")
    instance.report_dagster_event(started, run_id=run.run_id)
    instance.report_engine_event("Executing", run, EngineEventData({"pid": dg.MetadataValue.text(str(pid))}))
    return run.run_id


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_process_is_alive_only_while_it_is_the_one_that_was_named():
    assert is_alive(os.getpid(), time.time())
    assert not is_alive(dead_process(), time.time())
    assert not is_alive(os.getpid(), 1_000_000_000.0)  # the number was somebody else's then


def test_the_run_of_a_dead_process_is_ended_and_its_slot_is_free(instance: dg.DagsterInstance):
    storage = instance.event_log_storage
    living, dead = run_of(instance, os.getpid()), run_of(instance, dead_process())
    storage.initialize_concurrency_limit_to_default("writer")
    assert storage.claim_concurrency_slot("writer", dead, "submissions").is_claimed
    assert [r.run_id for r in bury_dead_runs(instance)] == [dead]
    assert instance.get_run_by_id(dead).status == dg.DagsterRunStatus.FAILURE
    assert instance.get_run_by_id(living).status == dg.DagsterRunStatus.STARTED
    assert storage.claim_concurrency_slot("writer", living, "submissions").is_claimed
    assert bury_dead_runs(instance) == []


def test_runs_of_another_machine_and_such_that_name_no_process_are_left_alone(instance: dg.DagsterInstance):
    by_hand = {**WRITES, **BY_COMMAND_LINE}
    elsewhere = run_of(instance, dead_process(), {**by_hand, HOST: "another"})
    here = run_of(instance, dead_process(), {**by_hand, HOST: socket.gethostname()})
    job = dg.Definitions(assets=[probe], jobs=[dg.define_asset_job("nightly")]).resolve_job_def("nightly")
    nameless = instance.create_run_for_job(job, tags=WRITES)
    started = dg.DagsterEvent(event_type_value="PIPELINE_START", job_name="nightly")
    instance.report_dagster_event(started, run_id=nameless.run_id)
    assert [r.run_id for r in bury_dead_runs(instance)] == [here]
    assert instance.get_run_by_id(elsewhere).status == dg.DagsterRunStatus.STARTED


def test_the_watch_ends_dead_runs_and_tells_of_them(instance: dg.DagsterInstance, settings: Settings):
    dead = run_of(instance, dead_process())
    at = datetime.now(UTC).replace(tzinfo=None)
    times = iter([at, at + timedelta(minutes=1), at + timedelta(minutes=5)])
    sensor = watch_sensor(settings, lambda: next(times))
    said = sensor(dg.build_sensor_context(instance=instance))
    assert "1 troubles stand: run_failed:nightly" in said.skip_reason.skip_message
    for words in ("no run had died", "1 troubles stand"):  # troubles are looked for every five minutes
        said = sensor(dg.build_sensor_context(instance=instance, cursor=said.cursor))
        assert words in said.skip_reason.skip_message
    assert instance.get_run_by_id(dead).status == dg.DagsterRunStatus.FAILURE
    (text,) = [p.read_text() for p in settings.alerts.glob("*.txt")]
    assert "was killed before it ended" in text
