"""Planted slips stand where they are written down, and nothing else is changed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from demo_checks import SLIPS, manifest_of, read_file

from orchestration import storage
from orchestration.contracts.model import submission_tables
from orchestration.demo.slips import KINDS
from orchestration.intake.template import FIRST_DATA_ROW


@pytest.fixture(scope="module")
def planted(slipped: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = storage.read_json(slipped[0].planted)
    return found


def as_read(value: Any, form: str) -> Any:
    """A value as the file gives it back: a CSV holds texts only."""
    if value is None:
        return ""
    return str(value) if form == "zip" else value


def cell_of(slip: dict[str, Any], tables: dict[str, list[list[Any]]]) -> Any:
    first = 2 if slip["sheet"].endswith(".csv") else FIRST_DATA_ROW
    columns = [f.name for f in submission_tables()[slip["table"]].fields]
    return tables[slip["table"]][slip["row"] - first][columns.index(slip["column"])]


def test_each_slip_stands_in_the_cell_that_is_written_down(slipped: Any, planted: list[dict[str, Any]]):
    landing = Path(str(slipped[1].landing))
    files = {name: read_file(landing / name) for name in {s["file"] for s in planted}}
    for slip in planted:
        form = slip["file"].rpartition(".")[2]
        assert cell_of(slip, files[slip["file"]]) == as_read(slip["planted"], form), slip


def test_but_for_the_slips_the_files_are_those_of_a_simulation_without(
    slipped: Any, planted: list[dict[str, Any]], simulated_into: Any, tmp_path: Path
):
    _, clean = simulated_into(tmp_path)
    with_slips, without = (Path(str(s.landing)) for s in (slipped[1], clean))
    touched = {s["file"] for s in planted}
    for entry in manifest_of(clean):
        name = entry["file"]
        if name not in touched:
            assert (with_slips / name).read_bytes() == (without / name).read_bytes()
            continue
        dirty, right = read_file(with_slips / name), read_file(without / name)
        differing = sum(
            a != b
            for t in right
            for x, y in zip(dirty[t], right[t], strict=True)
            for a, b in zip(x, y, strict=True)
        )
        own = [s for s in planted if s["file"] == name]
        assert differing == len(own)
        for slip in own:
            found = cell_of(slip, right)
            assert (
                found.isoformat() if hasattr(found, "isoformat") else str(found).removesuffix(".0")
            ) == str(slip["right"]).removesuffix(".0")


def test_every_kind_of_slip_occurs_about_as_often_as_asked(slipped: Any, planted: list[dict[str, Any]]):
    report, settings = slipped
    assert report.slips == len(planted)
    assert set(Counter(s["kind"] for s in planted)) == set(KINDS)
    organization_months = sum(
        e["rows"]["organizations"] for e in manifest_of(settings) if e["kind"] == "report"
    )
    assert SLIPS - 0.08 < len(planted) / organization_months <= SLIPS + 0.08
    assert max(Counter((s["file"], s["org_id"]) for s in planted).values()) == 1


def test_the_slips_are_those_of_the_source_template_and_of_people(planted: list[dict[str, Any]]):
    by_kind = {s["kind"]: s for s in planted}
    assert by_kind["milestone_written_with_colon"]["planted"].startswith("Milestone ")
    assert ":" in by_kind["milestone_written_with_colon"]["planted"]
    assert by_kind["ambiguous_target"]["planted"].endswith("% increase")
    assert 0 < by_kind["percent_as_share"]["planted"] < 1
    assert by_kind["trailing_dot"]["planted"] == by_kind["trailing_dot"]["right"] + "."
    assert isinstance(by_kind["date_as_text"]["planted"], str)
    assert (
        str(by_kind["id_without_leading_zero"]["planted"]) == by_kind["id_without_leading_zero"]["right"][1:]
    )
    assert by_kind["missing_required"]["planted"] is None
    moved = by_kind["action_coded_to_other_milestone"]
    assert (moved["planted"][1:], int(moved["planted"][0])) == (
        moved["right"][1:],
        int(moved["right"][0]) - 1,
    )


def test_without_slips_none_is_written_down(simulated_into: Any, tmp_path: Path):
    report, settings = simulated_into(tmp_path, ["2023-08"], leas=2)
    assert (report.slips, report.planted) == (0, None)
    assert not (settings.home / "simulation" / "slips.json").exists()
