"""When nights run, and when workbooks are written: at the policy's hour, in the state's time zone."""

from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.instance import AS_OF
from orchestration.intake.prefill_due import reporting_periods
from orchestration.partitions import MONTH
from orchestration.policy import Policy

TURN_ON = "Turn it on in the UI, or by INTERLACE_SCHEDULES=1."


def _status(on: bool) -> dg.DefaultScheduleStatus:
    return dg.DefaultScheduleStatus.RUNNING if on else dg.DefaultScheduleStatus.STOPPED


def nightly_schedule(job: Any, policy: Policy, on: bool = False) -> dg.ScheduleDefinition:
    """The nightly schedule; its as-of time is the scheduled time, however late the run starts."""
    hour, minute = policy.nightly_at.split(":")

    def run_config(context: dg.ScheduleEvaluationContext) -> dict[str, Any]:
        as_of = context.scheduled_execution_time.isoformat()
        return {"resources": {"night": {"config": {"as_of": as_of}}}}

    return dg.ScheduleDefinition(
        name="nightly",
        job=job,
        cron_schedule=f"{int(minute)} {int(hour)} * * *",
        execution_timezone=policy.time_zone,
        run_config_fn=run_config,
        tags_fn=lambda context: {AS_OF: context.scheduled_execution_time.isoformat()},
        description=f"Every night at {policy.nightly_at}, {policy.time_zone}. {TURN_ON}",
        default_status=_status(on),
    )


def workbooks_schedule(job: Any, policy: Policy, on: bool = False) -> dg.ScheduleDefinition:
    """On the first of each month the workbooks of the month before, where it is one that LEAs report on."""
    hour, minute = policy.nightly_at.split(":")

    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        first = context.scheduled_execution_time
        period = (first.date().replace(day=1) - timedelta(days=1)).strftime(MONTH)
        if period not in reporting_periods(policy, period):
            return dg.SkipReason(f"{period} is no reporting month")
        config = {"resources": {"night": {"config": {"as_of": first.isoformat()}}}}
        return dg.RunRequest(run_key=period, partition_key=period, run_config=config)

    return dg.ScheduleDefinition(
        name="workbooks",
        job=job,
        cron_schedule=f"{int(minute)} {(int(hour) + 4) % 24} 1 * *",  # after the night has taken in what came
        execution_timezone=policy.time_zone,
        execution_fn=request,
        description=f"On the first of each month: the workbooks of the month before. {TURN_ON}",
        default_status=_status(on),
    )
