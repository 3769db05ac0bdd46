"""A home of a state of any size, with feeds and simulated months in its lake: what size is measured on.

    python -m tests.benchmarks.large_state HOME 2022-08..2025-05 [LEAS] [SCHOOLS_OF_EACH] [--files [--most=10]]

By default 1,000 LEAs with 11 schools each, all of them designated in every year: 12,000 plans, about
640,000 action statuses a month. Its policy is the demonstration state's. With `--files` files in landing take the
place of the lake, of at most so many LEAs.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from orchestration import storage
from orchestration.clock import now
from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_STATE, RECEIVED, REGIONS
from orchestration.demo.words import generator
from orchestration.feeds.load import load_feeds
from orchestration.lock import writer_lock
from orchestration.policy import load_policy
from orchestration.school_year import period_range, school_year_of
from orchestration.settings import Settings

LEAS, SCHOOLS, SEED = 1000, 11, 3
STATUSES = (
    ("CSI", "low_performance", "CSI Low Performance"),
    ("CSI", "low_graduation", "CSI Low Graduation"),
    ("ATSI", "low_subgroup", "Additional Targeted Support"),
    ("TSI", "underperforming_subgroup", "Targeted Support"),
)
Row = dict[str, object]


def write_state(home: Path, school_years: list[str], leas: int, schools: int) -> None:
    """Write the feeds: one directory, and a list of designations for each school year."""
    ids = [(f"{n // 100 + 1:02d}{n % 100:02d}0000", n) for n in range(leas)]
    first = f"{school_years[0][:4]}-07-01"
    _write(home, f"directory_{first[:4]}.csv", list(_directory(ids, schools, first)))
    for year in school_years:
        _write(home, f"designations_{year}.csv", list(_designations(ids, schools, year)))


def _directory(ids: list[tuple[str, int]], schools: int, first: str) -> Iterator[Row]:
    for lea_id, n in ids:
        common: Row = {
            "effective_on": first, "region": REGIONS[n % len(REGIONS)], "nces_lea_id": f"98{n:05d}",
            "lea_id": lea_id, "status": "open", "opened_on": "1990-07-01", "closed_on": "",
        }  # fmt: skip
        lea: Row = {"org_id": lea_id, "org_level": "lea", "org_name": f"District {n + 1}"}
        yield {
            **common,
            **lea,
            "is_charter": "",
            "school_type": "",
            "grades_served": "",
            "nces_school_id": "",
        }
        for k in range(1, schools + 1):
            school: Row = {
                "org_id": f"{lea_id[:4]}01{k:02d}", "org_level": "school", "org_name": f"School {n + 1}-{k}",
                "is_charter": "false", "school_type": "Elementary", "grades_served": "K-5",
                "nces_school_id": f"{k:05d}",
            }  # fmt: skip
            yield {**common, **school}


def _designations(ids: list[tuple[str, int]], schools: int, year: str) -> Iterator[Row]:
    for lea_id, _ in ids:
        for k in range(1, schools + 1):
            org_id = f"{lea_id[:4]}01{k:02d}"
            category, reason, official = generator(SEED, org_id).choice(STATUSES)
            yield {
                "list_year": year, "org_id": org_id, "school_year": year, "category": category,
                "reason": reason, "official_status": official, "is_title1": "true", "exit_code": "",
                "subgroups": "EL" if category in ("ATSI", "TSI") else "", "enrollment": 400,
                "org_name": org_id,
            }  # fmt: skip


def _write(home: Path, name: str, rows: list[Row]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = home / "feeds" / name
    storage.write_whole(path, out.getvalue().encode())
    os.utime(path, (RECEIVED.timestamp(), RECEIVED.timestamp()))


def main(
    home: Path, periods: str, leas: int, schools: int, files: bool = False, most: int | None = None
) -> None:
    """Make the home and print what it took; with `files` in its landing, of at most so many LEAs, and no lake."""
    started = time.monotonic()
    settings = Settings.at(home, DEMO_STATE, os.environ)
    policy = load_policy(settings.state)
    months = period_range(*periods.split(".."))
    years = sorted({school_year_of(m, policy.school_year_first_month) for m in months})
    write_state(settings.home, years, leas, schools)

    def say(text: str) -> None:
        sys.stdout.write(f"[{time.monotonic() - started:7.1f} s] {text}\n")
        sys.stdout.flush()

    with writer_lock(settings.warehouse):
        load_feeds(settings, policy, now(), say)
        report = simulate(settings, policy, months, leas=most, seed=SEED, to_lake=not files, progress=say)
    peaks = [
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    say(
        f"{report.rows:,} rows of {report.files:,} files, {report.organizations:,} plans; peak "
        f"{peaks[0]:,.0f} MiB, of a process that it started {peaks[1]:,.0f} MiB"
    )


if __name__ == "__main__":
    numbers = [int(w) for w in sys.argv[3:] if w.isdigit()]
    given = [int(w.partition("=")[2]) for w in sys.argv if w.startswith("--most=")]
    main(
        Path(sys.argv[1]),
        sys.argv[2],
        *(numbers + [LEAS, SCHOOLS][len(numbers) :]),
        files="--files" in sys.argv,
        most=given[0] if given else None,
    )
