"""This home's Dagster instance: where its runs are kept, and how many may write at once."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import yaml

from orchestration import storage
from orchestration.errors import ConfigError
from orchestration.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

# on runs of the command line, whose process holds the writer lock from beginning to end
BY_COMMAND_LINE = {"interlace/started_by": "command line"}
WRITES = {"interlace/writes": "home"}  # on runs that write to the home: one at a time
HOST = "interlace/host"  # where a run of the command line is at work
AS_OF = "interlace/as_of"
# a run whose process died is begun again by Dagster's daemon, twice at most; one that a step failed is not
BEGUN_AGAIN = {"dagster/max_retries": "2", "dagster/retry_strategy": "ALL_STEPS"}

POSTGRES = "INTERLACE_DAGSTER_POSTGRES"  # postgresql+psycopg2://user:password@host:5432/database
OURS = "# Written by Interlace, and written anew when it changes. Take this line away to keep changes of your own.\n"
UNMARKED = {"telemetry", "nux", "concurrency", "python_logs"}  # all that an older version said
CONFIG: dict[str, Any] = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    # one writer at a time: the build file has one owner, and so has the lake
    "concurrency": {
        "pools": {"default_limit": 1},
        "runs": {"tag_concurrency_limits": [{"key": "interlace/writes", "value": "home", "limit": 1}]},
    },
    # a run that died is found and begun again; one that failed for a reason is not
    "run_monitoring": {"enabled": True, "poll_interval_seconds": 60, "free_slots_after_run_end_seconds": 60},
    "run_retries": {"enabled": True, "max_retries": 0, "retry_on_asset_or_op_failure": False},
    "freshness": {"enabled": True},
    # ticks of sensors that asked for nothing are forgotten; they are most of a database
    "retention": {
        "sensor": {"purge_after_days": {"skipped": 7, "failure": 60, "success": 365}},
        "schedule": {"purge_after_days": 365},
    },
    "python_logs": {"managed_python_loggers": ["interlace"], "python_log_level": "INFO"},
}


def config_of(settings: Settings) -> dict[str, Any]:
    """The instance's configuration; where it is kept in PostgreSQL, the address stays in the environment."""
    if not settings.dagster_postgres:
        return CONFIG
    return {**CONFIG, "storage": {"postgres": {"postgres_url": {"env": POSTGRES}}}}


def prepare_instance(settings: Settings) -> str:
    """Write the home's dagster.yaml, unless somebody made it his own; the folder, for DAGSTER_HOME.

    The file begins with a line that says it is ours; whoever takes that line away keeps his changes.

    Raises:
        ConfigError: PostgreSQL is asked for and the package for it is missing, or the file there says otherwise.
    """
    if settings.dagster_postgres and find_spec("dagster_postgres") is None:
        raise ConfigError(
            f"{POSTGRES} is set, but the package for it is missing; install it: pip install 'interlace[postgres]'"
        )
    path = settings.dagster_home / "dagster.yaml"
    wanted = OURS.encode() + yaml.safe_dump(config_of(settings), sort_keys=False).encode()
    held = path.read_bytes() if path.exists() else b""
    if held.startswith(OURS.encode()) or not held or _is_of_an_older_version(held):
        if held != wanted:
            storage.write_whole(path, wanted)
    elif settings.dagster_postgres and POSTGRES.encode() not in held:
        raise ConfigError(
            f"{POSTGRES} is set, but {path} is your own and does not name it; move the file away, or add the storage to it"
        )
    return str(settings.dagster_home)


def _is_of_an_older_version(held: bytes) -> bool:
    """Whether the file is what Interlace wrote before it marked its own, unchanged."""
    said = yaml.safe_load(held)
    return isinstance(said, dict) and set(said) == UNMARKED and all(CONFIG[k] == v for k, v in said.items())


def lacking(settings: Settings) -> list[str]:
    """What a dagster.yaml of somebody's own, or of an older version, does not say and ours would."""
    path = settings.dagster_home / "dagster.yaml"
    held = yaml.safe_load(path.read_bytes()) if path.exists() else {}
    return sorted(set(config_of(settings)) - set(held or {}))


def bury_killed_runs(instance: DagsterInstance) -> int:
    """Give back the slots of killed runs, and mark those of the command line as failed; how many were.

    A killed run keeps its slot in Dagster's pool for good, and the next night would wait for it for ever.
    To be called by who holds the home's writer lock: then nobody writes, whatever the slots say.
    """
    from dagster import DagsterRunStatus, RunsFilter

    for run_id in instance.event_log_storage.get_concurrency_run_ids():
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)
    running = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    killed = instance.get_runs(RunsFilter(statuses=running, tags=BY_COMMAND_LINE))
    for run in killed:
        instance.report_run_failed(run, "The process of this run was killed; a later night found it.")
    return len(killed)


def main() -> None:
    """Prepare the instance of a home and print its folder (for `make ui`)."""
    import os
    import sys
    from pathlib import Path

    sys.stdout.write(prepare_instance(Settings.at(Path(sys.argv[1]), Path(sys.argv[2]), os.environ)))


if __name__ == "__main__":
    main()
