"""The folder public/: just the public tables that the gate passed, and whole by itself."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import GateRefusedError
from orchestration.release.certification import certify
from orchestration.release.verify import verify_release

PUBLIC = (
    "create schema public_marts",
    "create table public_marts.fct_status as select org_id, period, "
    "case when org_id <> '0003' then budget end as budget, "
    "case when org_id = '0003' then 'hidden' end as suppression from marts.fct_status",
)


def folder(home) -> Path:
    return home.releases / "current" / "public"


def test_public_holds_the_public_tables_under_the_marts_names_and_nothing_else(home) -> None:
    home.night(1, *PUBLIC)

    held = sorted(p.relative_to(folder(home)).as_posix() for p in folder(home).rglob("*") if p.is_file())
    assert "parquet/fct_status.parquet" in held and not any("dim_school" in name for name in held)
    with duckdb.connect(str(folder(home) / "marts.duckdb"), read_only=True) as db:
        assert db.execute("show tables").fetchall() == [("fct_status",)]
        hidden = "select count(*), count(budget) from fct_status where suppression = 'hidden'"
        assert db.execute(hidden).fetchone() == (3, 0)
        note = "select comment from duckdb_columns() where column_name = 'suppression'"
        assert "rest on too few" in str(db.execute(note).fetchone())
    with (folder(home) / "dictionary" / "dictionary.csv").open(newline="") as f:
        columns = [row["column"] for row in csv.DictReader(f)]
    assert columns == ["org_id", "period", "budget", "suppression"]


def test_public_stands_alone_and_shows_that_it_is_whole(home) -> None:
    made = home.night(1, *PUBLIC)

    page = (folder(home) / "index.html").read_text()
    assert made.release_id in page and "fct_status" in page and "dim_school" not in page
    facts = json.loads((folder(home) / "release.json").read_bytes())
    assert (facts["release_id"], facts["audience"]) == (made.release_id, "public")
    assert facts["marts"]["fct_status"]["rows"] == 90
    check = [sys.executable, "-c", CHECK]
    assert subprocess.run(check, cwd=folder(home), check=True, capture_output=True).returncode == 0


CHECK = """
import hashlib, pathlib
lines = pathlib.Path("SHA256SUMS").read_text().splitlines()
names = {p.as_posix() for p in pathlib.Path().rglob("*") if p.is_file()} - {"SHA256SUMS"}
assert {line.split("  ")[1] for line in lines} == names
assert all(hashlib.sha256(pathlib.Path(n).read_bytes()).hexdigest() == h for h, n in (l.split("  ") for l in lines))
"""


def test_the_manifest_names_what_each_audience_is_given_and_verify_recomputes_it(home) -> None:
    home.night(1, *PUBLIC)
    release = (home.releases / "current").resolve()

    manifest = json.loads((release / "manifest.json").read_bytes())
    assert manifest["audiences"]["public"]["marts"]["fct_status"]["rows"] == 90
    assert verify_release(release) == []

    manifest["audiences"]["public"]["marts"]["fct_status"]["sha256"] = "0" * 64
    (release / "manifest.json").chmod(0o644)
    (release / "manifest.json").write_text(json.dumps(manifest))
    assert any("public marts' hashes" in p for p in verify_release(release))


@pytest.mark.parametrize(
    "statement",
    [
        "update public_marts.fct_status set budget = 7 where org_id = '0003'",
        "create table public_marts.dim_school as from marts.dim_school",
        "drop table public_marts.fct_status",
    ],
)
def test_public_tables_that_the_gate_did_not_see_are_not_published(home, statement: str) -> None:
    home.build(1, *PUBLIC)
    home.pass_gate()
    with duckdb.connect(str(home.candidate)) as db:
        db.execute(statement)

    with pytest.raises(GateRefusedError, match="public tables are not those that the gate passed"):
        home.publish()
    assert not (home.releases / "current").exists()


def test_a_candidate_without_public_tables_has_no_public_folder(home) -> None:
    home.night(1)

    assert not folder(home).exists()
    assert verify_release((home.releases / "current").resolve()) == []


def told_but(*hidden: str, **budgets: int) -> tuple[str, ...]:
    """Public statuses where those of some schools are hidden, and the budgets of some are other."""
    cases = " ".join(f"when '{org}' then {b}" for org, b in budgets.items())
    budget = f"case org_id {cases} else budget end" if cases else "budget"
    names = ", ".join(f"'{h}'" for h in hidden) or "''"
    return (
        "create schema public_marts",
        f"create table public_marts.fct_status as select org_id, period, case when org_id not in ({names}) then {budget} "
        f"end::decimal(18, 2) as budget, case when org_id in ({names}) then 'hidden' end as suppression from marts.fct_status",
    )


def changes_told(home) -> dict:
    return json.loads((folder(home) / "changes.json").read_text())


def certified(home, release_id: str, day: int) -> None:
    certify(
        home.settings.archive, school_year="2023-24", release_id=release_id, candidate_sha256="x",
        certified_at=datetime(2024, 7, day), certified_by="J. Ortiz", note="",
    )  # fmt: skip


def test_public_says_what_changed_since_the_release_certified_last_and_nothing_of_nights_between(
    home,
) -> None:
    first = home.night(1, *told_but())
    assert changes_told(home) == {"not_compared": "no earlier release with public tables has been certified"}
    assert "Nothing to compare" in (folder(home) / "index.html").read_text()
    certified(home, first.release_id, 1)
    home.night(2, *told_but(**{"0001": 5, "0002": 6}))
    gone = "delete from public_marts.fct_status where org_id = '0009'"
    third = home.night(3, *told_but(**{"0001": 5}), gone)
    told = changes_told(home)
    assert told["since"]["release_id"] == first.release_id  # not the night before
    assert told["tables"] == {
        "fct_status": {
            "before": 90,
            "after": 87,
            "added": 0,
            "removed": 3,
            "changed": 3,
            "columns": {"budget": 3},
        }
    }
    page = (folder(home) / "index.html").read_text()
    assert (
        f"Since release {first.release_id}" in page and verify_release(home.releases / third.release_id) == []
    )


def test_a_row_that_is_hidden_in_either_release_is_told_of_in_neither(home) -> None:
    first = home.night(1, *told_but("0003", "0004", **{"0005": 1}))
    certified(home, first.release_id, 1)
    home.night(2, *told_but("0003", "0005", **{"0003": 9, "0004": 9, "0005": 9}))
    (table,) = changes_told(home)["tables"].values()
    assert (table["added"], table["removed"], table["changed"], table["columns"]) == (0, 0, 0, {})


def test_what_public_says_of_changes_depends_on_the_two_public_folders_alone(home) -> None:
    """So that it can tell nobody who has both what either hides."""
    first = home.night(1, *told_but("0003"))
    certified(home, first.release_id, 1)
    home.build(
        2, *told_but("0003", **{"0001": 5}), "update marts.fct_status set budget = 77 where org_id = '0003'"
    )
    home.pass_gate()
    then = home.releases / first.release_id
    for file in (then / "internal").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"")  # nothing of it can be read
    home.publish()
    told = changes_told(home)
    assert told["not_compared"] == "" and told["tables"]["fct_status"]["changed"] == 3
    assert "77" not in json.dumps(told["tables"])


def test_a_certified_release_whose_public_tables_are_damaged_does_not_stop_the_night(home) -> None:
    first = home.night(1, *told_but())
    certified(home, first.release_id, 1)
    parquet = home.releases / first.release_id / "public" / "parquet" / "fct_status.parquet"
    parquet.chmod(0o644)
    parquet.write_bytes(b"no parquet")
    home.night(2, *told_but(**{"0001": 5}))
    assert changes_told(home) == {"not_compared": "the release certified before cannot be read any more"}


def test_key_figures_that_both_releases_tell_are_laid_side_by_side(home) -> None:
    figures = [
        {"figure": "budget", "title": "Budget", "unit": "USD", "by": "lea", "id": "org_id", "span": "period",
         "where": {"period": "2024-01"}},
    ]  # fmt: skip
    said = {"fct_status": {"key_figures": figures}}
    home.build(1, *told_but("0003"))
    home.pass_gate()
    certified(home, home.publish_as(said).release_id, 1)
    home.build(2, *told_but("0004", **{"0001": 5, "0003": 6, "0004": 7}))
    home.pass_gate()
    home.publish_as(said)
    told = changes_told(home)
    assert [(f["id"], f["after"]) for f in told["figures"]] == [("0001", 5.0)] and told["n_figures"] == 1
    assert "$5.00" in (folder(home) / "index.html").read_text()
