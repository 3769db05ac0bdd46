"""A home with nothing received, built once: what the dbt project gives on an empty lake."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.state import DEMO_STATE
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt
from orchestration.warehouse.manifest import ensure_manifest
from tests.once import made_once


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, Any]]:
    """Settings of the home and dbt's results of a build with unit tests."""

    def make(home: Path) -> None:
        ensure_manifest()
        settings = Settings.at(home, DEMO_STATE)
        prepare_build_file(settings, load_policy(settings.state), datetime(2024, 6, 20))
        dbt(["build"], settings)

    home, _ = made_once(tmp_path_factory, "empty", make)
    settings = Settings.at(home, DEMO_STATE)
    results = json.loads((settings.warehouse / "dbt" / "run_results.json").read_text(encoding="utf-8"))
    return settings, results


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """dbt's manifest of the project as it is."""
    path: Path = ensure_manifest()
    return json.loads(path.read_text(encoding="utf-8"))
