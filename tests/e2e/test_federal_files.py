"""Federal files of the demonstration: certified, made by the command, read back by a parser typed from the layouts alone."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from orchestration import storage
from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.release.certification import certify
from orchestration.settings import Settings
from tests.federal_layouts import parse

pytestmark = pytest.mark.e2e
YEAR = "2023-24"


def certify_current(settings: Settings, school_year: str) -> Path:
    """Certify the current release for a school year; its folder."""
    release = (settings.home / "releases" / "current").resolve()
    certify(
        settings.archive, school_year=school_year, release_id=release.name,
        candidate_sha256=storage.read_json(release / "manifest.json")["candidate_sha256"],
        certified_at=datetime(2024, 7, 1), certified_by="J. Ortiz", note="EDFacts",
    )  # fmt: skip
    return release


def extract(settings: Settings, *more: str) -> Result:
    """Run the command."""
    given = ["extract", "--home", str(settings.home), "--state", str(settings.state), *more]
    return CliRunner().invoke(app, given)


@pytest.fixture(scope="module")
def home(published_demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the demonstration's home: its release, its archive of decisions and its feeds."""
    to = tmp_path_factory.mktemp("federal") / "home"
    for folder in ("releases", "feeds"):
        shutil.copytree(published_demo.home / folder, to / folder, symlinks=True)
    return Settings.at(to, DEMO_STATE)


def fed(home: Settings, name: str) -> list[dict[str, str]]:
    """Rows of one of the state's own files."""
    with (home.home / "feeds" / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def test_the_command_says_how_to_certify_then_makes_files_that_say_what_the_states_lists_say(
    home: Settings,
) -> None:
    refused = extract(home, "--school-year", YEAR)
    assert refused.exit_code == 2 and "no release is certified for 2023-24" in refused.stderr
    release = certify_current(home, YEAR)
    result = extract(home, "--school-year", YEAR, "--file", "206", "--file", "132", "--format", "txt")
    assert result.exit_code == 0, result.output
    folder = home.home / "extracts" / release.name / YEAR
    header, rows = parse((folder / "ZZSCHCSITSISCHv1.txt").read_bytes(), "206", "txt")
    listed = {r["org_id"]: r for r in fed(home, "designations_2023-24.csv")}
    closed = {r["org_id"] for r in fed(home, "directory_2023.csv") if r["status"] == "closed"}
    assert header[:3] == ["SCH CSI TSI", str(len(listed)), "ZZSCHCSITSISCHv1.txt"]
    assert {r["StateSchoolIDNumber"] for r in rows} == set(listed) and not closed & set(listed)
    for row in rows:
        said = listed[row["StateSchoolIDNumber"]]

        def status(category: str, name: str, exits: bool, said: dict[str, str] = said) -> str:
            left = f"{name}EXIT" if exits and said["exited_category"] == category else f"NOT{name}"
            return name if said["category"] == category else left

        assert row["CompSupImprvmntID"] == status("CSI", "CSI", True)
        assert row["TrgtSupImprvmntID"] == status("TSI", "TSI", False)
        assert row["AddlTrgtSupImprvmntID"] == status("ATSI", "ADDLTSI", True)
        assert (row["FIPSStateCode"], row["StateAgencyNumber"]) == ("99", "01")
        assert row["StateLEAIDNumber"] == row["StateSchoolIDNumber"][:4] + "0000"
    assert Counter(r["AddlTrgtSupImprvmntID"] for r in rows)["ADDLTSIEXIT"] > 0

    with duckdb.connect(str(release / "internal" / "marts.duckdb"), read_only=True) as db:
        awarded = db.execute(
            "select org_id, award from fct_1003_award_school where school_year = $1 and award > 0", [YEAR]
        ).fetchall()
    _, dollars = parse((folder / "ZZSCHSEC1003v1.txt").read_bytes(), "132", "txt")
    assert {r["StateSchoolIDNumber"]: Decimal(r["ImpFundAllocA"]) for r in dollars} == {
        org: award.quantize(Decimal(1), ROUND_HALF_UP) for org, award in awarded
    }
    assert len(awarded) == 3
    public = (folder / "public" / f"section_1003_list_{YEAR}.csv").read_text(encoding="utf-8-sig")
    assert all(org in public for org, _ in awarded)


def test_a_certified_release_that_was_changed_is_not_reported(home: Settings) -> None:
    release = certify_current(home, YEAR)
    file = release / "gate.json"
    before, mode = file.read_bytes(), file.stat().st_mode
    file.chmod(0o644)
    file.write_bytes(before + b" ")
    try:
        result = extract(home, "--school-year", YEAR, "--file", "206")
    finally:
        file.write_bytes(before)
        file.chmod(mode)
    assert result.exit_code == 2 and "cannot be reported from" in result.stderr


@pytest.mark.slow
def test_the_directory_file_is_refused_for_what_no_feed_holds(home: Settings) -> None:
    release = certify_current(home, YEAR)
    result = extract(home, "--school-year", YEAR, "--file", "029")
    assert result.exit_code == 1
    folder = home.home / "extracts" / release.name / YEAR
    assert not list(folder.glob("*DIRECTORY*"))
    note = (folder / "refused" / "ZZSCHDIRECTORYv1.csv.cover.txt").read_text()
    assert "every mandatory field is filled" in note
    assert "SchoolPhoneNumber: mandatory, and BLANK in every record, as no feed of the state says it." in note
