"""A standalone Spark cluster on this machine: a master and workers, each a process of its own.

    python -m tests.spark.cluster HOME STATE AS_OF [WORKERS]

builds the candidate of a home that has a lake (after `interlace nightly` or `interlace demo`) on such a cluster and
compares it with the home's current release, mart by mart.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from orchestration import storage
from orchestration.content import mart_contents
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import run_dbt
from orchestration.warehouse.spark.build import spark_run

MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
SECONDS_TO_START = 120.0


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2, cores: int = 1, memory: str = "1500m") -> Iterator[str]:
    """A cluster while the context lasts: its address, `spark://127.0.0.1:…`.

    Args:
        folder: for logs and what the workers put down.
        workers: processes that run executors.
        cores: of each worker.
        memory: of each worker.

    Raises:
        TimeoutError: it did not start; the logs in the folder say why.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        log = folder / "master.log"
        started.append(
            _start(log, [MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"], folder)
        )
        address = _wait(log, r"Starting Spark master at (spark://\S+)")
        for n in range(workers):
            place = folder / f"worker-{n}"
            place.mkdir()
            arguments = [WORKER, address, "--host", "127.0.0.1", "--webui-port", "0", "--cores", str(cores)]
            more = ["--memory", memory, "--work-dir", str(place)]
            started.append(_start(folder / f"worker-{n}.log", [*arguments, *more], folder))
        for n in range(workers):
            _wait(folder / f"worker-{n}.log", r"(Successfully registered with master)")
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
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


def main(home: Path, state: Path, as_of: datetime, workers: int) -> int:
    """Build the home's candidate on a cluster; 0 where every mart is that of its release."""
    with (
        tempfile.TemporaryDirectory(prefix="interlace-cluster-") as folder,
        cluster(Path(folder), workers) as address,
    ):
        settings = Settings.at(
            home,
            state,
            {**os.environ, "INTERLACE_ENGINE": "spark", "INTERLACE_SPARK_MASTER": address,
             "INTERLACE_SPARK_MEMORY": "1g"},
        )  # fmt: skip
        sys.stdout.write(f"{workers} workers under {address}\n")
        prepare_build_file(settings, load_policy(settings.state), as_of)
        started = time.monotonic()
        run_dbt(spark_run(settings))
        sys.stdout.write(f"models built in {time.monotonic() - started:,.0f} s\n")
        ran = [len(list((Path(folder) / f"worker-{n}").glob("app-*/*"))) for n in range(workers)]
        sys.stdout.write(f"executors of each worker: {', '.join(map(str, ran))}\n")
    name = read_current(settings.releases)
    said = storage.read_json(settings.releases / str(name) / "manifest.json")["marts"]
    made = mart_contents(settings.build_file)
    differ = sorted(m for m in said if m not in made or made[m].sha256 != said[m]["sha256"])
    sys.stdout.write(f"{len(said) - len(differ)} of {len(said)} marts hold what release {name} holds\n")
    sys.stdout.writelines(f"  {mart} does not\n" for mart in differ)
    return 1 if differ else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    raise SystemExit(
        main(
            Path(words[0]),
            Path(words[1]),
            datetime.fromisoformat(words[2]),
            int(words[3]) if words[3:] else 2,
        )
    )
