"""A whole night in this process, for the command line: Dagster's job, and what came of it.

Exit codes: 0 published, 1 refused by a check (the old release stands), 2 could not run.
"""

from __future__ import annotations

import contextlib
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.errors import InterlaceError
from orchestration.lock import writer_lock
from orchestration.plain_words import MEANINGS, in_words
from orchestration.settings import Settings

PUBLISHED, REFUSED, COULD_NOT_RUN = 0, 1, 2


@dataclass(frozen=True)
class NightResult:
    """What came of a night.

    Args:
        code: 0 published, 1 refused, 2 could not run.
        release_id: the release that `current` names now; None where there is none yet.
        reasons: why it was refused or could not run.
        metadata: by asset, what it reported of itself.
        log: file with everything that the run printed.
    """

    code: int
    release_id: str | None
    reasons: tuple[str, ...]
    metadata: dict[str, dict[str, Any]]
    log: Path


def run_night(settings: Settings, as_of: datetime) -> NightResult:
    """Run the job `nightly` on a home.

    Raises:
        InterlaceError: it could not be started (policy, lock, dbt project).
    """
    import dagster as dg

    from orchestration.build_defs import build_defs
    from orchestration.dead_runs import bury_dead_runs
    from orchestration.instance import AS_OF, BY_COMMAND_LINE, HOST, bury_killed_runs, prepare_instance
    from orchestration.jobs import NIGHTLY

    with writer_lock(settings.warehouse):
        job = build_defs(settings).resolve_job_def(NIGHTLY)
        home = prepare_instance(settings)
        log = _next_log(settings.home / "logs", as_of)
        (settings.warehouse / "dbt" / "run_results.json").unlink(missing_ok=True)
        with _records(settings), dg.DagsterInstance.from_config(home) as instance, _output_to(log):
            bury_killed_runs(instance)
            bury_dead_runs(instance)
            result = job.execute_in_process(
                instance=instance,
                run_config={
                    "resources": {"night": {"config": {"as_of": as_of.isoformat()}}},
                    "loggers": {"console": {"config": {"log_level": "INFO"}}},
                },
                tags={**BY_COMMAND_LINE, HOST: socket.gethostname(), AS_OF: as_of.isoformat()},
                raise_on_error=False,
            )
        return _read(settings, result, log)


def _next_log(folder: Path, as_of: datetime) -> Path:
    """A log of its own for each attempt at a night."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + sum(1 for _ in folder.glob(f"nightly-{as_of:%Y%m%dT%H%M%S}-*.log"))
    return folder / f"nightly-{as_of:%Y%m%dT%H%M%S}-{number}.log"


@contextlib.contextmanager
def _records(settings: Settings) -> Iterator[None]:
    """Say of Dagster's own failures (a step's failure is no exception here) where it keeps its records."""
    try:
        yield
    except (InterlaceError, OSError):
        raise
    except Exception as e:
        where = "PostgreSQL" if settings.dagster_postgres else settings.dagster_home
        reason = str(getattr(e, "orig", None) or e).strip().partition("\n")[0]
        raise InterlaceError(f"Dagster could not keep its records of the night ({where}): {reason}") from e


@contextlib.contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send what Dagster and dbt print to the log; the terminal is for the person."""
    f = log.open("w", encoding="utf-8")
    try:
        with contextlib.redirect_stdout(f), contextlib.redirect_stderr(f):
            yield
    finally:
        with storage.naming(log):  # what a full disk did not take fails here, without a name
            f.close()


def _read(settings: Settings, result: Any, log: Path) -> NightResult:
    from orchestration.assets.gate import GATE
    from orchestration.release.current import read_current

    metadata = {
        "/".join(m.asset_key.path): {k: v.value for k, v in m.metadata.items()}
        for m in (e.materialization for e in result.all_events if e.is_step_materialization)
    }
    release_id = read_current(settings.releases)
    if result.success:
        return NightResult(PUBLISHED, release_id, (), metadata, log)
    # a failed check fails the step, so what tells that the gate ran is that it answered
    gate_ran = any(
        e.step_key == GATE and e.event_type_value == "ASSET_CHECK_EVALUATION" for e in result.all_events
    )
    refusals = _refusals(settings, gate_ran)
    reasons = tuple(refusals) or tuple(_failures(result)) or ("the run failed before it could say why",)
    return NightResult(REFUSED if refusals else COULD_NOT_RUN, release_id, reasons, metadata, log)


def _refusals(settings: Settings, gate_ran: bool) -> list[str]:
    """Why the data was refused: failed dbt tests, or the gate's problems. Nothing where neither was the cause."""
    results = settings.warehouse / "dbt" / "run_results.json"
    if results.exists():
        from orchestration.warehouse.dbt_run import failures

        nodes = json.loads(results.read_text(encoding="utf-8"))["results"]
        if any(n["status"] == "error" for n in nodes):
            return []  # a model that cannot be built is no verdict on the data
        if any(n["status"] == "fail" for n in nodes):
            return failures(results.parent)
    if gate_ran and settings.gate_record.exists():  # else the record is an earlier night's
        record = storage.read_json(settings.gate_record)
        if not record["passed"]:
            return list(record["problems"])
    return []


def _failures(result: Any) -> Iterator[str]:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error.cause is not None:
                error = error.cause
            failure = event.step_failure_data.user_failure_data
            yield f"{event.step_key}: {failure.description if failure else error.message.strip()}"


class Lines(logging.Handler):
    """Hands each progress message to a function that shows it to the person."""

    def __init__(self, say: Any) -> None:
        super().__init__(logging.INFO)
        self.say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Show one message."""
        self.say(record.getMessage())


@contextlib.contextmanager
def progress_to(say: Any) -> Iterator[None]:
    """Show what the rooms say of their progress while a night runs."""
    logger = logging.getLogger("interlace")
    handler = Lines(say)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)


def explain(error: BaseException) -> str:
    """A failure in words: ours as it is, the operating system's with its file and what to do."""
    if isinstance(error, OSError) and error.errno not in MEANINGS:
        return f"{error.strerror or error} ({error.filename or Path.cwd()})"
    return in_words(error)
