"""A past release is made again only from exactly what it was made from; anything else is refused by name."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from past_night import home_of_then, manifest_of, marts
from upath import UPath

from orchestration import archive
from orchestration.code_version import code_version
from orchestration.configuration import configuration_file, keep_configuration, restore_configuration
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import BadDataError, ConfigError
from orchestration.policy import load_policy
from orchestration.release.made_with import made_with
from orchestration.release.rebuild import rebuild
from orchestration.settings import PROJECT, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with two feed files and the configuration of its night kept."""
    return home_of_then(tmp_path)


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder with its bytes and time."""
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_archive_code_and_policy_give_equal_marts_and_the_home_is_only_read(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    before = everything(settings.home)
    made = rebuild(settings, manifest, tmp_path / "scratch", build=marts)
    assert made.differences == () and made.marts == 2 and made.engines == ()
    assert everything(settings.home) == before


def test_what_differs_is_told_mart_by_mart(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    manifest["marts"]["files"]["rows"] = 3
    manifest["marts"]["gone"] = {"rows": 1, "sha256": "x"}
    manifest["made_with"]["packages"] = {**made_with()["packages"], "duckdb": "1.0.0"}
    made = rebuild(settings, manifest, tmp_path / "scratch", build=lambda *args: marts(*args, value=2))
    assert made.differences == (
        "gone was published, and is not made now",
        "files has other rows: 2 now, 3 published",
        "numbers has other values or columns in its 1 rows",
    )
    assert len(made.engines) == 1 and made.engines[0].endswith("(then 1.0.0)")


def test_another_code_is_refused_with_the_version_and_how_to_get_it(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    manifest["inputs"]["code_version"] = "0123456789abcdef"
    with pytest.raises(ConfigError, match="made by code 0123456789abcdef") as e:
        rebuild(settings, manifest, tmp_path / "scratch", build=marts)
    assert f"git worktree add ../interlace-then {'c' * 40}" in str(e.value) and code_version() in str(e.value)
    manifest["made_with"]["git_commit"] = None
    with pytest.raises(ConfigError, match="names no commit"):
        rebuild(settings, manifest, tmp_path / "scratch", build=marts)


def test_a_file_that_came_late_but_was_sent_before_is_left_out_as_it_was_then(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    late = Path(str(settings.feeds)) / "late.csv"
    late.write_text("late")
    import os

    os.utime(late, (1_710_000_000, 1_710_000_000))  # sent in March, taken in after the night of June
    archive.take_in(settings.archive, settings.feeds, "feed", datetime(2024, 7, 1))
    assert rebuild(settings, manifest, tmp_path / "scratch", build=marts).differences == ()


def test_an_archive_that_holds_something_else_is_refused(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    (arrivals,) = (Path(str(settings.archive)) / "arrivals").iterdir()
    arrivals.unlink()
    with pytest.raises(BadDataError, match="does not hold what it held for 2024-06-20"):
        rebuild(settings, manifest, tmp_path / "scratch", build=marts)


def test_bytes_that_are_gone_or_changed_are_refused_by_the_files_name(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    (first, *_) = archive.arrivals(settings.archive, "feed")
    blob = Path(str(archive.blob(settings.archive, first.sha256)))
    kept = blob.read_bytes()
    blob.unlink()
    with pytest.raises(BadDataError, match=f"lost the bytes of 1 files .*{first.path}"):
        rebuild(settings, manifest, tmp_path / "a", build=marts)
    blob.write_bytes(kept + b"!")
    with pytest.raises(BadDataError, match=f"bytes of {first.path} were changed"):
        rebuild(settings, manifest, tmp_path / "b", build=marts)


def test_a_configuration_that_was_not_kept_can_be_given_and_is_checked(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    configuration_file(settings.archive, manifest["inputs"]["policy_sha256"]).unlink()
    with pytest.raises(BadDataError, match="has not kept the configuration"):
        rebuild(settings, manifest, tmp_path / "a", build=marts)
    assert not rebuild(settings, manifest, tmp_path / "b", state=DEMO_STATE, build=marts).differences
    other = tmp_path / "other"
    shutil.copytree(DEMO_STATE, other)
    with (other / "feeds.yaml").open("a") as f:
        f.write("# changed since\n")
    with pytest.raises(ConfigError, match="was changed since"):
        rebuild(settings, manifest, tmp_path / "c", state=other, build=marts)


def test_a_folder_that_holds_something_is_never_built_into(settings, tmp_path):
    manifest = manifest_of(settings, tmp_path / "then")
    with pytest.raises(ConfigError, match="is not empty"):
        rebuild(settings, manifest, settings.home, build=marts)


def test_a_policy_laid_over_another_is_kept_with_what_it_is_based_on(tmp_path):
    store, sha256 = UPath(tmp_path / "archive"), "a" * 64
    keep_configuration(store, PROJECT / "examples" / "bare_minimum" / "one_year", sha256)
    again = restore_configuration(store, sha256, tmp_path / "again")
    wanted = load_policy(PROJECT / "examples" / "bare_minimum" / "one_year")
    assert load_policy(again).sha256 == wanted.sha256
    written = configuration_file(store, sha256).read_bytes()
    keep_configuration(store, DEMO_STATE, sha256)
    assert configuration_file(store, sha256).read_bytes() == written  # once, and never again
    assert str(PROJECT).encode() not in written
