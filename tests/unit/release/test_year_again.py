"""The releases certified for a school year, made again: equal, or it says which is not and why."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from past_night import home_of_then, manifest_of, marts

from orchestration.errors import BadDataError, ConfigError
from orchestration.release.certification import certify
from orchestration.release.year_again import YearAgain, rebuild_year
from orchestration.settings import Settings

YEAR = "2023-24"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of a night of June 2024."""
    return home_of_then(tmp_path)


def certified(settings: Settings, tmp_path: Path, release: str, **changed: Any) -> dict[str, Any]:
    """A release of that night among the releases, certified for the year; its manifest, changed as said."""
    manifest = {**manifest_of(settings, tmp_path / f"then-{release}"), "release_id": release, **changed}
    folder = Path(str(settings.releases)) / release
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    certify(
        settings.archive, school_year=YEAR, release_id=release, candidate_sha256=manifest["candidate_sha256"],
        certified_at=datetime(2024, 7, 1), certified_by="J. Ortiz", note="",
    )  # fmt: skip
    return manifest


def again(settings: Settings) -> YearAgain:
    return rebuild_year(settings, YEAR, build=marts)


def test_every_release_certified_for_the_year_is_made_again_and_is_equal(settings, tmp_path):
    certified(settings, tmp_path, "r1")
    certified(settings, tmp_path, "r2")
    made = again(settings)
    assert [r.release_id for r in made.rebuilt] == ["r1", "r2"] and made.stands.release_id == "r2"
    assert made.differences == () and made.not_possible == ()


def test_a_year_without_a_certified_release_is_refused(settings):
    with pytest.raises(ConfigError, match="no release is certified for 2023-24"):
        again(settings)


def test_what_differs_is_told_with_its_release(settings, tmp_path):
    manifest = certified(settings, tmp_path, "r1")
    manifest["marts"]["numbers"]["sha256"] = "0" * 64
    (Path(str(settings.releases)) / "r1" / "manifest.json").write_text(json.dumps(manifest))
    assert again(settings).differences == ("r1: numbers has other values or columns in its 1 rows",)


def test_a_manifest_that_agrees_with_what_is_made_and_not_with_the_certification_is_told(settings, tmp_path):
    certified(settings, tmp_path, "r1", candidate_sha256="0" * 64)
    assert again(settings).differences == (
        "r1: its marts are as its manifest says, which is not what was certified",
    )


def test_an_earlier_release_of_other_code_is_told_and_keeps_nothing_back(settings, tmp_path):
    of_other_code = {**manifest_of(settings, tmp_path / "x")["inputs"], "code_version": "0123456789abcdef"}
    certified(settings, tmp_path, "r1", inputs=of_other_code)
    certified(settings, tmp_path, "r2")
    made = again(settings)
    assert [r.release_id for r in made.rebuilt] == ["r2"] and made.differences == ()
    assert len(made.not_possible) == 1 and "made by code 0123456789abcdef" in made.not_possible[0]
    certified(settings, tmp_path, "r3", inputs=of_other_code)  # the one that stands must be possible
    with pytest.raises(ConfigError, match="made by code 0123456789abcdef"):
        again(settings)


def test_a_certified_release_that_is_gone_is_told_by_name(settings, tmp_path):
    certified(settings, tmp_path, "r1")
    (Path(str(settings.releases)) / "r1" / "manifest.json").unlink()
    with pytest.raises(BadDataError, match="r1 is certified for 2023-24 and not among the releases"):
        again(settings)
