"""Simulating into landing: the same every time, and as ragged as real reporting."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from demo_checks import SEED, manifest_of, read_file, snapshot

from orchestration.demo import simulate as module
from orchestration.demo.simulate import simulate, simulate_from
from orchestration.demo.state import DEMO_AS_OF, DEMO_PERIODS, DEMO_STATE, write_demo_state
from orchestration.errors import ConfigError
from orchestration.feeds.load import load_feeds
from orchestration.policy import Policy
from orchestration.settings import Settings

SOME = DEMO_PERIODS[:3]


def test_the_same_seed_gives_the_same_bytes_and_times(simulated_into: Any, tmp_path: Path):
    for home in ("a", "b"):
        simulated_into(tmp_path / home, SOME, slips=0.2)
    assert snapshot(tmp_path / "a" / "landing") == snapshot(tmp_path / "b" / "landing") != {}
    assert snapshot(tmp_path / "a" / "simulation").keys() == {
        "manifest.json",
        "slips.json",
        "truth.json",
    }
    for name in ("manifest.json", "slips.json", "truth.json"):
        assert (tmp_path / "a/simulation" / name).read_bytes() == (
            tmp_path / "b/simulation" / name
        ).read_bytes()


def test_another_seed_gives_other_bytes(simulated_into: Any, tmp_path: Path):
    simulated_into(tmp_path / "a", SOME, leas=2, seed=1)
    simulated_into(tmp_path / "b", SOME, leas=2, seed=2)
    one, other = (snapshot(tmp_path / h / "landing") for h in "ab")
    assert set(one.values()).isdisjoint(other.values())


def test_more_processes_write_the_same_files(
    simulated_into: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    simulated_into(tmp_path / "one", SOME, env={"INTERLACE_WORKERS": "1"}, slips=0.2)
    monkeypatch.setattr(module, "WORTH_PROCESSES", 0)
    simulated_into(tmp_path / "two", SOME, env={"INTERLACE_WORKERS": "2"}, slips=0.2)
    assert snapshot(tmp_path / "one" / "landing") == snapshot(tmp_path / "two" / "landing")
    for name in ("manifest.json", "truth.json"):
        one, two = ((tmp_path / h / "simulation" / name).read_bytes() for h in ("one", "two"))
        assert one == two


def test_fewer_leas_write_a_part_of_the_same_files(simulated_into: Any, tmp_path: Path):
    simulated_into(tmp_path / "all", SOME)
    simulated_into(tmp_path / "five", SOME, leas=5)
    simulated_into(tmp_path / "two", SOME, leas=2)
    everything, five, two = (snapshot(tmp_path / h / "landing") for h in ("all", "five", "two"))
    assert two.items() < five.items() < everything.items()
    assert len({f.split("/")[0] for f in two}) == 2


def test_a_month_simulated_alone_is_the_month_of_a_longer_range(simulated_into: Any, tmp_path: Path):
    simulated_into(tmp_path / "long", DEMO_PERIODS[:6], leas=4)
    simulated_into(tmp_path / "alone", DEMO_PERIODS[1:4], leas=4)
    long, alone = (snapshot(tmp_path / h / "landing") for h in ("long", "alone"))
    middle = {
        f for f in alone if DEMO_PERIODS[2] in f
    }  # first and last also hold what opens and closes a range
    assert middle
    assert all(long[f] == alone[f] for f in middle)


def test_the_manifest_names_every_file_its_rows_and_its_time(slipped: Any):
    report, settings = slipped
    landing = Path(str(settings.landing))
    manifest = manifest_of(settings)
    assert {e["file"] for e in manifest} == set(snapshot(landing))
    assert (report.files, report.rows) == (len(manifest), sum(sum(e["rows"].values()) for e in manifest))
    for entry in manifest:
        seconds = (landing / entry["file"]).stat().st_mtime
        assert datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() == entry["received_at"]
    for entry in manifest[::9]:
        assert {t: len(rows) for t, rows in read_file(landing / entry["file"]).items()} == entry["rows"]


def test_months_are_missing_late_and_sent_again(slipped: Any):
    report, settings = slipped
    manifest = manifest_of(settings)
    reports = [e for e in manifest if e["kind"] == "report"]
    assert 0.80 < len(reports) / (report.leas * len(DEMO_PERIODS)) < 1
    assert 0 < sum(e["late"] for e in reports) < len(reports) / 3
    corrections = {e["supersedes"]: e for e in manifest if e["kind"] == "correction"}
    assert corrections
    for entry in reports:
        if entry["file"] in corrections:
            later = corrections[entry["file"]]
            assert later["received_at"] > entry["received_at"]
            assert later["file"] == entry["file"].replace("-report.", "-report-corrected.")
            assert later["period"] == entry["period"]
            assert entry["outdated"] and not later["outdated"]
        else:
            assert not entry["outdated"]


def test_a_file_is_late_exactly_when_it_comes_after_the_due_day(slipped: Any):
    for entry in manifest_of(slipped[1]):
        year, month = (int(n) for n in entry["period"].split("-"))
        due = datetime(year + month // 12, month % 12 + 1, 15, 23, 59)
        local = pd.Timestamp(entry["received_at"], tz="UTC").tz_convert("America/Chicago").tz_localize(None)
        assert entry["late"] == (local > due)
        assert local > datetime(year + month // 12, month % 12 + 1, 1)


def test_an_lea_sends_always_workbooks_or_always_zips_and_both_occur(slipped: Any):
    forms: dict[str, set[str]] = {}
    for entry in manifest_of(slipped[1]):
        forms.setdefault(entry["lea_id"], set()).add(entry["form"])
        assert entry["file"].endswith(f".{entry['form']}")
    assert all(len(f) == 1 for f in forms.values())
    assert {f for s in forms.values() for f in s} == {"xlsx", "zip"}


def test_simulating_another_range_keeps_what_was_written_down_before(simulated_into: Any, tmp_path: Path):
    simulated_into(tmp_path, DEMO_PERIODS[:2], leas=3)
    _, settings = simulated_into(tmp_path, DEMO_PERIODS[2:4], leas=3)
    assert {e["period"] for e in manifest_of(settings)} == set(DEMO_PERIODS[:4])
    assert {e["file"] for e in manifest_of(settings)} == set(snapshot(tmp_path / "landing"))


def test_progress_is_told_up_to_the_end(simulated_into: Any, tmp_path: Path):
    told: list[str] = []
    simulated_into(tmp_path, SOME, leas=3, progress=told.append)
    assert told[0].startswith("3 LEAs with ")
    assert told[-1].endswith("100 % of the plans")


def test_a_landing_that_is_no_local_folder_is_refused(simulated_into: Any, tmp_path: Path):
    with pytest.raises(ConfigError, match="local folder"):
        simulated_into(tmp_path, SOME, env={"INTERLACE_LANDING": "memory://landing"})


def test_months_without_reporting_are_passed_over_and_none_at_all_is_an_error(
    simulated_into: Any, tmp_path: Path
):
    _, settings = simulated_into(tmp_path / "a", ["2024-05", "2024-06"], leas=2)
    assert {e["period"] for e in manifest_of(settings)} == {"2024-05"}
    with pytest.raises(ConfigError, match="reporting month"):
        simulated_into(tmp_path / "b", ["2024-06"])
    with pytest.raises(ConfigError, match="2024-01"):
        simulated_into(tmp_path / "c", ["January"])


def test_a_share_of_slips_outside_zero_and_one_is_an_error(simulated_into: Any, tmp_path: Path):
    with pytest.raises(ConfigError, match="0 to 1"):
        simulated_into(tmp_path, SOME, slips=5)


def test_without_designated_schools_it_says_what_is_missing(
    policy: Policy, organizations: pd.DataFrame, tmp_path: Path
):
    none = pd.DataFrame(columns=["org_id", "category", "reason"])
    with pytest.raises(ConfigError, match="2023-24"):
        simulate_from(organizations, {"2023-24": none}, Settings.at(tmp_path, DEMO_STATE), policy, SOME)


def test_a_home_with_loaded_feeds_is_simulated_from_its_own_directory_and_designations(
    policy: Policy, simulated_into: Any, tmp_path: Path
):
    settings = Settings.at(tmp_path / "home", DEMO_STATE)
    write_demo_state(settings.home)
    load_feeds(settings, policy, DEMO_AS_OF)
    report = simulate(settings, policy, SOME, seed=SEED, leas=4)
    expected, other = simulated_into(tmp_path / "frames", SOME, leas=4)
    assert report.leas == 4
    assert (report.files, report.rows) == (expected.files, expected.rows)
    assert snapshot(Path(str(settings.landing))) == snapshot(Path(str(other.landing)))
