"""Times are UTC without an offset, however they were written."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.clock import from_epoch, naive_utc, parse_as_of
from orchestration.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-06-15", datetime(2024, 6, 15)),
        (" 2024-06-15T02:00:00 ", datetime(2024, 6, 15, 2)),
        ("2024-06-15T02:00:00Z", datetime(2024, 6, 15, 2)),
        ("2024-06-15T02:00:00-07:00", datetime(2024, 6, 15, 9)),
        ("2024-01-01T00:30:00+01:00", datetime(2023, 12, 31, 23, 30)),
    ],
)
def test_as_of_times_are_understood(text, time):
    assert parse_as_of(text) == time


@pytest.mark.parametrize("text", ["", "yesterday", "15.06.2024", "2024-13-01", "2024-06-15T25:00"])
def test_a_text_that_is_no_time_is_refused_with_how_to_write_it(text):
    with pytest.raises(ConfigError, match="write it as 2024-06-15"):
        parse_as_of(text)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_an_offset_changes_how_a_time_is_written_and_not_when_it_is(time, minutes):
    zoned = time.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    assert naive_utc(zoned) == time == parse_as_of(zoned.isoformat())


def test_a_files_time_does_not_depend_on_the_zone_of_the_machine(tmp_path: Path):
    path = tmp_path / "file"
    path.touch()
    os.utime(path, (1_704_067_200.25, 1_704_067_200.25))
    assert from_epoch(path.stat().st_mtime) == datetime(2024, 1, 1, 0, 0, 0, 250000)
