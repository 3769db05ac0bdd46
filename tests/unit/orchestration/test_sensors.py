"""The sensor on landing: what it asks for, and when."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration import archive
from orchestration.demo.state import DEMO_STATE
from orchestration.jobs import feeds_job, intake_job
from orchestration.sensors import feeds_sensor, landing_sensor
from orchestration.settings import Settings

START = datetime(2024, 2, 5, 12, 0)


class Look:
    """Looks again and again at one home, half a minute apart."""

    def __init__(self, home: Path) -> None:
        self.settings = replace(Settings.at(home, DEMO_STATE))
        self.at, self.cursor = START, None
        self.sensor = landing_sensor(self.settings, intake_job(), lambda: self.at)

    def drop(self, name: str, data: bytes, at: datetime) -> None:
        path = self.settings.home / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        seconds = at.replace(tzinfo=UTC).timestamp()
        os.utime(path, (seconds, seconds))

    def again(self) -> Any:
        self.at += timedelta(seconds=30)
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=self.cursor)
            result = self.sensor(context)
        self.cursor = result.cursor
        return result

    def key(self) -> str | None:
        requests = self.again().run_requests
        return requests[0].run_key if requests else None


@pytest.fixture
def look(tmp_path: Path) -> Look:
    return Look(tmp_path / "home")


def test_a_new_file_is_asked_for_at_the_second_look_that_finds_it_the_same(look: Look) -> None:
    assert look.key() is None
    look.drop("01/report.xlsx", b"abc", START)
    assert look.key() is None
    seen_at = look.at
    (request,) = look.again().run_requests
    assert request.run_config["resources"]["night"]["config"]["as_of"] == seen_at.isoformat()
    assert look.at - START < timedelta(minutes=2)


def test_the_same_file_has_the_same_key_and_a_changed_one_another(look: Look) -> None:
    look.drop("01/report.xlsx", b"abc", START)
    look.again()
    first = look.key()
    assert first and look.key() == first
    look.drop("01/report.xlsx", b"abcd", START + timedelta(seconds=1))
    assert look.key() is None
    assert look.key() not in (None, first)


def test_a_file_that_grows_is_waited_for_and_the_run_for_others_leaves_it_alone(look: Look) -> None:
    look.drop("01/whole.xlsx", b"abc", START)
    look.drop("02/growing.xlsx", b"a", START)
    look.again()
    look.drop("02/growing.xlsx", b"ab", look.at + timedelta(seconds=29))
    (request,) = look.again().run_requests
    assert request.tags["interlace/files"] == "1"
    as_of = datetime.fromisoformat(request.run_config["resources"]["night"]["config"]["as_of"])
    taken = archive.take_in(look.settings.archive, look.settings.landing, "submission", as_of)
    assert [a.name for a in taken] == ["whole.xlsx"]
    (request,) = look.again().run_requests
    assert request.tags["interlace/files"] == "1"


def test_what_the_archive_holds_is_not_new(look: Look) -> None:
    look.drop("01/report.xlsx", b"abc", START)
    archive.take_in(look.settings.archive, look.settings.landing, "submission", START)
    assert look.key() is None and look.key() is None


@pytest.mark.parametrize("name", ["01/report.xlsx.part", "01/.report.xlsx", "01/~$report.xlsx"])
def test_an_upload_under_way_is_not_looked_at(look: Look, name: str) -> None:
    look.drop(name, b"abc", START)
    assert look.key() is None and look.key() is None


def test_a_file_that_no_run_took_in_is_asked_for_again_ever_more_rarely(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.sensors.RETRY_LOOKS", 3)
    look.drop("01/report.xlsx", b"abc", START)
    look.again()
    keys = [look.key() for _ in range(12)]
    changes = [n for n in range(1, len(keys)) if keys[n] != keys[n - 1]]
    assert changes == [3, 6]
    assert len(set(keys)) == 3


def test_the_cursor_is_small_however_much_was_dropped(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.sensors.MOST_IN_CURSOR", 3)
    for n in range(5):
        look.drop(f"01/{n}.xlsx", b"abc", START)
    assert len(json.loads(look.again().cursor)["files"]) == 3
    assert look.again().run_requests[0].tags["interlace/files"] == "3"


def test_a_feed_that_has_arrived_asks_for_its_own_job_once(look: Look) -> None:
    look.sensor = feeds_sensor(look.settings, feeds_job(), lambda: look.at)
    look.drop("../feeds/directory.xlsx", b"abc", START)
    assert look.key() is None
    (request,) = look.again().run_requests
    assert request.run_key.startswith("feeds-") and request.tags["interlace/as_of"]
    archive.take_in(look.settings.archive, look.settings.feeds, "feed", look.at)
    assert look.key() is None
    look.drop("01/report.xlsx", b"abc", START)  # a submission is not its business
    assert look.key() is None and look.key() is None
