"""The demonstration state: the same files every time, read by its own mapping without a word."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from demo_checks import snapshot

from orchestration.demo.state import ACTED_UNTIL, DEMO_AS_OF, DEMO_STATE, write_demo_state
from orchestration.feeds.directory import designated, known_organizations
from orchestration.feeds.load import load_feeds
from orchestration.policy import load_policy
from orchestration.settings import Settings


def rows(home: Path, name: str) -> list[dict[str, str]]:
    with (home / "feeds" / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def test_the_state_is_written_the_same_every_time(tmp_path: Path):
    write_demo_state(tmp_path / "a")
    write_demo_state(tmp_path / "b")
    write_demo_state(tmp_path / "b")
    assert snapshot(tmp_path / "a") == snapshot(tmp_path / "b")
    arrived = {name: m for name, (_, m) in snapshot(tmp_path / "a").items()}
    assert {m for name, m in arrived.items() if "state_actions" not in str(name)} == {
        int(datetime(2023, 7, 1, tzinfo=UTC).timestamp()) * 10**9
    }
    assert len({m for name, m in arrived.items() if "state_actions" in str(name)}) == len(ACTED_UNTIL)


def test_it_has_twelve_leas_in_three_regions_with_sixty_schools(tmp_path: Path):
    write_demo_state(tmp_path)
    known = rows(tmp_path, "directory_2023.csv")
    assert sum(r["org_level"] == "lea" for r in known) == 12
    assert sum(r["org_level"] == "school" for r in known) == 60
    assert len({r["region"] for r in known}) == 3
    policy = load_policy(DEMO_STATE)
    assert all(policy.is_org_id(r["org_id"]) and policy.is_lea_id(r["lea_id"]) for r in known)
    assert all(r["org_id"].startswith("0") for r in known)


def test_every_kind_of_designation_occurs_and_some_change_from_year_to_year(tmp_path: Path):
    write_demo_state(tmp_path)
    lists = {
        y: {r["org_id"]: r for r in rows(tmp_path, f"designations_{y}.csv")} for y in ("2022-23", "2023-24")
    }
    kinds = {(r["category"], r["reason"]) for r in lists["2023-24"].values()}
    assert kinds == {
        ("CSI", "low_performance"), ("CSI", "low_graduation"), ("ATSI", "low_subgroup"),
        ("TSI", "underperforming_subgroup"), ("none", ""),
    }  # fmt: skip
    both = lists["2022-23"].keys() & lists["2023-24"].keys()
    assert (
        0
        < sum(lists["2022-23"][o]["category"] != lists["2023-24"][o]["category"] for o in both)
        < len(both) / 2
    )


def test_a_smaller_state_is_a_part_of_the_full_one(tmp_path: Path):
    write_demo_state(tmp_path / "full")
    write_demo_state(tmp_path / "mini", leas=3)
    for name in ("directory_2023.csv", "designations_2023-24.csv", "title1_allocations.csv"):
        full, mini = ({tuple(r.values()) for r in rows(tmp_path / h, name)} for h in ("full", "mini"))
        assert mini < full
    assert sum(r["org_level"] == "lea" for r in rows(tmp_path / "mini", "directory_2023.csv")) == 3


def test_results_on_few_students_are_suppressed(tmp_path: Path):
    write_demo_state(tmp_path)
    results = rows(tmp_path, "indicator_results.csv")
    assert {r["indicator"] for r in results} == {
        "graduation_4yr", "chronic_absence", "ela_met", "ela_participation",
    }  # fmt: skip
    assert any(r["rate"] == "*" for r in results)
    assert all(int(r["denominator"]) >= 11 for r in results if r["denominator"] != "*")


def test_its_feeds_load_whole_and_answer_who_is_designated(tmp_path: Path):
    write_demo_state(tmp_path)
    settings = Settings.at(tmp_path, DEMO_STATE)
    report = load_feeds(settings, load_policy(DEMO_STATE), DEMO_AS_OF)
    assert (report.refused, report.unmapped, report.messages) == (0, 0, ())
    tables = (
        "directory",
        "designations",
        "organization_links",
        "title1_allocations",
        "indicator_results",
        "summative_results",
        "state_duties",
        "state_actions",
        "title1_formulas",
        "title1_other_reserves",
        "school_facts",
        "reviewer_scores",
        "subgrants",
        "spending_gates",
        "excess_consultations",
        "title1_schools",
    )
    written = dict.fromkeys(tables, 0)
    for path in sorted((tmp_path / "feeds").glob("*.csv")):
        table = next(t for t in written if path.name.startswith(t))
        written[table] += len(rows(tmp_path, path.name))
    assert report.rows == written
    assert len(known_organizations(settings.lake, DEMO_AS_OF)) == written["directory"]
    assert set(designated(settings.lake, DEMO_AS_OF, "2023-24")["category"]) == {"CSI", "ATSI", "TSI"}
