"""A dbt that outlived a killed night: it would go on writing to the build file of the next.

The writer lock is the kernel's and ends with its holder; dbt is another process and does not. So the
next night, which holds the lock, ends it before it makes a build file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from pathlib import Path

SECONDS_TO_DIE = 10.0
log = logging.getLogger("interlace")


def end_orphans(target: Path, processes: Path = Path("/proc")) -> list[int]:
    """Kill every process that dagster-dbt started for that target folder (Linux); their IDs.

    They are known by DBT_TARGET_PATH in their environment, which dagster-dbt sets for each dbt it starts.
    """
    ended = orphans(target, processes)
    for pid in ended:
        log.info("ending dbt process %s, left by a killed night", pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    mark = _mark(target)
    deadline = time.monotonic() + SECONDS_TO_DIE
    while any(mark in _environment(processes / str(pid)) for pid in ended) and time.monotonic() < deadline:
        time.sleep(0.05)
    return ended


def orphans(target: Path, processes: Path = Path("/proc")) -> list[int]:
    """The processes that dagster-dbt started for that target folder, without this one (Linux)."""
    mark = _mark(target)
    entries = processes.glob("[0-9]*") if processes.is_dir() else ()
    return [int(e.name) for e in entries if int(e.name) != os.getpid() and mark in _environment(e)]


def _mark(target: Path) -> bytes:
    return f"DBT_TARGET_PATH={target}".encode()


def _environment(entry: Path) -> list[bytes]:
    try:
        return (entry / "environ").read_bytes().split(b"\0")
    except OSError:  # it ended, or is another user's
        return []
