"""A home whose landing folder Dagster's daemon watches, as it does beside `make ui`."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.demo.state import DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.instance import prepare_instance
from orchestration.intake.template import render_workbook
from orchestration.policy import load_policy
from orchestration.settings import PROJECT, Settings


def make_home(home: Path, leas: int) -> tuple[Settings, list[str]]:
    """A home of the demonstration's state with its feeds loaded, and the IDs of as many LEAs."""
    settings = Settings.at(home, DEMO_STATE)
    write_demo_state(home, leas=1)
    directory = home / "feeds" / "directory_2023.csv"
    with directory.open(newline="") as f:
        rows = list(csv.DictReader(f))
    (lea,) = [r for r in rows if r["org_level"] == "lea"]
    many = [f"{5000 + n}0000" for n in range(leas)]
    with directory.open("a", newline="") as f:
        csv.DictWriter(f, list(lea), lineterminator="\n").writerows(
            {**lea, "org_id": i, "lea_id": i} for i in many
        )
    now = datetime.now(UTC).replace(tzinfo=None)
    load_feeds(settings, load_policy(settings.state), now)
    return settings, many


def _last_month() -> str:
    return f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}"


def receipt_of(settings: Settings, lea_id: str) -> Path:
    """Where the answer to `report` will lie."""
    return settings.home / "outbox" / lea_id / _last_month() / "receipt.html"


def report(lea_id: str, rows: int = 5) -> bytes:
    """A small report of an LEA for the month before this one."""
    codes = [f"1.1.1.{n}" for n in range(1, rows + 1)]
    return render_workbook(
        {
            "cover": [{"lea_id": lea_id, "period": _last_month()}],
            "action_status": [{"org_id": lea_id, "action_code": c, "status": "in_progress"} for c in codes],
        }
    )


@contextmanager
def daemon(settings: Settings, log: Path, **knobs: str) -> Iterator[subprocess.Popen[bytes]]:
    """Dagster's daemon with the sensor `landing` turned on; ended at the end, with all that it started."""
    env = {
        **os.environ,
        "DAGSTER_HOME": prepare_instance(settings),
        "INTERLACE_HOME": str(settings.home),
        "INTERLACE_STATE": str(settings.state),
        "INTERLACE_WATCH": "1",
        "PYTHONWARNINGS": "ignore",
        **knobs,
    }
    with log.open("ab") as out:
        run = [sys.executable, "-m", "dagster._daemon", "run", "-w", "workspace.yaml"]
        process = subprocess.Popen(run, env=env, cwd=PROJECT, stdout=out, stderr=out, start_new_session=True)
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end its servers and runs, and end those that do not."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, 9)  # its own session: nothing else is in this group
    except ProcessLookupError:
        return


def wait_for(paths: Sequence[Path], process: subprocess.Popen[bytes], seconds: float) -> float:
    """Seconds until all of the files exist.

    Raises:
        TimeoutError: they did not in that time, or the daemon ended.
    """
    started = time.monotonic()
    left = list(paths)
    while left := [p for p in left if not p.exists()]:
        passed = time.monotonic() - started
        if passed > seconds or process.poll() is not None:
            raise TimeoutError(f"{len(left)} of {len(paths)} files are not there after {passed:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - started
