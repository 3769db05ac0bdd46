"""The doctor: each check is quiet on a sound home and speaks on the fault that is planted for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml
from typer.testing import CliRunner

from orchestration import archive, lake
from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.doctor import (
    access,
    examine,
    installation,
    instance,
    locks,
    places,
    received,
    state,
    versions,
)
from orchestration.doctor import release as released
from orchestration.doctor.finding import Finding, Look
from orchestration.settings import PROJECT, Settings
from orchestration.warehouse import manifest
from tests.unit.release.conftest import Home, _home

NOW = datetime(2024, 6, 20, 12)
ARRIVED = datetime(2024, 6, 1, 12)
HOLD = """
import sys
from pathlib import Path
from orchestration.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """A home with three archived files, and a copy of the demonstration state."""
    folder = shutil.copytree(DEMO_STATE, tmp_path / "state")
    settings = Settings.at(tmp_path / "home", folder)
    for n in range(3):
        path = settings.home / "landing" / "01010000" / f"{n}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"bytes %d" % n)
        os.utime(path, (ARRIVED.replace(tzinfo=UTC).timestamp(),) * 2)
    archive.take_in(settings.archive, settings.landing, "submission", NOW)
    return Look(settings, NOW)


def faults(found: list[Finding]) -> str:
    """What is not well, with its fix: every one has one."""
    assert all(f.fix for f in found if f.level != "ok")
    return "\n".join(f"{f.level}: {f.what} -> {f.fix}" for f in found if f.level != "ok")


def test_python_and_packages_that_are_not_those_tested_are_told_apart():
    assert installation.python_version(">=3.11,<3.14", "3.12.1").level == "ok"
    assert "Python is 3.10.2; Interlace needs" in faults(
        [installation.python_version(">=3.11,<3.14", "3.10.2")]
    )
    lock = 'aa==1.0 \\\n    --hash=sha256:00\nbb==2.0 ; python_version < "3" \\\nbb==3.0 ; python_version >= "3"\n'
    locked = installation.locked_versions(lock)
    assert locked == {"aa": {"1.0"}, "bb": {"3.0"}}
    assert faults(installation.against_lock({"aa": "1.0", "bb": "3.0"}, [], locked)) == ""
    said = faults(installation.against_lock({"aa": None, "bb": "2.0"}, ["bb 2.0 (needed: >=3)"], locked))
    assert "problem: 1 packages are missing: aa" in said and "bb 2.0 (needed: >=3)" in said
    assert "warning: 1 packages differ from requirements.lock: bb 2.0 (tested: 3.0)" in said


def test_a_package_that_is_needed_and_one_that_is_not_there_are_found():
    found, misfits = installation.installed_versions(["pytest>=1", "no-such-package-of-anybody"])
    assert found["no-such-package-of-anybody"] is None and found["pluggy"] and misfits == []
    assert installation.installed_versions(["pytest>=10000"])[1][0].startswith("pytest ")


def test_a_folder_that_cannot_be_written_or_reached_is_named(look: Look, tmp_path: Path):
    assert faults(places.places(look)) == ""
    assert not list(look.settings.home.rglob(".tmp-*"))
    (tmp_path / "file").write_text("a file where a folder should be")
    env = {"INTERLACE_LAKE": "gs://bucket/lake", "INTERLACE_RELEASES": str(tmp_path / "file" / "releases")}
    said = faults(places.places(Look(Settings.at(look.settings.home, look.settings.state, env), NOW)))
    assert "lake is at gs://bucket/lake, and the package for that store is missing" in said
    assert "install gcsfs" in said
    assert "releases cannot be written" in said and "INTERLACE_RELEASES" in said


def test_an_address_of_no_known_store_is_told_by_every_command(look: Look, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INTERLACE_LAKE", "nosuchstore://bucket/lake")
    said = CliRunner().invoke(
        app, ["doctor", "--home", str(look.settings.home), "--state", str(look.settings.state)]
    )
    assert said.exit_code == 2 and "INTERLACE_LAKE is nosuchstore://bucket/lake" in said.output


def test_a_home_that_is_not_there_is_one_problem_and_is_not_made(look: Look, tmp_path: Path):
    none = Look(Settings.at(tmp_path / "typo", look.settings.state), NOW)
    said = [(name, f) for name, f in examine.examine(none, {**examine.CHECKS, "installation": lambda _: []})]
    assert [name for name, f in said if f.level == "problem"] == ["folders"]
    assert "there is no home at" in faults([f for _, f in said]) and not (tmp_path / "typo").exists()


def test_a_disk_without_room_for_a_night_is_told(look: Look):
    usage = namedtuple("usage", "total used free")
    gib = places.GIB
    assert faults(places.disk(look, lambda _: usage(100 * gib, 0, 50 * gib))) == ""
    assert faults(places.disk(look, lambda _: usage(10 * gib, 0, gib))) == ""  # exactly what a night needs
    said = faults(places.disk(look, lambda _: usage(10 * gib, 0, gib - 1)))
    assert said.startswith("problem: 1.0 GiB of 10.0 GiB are free") and "make room" in said
    assert faults(places.disk(look, lambda _: usage(100 * gib, 0, 4 * gib))).startswith("warning")


def test_a_home_that_everybody_may_read_is_told(look: Look):
    look.settings.home.chmod(0o750)
    assert faults(access.access(look)) == ""
    look.settings.home.chmod(0o755)
    assert "may read archive" in faults(access.access(look)) and "chmod o-rwx" in faults(access.access(look))


def test_who_holds_the_lock_is_told_and_so_is_a_holder_that_died(look: Look):
    folder = look.settings.warehouse
    assert faults(locks.locks(look)) == ""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT,
    )  # fmt: skip
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        (said,) = locks.locks(look)
        assert said.level == "ok" and f"process {holder.pid} since" in said.what
        # the same lock, seen from where that process is not known: another container or machine
        elsewhere = look.settings.home / "no-processes"
        assert "not of this machine" in faults(locks.locks(look, elsewhere))
    finally:
        holder.kill()
        holder.communicate()
    assert f"the last writer (process {holder.pid}) was killed" in faults(locks.locks(look))


def test_what_a_killed_night_left_is_told(look: Look):
    (look.settings.home / "lake" / "t").mkdir(parents=True)
    (look.settings.home / "lake" / "t" / ".tmp-1").touch()
    process = look.settings.home / "processes" / "4711"
    process.mkdir(parents=True)
    (process / "environ").write_bytes(f"A=1\0DBT_TARGET_PATH={look.settings.warehouse / 'dbt'}\0".encode())
    said = faults(locks.locks(look, process.parent))
    assert "1 half-written files of a killed night are in lake/" in said
    assert "dbt of a killed night is still at work (process 4711)" in said


def test_a_policy_says_each_of_its_mistakes_and_what_it_lacks(look: Look):
    assert [f.level for f in state.policy(look) if f.level == "problem"] == []
    path = look.settings.state / "policy.yaml"
    good = yaml.safe_load(path.read_text(encoding="utf-8"))

    def with_(**changes: object) -> str:
        path.write_text(
            yaml.safe_dump({**good, "parameters": {**good["parameters"], **changes}}), encoding="utf-8"
        )
        return faults([f for f in state.policy(look) if f.level == "problem" or "from" in f.what])

    (due_day, *_) = good["parameters"]["due_day"]
    assert "no_such_thing is not a known parameter" in with_(no_such_thing=[due_day])
    assert "blank citation: due_day" in with_(due_day=[{**due_day, "citation": " "}])
    assert "no value for 2023-24, the running school year: due_day" in with_(
        due_day=[{**due_day, "until": "2023-24"}]
    )
    ends = with_(due_day=[{**due_day, "until": "2024-25"}])
    assert "warning: 1 parameters have no value from 2024-25 on: due_day" in ends and "problem" not in ends
    gap = with_(due_day=[{**due_day, "from": "2015-16", "until": "2018-19"}, {**due_day, "from": "2019-20"}])
    assert "due_day (2018-19 to 2019-20)" in gap


def test_a_feed_mapping_with_a_mistake_and_feeds_that_never_came_are_told(look: Look):
    said = faults(state.feeds(look))
    assert "warning: no file has ever arrived for" in said and "problem" not in said
    path = look.settings.state / "feeds.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    raw["feeds"]["directory"]["colums"] = {}
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    assert "problem: feeds.directory: colums is not a known key" in faults(state.feeds(look))


def snapshot(look: Look, outcome: str, **info: object) -> None:
    """A feeds snapshot whose newest directory had that outcome, and an older one that was loaded."""

    def entry(file: str, outcome: str, message: str) -> dict[str, object]:
        statement = {
            "feed": "directory",
            "source_file": file,
            "received_at": ARRIVED.isoformat(),
            "outcome": outcome,
            "message": message,
        }
        return {"statement": statement, "key": "k"}

    entries = [entry("new.xlsx", outcome, "no column is called School"), entry("old.xlsx", "loaded", "")]
    writer = lake.BatchWriter(look.settings.lake, "20240601T000000-feeds-00000000")
    writer.commit({"kind": "feeds", "entries": entries, **info})


def test_a_feed_whose_newest_file_was_refused_is_stale(look: Look):
    snapshot(look, "loaded")
    assert "stale" not in faults(state.feeds(look))
    snapshot(look, "refused")
    assert "directory (new.xlsx: no column is called School)" in faults(state.feeds(look))


def test_archived_bytes_that_are_lost_or_changed_are_named(look: Look):
    assert faults(received.received(look)) == ""
    lost, changed, _ = archive.arrivals(look.settings.archive, "submission")
    Path(str(archive.blob(look.settings.archive, lost.sha256))).unlink()
    Path(str(archive.blob(look.settings.archive, changed.sha256))).write_bytes(b"other bytes")
    said = faults(received.received(look))
    assert f"the archive has lost 1 files: {lost.path}" in said
    assert f"1 archived files were changed: {changed.path}" in said and "restore" in said


def test_a_list_of_arrivals_that_cannot_be_read_is_a_problem(look: Look):
    next((look.settings.home / "archive" / "arrivals").glob("*.json")).write_text("[{")
    assert "cannot be read" in faults(received.received(look))


def test_the_daily_sample_has_the_newest_and_reaches_every_file_in_time():
    hashes = [f"{n:064x}" for n in range(400)]
    days = [received.sample(hashes, f"2024-06-{d:02d}") for d in range(1, 31)]
    assert all(d[:20] == hashes[:20] and len(d) == 100 for d in days)
    assert set().union(*days) == set(hashes)


def test_a_lake_read_by_other_code_and_another_mapping_is_told(look: Look, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(versions, "is_made", lambda: True)
    assert faults(versions.versions(look)) == ""
    writer = lake.BatchWriter(look.settings.lake, "20240601T000000-submissions-00000000")
    writer.commit({"kind": "submissions", "reader": "other", "submissions": ["a", "b"]})
    snapshot(look, "loaded", mapping_sha256="other")
    said = faults(versions.versions(look))
    assert "2 submissions in the lake were read by other code" in said and "another feeds.yaml" in said


def test_a_parse_of_dbt_that_is_missing_or_cannot_be_written_is_told(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for module in (versions, manifest):
        monkeypatch.setattr(module, "MANIFEST", tmp_path / "project" / "target" / "manifest.json")
    assert "dbt's parse is of another version" in faults(versions.versions(look))
    monkeypatch.setattr(versions.os, "access", lambda *_: False)
    assert "problem: dbt cannot write its parse" in faults(versions.versions(look))


def test_a_release_from_the_future_and_one_of_other_code_are_told(tmp_path: Path):
    home = _home(tmp_path)
    home.night(1)
    said = faults(versions.versions(Look(home.settings, NOW)))
    assert "was made by code v1" in said and "has not come yet" not in said
    assert "has not come yet by this machine's clock" in faults(
        versions.versions(Look(home.settings, datetime(2024, 6, 1)))
    )


def files_of(home: Home) -> Path:
    return home.releases / (home.releases / "current").readlink()


def test_a_release_that_is_gone_or_damaged_is_told(tmp_path: Path):
    home = _home(tmp_path)
    quick, deep = Look(home.settings, NOW), Look(home.settings, NOW, deep=True)
    assert "nothing has been published yet" in faults(released.release(quick))
    home.night(1)
    assert faults(released.release(quick)) == faults(released.release(deep)) == ""
    folder = files_of(home)
    parquet = next(p for p in sorted(folder.rglob("*.parquet")))
    parquet.chmod(0o644)
    parquet.write_bytes(b"other")
    assert faults(released.release(quick)) == ""
    assert "its bytes were changed" in faults(released.release(deep))
    path = folder / "manifest.json"
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_text()), "as_of": "2024-01-01T00:00:00"}))
    assert "its inputs do not give its release_id" in faults(released.release(quick))
    shutil.rmtree(folder)
    assert "which is not there" in faults(released.release(quick))


def test_a_run_that_died_and_one_that_never_ends_are_told(look: Look):
    with dg.DagsterInstance.ephemeral() as found:
        assert faults(instance.runs(found, NOW, held=False)) == ""
        job = dg.Definitions(assets=[asset], jobs=[dg.define_asset_job("nightly")]).resolve_job_def("nightly")
        run = found.create_run_for_job(job, tags={"interlace/writes": "home"})
        started = dg.DagsterEvent(event_type_value="PIPELINE_START", job_name="nightly")
        found.report_dagster_event(started, run_id=run.run_id)
        now = datetime.now(UTC).replace(tzinfo=None)
        assert "but nobody writes to the home: it died" in faults(instance.runs(found, now, held=False))
        assert faults(instance.runs(found, now, held=True)) == ""
        later = now + timedelta(hours=13)
        assert "problem: the run nightly" in faults(instance.runs(found, later, held=True))


def test_a_storage_of_dagster_that_does_not_answer_is_told(look: Look):
    folder = look.settings.dagster_home
    folder.mkdir()
    (folder / "dagster.yaml").write_text("storage: {sqlite: {base_dir: /proc/no}}\n")
    assert "Dagster's storage does not answer" in faults(instance.instance(look))


def test_a_check_that_fails_itself_is_a_problem_and_the_others_still_speak(look: Look):
    def broken(_: Look) -> list[Finding]:
        raise RuntimeError("no idea")

    said = list(examine.examine(look, {"broken": broken, "locks": locks.locks}))
    assert [name for name, _ in said] == ["broken", "locks"]
    assert said[0][1].level == "problem" and "RuntimeError: no idea" in said[0][1].what


def test_the_command_ends_with_1_where_something_is_broken_and_0_where_nothing_is(
    look: Look, monkeypatch: pytest.MonkeyPatch
):
    # the installation that runs the tests is not what is tested here
    for name in ("installation", "versions", "disk"):
        monkeypatch.setitem(examine.CHECKS, name, lambda _: [])
    where = ["doctor", "--home", str(look.settings.home), "--state", str(look.settings.state)]
    sound = CliRunner().invoke(app, where)
    assert sound.exit_code == 0 and "Nothing is broken" in sound.output and "PROBLEM" not in sound.output
    lost = archive.arrivals(look.settings.archive, "submission")[0]
    Path(str(archive.blob(look.settings.archive, lost.sha256))).unlink()
    broken = CliRunner().invoke(app, where)
    assert (
        broken.exit_code == 1
        and f"PROBLEM archive       the archive has lost 1 files: {lost.path}" in broken.output
    )
    assert "Do: restore" in broken.output and "1 to mend" in broken.output


@dg.asset
def asset() -> None:
    """Nothing; a run needs an asset."""
