"""A backup holds what nothing can make again; what was lost or changed in it is never restored in silence."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner
from upath import UPath

from orchestration import archive, decisions
from orchestration.backup.make import back_up
from orchestration.backup.restore import backups, restore
from orchestration.cli import app
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import BadDataError, ConfigError
from orchestration.release.certification import certify
from orchestration.release.current import read_current
from orchestration.release.verify import verify_release
from orchestration.settings import Settings
from tests.unit.release.conftest import Home, _home

AT = datetime(2024, 6, 20, 2)
ARRIVED = datetime(2024, 6, 1, 12, 30, 15)


def drop(home: Home, path: str, data: bytes) -> None:
    file = home.settings.home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (ARRIVED.replace(tzinfo=UTC).timestamp(),) * 2)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two archived submissions and a feed, a decision, three releases (one certified), a file that waits."""
    made = _home(tmp_path / "old")
    drop(made, "landing/01/a.xlsx", b"a")
    drop(made, "landing/02/b.xlsx", b"b")
    drop(made, "feeds/directory.csv", b"d")
    for kind, room in (("submission", "landing"), ("feed", "feeds")):
        archive.take_in(made.settings.archive, getattr(made.settings, room), kind, AT)
    decisions.record(made.settings.archive, decisions.Decision(AT, "01-x", "withdraw", "by mistake", "J."))
    first = made.night(1)
    made.night(2)
    made.night(3)
    certify(
        made.settings.archive, school_year="2022-23", release_id=first.release_id, candidate_sha256="x",
        certified_at=AT, certified_by="J.", note="",
    )  # fmt: skip
    drop(made, "landing/03/waits.xlsx", b"waits")
    return made


def new_home(tmp_path: Path, home: Home) -> Settings:
    return Settings.at(tmp_path / "new", home.settings.state)


def test_a_restored_home_has_every_byte_and_time_and_the_same_current_release(home: Home, tmp_path: Path):
    place = UPath(tmp_path / "backup")
    made = back_up(home.settings, place, AT)
    settings = new_home(tmp_path, home)
    done = restore(place, settings)
    assert done.current == read_current(settings.releases) == read_current(home.settings.releases)
    assert made.files == done.files == made.copied and done.other_code is None and done.other_state == ()
    for kind in ("submission", "feed"):
        assert archive.arrivals(settings.archive, kind) == archive.arrivals(home.settings.archive, kind)
    for path in sorted((home.settings.home / "archive").rglob("*")):
        if path.is_file():
            copy = settings.home / path.relative_to(home.settings.home)
            assert copy.read_bytes() == path.read_bytes()
    assert verify_release(settings.releases / done.current) == []
    waits = settings.home / "landing" / "03" / "waits.xlsx"
    assert datetime.fromtimestamp(waits.stat().st_mtime, UTC).replace(tzinfo=None) == ARRIVED
    assert not (settings.home / "landing" / "01").exists()  # the archive has it
    assert archive.take_in(settings.archive, settings.landing, "submission", AT)[0].received_at == ARRIVED
    assert not list(settings.home.rglob(".tmp-*")) and not list((tmp_path / "backup").rglob(".tmp-*"))


def test_the_current_and_the_certified_releases_are_kept_and_with_the_option_all(home: Home, tmp_path: Path):
    ids = sorted(p.name for p in home.releases.iterdir() if not p.is_symlink())
    assert back_up(home.settings, UPath(tmp_path / "some"), AT).releases == (ids[0], ids[2])
    assert back_up(home.settings, UPath(tmp_path / "all"), AT, all_releases=True).releases == tuple(ids)


def test_a_second_backup_copies_what_is_new_and_the_first_can_still_be_restored(home: Home, tmp_path: Path):
    place = UPath(tmp_path / "backup")
    back_up(home.settings, place, AT)
    drop(home, "landing/04/new.xlsx", b"new")
    archive.take_in(home.settings.archive, home.settings.landing, "submission", datetime(2024, 6, 21))
    second = back_up(home.settings, place, datetime(2024, 6, 21))
    assert second.copied < second.files / 2
    assert backups(place) == ["20240620T020000", "20240621T000000"]
    old, new = new_home(tmp_path / "a", home), new_home(tmp_path / "b", home)
    assert restore(place, old, "20240620T020000").files < restore(place, new).files
    assert len(archive.arrivals(old.archive, "submission")) == 2
    assert len(archive.arrivals(new.archive, "submission")) == 4


def test_a_backup_in_an_object_store_is_restored_into_another(home: Home, tmp_path: Path):
    place = UPath(f"memory://{tmp_path.name}/backup")
    back_up(home.settings, place, AT)
    env = {"INTERLACE_ARCHIVE": f"memory://{tmp_path.name}/archive"}
    settings = Settings.at(tmp_path / "new", home.settings.state, env)
    restore(place, settings)
    assert archive.arrivals(settings.archive, "submission") == archive.arrivals(
        home.settings.archive, "submission"
    )


def test_lost_and_changed_bytes_are_named_and_no_release_is_made_current(home: Home, tmp_path: Path):
    place = UPath(tmp_path / "backup")
    back_up(home.settings, place, AT)
    lost, changed = archive.arrivals(home.settings.archive, "submission")
    Path(str(archive.blob(place / "archive", lost.sha256))).unlink()
    Path(str(archive.blob(place / "archive", changed.sha256))).write_bytes(b"X")
    settings = new_home(tmp_path, home)
    with pytest.raises(BadDataError, match="has lost or changed 2 files") as said:
        restore(place, settings)
    assert lost.sha256 in str(said.value) and changed.sha256 in str(said.value)
    assert read_current(settings.releases) is None
    assert not Path(str(archive.blob(settings.archive, changed.sha256))).exists()


def test_a_home_that_has_lost_bytes_is_not_backed_up_as_if_it_had_them(home: Home, tmp_path: Path):
    _, changed = archive.arrivals(home.settings.archive, "submission")
    blob = Path(str(archive.blob(home.settings.archive, changed.sha256)))
    blob.write_bytes(b"X")
    with pytest.raises(BadDataError, match="its bytes were changed"):
        back_up(home.settings, UPath(tmp_path / "backup"), AT)
    blob.unlink()
    with pytest.raises(BadDataError, match="the archive has lost"):
        back_up(home.settings, UPath(tmp_path / "backup"), AT)
    assert backups(UPath(tmp_path / "backup")) == []


def test_what_cannot_be_done_is_refused_in_words(home: Home, tmp_path: Path):
    place = UPath(tmp_path / "backup")
    with pytest.raises(ConfigError, match="there is no finished backup"):
        restore(place, new_home(tmp_path, home))
    with pytest.raises(ConfigError, match="lies in the home"):
        back_up(home.settings, UPath(home.settings.home / "backup"), AT)
    with pytest.raises(ConfigError, match="archive is not there"):
        back_up(new_home(tmp_path, home), place, AT)
    back_up(home.settings, place, AT)
    with pytest.raises(ConfigError, match="there is no backup 2023 in"):
        restore(place, new_home(tmp_path, home), "2023")
    with pytest.raises(ConfigError, match="has files in archive, releases already"):
        restore(place, home.settings)


def test_the_commands_say_what_they_did_and_what_differs(home: Home, tmp_path: Path):
    where = ["--state", str(home.settings.state)]
    place = str(tmp_path / "backup")
    made = CliRunner().invoke(app, ["backup", "--home", str(home.settings.home), *where, "--to", place])
    assert made.exit_code == 0 and "2 releases, in" in made.output
    (home.settings.state / "policy.yaml").write_text("# changed since")
    done = CliRunner().invoke(
        app, ["restore-backup", "--from", place, "--home", str(tmp_path / "new"), *where]
    )
    assert done.exit_code == 0 and "every byte as it was" in done.output
    assert (
        "differs from that of the backup in: policy.yaml" in done.output
        and "Run interlace nightly now" in done.output
    )
    none = CliRunner().invoke(
        app,
        [
            "restore-backup",
            "--from",
            str(tmp_path),
            "--home",
            str(tmp_path / "x"),
            "--state",
            str(DEMO_STATE),
        ],
    )
    assert none.exit_code == 2 and "there is no finished backup" in none.output
