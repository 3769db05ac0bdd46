"""The folder public/: just the public tables that the gate passed, and whole by itself."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import GateRefusedError
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
