"""A standalone Spark cluster on this machine: a master and workers, each a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
SECONDS_TO_START = 120.0


@dataclass(frozen=True)
class Cluster:
    """A cluster that runs.

    Args:
        address: `spark://127.0.0.1:…`.
        folder: with `master.log`, and for each worker `worker-0.log` and `worker-0/`.
        processes: by name (`master`, `worker 0` …) the number of its process; executors descend from their worker's.
    """

    address: str
    folder: Path
    processes: dict[str, int]

    def executors(self) -> dict[str, int]:
        """By worker how many executors it has run."""
        workers = [name for name in self.processes if name != "master"]
        return {w: len(list((self.folder / w.replace(" ", "-")).glob("app-*/*/stderr"))) for w in workers}


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2, cores: int = 1, memory: str = "1500m") -> Iterator[Cluster]:
    """A cluster while the context lasts.

    Args:
        folder: for logs and what the workers put down.
        workers: processes that run executors.
        cores: of each worker.
        memory: of each worker.

    Raises:
        TimeoutError: it did not start; the logs in the folder say why.
    """
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        log = folder / "master.log"
        here = ["--host", "127.0.0.1", "--webui-port", "0"]
        started["master"] = _start(log, [MASTER, *here, "--port", "0"], folder)
        address = _wait(log, r"Starting Spark master at (spark://\S+)")
        for n in range(workers):
            place = folder / f"worker-{n}"
            place.mkdir()
            has = ["--cores", str(cores), "--memory", memory, "--work-dir", str(place)]
            started[f"worker {n}"] = _start(
                folder / f"worker-{n}.log", [WORKER, address, *here, *has], folder
            )
        for n in range(workers):
            _wait(folder / f"worker-{n}.log", r"(Successfully registered with master)")
        yield Cluster(address, folder, {name: process.pid for name, process in started.items()})
    finally:
        for process in reversed(started.values()):
            process.terminate()
        for process in started.values():
            process.wait(timeout=60)


def _start(log: Path, arguments: list[str], folder: Path) -> subprocess.Popen[bytes]:
    import pyspark

    command = Path(pyspark.__file__).parent / "bin" / "spark-class"
    env = {
        **os.environ,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_LOCAL_DIRS": str(folder),
    }
    with log.open("wb") as out:
        return subprocess.Popen([str(command), *arguments], stdout=out, stderr=subprocess.STDOUT, env=env)


def _wait(log: Path, said: str) -> str:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        if found := re.search(said, log.read_text(errors="replace")):
            return next(g for g in found.groups() if g)
        time.sleep(0.2)
    raise TimeoutError(f"no {said!r} in {log}:\n{log.read_text(errors='replace')[-2000:]}")
