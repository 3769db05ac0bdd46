"""Doctor, status and alerts on a whole home, as the demonstration leaves it."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.alerts.look import troubles
from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.doctor.examine import CHECKS, examine
from orchestration.doctor.finding import Look
from orchestration.lake import parts
from orchestration.operations.status import lines, status_of
from orchestration.settings import Settings

pytestmark = pytest.mark.e2e
AFTER = datetime(2024, 6, 20, 12)


def test_the_demonstration_is_sound_and_says_how_it_stands(published_demo: Settings):
    # what is of the machine that runs the tests is not of the home
    checks = {name: check for name, check in CHECKS.items() if name not in ("installation", "disk")}
    said = list(examine(Look(published_demo, AFTER, deep=True), checks))
    assert [(name, f) for name, f in said if f.level == "problem"] == []
    text = "\n".join(lines(status_of(published_demo, AFTER)))
    assert "UTC  published," in text and "12 hours old" in text
    assert "2024-05 (was due 2024-06-15): 9 of 11 LEAs have reported; missing: 01030000, 03010000" in text
    told = CliRunner().invoke(
        app, ["status", "--home", str(published_demo.home), "--state", str(DEMO_STATE), "--format", "json"]
    )
    assert told.exit_code == 0 and json.loads(told.output)["nights"][0]["outcome"] == "published"


def test_its_troubles_are_the_leas_that_have_not_reported_and_a_damaged_lake_is_told(
    published_demo: Settings, tmp_path: Path
):
    (missing,) = troubles(published_demo, AFTER)
    assert missing.key == "leas_missing:2024-05"
    home = tmp_path / "home"
    for room in ("lake", "archive", "releases", "dagster", "feeds"):
        shutil.copytree(published_demo.home / room, home / room, symlinks=True)
    settings = Settings.at(home, DEMO_STATE)
    part = Path(str(parts(settings.lake)["intake__submissions"][0]))
    part.write_bytes(part.read_bytes()[:60])
    found = {t.key: t for t in troubles(settings, AFTER)}
    assert set(found) == {"leas_missing:2024-05", "look_failed:rejects"}
    assert part.name in found["look_failed:rejects"].what or "Parquet" in found["look_failed:rejects"].what
