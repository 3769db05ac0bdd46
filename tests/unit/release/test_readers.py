"""Readers of other processes, all through the nights: old or new, never a mix, never an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.release.current import read_current
from orchestration.release.verify import verify_release
from tests.object_store import object_store

QUESTION = (
    "select min(s.night), max(s.night), min(f.night), max(f.night), count(*) "
    "from {school} s join {status} f using (org_id)"
)

# attaches, queries, copies: each look must find one night everywhere, and never an earlier one than before
ON_DISK = f"""
import shutil, sys
from pathlib import Path
import duckdb
import pandas as pd
releases, stop, own = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
question = {QUESTION!r}

def attached():
    release = (releases / "current").resolve()
    with duckdb.connect() as db:
        db.execute(f"attach '{{release}}/internal/marts.duckdb' as m (read_only)")
        return db.execute(question.format(school="m.dim_school", status="m.fct_status")).fetchone()

def opened():
    with duckdb.connect(str(releases / "current" / "internal" / "marts.duckdb"), read_only=True) as db:
        return db.execute(question.format(school="dim_school", status="fct_status")).fetchone()

def copied():
    shutil.copyfile(releases / "current" / "internal" / "marts.duckdb", own)
    with duckdb.connect(str(own), read_only=True) as db:
        return db.execute(question.format(school="dim_school", status="fct_status")).fetchone()

def parquet():
    folder = (releases / "current").resolve() / "internal" / "parquet"
    school, status = (pd.read_parquet(folder / f"{{m}}.parquet") for m in ("dim_school", "fct_status"))
    return school.night.min(), school.night.max(), status.night.min(), status.night.max(), len(status)

looks, last, seen, ended = 0, 0, set(), False
while not ended or looks < 200:
    ended = stop.exists()  # the last look begins after the last publication
    for look in (attached, opened, copied, parquet):
        row = look()
        assert len(set(row[:4])) == 1 and row[4] == 90, (look.__name__, row)
        assert row[0] >= last, (look.__name__, row, last)
        looks, last = looks + 1, row[0]
        seen.add(int(last))
    if looks == 4:
        print("ready", flush=True)  # the first looks were before the second publication
print(looks, len(seen))
"""

# the same on a store, where an attached database is a copy; how often it has looked stands in a file for who publishes
ON_A_STORE = f"""
import sys
from pathlib import Path
import duckdb
import s3fs
releases, stop, own, count = sys.argv[1].removeprefix("s3://"), *map(Path, sys.argv[2:])
store = s3fs.S3FileSystem()
question = {QUESTION!r}

def release():
    return store.cat_file(f"{{releases}}/current").decode().strip()

def queried():
    folder = f"s3://{{releases}}/{{release()}}/internal/parquet"
    with duckdb.connect() as db:
        db.register_filesystem(store)
        return db.execute(question.format(
            school=f"'{{folder}}/dim_school.parquet'", status=f"'{{folder}}/fct_status.parquet'")).fetchone()

def attached():
    store.get_file(f"{{releases}}/{{release()}}/internal/marts.duckdb", str(own))
    with duckdb.connect() as db:
        db.execute(f"attach '{{own}}' as m (read_only)")
        return db.execute(question.format(school="m.dim_school", status="m.fct_status")).fetchone()

looks, last, seen, ended = 0, 0, set(), False
while not ended or looks < 6:
    ended = stop.exists()
    for look in (queried, attached):
        row = look()
        assert len(set(row[:4])) == 1 and row[4] == 90, (look.__name__, row)
        assert row[0] >= last, (look.__name__, row, last)
        looks, last = looks + 1, row[0]
        seen.add(last)
        count.write_text(str(looks))
    if looks == 2:
        print("ready", flush=True)
print(looks, len(seen))
"""


def look_while(nights, program: str, *args: str) -> tuple[int, int]:
    """Run a reading program while nights are published; how often it looked, and how many nights it saw."""
    stop = Path(args[1])
    reader = subprocess.Popen(
        [sys.executable, "-c", program, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None and reader.stdout.readline() == "ready\n", reader.communicate()[1]
    try:
        nights()
    finally:
        stop.touch()
    out, err = reader.communicate(timeout=240)
    assert reader.returncode == 0, err
    looks, seen = map(int, out.split())
    return looks, seen


def test_attaching_querying_and_copying_hundreds_of_times_during_publications(home, tmp_path: Path):
    home.night(1)

    def nights() -> None:
        for night in range(2, 10):
            home.night(night)

    args = (str(home.releases), str(tmp_path / "stop"), str(tmp_path / "own.duckdb"))
    looks, seen = look_while(nights, ON_DISK, *args)
    assert looks >= 200 and seen > 1


@pytest.mark.slow
def test_reading_an_object_store_hundreds_of_times_during_publications(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    looks, seen, published = read_on_a_store(tmp_path, monkeypatch, nights=200, until=200)
    print(f"{looks} looks during {published} publications found {seen} releases")  # noqa: T201  (a count for the docs)
    assert looks >= 200 and seen > 10


def read_on_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, nights: int, until: int | None = None
) -> tuple[int, int, int]:
    """Read while so many nights are published one after the other, or until so many looks were made.

    Returns:
        Looks until the last publication ended, releases seen, nights published.
    """
    with object_store(monkeypatch) as releases:
        from tests.unit.release.conftest import _home

        home = _home(tmp_path, releases)
        home.night(1)
        count = tmp_path / "count"
        during, published = 0, 0

        def publish() -> None:
            nonlocal during, published
            for night in range(2, 2 + nights):
                home.night(night)
                published += 1
                during = int(count.read_text() or 0)  # blank while it is written
                if until is not None and during >= until:
                    break

        args = (releases, str(tmp_path / "stop"), str(tmp_path / "own.duckdb"), str(count))
        looks, seen = look_while(publish, ON_A_STORE, *args)
        current = read_current(home.settings.releases)
        assert current is not None and verify_release(home.settings.releases / current) == []
        return (looks if until is None else during), seen, published
