"""A simulation straight into the lake: marked as such, left alone by nights, never beside what was sent."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from demo_checks import SEED, snapshot

from orchestration import archive, lake
from orchestration.demo import into_lake
from orchestration.demo.simulate import SimulationReport, simulate
from orchestration.demo.state import DEMO_AS_OF, DEMO_PERIODS, DEMO_STATE, write_demo_state
from orchestration.errors import ConfigError
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import reader_version, take_in_submissions
from orchestration.policy import Policy
from orchestration.settings import Settings
from orchestration.warehouse.build_file import run_facts

MONTHS = DEMO_PERIODS[:2]
Write = Callable[..., SimulationReport]


@pytest.fixture(scope="module")
def with_feeds(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    home = tmp_path_factory.mktemp("feeds") / "home"
    write_demo_state(home, leas=4)
    load_feeds(Settings.at(home, DEMO_STATE), policy, DEMO_AS_OF)
    return home


@pytest.fixture
def settings(with_feeds: Path, tmp_path: Path) -> Settings:
    shutil.copytree(with_feeds, tmp_path / "home")
    return Settings.at(tmp_path / "home", DEMO_STATE)


@pytest.fixture
def write(settings: Settings, policy: Policy) -> Write:
    def written(months: Any = MONTHS, seed: int = SEED, **more: Any) -> SimulationReport:
        return simulate(settings, policy, months, seed=seed, to_lake=True, **more)

    return written


def simulated(settings: Settings) -> list[lake.Batch]:
    return [b for b in lake.standing(settings.lake) if b.info.get("simulated")]


def test_each_month_is_a_batch_that_says_it_is_simulated_and_by_what_it_was_read(
    settings: Settings, policy: Policy, write: Write
):
    report = write()
    batches = simulated(settings)
    assert [b.info["period"] for b in batches] == list(MONTHS)
    assert sum(b.info["submissions"] for b in batches) == report.files
    assert {b.info["reader"] for b in batches} == {reader_version(policy)}
    assert all(b.info["seed"] == SEED for b in batches)
    assert not (settings.home / "landing").exists()
    assert archive.arrivals(settings.archive, "submission") == []


def test_a_night_neither_reads_it_again_nor_answers_anybody(
    settings: Settings, policy: Policy, write: Write, monkeypatch: pytest.MonkeyPatch
):
    write()
    before = snapshot(settings.home / "lake")
    monkeypatch.setattr("orchestration.intake.batch.reader_version", lambda _: "other code")
    report = take_in_submissions(settings, policy, DEMO_AS_OF)
    assert report.files == 0
    assert snapshot(settings.home / "lake") == before
    assert not list((settings.home / "outbox").rglob("receipt*"))


def test_the_same_simulation_gives_the_same_lake_and_another_one_replaces_it(
    settings: Settings, write: Write
):
    write()
    first = snapshot(settings.home / "lake")
    write()
    assert {k: v[0] for k, v in snapshot(settings.home / "lake").items()} == {
        k: v[0] for k, v in first.items()
    }
    before = {b.info["period"]: b.name for b in simulated(settings)}
    write([MONTHS[1]], seed=SEED + 1)
    after = {b.info["period"]: b.name for b in simulated(settings)}
    assert after[MONTHS[0]] == before[MONTHS[0]]
    assert after[MONTHS[1]] != before[MONTHS[1]]


def test_more_processes_and_smaller_parts_hold_the_same_rows(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
):
    def rows() -> dict[str, int]:
        import pyarrow.parquet as pq

        parts = lake.parts(settings.lake, simulated(settings))
        return {t: sum(pq.read_metadata(str(p)).num_rows for p in paths) for t, paths in parts.items()}

    write()
    whole, files = rows(), len(snapshot(settings.home / "lake"))
    monkeypatch.setattr(into_lake, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(into_lake, "PLANS_IN_GROUP", 5)
    monkeypatch.setattr(into_lake, "ROWS_IN_PART", 1_000)
    shutil.rmtree(settings.home / "lake" / "submission__actions")
    write()
    assert rows() == whole
    assert len(snapshot(settings.home / "lake")) > files


def test_a_release_tells_one_simulation_from_another(settings: Settings, policy: Policy, write: Write):
    hashes = {run_facts(settings, policy, DEMO_AS_OF).archive_sha256}
    for seed in (1, 2):
        write(seed=seed)
        hashes.add(run_facts(settings, policy, DEMO_AS_OF).archive_sha256)
    assert len(hashes) == 3


def test_it_is_refused_in_a_home_that_holds_received_submissions(
    settings: Settings, policy: Policy, write: Write
):
    simulate(settings, policy, MONTHS[:1], seed=SEED, leas=1)
    take_in_submissions(settings, policy, datetime(2023, 12, 1))
    with pytest.raises(ConfigError, match="holds received submissions"):
        write()
    assert simulated(settings) == []


def test_files_that_come_later_are_taken_in_beside_it(settings: Settings, policy: Policy, write: Write):
    write()
    simulate(settings, policy, DEMO_PERIODS[2:3], seed=SEED, leas=1)
    report = take_in_submissions(settings, policy, DEMO_AS_OF)
    assert report.accepted == report.files > 0
    answered = {p.parent.name for p in (settings.home / "outbox").rglob("receipt.json")}
    assert answered == {DEMO_PERIODS[2]}
    pages = [p.read_text() for p in (settings.home / "outbox").glob("*/index.html")]
    assert sum(f"{DEMO_PERIODS[2]}-improvement-report" in p for p in pages) == 1
    assert not any(f"{MONTHS[0]}-improvement-report" in p for p in pages)  # invented, sent by nobody
