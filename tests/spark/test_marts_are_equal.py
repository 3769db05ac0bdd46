"""A night on Spark publishes what a night on DuckDB publishes: `make test-spark`."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration import storage
from orchestration.demo.state import DEMO_STATE
from orchestration.nightly import run_night
from orchestration.release.current import read_current
from orchestration.settings import Settings
from orchestration.warehouse.dictionary import mart_dictionary
from orchestration.warehouse.manifest import ensure_manifest
from tests.spark.compare import differences
from tests.spark.conftest import SMALL

pytestmark = pytest.mark.spark


def manifest_of(settings: Settings) -> dict[str, Any]:
    """The manifest of the home's current release."""
    name = read_current(settings.releases)
    assert name
    return storage.read_json(settings.releases / name / "manifest.json")


def test_a_night_on_spark_publishes_the_release_that_duckdb_publishes(published_demo, tmp_path: Path) -> None:
    wanted = manifest_of(published_demo)
    home = tmp_path / "home"
    shutil.copytree(published_demo.home, home, symlinks=True)
    shutil.rmtree(home / "releases")  # it must publish, not find
    settings = Settings.at(home, DEMO_STATE, SMALL)

    night = run_night(settings, datetime.fromisoformat(wanted["as_of"]))

    assert night.code == 0, night.reasons
    keys = {name: mart["key"] for name, mart in mart_dictionary(ensure_manifest()).items()}
    told = differences(published_demo.build_file, settings.build_file, keys)
    assert not told, "\n".join(map(str, told))
    found = manifest_of(settings)
    assert found["marts"] == wanted["marts"]
    assert found["audiences"] == wanted["audiences"]
    assert found["release_id"] == wanted["release_id"]
    assert (settings.warehouse / "spark" / "dbt" / "run_results.json").exists()  # it was Spark that built it
