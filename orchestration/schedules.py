"""When nights run, and when workbooks are written: at the policy's hour, in the state's time zone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from orchestration.clock import now, parse_as_of
from orchestration.going_back import LeftOutError, refuse_clock_set_back, refuse_late_night
from orchestration.instance import AS_OF
from orchestration.intake.prefill_due import reporting_periods
from orchestration.partitions import MONTH
from orchestration.policy import Policy
from orchestration.settings import Settings

TURN_ON = "Turn it on in the UI, or by INTERLACE_SCHEDULES=1."


def _status(on: bool) -> dg.DefaultScheduleStatus:
    return dg.DefaultScheduleStatus.RUNNING if on else dg.DefaultScheduleStatus.STOPPED


def nightly_schedule(
    settings: Settings, job: Any, policy: Policy, clock: Callable[[], datetime] = now
) -> dg.ScheduleDefinition:
    """The nightly schedule; its as-of time is the scheduled time, however late the run starts.

    A tick so late that a release of a later time stands asks for nothing. The run looks again, as more may
    have happened until it starts.
    """
    hour, minute = policy.nightly_at.split(":")

    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        as_of = context.scheduled_execution_time.isoformat()
        try:
            refuse_clock_set_back(settings, clock())
            refuse_late_night(settings, parse_as_of(as_of))
        except LeftOutError as e:
            return dg.SkipReason(str(e))
        except (
            Exception
        ) as e:  # a clock, or a store that is away: the run says it, and is told of; a tick is not
            context.log.warning("the run is asked for, though: %s", e)
        return dg.RunRequest(
            run_config={"resources": {"night": {"config": {"as_of": as_of}}}}, tags={AS_OF: as_of}
        )

    return dg.ScheduleDefinition(
        name="nightly",
        job=job,
        cron_schedule=f"{int(minute)} {int(hour)} * * *",
        execution_timezone=policy.time_zone,
        execution_fn=request,
        description=f"Every night at {policy.nightly_at}, {policy.time_zone}. {TURN_ON}",
        default_status=_status(settings.schedules_on),
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
