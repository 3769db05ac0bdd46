"""Runs of Dagster whose process is gone: marked as failed, so that nobody waits for them and another takes over.

Dagster's own monitoring asks the launcher whether a run is alive, which the launcher of a single machine
cannot say (those of Kubernetes and the like can, and are left to it). Here the process that a run named at its
start is looked for.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.instance import BY_COMMAND_LINE, HOST, WRITES

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

GONE = "The process of this run is gone (it was killed, or the machine went down); it is marked as failed, so that another can take over."


def is_alive(pid: int, since: float, processes: Path = Path("/proc")) -> bool:
    """Whether the process that had this number at that time (Unix seconds) is still the one that has it."""
    try:
        fields = (processes / str(pid) / "stat").read_text().rpartition(")")[2].split()
        booted = next(
            float(line.split()[1])
            for line in (processes / "stat").read_text().splitlines()
            if line.startswith("btime ")
        )
    except OSError:
        return False
    begun = booted + float(fields[19]) / os.sysconf("SC_CLK_TCK")
    return fields[0] != "Z" and begun <= since + 2  # the clock's grain


def bury_dead_runs(
    instance: DagsterInstance, alive: Callable[[int, float], bool] = is_alive
) -> list[DagsterRun]:
    """Mark the runs of this machine whose process is gone as failed, and give back what they held."""
    from dagster import DagsterRunStatus, RunsFilter
    from dagster._core.launcher import DefaultRunLauncher

    running = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    buried = []
    for run in instance.get_runs(RunsFilter(statuses=running, tags=WRITES)):
        by_command_line = BY_COMMAND_LINE.items() <= run.tags.items()
        here = run.tags.get(HOST, "") == socket.gethostname()
        if (by_command_line and not here) or (
            not by_command_line and not isinstance(instance.run_launcher, DefaultRunLauncher)
        ):
            continue  # its process is elsewhere
        process = _process(instance, run.run_id)
        if process and not alive(*process):
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            instance.report_run_failed(run, GONE)
            buried.append(run)
    return buried


def _process(instance: DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """Number of the process that a run named last, and when it did."""
    from dagster import DagsterEventType

    for entry in reversed(instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT)):
        data = entry.dagster_event and entry.dagster_event.engine_event_data
        pid = data.metadata.get("pid") if data else None
        if pid is not None and str(pid.value).isdigit():
            return int(str(pid.value)), entry.timestamp
    return None
