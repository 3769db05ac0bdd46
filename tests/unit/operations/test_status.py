"""What a home says of itself: its nights, what waits, who has reported."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from orchestration import archive, lake
from orchestration.assets.faults import permanent_faults
from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import BadDataError
from orchestration.operations.nights import nights_of
from orchestration.operations.reporting import Reporting, last_due_and_open, reporting
from orchestration.operations.status import as_json, lines, metrics, status_of
from orchestration.operations.waiting import Decided, new_files, refused_and_not_mended
from orchestration.release.current import move_current
from orchestration.settings import Settings

NOW = datetime(2024, 6, 20, 12)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with two submissions, one of them refused."""
    made = Settings.at(tmp_path / "home", DEMO_STATE)
    drop(made, "landing/01010000/good.xlsx", b"good", NOW - timedelta(days=3))
    drop(made, "landing/01020000/bad.xlsx", b"bad", NOW - timedelta(days=2))
    archive.take_in(made.archive, made.landing, "submission", NOW)
    return made


def drop(settings: Settings, path: str, data: bytes, at: datetime) -> Path:
    file = settings.home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (at.replace(tzinfo=UTC).timestamp(),) * 2)
    return file


def into_lake(settings: Settings, outcomes: dict[str, str]) -> None:
    """Commit what intake would say of the archived submissions."""
    rows = [
        {
            "submission_id": f"{a.folder}-{a.sha256[:12]}", "lea_id": a.folder, "received_at": a.received_at,
            "file_name": a.name, "outcome": outcomes[a.name], "period": "2024-05", "rows_read": 10, "rows_rejected": 0,
            "refused_because": "It is not a workbook." if outcomes[a.name] == "refused" else None,
        }
        for a in archive.arrivals(settings.archive, "submission")
    ]  # fmt: skip
    schema = lake.arrow_schema("intake__submissions")
    full = [{name: row.get(name) for name in schema.names} for row in rows]
    writer = lake.BatchWriter(settings.lake, "20240620T000000-submissions-00000000")
    writer.write("intake__submissions", pa.Table.from_pylist(full, schema))
    writer.commit({"kind": "submissions", "submissions": [r["submission_id"] for r in rows], "reader": "x"})


def publish(settings: Settings, months: dict[str, dict[str, str]]) -> None:
    """A release with nothing but who has reported: by month, LEA -> status."""
    rows = [
        {"lea_id": lea, "period": period, "due_on": date.fromisoformat(f"{period}-28"), "is_expected": True, "status": status}
        for period, leas in months.items()
        for lea, status in leas.items()
    ]  # fmt: skip
    folder = settings.home / "releases" / "20240620T000000Z-00000000" / "internal" / "parquet"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "rpt_submission_completeness.parquet")
    move_current(settings.releases, "20240620T000000Z-00000000")


def text(settings: Settings) -> str:
    return "\n".join(lines(status_of(settings, NOW)))


def test_a_new_home_says_that_there_is_nothing_yet(tmp_path: Path):
    home = Settings.at(tmp_path, DEMO_STATE)
    said = text(home)
    assert "Nights    none yet" in said and "Release   none yet" in said and "Landing   nothing waits" in said
    assert "never came: " in said


def test_what_waits_is_told_and_what_was_taken_in_before_is_not(settings: Settings):
    into_lake(settings, {"good.xlsx": "accepted", "bad.xlsx": "refused"})
    assert "Landing   nothing waits" in text(settings)
    drop(settings, "landing/01010000/good.xlsx", b"good", NOW - timedelta(hours=1))  # touched, the same bytes
    drop(settings, "landing/01030000/new.xlsx", b"new", NOW)
    drop(settings, "landing/01030000/upload.xlsx.part", b"half", NOW)
    drop(settings, "feeds/directory.xlsx", b"feed", NOW)
    said = text(settings)
    assert "Landing   1 files wait (taken in by the next night): 01030000/new.xlsx" in said
    assert "Feeds     1 files wait (taken in by the next night): directory.xlsx" in said
    drop(settings, "landing/01010000/good.xlsx", b"goof", NOW)  # the same length, other bytes
    assert set(new_files(settings.landing, settings.archive, "submission")) == {
        "01030000/new.xlsx",
        "01010000/good.xlsx",
    }


def test_an_archived_file_that_was_never_decided_is_told(settings: Settings):
    assert "2 files wait (in the archive, not yet answered): 01010000/good.xlsx" in text(settings)


def test_a_refused_file_is_told_until_the_lea_sends_something_better(settings: Settings):
    into_lake(settings, {"good.xlsx": "accepted", "bad.xlsx": "refused"})
    assert "01020000/bad.xlsx: It is not a workbook." in text(settings)

    def sent(lea: str, hour: int, outcome: str) -> Decided:
        return Decided(f"{lea}{hour}", lea, None, datetime(2024, 6, 1, hour), "f", outcome, None, 1, 0)

    history = [
        sent("a", 1, "refused"),
        sent("a", 2, "accepted"),
        sent("b", 1, "accepted_with_rejects"),
        sent("b", 2, "refused"),
    ]
    assert [d.submission_id for d in refused_and_not_mended(history)] == ["b2"]


def test_who_has_reported_is_told_for_the_month_that_was_due_and_the_open_one(settings: Settings):
    publish(
        settings,
        {
            "2024-04": {"01010000": "missing"},
            "2024-05": {"01010000": "on_time", "01020000": "refused_only", "01030000": "late"},
            "2024-06": {"01010000": "on_time", "01020000": "not_yet_due"},
        },
    )
    said = text(settings)
    assert "2024-05 (was due 2024-05-28): 2 of 3 LEAs have reported; missing: 01020000" in said
    assert (
        "2024-06 (due 2024-06-28): 1 of 2 LEAs have reported; missing: 01020000" in said
        and "2024-04" not in said
    )
    assert reporting(settings)[1].refused_only == ("01020000",)


def test_a_report_is_due_on_its_last_day_and_was_due_the_day_after():
    month = Reporting("2024-05", date(2024, 6, 15), 1, (), ())
    assert not month.is_due(date(2024, 6, 15)) and month.is_due(date(2024, 6, 16))
    assert last_due_and_open([month], datetime(2024, 4, 1)) == []  # its month has not begun


def test_json_and_metrics_say_the_same(settings: Settings):
    into_lake(settings, {"good.xlsx": "accepted", "bad.xlsx": "refused"})
    publish(settings, {"2024-05": {"01010000": "on_time", "01020000": "missing"}})
    status = status_of(settings, NOW)
    told = json.loads(json.dumps(as_json(status)))
    assert told["release_as_of"] == "2024-06-20T00:00:00" and told["months"][0]["reported"] == 1
    figures = list(metrics(status))
    assert "interlace_release_age_seconds 43200" in figures and "interlace_files_refused 1" in figures
    assert 'interlace_leas_expected{period="2024-05"} 2' in figures
    assert not [f for f in figures if f.startswith("interlace_last_night")]  # there was none


def test_the_command_refuses_a_home_that_is_not_there_and_an_unknown_format(
    settings: Settings, tmp_path: Path
):
    def run(*arguments: str) -> tuple[int, str]:
        said = CliRunner().invoke(app, ["status", "--state", str(DEMO_STATE), *arguments])
        return said.exit_code, said.output

    code, said = run("--home", str(tmp_path / "typo"))
    assert code == 2 and "there is no home at" in said and not (tmp_path / "typo").exists()
    assert run("--home", str(settings.home), "--format", "xml")[0] == 2
    code, said = run("--home", str(settings.home), "--format", "json")
    assert code == 0 and json.loads(said)["undecided"] == ["01010000/good.xlsx", "01020000/bad.xlsx"]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(instance: dg.DagsterInstance, asset: Any, checks: Any = ()) -> None:
    """A job `nightly` of one asset."""
    job = dg.define_asset_job("nightly")
    definitions = dg.Definitions(assets=[asset], asset_checks=checks, jobs=[job])
    definitions.resolve_job_def("nightly").execute_in_process(instance=instance, raise_on_error=False)


def test_past_nights_say_what_came_of_them_and_why(instance: dg.DagsterInstance):
    @dg.asset
    def release() -> None:
        """All is well."""

    @dg.asset(name="release")
    def lost() -> None:
        with permanent_faults():
            raise BadDataError("the archive has lost 01/a.xlsx")

    @dg.asset_check(asset="release", blocking=True, name="gate")
    def gate() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            passed=False, metadata={"problems": dg.MetadataValue.md("- fct_x: at most 1 row")}
        )

    run(instance, release)
    run(instance, lost)
    run(instance, release, [gate])
    now = datetime.now(UTC).replace(tzinfo=None)
    refused, failed, published = nights_of(instance, now, held=False)
    assert published.outcome == "published" and published.reasons == () and published.seconds < 60
    assert failed.outcome == "could not run" and failed.reasons == (
        "release: the archive has lost 01/a.xlsx",
    )
    assert refused.outcome == "refused" and refused.reasons == ("fct_x: at most 1 row",)
    assert [n.outcome for n in nights_of(instance, now, held=False, most=1)] == ["refused"]


def test_a_night_that_runs_is_running_while_the_home_is_held_and_killed_when_it_is_not(
    instance: dg.DagsterInstance,
):
    @dg.asset
    def release() -> None:
        """Nothing."""

    job = dg.Definitions(assets=[release], jobs=[dg.define_asset_job("nightly")]).resolve_job_def("nightly")
    made = instance.create_run_for_job(job)
    started = dg.DagsterEvent(event_type_value="PIPELINE_START", job_name="nightly")
    instance.report_dagster_event(started, run_id=made.run_id)
    later = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=10)
    (night,) = nights_of(instance, later, held=True)
    assert night.outcome == "running" and 590 < night.seconds < 700
    assert nights_of(instance, later, held=False)[0].outcome == "killed"
    instance.report_run_failed(made, "The process of this run was killed; a later night found it.")
    (night,) = nights_of(instance, later, held=False)
    assert night.outcome == "killed" and "was killed" in night.reasons[0]
