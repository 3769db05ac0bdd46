"""A build that cannot go on says what the disk did, and where."""

from __future__ import annotations

import errno
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.demo.state import DEMO_STATE
from orchestration.errors import BuildError
from orchestration.plain_words import in_words
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse import build_file
from orchestration.warehouse.dbt_run import not_built


def test_what_duckdb_says_of_a_failing_disk_names_the_build_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = Settings.at(tmp_path / "home", DEMO_STATE)

    def fails(*_: object) -> None:
        raise duckdb.FatalException("FATAL Error: fsync failed!")

    monkeypatch.setattr(build_file, "lay_views", fails)
    with pytest.raises(BuildError) as raised:
        build_file.prepare_build_file(settings, load_policy(DEMO_STATE), datetime(2024, 6, 1))
    said = in_words(raised.value)
    assert str(settings.build_file) in said
    assert "The disk could not read or write" in said and "Nothing received is lost" in said


def test_what_dbt_says_of_a_full_disk_names_the_folder(tmp_path: Path):
    said = in_words(
        BuildError(
            not_built(tmp_path / "warehouse" / "project", [f"[Errno {errno.ENOSPC}] No space left on device"])
        )
    )
    assert str(tmp_path / "warehouse") in said and "make room on it" in said
