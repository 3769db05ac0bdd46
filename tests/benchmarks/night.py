"""`make bench`: a full night, a night with nothing new, and the bare script over the same files.

Whole processes, timed from outside; figures are ratios within one run. By default on the demo's files;
for a larger home: python -m tests.benchmarks.night HOME STATE (its landing/ and feeds/ are read, nothing
in it is changed).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orchestration.demo.state import DEMO_STATE

ENV_FOLDERS = ("landing", "feeds")


def timed(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Wall seconds of a process, and its peak memory in MiB (the largest process of it)."""
    started = time.monotonic()
    pid = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(pid.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def main(source: Path | None, state: Path) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        if source is None:
            source = Path(scratch) / "source"
            timed([sys.executable, "-m", "orchestration.cli", "demo", "--home", str(source)], {})
        env = {f"INTERLACE_{f.upper()}": str((source / f).resolve()) for f in ENV_FOLDERS}
        night = [
            sys.executable,
            "-m",
            "orchestration.cli",
            "nightly",
            "--home",
            f"{scratch}/home",
            "--state",
            str(state),
        ]
        bare = [sys.executable, "-m", "tests.benchmarks.bare", env["INTERLACE_LANDING"]]
        files = sum(p.is_file() for p in Path(env["INTERLACE_LANDING"]).rglob("*"))
        rows = [
            ("bare script", *timed(bare, {})),
            ("first night (everything new)", *timed(night, env)),
            ("night with nothing new", *timed(night, env)),
        ]
    base = rows[0][1]
    sys.stdout.write(f"{files:,} files, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    for name, seconds, peak in rows:
        sys.stdout.write(
            f"{name:30} {seconds:8.1f} s  {seconds / base:6.1f} x bare  {peak:8.0f} MiB in the main process\n"
        )
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(f"largest process of all         {children:8.0f} MiB\n")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else None,
        Path(sys.argv[2]) if len(sys.argv) > 2 else DEMO_STATE,
    )
