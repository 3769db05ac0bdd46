"""The sensor that sees a submission which has finished arriving, so that its answer need not wait for the night.

A file has finished arriving when its size and time are those of the last look. What the archive holds
already is not new; the run key is made of what is new, so that one state of the landing folder asks
for one run, however often it is looked at.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.clock import now
from orchestration.operations.waiting import Waiting, waiting_files
from orchestration.settings import Settings

MOST_IN_CURSOR = 5_000  # a cursor is a row of Dagster's database; what does not fit waits for the next look

RETRY_LOOKS = 20  # a file that still waits after so many looks is asked for again, then after twice as many …


def run_key(settled: Waiting, attempt: int = 0) -> str:
    """A name for exactly these files in this state."""
    text = json.dumps(sorted(settled.items()), ensure_ascii=True)
    key = f"intake-{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    return f"{key}-{attempt}" if attempt else key


def landing_sensor(settings: Settings, job: Any, clock: Callable[[], datetime] = now) -> dg.SensorDefinition:
    """Asks for a run of the job `intake` once files have finished arriving.

    The run's as-of time is that of the last look, so that a file which is still being written beside
    the finished ones is left for a later run.
    """

    status = dg.DefaultSensorStatus.RUNNING if settings.watch else dg.DefaultSensorStatus.STOPPED

    @dg.sensor(
        name="landing",
        job=job,
        minimum_interval_seconds=settings.look_seconds,
        default_status=status,
        description="Takes in what an LEA sends within two minutes, and answers it. Turn it on in the UI, or by INTERLACE_WATCH=1.",
    )
    def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        last: dict[str, Any] = json.loads(context.cursor) if context.cursor else {}
        this = clock().isoformat()
        waiting = waiting_files(settings.landing, settings.archive)
        before: Waiting = last.get("files", {})
        settled = {
            path: facts
            for path, facts in waiting.items()
            if before.get(path) == facts and facts[1] <= last["at"]
        }
        key = run_key(settled) if settled else ""
        looks = last.get("looks", 0) + 1 if key and key == last.get("asked") else 0
        files = dict(sorted(waiting.items())[:MOST_IN_CURSOR])
        cursor = json.dumps({"at": this, "files": files, "asked": key, "looks": looks})
        if not settled:
            reason = f"{len(waiting)} files are arriving" if waiting else "nothing new in landing"
            return dg.SensorResult(skip_reason=reason, cursor=cursor)
        request = dg.RunRequest(
            run_key=run_key(settled, (looks // RETRY_LOOKS).bit_length()),
            run_config={"resources": {"night": {"config": {"as_of": last["at"]}}}},
            tags={"interlace/files": str(len(settled))},
        )
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return landing
