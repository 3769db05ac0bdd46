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

ON_A_STORE = f"""
import sys
from pathlib import Path
import duckdb
import s3fs
releases, stop = sys.argv[1].removeprefix("s3://"), Path(sys.argv[2])
store = s3fs.S3FileSystem()
db = duckdb.connect()
db.register_filesystem(store)
looks, last, seen, ended = 0, 0, set(), False
while not ended or looks < 6:
    ended = stop.exists()
    release = store.cat_file(f"{{releases}}/current").decode().strip()
    folder = f"s3://{{releases}}/{{release}}/internal/parquet"
    row = db.execute({QUESTION!r}.format(
        school=f"'{{folder}}/dim_school.parquet'", status=f"'{{folder}}/fct_status.parquet'")).fetchone()
    assert len(set(row[:4])) == 1 and row[4] == 90, row
    assert row[0] >= last, (row, last)
    looks, last = looks + 1, row[0]
    seen.add(last)
    if looks == 1:
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


def test_reading_an_object_store_during_publications(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with object_store(monkeypatch) as releases:
        from tests.unit.release.conftest import _home

        home = _home(tmp_path, releases)
        home.night(1)

        def nights() -> None:
            for night in range(2, 5):
                home.night(night)

        looks, seen = look_while(nights, ON_A_STORE, releases, str(tmp_path / "stop"))
        assert looks >= 6 and seen > 1
        current = read_current(home.settings.releases)
        assert current is not None and verify_release(home.settings.releases / current) == []
