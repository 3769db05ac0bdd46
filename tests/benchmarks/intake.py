"""`make bench-intake`: intake of 1,000 LEA files of 2,000 rows beside a bare loop of the same reader over them.

    python -m tests.benchmarks.intake [--files 1000] [--rows 2000] [--folder SCRATCH]

The files are made once (a folder that has them keeps them). The bare loop opens each workbook with
python-calamine and takes every sheet's cells; it keeps and checks nothing. Intake archives, reads, checks,
writes typed Parquet, receipts and histories, with its own number of workers. Each runs as processes of its
own, timed from outside.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.demo.state import DEMO_STATE, write_demo_state
from orchestration.settings import Settings

NIGHT = datetime(2024, 2, 6, 2)
ARRIVED = datetime(2024, 2, 5, 12, tzinfo=UTC).timestamp()
ACTIONS_OF_SCHOOL = 30
STATUSES = ("not_started", "in_progress", "completed", "delayed")
VERBS = ("Coach", "Train", "Plan with", "Observe", "Review the work of", "Meet with", "Survey", "Support")
WHOM = ("grade 3 teachers", "the math team", "families of newcomers", "principals", "attendance clerks")
Rows = list[dict[str, Any]]


def lea_ids(files: int) -> list[str]:
    """IDs in the form of the demonstration's state."""
    return [f"{1000 + n}0000" for n in range(files)]


def tables(lea_id: str, rows: int) -> dict[str, Rows]:
    """One LEA's workbook of about that many rows, in the proportions of a real one; no two LEAs alike."""
    rng = random.Random(lea_id)
    schools = max(rows // (2 * ACTIONS_OF_SCHOOL + 16), 1)
    found: dict[str, Rows] = {"cover": [{"lea_id": lea_id, "period": "2024-01", "template_version": "1"}]}
    for n in range(1, schools + 1):
        org = {"org_id": f"{lea_id[:4]}{n:04d}"}
        found.setdefault("priorities", []).append({**org, "priority_no": 1, "area": "Reading"})
        for s in range(1, 4):
            strategy = {
                "strategy_code": f"1.{s}",
                "if_we": f"we {rng.random():.3f}",
                "practice_codes": "1A,3B",
            }
            found.setdefault("strategies", []).append({**org, **strategy})
            for m in range(1, 3):
                milestone = {"milestone_code": f"1.{s}.{m}", "description": "Reached", "due_on": _day(rng)}
                found.setdefault("milestones", []).append({**org, **milestone})
                for a in range(1, ACTIONS_OF_SCHOOL // 6 + 1):
                    action, status = _action(rng, f"1.{s}.{m}.{a}")
                    found.setdefault("actions", []).append({**org, **action})
                    found.setdefault("action_status", []).append({**org, **status})
        for k in range(1, 8):
            support = {
                "support_no": k,
                "description": f"{rng.choice(VERBS)} {rng.choice(WHOM)}",
                "needed_on": _day(rng),
            }
            found.setdefault("supports", []).append({**org, **support})
    return found


def _day(rng: random.Random) -> date:
    return date(2023, 8, 1) + timedelta(days=rng.randrange(300))


def _action(rng: random.Random, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    start = _day(rng)
    status = rng.choice(STATUSES if start <= date(2024, 1, 31) else STATUSES[:2])
    action = {
        "action_code": code,
        "description": f"{rng.choice(VERBS)} {rng.choice(WHOM)} ({rng.randrange(10_000)})",
        "anticipated_outputs": rng.choice(("Calendar", "Minutes", "Plan")),
        "start_on": start,
        "due_on": start + timedelta(days=rng.randrange(30, 200)),
        "budget": round(rng.uniform(0, 9_000), 2),
        "fund_source": "1003",
    }
    done = status == "completed"
    percent = 100 if done else 0 if status == "not_started" else rng.randrange(1, 100)
    return action, {
        "action_code": code,
        "status": status,
        "percent_complete": percent,
        "completed_on": max(start, date(2024, 1, 10)) if done else None,
        "spent_to_date": round(rng.uniform(0, 5_000), 2),
        "cause": None if rng.random() < 0.7 else f"Because of {rng.randrange(1000)}",
    }


def _write(landing: Path, lea_id: str, rows: int) -> None:
    from orchestration.intake.template import write_workbook

    path = landing / lea_id / "2024-01.xlsx"
    write_workbook(path, tables(lea_id, rows))
    os.utime(path, (ARRIVED, ARRIVED))


def make_files(home: Path, files: int, rows: int) -> None:
    """Feeds with that many LEAs, and a workbook of each in landing."""
    write_demo_state(home, leas=1)
    directory = home / "feeds" / "directory_2023.csv"
    with directory.open(newline="") as f:
        known = list(csv.DictReader(f))
    lea, school = known[0], known[1]
    schools = max(rows // (2 * ACTIONS_OF_SCHOOL + 16), 1)
    with directory.open("a", newline="") as f:
        writer = csv.DictWriter(f, list(lea), lineterminator="\n")
        for lea_id in lea_ids(files):
            writer.writerow({**lea, "org_id": lea_id, "lea_id": lea_id})
            ids = [f"{lea_id[:4]}{n:04d}" for n in range(1, schools + 1)]
            writer.writerows({**school, "org_id": i, "lea_id": lea_id} for i in ids)
    os.utime(directory, (ARRIVED, ARRIVED))
    with ProcessPoolExecutor(2) as pool:
        done = [pool.submit(_write, home / "landing", i, rows) for i in lea_ids(files)]
        for future in done:
            future.result()


def read_bare(path: Path) -> int:
    """Every sheet's cells of one workbook, as the reader gives them; how many rows."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        return sum(len(book.get_sheet_by_name(n).to_python()) for n in book.sheet_names)


def bare(landing: Path, processes: int) -> None:
    """The bare loop, in this process or in several."""
    paths = sorted(landing.rglob("*.xlsx"))
    if processes == 1:
        count = sum(map(read_bare, paths))
    else:
        with ProcessPoolExecutor(processes) as pool:
            count = sum(pool.map(read_bare, paths, chunksize=20))
    _say(f"{count} rows")


def intake(home: Path, landing: Path, feeds: Path, workers: int) -> None:
    """A home's first intake of the files; the feeds are loaded before the clock starts."""
    from orchestration.feeds.load import load_feeds
    from orchestration.intake.batch import take_in_submissions
    from orchestration.policy import load_policy

    env = {
        "INTERLACE_LANDING": str(landing),
        "INTERLACE_FEEDS": str(feeds),
        "INTERLACE_WORKERS": str(workers),
    }
    settings = Settings.at(home, DEMO_STATE, env)
    policy = load_policy(settings.state)
    load_feeds(settings, policy, NIGHT)
    started = time.monotonic()
    report = take_in_submissions(settings, policy, NIGHT)
    _say(
        f"{report.rows} rows, {report.rejects} rejected, {report.flags} flags, {report.accepted} of {report.files} files"
    )
    _say(f"seconds {time.monotonic() - started:.2f}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _peaks(pid: int) -> dict[int, int]:
    """Peak KiB so far of a process and of all that it started, by process; empty where there is no /proc."""
    parents, peaks = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:  # it ended meanwhile
            continue
        number = int(status.parent.name)
        parents[number], peaks[number] = int(facts["PPid"]), int(facts.get("VmHWM", "0").split()[0])
    family = {pid}
    while more := {p for p, parent in parents.items() if parent in family} - family:
        family |= more
    return {p: peaks[p] for p in family if p in peaks}


def timed(what: str, *arguments: Any) -> tuple[float, float, list[int], str]:
    """Seconds, seconds of all processors, the peak MiB of each process (the largest first), and what it said."""
    command = [sys.executable, "-m", "tests.benchmarks.intake", "--run", what, *map(str, arguments)]
    peaks: dict[int, int] = {}
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    ended = 0
    while not ended:
        for number, peak in _peaks(process.pid).items():
            peaks[number] = max(peak, peaks.get(number, 0))  # one that has ended says nothing any more
        time.sleep(0.1)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    seconds, cpu = time.monotonic() - started, usage.ru_utime + usage.ru_stime
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    if status:
        raise SystemExit(f"{what} ended with {os.waitstatus_to_exitcode(status)}")
    inside = [float(line.split()[1]) for line in lines if line.startswith("seconds ")]
    megabytes = sorted((p // 1024 for p in peaks.values() if p), reverse=True)
    return inside[-1] if inside else seconds, cpu, megabytes, lines[0]


def main(files: int, rows: int, folder: Path) -> None:
    """Make the files where they are not there yet; measure and print."""
    source = folder / f"files-{files}-{rows}"
    if not source.exists():
        making = folder / f"making-{os.getpid()}"
        make_files(making, files, rows)
        making.rename(source)
    landing, feeds = source / "landing", source / "feeds"
    size = sum(p.stat().st_size for p in landing.rglob("*.xlsx"))
    out = sys.stdout.write
    out(
        f"{files:,} files of about {rows:,} rows, {size / 1e6:,.0f} MB; {os.cpu_count()} cores, Python {sys.version.split()[0]}\n"
    )
    measured = [
        ("bare loop, 1 process", *timed("bare", landing, 1)),
        ("bare loop, 2 processes", *timed("bare", landing, 2)),
    ]
    for workers in (2, 1):
        with tempfile.TemporaryDirectory(dir=folder) as home:
            measured.append((f"intake, {workers} worker(s)", *timed("intake", home, landing, feeds, workers)))
    one, two = measured[0][1], measured[1][1]
    for name, seconds, cpu, peaks, said in measured:
        of_two = f"{seconds / two:5.2f} x bare in 2 processes"
        out(
            f"{name:24} {seconds:7.1f} s (processors {cpu:6.1f} s)  {seconds / one:5.2f} x bare  {of_two}  peak MiB {peaks[:4]}  ({said})\n"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--run", nargs="+", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.run and said.run[0] == "bare":
        bare(Path(said.run[1]), int(said.run[2]))
    elif said.run:
        intake(Path(said.run[1]), Path(said.run[2]), Path(said.run[3]), int(said.run[4]))
    elif said.folder:
        said.folder.mkdir(parents=True, exist_ok=True)
        main(said.files, said.rows, said.folder.resolve())
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(said.files, said.rows, Path(scratch))
