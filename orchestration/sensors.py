"""The sensors that see a submission or a feed which has finished arriving, so that its answer need not wait for the night.

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
from orchestration.instance import AS_OF
from orchestration.operations.waiting import Waiting, waiting_files
from orchestration.settings import Settings

MOST_IN_CURSOR = 5_000  # a cursor is a row of Dagster's database; what does not fit waits for the next look

RETRY_LOOKS = 20  # a file that still waits after so many looks is asked for again, then after twice as many …


def run_key(settled: Waiting, attempt: int = 0, job: str = "intake") -> str:
    """A name for exactly these files in this state."""
    text = json.dumps(sorted(settled.items()), ensure_ascii=True)
    key = f"{job}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    return f"{key}-{attempt}" if attempt else key


def landing_sensor(settings: Settings, job: Any, clock: Callable[[], datetime] = now) -> dg.SensorDefinition:
    """Asks for a run of the job `intake` once submissions have finished arriving."""
    return _sensor(
        settings,
        job,
        clock,
        name="landing",
        key="intake",
        look=lambda: waiting_files(settings.landing, settings.archive, "submission"),
        description="Takes in what an LEA sends within two minutes, and answers it. Turn it on in the UI, or by INTERLACE_WATCH=1.",
    )


def feeds_sensor(settings: Settings, job: Any, clock: Callable[[], datetime] = now) -> dg.SensorDefinition:
    """Asks for a run of the job `take_in_feeds` once files of the state have finished arriving."""
    return _sensor(
        settings,
        job,
        clock,
        name="feeds_folder",
        key="feeds",
        look=lambda: waiting_files(settings.feeds, settings.archive, "feed"),
        description="Takes in the state's own files when they arrive and says which cannot be read. "
        "Turn it on in the UI, or by INTERLACE_WATCH=1.",
    )


def _sensor(
    settings: Settings,
    job: Any,
    clock: Callable[[], datetime],
    *,
    name: str,
    key: str,
    look: Callable[[], Waiting],
    description: str,
) -> dg.SensorDefinition:
    """A sensor on a folder.

    The run's as-of time is that of the last look, so that a file which is still being written beside
    the finished ones is left for a later run.
    """
    status = dg.DefaultSensorStatus.RUNNING if settings.watch else dg.DefaultSensorStatus.STOPPED

    @dg.sensor(
        name=name,
        job=job,
        minimum_interval_seconds=settings.look_seconds,
        default_status=status,
        description=description,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        last: dict[str, Any] = json.loads(context.cursor) if context.cursor else {}
        this = clock().isoformat()
        waiting = look()
        before: Waiting = last.get("files", {})
        settled = {
            path: facts
            for path, facts in waiting.items()
            if before.get(path) == facts and facts[1] <= last["at"]
        }
        asked = run_key(settled, job=key) if settled else ""
        looks = last.get("looks", 0) + 1 if asked and asked == last.get("asked") else 0
        files = dict(sorted(waiting.items())[:MOST_IN_CURSOR])
        cursor = json.dumps({"at": this, "files": files, "asked": asked, "looks": looks})
        if not settled:
            reason = f"{len(waiting)} files are arriving" if waiting else "nothing new"
            return dg.SensorResult(skip_reason=reason, cursor=cursor)
        request = dg.RunRequest(
            run_key=run_key(settled, (looks // RETRY_LOOKS).bit_length(), key),
            run_config={"resources": {"night": {"config": {"as_of": last["at"]}}}},
            tags={"interlace/files": str(len(settled)), AS_OF: last["at"]},
        )
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return sensor
