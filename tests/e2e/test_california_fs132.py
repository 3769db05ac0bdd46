"""FS132 of California: real schools and LEAs, and awards that are planted, as the state's own are not at hand."""

from __future__ import annotations

import csv
import os
import shutil
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from california_federal import read_list

from orchestration import storage
from orchestration.extracts.make import make_extracts
from orchestration.nightly import run_night
from orchestration.policy import load_policy
from orchestration.release.certification import certify
from orchestration.settings import PROJECT, Settings
from tests.federal_layouts import parse

pytestmark = [pytest.mark.e2e, pytest.mark.california, pytest.mark.slow]
AS_OF = datetime(2023, 11, 1)
FEEDS = """
  planted_title1:
    table: title1_allocations
    source: Planted by a test
    files: ["planted_title1.csv"]
    columns: {fiscal_year: {from: fiscal_year}, version: {constant: final}, lea_id: {from: lea_id},
      amount_reported: {from: amount}, amount: {from: amount}}
  planted_subgrants:
    table: subgrants
    source: Planted by a test
    files: ["planted_subgrants.csv"]
    columns: {award_id: {from: award_id}, fiscal_year: {from: fiscal_year}, org_id: {from: org_id}, lea_id: {from: lea_id},
      amount: {from: amount}, first_fiscal_year: {from: fiscal_year}, years: {constant: 1}}
"""


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("year", [2022])
def test_every_award_is_in_the_file_in_whole_dollars_and_the_difference_is_told(
    california: Path, tmp_path: Path, year: int
) -> None:
    state = tmp_path / "state"
    shutil.copytree(PROJECT / "examples" / "california", state)
    with (state / "feeds.yaml").open("a", encoding="utf-8") as f:
        f.write(FEEDS)
    settings = Settings.at(tmp_path / "home", state)
    feeds = settings.home / "feeds"
    for folder in ("directory", "designations"):
        shutil.copytree(california / folder, feeds / folder)
    listed = read_list(california, year)
    csi = sorted(c for c in listed.status if listed.status[c] in ("low_performance", "low_graduation"))
    awards = {cds: Decimal(170_000_00 + int(cds[7:]) % 10_000_00) / 100 for cds in csi}
    leas = sorted({cds[:7] + "0000000" for cds in csi})
    write(
        feeds / "planted_title1.csv",
        [
            {"fiscal_year": y, "lea_id": lea, "amount": 30_000_000 + (y - year) * 20_000_000}
            for y in (year - 1, year)
            for lea in leas
        ],
    )
    write(
        feeds / "planted_subgrants.csv",
        [
            {"award_id": f"P{n}", "fiscal_year": year, "org_id": cds, "lea_id": cds[:7] + "0000000", "amount": a}
            for n, (cds, a) in enumerate(awards.items())
        ],
    )  # fmt: skip
    for path in feeds.rglob("*.*"):
        path.chmod(0o644)
        os.utime(path, (datetime(2023, 7, 1).timestamp(),) * 2)
    result = run_night(settings, AS_OF)
    assert result.code == 0, result.reasons
    release = (settings.home / "releases" / "current").resolve()
    school_year = f"{year}-{year % 100 + 1}"
    certify(
        settings.archive, school_year=school_year, release_id=release.name,
        candidate_sha256=storage.read_json(release / "manifest.json")["candidate_sha256"], certified_at=AS_OF,
        certified_by="a test", note="",
    )  # fmt: skip
    made = make_extracts(settings, load_policy(state), school_year, numbers=["132"], forms=["csv", "txt"])
    in_file = {cds: a for cds, a in awards.items() if cds in listed.reported}
    for one in made.files:
        assert one.judged.problems == ()
        _, rows = parse(one.path.read_bytes(), "132", one.form)
        assert {
            r["StateLEAIDNumber"] + r["StateSchoolIDNumber"]: Decimal(r["ImpFundAllocA"]) for r in rows
        } == {cds: a.quantize(Decimal(1), ROUND_HALF_UP) for cds, a in in_file.items()}
        note = (one.path.parent / f"{one.path.name}.cover.txt").read_text()
        assert f"${sum(in_file.values()):,.2f}" in note
        assert f"Together to the cent: ${sum(awards.values()):,.2f}" in note
        assert any("no award is left out: 4 rows fail" in flag for flag in one.judged.flags)
