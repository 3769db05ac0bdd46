"""When nights run: at the policy's hour, in the state's time zone."""

from typing import Any

import dagster as dg

from orchestration.policy import Policy


def nightly_schedule(job: Any, policy: Policy) -> dg.ScheduleDefinition:
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
        description=f"Every night at {policy.nightly_at}, {policy.time_zone}. Turn it on in the UI.",
    )
