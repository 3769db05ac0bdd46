"""Files are whole or absent, and nothing is left beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from upath import UPath

from orchestration import storage


class Broken(Exception):
    """Stands for a disk that fails."""


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path):
    target = tmp_path / "folder" / "file"
    storage.write_whole(target, b"first")
    storage.write_whole(target, b"second")
    assert target.read_bytes() == b"second"
    assert [p.name for p in target.parent.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file_and_no_temporary_one(tmp_path: Path, monkeypatch):
    target = tmp_path / "file"
    storage.write_whole(target, b"old")

    def fail(_: int) -> None:
        raise Broken

    monkeypatch.setattr(storage.os, "fsync", fail)
    with pytest.raises(Broken):
        storage.write_whole(target, b"new")
    assert target.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["file"]


def test_equal_values_are_equal_bytes_in_any_order_of_keys(tmp_path: Path):
    storage.write_json(tmp_path / "a", {"x": 1, "ä": [2]})
    storage.write_json(tmp_path / "b", {"ä": [2], "x": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert storage.read_json(tmp_path / "a") == {"x": 1, "ä": [2]}


def test_a_finished_file_is_moved_to_its_place(tmp_path: Path):
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    storage.put_file(source, UPath(tmp_path / "deep" / "down" / "target"))
    assert (tmp_path / "deep" / "down" / "target").read_bytes() == b"bytes" and not source.exists()


def test_an_object_store_gets_the_same(tmp_path: Path):
    root = UPath(f"memory://{tmp_path.name}")
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    try:
        storage.put_file(source, root / "a" / "b")
        storage.write_json(root / "c" / "d.json", {"x": 1})
        assert (root / "a" / "b").read_bytes() == b"bytes" and not source.exists()
        assert storage.read_json(root / "c" / "d.json") == {"x": 1}
        assert not storage.is_local(root)
        with pytest.raises(ValueError, match="not on a local disk"):
            storage.local(root)
    finally:
        root.fs.rm(root.path, recursive=True)


def test_the_sweep_takes_temporary_names_at_any_depth_and_nothing_else(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / f"{storage.TEMPORARY}file").write_bytes(b"")
    (tmp_path / f"{storage.TEMPORARY}folder").mkdir()
    (tmp_path / f"{storage.TEMPORARY}folder" / "part").write_bytes(b"")
    (tmp_path / "a" / "tmp-kept").write_bytes(b"")
    assert storage.sweep_temporaries(tmp_path) == 2
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["tmp-kept"]
    assert storage.sweep_temporaries(tmp_path / "missing") == 0
