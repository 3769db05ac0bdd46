"""A published release made again from the archive alone, by the command, holds the same to the last value."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from orchestration.build_defs import build_defs
from orchestration.cli import app
from orchestration.release.certifying import certify_release
from orchestration.release.current import read_current
from orchestration.settings import Settings
from orchestration.storage import local

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_release_whose_home_lost_all_but_archive_and_manifest_is_made_again_equal(
    published_demo: Settings, tmp_path: Path
):
    name = read_current(published_demo.releases)
    assert name is not None
    home = tmp_path / "home"
    shutil.copytree(local(published_demo.archive), home / "archive")
    manifest = json.loads((local(published_demo.releases) / name / "manifest.json").read_text())
    (home / "releases" / name).mkdir(parents=True)
    (home / "releases" / name / "manifest.json").write_text(json.dumps(manifest))
    before = sorted((str(p), p.stat().st_mtime_ns) for p in home.rglob("*"))
    where = ["--home", str(home), "--state", str(published_demo.state)]
    result = CliRunner().invoke(app, ["release", "rebuild", name[:12], *where])
    assert result.exit_code == 0, result.output
    assert f"all {len(manifest['marts'])} marts are equal" in result.output
    assert sorted((str(p), p.stat().st_mtime_ns) for p in home.rglob("*")) == before


def test_what_was_published_otherwise_is_told(published_demo: Settings, tmp_path: Path):
    name = read_current(published_demo.releases)
    assert name is not None
    home = tmp_path / "home"
    shutil.copytree(local(published_demo.archive), home / "archive")
    manifest = json.loads((local(published_demo.releases) / name / "manifest.json").read_text())
    manifest["marts"]["fct_action_status"]["sha256"] = "0" * 64
    (home / "releases" / name).mkdir(parents=True)
    (home / "releases" / name / "manifest.json").write_text(json.dumps(manifest))
    where = ["--home", str(home), "--state", str(published_demo.state)]
    result = CliRunner().invoke(app, ["release", "rebuild", name, *where])
    assert result.exit_code == 1 and "1 of its marts differ" in result.output
    assert "fct_action_status has other values or columns" in result.output


def test_a_school_year_is_made_again_by_its_job_and_its_files_keep_their_versions(
    published_demo: Settings, tmp_path: Path
):
    home = tmp_path / "home"
    for folder in ("archive", "releases", "feeds"):
        shutil.copytree(local(getattr(published_demo, folder)), home / folder, symlinks=True)
    settings = Settings.at(home, published_demo.state)
    name = read_current(settings.releases)
    assert name is not None
    certify_release(
        settings.archive, settings.releases, name, "2023-24", "J. Ortiz", "", datetime(2024, 7, 1)
    )
    job = build_defs(settings).resolve_job_def("school_year_again")

    def again(*assets: str) -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            return job.execute_in_process(
                partition_key="2023-24", instance=instance, asset_selection=[dg.AssetKey(a) for a in assets]
            )

    def files() -> dict[str, bytes]:
        folder = home / "extracts" / name / "2023-24"
        return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}

    again("fs132")
    before = files()
    assert "ZZSCHSEC1003v1.csv" in before
    result = again("rebuilt_release", "fs132")
    (rebuilt,) = result.asset_materializations_for_node("rebuilt_release")
    assert str(rebuilt.metadata["made again and equal"].value).startswith(name)
    (made,) = result.asset_materializations_for_node("fs132")
    assert made.partition == "2023-24" and files() == before
