"""The last nights, as Dagster keeps them: when, what came of each, why, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from orchestration.going_back import LEFT_OUT
from orchestration.lock import holder_of
from orchestration.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance, RunRecord

Outcome = Literal[
    "published", "refused", "could not run", "left out", "killed", "stopped", "running", "waiting"
]  # fmt: skip
REASONS = 10
# what is said of a run whose process went away: by a later night, by our watch, by Dagster's code server
KILLED = ("was killed", "is gone", "failed from outside the execution context")


@dataclass(frozen=True)
class PastNight:
    """One run of the job `nightly`.

    Args:
        run_id: Dagster's ID of the run.
        outcome: `refused`: the data did not pass; `left out`: a release of a later time stands, all is well;
            `killed`: its process ended without a word.
        started_at: when it began (UTC).
        seconds: how long it took, or has taken until now.
        as_of: the night's time, as the run was given it; blank where it was its own beginning.
        reasons: why it was refused or could not run, in words.
    """

    run_id: str
    outcome: Outcome
    started_at: datetime
    seconds: float
    as_of: str
    reasons: tuple[str, ...] = ()


def past_nights(settings: Settings, now: datetime, most: int = 5) -> list[PastNight]:
    """The last nights of a home, the newest first; nothing where Dagster has not run there."""
    if not (settings.dagster_home / "dagster.yaml").exists():
        return []
    from dagster import DagsterInstance

    held = holder_of(settings.warehouse)[1]
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        return nights_of(instance, now, held=held, most=most)


def nights_of(instance: DagsterInstance, now: datetime, *, held: bool, most: int = 5) -> list[PastNight]:
    """The last nights of an instance; `held` says whether anybody writes to the home now."""
    from dagster import RunsFilter

    from orchestration.jobs import NIGHTLY

    records = instance.get_run_records(RunsFilter(job_name=NIGHTLY), limit=most)
    return [_night(instance, record, now, held) for record in records]


def _night(instance: DagsterInstance, record: RunRecord, now: datetime, held: bool) -> PastNight:
    from dagster import DagsterRunStatus as Status

    run = record.dagster_run
    begun = record.start_time or record.create_timestamp.timestamp()
    ended = record.end_time or now.replace(tzinfo=UTC).timestamp()
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    if run.status == Status.SUCCESS:
        outcome = "published"
    elif run.status == Status.FAILURE:
        outcome, reasons = _failure(instance, run.run_id)
    elif run.status in (Status.CANCELED, Status.CANCELING):
        outcome, reasons = "stopped", ("somebody ended it in Dagster",)
    elif run.status == Status.STARTED:
        outcome = "running" if held else "killed"
    else:
        outcome = "waiting"
    return PastNight(
        run.run_id,
        outcome,
        datetime.fromtimestamp(begun, UTC).replace(tzinfo=None),
        max(0.0, ended - begun),
        _as_of(run.run_config),
        reasons,
    )


def _as_of(config: Any) -> str:
    for key in ("resources", "night", "config", "as_of"):
        config = config.get(key, {}) if isinstance(config, dict) else {}
    return str(config or "")


def _failure(instance: DagsterInstance, run_id: str) -> tuple[Outcome, tuple[str, ...]]:
    """Whether the data was refused or the night could not run, and why, from the run's events."""
    from dagster import DagsterEventType as Event

    wanted = {Event.STEP_FAILURE, Event.RUN_FAILURE, Event.ASSET_CHECK_EVALUATION}
    refusals: list[str] = []
    failures: list[str] = []
    gate: list[str] = []
    for entry in instance.all_logs(run_id, of_type=wanted):
        event = entry.dagster_event
        if event is None:
            continue
        if event.event_type == Event.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed and evaluation.blocking is not False:
                problems = evaluation.metadata.get("problems")
                if problems is not None:
                    gate += [line.removeprefix("- ") for line in str(problems.value).splitlines()]
                refusals.append(f"{evaluation.asset_key.path[-1]}: {evaluation.check_name}")
        elif event.event_type == Event.STEP_FAILURE:
            failures.append(f"{event.step_key}: {_said(event.step_failure_data)}")
        elif not failures:
            failures.append(event.message or "the run failed")
    if failures and any(words in failures[-1] for words in KILLED):
        return "killed", tuple(failures)
    if any(LEFT_OUT in words for words in failures):
        return "left out", tuple(failures[:REASONS])
    if refusals:
        found = list(dict.fromkeys(gate)) or [f for f in failures if ":" in f] or refusals
        return "refused", tuple(found[:REASONS])
    return "could not run", tuple(failures[:REASONS]) or ("the run failed before it could say why",)


def _said(data: Any) -> str:
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    return error.message.strip() if error else "failed"
