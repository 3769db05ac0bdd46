"""Dagster's instance of the home: runs that died, slots they kept. The one check that knows Dagster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from orchestration.doctor.finding import Finding, Look, ok, problem, warning
from orchestration.instance import lacking
from orchestration.lock import holder_of

if TYPE_CHECKING:
    from dagster import DagsterInstance

LONGEST = timedelta(hours=12)  # no night takes that long


def instance(look: Look) -> list[Finding]:
    """Whether Dagster's storage answers, and whether its runs are alive."""
    settings = look.settings
    if not (settings.dagster_home / "dagster.yaml").exists():
        return [ok("Dagster has not run here yet")]
    from dagster import DagsterInstance

    says = []
    if names := lacking(settings):
        says.append(
            warning(
                f"{settings.dagster_home / 'dagster.yaml'} does not say {', '.join(names)}, which this version sets",
                "move the file away: the next night writes it anew; or add these keys to your own (docs/operations.md)",
            )
        )
    try:
        with DagsterInstance.from_config(str(settings.dagster_home)) as found:
            return [*says, *runs(found, look.now, _is_held(look))]
    except Exception as e:  # its storage raises what its driver raises; it is told
        return [
            *says,
            problem(
                f"Dagster's storage does not answer ({type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''})",
                "SQLite: look at the folder dagster/ of the home and its disk; PostgreSQL: is the server up, "
                "is the address in INTERLACE_DAGSTER_POSTGRES right?",
            ),
        ]


def runs(found: DagsterInstance, now: datetime, held: bool) -> list[Finding]:
    """Runs that are marked as running though nobody writes, and such that never end."""
    from dagster import DagsterRunStatus, RunsFilter

    running = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    records = found.get_run_records(RunsFilter(statuses=running))
    says = []
    for record in records:
        since = record.start_time or record.create_timestamp.timestamp()
        age = now.replace(tzinfo=UTC) - datetime.fromtimestamp(since, UTC)
        name = f"{record.dagster_run.job_name} {record.dagster_run.run_id[:8]}"
        writes = "interlace/writes" in record.dagster_run.tags
        if writes and not held:
            says.append(
                warning(
                    f"the run {name} is marked as running for {_words(age)}, but nobody writes to the home: it died",
                    "run interlace nightly, or let Dagster's daemon run: either marks it as failed and goes on",
                )
            )
        elif age > LONGEST:
            says.append(
                problem(
                    f"the run {name} has been running for {_words(age)}",
                    "look at its log in Dagster; end it there (Terminate) and run again",
                )
            )
    kept = found.event_log_storage.get_concurrency_run_ids()
    if kept and not held and not records:
        says.append(
            warning(
                f"{len(kept)} ended runs keep a slot of the pool `writer`, for which others would wait",
                "run interlace nightly: it gives them back",
            )
        )
    return says or [ok("no run of Dagster is dead")]


def _is_held(look: Look) -> bool:
    return holder_of(look.settings.warehouse)[1]


def _words(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours / 24:,.0f} days" if hours >= 48 else f"{hours:,.1f} hours"
