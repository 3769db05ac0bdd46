"""Releases on an object store: no rename, no links, and the same promises."""

from __future__ import annotations

import pytest

from orchestration.release.current import move_current, read_current
from orchestration.release.verify import verify_release


def test_a_release_is_uploaded_whole_and_current_is_a_small_file(cloud_home):
    releases = cloud_home.settings.releases
    assert read_current(releases) is None
    made = cloud_home.night(1)
    assert (releases / "current").read_text() == f"{made.release_id}\n"
    assert verify_release(releases / made.release_id) == []
    second = cloud_home.night(2)
    assert read_current(releases) == second.release_id and second.previous == made.release_id
    assert verify_release(releases / made.release_id) == []
    assert list((cloud_home.settings.warehouse / "upload").iterdir()) == []


def test_the_same_content_is_not_uploaded_again(cloud_home):
    made = cloud_home.night(1)
    again = cloud_home.night(1)
    assert again.release_id == made.release_id and not again.is_new


def test_current_goes_last_and_the_manifest_last_of_the_files(cloud_home, monkeypatch):
    from orchestration import storage

    put: list[str] = []
    real_put, real_write = storage.put_file, storage.write_whole
    monkeypatch.setattr(storage, "put_file", lambda s, p: (put.append(p.name), real_put(s, p)))
    monkeypatch.setattr(storage, "write_whole", lambda p, d: (put.append(p.name), real_write(p, d)))
    cloud_home.night(1)
    assert put[-2:] == ["manifest.json", "current"]


def test_an_upload_that_stops_half_way_leaves_the_old_release_and_is_repaired(cloud_home, monkeypatch):
    from orchestration import storage

    releases = cloud_home.settings.releases
    old = cloud_home.night(1)
    real = storage.put_file
    for stop_after in (0, 3, 6):
        count = 0

        def put(source, path, stop_after=stop_after):
            nonlocal count
            count += 1
            if count > stop_after:
                raise OSError("the store went away")
            real(source, path)

        monkeypatch.setattr(storage, "put_file", put)
        with pytest.raises(OSError, match="the store went away"):
            cloud_home.night(2)
        assert read_current(releases) == old.release_id
        assert verify_release(releases / old.release_id) == []
    monkeypatch.setattr(storage, "put_file", real)
    made = cloud_home.night(2)
    assert read_current(releases) == made.release_id
    assert verify_release(releases / made.release_id) == []
    assert not [p for p in releases.iterdir() if "damaged" in p.name]


def test_a_damaged_release_is_moved_aside_and_published_anew(cloud_home):
    releases = cloud_home.settings.releases
    made = cloud_home.night(1)
    (releases / made.release_id / "gate.json").write_bytes(b"{}")
    cloud_home.night(1)
    assert verify_release(releases / made.release_id) == []
    assert (releases / f"{made.release_id}.damaged-1" / "gate.json").read_bytes() == b"{}"


def test_current_can_be_moved_back(cloud_home):
    releases = cloud_home.settings.releases
    first, second = cloud_home.night(1), cloud_home.night(2)
    move_current(releases, first.release_id)
    assert read_current(releases) == first.release_id != second.release_id
