"""The sensor that looks after the home: ends runs that died, and tells of troubles. Thin over the alerts' own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import dagster as dg

from orchestration.alerts.after_night import look_and_tell
from orchestration.clock import now
from orchestration.dead_runs import bury_dead_runs
from orchestration.settings import Settings

SECONDS = 60
BETWEEN_LOOKS = timedelta(minutes=5)  # a look reads what the lake says of every file


def watch_sensor(settings: Settings, clock: Callable[[], datetime] = now) -> dg.SensorDefinition:
    """Looks for dead runs every minute, for troubles every five; asks for no run. Dagster's daemon begins again what died."""

    @dg.sensor(
        name="watch",
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING if settings.watch else dg.DefaultSensorStatus.STOPPED,
        description="Marks runs that died as failed, so that they are begun again, and tells of troubles by log, file, e-mail and "
        "webhook. Turn it on in the UI, or by INTERLACE_WATCH=1.",
    )
    def watch(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        died = bury_dead_runs(context.instance)
        for run in died:
            context.log.warning("the run %s of %s had died", run.run_id, run.job_name)
        at, last = clock(), context.cursor
        if not died and last and timedelta(0) <= at - datetime.fromisoformat(last) < BETWEEN_LOOKS:
            return dg.SensorResult(skip_reason="no run had died", cursor=last)
        found = look_and_tell(settings, at, context.log.warning)
        said = f"{len(found)} troubles stand: {', '.join(t.key for t in found)}" if found else "all is well"
        return dg.SensorResult(skip_reason=said, cursor=at.isoformat())

    return watch
