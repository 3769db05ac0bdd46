"""Batches: whole or absent, the same however they came to be, and nothing twice."""

from __future__ import annotations

import dataclasses
import functools
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from intake_home import ARRIVED, LEA, NIGHT, SCHOOL, SECOND, Home, cover, directory_rows, good, status

from orchestration import lake
from orchestration.errors import BadDataError
from orchestration.intake import pool
from orchestration.intake.batch import take_in_submissions
from orchestration.intake.template import render_workbook

MakeHome = Callable[[str], Home]


def content(home: Home) -> dict[str, list[dict[str, Any]]]:
    return {table: home.rows(table) for table in lake.parts(home.settings.lake)}


def mixed(home: Home, count: int = 12, at: datetime = ARRIVED, seed: int = 0) -> list[bytes]:
    """Files with good rows, bad rows, flags, numbers that look like truth values, and refusals."""
    rng = random.Random(seed)
    made = []
    orgs = [SCHOOL, SECOND, 100001, "9999999"]
    for n in range(count):
        rows = [
            status(rng.choice(orgs), f"1.1.{n + 1}.{k + 1}", cause=rng.choice([1, "x", None]))
            for k in range(rng.randrange(1, 8))
        ]
        chain = {"org_id": SCHOOL, "chain_no": 1, "cause": 1}
        why = [{**chain, "why_no": k + 1, "is_actionable": rng.choice([True, 1])} for k in range(2)]
        about = cover(period=rng.choice(["2024-01", "2024-01", "soon"]))
        tables = {"cover": about, "action_status": rows, "root_causes": why}
        made.append(render_workbook(tables))
        home.drop_bytes(made[-1], f"f{n}.xlsx", at=at)
    return made


def test_running_twice_changes_nothing(home: Home) -> None:
    mixed(home)
    assert home.night().files == 12
    before = {room: home.files(room) for room in ("archive", "lake", "outbox")}
    again = home.night(NIGHT + timedelta(days=1))
    assert (again.files, again.batches, again.repeats) == (0, (), 0)
    assert {room: home.files(room) for room in ("archive", "lake", "outbox")} == before


def test_the_same_bytes_again_are_one_submission_received_first(home: Home) -> None:
    home.drop(good(), "a.xlsx", at=ARRIVED)
    home.drop(good(), "b.xlsx", at=ARRIVED - timedelta(hours=1))
    report = home.night()
    assert (report.files, report.repeats) == (1, 1)
    home.drop(good(), "c.xlsx", at=ARRIVED - timedelta(days=9))  # came later, with an older time
    assert (home.night(NIGHT + timedelta(days=1)).repeats, len(home.rows("intake__submissions"))) == (1, 1)
    assert home.submission()["received_at"] == ARRIVED - timedelta(hours=1)


def test_a_file_received_after_the_nights_time_waits(home: Home) -> None:
    home.drop(good(), at=NIGHT + timedelta(hours=1))
    assert home.night().files == 0
    assert home.night(NIGHT + timedelta(days=1)).files == 1


def test_a_lake_made_again_from_the_archive_has_the_rows_of_the_one_that_grew(make_home: MakeHome) -> None:
    grown, again = make_home("grown"), make_home("again")
    for night in range(3):
        mixed(grown, 3, ARRIVED + timedelta(days=night), seed=night)
        grown.night(NIGHT + timedelta(days=night))
    again.settings.home.mkdir(parents=True)
    shutil.copytree(grown.settings.home / "archive", again.settings.home / "archive")
    report = again.night(NIGHT + timedelta(days=9))
    assert len(report.batches) == 3
    assert content(again) == content(grown)
    assert again.receipts() == grown.receipts()
    assert [b.name for b in lake.batches(again.settings.lake)] == [
        b.name for b in lake.batches(grown.settings.lake)
    ]


def test_rows_do_not_depend_on_chunks_workers_or_order(
    make_home: MakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = make_home("together")
    made = mixed(together, 24)
    together.night()
    for name, workers, files in (("one", 1, 1), ("two", 2, 5)):
        home = make_home(name)
        for n in random.Random(name).sample(range(24), 24):
            home.drop_bytes(made[n], f"f{n}.xlsx")
        monkeypatch.setattr(pool, "CHUNK_FILES", files)
        home.night(run=pool.run, workers=workers)
        assert content(home) == content(together)
        assert home.receipts() == together.receipts()


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from intake_home import Home, in_process
from dataclasses import replace
from orchestration import lake, storage
from orchestration.intake import against_standing, batch, pool
from orchestration.policy import Policy
from orchestration.settings import Settings
moment = {moment!r}
against_standing.ask_references = lambda *a: []  # as the fixture of the tests has it
def die(*a, **k): os.kill(os.getpid(), signal.SIGKILL)
if moment == "commit": lake.BatchWriter.commit = die
if moment == "read": pool.Done.add = die
if moment == "receipts": batch.write_receipts = die
if moment == "move":
    put, count = storage.put_file, []
    def once(source, path):
        if "submission__" in str(path): die()
        put(source, path)
    storage.put_file = once
ids = (r"\\d{{7}}", "0100001", r"\\d{{2}}0{{5}}")
policy = Policy("T", "America/Los_Angeles", *ids, 7, "02:00", (), "0" * 64)
home = Home(replace(Settings.at({home!r}, {state!r}), workers=1), policy)
home.night(run=pool.run if moment == "read" else in_process)
"""


@pytest.mark.parametrize("moment", ["read", "move", "commit", "receipts"])
def test_a_night_killed_at_any_moment_leaves_the_batch_whole_or_absent_and_the_next_completes_it(
    make_home: MakeHome, tmp_path: Path, moment: str
) -> None:
    home, calm = make_home("home"), make_home("calm")
    for h in (home, calm):
        mixed(h, 4)
    places = {
        "home": str(home.settings.home),
        "state": str(home.settings.state),
        "tests": str(Path(__file__).parent),
    }
    script = textwrap.dedent(KILLED).format(moment=moment, **places)
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    whole = moment == "receipts"
    assert len(home.rows("intake__submissions")) == (4 if whole else 0)
    assert not home.receipts()
    report = home.night()
    assert (report.files, len(home.receipts())) == (0 if whole else 4, 4)
    calm.night()
    assert content(home) == content(calm)
    named = {str(p) for paths in lake.parts(home.settings.lake).values() for p in paths}
    left = {str(p) for p in (home.settings.home / "lake").rglob("*.parquet")}
    assert left == named
    assert not list((home.settings.home / "lake").glob(".tmp-*"))


def test_receipts_that_are_missing_are_written_again_and_the_others_left(home: Home) -> None:
    mixed(home, 3)
    home.night()
    before = home.files("outbox")
    gone = next(iter(before))
    (home.settings.home / "outbox" / gone).unlink()
    home.night()
    assert home.files("outbox") == before


def test_without_a_directory_the_night_stops_and_refuses_nobody(home: Home) -> None:
    home.drop(good())
    empty = directory_rows().iloc[:0]

    def nobody(root: Any, when: datetime) -> pd.DataFrame:
        return empty

    with pytest.raises(BadDataError, match="directory"):
        take_in_submissions(home.settings, home.policy, NIGHT, directory=nobody)
    assert home.night().accepted == 1


def test_an_empty_landing_folder_starts_no_worker(home: Home) -> None:
    report = home.night(run=functools.partial(pool.run, command=("/nonexistent",)))
    assert (report.files, report.batches) == (0, ())
    assert not (home.settings.home / "outbox").exists()


def test_a_file_name_that_is_no_text_is_taken_in_and_answered(home: Home) -> None:
    folder = home.settings.home / "landing" / LEA
    folder.mkdir(parents=True)
    home.drop(good(), "x.xlsx")
    (folder / "x.xlsx").rename(folder / os.fsdecode(b"bad\xff.xlsx"))
    assert home.night().accepted == 1
    assert home.submission()["file_name"] == "bad\\udcff.xlsx"
    assert home.night(NIGHT + timedelta(days=1)).repeats == 0


def test_what_another_policy_read_is_read_again_and_equals_a_home_that_never_had_it(
    home: Home, make_home: MakeHome
) -> None:
    """A release is a function of archive, code, policy and as-of time: the lake must not remember others."""
    mixed(home)
    home.night()
    mixed(home, 3, at=NIGHT + timedelta(hours=1), seed=1)
    home.night(NIGHT + timedelta(days=1))
    before = home.rows("intake__submissions")
    # the school's IDs are no longer of the state's form: its rows can no longer be accepted
    changed = dataclasses.replace(home.policy, org_id_pattern=r"0[12]00000", reading_sha256="another")
    home.policy = changed
    again = home.night(NIGHT + timedelta(days=2))
    assert again.files == len(before) == 15
    assert len(home.rows("intake__submissions")) == 15, "nothing stands twice"
    assert home.rows("intake__submissions") != before

    fresh = make_home("fresh")
    fresh.policy = changed
    shutil.copytree(home.settings.home / "archive", fresh.settings.home / "archive")
    fresh.night(NIGHT + timedelta(days=2))
    assert content(fresh) == content(home)
    assert fresh.receipts() == home.receipts(), "the answers are those of the new reading"
    assert home.night(NIGHT + timedelta(days=3)).files == 0
