"""Seconds and memory of each dbt model over a home's lake: which ones to mend first.

    python -m tests.benchmarks.models HOME 2025-07-01 [--tests] [MODEL …]

Models and seeds only, as a night builds them (memory limit and threads of the home's settings); with `--tests`
also every data test, as a night runs them; with names, only those and what they need. Memory and processor
seconds are the whole dbt process's, seen while the model was built: with several threads its neighbours are in
it. On a machine with other work compare the processor seconds (`INTERLACE_THREADS=1` for a model's own).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.demo.state import DEMO_STATE
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt_executable, fresh_target, home_profile, project_folder

EVERY = 0.1  # seconds between looks at the process
Sample = tuple[float, float, float, float]  # time, resident MiB, spilled MB, processor seconds
TICKS = os.sysconf("SC_CLK_TCK")


def watch(process: subprocess.Popen[bytes], spill: Path, samples: list[Sample]) -> None:
    """Note the process's memory and what DuckDB has spilled, until it ends."""
    status, stat = (Path(f"/proc/{process.pid}/{name}") for name in ("status", "stat"))
    while process.poll() is None:
        try:
            text = status.read_text()
            used = stat.read_text().rpartition(")")[2].split()
            spilled = sum(p.stat().st_size for p in spill.glob("*")) if spill.exists() else 0
        except OSError:  # it ended, or a spilled file went, between two looks
            continue
        resident = next((int(x.split()[1]) for x in text.splitlines() if x.startswith("VmRSS")), 0)
        cpu = (int(used[11]) + int(used[12])) / TICKS
        samples.append((time.time(), resident / 1024, spilled / 1e6, cpu))
        time.sleep(EVERY)


def models(target: Path) -> list[dict[str, Any]]:
    """What dbt says of each model and data test: name, seconds, start and end."""
    found = []
    for node in json.loads((target / "run_results.json").read_text())["results"]:
        times = [t for t in node["timing"] if t["name"] == "execute"]
        if node["unique_id"].startswith(("model.", "test.")) and times:
            begin, end = (
                datetime.fromisoformat(times[0][k].replace("Z", "+00:00")).replace(tzinfo=UTC).timestamp()
                for k in ("started_at", "completed_at")
            )
            kind, _, name, *_ = node["unique_id"].split(".", 3)
            name = f"test {name}" if kind == "test" else name
            found.append(
                {"name": name, "status": node["status"], "seconds": end - begin, "span": (begin, end)}
            )
    return found


def main(home: Path, as_of: datetime, names: list[str], *, tests: bool = False) -> int:
    """Build and print, the slowest first."""
    settings = Settings.at(home, DEMO_STATE, os.environ)
    prepare_build_file(settings, load_policy(settings.state), as_of)
    target, profile, folder = fresh_target(settings), home_profile(settings), project_folder(settings)
    command = [
        dbt_executable(), "build", "--exclude-resource-type", "unit_test",
        *([] if tests else ["--exclude-resource-type", "test"]),
        *(["--select", *(f"+{n}" for n in names)] if names else []), "--project-dir", str(folder),
        "--profiles-dir", str(profile), "--target-path", str(target), "--log-path", str(target),
    ]  # fmt: skip
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=folder)
    samples: list[Sample] = []
    spill = settings.build_file.with_name(settings.build_file.name + ".tmp")
    watcher = threading.Thread(target=watch, args=(process, spill, samples))
    watcher.start()
    code = process.wait()
    watcher.join()
    seconds = time.monotonic() - started
    size = settings.build_file.stat().st_size / 1e6
    sys.stdout.write(
        f"\n{'model':60} {'seconds':>9} {'cpu s':>9} {'peak MiB':>9} {'at start':>9} {'spilled MB':>10}\n"
    )
    for m in sorted(models(target), key=lambda m: -m["seconds"]):
        begin, end = m["span"]
        inside = [s for s in samples if begin - EVERY <= s[0] <= end + EVERY] or [(0.0, 0.0, 0.0, 0.0)]
        peak, spilled = max(s[1] for s in inside), max(s[2] for s in inside)
        sys.stdout.write(
            f"{m['name'][:60]:60} {m['seconds']:9.1f} {inside[-1][3] - inside[0][3]:9.1f} "
            f"{peak:9,.0f} {inside[0][1]:9,.0f} {spilled:10,.0f}"
            f"{'' if m['status'] == 'success' else '  ' + m['status']}\n"
        )
    peak, cpu = (max((s[n] for s in samples), default=0.0) for n in (1, 3))
    sys.stdout.write(
        f"whole build {seconds:,.0f} s, {cpu:,.0f} s of processors, peak {peak:,.0f} MiB, file {size:,.0f} MB, dbt ended with {code}\n"
    )
    return code


if __name__ == "__main__":
    words = [w for w in sys.argv[1:] if w != "--tests"]
    raise SystemExit(
        main(Path(words[0]), datetime.fromisoformat(words[1]), words[2:], tests="--tests" in sys.argv)
    )
