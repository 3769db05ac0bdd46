"""What changed between two releases: rows by key, key figures, and the submissions that caused them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.release.certification import certify
from orchestration.release.contract import Announcement, Contract

FIGURES = {
    "fct_rate": {
        "description": "Rates", "grain": "one row per LEA, practice and month", "key": ["scope", "code", "period"],
        "columns": {}, "key_figures": [
            {"figure": "on_time", "title": "Done on time", "unit": "share", "by": "lea", "id": "scope",
             "span": "period", "where": {"code": "all"}},
            {"figure": "on_time", "title": "Done on time", "unit": "share", "by": "practice", "id": "code",
             "span": "period", "where": {"scope": "state"},
             "contributors": {"lea_id": "scope", "where": {"level": "lea"}}},
        ],
    },
    "fct_submission": {
        "description": "Files", "grain": "one row per file", "key": ["submission_id"], "columns": {},
    },
}  # fmt: skip
RATES = """
create table marts.fct_rate as select * from (values
    ('0001', 'lea', 'all', '2024-01', '2023-24', 0.5), ('0002', 'lea', 'all', '2024-01', '2023-24', 0.5),
    ('0001', 'lea', '1A', '2024-01', '2023-24', 0.5), ('0002', 'lea', '1A', '2024-01', '2023-24', 0.5),
    ('state', 'state', '1A', '2024-01', '2023-24', 0.5), ('0001', 'lea', 'all', '2023-05', '2022-23', 0.25)
) t(scope, level, code, period, school_year, on_time)
"""
FILES = """
create table marts.fct_submission as select * from (values
    ('0001-aa', '0001', '2024-01', '2023-24', timestamp '2024-02-01', 'accepted', 'january.xlsx', false, 0),
    ('0002-bb', '0002', '2024-01', '2023-24', timestamp '2024-02-01', 'accepted', 'january.xlsx', false, 0)
) t(submission_id, lea_id, period, school_year, received_at, outcome, file_name, is_withdrawn, rows_rejected)
"""
CORRECTION = (
    "insert into marts.fct_submission values ('0001-cc', '0001', '2024-01', '2023-24', timestamp '2024-06-02', "
    "'accepted_with_rejects', 'corrected.xlsx', false, 2)"
)
MOVE = "update marts.fct_rate set on_time = 0.75 where period = '2024-01' and scope in ('0001', 'state')"


def changes_of(home, made) -> dict:
    return json.loads((home.releases / made.release_id / "changes.json").read_text())


def night(home, number, *statements, **options):
    home.build(number, RATES, FILES, *statements)
    home.pass_gate()
    return home.publish_as(FIGURES, **options)


def test_planted_additions_removals_and_corrections_are_counted_by_key(home):
    first = home.night(1)
    assert changes_of(home, first)["not_compared"] == "this is the first release"
    page = (home.releases / first.release_id / "index.html").read_text()
    assert "Nothing to compare: this is the first release." in page
    made = home.night(
        1,
        "update lake.run set as_of = timestamp '2024-07-01'",
        "delete from marts.fct_status where org_id = '0004' and period = '2024-01'",
        "insert into marts.fct_status select '9999', period, night, due_on, budget, is_due, note, received_at "
        "from marts.fct_status where org_id = '0001'",
        "update marts.fct_status set budget = budget + 1, note = 'x' where org_id = '0002' and period = '2024-02'",
    )
    found = changes_of(home, made)
    assert list(found["marts"]) == ["fct_status"] and found["n_same"] == 1
    assert found["marts"]["fct_status"] == {
        "before": 90, "after": 92, "added": 3, "removed": 1, "changed": 1, "columns": {"budget": 1, "note": 1},
    }  # fmt: skip
    assert found["schema"] == []


def test_a_null_that_becomes_a_value_is_a_change_and_a_null_in_the_key_still_matches(home):
    home.night(1, "update marts.fct_status set period = null where org_id = '0005' and period = '2024-01'")
    made = home.night(
        1,
        "update marts.fct_status set period = null where org_id = '0005' and period = '2024-01'",
        "update marts.fct_status set note = '' where org_id = '0005'",
    )
    rows = changes_of(home, made)["marts"]["fct_status"]
    assert (rows["added"], rows["removed"], rows["changed"], rows["columns"]) == (0, 0, 3, {"note": 3})


def test_a_retyped_column_is_told_and_its_rows_are_compared_as_text(home):
    contract = Contract("1.0", (Announcement("dim_school", "night", "retyped", "2.0", to="VARCHAR"),))
    home.night(1, contract=contract)
    made = home.night(
        1,
        "alter table marts.dim_school alter night type varchar",
        "update marts.dim_school set night = 'one' where org_id = '0001'",
        contract=Contract("2.0"),
    )
    found = changes_of(home, made)
    assert found["schema"] == [
        {"mart": "dim_school", "column": "night", "change": "retyped", "before": "BIGINT", "after": "VARCHAR"}
    ]
    assert found["marts"]["dim_school"]["changed"] == 1
    assert (found["from"]["contract"], found["to"]["contract"]) == ("1.0", "2.0")


def test_the_submission_that_moved_a_figure_is_named(home):
    night(home, 1)
    made = night(home, 2, CORRECTION, MOVE, "update lake.run set archive_sha256 = 'a2'")
    found = changes_of(home, made)
    assert found["inputs"] == {"archive_sha256": True, "code_version": False, "policy_sha256": False}
    assert [(s["submission_id"], s["what"], s["rows_rejected"]) for s in found["submissions"]] == [
        ("0001-cc", "received", 2)
    ]
    moved = {(m["by"], m["id"], m["span"]): m for m in found["figures"]["moved"]}
    assert set(moved) == {("lea", "0001", "2024-01"), ("practice", "1A", "2024-01")}
    lea, practice = moved["lea", "0001", "2024-01"], moved["practice", "1A", "2024-01"]
    assert (lea["before"], lea["after"], lea["submissions"]) == (0.5, 0.75, ["0001-cc"])
    assert (practice["leas"], practice["submissions"]) == (["0001"], ["0001-cc"])
    text = (home.releases / made.release_id / "index.html").read_text()
    assert "50.0 %" in text and "75.0 %" in text and "corrected.xlsx" in text and "0001-cc" in text


def test_a_withdrawal_is_a_cause_too(home):
    night(home, 1)
    made = night(
        home, 2, "update marts.fct_submission set is_withdrawn = true where submission_id = '0002-bb'",
        "update marts.fct_rate set on_time = null where scope = '0002' and code = 'all'",
    )  # fmt: skip
    found = changes_of(home, made)
    assert [(s["submission_id"], s["what"]) for s in found["submissions"]] == [("0002-bb", "withdrawn")]
    (moved,) = found["figures"]["moved"]
    assert (moved["id"], moved["before"], moved["after"], moved["submissions"]) == (
        "0002",
        0.5,
        None,
        ["0002-bb"],
    )


def test_a_refused_file_moved_nothing_and_a_figure_without_a_file_says_what_else_changed(home):
    night(home, 1)
    made = night(
        home, 2, CORRECTION.replace("accepted_with_rejects", "refused"), MOVE,
        "update lake.run set code_version = 'v2'",
    )  # fmt: skip
    figures = changes_of(home, made)["figures"]
    assert all(m["submissions"] == [] for m in figures["moved"])
    assert figures["reasons"] == ["the code changed", "time went on from 2024-06-02 to 2024-06-03"]


def test_a_new_month_is_counted_as_new_and_not_listed_as_moved(home):
    night(home, 1)
    made = night(
        home, 2, "insert into marts.fct_rate values ('0001', 'lea', 'all', '2024-02', '2023-24', 0.9)"
    )
    figures = changes_of(home, made)["figures"]
    assert figures["moved"] == []
    assert figures["new"] == [{"title": "Done on time", "by": "lea", "mart": "fct_rate", "n": 1}]


def test_a_correction_after_certification_shows_in_that_year_until_it_is_certified_again(home):
    first = night(home, 1)
    archive = home.settings.archive

    def say(release, year="2023-24"):
        certify(
            archive, school_year=year, release_id=release.release_id,
            candidate_sha256=release.candidate_sha256, certified_at=datetime(2024, 6, 3), certified_by="J. Ortiz",
            note="CSPR",
        )  # fmt: skip

    say(first)
    say(first, "2022-23")
    corrected = night(home, 2, CORRECTION, MOVE)
    other, entry = changes_of(home, corrected)["certified"]
    assert other["marts"] == {} and other["figures"]["n_moved"] == 0  # nothing of that year changed
    assert (entry["school_year"], entry["release_id"], entry["certified_by"]) == (
        "2023-24",
        first.release_id,
        "J. Ortiz",
    )
    assert entry["marts"]["fct_rate"]["changed"] == 3
    assert {m["id"] for m in entry["figures"]["moved"]} == {"0001", "1A"}
    assert [s["submission_id"] for s in entry["submissions"]] == ["0001-cc"]
    page = (home.releases / corrected.release_id / "index.html").read_text()
    assert "Corrected since:" in page and "J. Ortiz" in page

    later = night(home, 3, CORRECTION, MOVE)  # the same rows as the night before: still a correction
    assert changes_of(home, later)["certified"][1]["marts"] == entry["marts"]
    say(later)
    last = night(home, 4, CORRECTION, MOVE)
    entry = changes_of(home, last)["certified"][1]
    assert entry["number"] == 2 and entry["marts"] == {}
    assert (
        "No row of that year differs from what was reported."
        in (home.releases / last.release_id / "index.html").read_text()
    )


def test_releases_that_are_gone_or_damaged_are_said_and_stop_nothing(home):
    first = home.night(1)
    certify(
        home.settings.archive, school_year="2022-23", release_id="20230101T000000Z-00000000", candidate_sha256="x",
        certified_at=datetime(2024, 6, 3), certified_by="J. Ortiz", note="",
    )  # fmt: skip
    (home.releases / first.release_id / "internal" / "parquet" / "fct_status.parquet").unlink()
    found = changes_of(home, home.night(2))
    assert f"the release before, {first.release_id}, cannot be compared" in found["not_compared"]
    assert "20230101T000000Z-00000000 cannot be read" in found["certified"][0]["problem"]


def test_changes_are_found_on_an_object_store_too(cloud_home):
    night(cloud_home, 1)
    made = night(cloud_home, 2, CORRECTION, MOVE)
    found = json.loads((made.path / "changes.json").read_bytes())
    assert {m["id"]: m["submissions"] for m in found["figures"]["moved"]} == {
        "0001": ["0001-cc"],
        "1A": ["0001-cc"],
    }
    assert not list(cloud_home.settings.warehouse.glob(".tmp-*"))


@pytest.fixture
def said(home):
    def run(*args: str):
        return CliRunner().invoke(app, ["release", "diff", *args, "--home", str(home.settings.home)])

    return run


def test_the_command_prints_rows_figures_and_their_submissions(home, said, tmp_path):
    first = night(home, 1)
    night(home, 2, CORRECTION, MOVE)
    page = tmp_path / "diff.html"
    result = said("previous", "current", "--html", str(page))
    assert result.exit_code == 1
    assert "fct_rate        0 added, 0 removed, 3 changed (on_time)" in result.output
    assert "Done on time, LEA 0001, 2024-01: 50.0 % -> 75.0 %" in result.output
    assert "because of 0001-cc (received)" in result.output
    assert "0001-cc" in page.read_text()
    one = said("previous", "current", "--mart", "fct_rate").output
    assert "changed  scope=0001 code=all period=2024-01" in one and "on_time: 0.50 -> 0.75" in one
    assert "fct_status" not in one
    same = said(first.release_id[:12], first.release_id)
    assert same.exit_code == 0 and "Rows: 0 marts changed, 4 the same" in same.output


def test_the_command_says_what_it_cannot_find(home, said):
    home.night(1)
    assert "there is no release '1999'" in said("1999", "current").output
    assert "neither release has a mart nothing" in said("current", "current", "--mart", "nothing").output
