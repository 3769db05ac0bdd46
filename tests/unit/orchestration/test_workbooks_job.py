"""The job `monthly_workbooks`: one month's partition, its schedule, and what a run of it writes."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.assets.night import Night
from orchestration.assets.workbooks import workbooks_asset
from orchestration.demo.state import DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.jobs import workbooks_job
from orchestration.partitions import months
from orchestration.policy import load_policy
from orchestration.schedules import workbooks_schedule
from orchestration.settings import Settings


def test_partitions_are_months_from_the_policys_first_school_year_and_hold_the_running_month():
    policy = load_policy(DEMO_STATE)
    keys = months(policy).get_partition_keys(datetime(2024, 1, 10, tzinfo=ZoneInfo(policy.time_zone)))
    assert (keys[0], keys[-1]) == ("2022-07", "2024-01")


def test_the_schedule_asks_for_the_month_before_and_passes_over_months_nobody_reports_on(tmp_path: Path):
    settings = Settings.at(tmp_path, DEMO_STATE)
    policy, job = load_policy(settings.state), workbooks_job()
    schedule = workbooks_schedule(job, policy)
    repository = dg.Definitions(
        assets=[workbooks_asset(settings, policy)],
        jobs=[job],
        schedules=[schedule],
        resources={"night": Night()},
    ).get_repository_def()
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED

    def tick(month: int) -> Any:
        when = datetime(2024, month, 1, 6, tzinfo=ZoneInfo(policy.time_zone))
        context = dg.build_schedule_context(scheduled_execution_time=when, repository_def=repository)
        return schedule.evaluate_tick(context)

    (request,) = tick(2).run_requests or ()
    assert request.partition_key == "2024-01"
    assert request.run_config["resources"]["night"]["config"]["as_of"] == "2024-02-01T06:00:00-06:00"
    july = tick(8)
    assert not july.run_requests and "2024-07" in (july.skip_message or "")


def test_a_run_writes_the_workbooks_of_its_month(tmp_path: Path):
    settings, when = Settings.at(tmp_path, DEMO_STATE), datetime(2024, 2, 1)
    policy = load_policy(settings.state)
    write_demo_state(settings.home, leas=2)
    load_feeds(settings, policy, when)
    result = dg.materialize(
        [workbooks_asset(settings, policy)],
        partition_key="2024-01",
        resources={"night": Night(as_of=when.isoformat())},
        instance=dg.DagsterInstance.ephemeral(),
    )
    (event,) = result.get_asset_materialization_events()
    written = sorted(p.parts[-3] for p in (tmp_path / "outbox").rglob("workbook-2024-01.xlsx"))
    assert len(written) == event.materialization.metadata["workbooks"].value > 0
