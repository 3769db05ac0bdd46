"""What the archive takes in, what it leaves, and what it says when it was harmed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest
from upath import UPath

from orchestration import archive, dropped
from orchestration.errors import BadDataError

NIGHT = datetime(2024, 2, 6, 2)
ARRIVED = datetime(2024, 2, 5, 12, 0, 0, 250000)

Drop = Callable[..., Path]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def store(tmp_path: Path) -> UPath:
    return UPath(tmp_path / "archive")


@pytest.fixture
def drop(landing: Path) -> Drop:
    def drop(name: str, data: bytes = b"report", at: datetime = ARRIVED) -> Path:
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        touch(path, at)
        return path

    return drop


def touch(path: Path, at: datetime) -> None:
    seconds = at.replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def take(store: UPath, landing: Path, as_of: datetime = NIGHT) -> list[archive.Arrival]:
    return archive.take_in(store, UPath(landing), "submission", as_of)


def test_a_file_is_archived_by_content_with_sender_and_time_and_stays_where_it_was(drop, landing, store):
    path = drop("0100000/report.xlsx")
    (arrival,) = take(store, landing)
    assert (arrival.folder, arrival.name, arrival.size) == ("0100000", "report.xlsx", 6)
    assert arrival.received_at == ARRIVED and arrival.taken_at == NIGHT
    assert archive.blob(store, arrival.sha256).read_bytes() == b"report" == path.read_bytes()
    assert archive.arrivals(store, "submission") == [arrival]
    assert archive.arrivals(store, "feed") == []


def test_taking_in_twice_changes_nothing(drop, landing, store):
    drop("0100000/report.xlsx")
    take(store, landing)
    before = sorted(p for p in Path(str(store)).rglob("*"))
    assert take(store, landing, NIGHT + timedelta(days=1)) == []
    assert sorted(p for p in Path(str(store)).rglob("*")) == before


def test_the_same_bytes_touched_again_are_no_new_arrival_but_other_bytes_of_that_name_are(
    drop, landing, store
):
    drop("0100000/report.xlsx")
    take(store, landing)
    touch(landing / "0100000/report.xlsx", ARRIVED + timedelta(hours=1))
    assert take(store, landing) == []
    drop("0100000/report.xlsx", b"mended", ARRIVED + timedelta(hours=2))
    (second,) = take(store, landing)
    assert [a.size for a in archive.arrivals(store, "submission")] == [6, 6]
    assert second.received_at == ARRIVED + timedelta(hours=2)


def test_the_same_bytes_from_two_senders_are_two_arrivals_and_one_blob(drop, landing, store):
    drop("0100000/report.xlsx")
    drop("0200000/report.xlsx")
    first, second = take(store, landing)
    assert first.sha256 == second.sha256 and first.folder != second.folder
    assert len([p for p in Path(str(store / "blobs")).rglob("*") if p.is_file()]) == 1


def test_a_file_whose_time_lies_after_the_night_waits_for_its_night(drop, landing, store):
    drop("0100000/early.xlsx", b"early", NIGHT)
    drop("0100000/late.xlsx", b"late", NIGHT + timedelta(microseconds=1))
    assert [a.name for a in take(store, landing)] == ["early.xlsx"]
    assert [a.name for a in take(store, landing, NIGHT + timedelta(days=1))] == ["late.xlsx"]


def test_arrivals_come_in_order_of_receipt_whatever_the_order_of_nights_and_names(drop, landing, store):
    drop("0100000/b.xlsx", b"2", ARRIVED)
    take(store, landing)
    drop("0100000/a.xlsx", b"3", ARRIVED + timedelta(hours=1))
    drop("0200000/c.xlsx", b"1", ARRIVED - timedelta(hours=1))
    take(store, landing, NIGHT + timedelta(days=1))
    assert [a.name for a in archive.arrivals(store, "submission")] == ["c.xlsx", "b.xlsx", "a.xlsx"]


@pytest.mark.parametrize("name", [".hidden.xlsx", "~$report.xlsx", ".tmp-upload", ".trash/report.xlsx"])
def test_unfinished_uploads_and_lock_files_are_passed_over(drop, landing, store, name):
    drop(f"0100000/{name}")
    assert take(store, landing) == []


def test_links_are_not_followed_neither_to_files_nor_to_folders(drop, landing, store, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.xlsx").write_bytes(b"secret")
    touch(outside / "secret.xlsx", ARRIVED)
    drop("0100000/report.xlsx")
    (landing / "0100000" / "link.xlsx").symlink_to(outside / "secret.xlsx")
    (landing / "0200000").symlink_to(outside, target_is_directory=True)
    (landing / "0100000" / "nowhere.xlsx").symlink_to(outside / "gone.xlsx")
    assert [a.name for a in take(store, landing)] == ["report.xlsx"]


def while_reading(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Have something happen to a file between the moment its bytes were read and the moment it is closed."""
    read = dropped._chunks

    def chunks(path: UPath, source: IO[bytes]) -> Iterator[bytes]:
        yield from read(path, source)
        happens()

    monkeypatch.setattr(dropped, "_chunks", chunks)


def before_reading(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Have something happen between the listing of the files and their reading."""
    listing = archive.dropped_files

    def listed(folder: UPath) -> list:
        found = list(listing(folder))
        happens()
        return found

    monkeypatch.setattr(archive, "dropped_files", listed)


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_night(drop, landing, store, monkeypatch):
    path = drop("0100000/report.xlsx", b"half")
    while_reading(monkeypatch, lambda: path.write_bytes(b"half and the rest"))
    assert take(store, landing) == [] and archive.arrivals(store, "submission") == []
    monkeypatch.undo()
    touch(path, ARRIVED)
    assert [a.size for a in take(store, landing)] == [17]


@pytest.mark.parametrize("fate", ["goes", "replaced"])
def test_a_file_whose_name_goes_while_it_is_read_was_received_as_it_was(
    drop, landing, store, monkeypatch, fate
):
    path = drop("0100000/report.xlsx", b"first")
    later = drop("0100000/.second", b"second", ARRIVED + timedelta(hours=1))
    while_reading(monkeypatch, path.unlink if fate == "goes" else lambda: later.replace(path))
    (taken,) = take(store, landing)
    assert archive.blob(store, taken.sha256).read_bytes() == b"first" and taken.received_at == ARRIVED
    monkeypatch.undo()
    assert [a.size for a in take(store, landing)] == ([] if fate == "goes" else [6])


def test_a_file_replaced_between_listing_and_reading_is_taken_with_its_own_time_the_next_night(
    drop, landing, store, monkeypatch
):
    """Else a late report would count as of the time of the one that it replaced."""
    drop("0100000/report.xlsx", b"early")
    late = ARRIVED + timedelta(days=3)
    before_reading(monkeypatch, lambda: drop("0100000/report.xlsx", b"late", late))
    assert take(store, landing) == []
    monkeypatch.undo()
    assert take(store, landing, late - timedelta(hours=1)) == []
    assert [a.received_at for a in take(store, landing, late)] == [late]


@pytest.mark.parametrize("what", ["folder", "link", "pipe", "nothing"])
def test_what_takes_a_files_place_between_listing_and_reading_is_not_read_and_stops_nobody(
    drop, landing, store, monkeypatch, tmp_path, what
):
    path = drop("0100000/report.xlsx")
    drop("0100000/other.xlsx", b"other")
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")

    def swap() -> None:
        path.unlink()
        if what == "folder":
            path.mkdir()
        elif what == "link":
            path.symlink_to(secret)
        elif what == "pipe":
            os.mkfifo(path)  # whoever opens it as a file waits for ever

    before_reading(monkeypatch, swap)
    assert [a.name for a in take(store, landing)] == ["other.xlsx"]


def test_a_folder_that_goes_while_it_is_listed_stops_nobody(drop, landing, store, monkeypatch):
    gone = drop("0100000/report.xlsx")
    drop("0200000/other.xlsx", b"other")
    walk = os.walk

    def walked(root: Path, **how: bool) -> Iterator:
        for found in walk(root, **how):
            if found[2] == ["report.xlsx"]:
                gone.unlink()
            yield found

    monkeypatch.setattr(dropped.os, "walk", walked)
    assert [a.name for a in take(store, landing)] == ["other.xlsx"]


def test_what_a_killed_night_left_unfinished_in_the_archive_is_swept_by_the_next(drop, landing, store):
    drop("0100000/report.xlsx")
    take(store, landing)
    left = [store / f"{archive.ARRIVING}1", store / "arrivals" / ".tmp-1"]
    for path in left:
        path.write_bytes(b"half")
    assert take(store, landing) == [] and not any(path.exists() for path in left)


def test_a_file_that_goes_before_it_is_read_is_passed_over_and_the_others_are_taken(
    drop, landing, store, monkeypatch
):
    gone = drop("0100000/gone.xlsx")
    drop("0100000/report.xlsx", b"stays")
    listed = list(archive.dropped_files(UPath(landing)))
    gone.unlink()
    monkeypatch.setattr(archive, "dropped_files", lambda _: listed)
    assert [a.name for a in take(store, landing)] == ["report.xlsx"]


def test_a_file_name_that_is_no_text_does_not_stop_the_others(drop, landing, store):
    drop("0100000/report.xlsx", b"one")
    odd = os.fsencode(landing / "0100000") + b"/caf\xe9.xlsx"
    with open(odd, "wb") as f:  # noqa: PTH123  (a name that pathlib cannot write down)
        f.write(b"two")
    os.utime(odd, (ARRIVED.replace(tzinfo=UTC).timestamp(),) * 2)
    assert len(take(store, landing)) == 2
    assert len(archive.arrivals(store, "submission")) == 2
    assert take(store, landing) == []


def test_a_night_killed_before_its_arrivals_are_written_takes_the_files_again(
    drop, landing, store, monkeypatch
):
    drop("0100000/report.xlsx")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(archive, "_commit", killed)
    with pytest.raises(KeyboardInterrupt):
        take(store, landing)
    monkeypatch.undo()
    assert archive.arrivals(store, "submission") == []
    assert [a.name for a in take(store, landing)] == ["report.xlsx"]


def test_two_nights_of_the_same_as_of_time_keep_both_arrival_lists(drop, landing, store):
    drop("0100000/a.xlsx", b"1")
    take(store, landing)
    drop("0100000/b.xlsx", b"2")
    take(store, landing)
    assert len(list((store / "arrivals").iterdir())) == 2
    assert [a.name for a in archive.arrivals(store, "submission")] == ["a.xlsx", "b.xlsx"]


def test_lost_or_changed_bytes_are_said_with_their_file_and_the_fix(drop, landing, store, tmp_path):
    drop("0100000/report.xlsx")
    (arrival,) = take(store, landing)
    assert archive.open_blob(store, arrival, tmp_path).read_bytes() == b"report"
    blob = archive.blob(store, arrival.sha256)
    blob.write_bytes(b"changed")
    with pytest.raises(BadDataError, match=r"0100000/report\.xlsx were changed .* restore it from a backup"):
        archive.open_blob(store, arrival, tmp_path)
    blob.unlink()
    with pytest.raises(BadDataError, match=r"has lost 0100000/report\.xlsx"):
        archive.open_blob(store, arrival, tmp_path)


def test_an_object_store_holds_landing_and_archive_as_a_disk_does(tmp_path):
    root = UPath(f"memory://{tmp_path.name}")
    (root / "landing" / "0100000").mkdir(parents=True)
    (root / "landing" / "0100000" / "report.xlsx").write_bytes(b"report")
    (root / "landing" / "0100000" / ".part").write_bytes(b"x")
    try:
        later = datetime(2200, 1, 1)
        (arrival,) = archive.take_in(root / "archive", root / "landing", "submission", later)
        assert (arrival.folder, arrival.name, arrival.size) == ("0100000", "report.xlsx", 6)
        assert archive.take_in(root / "archive", root / "landing", "submission", later) == []
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        assert archive.open_blob(root / "archive", arrival, scratch).read_bytes() == b"report"
    finally:
        root.fs.rm(root.path, recursive=True)
