"""A home made of a backup publishes the release that the lost one had published, byte for byte in its content."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from nights import FIRST_NIGHT, copy_home, home_after_first_night, manifest, night, settings_of
from upath import UPath

from orchestration.backup.make import back_up
from orchestration.backup.restore import restore
from orchestration.release.current import read_current
from orchestration.release.verify import verify_release


@pytest.mark.slow
@pytest.mark.e2e
def test_a_home_restored_from_its_backup_publishes_the_same_release(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    old = copy_home(home_after_first_night(tmp_path_factory)[0], tmp_path / "old")
    back_up(settings_of(old), UPath(tmp_path / "backup"), datetime(2023, 10, 20, 12))
    new = tmp_path / "new"
    settings = settings_of(new)
    done = restore(UPath(tmp_path / "backup"), settings)
    assert (
        done.current == read_current(old / "releases")
        and verify_release(settings.releases / done.current) == []
    )
    assert not (new / "lake").exists() and not (new / "warehouse").exists()

    result, said = night(new, FIRST_NIGHT)
    assert result.code == 0, said
    assert result.release_id == read_current(old / "releases")
    assert manifest(new)["marts"] == manifest(old)["marts"]

    # and without the published files, from the archive alone
    alone = settings_of(tmp_path / "alone")
    restore(UPath(tmp_path / "backup"), alone)
    (alone.home / "releases" / "current").unlink()
    for folder in (alone.home / "releases").iterdir():
        folder.rename(tmp_path / folder.name)
    result, said = night(alone.home, FIRST_NIGHT)
    assert result.code == 0, said
    assert manifest(alone.home)["candidate_sha256"] == manifest(old)["candidate_sha256"]
    assert result.release_id == read_current(old / "releases")
