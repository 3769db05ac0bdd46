"""Dagster's wiring: what loads, from what, and what every asset says of itself."""

import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml
from dagster_dbt import DbtCliResource

from orchestration.assets.faults import permanent_faults
from orchestration.assets.models import Dbt
from orchestration.assets.night import Night
from orchestration.build_defs import build_defs
from orchestration.clock import parse_as_of
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import BadDataError, BusyError
from orchestration.instance import (
    BY_COMMAND_LINE,
    CONFIG,
    OURS,
    bury_killed_runs,
    lacking,
    prepare_instance,
)
from orchestration.jobs import nightly_job
from orchestration.plain_words import in_words
from orchestration.policy import load_policy
from orchestration.schedules import nightly_schedule
from orchestration.settings import PROJECT, Settings
from orchestration.warehouse.dbt_run import dbt_executable

MARTS = sorted(p.stem for p in (PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql"))
HERE = Path(__file__).parent


def python(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        env=env,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def path_of(env: dict[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **env}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `dagster dev` would load for a home, in a process with no other environment."""
    home = tmp_path_factory.mktemp("home")
    env = {"INTERLACE_HOME": str(home), "INTERLACE_STATE": str(DEMO_STATE), "HOME": str(home)}
    done = python(str(HERE / "loaded_definitions.py"), env=path_of(env))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout[done.stdout.index("{") :])


def test_every_asset_has_a_description_an_owner_and_a_group(loaded):
    silent = {
        key: {k: a[k] for k in ("description", "owners", "group")}
        for key, a in loaded["assets"].items()
        if not (a["description"] and a["owners"] and a["group"] and a["group"] != "default")
    }
    assert silent == {}


def test_the_line_is_feeds_then_submissions_then_models_then_release(loaded):
    assets = loaded["assets"]
    assert loaded["external"] == []
    assert assets["feeds"]["parents"] == [] and assets["submissions"]["parents"] == ["feeds"]
    assert sorted(assets["release"]["parents"]) == [f"marts/{m}" for m in MARTS]
    roots = {key for key, a in assets.items() if not a["parents"]}
    assert {r for r in roots if not r.startswith("seeds/")} <= {
        "feeds",
        "staging/stg_run",
        "staging/stg_policy",
    }


def test_every_mart_is_judged_by_the_gate(loaded):
    assert sorted(asset for asset, name in loaded["checks"] if name == "gate") == [
        f"marts/{m}" for m in MARTS
    ]


def test_there_is_one_job_over_everything_and_its_schedule_stands_in_the_states_time_zone(loaded):
    policy = load_policy(DEMO_STATE)
    assert loaded["jobs"] == [
        "federal_files", "intake", "monthly_workbooks", "nightly", "reingest", "school_year_again", "take_in_feeds",
    ]  # fmt: skip
    # workbooks and federal files have partitions and jobs of their own
    own = {"workbooks", "fs132", "fs193", "fs206", "fs212", "fs223", "rebuilt_release"}
    assert loaded["job_assets"] == sorted(set(loaded["assets"]) - own)
    assert (loaded["cron"], loaded["time_zone"]) == ("0 2 * * *", policy.time_zone)


def test_a_run_that_died_is_begun_again_and_one_that_a_step_failed_is_not(loaded, instance):
    assert loaded["tags"]["dagster/max_retries"] == "2" and loaded["tags"]["interlace/writes"] == "home"
    assert instance.run_retries_enabled and not instance.run_retries_retry_on_asset_or_op_failure
    assert instance.run_retries_max_retries == 0  # only what says so itself


def test_the_release_is_fresh_for_as_long_as_the_alert_has_it(loaded):
    assert loaded["fresh_hours"] == Settings.at("x", DEMO_STATE).alerting.late_hours == 30
    assert ["release", "leas_reported"] in loaded["checks"]
    assert loaded["sensors"] == ["feeds_folder", "landing", "watch"]
    assert loaded["months"][:1] == ["2015-07"] or loaded["months"][0].endswith("-07")


def test_loading_does_not_import_great_expectations(loaded):
    assert loaded["great_expectations"] is False


def test_importing_the_package_reads_no_environment_and_imports_neither_dagster_nor_the_gates_engine():
    code = "import sys, orchestration; print([m for m in ('dagster', 'great_expectations', 'dbt') if m in sys.modules])"
    done = python("-c", code, env={"PYTHONPATH": str(PROJECT)})
    assert done.stdout.strip() == "[]", done.stderr


def test_loading_without_a_home_says_what_to_set(tmp_path):
    done = python(str(HERE / "loaded_definitions.py"), env=path_of({"HOME": str(tmp_path)}))
    assert done.returncode != 0
    assert "set INTERLACE_HOME and INTERLACE_STATE" in done.stderr


def test_a_scheduled_run_takes_the_scheduled_time_as_its_as_of_time_however_late_it_starts(tmp_path):
    policy = load_policy(DEMO_STATE)
    zone = ZoneInfo(policy.time_zone)
    schedule = nightly_schedule(Settings.at(tmp_path, DEMO_STATE), nightly_job(), policy)
    for scheduled in (datetime(2024, 1, 15, 2, tzinfo=zone), datetime(2024, 7, 15, 2, tzinfo=zone)):
        context = dg.build_schedule_context(scheduled_execution_time=scheduled)
        tick = schedule.evaluate_tick(context)
        (request,) = tick.run_requests or ()
        as_of = request.run_config["resources"]["night"]["config"]["as_of"]
        assert parse_as_of(as_of) == scheduled.astimezone(UTC).replace(tzinfo=None)
    assert parse_as_of(as_of) == datetime(2024, 7, 15, 7)  # Chicago in summer


def test_schedules_are_off_until_somebody_turns_them_on_or_the_settings_say_so_from_the_start(tmp_path):
    def running(**env: str) -> set[str]:
        settings = Settings.from_env(
            {"INTERLACE_HOME": str(tmp_path), "INTERLACE_STATE": str(DEMO_STATE), **env}
        )
        definitions = build_defs(settings)
        return {s.name for s in definitions.schedules or () if s.default_status.value == "RUNNING"}

    assert running() == set()
    assert running(INTERLACE_SCHEDULES="1") == {"nightly", "workbooks"}


def seen_by_an_asset(night: Night) -> tuple[list[datetime], dg.DagsterInstance, str]:
    times: list[datetime] = []

    @dg.asset
    def probe(context: dg.AssetExecutionContext, night: Night) -> None:
        times.append(night.time(context))
        times.append(night.time(context))

    instance = dg.DagsterInstance.ephemeral()
    result = dg.materialize([probe], resources={"night": night}, instance=instance)
    return times, instance, result.run_id


def test_a_night_with_an_as_of_time_is_of_that_time_in_utc():
    times, _, _ = seen_by_an_asset(Night(as_of="2024-06-15T02:00:00-05:00"))
    assert times == [datetime(2024, 6, 15, 7)] * 2


def test_a_night_without_one_is_of_the_time_its_run_was_made():
    times, instance, run_id = seen_by_an_asset(Night())
    record = instance.get_run_record_by_id(run_id)
    assert times == [record.create_timestamp.astimezone(UTC).replace(tzinfo=None)] * 2


def test_bad_data_is_never_retried_and_a_busy_home_is():
    with pytest.raises(dg.Failure) as failure, permanent_faults():
        raise BadDataError("the archive has lost a file")
    assert failure.value.allow_retries is False and "the archive has lost a file" in str(failure.value)
    for passing in (BusyError("another run"), OSError("the network went away")):
        with pytest.raises(dg.Failure) as failure, permanent_faults():
            raise passing
        assert failure.value.allow_retries is True and str(passing) in str(failure.value)


@pytest.mark.parametrize(
    ("error", "tried_again"),
    [
        (OSError(errno.EIO, "the disk stumbled"), True),
        (ConnectionResetError(errno.ECONNRESET, "the store went away"), True),
        (TimeoutError("the store is slow"), True),
        (type("EndpointConnectionError", (Exception,), {"__module__": "botocore.exceptions"})("no endpoint"), True),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (PermissionError(errno.EACCES, "not yours"), False),
        (OSError(errno.EROFS, "a read-only disk"), False),
        (ValueError("a fault of ours"), False),
    ],
    ids=lambda e: str(e),
)  # fmt: skip
def test_only_what_can_pass_by_itself_is_tried_again(error: Exception, tried_again: bool):
    with pytest.raises(dg.Failure) as caught, permanent_faults():
        raise error
    assert caught.value.allow_retries == tried_again and in_words(error) in str(caught.value)


def test_a_failure_that_says_itself_whether_it_is_tried_again_is_left_as_it_is():
    with pytest.raises(dg.Failure) as caught, permanent_faults():
        raise dg.Failure(description="so be it", allow_retries=True)
    assert caught.value.allow_retries is True


def test_dbt_is_not_asked_for_its_version_nor_connected_to_before_it_runs():
    """When this fails, dagster-dbt asks in another way: see what a night's start costs then."""
    assert {"_cli_version", "_initialize_dbt_core_adapter"} <= set(vars(DbtCliResource))
    project = str(PROJECT / "dbt_project")
    dbt = Dbt(project_dir=project, profiles_dir=project, dbt_executable=dbt_executable())
    assert str(dbt._cli_version) == version("dbt-core")
    assert dbt._initialize_dbt_core_adapter([]) is None


@pytest.fixture
def instance(tmp_path: Path):
    """The Dagster instance of a new home."""
    with dg.DagsterInstance.from_config(prepare_instance(Settings.at(tmp_path, DEMO_STATE))) as made:
        yield made


def test_the_slot_and_the_run_of_a_killed_night_do_not_hold_up_the_next(instance):
    storage = instance.event_log_storage
    job = dg.Definitions(assets=[probe], jobs=[nightly_job()]).resolve_job_def("nightly")
    killed = instance.create_run_for_job(job, tags=BY_COMMAND_LINE)
    instance.report_dagster_event(
        dg.DagsterEvent(event_type_value="PIPELINE_START", job_name="nightly"), run_id=killed.run_id
    )
    storage.initialize_concurrency_limit_to_default("writer")
    assert storage.claim_concurrency_slot("writer", killed.run_id, "submissions").is_claimed
    assert not storage.claim_concurrency_slot("writer", "next", "feeds").is_claimed
    storage.free_concurrency_slots_for_run("next")
    assert bury_killed_runs(instance) == 1
    assert instance.get_run_by_id(killed.run_id).status == dg.DagsterRunStatus.FAILURE
    assert storage.claim_concurrency_slot("writer", "next", "feeds").is_claimed
    assert bury_killed_runs(instance) == 0


@dg.asset
def probe() -> None:
    """Nothing; a run needs an asset."""


def test_the_instances_file_is_kept_up_to_date_unless_somebody_made_it_his_own(tmp_path: Path):
    settings = Settings.at(tmp_path, DEMO_STATE)
    path = Path(prepare_instance(settings)) / "dagster.yaml"
    ours = path.read_text()
    assert ours.startswith(OURS) and lacking(settings) == []
    path.write_text(ours.replace("limit: 1", "limit: 2"))  # with our first line still there
    prepare_instance(settings)
    assert path.read_text() == ours
    old = yaml.safe_dump({k: CONFIG[k] for k in ("telemetry", "nux", "concurrency", "python_logs")})
    path.write_text(old)  # as an older version wrote it
    prepare_instance(settings)
    assert path.read_text() == ours
    own = old.replace("enabled: false", "enabled: true")
    path.write_text(own)
    prepare_instance(settings)
    assert path.read_text() == own and "run_retries" in lacking(settings)
