"""A fault planted in each place: the old release stands byte for byte, the message names the cause, and
the next night repairs.

"Repairs" means: what it publishes equals, mart by mart, what a night without the fault published.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from nights import (
    KILL_AT,
    LEA,
    UNREADABLE,
    command_line,
    copy_home,
    copy_project,
    home_after_first_night,
    home_after_second_night,
    killed_night,
    manifest,
    night,
    settings_of,
    standing,
    tree,
)

from orchestration import lake
from orchestration.content import candidate_sha256, mart_contents, read_run
from orchestration.disclosure.declaration import public_marts
from orchestration.errors import GateRefusedError
from orchestration.gate.record import read_record, write_record
from orchestration.gate.run import run_gate
from orchestration.gate.verdict import MartVerdict
from orchestration.release.publish import publish
from orchestration.release.verify import verify_release
from orchestration.settings import EXPECTATIONS, Settings
from orchestration.storage import read_json
from orchestration.warehouse.dictionary import mart_dictionary
from orchestration.warehouse.manifest import ensure_manifest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release, to which new files have come."""
    return copy_home(home_after_first_night(tmp_path_factory)[0], tmp_path / "home")


@pytest.fixture
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The home after a second night without faults, and what that night said."""
    return home_after_second_night(tmp_path_factory)


def test_an_unreadable_workbook_is_refused_with_a_receipt_and_the_night_publishes_the_rest(undisturbed):
    home, said = undisturbed
    assert "4 accepted" in said and "1 refused" in said
    (receipt,) = [
        r
        for p in (home / "outbox" / LEA).rglob("receipt-*.json")
        if (r := read_json(p))["file"] == UNREADABLE
    ]
    assert receipt["outcome"] == "refused" and receipt["rows_accepted"] == 0
    assert receipt["refused_because"]
    with duckdb.connect(
        str(home / "releases" / "current" / "internal" / "marts.duckdb"), read_only=True
    ) as marts:
        outcomes = dict(
            marts.execute("select file_name, outcome from fct_submission where lea_id = ?", [LEA]).fetchall()
        )
        assert outcomes.pop(UNREADABLE) == "refused"
        assert set(outcomes.values()) == {"accepted"} and len(outcomes) >= 2
        (states,) = marts.execute(
            "select count(*) from fct_action_status where lea_id = ? and is_reported", [LEA]
        ).fetchone()
        assert states > 0


def plant_designation_twice(settings: Settings) -> Path:
    """Commit a batch that holds a designation twice, as a faulty loader would; the batch's manifest."""
    part = lake.parts(settings.lake)["feed__designations"][0]
    row = pq.read_table(str(part)).slice(0, 1)
    writer = lake.BatchWriter(settings.lake, "20231101T000000-planted")
    writer.write("feed__designations", pa.concat_tables([row, row]))
    writer.commit({"kind": "planted"})
    return settings.home / "lake" / "_batches" / "20231101T000000-planted.json"


def add_expectation(suites: Path, mart: str, **expectation: Any) -> None:
    """Append an expectation to a mart's suite."""
    path = suites / f"{mart}.yaml"
    suite = yaml.safe_load(path.read_text(encoding="utf-8"))
    suite["expectations"].append({**expectation, "notes": "planted by a test"})
    path.write_text(yaml.safe_dump(suite), encoding="utf-8")


def release_alone(settings: Settings) -> tuple[bool, str]:
    """A run of the asset `release` by itself, as a person starts it in the UI; its success and its failures."""
    import dagster as dg

    from orchestration.build_defs import build_defs

    job = build_defs(settings).resolve_job_def("nightly")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey("release")], raise_on_error=False
        )
    failures = [e.step_failure_data for e in result.all_events if e.is_step_failure]
    return result.success, "\n".join(f"{f.error} {f.user_failure_data}" for f in failures)


def test_a_failed_dbt_test_and_failed_and_raising_expectations_refuse_and_the_next_night_repairs(
    home: Path, tmp_path: Path, undisturbed
):
    settings = settings_of(home)
    before = standing(home)

    planted = plant_designation_twice(settings)
    result, said = night(home)
    assert result.code == 1
    assert "stg_feed__designations" in said and "holds_contract" in said, said
    assert "marked_files" in result.metadata  # senders get their answers in a refused night, too
    assert f"release {manifest(home)['release_id']} stands" in said
    assert standing(home) == before
    done, why = release_alone(settings)
    assert not done and "gate" in why and standing(home) == before
    planted.unlink()

    project = copy_project(tmp_path / "project")
    suites = project / "expectations"
    add_expectation(
        suites, "dim_organization", type="expect_table_row_count_to_be_between", kwargs={"max_value": 1}
    )
    query = {
        "unexpected_rows_query": "select no_such_column from {batch}",
        "description": "cannot be evaluated",
    }
    add_expectation(suites, "fct_submission", type="unexpected_rows_expectation", kwargs=query)
    refused = command_line("nightly", home, project=project)
    assert refused.code == 1, refused.text
    assert "Refused" in refused.text
    reasons = [line for line in refused.text.splitlines() if line.startswith("  - ")]
    (failed,) = [r for r in reasons if "dim_organization" in r]
    assert "number of rows must be at most 1" in failed
    (raised,) = [r for r in reasons if "fct_submission" in r]
    assert "no_such_column" in raised or "could not be evaluated" in raised, raised
    # whoever must know is told of it, with the cause and what to do
    (alert,) = [t for p in settings.alerts.glob("*.txt") if "the night was refused" in (t := p.read_text())]
    assert "number of rows must be at most 1" in alert
    assert (
        "Do: Read the note of the check" in alert
        and f"release {manifest(home)['release_id']} stands" in alert
    )
    assert standing(home) == before
    assert read_record(settings.gate_record).passed is False
    done, why = release_alone(settings)
    assert not done and "the gate refused the candidate" in why and "dim_organization" in why
    assert standing(home) == before

    # one that raises is enough by itself, whatever else passes
    raising = tmp_path / "raising"
    raising.mkdir()
    for path in EXPECTATIONS.glob("*.yaml"):
        (raising / path.name).write_bytes(path.read_bytes())
    add_expectation(raising, "fct_submission", type="unexpected_rows_expectation", kwargs=query)
    marts = sorted(mart_contents(settings.build_file))
    public = public_marts(mart_dictionary(ensure_manifest()))
    verdict = run_gate(
        settings.build_file, raising, marts, settings.gate_record, settings.data_docs, public=public
    )
    assert not verdict.passed and len(verdict.problems) == 1 and "fct_submission" in verdict.problems[0]
    with pytest.raises(GateRefusedError, match="fct_submission"):
        publish(settings, settings.build_file, settings.gate_record, settings.data_docs, {})
    assert standing(home) == before

    result, said = night(home)
    assert result.code == 0, said
    assert list(result.metadata)[-2:] == ["release", "marked_files"]  # the release does not wait for marking
    assert manifest(home)["marts"] == manifest(undisturbed[0])["marts"]
    assert {k: v for k, v in standing(home).items() if k in before and k != "current"} == {
        k: v for k, v in before.items() if k != "current"
    }


def test_nights_killed_in_each_room_leave_the_old_release_and_the_next_night_repairs(home: Path, undisturbed):
    settings = settings_of(home)
    before = standing(home)
    submissions_before = len(lake.batches(settings.lake))
    for room in KILL_AT:
        killed_night(home, room)
        assert standing(home) == before, f"killed in {room}"
        if room == "intake":
            assert len(lake.batches(settings.lake)) == submissions_before
            named = {
                str(p)
                for paths in lake.parts(settings.lake, lake.batches(settings.lake)).values()
                for p in paths
            }
            unfinished = {str(p) for p in (home / "lake").glob("*__*/*.parquet")} - named
            assert unfinished, "it was to be killed with parts in the lake that no batch names"
        else:
            # the night before was killed in intake; this one went on from there
            assert set(tree(home / "lake")) == set(tree(undisturbed[0] / "lake"))
        assert settings.gate_record.exists() == (room in ("intake", "publish"))  # intake: of the first night
    result, said = night(home)
    assert result.code == 0, said
    assert manifest(home)["marts"] == manifest(undisturbed[0])["marts"]
    assert not list((home / "releases").glob(".tmp-*"))
    assert not list((home / "lake").rglob(".tmp-*"))
    assert set(tree(home / "outbox")) == set(tree(undisturbed[0] / "outbox"))


READER = """
import json, sys
from pathlib import Path
import duckdb
releases, stop = Path(sys.argv[1]), Path(sys.argv[2])
sql = '''
    select distinct o.org_name, s.file_name, (select count(*) from {actions})
    from {organizations} o cross join {submissions} s
'''
names = {"organizations": "dim_organization", "submissions": "fct_submission", "actions": "fct_action_status"}
seen, queries = [], 0
longest = duckdb.connect(str(releases / "current" / "internal" / "marts.duckdb"), read_only=True)
first = longest.execute(sql.format(**names)).fetchall()
print("ready", flush=True)
last = False
while not last:
    last = stop.exists() and queries >= 20  # so the last round begins after the last publication
    with duckdb.connect(str(releases / "current" / "internal" / "marts.duckdb"), read_only=True) as c:
        a = c.execute(sql.format(**names)).fetchall()
    folder = (releases / "current").resolve()
    as_of = json.loads((folder / "manifest.json").read_bytes())["as_of"]
    b = duckdb.sql(sql.format(**{k: f"'{folder}/internal/parquet/{v}.parquet'" for k, v in names.items()})).fetchall()
    for rows in (a, b):
        assert len(rows) == 1 and rows[0][0] == rows[0][1] and rows[0][2] > 0, rows
        queries += 1
        if rows[0][0] not in seen: seen.append(rows[0][0])
    assert b[0][0] == as_of, (b, as_of)
assert longest.execute(sql.format(**names)).fetchall() == first
print(queries, *seen)
"""


def publish_next_night(settings: Settings) -> None:
    """Publish the candidate as that of the next day, with its time written into two marts, as the gate would pass it."""
    verdict = read_record(settings.gate_record)
    with duckdb.connect(str(settings.build_file)) as db:
        db.execute("update lake.run set as_of = as_of + interval 1 day")
        as_of = read_run_time(db)
        db.execute("update marts.dim_organization set org_name = ?", [as_of])
        db.execute("update marts.fct_submission set file_name = ?", [as_of])
    contents, run = mart_contents(settings.build_file), read_run(settings.build_file)
    checks = {m.mart: m.checks for m in verdict.marts}
    marts = tuple(MartVerdict(m, True, c.rows, c.sha256, checks[m]) for m, c in contents.items())
    judged = replace(verdict, as_of=run.as_of, marts=marts, candidate_sha256=candidate_sha256(contents, run))
    write_record(settings.gate_record, judged)
    publish(settings, settings.build_file, settings.gate_record, settings.data_docs, {})


def read_run_time(db: duckdb.DuckDBPyConnection) -> str:
    """The candidate's as-of time as the manifest writes it."""
    found = db.execute("select as_of from lake.run").fetchone()
    assert found is not None
    return found[0].isoformat()


def test_a_reader_in_another_process_sees_one_release_or_the_next_through_ten_publications(
    home: Path, tmp_path: Path
):
    settings = settings_of(home)
    publish_next_night(settings)
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(home / "releases"), str(stop)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdout is not None and reader.stdout.readline() == "ready\n"
    for _ in range(10):
        publish_next_night(settings)
    stop.touch()
    out, err = reader.communicate(timeout=120)
    assert reader.returncode == 0, err
    queries, *seen = out.split()
    assert int(queries) >= 20 and seen == sorted(seen) and len(seen) > 3
    assert seen[-1] == manifest(home)["as_of"]
    assert verify_release(home / "releases" / manifest(home)["release_id"]) == []
