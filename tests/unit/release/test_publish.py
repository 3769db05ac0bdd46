"""Publishing: what a release holds, and everything that refuses one with the old release untouched."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from datetime import datetime

import duckdb
import pytest

from orchestration.content import mart_contents, parquet_content
from orchestration.errors import BadDataError, BuildError, GateRefusedError
from orchestration.gate.run import run_gate
from orchestration.release.current import read_current
from orchestration.release.verify import verify_release


def test_a_release_holds_the_candidates_marts_and_says_so(home):
    made = home.night(1)
    folder = home.releases / made.release_id
    wanted = mart_contents(home.candidate)
    assert made.is_new and made.previous is None and dict(made.marts) == wanted
    assert mart_contents(folder / "internal" / "marts.duckdb", schema="main") == wanted
    assert {m: parquet_content(folder / "internal" / "parquet" / f"{m}.parquet") for m in wanted} == wanted
    assert read_current(home.releases) == made.release_id
    assert (home.releases / "current").resolve() == folder
    assert verify_release(folder) == []
    assert sorted(p.name for p in folder.iterdir()) == [
        "gate.json",
        "internal",
        "manifest.json",
    ]


def test_the_manifest_names_inputs_marts_gate_and_files(home):
    first = home.night(1)
    made = home.night(2)
    manifest = json.loads((home.releases / "current" / "manifest.json").read_text())
    assert manifest["release_id"] == made.release_id
    assert made.release_id.startswith("20240603T000000Z-") and len(made.release_id) == 25
    assert manifest["as_of"] == "2024-06-03T00:00:00" and made.as_of == datetime(2024, 6, 3)
    assert manifest["inputs"] == {"archive_sha256": "a1", "code_version": "v1", "policy_sha256": "p1"}
    assert manifest["state"] == "Demo"
    assert manifest["previous_release_id"] == first.release_id == made.previous
    assert manifest["gate"] == {"passed": True, "checks": 2, "checks_passed": 2, "suites": 2}
    assert {m: v["rows"] for m, v in manifest["marts"].items()} == {"dim_school": 30, "fct_status": 90}
    assert set(manifest["files"]) >= {
        "internal/marts.duckdb",
        "internal/parquet/dim_school.parquet",
        "gate.json",
        "internal/data_docs/index.html",
    }


def test_analysts_find_tables_by_bare_name_in_order_of_the_key_and_with_comments(home):
    home.night(1)
    with duckdb.connect(str(home.releases / "current" / "internal" / "marts.duckdb"), read_only=True) as c:
        keys = c.execute("select org_id, period from fct_status").fetchall()
        table = c.execute("select comment from duckdb_tables() where table_name = 'dim_school'").fetchone()
        column = c.execute("select comment from duckdb_columns() where column_name = 'budget'").fetchone()
    assert keys == sorted(keys)
    assert table == ("Grain: one row per school. It's the directory.",)
    assert column == ("Budget [USD]",)


def test_the_dictionary_has_a_row_per_column_with_the_types_of_the_release(home):
    home.night(1)
    folder = home.releases / "current" / "internal" / "dictionary"
    rows = list(csv.DictReader((folder / "dictionary.csv").open(newline="")))
    assert len(rows) == 2 + 8
    assert rows[0] == {
        "mart": "dim_school",
        "grain": "one row per school",
        "column": "org_id",
        "type": "VARCHAR",
        "meaning": "The school's ID, as text",
        "unit": "",
    }
    whole = json.loads((folder / "dictionary.json").read_text())
    assert whole["fct_status"]["key"] == ["org_id", "period"]
    assert whole["fct_status"]["rows"] == 90


def test_files_are_read_only(home):
    made = home.night(1)
    modes = {
        stat.S_IMODE(p.stat().st_mode) for p in (home.releases / made.release_id).rglob("*") if p.is_file()
    }
    assert modes == {0o444}


def test_the_same_content_is_the_same_release_and_nothing_is_written_again(home):
    first = home.night(1)
    before = home.snapshot()
    again = home.night(1)  # built anew, in a file of another layout
    assert again.release_id == first.release_id and not again.is_new
    assert home.snapshot() == before


def test_the_same_content_published_after_another_moves_current_back(home):
    first = home.night(1)
    second = home.night(2)
    again = home.night(1)
    assert not again.is_new and again.previous == second.release_id
    assert read_current(home.releases) == first.release_id


@pytest.mark.parametrize("fact", ["code_version", "policy_sha256", "archive_sha256", "as_of"])
def test_another_input_is_another_release_even_with_the_same_rows(home, fact):
    first = home.night(1)
    value = "timestamp '2025-01-01'" if fact == "as_of" else "'other'"
    assert home.night(1, f"update lake.run set {fact} = {value}").release_id != first.release_id


def refuse_by_verdict(home):
    home.pass_gate("rpt_x: rate must be at most 1: 3 of 20 rows fail")
    return "rate must be at most 1: 3 of 20 rows fail"


def refuse_by_a_mart(home):
    raw = json.loads(home.record.read_text())
    raw["marts"][0]["passed"] = False
    home.record.write_text(json.dumps(raw))
    return "the gate refused"


def refuse_without_record(home):
    home.record.unlink()
    return "has not been through the gate"


def refuse_a_broken_record(home):
    home.record.write_text(home.record.read_text()[:100])
    return "cannot be understood"


def refuse_a_record_of_another_kind(home):
    home.record.write_text('{"passed": true}')
    return "cannot be understood"


def refuse_a_record_that_only_seems_to_pass(home):
    raw = json.loads(home.record.read_text())
    home.record.write_text(json.dumps({**raw, "passed": "yes"}))
    return "the gate refused"


def refuse_the_record_of_another_candidate(home):
    home.build(3)
    home.pass_gate()
    home.build(2)
    return "different: dim_school, fct_status"


def refuse_a_candidate_changed_after_the_gate(home):
    with duckdb.connect(str(home.candidate)) as c:
        c.execute(
            "update marts.fct_status set budget = budget + 0.01 where org_id = '0003' and period = '2024-01'"
        )
    return "different: fct_status"


def refuse_a_candidate_with_another_mart(home):
    with duckdb.connect(str(home.candidate)) as c:
        c.execute("create table marts.unseen as select 1 as x")
    return "different: unseen"


def refuse_a_candidate_of_other_inputs(home):
    with duckdb.connect(str(home.candidate)) as c:
        c.execute("update lake.run set code_version = 'v2'")
    return "different: what it was made from"


def refuse_without_data_docs(home):
    shutil.rmtree(home.docs)
    return "Data Docs are not at"


@pytest.mark.parametrize(
    "fault",
    [
        refuse_by_verdict, refuse_by_a_mart, refuse_without_record, refuse_a_broken_record,
        refuse_a_record_of_another_kind, refuse_a_record_that_only_seems_to_pass,
        refuse_the_record_of_another_candidate, refuse_a_candidate_changed_after_the_gate,
        refuse_a_candidate_with_another_mart, refuse_a_candidate_of_other_inputs, refuse_without_data_docs,
    ],
)  # fmt: skip
def test_what_the_gate_did_not_pass_is_refused_and_the_old_release_stands(home, fault):
    home.night(1)
    before = home.snapshot()
    home.build(2)
    home.pass_gate()
    said = fault(home)
    with pytest.raises(GateRefusedError, match=said):
        home.publish()
    assert home.snapshot() == before


def test_a_candidate_that_cannot_be_read_is_refused_and_the_old_release_stands(home):
    home.night(1)
    before = home.snapshot()
    home.candidate.write_bytes(b"no database" * 100)
    with pytest.raises(BadDataError, match="cannot be read; build it again"):
        home.publish()
    assert home.snapshot() == before


def test_a_type_that_parquet_does_not_keep_is_refused_by_name(home):
    home.night(1)
    before = home.snapshot()
    with pytest.raises(BuildError, match=r"dim_school has other columns .*DOUBLE.* instead of .*HUGEINT"):
        home.night(
            2, "create or replace table marts.dim_school as select sum(night) as total from marts.dim_school"
        )
    assert home.snapshot() == before


def test_a_damaged_release_is_moved_aside_and_published_anew(home):
    made = home.night(1)
    file = home.releases / made.release_id / "internal" / "parquet" / "dim_school.parquet"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1])
    again = home.night(1)
    assert again.is_new and again.release_id == made.release_id
    assert verify_release(home.releases / made.release_id) == []
    assert read_current(home.releases) == made.release_id
    aside = home.releases / f"{made.release_id}.damaged-1"
    assert any("dim_school.parquet is not as it was published" in p for p in verify_release(aside))
    (home.releases / made.release_id / "gate.json").unlink()
    home.night(1)
    assert (home.releases / f"{made.release_id}.damaged-2").is_dir()


def test_what_a_killed_publication_left_is_cleared(home):
    home.night(1)
    left = home.releases / ".tmp-20240601-dead"
    (left / "parquet").mkdir(parents=True)
    (left / "marts.duckdb").write_text("half")
    (home.releases / ".tmp-link").symlink_to("nowhere")
    home.night(2)
    assert not list(home.releases.glob(".tmp-*"))


def test_a_night_through_the_real_gate_is_published(home, tmp_path):
    suites = tmp_path / "expectations"
    suites.mkdir()
    for mart in ("dim_school", "fct_status"):
        (suites / f"{mart}.yaml").write_text(
            f"mart: {mart}\nexpectations:\n  - type: expect_column_values_to_not_be_null\n"
            "    kwargs: {column: org_id}\n    notes: the key\n"
        )
    home.build(1)
    run_gate(home.candidate, suites, ["dim_school", "fct_status"], home.record, home.docs)
    made = home.publish()
    assert verify_release(home.releases / made.release_id) == []
    (suites / "dim_school.yaml").unlink()
    home.build(2)
    run_gate(home.candidate, suites, None, home.record, home.docs)
    with pytest.raises(GateRefusedError, match="dim_school: the mart has no suite"):
        home.publish()
    assert read_current(home.releases) == made.release_id
